"""How does each charted row read in a table: assessments, treatments, results? And what can be done about the row?"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from grading.bedside_scores import points_lost
from grading.numbers import celsius
from grading.oxygen import described
from grading.record import Assessment as Charted
from grading.result import GradedAssessment, Verdict
from grading.vasopressors import running
from grading.words import (
    ANALYTES,
    ATTRIBUTABLE,
    CONSCIOUSNESS,
    NOT_ASSESSED,
    ORGANS,
    PURPOSES,
    RAISED_ICP,
    ROUTES,
    SEIZURES,
    SYMPTOMATIC_RESPONSES,
    SYMPTOMS,
)
from patients.actions.amending import UNDO_WITHIN
from patients.formats import shown_dose, shown_measurement, shown_moment
from patients.forms.laboratory import limit_words
from patients.models import Assessment, Infusion, LaboratoryResult, Treatment, User
from patients.models.correction import MOVED, SEEN, CorrectedRow, kind_of
from patients.models.submission import ClinicalRow, EnteredRow, Transcribed
from patients.permissions import may_amend

LATE: Final = timedelta(minutes=15)


def moment_of(row: EnteredRow) -> datetime | None:
    """When what a row says was seen, given or started; None for a row without a moment of its own."""
    if isinstance(row, ClinicalRow):
        return row.at
    return row.started_at if isinstance(row, Infusion) else None


def who(row: EnteredRow) -> str:
    """«Ada Berg»; of a row from paper «transcribed by Ada Berg, observed by Eve Lind»."""
    if isinstance(row, Transcribed) and row.observed_by_text:
        return f"transcribed by {row.entered_by}, observed by {row.observed_by_text}"
    return str(row.entered_by)


def is_late(row: EnteredRow) -> bool:
    """Was it entered over 15 minutes after it was seen?"""
    at = moment_of(row)
    return at is not None and row.entered_at - at > LATE


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks at a row, and when: one's own row can be undone for a while."""

    user: User
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RowActs:
    """What the viewer can do about one row that stands. The names of its addresses go by its kind; empty: not this."""

    kind: str
    pk: int
    undo: bool  # one's own, and not yet 10 minutes old
    submission_id: uuid.UUID = field(default_factory=uuid.uuid4)  # of the undo, which is one press

    @property
    def correct(self) -> str:
        return f"correct_{self.kind}" if self.kind in SEEN else ""

    @property
    def move(self) -> str:
        return f"move_{self.kind}" if self.kind in MOVED else ""

    @property
    def error(self) -> str:
        return f"error_{self.kind}"

    @property
    def undoing(self) -> str:
        return f"undo_{self.kind}"


def acts_of(row: CorrectedRow, viewer: Viewer | None) -> RowActs | None:
    """None where nobody is asked, as on a print, and for who may not mark such a row."""
    if viewer is None or not may_amend(viewer.user, kind_of(row)):
        return None
    return RowActs(kind=kind_of(row), pk=row.pk, undo=own_slip(row, viewer))


def own_slip(row: EnteredRow, viewer: Viewer) -> bool:
    """Did the viewer record it, and less than ten minutes ago?"""
    return row.entered_by_id == viewer.user.pk and viewer.now - row.entered_at <= UNDO_WITHIN


@dataclass(frozen=True, slots=True, kw_only=True)
class Signs:
    """The values of an assessment that have a column each, as text; empty where not charted."""

    temperature: str
    heart_rate: str
    respiratory_rate: str
    spo2: str
    oxygen: str
    vasopressors: tuple[str, ...]


