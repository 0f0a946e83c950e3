"""Which moment does a typed date and time mean, in the ward's time zone?

A time alone is of the last hours, never of the future. The hour that the autumn night repeats is asked for («first» or
«second»), the one that the spring night leaves out is refused. Nothing is guessed.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

AHEAD: Final = timedelta(minutes=2)  # how far a workstation's clock may run before the server's (rules 1.6)
BACK: Final = timedelta(hours=12)  # a time alone that lies further back than this needs its date
MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
ALLOWED: Final = "type a time like 04:28, or a date and time like 05-Jan-2026 04:28"

_TIME = r"(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2}))?(?:[ ,]+(?P<fold>first|second))?"
_DATES: Final = (
    r"(?P<day>[0-9]{1,2})[-. /](?P<month>[a-z]{3})[a-z]*[-. /](?P<year>[0-9]{4})",
    r"(?P<year>[0-9]{4})-(?P<month>[0-9]{1,2})-(?P<day>[0-9]{1,2})",
)


@dataclass(frozen=True, slots=True)
class Unreadable(ValueError):
    """A typed moment that means none, or more than one. `meant` are texts that would each be read, best first."""

    message: str
    meant: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.message


def read_moment(text: str, zone: ZoneInfo, now: datetime) -> datetime:
    """The moment in UTC that `text` means in `zone`, `now` being an aware time.

    Raises `Unreadable` with what is allowed, and with what may have been meant.
    """
    clock = _matched(_TIME, text)
    if clock is not None:
        return _time_alone(clock, zone, now)
    for pattern in _DATES:
        found = _matched(pattern + r"(?:[ T,]+)" + _TIME, text)
        if found is not None:
            return _localized(_date(found), _time(found), found["fold"], zone)
    if any(_matched(pattern, text) for pattern in _DATES):
        raise Unreadable(f"the time is missing: {ALLOWED}")
    raise Unreadable(f"«{text}» is no date and time: {ALLOWED}")


def read_coming(text: str, zone: ZoneInfo, now: datetime) -> datetime:
    """The moment in UTC that `text` means in `zone` when it is still to come: a time alone is of the next 24 hours.

    Raises `Unreadable` as `read_moment` does.
    """
    clock = _matched(_TIME, text)
    if clock is None:
        return read_moment(text, zone, now)
    today = now.astimezone(zone).date()
    first = _localized(today, _time(clock), clock["fold"], zone)
    return first if first > now else _localized(today + timedelta(days=1), _time(clock), clock["fold"], zone)


def read_date(text: str) -> date:
    """The date that `text` means («14-Aug-1980» or «1980-08-14»). Raises `Unreadable`."""
    for pattern in _DATES:
        found = _matched(pattern, text)
        if found is not None:
            return _date(found)
    raise Unreadable(f"«{text}» is no date: type it like 05-Jan-2026")


def typed(moment: datetime, zone: ZoneInfo) -> str:
    """`moment` as it can be typed back («05-Jan-2026 04:28», «25-Oct-2026 01:30 second»)."""
    local = moment.astimezone(zone)
    repeated = local.utcoffset() != local.replace(fold=1 - local.fold).utcoffset()
    order = f" {'second' if local.fold else 'first'}" if repeated else ""
    return f"{local.day:02}-{MONTHS[local.month - 1].capitalize()}-{local.year:04} {local:%H:%M}{order}"


def _matched(pattern: str, text: str) -> dict[str, str | None] | None:
    found = re.fullmatch(pattern, text.strip(), flags=re.IGNORECASE | re.ASCII)
    return found.groupdict() if found else None


def _date(found: dict[str, str | None]) -> date:
    month = (found["month"] or "").lower()
    if month.isalpha() and month not in MONTHS:
        raise Unreadable(f"«{month}» is no month: write Jan, Feb, Mar and so on")
    number = MONTHS.index(month) + 1 if month.isalpha() else int(month)
    try:
        return date(int(found["year"] or 0), number, int(found["day"] or 0))
    except ValueError:
        raise Unreadable(f"there is no day {found['day']}-{month}-{found['year']}: {ALLOWED}") from None


def _time(found: dict[str, str | None]) -> time:
    try:
        return time(int(found["hour"] or 0), int(found["minute"] or 0), int(found["second"] or 0))
    except ValueError:
        raise Unreadable(f"there is no time {found['hour']}:{found['minute']}: hours are 00 to 23") from None


def _time_alone(found: dict[str, str | None], zone: ZoneInfo, now: datetime) -> datetime:
    today, clock = now.astimezone(zone).date(), _time(found)
    read = _localized(today, clock, found["fold"], zone)
    if read <= now + AHEAD:
        return read
    before = _localized(today - timedelta(days=1), clock, found["fold"], zone)
    if now - before <= BACK:
        return before
    raise Unreadable(
        f"{clock:%H:%M} has not come yet today: a time in the future cannot be charted", (typed(before, zone),)
    )


def _localized(day: date, clock: time, fold: str | None, zone: ZoneInfo) -> datetime:
    first = datetime.combine(day, clock, tzinfo=zone)
    second = first.replace(fold=1)
    try:
        moments = first.astimezone(UTC), second.astimezone(UTC)
    except OverflowError:
        raise Unreadable(f"the year {day.year} cannot be charted: {ALLOWED}") from None
    if moments[0] == moments[1]:
        if fold is not None:
            raise Unreadable(f"{clock:%H:%M} came once on that day: leave out «{fold}»", (typed(moments[0], zone),))
        return moments[0]
    if moments[0] > moments[1]:  # before the gap's end by the old offset: no clock showed it
        raise Unreadable(f"{clock:%H:%M} did not exist on that day: the clocks were put forward")
    if fold is None:
        raise Unreadable(
            f"{clock:%H:%M} came twice on that day: add «first» or «second»", tuple(typed(m, zone) for m in moments)
        )
    return moments[0] if fold.lower() == "first" else moments[1]
