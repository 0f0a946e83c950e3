"""Which suggestions are open, which are decided, and what brought a decided one back?

A decision on a step stands while what it rests on stands (`grading.basis`), while the grade has not risen since, not
even for a while, and, for a watch, until its time. A step that twenty equal assessments suggest is one suggestion.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from django.db.models import Prefetch

from grading.basis import Basis, basis_of, changes
from grading.checklists import CHECKLISTS, Point
from grading.checklists import due as points_due
from grading.protocols.common import EITHER_RESULT, WANTED_RESULTS
from grading.record import Course, Laboratory
from grading.result import GradedAssessment, GradedCourse, Suggestion
from patients.formats import shown_time
from patients.models import ChecklistTick, Decision, Infusion, Treatment
from patients.record import Charted, versions_of

RESULT_COUNTS: Final = timedelta(hours=24)
LOOKED_BACK: Final = 50  # assessments


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggested:
    """A step that the last assessment suggests. `decision` is the latest on it in this course, whether it stands or
    not; `came_back` says why it does not stand."""

    suggestion: Suggestion
    basis: Basis
    since: datetime  # the first of the unbroken run of assessments that suggest it on the same basis
    times: int  # how many those are
    decision: Decision | None = None
    came_back: tuple[str, ...] = ()

    @property
    def decided(self) -> bool:
        return self.decision is not None and not self.came_back


@dataclass(frozen=True, slots=True)
class Ticked:
    """One point of a checklist: ticked, by whom and when, or open. `id` is for the next press at it."""

    point: Point
    tick: ChecklistTick | None
    id: UUID = field(default_factory=uuid4, compare=False)

    @property
    def done(self) -> bool:
        return self.tick is not None


def suggested(charted: Charted, graded: GradedCourse, now: datetime) -> tuple[Suggested, ...]:
    """The suggestions of the course's last assessment, in their order, each with its decision."""
    if graded.latest is None or graded.died_at is not None:
        return ()
    return suggested_at(charted, graded, len(graded.assessments) - 1, now)


def suggested_at(charted: Charted, graded: GradedCourse, place: int, now: datetime) -> tuple[Suggested, ...]:
    """The same for any assessment of the course, a draft say; `place` is where it stands among them."""
    this, upto = graded.assessments[place], graded.assessments[: place + 1]
    decisions = latest_decisions(charted.infusion) if this.suggestions else {}
    found = []
    for suggestion in this.suggestions:
        basis = basis_of(graded, this, suggestion, charted.course.protocol)
        since, times = _run(graded, upto, suggestion, basis, charted.course.protocol)
        decision = decisions.get(suggestion.id)
        found.append(
            Suggested(
                suggestion=suggestion,
                basis=basis,
                since=since,
                times=times,
                decision=decision,
                came_back=came_back(decision, basis, upto, now) if decision else (),
            )
        )
    return tuple(found)


def latest_decisions(infusion: Infusion) -> dict[str, Decision]:
    """The latest decision on each step of this course, with who made it and what was given on it."""
    given = Treatment.objects.standing().select_related("entered_by").order_by("at", "id")
    versions = versions_of([infusion]).keys()
    rows = Decision.objects.standing().filter(infusion__in=versions).select_related("entered_by", "assessment")
    return {row.step: row for row in rows.prefetch_related(Prefetch("treatments", given)).order_by("id")}


def decided_since(latest: Decision | None, seen: int | None) -> tuple[str, ...]:
    """Who decided on the step since the decision of the key `seen` (None: none) was shown, in words; else empty."""
    if latest is None or latest.pk == seen:
        return ()
    by, at = latest.entered_by, shown_time(latest.entered_at)
    match latest.answer:
        case "watching":
            assert latest.watch_until is not None  # the database holds no watch without its time
            said = f"{by} chose at {at} to watch it until {shown_time(latest.watch_until)}"
        case answer:
            said = f"{by} {answer} it at {at}"
    why = ", ".join(filter(None, (latest.get_reason_display().lower() if latest.reason else "", latest.text)))
    return (f"{said}: {why}" if why else said,)


def came_back(
    decision: Decision, basis: Basis, assessments: Sequence[GradedAssessment], now: datetime
) -> tuple[str, ...]:
    """Why `decision` no longer stands, in words; empty while it does."""
    then = Basis.from_document(decision.basis)
    said = list(changes(then, basis))
    if basis.grade <= then.grade and basis.scale == then.scale:
        said += _risen(then.grade, [a for a in assessments if a.at > decision.assessment.at])
    if decision.watch_until is not None and decision.watch_until <= now:
        said.append("the time it was watched until has come")
    return tuple(said)


def _risen(grade: int, later: Iterable[GradedAssessment]) -> list[str]:
    """A rise since the decision that has gone again: the step came back with it, and nobody has answered."""
    for assessment in later:
        verdict = assessment.verdict
        if verdict is None or verdict.grade is None:
            continue
        if verdict.grade > grade:
            return [f"the grade had risen from {grade} to {verdict.grade} since"]
        grade = verdict.grade
    return []


def _run(
    graded: GradedCourse, upto: Sequence[GradedAssessment], suggestion: Suggestion, basis: Basis, protocol: str
) -> tuple[datetime, int]:
    """Since when, and at how many assessments in a row up to the last, the step rests on this basis; looked up over the
    last `LOOKED_BACK`, so that a long course costs no more."""
    since, times = upto[-1].at, 0
    for one in upto[: -LOOKED_BACK - 1 : -1]:
        same = next((s for s in one.suggestions if s.id == suggestion.id), None)
        if same is None or basis_of(graded, one, same, protocol) != basis:
            break
        since, times = one.at, times + 1
    return since, times


def missing_results(course: Course, now: datetime) -> frozenset[str]:
    """The analytes that the evaluation wants and that have no result in the last 24 hours, since the infusion."""
    since = max(course.infusion.started_at, now - RESULT_COUNTS)
    there = {
        e.analyte for e in course.events if isinstance(e, Laboratory) and since <= e.at <= now and e.value is not None
    }
    return frozenset((*WANTED_RESULTS, *EITHER_RESULT)) - there


def checklist(
    step: Suggestion, ticks: Mapping[tuple[str, str], ChecklistTick], missing: frozenset[str]
) -> tuple[Ticked, ...]:
    """The points of a checklist that are due; empty for a step that is none."""
    return tuple(Ticked(point, ticks.get((step.id, point.key))) for point in points_due(step, missing))


def ticks_of(infusion: Infusion, graded: GradedCourse) -> dict[tuple[str, str], ChecklistTick]:
    """The ticks that hold, by step and point: the latest on each, not taken back, none from before this episode."""
    began = graded.episodes[-1].onset_at if graded.episodes else infusion.started_at
    versions = versions_of([infusion]).keys()
    rows = ChecklistTick.objects.standing().filter(infusion__in=versions).select_related("entered_by")
    latest = {(row.step, row.item): row for row in rows.order_by("id")}
    return {key: row for key, row in latest.items() if row.done and row.entered_at >= began}


def infection_open(ticks: Mapping[tuple[str, str], ChecklistTick]) -> tuple[str, ...]:
    """The points of `exclude-infection` that are not ticked, in words."""
    return tuple(p.words for p in CHECKLISTS["exclude-infection"] if ("exclude-infection", p.key) not in ticks)
