"""Where exactly does a dose become high, and what breaks its three hours? (rules 1.3; decision 2)"""

from typing import Any

import pytest

from grading.record import Assessment, Vasopressor
from tests.grading.ward import grade, hours, on, patient, runs, seen, verdict, weighs, well

LEE = "lee-2014"
HELD, OPEN, LOW_DOSE = (3, 3), (2, 3), (2, 2)
MINUTE = 1 / 60
UNWEIGHED = patient(weight=None)


def given(at: float, *agents: Vasopressor, **fields: Any) -> Assessment:
    return well(at, vasopressors=agents, **fields)


def ne(at: float, rate: str | int | None = 20, **fields: Any) -> Assessment:
    return given(at, runs("norepinephrine", rate), **fields)


def per_kg(at: float, **fields: Any) -> Assessment:
    """Norepinephrine at 0.3 mcg/kg/min: 21 mcg/min at 70 kg, 18 at 60 kg."""
    return given(at, runs("norepinephrine", "0.3", "mcg/kg/min"), **fields)


def pending(*events: Any, **about: Any) -> Any:
    found = verdict(LEE, *events, **about).pending
    return None if found is None else (found.grade, found.at)


# --- The three hours


def test_two_chartings_4_hours_apart_hold_and_4_hours_and_a_minute_break() -> None:
    assert grade(LEE, ne(40), ne(44)) == HELD
    assert grade(LEE, ne(40), ne(44 + MINUTE)) == OPEN


def test_since_bridges_a_gap_that_no_assessment_contradicts() -> None:
    since = runs("norepinephrine", 20, since=42)
    assert grade(LEE, ne(40), given(45, since)) == HELD
    assert grade(LEE, ne(40), given(45, runs("norepinephrine", 20, since=42 + MINUTE))) == OPEN


def test_since_does_not_reach_past_an_assessment_with_a_lower_dose() -> None:
    since = runs("norepinephrine", 20, since=30)
    assert grade(LEE, ne(40, "19.9"), given(42, since)) == OPEN
    assert pending(ne(40, "19.9"), given(42, since)) == (3, hours(43))
    assert grade(LEE, ne(40, "19.9"), given(41, since), ne(43)) == HELD


def test_since_of_an_earlier_charting_of_the_run_counts_for_it() -> None:
    assert grade(LEE, given(40, runs("norepinephrine", 20, since=38)), ne(41)) == HELD
    assert pending(given(40, runs("norepinephrine", 20, since=39)), ne(41)) == (3, hours(42))


def test_a_charting_of_unknown_dose_between_two_high_ones_is_passed_over() -> None:
    assert grade(LEE, ne(40), given(41.5, runs("vasopressin")), ne(43)) == HELD
    assert grade(LEE, ne(40), given(41.5, runs("angiotensin-ii", 2)), ne(43)) == HELD
    assert grade(LEE, ne(40), ne(41.5, "19.9"), ne(43)) == OPEN


def test_hypotension_of_another_cause_for_some_hours_does_not_break_the_run() -> None:
    between = ne(41, attributed_elsewhere=("hypotension",))
    assert grade(LEE, ne(40), between) == (0, 0)
    assert grade(LEE, ne(40), between, ne(43, attributed_elsewhere=())) == HELD


# --- What is pending


def test_a_lone_high_dose_is_pending_until_three_hours_have_passed() -> None:
    assert pending(ne(40), ne(42)) == (3, hours(43))
    assert pending(ne(40), ne(43)) is None


@pytest.mark.parametrize(
    "agents",
    [
        (runs("norepinephrine", 20), runs("epinephrine", 10)),
        (runs("norepinephrine", 20), runs("vasopressin", "0.03", "units/min")),
    ],
    ids=["two", "with vasopressin"],
)
def test_several_vasopressors_have_nothing_pending(agents: tuple[Vasopressor, ...]) -> None:
    assert grade(LEE, given(40, *agents)) == HELD
    assert pending(given(40, *agents)) is None


