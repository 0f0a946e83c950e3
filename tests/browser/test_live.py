"""Do workstations see what another one records, across processes, and does a screen that cannot say so?"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.error import HTTPError
from urllib.request import Request, urlopen
from uuid import uuid4

import psycopg
import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from crsweb.streams import address
from patients import actions
from patients.displays import COOKIE, code_of
from patients.models import User
from tests.browser.ward import Filled, fill
from tests.site import EVENTS, Process, Proxy, a_web_process, the_events_process

Open = Callable[[User | None, Proxy], Page]
NO_RELOAD = "window.here = true"
SIZE = "one => parseFloat(getComputedStyle(one).fontSize)"
SEEN_TO_SETTLE = """() => {
    const live = document.querySelector("[data-live]"), seen = [];
    const note = () => { seen.push(getComputedStyle(live).pointerEvents); live.dataset.seen = seen.join(" "); };
    new MutationObserver(note).observe(live, { attributes: true, attributeFilter: ["data-settling"] });
}"""


@pytest.fixture(autouse=True)
def patience() -> Iterator[None]:
    """A limit for waiting, longer than any of the scripts' own where processes share few cores."""
    expect.set_options(timeout=15_000)
    yield
    expect.set_options(timeout=5_000)


@pytest.fixture
def filled(nurse: User, physician: User, charge_nurse: User, transactional_db: None) -> Filled:
    return fill(nurse, physician, charge_nurse)


@dataclass
class Site:
    """Two web processes on one database: the pages of one are told by the events process, those of the other ask."""

    told: Process
    asking: Process
    events: Process


@pytest.fixture(scope="module")
def processes(django_db_setup: None) -> Iterator[Site]:
    """They outlive the database of each test, as those of a site outlive a failover."""
    running = Site(told=a_web_process(EVENTS), asking=a_web_process(""), events=the_events_process())
    yield running
    for process in (running.told, running.asking, running.events):
        process.stop()


@pytest.fixture
def site(processes: Site, filled: Filled) -> Iterator[Proxy]:
    """The address of the one whose pages are told."""
    proxy = Proxy(processes.told.serves(), processes.events.serves())
    yield proxy
    proxy.close()


@pytest.fixture
def other_site(processes: Site, filled: Filled) -> Iterator[Proxy]:
    """The address of the one whose pages ask."""
    proxy = Proxy(processes.asking.serves(), None)
    yield proxy
    proxy.close()


@pytest.fixture
def open_on(browser: Browser, filled: Filled) -> Iterator[Open]:
    """`open_on(user, site)`: a page of a browser of their own, signed in; `open_on(None, site)`: signed out."""
    contexts = []
    wrong: list[str] = []

    def open_page(user: User | None, site: Proxy) -> Page:
        context = browser.new_context(base_url=site.url, viewport={"width": 1366, "height": 768})
        contexts.append(context)
        if user is not None:
            client = Client()
            client.force_login(user)
            cookie = client.cookies[settings.SESSION_COOKIE_NAME]
            context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": site.url}])
        context.set_default_timeout(15_000)
        page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(str(error)))
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert wrong == []


def test_what_one_workstation_records_shows_on_the_others_without_a_reload(
    open_on: Open, site: Proxy, other_site: Proxy, filled: Filled, nurse: User, physician: User
) -> None:
    told, asking, charting = open_on(physician, site), open_on(physician, other_site), open_on(nurse, other_site)
    for board in (told, asking):
        board.goto(reverse("board"))
        board.evaluate(NO_RELOAD)
        board.get_by_role("link", name="BROWN, Tom").first.focus()
    expect(told.locator("[data-live][data-events]")).to_have_count(1)
    expect(asking.locator("[data-live]:not([data-events])")).to_have_count(1)
    charting.goto(reverse("raise_concern", args=[filled.brown.pk]))
    charting.get_by_label("What worries you").fill("drowsy since the morning")
    charting.get_by_role("button", name="Record for").click()
    for board in (told, asking):
        expect(board.locator("tbody tr").first).to_contain_text("drowsy since the morning")
        expect(board.get_by_role("link", name="BROWN, Tom").first).to_be_focused()
        assert board.evaluate("window.here") is True


