"""How do twenty people record while something fails, and what do they read? Over HTTP, each with a session.

Where no answer comes they send the same form again. Where the page comes that needs no database they do what it says:
ask what became of the entry, and send the form that the page kept.
"""

import http.client
import random
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final
from urllib.parse import urlencode
from uuid import uuid4

from tests.faults.seed import PASSWORD
from tests.patients.assess import Fields

ANSWERS_WITHIN: Final = 60.0  # seconds; past it a browser shows its own page
SETTLES_WITHIN: Final = 600.0  # seconds for one entry, whatever happens meanwhile
PAUSE: Final = 0.3  # seconds before asking again
OF_ONE_PAGE: Final = 6  # recordings from one opening of a form, each under an id of its own
ASKS: Final = 0.5  # of those who got no answer at all, the part that asks before sending again
GIVES_UP: Final = 0.2  # of those who read «not recorded», the part that leaves it at that


@dataclass(slots=True)
class Entry:
    """One recording: what its author read of it, in order, and when."""

    submission: str
    act: str
    read: list[tuple[str, datetime]] = field(default_factory=list)
    sent: int = 0
    closed: list[str] = field(default_factory=list)  # the ids before, of which was said that nothing is recorded

    def goes_on_as(self, submission: str) -> None:
        self.closed.append(self.submission)
        self.submission = submission

    def reads(self, state: str) -> None:
        self.read.append((state, datetime.now(UTC)))

    @property
    def last(self) -> str:
        return self.read[-1][0] if self.read else "nothing"


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: str
    seconds: float


class NoAnswer(Exception):
    """The connection was lost, or nothing came."""


class Browser:
    """One person at one workstation."""

    def __init__(self, port: int, name: str) -> None:
        self._port = port
        self._cookies: dict[str, str] = {}
        self.slowest = 0.0  # seconds, of the answers that needed no database
        page = self.get("/accounts/login/")
        typed = {"login": name, "password": PASSWORD, "csrfmiddlewaretoken": self.token(page.body)}
        signed_in = self.post("/accounts/login/", typed)
        assert signed_in.status == 302, signed_in.body

    def token(self, body: str) -> str:
        return body.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]

    def get(self, path: str, **headers: str) -> Answer:
        return self._ask("GET", path, None, headers)

    def post(self, path: str, fields: dict[str, Any]) -> Answer:
        return self._ask("POST", path, urlencode(fields, doseq=True), {})

    def _ask(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=ANSWERS_WITHIN)
        headers = {**headers, "Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        began = time.monotonic()
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            text = answer.read().decode()
        except (OSError, http.client.HTTPException) as lost:
            raise NoAnswer from lost
        finally:
            connection.close()
        seconds = time.monotonic() - began
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self._cookies[key] = rest.partition(";")[0]
        if answer.headers.get("X-Database"):
            self.slowest = max(self.slowest, seconds)
        return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, text, seconds)

    def opened(self, path: str, form: str) -> dict[str, Any]:
        """The fields of a form as the page has them. Asks until it comes."""
        given_up = time.monotonic() + SETTLES_WITHIN
        while time.monotonic() < given_up:
            try:
                page = self.get(path)
            except NoAnswer:
                time.sleep(PAUSE)
                continue
            if page.status == 200:
                return fields_of(page.body, form)
            assert page.status == 503, (page.status, page.body)
            time.sleep(PAUSE)
        raise AssertionError(f"{path} never came")


def fields_of(body: str, form: str) -> dict[str, Any]:
    parser = Fields(form)
    parser.feed(body)
    return parser.values


