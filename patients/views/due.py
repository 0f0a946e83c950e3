"""When does this patient need someone again: due by the round, or already because the clock has overtaken a value?"""

from dataclasses import dataclass
from datetime import datetime

from grading.reassessment import is_due, passed
from grading.result import GradedAssessment
from patients.formats import shown_moment_near


@dataclass(frozen=True, slots=True)
class Due:
    """`at` is the moment of the round, or the earlier one since which the patient counts as due."""

    at: datetime
    overdue: bool
    clock: str  # `at` in the active zone


def due_of(graded: GradedAssessment | None, now: datetime) -> Due | None:
    """Nothing is due before the first graded assessment, nor after a death (`due_at` is null then)."""
    if graded is None or graded.due_at is None:
        return None
    at = min([graded.due_at, *(one.at for one in passed(graded, now))])
    return Due(at, is_due(graded, now), shown_moment_near(at, now))
