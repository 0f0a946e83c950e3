"""When does this patient need someone again: due by the round, or already because the clock has overtaken a value?"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from grading.reassessment import Passed, is_due, passed
from grading.result import GradedAssessment
from patients.formats import shown_moment_near

AHEAD: Final = timedelta(hours=48)


@dataclass(frozen=True, slots=True)
class Due:
    """`at` is the moment of the round, or the earlier one since which the patient counts as due."""

    at: datetime
    overdue: bool
    clock: str  # `at` in the active zone

    @property
    def iso(self) -> str:
        """`at`, for the script that turns due into overdue."""
        return self.at.isoformat()


def due_of(graded: GradedAssessment | None, now: datetime) -> Due | None:
    """Nothing is due before the first graded assessment, nor after a death (`due_at` is null then)."""
    if graded is None or graded.due_at is None:
        return None
    over = is_due(graded, now)
    at = min([graded.due_at, *(one.at for one in (passed(graded, now) if over else coming(graded, now)))])
    return Due(at, over, shown_moment_near(at, now))


def coming(graded: GradedAssessment, now: datetime) -> tuple[Passed, ...]:
    """What the clock overtakes next: shown when its time comes, also on a page left open."""
    return tuple(one for one in passed(graded, now + AHEAD) if one.at >= now)
