"""Which line is copied for a dose, when is a dose off, when is a resumed infusion raised? From rules 4.4, 5."""

from decimal import Decimal

import pytest

from grading.course import grade_course
from grading.prescribing import Computed, offered
from grading.record import Course, Event, Infusion, InfusionEvent
from grading.result import Dose, MissingDose, Suggestion
from grading.resuming import Increase, increase
from grading.settings import DEFAULT
from tests.grading.ward import STARTED, febrile, hours, patient, runs, suggested, weighs, well

ICU = {"vasopressors": (runs("norepinephrine", "5"),), "systolic": 95, "diastolic": 60}


def step(name: str, **of: str | None) -> Suggestion:
    return suggested(febrile(48, **ICU), who=patient(**of))[name]  # type: ignore[arg-type]


def test_the_line_of_tocilizumab_names_drug_dose_route_time_and_arithmetic() -> None:
    (one,) = offered(step("tocilizumab", weight="71"))
    assert one.line == "tocilizumab 568 mg intravenously over 1 hour (8 mg/kg × 71 kg = 568 mg; limit 800 mg)"
    assert one.route == "iv"


def test_each_choice_of_glucocorticoid_is_offered_by_itself() -> None:
    assert [one.line for one in offered(step("glucocorticoid"))] == [
        "hydrocortisone 100 mg every 8 h (100 mg, fixed dose)",
        "dexamethasone 10 mg every 6 h (10 mg, fixed dose)",
        "methylprednisolone 70 mg every 24 h (1 mg/kg × 70 kg = 70 mg)",
    ]


def test_without_a_weight_nothing_is_offered_that_needs_one() -> None:
    assert offered(step("tocilizumab", weight=None)) == ()
    assert [one.drug for one in offered(step("glucocorticoid", weight=None))] == ["hydrocortisone", "dexamethasone"]


@pytest.mark.parametrize(
    ("given", "unit", "fits"),
    [
        ("504", "mg", True),
        ("616", "mg", True),
        ("503.9", "mg", False),
        ("616.1", "mg", False),
        ("0.56", "g", True),
        ("0.56", "mg", False),
        ("560000", "mcg", True),
        ("560", "mL", None),
        ("8", "mg/kg", None),
    ],
)
def test_a_dose_is_off_by_more_than_a_tenth_whatever_the_unit_of_mass(given: str, unit: str, fits: bool | None) -> None:
    computed = Computed(drug="tocilizumab", amount="560 mg", working="", least=Decimal(560), unit="mg")
    assert computed.fits(Decimal(given), unit) is fits


@pytest.mark.parametrize(
    ("given", "fits"), [("140", True), ("600", True), ("1000", True), ("120", False), ("1101", False)]
)
def test_a_range_is_fitted_from_its_lower_to_its_upper_end(given: str, fits: bool) -> None:
    computed = Computed(
        drug="methylprednisolone", amount="", working="", least=Decimal(140), unit="mg", up_to=Decimal(1000)
    )
    assert computed.fits(Decimal(given), "mg") is fits


def resumed(*events: Event, now: float, weight: str | None = "70", protocol: str = "review-2024") -> Increase | None:
    course = Course(
        patient=patient(weight=None),
        infusion=Infusion(cause="bispecific", product="Blincyto", started_at=STARTED),
        events=(*events, *((weighs(0, weight),) if weight else ())),
        protocol=protocol,
    )
    return increase(course, grade_course(course, DEFAULT), DEFAULT, hours(now))


INTERRUPTED = InfusionEvent(at=hours(10), action="interrupt")
RESUMED = InfusionEvent(at=hours(60), action="resume")


def test_the_dose_is_raised_7_days_after_the_resumption() -> None:
    found = resumed(INTERRUPTED, RESUMED, well(61), now=62)
    assert found is not None
    assert (found.resumed_at, found.due_at, found.recurred_at) == (hours(60), hours(60 + 7 * 24), None)
    assert isinstance(found.dose, Dose)
    assert (found.dose.amount, found.dose.unit) == (Decimal(28), "mcg/day")


def test_a_recurrence_is_named_and_an_interruption_ends_it() -> None:
    found = resumed(INTERRUPTED, RESUMED, febrile(80), well(90), now=91)
    assert found is not None
    assert found.recurred_at == hours(80)
    assert resumed(INTERRUPTED, RESUMED, InfusionEvent(at=hours(81), action="interrupt"), now=91) is None


def test_without_a_weight_the_second_step_says_what_to_chart() -> None:
    found = resumed(INTERRUPTED, RESUMED, well(61), now=62, weight=None)
    assert found is not None
    assert found.dose == MissingDose(("weight_kg",), "blinatumomab")


def test_under_the_other_protocol_no_second_step_is_shown() -> None:
    assert resumed(INTERRUPTED, RESUMED, well(61), now=62, protocol="lee-2014") is None
    assert resumed(INTERRUPTED, now=62) is None
