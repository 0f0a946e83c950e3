"""When does this patient need someone again: due by the round, or already because the clock has overtaken a value?

While a patient is off the ward nothing is overdue, and from the expected end on it is at once; once somebody has seen
them since they left, it is by the round again.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from grading.reassessment import Passed, is_due, passed
from grading.result import GradedAssessment
from patients.formats import shown_moment_near
from patients.pauses import Paused

AHEAD: Final = timedelta(hours=48)


@dataclass(frozen=True, slots=True)
class Due:
    """`at` is the moment of the round, or the earlier one since which the patient counts as due.

    Off the ward `at` is the expected end, and `where` says where («In imaging»); it stays said while nobody has seen
    the patient since.
    """

    at: datetime
    overdue: bool
    clock: str  # `at` in the active zone
    where: str = ""

    @property
    def iso(self) -> str:
        """`at`, for the script that turns due into overdue."""
        return self.at.isoformat()

    @property
    def away(self) -> bool:
        return bool(self.where) and not self.overdue


def due_of(graded: GradedAssessment | None, now: datetime, paused: Paused | None = None) -> Due | None:
    """Nothing is due before the first graded assessment, nor after a death (`due_at` is null then).

    `paused` is the patient's last pause, looked at now. Who is back is due by the round, not since before they came.
    """
    if paused is not None and paused.away and unseen(graded, paused):
        return Due(paused.row.until, False, shown_moment_near(paused.row.until, now), paused.where)
    due = _by_the_round(graded, now)
    if due is None or paused is None or (due.overdue and due.at <= paused.row.at):
        return due
    if unseen(graded, paused):
        return Due(paused.row.until, True, shown_moment_near(paused.row.until, now), paused.where)
    if due.overdue and paused.back_at is not None and due.at < paused.back_at:
        return Due(paused.back_at, True, shown_moment_near(paused.back_at, now))
    return due


def _by_the_round(graded: GradedAssessment | None, now: datetime) -> Due | None:
    if graded is None or graded.due_at is None:
        return None
    over = is_due(graded, now)
    at = min([graded.due_at, *(one.at for one in (passed(graded, now) if over else coming(graded, now)))])
    return Due(at, over, shown_moment_near(at, now))


def unseen(graded: GradedAssessment | None, paused: Paused) -> bool:
    """Has nobody said that the patient is back, nor seen them since they left? Else the pause counts no more."""
    seen_at = graded.observed_at if graded is not None else None
    return paused.back_at is None and (seen_at is None or seen_at <= paused.row.at)


def coming(graded: GradedAssessment, now: datetime) -> tuple[Passed, ...]:
    """What the clock overtakes next: shown when its time comes, also on a page left open."""
    return tuple(one for one in passed(graded, now + AHEAD) if one.at >= now)
