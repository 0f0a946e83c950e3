"""Which shift of a ward is it? Shifts begin by the ward's clock, so the autumn night's is an hour longer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from patients.models import Ward


@dataclass(frozen=True, slots=True)
class Shift:
    """From `start` to before `end`, both in UTC."""

    start: datetime
    end: datetime

    def __contains__(self, moment: object) -> bool:
        return isinstance(moment, datetime) and self.start <= moment < self.end


def shift_of(ward: Ward, now: datetime) -> Shift:
    """The shift of this ward that `now` lies in, by the ward's settings of today."""
    return shift_at(ward.current.shift_starts, ward.zone, now)


def shift_before(ward: Ward, shift: Shift) -> Shift:
    return shift_of(ward, shift.start - timedelta(microseconds=1))


def shift_after(ward: Ward, shift: Shift) -> Shift:
    return shift_of(ward, shift.end)


def shift_at(starts: Sequence[time], zone: ZoneInfo, now: datetime) -> Shift:
    """The shift that `now` lies in, where a shift begins at each of `starts` (one or more) by the clock of `zone`.

    An hour that the autumn night repeats counts the first time; one that the spring night leaves out begins as long
    after midnight as on any other night. With one start a day a shift is a day.
    """
    today = now.astimezone(zone).date()
    days = [today + timedelta(days=offset) for offset in (-2, -1, 0, 1, 2)]
    begins = sorted({datetime.combine(day, start, tzinfo=zone).astimezone(UTC) for day in days for start in starts})
    start = max(moment for moment in begins if moment <= now)
    return Shift(start, min(moment for moment in begins if moment > now))
