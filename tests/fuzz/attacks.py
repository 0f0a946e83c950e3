"""What is sent in one request of the fuzz? A form as a browser would post it, with a few things wrong, or anything.

What is drawn is a plan of plain numbers and texts, which means the same on every world; `Attack.of` carries it out on
one, taking its numbers round and round whatever there is to choose from.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final, Self, TypeVar
from urllib.parse import quote_plus
from uuid import UUID

from django.conf import settings
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from hypothesis import strategies as st

from tests.fuzz.addresses import Address
from tests.fuzz.forms import Form
from tests.fuzz.odd import NAMES, texts
from tests.fuzz.world import NUMBER_ELSEWHERE, World

URLENCODED: Final = "application/x-www-form-urlencoded"
METHODS: Final = ("PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "BREW")
WITHOUT_BODY: Final = ("GET", "HEAD", "TRACE")
CHANGES: Final = ("odd", "odd", "odd", "other", "without", "twice", "key", "key")
KINDS_OF_BODY: Final = (
    ("form",) * 14 + ("multipart",) * 3 + ("json", "text", "noise", "many", "huge", "utf-16", "named")
)
HEADERS: Final = ("Referer", "If-None-Match", "HX-Current-URL", "HX-Target", "Accept", "X-Forwarded-For", "Cookie")
MOST_FIELDS: Final = 1_000  # Django refuses more
MOST_BYTES: Final = 2_621_440  # and more than these
Values = dict[str, list[str]]
T = TypeVar("T")


@dataclass(frozen=True, slots=True, repr=False)
class Plan:
    """What a request shall be, without knowing of what world."""

    who: int
    as_shown: bool  # sent by who was shown the form
    form: int
    elsewhere: int  # 0: to an address drawn for itself, not to the form's
    keys: tuple[int, int, int]
    post: bool
    method: int  # beyond the usual two in one of a dozen
    submission: UUID
    changes: tuple[tuple[str, int, str, str], ...]  # how, which field, a text, another
    body: str
    noise: bytes
    query: tuple[tuple[int, str], ...]
    fragment: bool
    header: tuple[int, str] | None
    again: bool

    def __repr__(self) -> str:
        return f"the plan of submission {self.submission}"  # the texts are long; what they came to is noted


def plans() -> st.SearchStrategy[Plan]:
    number, text = st.integers(0, 255), texts()
    short = text.filter(lambda one: len(one) < 5000)
    printable = short.filter(lambda one: one.isprintable() and one.isascii())
    parts = {
        "who": number,
        "as_shown": st.booleans(),
        "form": number,
        "elsewhere": st.integers(0, 9),
        "keys": st.tuples(number, number, number),
        "post": st.booleans(),
        "method": st.integers(0, 83),
        "submission": st.uuids(version=4),
        "changes": st.lists(st.tuples(st.sampled_from(CHANGES), number, text, text), max_size=3).map(tuple),
        "body": st.sampled_from(KINDS_OF_BODY),
        "noise": st.binary(max_size=100),
        "query": st.just(()) | st.lists(st.tuples(number, short), max_size=2).map(tuple),
        "fragment": st.booleans(),
        "header": st.none() | st.tuples(number, printable),
        "again": st.booleans(),
    }
    return st.fixed_dictionaries(parts).map(lambda drawn: Plan(**drawn))


@dataclass(frozen=True, slots=True)
class Attack:
    """One request; `again`: it is sent a second time, as by somebody whose answer was lost."""

    who: str
    method: str
    path: str
    content_type: str
    body: bytes
    headers: tuple[tuple[str, str], ...]
    again: bool

    def __str__(self) -> str:
        body = self.body if len(self.body) < 3000 else self.body[:3000] + b"..."
        return f"{self.method} {self.path} as {self.who}, {self.content_type}, {dict(self.headers)}: {body!r}"

    @classmethod
    def of(cls, plan: Plan, world: World, address: Address, forms: Sequence[tuple[str, Form]]) -> Self:
        """`forms` are those that lead to the address, each with who was shown it."""
        who, path, values = _nth([*world.clients], plan.who), "", Values()
        if forms:
            shown_to, form = _nth(forms, plan.form)
            values, path = form.filled(), form.action
            who = shown_to if plan.as_shown else who
        if not path or not plan.elsewhere:
            path = address.at(address.keys(world, plan.keys))
        method = "POST" if values or plan.post else "GET"
        if plan.method < len(METHODS):
            method = METHODS[plan.method]
        values = _changed(plan, world, values)
        content_type, body = ("", b"") if method in WITHOUT_BODY else _sent(plan, values)
        query = {_nth(asked_for(), number): [text] for number, text in plan.query}
        path += f"?{_urlencoded(query).decode()}" if query else ""
        headers = (("HX-Request", "true"),) if plan.fragment else ()
        if plan.header is not None:
            headers = (*headers, (_nth(HEADERS, plan.header[0]), plan.header[1]))
        return cls(who, method, path, content_type, body, headers, plan.again)


def _nth(offered: Sequence[T], number: int) -> T:
    return offered[number % len(offered)]


@lru_cache(maxsize=1)
def asked_for() -> tuple[str, ...]:
    """The names that any view looks for in an address's query, and some that none does."""
    found: set[str] = {"next", "nothing", "\x00"}
    for package in ("patients", "crsweb"):
        for module in (Path(settings.BASE_DIR) / package).rglob("*.py"):
            found |= set(re.findall(r"GET(?:\.get(?:list)?\(|\[)\s*\"(\w+)\"", module.read_text(encoding="utf-8")))
    return tuple(sorted(found))


