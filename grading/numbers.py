"""How is a typed number read, and how is a number shown?

Reading refuses whatever could be read in two ways; showing has two formatters that are never exchanged: a measurement
keeps the precision it was recorded with (38.0 °C), a dose drops trailing zeros and keeps the leading one (0.5 mg).
Everything is `Decimal`; no binary floating point enters or leaves.
"""

import re
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

ALLOWED: Final = "digits with at most one decimal point or comma, such as 38.5"
MOST_DIGITS: Final = 12  # whole and decimal digits of a typed number together

_TYPED: Final = re.compile(r"([0-9]+)(?:([.,])([0-9]+))?")
_GROUPED: Final = re.compile(r"[1-9][0-9]{0,2},[0-9]{3}")
_POWER: Final = re.compile(r"10\^(\d+)")
_RAISED: Final = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_TENTH: Final = Decimal("0.1")
_ONE: Final = Decimal(1)
_TEN: Final = Decimal(10)


class NumberError(ValueError):
    """A typed text that is not a number; the message says what is allowed."""


def parse_typed(text: str) -> Decimal:
    """The number a person typed, with the decimals they typed («38,0» is 38.0).

    Takes ASCII digits with one decimal point or comma, spaces around it ignored. Raises `NumberError` for everything
    else: signs, exponents, other scripts' digits, words, «38.», «.5», and a comma before exactly three digits, which
    may be a decimal comma or a thousands comma.
    """
    typed = text.strip()
    if not typed:
        raise NumberError(f"a number is needed: {ALLOWED}")
    match = _TYPED.fullmatch(typed)
    if match is None:
        raise NumberError(f"«{_shortened(typed)}» is not read as a number: use {ALLOWED}{_hint(typed)}")
    whole, mark, decimals = match.groups()
    if len(whole) + len(decimals or "") > MOST_DIGITS:
        raise NumberError(f"«{_shortened(typed)}» has too many digits: at most {MOST_DIGITS} are read")
    if mark == "," and _GROUPED.fullmatch(typed):
        decimal = typed.replace(",", ".").rstrip("0").rstrip(".")
        raise NumberError(f"«{typed}» can be read in two ways: type {decimal} or {typed.replace(',', '')}")
    return Decimal(f"{whole}.{decimals}" if decimals else whole)


def _hint(typed: str) -> str:
    if re.fullmatch(r"[0-9]+[.,]", typed):
        return "; a digit is missing after the point"
    if re.fullmatch(r"[.,][0-9]+", typed):
        return f"; type 0.{typed[1:]}"
    if typed[0] in "+-−":
        return "; no sign"
    if re.fullmatch(r"[0-9.,]+[eE][+-]?[0-9]+", typed):
        return "; no exponent"
    if re.search(r"[0-9][ '’.,\u00a0\u202f][0-9]{3}", typed):
        return "; no thousands mark"
    return ""


def _shortened(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:40]}…"


def measurement(value: Decimal) -> str:
    """A measured value with the precision it was recorded with: 38.0, 130,000."""
    return f"{value:,f}"


def shown_unit(unit: str) -> str:
    """A unit as it is read beside a number: × 10⁹/L for the code 10^9/L, every other as it is."""
    power = _POWER.match(unit)
    return f"× 10{power[1].translate(_RAISED)}{unit[power.end() :]}" if power else unit


def dose(value: Decimal) -> str:
    """An amount to be given: 0.5, 8, 1,000. A leading zero, never a trailing one."""
    shown = f"{value:,f}"
    return shown.rstrip("0").rstrip(".") if "." in shown else shown


def round_half_up(value: Decimal, step: Decimal = _ONE) -> Decimal:
    """`value` to the nearest `step` (1, 0.1, 0.01), halves away from zero."""
    return value.quantize(step, rounding=ROUND_HALF_UP)


def round_dose(amount: Decimal) -> Decimal:
    """A computed dose as it is given (rules 5): to 1 mg or mcg, below 10 to 0.1, halves up."""
    return round_half_up(amount, _TENTH if amount < _TEN else _ONE)


def celsius_from_fahrenheit(degrees: Decimal) -> Decimal:
    """°C for °F: exact where the quotient ends (100.4 °F is 38.0 °C), else to 28 digits."""
    return (degrees - 32) * 5 / 9


def fahrenheit_from_celsius(degrees: Decimal) -> Decimal:
    """°F for °C, exact."""
    return degrees * 9 / 5 + 32


def celsius(value: Decimal) -> str:
    """A temperature in °C for the screen: as recorded, or to 0.1 where it was converted and has more decimals."""
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -2:
        value = round_half_up(value, _TENTH)
    return measurement(value)