@pytest.mark.parametrize("rate", ["19.9", None])
def test_a_dose_that_is_not_known_to_be_high_has_nothing_pending(rate: str | None) -> None:
    assert pending(ne(40, rate)) is None


def test_nothing_is_pending_at_grade_4() -> None:
    assert pending(ne(40, oxygen=on("bipap", for_hypoxia=True))) is None


# --- Which row applies


def test_an_inotrope_beside_it_leaves_an_agent_alone() -> None:
    agents = runs("norepinephrine", 20, since=37), runs("milrinone", "0.5", "mcg/kg/min")
    assert grade(LEE, given(40, *agents)) == HELD


BETWEEN = [
    ("epinephrine counts whole: 20", (runs("norepinephrine", 10), runs("epinephrine", 10)), HELD),
    ("epinephrine counts whole: 19.9", (runs("norepinephrine", 10), runs("epinephrine", "9.9")), OPEN),
    ("phenylephrine by a tenth: 20", (runs("norepinephrine", 5), runs("phenylephrine", 150)), HELD),
    ("phenylephrine by a tenth: 19.9", (runs("norepinephrine", 5), runs("phenylephrine", 149)), OPEN),
    ("dopamine by half: 20", (runs("norepinephrine", 15), runs("dopamine", 10, "mcg/kg/min")), HELD),
    ("dopamine by half: 19.95", (runs("norepinephrine", 15), runs("dopamine", "9.9", "mcg/kg/min")), OPEN),
    ("angiotensin II is not in it", (runs("norepinephrine", 19), runs("angiotensin-ii", 5)), OPEN),
    ("beside angiotensin II: 20", (runs("norepinephrine", 20), runs("angiotensin-ii", 5)), HELD),
    ("with vasopressin: 10", (runs("phenylephrine", 100), runs("vasopressin")), HELD),
    ("with vasopressin: 9.9", (runs("phenylephrine", 99), runs("vasopressin")), OPEN),
    ("known parts at 20", (runs("norepinephrine", 20), runs("epinephrine")), HELD),
    ("known parts below 20: passed over", (runs("norepinephrine", 5), runs("epinephrine")), HELD),
    ("with vasopressin, known parts at 10", (runs("norepinephrine", 10), runs("dopamine"), runs("vasopressin")), HELD),
]


@pytest.mark.parametrize(("agents", "expected"), [pytest.param(a, e, id=name) for name, a, e in BETWEEN])
def test_in_the_look_back_several_agents_are_held_to_their_equivalent(
    agents: tuple[Vasopressor, ...], expected: tuple[int, int]
) -> None:
    assert grade(LEE, ne(40), given(41.5, *agents), ne(43)) == expected


def test_known_parts_at_the_limit_begin_a_run_and_unknown_ones_do_not() -> None:
    at_limit = given(40, runs("norepinephrine", 20), runs("epinephrine"))
    below = given(40, runs("norepinephrine", 5), runs("epinephrine"))
    assert grade(LEE, at_limit, ne(43)) == HELD
    assert grade(LEE, below, ne(43)) == OPEN


# --- Under 18 years


@pytest.mark.parametrize(
    ("agent", "kg", "below", "from_here"),
    [("norepinephrine", 35, "9.9", 10), ("epinephrine", 21, "2.9", 3), ("phenylephrine", 7, "19.9", 20)],
)
def test_a_childs_dose_is_open_from_exactly_the_row_by_weight(agent: str, kg: int, below: str, from_here: int) -> None:
    who = patient(5, kg)
    assert grade(LEE, given(50, runs(agent, below, since=40)), who=who) == LOW_DOSE
    assert grade(LEE, given(50, runs(agent, from_here, since=40)), who=who) == OPEN


def test_the_row_by_weight_is_for_children_only() -> None:
    dose = given(50, runs("norepinephrine", "19.9", since=40))
    assert grade(LEE, dose, who=patient("17.9", 35)) == OPEN
    assert grade(LEE, dose, who=patient(18, 35)) == LOW_DOSE


