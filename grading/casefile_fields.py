"""Is each value of the case format of the right kind, and if not, what is allowed?

A `Node` is one JSON object with its path. Each reader returns the value, or None where it is absent, null or faulty; a
fault names the path and what is allowed, and reading goes on, so that one pass finds every fault of a line.
"""

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from grading.casefile_json import MOST_DIGITS, JsonObject, Unreadable, described
from grading.limits import LIMITS, Outcome, Refused, check

_TIME: Final = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,6}))?)?(?:Z|[+-](\d\d):?(\d\d))", re.ASCII
)
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
TIME_ALLOWED: Final = "an ISO 8601 time with an offset, such as 2026-03-05T08:00:00+00:00"
DATE_ALLOWED: Final = "a date, such as 2014-08-30"
FIRST_YEAR, LAST_YEAR = 1900, 2199
WIDEST_OFFSET: Final = timedelta(hours=14)


@dataclass(frozen=True, slots=True)
class Fault:
    """One error of a line: `path` within its object («events[0].temperature_c», empty for the line itself)."""

    path: str
    message: str


class Node:
    """One object of a line, read field by field."""

    def __init__(self, value: JsonObject, path: str, faults: list[Fault]) -> None:
        self.value = value
        self.path = path
        self.faults = faults

    def at(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key

    def fault(self, key: str, message: str) -> None:
        self.faults.append(Fault(self.at(key), message))

    def only(self, known: Iterable[str]) -> None:
        """Faults for keys that are not known here and for keys given twice."""
        names = tuple(known)
        for key in self.value:
            if key not in names:
                near = difflib.get_close_matches(key, names, 1)
                hint = f"; {near[0]} is meant?" if near else ""
                self.fault(_printable(key), f"unknown key{hint}; known here: {', '.join(names)}")
        for key in self.value.repeated:
            self.fault(_printable(key), "given twice: a key stands once in an object")

    def number(self, key: str, field: str | None = None) -> Decimal | None:
        """A number within what `grading.limits` calls possible for `field` (the key itself unless named)."""
        value = self.value.get(key)
        name = field or key
        if value is None or self._not_a_number(key, value, name):
            return None
        return self.possible(key, value, check(name, value))

    def whole(self, key: str, field: str | None = None) -> int | None:
        value = self.number(key, field)
        return None if value is None else int(value)

    def possible(self, key: str, value: Decimal, outcome: Outcome) -> Decimal | None:
        """`value` unless the outcome refuses it; an improbable value is taken (a file has nobody to ask)."""
        if not isinstance(outcome, Refused):
            return value
        self.fault(key, outcome.message + (f"; {outcome.meant.text} is meant?" if outcome.meant else ""))
        return None

    def raw_number(self, key: str, allowed: str) -> Decimal | None:
        """A number whose limits depend on something else; the caller holds it against them."""
        value = self.value.get(key)
        if value is None:
            return None
        if isinstance(value, Decimal):
            return value
        self._number_fault(key, value, allowed)
        return None

    def _not_a_number(self, key: str, value: Any, field: str) -> bool:
        if isinstance(value, Decimal):
            return False
        limit = LIMITS[field]
        self._number_fault(key, value, limit.possible.words(limit.unit))
        return True

    def _number_fault(self, key: str, value: Any, allowed: str) -> None:
        if isinstance(value, Unreadable):
            self.fault(
                key, f"a finite number of at most {MOST_DIGITS} digits is needed, {allowed}; not {described(value)}"
            )
        else:
            self.fault(key, f"a number is needed, {allowed}; {described(value)}{_kind(value)}")

    def truth(self, key: str) -> bool | None:
        value = self.value.get(key)
        if value is None or isinstance(value, bool):
            return value
        self.fault(key, f"true, false or null is needed; not {described(value)}")
        return None

    def text(self, key: str) -> str | None:
        value = self.value.get(key)
        if value is None:
            return None
        if not isinstance(value, str):
            self.fault(key, f"a text is needed; not {_value(value)}")
            return None
        if not _encodable(value):
            self.fault(key, "half of a surrogate pair in the text: whole characters are needed")
            return None
        return value

    def choice(self, key: str, words: Iterable[str]) -> str | None:
        value = self.value.get(key)
        return None if value is None else self._chosen(key, value, tuple(words))

    def _chosen(self, key: str, value: Any, allowed: tuple[str, ...]) -> str | None:
        if isinstance(value, str) and value in allowed:
            return value
        self.fault(key, f"one of {', '.join(allowed)} is needed; not {_value(value)}")
        return None

    def choices(self, key: str, words: Iterable[str]) -> tuple[str, ...] | None:
        """A list of names out of `words`; None where the list itself was not charted."""
        items = self.items(key)
        if items is None:
            return None
        allowed = tuple(words)
        chosen = [self._chosen(f"{key}[{n}]", item, allowed) for n, item in enumerate(items)]
        return tuple(item for item in chosen if item is not None)

    def items(self, key: str) -> list[Any] | None:
        value = self.value.get(key)
        if value is None or isinstance(value, list):
            return value
        self.fault(key, f"a list is needed; not {_value(value)}")
        return None

    def nodes(self, key: str) -> list["Node"] | None:
        """A list of objects; an item that is none is a fault."""
        items = self.items(key)
        if items is None:
            return None
        found = []
        for n, item in enumerate(items):
            if isinstance(item, JsonObject):
                found.append(Node(item, self.at(f"{key}[{n}]"), self.faults))
            else:
                self.fault(f"{key}[{n}]", f"an object is needed; not {_value(item)}")
        return found

    def node(self, key: str) -> "Node | None":
        value = self.value.get(key)
        if value is None:
            return None
        if isinstance(value, JsonObject):
            return Node(value, self.at(key), self.faults)
        self.fault(key, f"an object is needed; not {_value(value)}")
        return None

    def time(self, key: str) -> datetime | None:
        """An aware time, with the offset it was written with."""
        value = self.value.get(key)
        if value is None:
            return None
        time = _time(value) if isinstance(value, str) else None
        if time is None:
            self.fault(key, f"{TIME_ALLOWED}, is needed; not {_value(value)}")
        return time

    def date(self, key: str) -> date | None:
        value = self.value.get(key)
        if value is None:
            return None
        if isinstance(value, str) and _DATE.fullmatch(value):
            try:
                return date.fromisoformat(value)
            except ValueError:
                pass  # the fault below says what is allowed
        self.fault(key, f"{DATE_ALLOWED}, is needed; not {_value(value)}")
        return None

    def needed(self, key: str, value: object, allowed: str) -> None:
        """A fault where a key that may not be absent is absent or null."""
        if value is None and self.value.get(key) is None:
            self.fault(key, f"needed: {allowed}")


def _time(text: str) -> datetime | None:
    match = _TIME.fullmatch(text)
    if match is None:
        return None
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        return None
    offset = time.utcoffset()
    fits = offset is not None and abs(offset) <= WIDEST_OFFSET and FIRST_YEAR <= time.year <= LAST_YEAR
    return time if fits else None


def words_of(words: Mapping[str, str]) -> str:
    return f"one of {', '.join(words)}"


def _value(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else described(value)


def _kind(value: Any) -> str:
    return " is no number" if isinstance(value, str | list | dict) else ""


def _encodable(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _printable(key: str) -> str:
    shown = key.encode("utf-8", "backslashreplace").decode("utf-8")
    return shown if len(shown) <= 60 else f"{shown[:60]}…"
