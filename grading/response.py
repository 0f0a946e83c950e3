"""What was the grade at a dose, and has the dose failed? (rules 4)"""

from collections.abc import Sequence
from dataclasses import dataclass
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


def around(points: Sequence[GradePoint], dose_at: datetime) -> tuple[GradePoint, ...]:
    """The assessments that tell the grade at a dose: from 2 h before to 60 min after it; else the latest before, else
    the first after. `points` in time order; empty only if there are none."""
    near = tuple(p for p in points if dose_at - BEFORE <= p.at <= dose_at + AFTER)
    if near:
        return near
    before = [p for p in points if p.at < dose_at]
    return (before[-1],) if before else tuple(points[:1])


def grade_at_dose(points: Sequence[GradePoint], dose_at: datetime) -> int | None:
    """The highest governing grade around the dose; None if nothing was assessed."""
    return max((p.grade for p in around(points, dose_at)), default=None)


def failure(points: Sequence[GradePoint], dose_at: datetime, hours: int) -> str | None:
    """Why the dose has failed at the last of `points`, in words; None if it has not, or its first hour is not over.

    `hours`: after how many an unimproved grade is a failure.
    """
    if not points or points[-1].at - dose_at < AFTER:
        return None
    now, elapsed = points[-1], points[-1].at - dose_at
    near = around(points, dose_at)
    at_dose = max(p.grade for p in near)
    since = elapsed_words(elapsed)
    best = min(
        [max(p.at_most for p in near), *(p.grade for p in points if p.certain and p.at - dose_at >= AFTER)],
    )
    if now.grade > best:
        return f"worse {since} after it: grade {now.grade}, was {best} or less"
    if elapsed >= timedelta(hours=hours) and now.grade >= at_dose:
        return f"not improved {since} after it: grade {now.grade}, at the dose {at_dose}"
    if elapsed >= SEVERE_AFTER and now.grade >= 3:
        return f"still grade {now.grade} {since} after it [H]"
    if elapsed >= CRITICAL_AFTER and now.grade == 4:
        return f"still grade 4 {since} after it [H]"
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
