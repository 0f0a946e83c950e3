"""What is drawn of a course: which points are joined, which limit applied, what is estimated, how long is a grade?"""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from grading.course import grade_course
from grading.record import Course, Event, Infusion, Laboratory, Patient
from grading.settings import DEFAULT
from grading.timeline import timeline
from grading.timeline_shapes import Point, Step, Timeline
from tests.grading.ward import STARTED, course, died, febrile, hours, on, patient, runs, seen, weighs, well

NOREPINEPHRINE_22 = (runs("norepinephrine", 22),)


def drawn(*events: Event, until: float = 48, of: Course | None = None, **about: Any) -> Timeline:
    """The timeline from the start of the infusion to `until` hours after it."""
    charted = of or course(*events, **about)
    return timeline(charted, grade_course(charted), DEFAULT, STARTED, hours(until))


def texts(points: tuple[Point, ...]) -> list[str]:
    return [point.text for point in points]


def astct(found: Timeline) -> tuple[Step, ...]:
    return found.grades["astct-2019"]


# --- Gaps: no line across more than twice the charting interval (rules 6: grade 0, 4 h; 1, 4 h; 2, 2 h; 3, 1 h)


def test_points_within_twice_the_round_are_joined_and_later_ones_are_not() -> None:
    found = drawn(well(1), well(9), well(17.1))  # grade 0: a round of 4 hours
    assert [point.gap for point in found.temperature] == [False, False, True]


def test_the_round_that_counts_is_the_one_due_after_the_earlier_point() -> None:
    low_flow = febrile(1, oxygen=on("nasal-cannula", 2))  # grade 2: a round of 2 hours
    assert not drawn(low_flow, well(5)).temperature[1].gap
    assert drawn(low_flow, well(5.1)).temperature[1].gap


def test_a_sign_left_out_for_long_is_a_gap_although_others_were_charted() -> None:
    found = drawn(well(1), seen(4, heart_rate=90), seen(7, heart_rate=92), well(10))
    assert [point.gap for point in found.temperature] == [False, True]
    assert [point.gap for point in found.heart_rate] == [False, False]


def test_results_are_due_daily_so_two_days_are_the_longest_line() -> None:
    results = [Laboratory(at=hours(at), analyte="crp", value=Decimal(50), unit="mg/L") for at in (1, 49, 97.5)]
    assert [point.gap for point in drawn(*results, until=120).markers["crp"]] == [False, False, True]


# --- Limits that applied (rules 1.2)


def test_an_adult_s_systolic_limit_is_90_and_the_mean_s_is_65() -> None:
    found = drawn(well(1))
    assert [(int(one.value), one.words) for one in found.systolic_limits] == [(90, "systolic low below 90, by age")]
    assert [one.value for one in found.mean_limits] == [65]


def test_a_baseline_raises_the_limit_to_40_below_it_and_never_lowers_it() -> None:
    high = drawn(well(1), who=patient(baseline_systolic=Decimal(140))).systolic_limits
    assert [(int(one.value), one.words) for one in high] == [
        (100, "systolic low below 100: 40 under the baseline of 140")
    ]
    assert drawn(well(1), who=patient(baseline_systolic=Decimal(110))).systolic_limits[0].value == 90


def test_a_child_s_limit_moves_on_the_birthday_and_has_no_mean() -> None:
    child = Patient(birth_date=date(2022, 3, 2), weight_kg=Decimal(16))  # four on the second day
    of = Course(patient=child, infusion=Infusion(cause="car-t", started_at=STARTED), events=(well(1),))
    found = drawn(of=of)
    assert [one.value for one in found.systolic_limits] == [76, 78]  # 70 + 2 × age
    assert found.systolic_limits[1].at == datetime(2026, 3, 2, tzinfo=UTC)
    assert found.mean_limits == ()


@pytest.mark.parametrize(("systolic", "beyond"), [(89, True), (90, False)])
def test_a_low_pressure_says_so(systolic: int, beyond: bool) -> None:
    point = drawn(seen(1, systolic=systolic, diastolic=80)).pressure[0]
    assert point.beyond is beyond
    assert point.text.endswith("; low") is beyond