def record(browser: Browser, entry: Entry, path: str, fields: dict[str, Any], chosen: random.Random) -> None:
    """Until the entry is recorded, or its author has read that it is not and leaves it at that."""
    given_up = time.monotonic() + SETTLES_WITHIN
    while time.monotonic() < given_up:
        entry.sent += 1
        try:
            answer = browser.post(path, fields)
        except NoAnswer:
            time.sleep(PAUSE)
            if chosen.random() < ASKS:  # as the assessment's own form does
                state = _asked(browser, entry, given_up)
                entry.reads(state)
                if state == "recorded":
                    return
                fields = fields | {"submission_id": [entry.submission]}
            continue
        if answer.status == 302:
            assert "/accounts/" not in answer.headers["location"], answer.headers
            entry.reads("recorded")
            return
        assert answer.status == 503, (answer.status, answer.body)
        entry.reads(answer.headers["x-entry"])
        if entry.last == "recorded":
            return
        fields = fields_of(answer.body, "kept")
        state = _asked(browser, entry, given_up)
        entry.reads(state)
        if state == "recorded" or (state == "not-recorded" and chosen.random() < GIVES_UP):
            return
        fields.pop("in_doubt", None)
        fields["submission_id"] = [entry.submission]
    raise AssertionError(f"{entry} was never settled")


def _asked(browser: Browser, entry: Entry, given_up: float) -> str:
    """What the page's script hears in the end. What is not recorded goes on under the id that the answer names."""
    while time.monotonic() < given_up:
        time.sleep(PAUSE)
        try:
            answer = browser.get(f"/entries/{entry.submission}/", **{"HX-Request": "true"})
        except NoAnswer:
            continue
        if answer.status == 204:
            if answer.headers["x-entry"] == "not-recorded":
                entry.goes_on_as(answer.headers["x-entry-next"])
            return answer.headers["x-entry"]
        assert answer.status == 503, (answer.status, answer.body)
    raise AssertionError(f"{entry.submission}: nothing was heard of it")


class Shift:
    """Everybody records their part at once; `entries` is what they did, `wrong` what they ran into."""

    def __init__(self, browsers: list[Browser], patients: list[int], recordings: int, seed: int) -> None:
        self.entries: list[Entry] = []
        self.wrong: list[BaseException] = []
        self._ends = threading.Event()
        shares = [recordings // len(browsers) + (n < recordings % len(browsers)) for n in range(len(browsers))]
        self._threads = [
            threading.Thread(target=self._work, args=[browser, patients, share, random.Random(seed * 1000 + number)])
            for number, (browser, share) in enumerate(zip(browsers, shares, strict=True))
        ]
        for thread in self._threads:
            thread.start()

    def runs(self) -> bool:
        return any(thread.is_alive() for thread in self._threads)

    def done(self) -> int:
        return sum(bool(entry.read) for entry in list(self.entries))

    def times_read(self, *states: str) -> int:
        return sum(read in states for entry in list(self.entries) for read, _ in list(entry.read))

    def join(self, within: float) -> None:
        given_up = time.monotonic() + within
        for thread in self._threads:
            thread.join(max(0.0, given_up - time.monotonic()))
        ended = not self.runs()
        self._ends.set()
        assert ended, f"not at an end after {within} s"
        if self.wrong:
            raise self.wrong[0]

    def _work(self, browser: Browser, patients: list[int], share: int, chosen: random.Random) -> None:
        try:
            for path, form, typed in self._plan(patients, share, chosen):
                if self._ends.is_set() or self.wrong:
                    return
                fields = browser.opened(path, form) | {name: [value] for name, value in typed.items()}
                for _ in range(OF_ONE_PAGE):
                    fields = fields | {"submission_id": [str(uuid4())]}
                    entry = Entry(fields["submission_id"][0], form)
                    self.entries.append(entry)
                    record(browser, entry, path, fields, chosen)
        except (AssertionError, KeyError) as wrong:
            self.wrong.append(wrong)

    def _plan(
        self, patients: list[int], share: int, chosen: random.Random
    ) -> Iterator[tuple[str, str, dict[str, str]]]:
        """As many assessments as weights."""
        for _ in range(0, share, OF_ONE_PAGE):
            patient = chosen.choice(patients)
            if chosen.random() < 0.5:
                temperature = Decimal(chosen.randint(365, 395)) / 10
                yield f"/patients/{patient}/assess/", "assess", {"temperature": str(temperature)}
            else:
                weight = Decimal(chosen.randint(690, 720)) / 10
                yield f"/patients/{patient}/measure/", "act", {"weight_kg": str(weight)}