def test_a_childs_dopamine_is_never_scaled() -> None:
    """10 × 35 ÷ 70 would be 5."""
    who = patient(5, 35)
    assert grade(LEE, given(50, runs("dopamine", 5, "mcg/kg/min", since=40)), who=who) == LOW_DOSE
    assert grade(LEE, given(50, runs("dopamine", 10, "mcg/kg/min", since=40)), who=who) == HELD


def test_without_a_weight_a_childs_dose_below_the_row_is_unknown() -> None:
    dose = runs("norepinephrine", 1, since=40)
    assert grade(LEE, given(50, dose), who=patient(5, None)) == OPEN
    assert grade(LEE, given(50, dose)) == LOW_DOSE


def test_a_childs_dose_between_the_two_rows_is_passed_over_in_the_look_back() -> None:
    who = patient(5, 35)
    assert grade(LEE, ne(40), ne(41.5, 10), ne(43), who=who) == HELD
    assert grade(LEE, ne(40), ne(41.5, "9.9"), ne(43), who=who) == OPEN
    assert grade(LEE, ne(40, 10), ne(43), who=who) == OPEN  # and begins no run


# --- The weight at that time


def test_a_weight_charted_only_afterwards_lets_the_run_count_from_the_charting() -> None:
    assert grade(LEE, per_kg(40), per_kg(43), who=UNWEIGHED) == OPEN
    assert grade(LEE, per_kg(40), weighs(41, 70), per_kg(43), who=UNWEIGHED) == HELD
    assert grade(LEE, per_kg(40), weighs(41, 70), seen(43, heart_rate=90), who=UNWEIGHED) == HELD
    assert pending(per_kg(40), weighs(41, 70), per_kg(42), who=UNWEIGHED) == (3, hours(43))


def test_a_weight_charted_afterwards_joins_what_needed_it_to_what_did_not() -> None:
    """0.3 mcg/kg/min at 40 h and 20 mcg/min at 42 h are one run."""
    assert grade(LEE, per_kg(40), ne(42), weighs(42.5, 70), ne(43), who=UNWEIGHED) == HELD
    assert grade(LEE, per_kg(40), ne(42), weighs(42.5, 60), ne(43), who=UNWEIGHED) == OPEN  # 18 mcg/min


def test_only_the_first_weight_serves_the_chartings_before_it() -> None:
    still = seen(43, heart_rate=90)
    assert grade(LEE, per_kg(40), weighs(41, 60), weighs(42, 70), still, who=UNWEIGHED) == LOW_DOSE
    assert grade(LEE, per_kg(40), weighs(41, 70), weighs(42, 60), still, who=UNWEIGHED) == HELD


def test_a_later_weight_does_not_convert_an_earlier_rate_anew() -> None:
    still = seen(43, heart_rate=90)
    assert grade(LEE, per_kg(40), weighs(41, 60), still) == HELD  # 70 kg were known at 40 h
    assert grade(LEE, weighs(39, 60), per_kg(40), weighs(41, 70), still) == LOW_DOSE


def test_a_run_broken_by_a_gap_is_not_revived_by_a_later_weight() -> None:
    gap = (per_kg(40), per_kg(44 + MINUTE), weighs(45, 70), per_kg(46))
    assert grade(LEE, *gap, who=UNWEIGHED) == OPEN
    assert pending(*gap, who=UNWEIGHED) == (3, hours(47 + MINUTE))
    assert grade(LEE, per_kg(40), per_kg(44), weighs(45, 70), per_kg(46), who=UNWEIGHED) == HELD


def test_a_run_broken_by_a_low_dose_is_not_revived_by_a_later_weight() -> None:
    low = given(42, runs("norepinephrine", "0.2", "mcg/kg/min"))  # 14 mcg/min at 70 kg
    assert grade(LEE, per_kg(40), low, per_kg(43), weighs(44, 70), per_kg(45), who=UNWEIGHED) == OPEN
