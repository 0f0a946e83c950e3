"""What was the grade at a dose, and has the dose failed? (rules 4)"""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from datetime import datetime, timedelta

BEFORE = timedelta(hours=2)
AFTER = timedelta(minutes=60)
SEVERE_AFTER = timedelta(hours=24)  # [H]: still grade 3 or 4
CRITICAL_AFTER = timedelta(hours=2)  # [H]: still grade 4


@dataclass(frozen=True, slots=True)
class GradePoint:
    """The governing verdict of one assessment."""

    at: datetime
    grade: int
    at_most: int

    @property
    def certain(self) -> bool:
        return self.grade == self.at_most


@dataclass(slots=True)
class GradeHistory:
    """The governing verdicts of a course in time order. What is asked of it takes no longer as it grows."""

    points: list[GradePoint] = field(default_factory=list)
    first_graded_at: datetime | None = None  # the first assessment with a grade of 1 or more
    highest: int = 0
    _times: list[datetime] = field(default_factory=list)
    # Certain points of which no later certain one is as low: the first at or after a moment is the lowest since it
    _lows: list[GradePoint] = field(default_factory=list)
    _low_times: list[datetime] = field(default_factory=list)

    def add(self, point: GradePoint) -> None:
        self.points.append(point)
        self._times.append(point.at)
        self.highest = max(self.highest, point.grade)
        if point.grade >= 1 and self.first_graded_at is None:
            self.first_graded_at = point.at
        if point.certain:
            while self._lows and self._lows[-1].grade >= point.grade:
                self._lows.pop()
                self._low_times.pop()
            self._lows.append(point)
            self._low_times.append(point.at)

    def lowest_certain_since(self, moment: datetime) -> int | None:
        """The lowest certain grade at or after `moment`; None if there is none."""
        index = bisect_left(self._low_times, moment)
        return self._lows[index].grade if index < len(self._lows) else None

    def around(self, dose_at: datetime) -> list[GradePoint]:
        """The assessments that tell the grade at a dose: from 2 h before to 60 min after it; else the latest before,
        else the first after. Empty only if there are none."""
        first, end = bisect_left(self._times, dose_at - BEFORE), bisect_right(self._times, dose_at + AFTER)
        if first < end:
            return self.points[first:end]
        return self.points[first - 1 : first] if first else self.points[:1]

    def grade_at_dose(self, dose_at: datetime) -> int | None:
        """The highest governing grade around the dose; None if nothing was assessed."""
        return max((p.grade for p in self.around(dose_at)), default=None)

    def failure(self, dose_at: datetime, hours: int) -> str | None:
        """Why the dose has failed at the last assessment, in words; None if it has not, or its first hour is not over.

        `hours`: after how many an unimproved grade is a failure.
        """
        if not self.points or self.points[-1].at - dose_at < AFTER:
            return None
        now, elapsed = self.points[-1], self.points[-1].at - dose_at
        near = self.around(dose_at)
        at_dose, best = max(p.grade for p in near), max(p.at_most for p in near)
        since_then = self.lowest_certain_since(dose_at + AFTER)
        if since_then is not None:
            best = min(best, since_then)
        if now.grade > best:
            return f"worse {elapsed_words(elapsed)} after it: grade {now.grade}, was {best} or less"
        if elapsed >= timedelta(hours=hours) and now.grade >= at_dose:
            then = "at the dose" if near[0].at <= dose_at + AFTER else "at the first assessment after it"
            return f"not improved {elapsed_words(elapsed)} after it: grade {now.grade}, {then} {at_dose}"
        if elapsed >= SEVERE_AFTER and now.grade >= 3:
            return f"still grade {now.grade} {elapsed_words(elapsed)} after it [H]"
        if elapsed >= CRITICAL_AFTER and now.grade == 4:
            return f"still grade 4 {elapsed_words(elapsed)} after it [H]"
        return None


def elapsed_words(elapsed: timedelta) -> str:
    """«42 min», «4 h 10 min», «3 d 2 h»."""
    minutes = int(elapsed.total_seconds() // 60)
    hours, minutes = divmod(minutes, 60)
    days, rest = divmod(hours, 24)
    if days >= 2:
        return f"{days} d {rest} h" if rest else f"{days} d"
    if hours:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    return f"{minutes} min"
