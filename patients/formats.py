"""How do a date, a time, an age, a measurement and a dose read on screen?

Dates are 05-Jan-2026, times 04:28 (24 hours), elapsed time is in words. Times are shown in the zone that is active,
the ward's. A measurement keeps its recorded precision (38.0 °C); a dose drops trailing zeros (8 mg), keeps the leading
one (0.5 mg) and takes commas from 1,000: two formatters, two names.
"""

from datetime import date, datetime, timedelta
from decimal import Decimal

from django.utils import timezone

from grading import numbers

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def shown_date(value: date) -> str:
    """05-Jan-2026. The month is a word in every language setting: 05-01-2026 would be two dates."""
    if isinstance(value, datetime):
        value = timezone.localtime(value).date()
    return f"{value.day:02}-{_MONTHS[value.month - 1]}-{value.year}"


def shown_time(value: datetime) -> str:
    """04:28, in the active zone. The two hours of the autumn night that read alike are told apart."""
    local = timezone.localtime(value)
    text = f"{local.hour:02}:{local.minute:02}"
    twice = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
    earlier, later = local.replace(fold=0).utcoffset(), local.replace(fold=1).utcoffset()
    if twice and earlier is not None and later is not None and earlier > later:
        return f"{text}, {'second' if local.fold else 'first'}"
    return text


def shown_moment(value: datetime) -> str:
    """05-Jan-2026 04:28."""
    return f"{shown_date(value)} {shown_time(value)}"


def shown_moment_near(value: datetime, now: datetime) -> str:
    """04:28 for today's, else with its date."""
    same = timezone.localtime(value).date() == timezone.localtime(now).date()
    return shown_time(value) if same else shown_moment(value)


def shown_span(span: timedelta) -> str:
    """A length of time in words: under a minute, 42 min, 4 h 10 min, 3 d 4 h."""
    minutes = int(span.total_seconds() // 60)
    if minutes < 1:
        return "under 1 min"
    if minutes < 60:
        return f"{minutes} min"
    hours, rest = divmod(minutes, 60)
    if hours < 48:
        return f"{hours} h {rest} min" if rest else f"{hours} h"
    days, rest = divmod(hours, 24)
    return f"{days} d {rest} h" if rest else f"{days} d"


def shown_elapsed(value: datetime, now: datetime) -> str:
    """42 min ago; in 18 min; now. A minute that has not passed is not rounded up."""
    span = now - value
    if abs(span) < timedelta(minutes=1):
        return "now"
    return f"{shown_span(span)} ago" if span > timedelta(0) else f"in {shown_span(-span)}"


def shown_measurement(value: Decimal, unit: str = "") -> str:
    """38.0 °C: the recorded precision."""
    return _with_unit(numbers.measurement(value), unit)


def shown_dose(value: Decimal, unit: str = "") -> str:
    """8 mg, 0.5 mg, 1,000 mg: no trailing zero."""
    return _with_unit(numbers.dose(value), unit)


def _with_unit(text: str, unit: str) -> str:
    """A ratio, whose unit a laboratory writes as 1, has none: «1.1 1» would read as 1.11. Rates read «114/min»."""
    if unit == "1":
        return text
    return f"{text}{unit}" if unit == "%" or unit.startswith("/") else f"{text} {numbers.shown_unit(unit)}".rstrip()


def completed_years(born: date, on: date) -> int:
    """Age in completed years."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def shown_age(born: date, on: date) -> str:
    """46y; under two years 14m, under two months 12d."""
    years = completed_years(born, on)
    if years >= 2:
        return f"{years}y"
    months = (on.year - born.year) * 12 + on.month - born.month - (on.day < born.day)
    return f"{months}m" if months >= 2 else f"{max((on - born).days, 0)}d"