def signs(seen: Charted) -> Signs:
    return Signs(
        temperature="" if seen.temperature_c is None else f"{celsius(seen.temperature_c)} °C",
        heart_rate="" if seen.heart_rate is None else shown_measurement(seen.heart_rate),
        respiratory_rate="" if seen.respiratory_rate is None else shown_measurement(seen.respiratory_rate),
        spo2="" if seen.spo2_percent is None else shown_measurement(seen.spo2_percent, "%"),
        oxygen="" if seen.oxygen is None else described(seen.oxygen),
        vasopressors=_vasopressors(seen),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentRow:
    """One assessment in words; what was not charted is an empty text."""

    at: datetime
    entered_at: datetime
    late: bool
    by: str
    verdict: Verdict | None
    icans: int | None
    signs: Signs
    pressure: str
    also: tuple[str, ...]
    acts: RowActs | None

    @property
    def what(self) -> str:
        """The row in words, for who hears the page."""
        return f"assessment seen {shown_moment(self.at)}"


def assessment_row(graded: GradedAssessment, viewer: Viewer | None = None) -> AssessmentRow:
    """The row of a graded assessment, whose `ref` is its stored row with `entered_by` read."""
    seen, row = graded.assessment, graded.assessment.ref
    assert isinstance(row, Assessment)
    icans = graded.verdicts.get("icans-2019")
    return AssessmentRow(
        at=row.at,
        entered_at=row.entered_at,
        late=is_late(row),
        by=who(row),
        verdict=graded.verdict,
        icans=icans.grade if icans else None,
        signs=signs(seen),
        pressure=pressure(seen),
        also=tuple(also(seen)),
        acts=acts_of(row, viewer),
    )


def pressure(seen: Charted) -> str:
    both = "/".join("–" if v is None else shown_measurement(v) for v in (seen.systolic, seen.diastolic))
    parts = [both] if both != "–/–" else []
    if seen.mean is not None:
        parts.append(f"({shown_measurement(seen.mean)})")
    return " ".join(parts)


def _vasopressors(seen: Charted) -> tuple[str, ...]:
    if seen.vasopressors is None:
        return ()
    return tuple(running(agent) for agent in seen.vasopressors) or ("none running",)


def also(seen: Charted) -> Iterable[str]:
    """What has no column of its own, a phrase each."""
    words = {True: "yes", False: "no"}
    for value, label in (
        (seen.fluid_bolus, "fluid bolus"),
        (seen.hypotension, "hypotension"),
        (seen.pressure_restored, "pressure restored"),
        (seen.life_threatening, "life-threatening"),
        (seen.severe_grade_2, "managed as severe"),
        (seen.crs_confirmed, "this is CRS"),
        (seen.motor_weakness, "motor weakness"),
    ):
        if value is not None:
            yield f"{label}: {words[value]}"
    if seen.constitutional is not None:
        yield "symptoms: " + (", ".join(SYMPTOMS[one].lower() for one in seen.constitutional) or "none")
    if seen.organ_toxicity is not None:
        graded = ", ".join(f"{ORGANS[one].lower()} {grade}" for one, grade in seen.organ_toxicity.items())
        yield "organ toxicity: " + (graded or "none")
    if seen.attributed_elsewhere is not None:
        named = ", ".join(ATTRIBUTABLE[one].lower() for one in seen.attributed_elsewhere)
        yield "attributed elsewhere: " + (named or "nothing")
    if seen.ice_score is not None:
        yield f"ICE {seen.ice_score}{_items_lost(seen)}"
    if seen.capd_score is not None:
        yield f"CAPD {seen.capd_score}"
    for name, table, label in (
        (seen.consciousness, CONSCIOUSNESS, ""),
        (seen.seizure, SEIZURES, "seizure: "),
        (seen.raised_icp, RAISED_ICP, "edema, ICP: "),
        (seen.neurology_not_assessed, NOT_ASSESSED, "neurology cannot be assessed: "),
        (seen.symptomatic_response, SYMPTOMATIC_RESPONSES, "response: "),
    ):
        if name is not None:
            yield f"{label}{table[name][:1].lower()}{table[name][1:]}"
    if seen.note:
        yield f"note: {seen.note}"


def _items_lost(seen: Charted) -> str:
    """« (naming 2 of 3, writing 0 of 1)» where the score was taken item by item."""
    typed = seen.ref.typed.get("ice_items", {}) if isinstance(seen.ref, Assessment) else {}
    lost = points_lost({item: int(points) for item, points in typed.items()})
    return f" ({', '.join(lost)})" if lost else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TreatmentRow:
    at: datetime
    entered_at: datetime
    late: bool
    by: str
    drug: str
    dose: str
    route: str
    purpose: str
    note: str
    marks: tuple[str, ...]  # what is unusual about it, as known when it was recorded
    acts: RowActs | None


def treatment_row(row: Treatment, viewer: Viewer | None = None) -> TreatmentRow:
    return TreatmentRow(
        at=row.at,
        entered_at=row.entered_at,
        late=is_late(row),
        by=who(row),
        drug=row.drug,
        dose="" if row.dose is None else shown_dose(row.dose, row.unit or ""),
        route=ROUTES.get(row.route or "", ""),
        purpose=PURPOSES.get(row.purpose or "", ""),
        note=row.note,
        marks=tuple(mark["words"] for mark in row.marked),
        acts=acts_of(row, viewer),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultRow:
    at: datetime
    entered_at: datetime
    late: bool
    by: str
    analyte: str
    value: str
    limits: str
    mark: str  # «above», «below» the limits of normal
    notes: tuple[str, ...]
    acts: RowActs | None


def result_row(row: LaboratoryResult, viewer: Viewer | None = None, notes: tuple[str, ...] = ()) -> ResultRow:
    low, high = row.lower_limit, row.upper_limit
    mark = "above" if high is not None and row.value > high else "below" if low is not None and row.value < low else ""
    return ResultRow(
        at=row.at,
        entered_at=row.entered_at,
        late=is_late(row),
        by=who(row),
        analyte=ANALYTES.get(row.analyte, row.analyte),
        value=shown_measurement(row.value, row.unit or ""),
        limits=limit_words(low, high),
        mark=mark,
        notes=notes,
        acts=acts_of(row, viewer),
    )