def _changed(plan: Plan, world: World, values: Values) -> Values:
    """The values with none or a few of them changed, taken away, given twice or added."""
    values = {name: list(given) for name, given in values.items()}
    if "submission_id" in values:
        values["submission_id"] = [str(plan.submission)]
    for how, number, text, another in plan.changes:
        name = _nth([*values, *NAMES, another], number)
        match how:
            case "odd":
                values[name] = [text]
            case "other":
                values[name] = [_nth(sorted({one for given in values.values() for one in given} | {""}), number)]
            case "without":
                values.pop(name, None)
            case "twice":
                values[name] = [*values.get(name, []), text, another]
            case "key":
                values[name] = [_nth(_keys(world), len(text) + number)]
    return values


def _keys(world: World) -> list[str]:
    """What a form may name: small numbers are rows of either ward."""
    rows = [str(number) for number in (*range(12), 2**31, 2**63)]
    return [*rows, world.used_before, world.used_before, NUMBER_ELSEWHERE, f"{NUMBER_ELSEWHERE} 1"]


def _urlencoded(values: Values) -> bytes:
    pairs = ((name, one) for name, given in values.items() for one in given)
    return "&".join(
        "=".join(quote_plus(one.encode("utf-8", "surrogatepass")) for one in pair) for pair in pairs
    ).encode()


def _whole(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


def _sent(plan: Plan, values: Values) -> tuple[str, bytes]:
    """What the body says it is, and the body."""
    match plan.body:
        case "multipart":
            whole = {_whole(name): [_whole(one) for one in given] for name, given in values.items()}
            return MULTIPART_CONTENT, encode_multipart(BOUNDARY, whole)
        case "json":
            return "application/json", json.dumps(values).encode()
        case "text":
            return "text/plain; charset=none-such", _urlencoded(values)
        case "noise":
            return URLENCODED if plan.post else MULTIPART_CONTENT, plan.noise
        case "many":
            return URLENCODED, _urlencoded(values | {f"field-{number}": ["1"] for number in range(MOST_FIELDS + 1)})
        case "huge":
            return URLENCODED, _urlencoded(values | {"note": ["A" * MOST_BYTES]})
        case "utf-16":
            return f"{URLENCODED}; charset=utf-16", _urlencoded(values)
        case "named":
            return "multipart/form-data", _urlencoded(values)
    return URLENCODED, _urlencoded(values)
