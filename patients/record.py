"""What was charted, as the grading reads it? The one place where rows become a `grading.record.Course`.

Only rows that stand are read: what was corrected or withdrawn counts nowhere. With `known_at` those that stood then.

A course holds all of the patient up to the start of the next infusion: also what was charted before its own infusion
(weights, earlier tocilizumab, results as a baseline), which the grading tells apart by time. Assessments that belong
to an earlier course are left out. Each event's `ref` is its row.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

from django.db import models

from grading import record
from grading.course import grade_course
from grading.result import GradedCourse
from grading.settings import Settings
from grading.units import neutrophils
from patients.models import (
    Assessment,
    Correction,
    Death,
    Height,
    Infusion,
    InfusionEvent,
    LaboratoryResult,
    Patient,
    PatientFacts,
    Placement,
    ProtocolChoice,
    Treatment,
    WardSettings,
    Weight,
)
from patients.models.submission import EnteredRow

Row = TypeVar("Row", bound=EnteredRow)


@dataclass(frozen=True, slots=True, kw_only=True)
class Charted:
    """One course and what it is graded by."""

    infusion: Infusion
    course: record.Course
    settings: Settings

    def graded(self) -> GradedCourse:
        return grade_course(self.course, self.settings)


def course_of(infusion: Infusion, *, known_at: datetime | None = None) -> record.Course:
    """The course of this infusion; with `known_at` from the rows entered by then."""
    return charted([infusion], known_at=known_at)[0].course


def settings_of(infusion: Infusion, *, known_at: datetime | None = None) -> Settings:
    """The settings of the ward on which the patient lies (lay at `known_at`)."""
    return charted([infusion], known_at=known_at)[0].settings


def with_draft(course: record.Course, *drafts: record.Event) -> record.Course:
    """The course with what is in a form now; a draft stands after the recorded assessments of its time."""
    return replace(course, events=(*course.events, *drafts))


def infusion_at(patient: Patient, at: datetime) -> Infusion | None:
    """The infusion whose course is open at `at`; None before the first."""
    return patient.infusions.standing().filter(started_at__lte=at).order_by("started_at").last()


def versions_of(infusions: Iterable[Infusion]) -> dict[int, int]:
    """By the key of each infusion and of those that it was corrected from: the key of the one given. One query.

    What was decided, ticked, signed or stored names the infusion that stood then; it belongs to the course as before.
    """
    given = list(infusions)
    corrected = Correction.objects.filter(by_infusion__isnull=False, patient__in={one.patient_id for one in given})
    before = dict(corrected.values_list("by_infusion_id", "infusion_id"))
    found: dict[int, int] = {}
    for infusion in given:
        key: int | None = infusion.pk
        while key is not None:
            found[key] = infusion.pk
            key = before.get(key)
    return found


def charted(infusions: Iterable[Infusion], *, known_at: datetime | None = None) -> list[Charted]:
    """The courses of these infusions, in their order, in a fixed number of queries."""
    wanted = list(infusions)
    patients = {infusion.patient_id for infusion in wanted}

    def rows(model: type[Row], *order: str) -> dict[int, list[Row]]:
        found: dict[int, list[Row]] = defaultdict(list)
        for row in _prepared(model, known_at).filter(patient__in=patients).order_by(*order):
            found[row.patient_id].append(row)  # type: ignore[attr-defined]
        return found

    def latest(model: type[Row], *order: str) -> dict[int, Row]:
        chosen = _prepared(model, known_at).filter(patient__in=patients).order_by("patient_id", *order)
        return {row.patient_id: row for row in chosen.distinct("patient_id")}  # type: ignore[attr-defined]

    starts = rows(Infusion, "started_at")
    assessments = rows(Assessment, "at", "id")
    treatments = rows(Treatment, "at", "id")
    results = rows(LaboratoryResult, "at", "id")
    weights = rows(Weight, "at", "id")
    deaths = rows(Death, "at", "id")
    heights = latest(Height, "-at", "-id")
    facts = latest(PatientFacts, "-id")
    choices = latest(ProtocolChoice, "-id")
    placements = latest(Placement, "-at", "-id")
    of_wards = {
        row.ward_id: row
        for row in WardSettings.objects.standing(known_at)
        .filter(ward__in={row.ward_id for row in placements.values()})
        .order_by("ward_id", "-id")
        .distinct("ward_id")
    }
    stops: dict[int, list[InfusionEvent]] = defaultdict(list)
    for stop in InfusionEvent.objects.standing(known_at).filter(infusion__in=wanted).order_by("at", "id"):
        stops[stop.infusion_id].append(stop)

    def one(infusion: Infusion) -> Charted:
        patient = infusion.patient_id
        start, end = _span(infusion, starts[patient])
        ward = of_wards[placements[patient].ward_id]
        chosen = choices.get(patient)
        events: list[record.Event] = [
            *(weight_record(row) for row in weights[patient]),
            *(treatment_record(row) for row in treatments[patient]),
            *(result_record(row) for row in results[patient]),
            *(infusion_event_record(row) for row in stops[infusion.pk]),
            *(assessment_record(row) for row in assessments[patient] if start is None or row.at >= start),
            *(death_record(row) for row in deaths[patient]),
        ]
        return Charted(
            infusion=infusion,
            course=record.Course(
                patient=patient_record(facts[patient], heights.get(patient)),
                infusion=record.Infusion(
                    cause=infusion.cause, product=infusion.product, started_at=infusion.started_at
                ),
                events=tuple(event for event in events if end is None or event.at < end),
                protocol=(chosen.protocol if chosen else None) or ward.default_protocol,
            ),
            settings=ward.as_settings(),
        )

    return [one(infusion) for infusion in wanted]


def _prepared(model: type[Row], known_at: datetime | None) -> "models.QuerySet[Row]":
    manager: Any = model.objects  # typed by the abstract model
    rows: models.QuerySet[Row] = manager.standing(known_at)
    if model is Assessment:
        return rows.prefetch_related("vasopressors", "organ_toxicities")
    return rows


def _span(infusion: Infusion, of_patient: Sequence[Infusion]) -> tuple[datetime | None, datetime | None]:
    """From when its course takes assessments (None: from the first), and before when it ends (None: open)."""
    earlier = any(other.started_at < infusion.started_at for other in of_patient)
    later = [other.started_at for other in of_patient if other.started_at > infusion.started_at]
    return infusion.started_at if earlier else None, min(later, default=None)


def patient_record(facts: PatientFacts, height: Height | None) -> record.Patient:
    return record.Patient(
        birth_date=facts.birth_date,
        sex=facts.sex,
        height_cm=height.height_cm if height else None,
        baseline_systolic=facts.baseline_systolic,
        baseline_diastolic=facts.baseline_diastolic,
        home_oxygen_l_min=facts.home_oxygen_l_min,
        extensive_comorbidities=facts.extensive_comorbidities,
        long_term_glucocorticoid=facts.long_term_glucocorticoid,
        neutropenic=facts.neutropenic,
    )


# Columns that a row and its record share by name.
SAME: tuple[str, ...] = (
    "at",
    "temperature_c",
    "heart_rate",
    "respiratory_rate",
    "spo2_percent",
    "systolic",
    "diastolic",
    "mean",
    "fluid_bolus",
    "hypotension",
    "pressure_restored",
    "life_threatening",
    "symptomatic_response",
    "crs_confirmed",
    "severe_grade_2",
    "neurology_not_assessed",
    "ice_score",
    "capd_score",
    "consciousness",
    "seizure",
    "motor_weakness",
    "raised_icp",
    "note",
)


def assessment_record(row: Assessment) -> record.Assessment:
    """The row as charted; reads its vasopressors and organ toxicities."""
    values: dict[str, Any] = {name: getattr(row, name) for name in SAME}
    if row.vasopressors_charted:
        values["vasopressors"] = tuple(
            record.Vasopressor(
                agent=one.agent, rate=one.rate, unit=one.unit, since=one.since, for_hypotension=one.for_hypotension
            )
            for one in row.vasopressors.all()
        )
    if row.organs_charted:
        values["organ_toxicity"] = {one.system: one.grade for one in row.organ_toxicities.all()}
    if row.oxygen_device is not None:
        values["oxygen"] = record.Oxygen(
            device=row.oxygen_device,
            flow_l_min=row.oxygen_flow_l_min,
            fio2_percent=row.oxygen_fio2_percent,
            for_hypoxia=row.oxygen_for_hypoxia,
        )
    for name in ("constitutional", "attributed_elsewhere"):
        charted_list = getattr(row, name)
        values[name] = None if charted_list is None else tuple(charted_list)
    return record.Assessment(**values, ref=row)


def assessment_columns(charted: record.Assessment) -> dict[str, Any]:
    """The columns of the row that reads back as `charted`, without `at`; its child rows are written beside it."""
    oxygen = charted.oxygen
    return {name: getattr(charted, name) for name in SAME if name != "at"} | {
        "vasopressors_charted": charted.vasopressors is not None,
        "organs_charted": charted.organ_toxicity is not None,
        "oxygen_device": oxygen.device if oxygen else None,
        "oxygen_flow_l_min": oxygen.flow_l_min if oxygen else None,
        "oxygen_fio2_percent": oxygen.fio2_percent if oxygen else None,
        "oxygen_for_hypoxia": oxygen.for_hypoxia if oxygen else None,
        "constitutional": _listed(charted.constitutional),
        "attributed_elsewhere": _listed(charted.attributed_elsewhere),
    }


def _listed(words: Sequence[str] | None) -> list[str] | None:
    return None if words is None else list(words)


def treatment_record(row: Treatment) -> record.Treatment:
    return record.Treatment(
        at=row.at, drug=row.drug, dose=row.dose, unit=row.unit, route=row.route, purpose=row.purpose, ref=row
    )


def result_record(row: LaboratoryResult) -> record.Laboratory:
    """The result as typed; a neutrophil count in the unit that rules read it in."""
    result = record.Laboratory(
        at=row.at,
        analyte=row.analyte,
        value=row.value,
        unit=row.unit,
        lower_limit=row.lower_limit,
        upper_limit=row.upper_limit,
        ref=row,
    )
    return neutrophils(result) if row.analyte == "anc" else result


def infusion_event_record(row: InfusionEvent) -> record.InfusionEvent:
    return record.InfusionEvent(at=row.at, action=row.action, ref=row)


def weight_record(row: Weight) -> record.Weight:
    return record.Weight(at=row.at, weight_kg=row.weight_kg, ref=row)


def death_record(row: Death) -> record.Death:
    return record.Death(at=row.at, due_to_crs=row.due_to_crs, ref=row)