def test_a_board_without_connection_says_how_old_it_is_is_gray_and_recovers(
    open_on: Open, other_site: Proxy, processes: Site, filled: Filled, nurse: User
) -> None:
    board = open_on(nurse, other_site)
    board.goto(reverse("board"))
    rows, lost = board.locator("[data-live]"), board.locator(".live-lost")
    expect(rows).not_to_have_attribute("data-lost", "")
    expect(lost).to_be_hidden()
    board.context.set_offline(True)
    expect(lost).to_contain_text("Connection lost. This board is")
    expect(rows).to_have_attribute("data-lost", "")
    expect(board.get_by_role("status")).to_contain_text(["Connection lost. This board no longer changes."])
    board.context.set_offline(False)
    expect(lost).to_be_hidden()
    expect(rows).not_to_have_attribute("data-lost", "")
    processes.asking.stop()
    expect(lost).to_contain_text("Connection lost. This board is")
    processes.asking.start()
    expect(lost).to_be_hidden(timeout=30_000)
    expect(rows).not_to_have_attribute("data-lost", "")


def test_a_board_is_told_again_after_the_database_ended_the_connection_that_listens(
    open_on: Open, site: Proxy, processes: Site, filled: Filled, nurse: User
) -> None:
    board = open_on(nurse, site)
    board.goto(reverse("board"))
    board.evaluate(NO_RELOAD)
    with psycopg.connect(autocommit=True, **address()) as other:
        ended = other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()"
            " AND query IN ('LISTEN \"crsweb_changed\"', 'SELECT 1')"
        ).fetchall()
    assert ended
    actions.raise_concern(by=nurse, submission_id=uuid4(), patient=filled.brown, why="very pale")
    expect(board.locator("tbody tr").first).to_contain_text("very pale")
    processes.events.serves()
    actions.raise_concern(by=nurse, submission_id=uuid4(), patient=filled.smyth, why="confused")
    expect(board.locator("tbody")).to_contain_text("confused")
    assert board.evaluate("window.here") is True


def test_a_screen_is_let_in_by_a_code_shows_no_name_follows_and_goes_dark_when_it_is_revoked(
    open_on: Open, site: Proxy, filled: Filled, nurse: User, charge_nurse: User
) -> None:
    desk, screen = open_on(charge_nurse, site), open_on(None, site)
    desk.goto(reverse("wall_displays", args=[filled.ward.pk]))
    desk.get_by_label("Where it hangs").fill("Corridor")
    desk.get_by_role("button", name="Open a display").click()
    code = desk.locator(".pairing-code").inner_text()
    screen.goto(reverse("wall"))
    screen.get_by_label("Code").fill(code.lower())
    screen.get_by_role("button", name="Show the ward").click()
    expect(screen.get_by_role("heading", name="Hematology 4B")).to_be_visible()
    for name in ("SMITH", "SMYTH", "BROWN", "YAMADA", "999 123 4567"):
        assert name.lower() not in screen.content().lower()
    screen.evaluate(NO_RELOAD)
    actions.raise_concern(by=nurse, submission_id=uuid4(), patient=filled.brown, why="SMITH is drowsy")
    expect(screen.locator("tbody tr").first).to_contain_text("Concern")
    assert "SMITH" not in screen.content()
    assert screen.evaluate("window.here") is True
    screen.goto(reverse("board"))
    expect(screen).to_have_url(f"{site.url}{reverse('account_login')}?next=/")
    screen.goto(reverse("wall"))
    desk.reload()
    desk.get_by_role("button", name="Revoke").click()
    expect(screen.get_by_label("Code")).to_be_visible()
    expect(screen.locator("tbody tr")).to_have_count(0)


