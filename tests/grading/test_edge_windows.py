"""Where exactly do a word, a judgement and an age begin and end to count? (rules 1.1, 1.2; decision 2)"""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from grading.record import Event, Patient
from tests.grading.ward import febrile, grade, on, patient, seen, suggested, well

AT = 50
MINUTE = 1 / 60
LOW: dict[str, Any] = {"oxygen": on("nasal-cannula", 2)}  # grade 2
MASK: dict[str, Any] = {"oxygen": on("simple-mask", 8)}  # grade 3


def steps(*events: Event) -> set[str]:
    return set(suggested(*events))


# --- The word on hypotension


@pytest.mark.parametrize(
    "trouble", [{"systolic": 85, "diastolic": 50}, {"fluid_bolus": True}], ids=["a low pressure", "a bolus"]
)
def test_a_no_to_hypotension_ends_with_what_is_charted_after_it(trouble: dict[str, Any]) -> None:
    no = well(AT - 2, hypotension=False)
    assert grade("ctcae-5", no, seen(AT, heart_rate=90)) == (0, 0)
    assert grade("ctcae-5", no, seen(AT, **trouble))[0] == 2


def test_a_no_overrides_a_pressure_that_is_still_in_force_only_within_its_own_window() -> None:
    """The bolus (6 h) outlives the no that was charted with it (4 h)."""
    charted = well(AT - 4, fluid_bolus=True, hypotension=False)
    assert grade("ctcae-5", charted, seen(AT, heart_rate=90)) == (0, 0)
    later = well(AT + MINUTE, fluid_bolus=None)
    assert grade("ctcae-5", charted, later) == (2, 2)


def test_a_bolus_charted_after_the_word_leaves_hypotension_to_the_bolus() -> None:
    """The yes has ended: 6 hours after the bolus, a normal pressure is enough."""
    events = (well(AT - 7, hypotension=True), seen(AT - 6, fluid_bolus=True))
    assert grade("ctcae-5", *events, well(AT)) == (2, 2)
    assert grade("ctcae-5", *events, well(AT + MINUTE)) == (0, 0)


# --- Managed as severe


def test_a_no_to_severe_counts_for_exactly_6_hours() -> None:
    no = febrile(AT, **LOW, severe_grade_2=False)
    assert "judge-severity" not in steps(no, febrile(AT + 6, **LOW))
    assert "judge-severity" in steps(no, febrile(AT + 6 + MINUTE, **LOW))


def test_a_word_on_severity_is_not_taken_where_the_grade_cannot_be_2() -> None:
    yes = febrile(AT, **LOW, severe_grade_2=True)
    assert "tocilizumab" in steps(yes, febrile(AT + 1, severe_grade_2=False), febrile(AT + 2, **LOW))
    assert "judge-severity" in steps(febrile(AT, severe_grade_2=True), febrile(AT + 1, **LOW))


def test_a_word_on_severity_is_taken_where_the_grade_may_be_2() -> None:
    open_to_4 = febrile(AT, oxygen=None, severe_grade_2=True)
    assert grade("astct-2019", open_to_4) == (1, 4)
    assert "tocilizumab" in steps(open_to_4, febrile(AT + 1, **LOW))


def test_a_word_on_severity_charted_above_grade_2_is_not_taken() -> None:
    assert "judge-severity" in steps(febrile(AT, **MASK, severe_grade_2=True), febrile(AT + 1, **LOW))


def test_a_yes_to_severe_ends_when_the_grade_has_been_above_2() -> None:
    found = steps(febrile(AT, **LOW, severe_grade_2=True), febrile(AT + 1, **MASK), febrile(AT + 2, **LOW))
    assert "judge-severity" in found
    assert "tocilizumab" not in found


def test_a_yes_to_severe_outlives_a_grade_below_2() -> None:
    events = (febrile(AT, **LOW, severe_grade_2=True), febrile(AT + 1), febrile(AT + 9, **LOW))
    assert "tocilizumab" in steps(*events)


# --- Age


def born(year: int, month: int, day: int) -> Patient:
    return Patient(birth_date=date(year, month, day), weight_kg=Decimal(20))


def low(at: float, systolic: int, who: Patient) -> bool:
    """Is this systolic, charted alone, low at this age?"""
    found = grade("ctcae-5", well(at, systolic=systolic, diastolic=None), who=who)
    assert found in ((2, 3), (0, 0))
    return found == (2, 3)


@pytest.mark.parametrize(("age", "limit"), [("0.08", 60), ("0.09", 70), ("0.99", 70), ("1", 72), ("10", 90)])
def test_the_systolic_limit_of_an_age_is_the_lowest_that_is_not_low(age: str, limit: int) -> None:
    """0.08 years are 0.96 months, 0.09 years are 1.08."""
    assert low(1, limit - 1, patient(age, 20))
    assert not low(1, limit, patient(age, 20))


def test_a_newborn_passes_to_the_limit_of_a_month_during_the_course() -> None:
    """The course starts on March 1 at 10:00 UTC; one month is completed on March 2."""
    who = born(2026, 2, 2)
    assert not low(1, 65, who)
    assert low(24, 65, who)


def test_a_tenth_birthday_during_the_course_raises_the_limit_to_90() -> None:
    who = born(2016, 3, 3)
    assert not low(24, 88, who)
    assert not low(24, 89, who)
    assert low(48, 89, who)
    assert not low(48, 90, who)


def test_an_age_in_years_grows_with_the_course() -> None:
    who = patient("9.99", 30)  # 10 days are 0.027 years
    assert not low(24, 89, who)
    assert low(240, 89, who)


def test_a_toddler_turns_two_during_the_course() -> None:
    """Under 2 years a high-flow cannula is graded by its name."""
    who, fields = patient("1.99", 12), {"oxygen": on("high-flow-nasal-cannula", 4)}
    assert grade("astct-2019", febrile(24, **fields), who=who) == (3, 3)
    assert grade("astct-2019", febrile(240, **fields), who=who) == (2, 2)


def test_the_mean_and_the_baseline_count_from_the_eighteenth_birthday() -> None:
    who = Patient(birth_date=date(2008, 3, 2), weight_kg=Decimal(60), baseline_systolic=Decimal(150))
    by_mean, by_baseline = {"systolic": 112, "mean": 60}, {"systolic": 109, "mean": 80}
    for fields in (by_mean, by_baseline):
        assert grade("ctcae-5", well(1, diastolic=None, **fields), who=who) == (0, 0)
        assert grade("ctcae-5", well(24, diastolic=None, **fields), who=who) == (2, 3)


@pytest.mark.parametrize(("systolic", "expected"), [(110, (0, 0)), (109, (2, 3))])
def test_40_below_the_baseline_is_not_low_and_41_is(systolic: int, expected: tuple[int, int]) -> None:
    who = patient(18, baseline_systolic=150)
    assert grade("ctcae-5", well(1, systolic=systolic, diastolic=80), who=who) == expected


def test_from_18_years_a_systolic_without_its_mean_leaves_hypotension_open() -> None:
    fields = {"systolic": 120, "diastolic": None}
    assert grade("ctcae-5", well(1, **fields), who=patient("17.9")) == (0, 0)
    assert grade("ctcae-5", well(1, **fields), who=patient(18)) == (0, 3)
