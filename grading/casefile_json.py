"""How does a line of bytes become JSON values that can be checked, with nothing lost on the way?

Python's own reader turns numbers into binary floating point, keeps the last of two equal keys and takes NaN. Here a
number becomes the exact `Decimal` that was written, or an `Unreadable` that the checks refuse by its path; an object
remembers the keys that were given twice.
"""

import json
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

MOST_BYTES: Final = 64 * 2**20  # of one line
MOST_DIGITS: Final = 24  # of one number
LARGEST_EXPONENT: Final = 20  # of one number, either way


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A number as written that is not finite, or has more digits or a larger exponent than any charted value."""

    text: str


class JsonObject(dict[str, Any]):
    """A JSON object that knows which of its keys were given more than once."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        times = Counter(key for key, _ in pairs) if len(self) < len(pairs) else Counter[str]()
        self.repeated = tuple(key for key, number in times.items() if number > 1)


class NotJson(ValueError):
    """A line that holds no JSON; the message says where and what is allowed."""


def parse(line: bytes) -> Any:
    """The JSON value of one line. Raises `NotJson`."""
    if len(line) > MOST_BYTES:
        raise NotJson(f"a line of at most {MOST_BYTES // 2**20} MB is read")
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError as error:
        raise NotJson(f"not UTF-8 at byte {error.start + 1}: one JSON object in UTF-8 is needed") from None
    try:
        return json.loads(
            text, parse_float=_number, parse_int=_number, parse_constant=Unreadable, object_pairs_hook=JsonObject
        )
    except json.JSONDecodeError as error:
        raise NotJson(
            f"not JSON at character {error.pos + 1} ({error.msg}): one JSON object a line is needed"
        ) from None
    except RecursionError:
        raise NotJson("nested too deeply: one JSON object of the case format is needed") from None


def _number(text: str) -> Decimal | Unreadable:
    mantissa, _, exponent = text.lower().partition("e")
    digits = mantissa.lstrip("-").replace(".", "").lstrip("0")
    if len(digits) > MOST_DIGITS or len(mantissa) > 2 * MOST_DIGITS or len(exponent.lstrip("+-0")) > 2:
        return Unreadable(text)
    value = Decimal(text)
    if abs(int(exponent or 0)) > LARGEST_EXPONENT:
        return Unreadable(text)
    if int(value.as_tuple().exponent) > 0:  # 1e2 is 100
        value = value.quantize(Decimal(1))
    return value.copy_abs() if value.is_zero() else value


def described(value: Any) -> str:
    """A JSON value as an error message names it."""
    match value:
        case None:
            return "null"
        case bool():
            return "true is no number" if value else "false is no number"
        case Decimal():
            return f"{_cut(format(value, 'f'))}"
        case Unreadable(text):
            return _cut(text)
        case str():
            return f"the text {_cut(json.dumps(value))}"
        case list():
            return "a list"
        case _:
            return "an object"


def _cut(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:60]}…"