def test_fever_is_from_38_0_with_the_recorded_precision() -> None:
    found = drawn(seen(1, temperature_c="37.9"), seen(2, temperature_c="38.0"), seen(3, temperature_c="38"))
    assert [(point.text, point.beyond) for point in found.temperature] == [
        ("37.9 °C", False),
        ("38.0 °C; fever", True),
        ("38 °C; fever", True),
    ]


# --- Estimates


def test_a_calculated_mean_is_an_estimate_and_a_charted_one_is_not() -> None:
    found = drawn(seen(1, systolic=88, diastolic=46), seen(2, systolic=88, diastolic=46, mean=61))
    assert [point.estimated for point in found.pressure] == [True, False]
    assert found.pressure[0].text == "88/46 mmHg, mean 60 mmHg, calculated; low"
    assert (found.pressure[0].low, found.pressure[0].high) == (Decimal(46), Decimal(88))


def test_an_fio2_is_as_charted_or_an_estimate_or_not_on_the_scale_at_all() -> None:
    found = drawn(
        seen(1, oxygen=on("room-air")),
        seen(2, oxygen=on("nasal-cannula", 5)),
        seen(3, oxygen=on("venturi-mask", 8, 40)),
        seen(4, oxygen=on("non-rebreather", 15)),
        seen(5, oxygen=on("cpap", for_hypoxia=True)),
    )
    assert [(point.value, point.estimated) for point in found.fio2] == [
        (Decimal(21), True),
        (Decimal(40), True),
        (Decimal(40), False),
        (None, True),
        (None, True),
    ]
    assert texts(found.fio2)[1] == "nasal cannula 5 L/min, FiO2 about 40%, estimated [H]"
    assert texts(found.fio2)[3] == "non-rebreather mask 15 L/min, FiO2 estimated at or above 40% [H]"


def test_a_device_stands_until_the_next_or_until_its_window_is_over() -> None:
    found = drawn(seen(1, oxygen=on("nasal-cannula", 2)), seen(3, oxygen=on("room-air")))
    assert [(one.text, one.at, one.until) for one in found.oxygen] == [
        ("nasal cannula 2 L/min", hours(1), hours(3)),
        ("room air", hours(3), hours(7)),
    ]


# --- Vasopressors: the norepinephrine equivalent, and three hours of high dose (rules 1.3)


def test_the_equivalent_adds_up_the_known_parts_and_says_or_more() -> None:
    several = (
        runs("norepinephrine", "0.1", "mcg/kg/min"),
        runs("phenylephrine", 100),
        runs("vasopressin", "0.03", "units/min"),
    )
    found = drawn(seen(1, vasopressors=several), seen(2, vasopressors=(runs("norepinephrine", 5), runs("epinephrine"))))
    assert [(point.value, point.estimated) for point in found.vasopressors] == [
        (Decimal(17), False),
        (Decimal(5), True),
    ]
    assert "norepinephrine equivalent 17 mcg/min" in texts(found.vasopressors)[0]
    assert "or more" in texts(found.vasopressors)[1]


def test_none_running_is_zero_and_vasopressin_alone_is_not() -> None:
    found = drawn(seen(1, vasopressors=()), seen(2, vasopressors=(runs("vasopressin", "0.03", "units/min"),)))
    assert [point.value for point in found.vasopressors] == [0, None]
    assert "no norepinephrine equivalent known" in texts(found.vasopressors)[1]


def test_a_rate_by_weight_is_drawn_with_the_weight_of_its_time_and_never_with_a_guessed_one() -> None:
    per_kg = (runs("norepinephrine", "0.1", "mcg/kg/min"),)
    found = drawn(seen(1, vasopressors=per_kg), weighs(2, 80), seen(3, vasopressors=per_kg))
    assert [point.value for point in found.vasopressors] == [7, 8]
    unweighed = drawn(seen(1, vasopressors=per_kg), who=patient(weight=None))
    assert unweighed.vasopressors[0].value is None


def test_a_high_dose_counts_three_hours_after_it_began() -> None:
    (run,) = drawn(*(febrile(at, vasopressors=NOREPINEPHRINE_22) for at in (1, 3, 4)), until=5).high_doses
    assert (run.at, run.counts_at, run.reached, run.ended) == (hours(1), hours(4), True, False)


