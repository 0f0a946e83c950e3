"""What was the grade at a dose, when has a dose failed, and when is a glucocorticoid running? (rules 4, 4.2)"""

from typing import Any

import pytest

from grading.record import Event
from tests.grading.ward import febrile, gave, graded, on, patient, suggested, weighs, well

MINUTE = 1 / 60
LOW: dict[str, Any] = {"oxygen": on("nasal-cannula", 2)}  # grade 2
OPEN: dict[str, Any] = {"oxygen": on("nasal-cannula")}  # grade 2, at most 3
MASK: dict[str, Any] = {"oxygen": on("simple-mask", 8)}  # grade 3
VENTILATED: dict[str, Any] = {"oxygen": on("bipap", for_hypoxia=True)}  # grade 4


def steps(*events: Event, **about: Any) -> set[str]:
    return set(suggested(*events, **about))


def toci(at: float) -> Event:
    return gave(at, "tocilizumab", dose=560, unit="mg", route="iv")


def dexa(at: float, **details: Any) -> Event:
    return gave(at, "dexamethasone", dose=10, unit="mg", **{"route": "iv", **details})


def grade_at_dose(*events: Event) -> int | None:
    """Of the only tocilizumab dose, given at 50."""
    (entry,) = graded(toci(50), *events).tocilizumab
    return entry.grade_at_dose


def failed(*events: Event, **about: Any) -> bool | None:
    """Has the only tocilizumab dose, given at 50, failed as of the last assessment?"""
    (entry,) = graded(toci(50), *events, **about).tocilizumab
    return entry.failed


# --- The grade at a dose


@pytest.mark.parametrize(("at", "expected"), [(48, 3), (48 - MINUTE, 2), (51, 3), (51 + MINUTE, 2)])
def test_the_grade_at_a_dose_is_the_highest_from_2_hours_before_to_60_minutes_after(at: float, expected: int) -> None:
    assert grade_at_dose(febrile(50, **LOW), febrile(at, **MASK)) == expected


def test_with_none_around_it_the_grade_at_a_dose_is_that_of_the_latest_before() -> None:
    assert grade_at_dose(febrile(40, **MASK), febrile(44, **LOW), febrile(52, **MASK)) == 2


def test_with_none_before_it_the_grade_at_a_dose_is_that_of_the_first_after() -> None:
    assert grade_at_dose(febrile(52, **LOW), febrile(53, **MASK)) == 2
    assert grade_at_dose(febrile(-1, **MASK), febrile(52, **LOW)) == 2  # nothing from before the infusion counts


def test_a_dose_in_a_course_without_assessments_has_no_grade() -> None:
    assert grade_at_dose() is None


# --- Failure


def test_a_dose_is_not_judged_before_60_minutes() -> None:
    start = febrile(50, **LOW)
    assert failed(start) is None
    assert failed(start, febrile(51 - MINUTE, **VENTILATED)) is None
    assert failed(start, febrile(51, **LOW)) is False


def test_worse_at_exactly_60_minutes_still_is_the_grade_at_the_dose() -> None:
    """60 minutes belong to both: the grade then is one of those that it would have to exceed."""
    assert failed(febrile(50, **LOW), febrile(51, **VENTILATED)) is False
    assert failed(febrile(50, **LOW), febrile(51 + MINUTE, **VENTILATED)) is True


def test_worse_is_above_what_was_possible_at_the_dose() -> None:
    assert failed(febrile(50, **OPEN), febrile(52, **MASK)) is False
    assert failed(febrile(50, **LOW), febrile(52, **MASK)) is True
    assert failed(febrile(50, **OPEN), febrile(51.5, **VENTILATED)) is True


def test_worse_is_also_above_the_best_certain_grade_since() -> None:
    start = febrile(50, **VENTILATED)
    assert failed(start, febrile(51.5, **LOW), febrile(53, **MASK)) is True
    assert failed(start, febrile(51.5, **OPEN), febrile(53, **MASK)) is False
    assert failed(start, febrile(51.5, **MASK), febrile(53, **MASK)) is False