def test_a_page_left_open_says_that_somebody_has_recorded_since_and_a_worklist_follows(
    open_on: Open, site: Proxy, filled: Filled, nurse: User, physician: User
) -> None:
    page, waiting = open_on(physician, site), open_on(physician, site)
    waiting.goto(reverse("worklist"))
    waiting.evaluate(NO_RELOAD)
    page.goto(reverse("patient_detail", args=[filled.smith.pk]))
    page.evaluate(NO_RELOAD)
    line = page.locator("[data-live] .note")
    expect(page.locator("[data-live]")).to_be_attached()
    expect(line).to_have_count(0)
    actions.raise_concern(by=nurse, submission_id=uuid4(), patient=filled.brown, why="another patient")
    expect(waiting.locator("[data-live]")).to_contain_text("another patient")
    assert waiting.evaluate("window.here") is True
    actions.raise_concern(by=nurse, submission_id=uuid4(), patient=filled.smith, why="drowsy")
    expect(line).to_contain_text("by Nurse One: read again")
    assert page.evaluate("window.here") is True
    page.get_by_role("link", name="read again").last.click()
    expect(page.get_by_text("drowsy").first).to_be_visible()
    expect(line).to_have_count(0)


def test_a_stream_ends_when_its_reader_signs_out(site: Proxy, filled: Filled, nurse: User) -> None:
    client = Client()
    client.force_login(nurse)
    cookie = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
    asked = Request(f"{site.url}{EVENTS}?ward={filled.ward.pk}", headers={"Cookie": cookie})
    with urlopen(asked, timeout=30) as stream:
        assert stream.headers["Content-Type"].startswith("text/event-stream")
        assert stream.headers["Cache-Control"] == "no-store"
        assert stream.readline() == b"event: beat\n"
        client.post(reverse("account_logout"))
        said = stream.read()
    assert said.endswith(b"event: ended\ndata: 1\n\n")
    for query, status in (("?ward=1", 401), ("", 400), ("?bed=1", 400), ("?ward=1&patient=x", 400)):
        with pytest.raises(HTTPError) as refused:
            urlopen(Request(f"{site.url}{EVENTS}{query}"), timeout=30)
        assert refused.value.code == status
        refused.value.close()


def test_a_row_that_has_just_moved_takes_no_press(
    open_on: Open, other_site: Proxy, filled: Filled, nurse: User
) -> None:
    board = open_on(nurse, other_site)
    board.goto(reverse("board"))
    board.evaluate(SEEN_TO_SETTLE)
    first = board.locator("tbody tr").first
    expect(first).to_contain_text("SMITH")
    first.hover()
    board.mouse.down()
    with board.expect_response(lambda answer: answer.url.endswith(reverse("board_rows")) and answer.status == 200):
        actions.raise_concern(by=nurse, submission_id=uuid4(), patient=filled.brown, why="drowsy")
    expect(first).to_contain_text("SMITH")  # a finger is down
    expect(board.locator("[data-seen]")).to_have_count(0)
    board.mouse.up()
    expect(first).to_contain_text("BROWN")
    expect(board.locator("[data-live]")).to_have_attribute("data-seen", "none auto")


def test_on_a_wall_every_row_is_seen_or_counted(
    open_on: Open, other_site: Proxy, filled: Filled, charge_nurse: User
) -> None:
    display = actions.open_display(by=charge_nurse, submission_id=uuid4(), ward=filled.ward, label="Wall")
    screen = open_on(None, other_site)
    token = actions.pair_display(submission_id=uuid4(), code=code_of(display))
    screen.context.add_cookies([{"name": COOKIE, "value": token, "url": other_site.url}])
    screen.set_viewport_size({"width": 1920, "height": 1080})
    screen.goto(reverse("wall"))
    expect(screen.locator("tbody tr:visible")).to_have_count(4)
    large = screen.locator("tbody td").first.evaluate(SIZE)
    more = screen.locator("[data-more]")
    expect(more).to_be_hidden()
    screen.set_viewport_size({"width": 1920, "height": 420})
    expect(screen.locator("tbody tr:visible")).to_have_count(4)
    assert screen.locator("tbody td").first.evaluate(SIZE) < large
    screen.set_viewport_size({"width": 1920, "height": 260})
    expect(more).to_contain_text(re.compile("And [123] more on the ward"))
    assert screen.locator("tbody tr:visible").count() + int(more.locator("span").inner_text()) == 4
    assert screen.evaluate("document.documentElement.scrollHeight <= innerHeight")
