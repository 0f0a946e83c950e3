"""How are courses drawn at random for the properties? Records as a ward could chart them, with the edges in mind."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from grading.record import (
    Assessment,
    Course,
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
from grading.words import (
    AGENTS,
    ATTRIBUTABLE,
    CAUSES,
    CONSCIOUSNESS,
    DEVICES,
    INOTROPES,
    ORGANS,
    POSITIVE_PRESSURE,
    PROTOCOLS,
    RAISED_ICP,
    SEIZURES,
    SYMPTOMATIC_RESPONSES,
    SYMPTOMS,
    units_of,
)

STARTED = datetime(2026, 3, 1, 10, tzinfo=UTC)
RATES = {
    "mcg/min": ("3", "9.9", "10", "12", "19.9", "20", "40", "199", "200"),
    "mcg/kg/min": ("0.05", "0.1", "0.3", "0.5", "4", "5"),
    "mg/h": ("0.3", "0.6", "1.2", "6", "12"),
    "units/min": ("0.01", "0.03", "0.06"),
    "units/h": ("0.6", "1.8", "3.6"),
}


def decimals(*texts: str) -> st.SearchStrategy[Decimal]:
    return st.sampled_from(texts).map(Decimal)


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


@st.composite
def vasopressors(draw: st.DrawFn, agent: str | None = None, rated: bool = False) -> Vasopressor:
    name = agent or draw(st.sampled_from(sorted(AGENTS)))
    unit = draw(st.sampled_from(units_of(name)))
    rate = draw(decimals(*RATES[unit]) if rated else maybe(decimals(*RATES[unit])))
    for_hypotension = draw(st.sampled_from((True, True, None, False)))
    return Vasopressor(agent=name, rate=rate, unit=unit if rate is not None else None, for_hypotension=for_hypotension)


def vasopressor_lists() -> st.SearchStrategy[tuple[Vasopressor, ...]]:
    return st.lists(vasopressors(), max_size=3, unique_by=lambda v: v.agent).map(tuple)


@st.composite
def oxygens(draw: st.DrawFn) -> Oxygen:
    """A device with a flow and an FiO2 that do not contradict each other (rules 1.4, the estimate)."""
    device = draw(st.sampled_from(sorted(DEVICES)))
    if device == "room-air":
        return Oxygen(device=device)
    flow = draw(maybe(decimals("0.5", "1", "2", "4", "4.1", "5", "6", "6.1", "8", "10", "30")))
    fio2 = draw(maybe(decimals("24", "35", "39.9", "40", "60", "100")))
    for_hypoxia = draw(st.sampled_from((True, True, None, False)))
    oxygen = Oxygen(device=device, flow_l_min=flow, fio2_percent=fio2, for_hypoxia=for_hypoxia)
    return oxygen if _consistent(oxygen) else Oxygen(device=device, flow_l_min=flow, for_hypoxia=for_hypoxia)


def _consistent(oxygen: Oxygen) -> bool:
    flow, fio2 = oxygen.flow_l_min, oxygen.fio2_percent
    if fio2 is None:
        return True
    match oxygen.device:
        case "blow-by":
            return fio2 < 40
        case "non-rebreather":
            return fio2 >= 40
        case "simple-mask":
            return flow is None or flow < 5 or fio2 >= 40
        case "nasal-cannula":
            return flow is None or (4 < flow <= 6) or (fio2 >= 40) == (flow > 6)
    return True


@st.composite
def neurology(draw: st.DrawFn) -> dict[str, Any]:
    return draw(
        st.fixed_dictionaries(
            {},
            optional={
                "ice_score": st.integers(0, 10),
                "capd_score": st.sampled_from((0, 1, 8, 9, 32)),
                "consciousness": st.sampled_from(sorted(CONSCIOUSNESS)),
                "seizure": st.sampled_from(sorted(SEIZURES)),
                "motor_weakness": st.booleans(),
                "raised_icp": st.sampled_from(sorted(RAISED_ICP)),
            },
        )
    )


@st.composite
def assessments(draw: st.DrawFn, at: datetime) -> Assessment:
    """An assessment that a reader would let through."""
    pressors = draw(maybe(vasopressor_lists()))
    answering = any(v.agent not in INOTROPES and v.for_hypotension is not False for v in pressors or ())
    systolic = draw(maybe(decimals("60", "69", "70", "89", "90", "100", "118", "150")))
    diastolic = draw(maybe(decimals("30", "45", "52", "60")))
    return Assessment(
        at=at,
        temperature_c=draw(maybe(decimals("36.8", "37.9", "38.0", "38", "39.6"))),
        spo2_percent=draw(maybe(decimals("85", "91", "92", "98"))),
        systolic=systolic,
        diastolic=diastolic,
        mean=draw(maybe(decimals("50", "64", "65", "80"))),
        fluid_bolus=draw(maybe(st.booleans())),
        hypotension=draw(st.sampled_from((None, None, True) if answering else (None, None, True, False))),
        pressure_restored=draw(st.sampled_from((None, None, True, False))),
        vasopressors=pressors,
        oxygen=draw(maybe(oxygens())),
        constitutional=draw(maybe(st.lists(st.sampled_from(sorted(SYMPTOMS)), max_size=2, unique=True).map(tuple))),
        organ_toxicity=draw(maybe(st.dictionaries(st.sampled_from(sorted(ORGANS)), st.integers(0, 4), max_size=2))),
        attributed_elsewhere=draw(
            st.none() | st.none() | st.lists(st.sampled_from(sorted(ATTRIBUTABLE)), max_size=2, unique=True).map(tuple)
        ),
        life_threatening=draw(st.sampled_from((None, None, None, False, True))),
        symptomatic_response=draw(maybe(st.sampled_from(sorted(SYMPTOMATIC_RESPONSES)))),
        crs_confirmed=draw(st.sampled_from((None, None, None, False, True))),
        severe_grade_2=draw(st.sampled_from((None, None, False, True))),
        **draw(neurology()),
    )


@st.composite
def patients(draw: st.DrawFn) -> Patient:
    return Patient(
        age_years=draw(decimals("0.05", "0.5", "1", "4", "11", "17.9", "18", "40", "65", "80")),
        weight_kg=draw(maybe(decimals("3.5", "9.5", "29.9", "30", "44.9", "45", "71", "120", "400"))),
        height_cm=draw(maybe(decimals("55", "110", "142", "170", "185"))),
        baseline_systolic=draw(maybe(decimals("100", "131", "145"))),
        home_oxygen_l_min=draw(st.sampled_from((None, None, Decimal(2)))),
        extensive_comorbidities=draw(maybe(st.booleans())),
        long_term_glucocorticoid=draw(maybe(st.booleans())),
        neutropenic=draw(maybe(st.booleans())),
    )


def infusions() -> st.SearchStrategy[Infusion]:
    products = st.sampled_from((None, "blinatumomab", "Blincyto", "tisagenlecleucel", "rituximab"))
    return st.builds(Infusion, cause=st.sampled_from(sorted(CAUSES)), started_at=st.just(STARTED), product=products)


def _after_start(first_h: float = -48, last_h: float = 240) -> st.SearchStrategy[datetime]:
    quarters = st.integers(int(first_h * 4), int(last_h * 4))
    return quarters.map(lambda quarter: STARTED + timedelta(minutes=15 * quarter))


@st.composite
def other_events(draw: st.DrawFn) -> Event:
    """A treatment, a result, an infusion event or a weight."""
    at = draw(_after_start())
    match draw(st.integers(0, 3)):
        case 0:
            drug = draw(
                st.sampled_from(
                    (
                        "tocilizumab",
                        "Actemra",
                        "dexamethasone",
                        "methylprednisolone",
                        "hydrocortisone",
                        "paracetamol",
                        "siltuximab",
                        "unnamed",
                    )
                )
            )
            amount = draw(maybe(decimals("8", "100", "500", "1000")))
            purpose = draw(st.sampled_from((None, None, "crs", "icans", "premedication", "stress")))
            route = draw(st.sampled_from((None, "iv", "topical")))
            return Treatment(at=at, drug=drug, dose=amount, unit=amount and "mg", route=route, purpose=purpose)
        case 1:
            analyte = draw(st.sampled_from(("alt", "bilirubin", "creatinine", "inr", "fibrinogen", "crp", "anc")))
            value = draw(maybe(decimals("0.4", "1", "1.6", "3.5", "7", "41", "200", "801")))
            upper = draw(maybe(decimals("1", "1.2", "40")))
            lower = draw(maybe(decimals("0.5", "2")))
            return Laboratory(at=at, analyte=analyte, value=value, unit="x", lower_limit=lower, upper_limit=upper)
        case 2:
            return InfusionEvent(at=at, action=draw(st.sampled_from(("interrupt", "resume", "resume", "discontinue"))))
        case _:
            return Weight(at=at, weight_kg=draw(decimals("3.4", "29.9", "31", "60", "75")))


@st.composite
def courses(draw: st.DrawFn, most: int = 8) -> Course:
    """A course with assessments at different times, and events in any order."""
    times = draw(st.lists(_after_start(-24, 120), min_size=1, max_size=most, unique=True))
    events: list[Event] = [draw(assessments(at)) for at in times]
    events += draw(st.lists(other_events(), max_size=6))
    return Course(
        patient=draw(patients()),
        infusion=draw(infusions()),
        events=tuple(events),
        protocol=draw(st.sampled_from(sorted(PROTOCOLS))),
    )


def positive(oxygen: Oxygen | None) -> bool:
    return oxygen is not None and oxygen.device in POSITIVE_PRESSURE


def only(seen: Assessment, *events: Event, patient: Patient | None = None, cause: str = "car-t") -> Course:
    """A course of one assessment and what stands around it."""
    return Course(
        patient=patient or Patient(age_years=Decimal(40), weight_kg=Decimal(70)),
        infusion=Infusion(cause=cause, started_at=STARTED),
        events=(*events, seen),
    )


def at_hours(*hours: float) -> Sequence[datetime]:
    return [STARTED + timedelta(hours=hour) for hour in hours]
