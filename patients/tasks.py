"""What waits for one patient besides the round: a result, a watch, open points, a dose that was not given yet?"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from grading.reassessment import LABORATORY_ROUND, laboratory_due
from grading.record import Course, Laboratory
from grading.result import GradedCourse
from patients.decisions import Suggested, checklist, missing_results, suggested, ticks_of
from patients.record import Charted
from patients.watches import lapsed, watches_over


class Kind(StrEnum):
    """Which act does it."""

    RESULT = "result"
    WATCH = "watch"
    POINTS = "points"
    DOSE = "dose"


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Something to be done since `at`. `step` is the suggestion it belongs to, `decision` the accepted one's key."""

    kind: Kind
    at: datetime
    what: str
    step: str = ""
    decision: int | None = None


def tasks(charted: Charted, graded: GradedCourse, now: datetime) -> tuple[Task, ...]:
    """What waits in this course besides the round; nothing after a death."""
    if graded.died_at is not None or graded.latest is None:
        return ()
    return tuple(sorted(_found(charted, graded, now), key=lambda task: task.at))


def _found(charted: Charted, graded: GradedCourse, now: datetime) -> Iterator[Task]:
    if laboratory_due(graded, charted.course, now):
        yield Task(kind=Kind.RESULT, at=_result_due_at(charted.course, graded), what="No result for 24 h")
    for watch in watches_over(graded, lapsed([charted.infusion], now).get(charted.infusion.pk, ())):
        yield Task(kind=Kind.WATCH, at=watch.since, what=f"Watch over: {watch.headline}", step=watch.step)
    ticks, missing = ticks_of(charted.infusion, graded), missing_results(charted.course, now)
    for step in suggested(charted, graded, now):
        points = checklist(step.suggestion, ticks, missing)
        left = [one for one in points if not one.done]
        if left:
            what = f"{len(left)} of {len(points)} points open: {step.suggestion.headline}"
            yield Task(kind=Kind.POINTS, at=step.since, what=what, step=step.suggestion.id)
        yield from _dose(step)


def _dose(step: Suggested) -> Iterator[Task]:
    """A dose that a physician accepted and nobody gave."""
    decision = step.decision
    if decision is None or not step.decided or decision.answer != "accepted":
        return
    if decision.shown.get("line") and not decision.treatments.all():
        what = f"Accepted, not given yet: {decision.shown.get('headline', step.suggestion.headline)}"
        yield Task(kind=Kind.DOSE, at=decision.entered_at, what=what, step=step.suggestion.id, decision=decision.pk)


def _result_due_at(course: Course, graded: GradedCourse) -> datetime:
    """A day after the last result, or the onset where none was taken since."""
    onset = graded.episodes[-1].onset_at
    taken = [event.at for event in course.events if isinstance(event, Laboratory)]
    return max([onset, *(at + LABORATORY_ROUND for at in taken)])
