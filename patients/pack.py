"""What stands in a ward's downtime pack: every patient with the last 24 hours, what is due next, and blank sheets?

Made for when nothing runs: one document, whole in itself, that says in large letters as of when it is.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import prefetch_related_objects
from django.utils import timezone

from grading.result import GradedAssessment, Verdict
from patients.handover.case import Case, graded_words, on_ward
from patients.handover.sbar import Sbar, sbars
from patients.models import Assessment, LaboratoryResult, Patient, Treatment, Ward, Weight
from patients.sheet import blank_sheet
from patients.views.due import Due, due_of
from patients.views.paper import document
from patients.views.rows import ResultRow, Signs, TreatmentRow, pressure, result_row, signs, treatment_row, who

LAST: Final = timedelta(hours=24)
RENEWED_EVERY: Final = timedelta(minutes=15)
OLD_AFTER: Final = timedelta(minutes=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One assessment of the last 24 hours; what was not charted is an empty text. `grade`: empty without a grade."""

    at: datetime
    signs: Signs
    pressure: str
    grade: str
    icans: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One patient of the pack. Rows stand the latest first."""

    sbar: Sbar
    due: Due | None
    seen: tuple[Seen, ...]
    treatments: tuple[TreatmentRow, ...]
    results: tuple[ResultRow, ...]
    weights: tuple[Weight, ...]


def pack_of(ward: Ward, now: datetime) -> str:
    """The pack as HTML, times by the ward's clock."""
    with timezone.override(ward.zone):
        sheets = _sheets(on_ward(Patient.objects.all(), ward), now)
        context: dict[str, Any] = {
            "ward": ward,
            "now": now,
            "old_from": now + OLD_AFTER,
            "renewed_every": RENEWED_EVERY,
            "since": now - LAST,
            "sheets": sheets,
            "sheet": blank_sheet(ward.current.as_settings()),
        }
        return document("paper/downtime.html", context)


def _sheets(patients: Sequence[Patient], now: datetime) -> list[Sheet]:
    since = now - LAST
    treatments = _by_patient(Treatment.objects.standing().filter(patient__in=patients, at__gte=since))
    results = _by_patient(LaboratoryResult.objects.standing().filter(patient__in=patients, at__gte=since))
    weights = _by_patient(Weight.objects.standing().filter(patient__in=patients))
    found = []
    for sbar in sbars(patients, now):
        key = sbar.patient.pk
        found.append(
            Sheet(
                sbar=sbar,
                due=due_of(sbar.case.latest, now, sbar.case.paused),
                seen=tuple(_seen(sbar.case, since)),
                treatments=tuple(treatment_row(row) for row in treatments[key]),
                results=tuple(result_row(row) for row in results[key]),
                weights=tuple(weights[key][:3]),
            )
        )
    return found


def _by_patient(rows: Any) -> dict[int, list[Any]]:
    """The rows of each patient, the latest first."""
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows.select_related("entered_by").order_by("-at", "-id"):
        found[row.patient_id].append(row)
    return found


def _seen(case: Case, since: datetime) -> Iterable[Seen]:
    """The assessments since then, each with its grade as known now; those of an earlier course without one."""
    graded = {one.assessment.ref: one for one in case.graded.assessments} if case.graded else {}
    recent = [seen for seen in case.assessments if seen.at >= since]
    rows = [seen.ref for seen in recent if isinstance(seen.ref, Assessment)]
    prefetch_related_objects(rows, "entered_by")
    for seen in reversed(recent):
        verdicts = _verdicts(graded.get(seen.ref))
        yield Seen(
            at=seen.at,
            signs=signs(seen),
            pressure=pressure(seen),
            grade=verdicts[0],
            icans=verdicts[1],
            by=who(seen.ref) if isinstance(seen.ref, Assessment) else "",
        )


def _verdicts(one: GradedAssessment | None) -> tuple[str, str]:
    if one is None or one.verdict is None:
        return "", ""
    return f"{one.verdict.name}: {graded_words(one.verdict)}", _icans(one.verdicts.get("icans-2019"))


def _icans(verdict: Verdict | None) -> str:
    return "" if verdict is None or verdict.grade is None else str(verdict.grade)
