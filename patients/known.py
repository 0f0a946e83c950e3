"""What was known at a moment, what is known of the same time now, and what differs?

«As known then» is what was stored by then, of the rows that stood then: it never changes. «As known now» is computed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from grading.attribution import told_by
from grading.result import GradedAssessment
from patients.actions.plain import plain
from patients.models import Assessment, Infusion, StoredSuggestions, StoredVerdict
from patients.record import charted, versions_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """One assessment's grades and suggestions. `grades`: grade and at most by scale; `suggestions` as stored, those of
    `protocol`."""

    protocol: str
    governing: str | None
    grades: Mapping[str, tuple[int | None, int | None]]
    suggestions: tuple[Mapping[str, Any], ...]
    left_out: tuple[str, ...] = ()  # by the governing scale, as attributed elsewhere

    @property
    def steps(self) -> tuple[str, ...]:
        return tuple(one["id"] for one in self.suggestions)

    @property
    def grade(self) -> tuple[int | None, int | None] | None:
        """Grade and at most of the governing scale."""
        return self.grades.get(self.governing) if self.governing is not None else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One assessment, then and now. `then` is None where it was not recorded, `now` where it no longer stands."""

    assessment: Assessment
    then: Known | None
    now: Known | None
    scales: tuple[str, ...]  # whose grade or at most differs
    appeared: tuple[str, ...]  # steps suggested now and not then
    gone: tuple[str, ...]
    reworded: tuple[str, ...]  # suggested both times, in other words, or with another dose

    @property
    def differs(self) -> bool:
        gained_or_lost = (self.then is None) != (self.now is None)
        return bool(self.scales or self.appeared or self.gone or self.reworded) or gained_or_lost


def as_known_then(infusion: Infusion, moment: datetime) -> dict[int, Known]:
    """By assessment, those that had been recorded and stood at the moment. Four queries."""
    stood = set(
        Assessment.objects.standing(moment)
        .filter(patient=infusion.patient_id, at__lte=moment)
        .values_list("pk", flat=True)
    )
    courses = versions_of([infusion]).keys()
    verdicts: dict[int, dict[str, StoredVerdict]] = {}
    for row in (
        StoredVerdict.objects.filter(infusion__in=courses, known_at__lte=moment, assessment__in=stood)
        .order_by("assessment_id", "scale", "-id")
        .distinct("assessment_id", "scale")
    ):
        verdicts.setdefault(row.assessment_id, {})[row.scale] = row
    suggested = {
        row.assessment_id: row
        for row in StoredSuggestions.objects.filter(infusion__in=courses, known_at__lte=moment, assessment__in=stood)
        .order_by("assessment_id", "-id")
        .distinct("assessment_id")
    }
    found: dict[int, Known] = {}
    for key, rows in verdicts.items():
        governing = next((row for row in rows.values() if row.governing), None)
        if governing is not None:  # none governs where it was no longer graded then
            found[key] = Known(
                protocol=suggested[key].protocol,
                governing=governing.scale,
                grades={scale: (row.grade, row.at_most) for scale, row in rows.items()},
                suggestions=tuple(suggested[key].suggestions),
                left_out=told_by(governing.notices),
            )
    return found


def as_known_now(infusion: Infusion, moment: datetime) -> dict[int, Known]:
    """By assessment, those of up to the moment that stand now, computed."""
    course = charted([infusion])[0]
    protocol, seen = course.course.protocol, course.graded().assessments
    return {_row(one).pk: _known(one, protocol) for one in seen if one.verdicts and one.at <= moment}


def compared(infusion: Infusion, moment: datetime) -> list[Compared]:
    """Every assessment of up to the moment, in time order, as known then and as known now."""
    then, now = as_known_then(infusion, moment), as_known_now(infusion, moment)
    rows = Assessment.objects.filter(pk__in=then.keys() | now.keys()).order_by("at", "id")
    return [_compare(row, then.get(row.pk), now.get(row.pk)) for row in rows]


def _compare(row: Assessment, then: Known | None, now: Known | None) -> Compared:
    before = then.grades if then is not None else {}
    after = now.grades if now is not None else {}
    then_steps = {one["id"]: one for one in then.suggestions} if then is not None else {}
    now_steps = {one["id"]: one for one in now.suggestions} if now is not None else {}
    both = then_steps.keys() & now_steps.keys()
    return Compared(
        assessment=row,
        then=then,
        now=now,
        scales=tuple(scale for scale in (after or before) if before.get(scale) != after.get(scale)),
        appeared=tuple(step for step in now_steps if step not in then_steps),
        gone=tuple(step for step in then_steps if step not in now_steps),
        reworded=tuple(step for step in now_steps if step in both and then_steps[step] != now_steps[step]),
    )


def _known(graded: GradedAssessment, protocol: str) -> Known:
    return Known(
        protocol=protocol,
        governing=graded.governing,
        grades={scale: (verdict.grade, verdict.at_most) for scale, verdict in graded.verdicts.items()},
        suggestions=tuple(plain(list(graded.suggestions))),
        left_out=graded.verdict.left_out if graded.verdict else (),
    )


def _row(graded: GradedAssessment) -> Assessment:
    row = graded.assessment.ref
    assert isinstance(row, Assessment)
    return row
