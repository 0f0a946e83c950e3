"""How is a small course written in one line of a test? Times are hours after the start of the infusion."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from grading.course import grade_course
from grading.record import (
    Assessment,
    Course,
    Death,
    Event,
    Infusion,
    InfusionEvent,
    Laboratory,
    Oxygen,
    Patient,
    Treatment,
    Vasopressor,
    Weight,
)
from grading.result import GradedAssessment, GradedCourse, Suggestion, Verdict

STARTED = datetime(2026, 3, 1, 10, tzinfo=UTC)
Number = str | int


def hours(number: float) -> datetime:
    return STARTED + timedelta(hours=number)


def _decimal(value: Number | None) -> Decimal | None:
    return None if value is None else Decimal(value)


def patient(age: Number = 40, weight: Number | None = 70, height: Number | None = 170, **facts: Any) -> Patient:
    return Patient(age_years=Decimal(age), weight_kg=_decimal(weight), height_cm=_decimal(height), **facts)


def on(
    device: str, flow: Number | None = None, fio2: Number | None = None, *, for_hypoxia: bool | None = None
) -> Oxygen:
    return Oxygen(device=device, flow_l_min=_decimal(flow), fio2_percent=_decimal(fio2), for_hypoxia=for_hypoxia)


def runs(
    agent: str,
    rate: Number | None = None,
    unit: str = "mcg/min",
    *,
    since: float | None = None,
    for_hypotension: bool | None = None,
) -> Vasopressor:
    """A vasopressor; `since` in hours after the start of the infusion."""
    return Vasopressor(
        agent=agent,
        rate=_decimal(rate),
        unit=None if rate is None else unit,
        since=None if since is None else hours(since),
        for_hypotension=for_hypotension,
    )


NUMBERS = ("temperature_c", "spo2_percent", "systolic", "diastolic", "mean", "heart_rate")


def seen(at: float, **fields: Any) -> Assessment:
    """An assessment with only these fields; numbers may be given as texts or whole numbers."""
    for name in NUMBERS:
        if name in fields:
            fields[name] = _decimal(fields[name])
    return Assessment(at=hours(at), **fields)


def well(at: float, **fields: Any) -> Assessment:
    """A full set of an adult with nothing wrong, but for these fields."""
    normal: dict[str, Any] = {
        "temperature_c": "37.0",
        "spo2_percent": 98,
        "systolic": 120,
        "diastolic": 80,
        "vasopressors": (),
        "oxygen": on("room-air"),
        "constitutional": (),
        "organ_toxicity": {},
        "symptomatic_response": "not-needed",
        "ice_score": 10,
        "consciousness": "spontaneous",
        "seizure": "none",
    }
    return seen(at, **{**normal, **fields})


def febrile(at: float, **fields: Any) -> Assessment:
    return well(at, **{"temperature_c": "39.0", **fields})


def gave(at: float, drug: str, **details: Any) -> Treatment:
    details["dose"] = _decimal(details.get("dose"))
    return Treatment(at=hours(at), drug=drug, **details)


def result(
    at: float, analyte: str, value: Number, *, upper: Number | None = None, lower: Number | None = None
) -> Laboratory:
    return Laboratory(
        at=hours(at), analyte=analyte, value=Decimal(value), lower_limit=_decimal(lower), upper_limit=_decimal(upper)
    )


def weighs(at: float, kg: Number) -> Weight:
    return Weight(at=hours(at), weight_kg=Decimal(kg))


def infusion(at: float, action: str) -> InfusionEvent:
    return InfusionEvent(at=hours(at), action=action)


def died(at: float, *, due_to_crs: bool | None = True) -> Death:
    return Death(at=hours(at), due_to_crs=due_to_crs)


def course(
    *events: Event,
    who: Patient | None = None,
    cause: str = "car-t",
    product: str | None = None,
    protocol: str = "review-2024",
) -> Course:
    given = Infusion(cause=cause, started_at=STARTED, product=product)
    return Course(patient=who or patient(), infusion=given, events=events, protocol=protocol)


def graded(*events: Event, **about: Any) -> GradedCourse:
    return grade_course(course(*events, **about))


def last(*events: Event, **about: Any) -> GradedAssessment:
    found = graded(*events, **about).latest
    assert found is not None
    return found


def verdict(scale: str, *events: Event, **about: Any) -> Verdict:
    """The verdict of one scale at the last assessment."""
    return last(*events, **about).verdicts[scale]


def grade(scale: str, *events: Event, **about: Any) -> tuple[int | None, int | None]:
    """Grade and at most at the last assessment."""
    found = verdict(scale, *events, **about)
    return found.grade, found.at_most


def suggested(*events: Event, **about: Any) -> Mapping[str, Suggestion]:
    """The suggestions at the last assessment, by id."""
    return {suggestion.id: suggestion for suggestion in last(*events, **about).suggestions}