def test_a_better_grade_within_the_first_hour_is_not_yet_a_response() -> None:
    start = febrile(50, **VENTILATED)
    assert failed(start, febrile(51 - MINUTE, **LOW), febrile(51.5, **MASK)) is False
    assert failed(start, febrile(51, **LOW), febrile(51.5, **MASK)) is True


def test_not_improved_takes_8_hours_under_the_review_and_24_under_lee() -> None:
    start = febrile(50, **MASK)
    assert failed(start, febrile(58 - MINUTE, **MASK)) is False
    assert failed(start, febrile(58, **MASK)) is True
    assert failed(start, febrile(58, **MASK), protocol="lee-2014") is False
    assert failed(start, febrile(74 - MINUTE, **MASK), protocol="lee-2014") is False
    assert failed(start, febrile(74, **MASK), protocol="lee-2014") is True


def test_an_improved_grade_is_no_failure_however_long_ago_the_dose() -> None:
    assert failed(febrile(50, **MASK), febrile(58, **LOW), febrile(90, **LOW)) is False


def test_grade_4_fails_at_exactly_2_hours() -> None:
    """Under Lee too, where «not improved» waits for 24 hours."""
    for protocol in ("review-2024", "lee-2014"):
        start = febrile(50, **VENTILATED)
        assert failed(start, febrile(52 - MINUTE, **VENTILATED), protocol=protocol) is False
        assert failed(start, febrile(52, **VENTILATED), protocol=protocol) is True


def test_grade_3_fails_at_exactly_24_hours_even_if_the_dose_was_given_at_4() -> None:
    start = febrile(50, **VENTILATED)
    assert failed(start, febrile(74 - MINUTE, **MASK)) is False
    assert failed(start, febrile(74, **MASK)) is True
    assert failed(start, febrile(74, **LOW)) is False


def test_the_earlier_of_the_two_drugs_brings_a_second_look() -> None:
    first_dexa = [febrile(50, **MASK), dexa(50), toci(54)]
    found = steps(*first_dexa, febrile(58, **MASK))
    assert "look-again" in found
    assert "repeat-tocilizumab" not in found
    assert "look-again" not in steps(*first_dexa, febrile(58 - MINUTE, **MASK))


# --- A glucocorticoid running


def test_a_glucocorticoid_runs_if_given_no_earlier_than_60_minutes_before_the_first_grade() -> None:
    assert "glucocorticoid" not in steps(dexa(49), febrile(50, **MASK))
    assert "glucocorticoid" in steps(dexa(50 - 61 * MINUTE), febrile(50, **MASK))
    assert "glucocorticoid" not in steps(febrile(40), dexa(45), febrile(50, **MASK))


def test_before_the_first_grade_of_1_no_glucocorticoid_is_running() -> None:
    assert "taper-steroid" not in steps(dexa(49), well(50))


def test_a_glucocorticoid_runs_for_24_hours_inclusive() -> None:
    start = febrile(40, **MASK), dexa(40)
    assert "glucocorticoid" not in steps(*start, febrile(64, **MASK))
    assert "glucocorticoid" in steps(*start, febrile(64 + MINUTE, **MASK))


@pytest.mark.parametrize(
    ("details", "counts"),
    [
        ({}, True),
        ({"route": None}, True),
        ({"route": "po"}, True),
        ({"route": "im"}, True),
        ({"route": "sc"}, False),
        ({"route": "inhaled"}, False),
        ({"route": "topical"}, False),
        ({"route": "other"}, False),
        ({"route": None, "purpose": "crs"}, True),
        ({"purpose": "icans"}, True),
        ({"purpose": "other"}, False),
        ({"purpose": "premedication"}, False),
        ({"purpose": "stress"}, False),
        ({"purpose": "replacement"}, False),
    ],
)
def test_which_glucocorticoid_counts_by_its_route_and_purpose(details: dict[str, Any], counts: bool) -> None:
    found = graded(febrile(50, **MASK), dexa(50, **details))
    assert ("glucocorticoid" not in {s.id for s in found.suggestions}) is counts
    assert bool(found.glucocorticoids) is counts