def test_until_then_the_mark_is_coming_and_a_lower_dose_ends_the_run() -> None:
    (run,) = drawn(*(febrile(at, vasopressors=NOREPINEPHRINE_22) for at in (1, 3)), until=3).high_doses
    assert (run.counts_at, run.reached, run.ended) == (hours(4), False, False)
    (over,) = drawn(
        febrile(1, vasopressors=NOREPINEPHRINE_22), febrile(2, vasopressors=(runs("norepinephrine", 10),))
    ).high_doses
    assert (over.reached, over.ended) == (False, True)


# --- Grades as steps


def test_a_grade_stands_until_the_next_assessment() -> None:
    first, second = astct(drawn(febrile(1), febrile(4, oxygen=on("nasal-cannula", 2)), until=5))
    assert (first.grade, first.at, first.until) == (1, hours(1), hours(4))
    assert (second.grade, second.at, second.until) == (2, hours(4), hours(5))


def test_what_is_stale_does_not_run_on() -> None:
    (last,) = astct(drawn(febrile(1)))  # grade 1: due after 4 hours
    assert last.until == hours(5)
    first, _ = astct(drawn(febrile(1), febrile(20)))
    assert first.until == hours(5)


def test_an_uncertain_grade_is_a_range() -> None:
    (only,) = astct(drawn(seen(1, temperature_c="39.0"), until=2))
    assert (only.grade, only.at_most) == (1, 4)


def test_icans_that_nobody_assessed_is_no_grade() -> None:
    found = drawn(seen(1, temperature_c="39.0"), until=2)
    assert [(one.grade, one.at_most) for one in found.grades["icans-2019"]] == [(None, None)]


def test_nothing_is_graded_before_the_infusion() -> None:
    charted = course(well(-2), febrile(1))
    found = timeline(charted, grade_course(charted), DEFAULT, hours(-24), hours(2))
    assert len(found.temperature) == 2
    assert [one.at for one in astct(found)] == [hours(1)]


def test_a_death_from_crs_is_grade_5_and_ends_the_others() -> None:
    found = drawn(febrile(1), died(3), until=10)
    assert [(one.grade, one.at, one.until) for one in astct(found)] == [
        (1, hours(1), hours(3)),
        (5, hours(3), hours(3)),
    ]
    assert [one.grade for one in found.grades["icans-2019"]] == [0]


# --- The rest


def test_markers_are_drawn_in_one_unit_and_read_in_the_typed_one() -> None:
    def crp(at: float, value: int, unit: str | None) -> Laboratory:
        return Laboratory(at=hours(at), analyte="crp", value=Decimal(value), unit=unit)

    found = drawn(crp(1, 215, "mg/L"), crp(2, 21, "mg/dL"), crp(3, 21, "furlongs")).markers["crp"]
    assert [point.value for point in found] == [215, 210, None]
    assert texts(found) == ["215 mg/L", "21 mg/dL (210 mg/L)", "21 furlongs, unit not known"]


def test_ice_that_could_not_be_assessed_is_said_and_has_no_number() -> None:
    found = drawn(well(1), seen(2, neurology_not_assessed="sedated"))
    assert [(point.value, point.text) for point in found.ice] == [
        (10, "10 of 10"),
        (None, "cannot be assessed: sedated"),
    ]


def test_an_attribution_counts_for_its_window_and_an_empty_list_withdraws_it() -> None:
    found = drawn(febrile(1, attributed_elsewhere=("fever",)), febrile(2, attributed_elsewhere=()))
    assert [(one.text, one.at, one.until) for one in found.attributions] == [
        ("fever", hours(1), hours(2)),
        ("", hours(2), hours(6)),
    ]


def test_a_ward_s_own_rounds_and_spo2_limit_are_the_ones_drawn() -> None:
    charted = course(seen(1, spo2_percent=93), seen(4, spo2_percent=93))
    hourly = replace(DEFAULT, reassess_after=(timedelta(hours=1),) * 5, spo2_limit_percent=Decimal(94))
    found = timeline(charted, grade_course(charted, hourly), hourly, STARTED, hours(5))
    assert [(point.beyond, point.gap) for point in found.spo2] == [(True, False), (True, True)]