# --- The high dose that was given already

PERSISTENT: list[Event] = [
    *(febrile(50, **MASK), toci(50), dexa(50)),
    *(febrile(58, **MASK), toci(58), febrile(62, **MASK), febrile(66, **MASK)),
]
ASK = "high-dose-steroid"


def pulse(dose: Any, unit: str | None = "mg", at: float = 66.5) -> Event:
    return gave(at, "methylprednisolone", dose=dose, unit=unit, route="iv")


def test_a_high_dose_counts_by_the_weight_at_the_dose() -> None:
    now = febrile(68, **MASK)
    assert ASK not in steps(*PERSISTENT, pulse(140), weighs(67, 80), now)
    assert ASK in steps(*PERSISTENT, weighs(66, 80), pulse(140), now)
    assert ASK not in steps(*PERSISTENT, weighs(66, 80), pulse(160), now)
    assert ASK in steps(*PERSISTENT, weighs(67, 60), pulse(139), now)


def test_a_high_dose_stands_for_24_hours_inclusive() -> None:
    held = [febrile(hour, **MASK) for hour in (70, 78, 86)]
    assert ASK not in steps(*PERSISTENT, pulse(140), *held, febrile(90.5, **MASK))
    assert ASK in steps(*PERSISTENT, pulse(140), *held, febrile(90.5 + MINUTE, **MASK))


def test_two_doses_are_not_one_high_dose() -> None:
    assert ASK in steps(*PERSISTENT, pulse(70), pulse(70, at=67), febrile(68, **MASK))


@pytest.mark.parametrize(("dose", "unit"), [(1, "G"), (1, "g"), (1000, "mg/day"), (1000, "MG"), ("0.14", "g")])
def test_a_high_dose_is_read_in_the_units_that_people_type(dose: Any, unit: str) -> None:
    assert ASK not in steps(*PERSISTENT, pulse(dose, unit), febrile(68, **MASK))


@pytest.mark.parametrize(("dose", "unit"), [("0.139", "g"), (139, "mg/day")])
def test_a_lower_dose_in_those_units_is_still_below(dose: Any, unit: str) -> None:
    found = suggested(*PERSISTENT, pulse(dose, unit), febrile(68, **MASK))
    assert found[ASK].blocked is None


@pytest.mark.parametrize(("dose", "unit"), [(None, None), (2, "vials")])
def test_a_dose_of_unknown_size_does_not_hide_the_step_and_is_said_beside_it(dose: Any, unit: str | None) -> None:
    found = suggested(*PERSISTENT, pulse(dose, unit), febrile(68, **MASK))
    assert "methylprednisolone" in (found[ASK].blocked or "")
    assert suggested(*PERSISTENT, febrile(68, **MASK))[ASK].blocked is None


def test_without_a_weight_a_dose_in_mg_is_of_unknown_size() -> None:
    found = suggested(*PERSISTENT, pulse(1000), febrile(68, **MASK), who=patient(weight=None))
    assert "methylprednisolone" in (found[ASK].blocked or "")


def test_a_tocilizumab_dose_from_before_the_infusion_can_fail_by_the_first_assessment_after_it() -> None:
    steps = suggested(
        gave(-24, "tocilizumab", dose=560, unit="mg"),
        febrile(2, **MASK),
        gave(2, "dexamethasone", dose=8, unit="mg"),
        febrile(6, **MASK),
        febrile(10, **MASK),
        cause="bispecific",
        product="blinatumomab",
    )
    assert "tocilizumab" not in steps, "once with blinatumomab, and the ledger holds it"
    assert "other-agents" in steps
    assert "at the first assessment after it 3" in " ".join(steps["other-agents"].because)