# --- What no longer runs, and what does not count


def charting_22(*at: float, **fields: Any) -> tuple[Event, ...]:
    return tuple(febrile(one, vasopressors=NOREPINEPHRINE_22, **fields) for one in at)


def test_a_high_dose_runs_no_longer_than_its_charting_counts() -> None:
    (still,) = drawn(*charting_22(1, 4), until=8).high_doses  # vasopressors count for 4 hours
    assert not still.ended
    (over,) = drawn(*charting_22(1, 4), until=8.1).high_doses
    assert over.ended


@pytest.mark.parametrize("over", [True, False])
def test_after_the_course_or_a_death_no_high_dose_is_still_to_come(over: bool) -> None:
    events = charting_22(1, 2) if over else (*charting_22(1, 2), died(3))
    charted = course(*events)
    (run,) = timeline(charted, grade_course(charted), DEFAULT, STARTED, hours(3.5), over=over).high_doses
    assert run.ended and not run.reached


def test_a_rate_that_was_not_charted_again_is_no_high_dose_now() -> None:
    unknown = febrile(5, vasopressors=(runs("norepinephrine"),))
    (run,) = drawn(*charting_22(1, 4), unknown, until=5.5).high_doses
    assert run.reached and run.ended


def test_a_high_dose_while_hypotension_has_another_cause_counts_for_no_scale() -> None:
    events = charting_22(1, 4, 5, attributed_elsewhere=("hypotension",))
    (run,) = drawn(*events, until=6).high_doses
    assert (run.reached, run.attributed) == (False, True)
    (later,) = drawn(*events, febrile(6, vasopressors=NOREPINEPHRINE_22, attributed_elsewhere=()), until=6).high_doses
    assert (later.reached, later.attributed, later.counts_at) == (True, False, hours(6))


def test_a_high_dose_counts_at_an_assessment_that_leaves_the_vasopressors_out_as_the_grade_says() -> None:
    leaves_out = well(4.5, vasopressors=None, temperature_c="39.0")
    charted = course(*charting_22(1, 2), leaves_out)
    graded = grade_course(charted)
    assert graded.assessments[-1].verdicts["lee-2014"].grade == 3
    (run,) = timeline(charted, graded, DEFAULT, STARTED, hours(5)).high_doses
    assert run.reached


def test_nothing_runs_on_after_a_death() -> None:
    sick = febrile(1, oxygen=on("nasal-cannula", 2), vasopressors=NOREPINEPHRINE_22, attributed_elsewhere=("fever",))
    found = drawn(sick, died(2), until=10)
    assert [one.until for one in (*found.oxygen, *found.agents, *found.attributions)] == [hours(2)] * 3


def test_an_equivalent_is_of_the_weight_that_was_known_and_never_of_a_later_one() -> None:
    per_kg = (runs("norepinephrine", "0.1", "mcg/kg/min"),)
    found = drawn(seen(1, vasopressors=per_kg), weighs(19, 80), who=patient(weight=None))
    assert found.vasopressors[0].value is None


def test_an_equivalent_is_of_the_agents_that_count() -> None:
    several = (runs("norepinephrine", 12), runs("epinephrine", 10, for_hypotension=False))
    found = drawn(
        seen(1, vasopressors=several),
        seen(2, vasopressors=(runs("norepinephrine", 5, for_hypotension=False),)),
    )
    assert [point.value for point in found.vasopressors] == [12, 0]
    assert texts(found.vasopressors) == [
        "norepinephrine 12 mcg/min; epinephrine 10 mcg/min, not for hypotension: norepinephrine equivalent 12 mcg/min",
        "norepinephrine 5 mcg/min, not for hypotension: none counts",
    ]


def test_what_is_beyond_its_limit_says_so_in_words() -> None:
    high = Laboratory(at=hours(1), analyte="crp", value=Decimal(50), unit="mg/L", upper_limit=Decimal(5))
    found = drawn(seen(1, temperature_c="38.0", spo2_percent=91), seen(2, spo2_percent=92), high)
    assert texts(found.temperature) == ["38.0 °C; fever"]
    assert texts(found.spo2) == ["91%; low", "92%"]
    assert texts(found.markers["crp"]) == ["50 mg/L; above its upper limit"]
