"""Which charted values still count, and for how long? (rules 1.1)

Each window is shown at its last minute, which still counts, and a minute later, when the value is unknown: never the
last known value, and never normal.
"""

from typing import Any

import pytest

from grading.course import grade_course
from grading.settings import from_document
from tests.grading.ward import course, febrile, grade, last, on, patient, result, runs, seen, verdict, well

AT = 50
MINUTE = 1 / 60

# what was charted alone, its window in hours, a scale that sees it, the grade it gives
ROWS: list[tuple[str, dict[str, Any], float, str, int]] = [
    ("temperature", {"temperature_c": "38.0"}, 4, "lee-2014", 1),
    ("pressure", {"systolic": 85, "diastolic": 50}, 4, "ctcae-5", 2),
    ("a mean alone", {"mean": 60}, 4, "ctcae-5", 2),
    ("hypotension", {"hypotension": True}, 4, "ctcae-5", 2),
    ("vasopressors", {"vasopressors": (runs("norepinephrine", 5),)}, 4, "ctcae-5", 3),
    ("oxygen", {"oxygen": on("nasal-cannula", 2)}, 4, "ctcae-5", 2),
    ("life-threatening", {"life_threatening": True}, 4, "ctcae-5", 4),
    ("fluid bolus", {"fluid_bolus": True}, 6, "ctcae-5", 2),
    ("symptoms", {"constitutional": ("rigors",)}, 12, "lee-2014", 1),
    ("response", {"symptomatic_response": "prompt"}, 12, "ctcae-4", 2),
    ("organ toxicity", {"organ_toxicity": {"renal": 3}}, 24, "lee-2014", 3),
    ("ICE score", {"ice_score": 6}, 12, "icans-2019", 2),
    ("CAPD score", {"capd_score": 9}, 12, "icans-2019", 3),
    ("consciousness", {"consciousness": "to-voice"}, 12, "icans-2019", 2),
    ("seizure", {"seizure": "brief"}, 12, "icans-2019", 3),
    ("motor weakness", {"motor_weakness": True}, 12, "icans-2019", 4),
    ("raised ICP", {"raised_icp": "focal-edema"}, 12, "icans-2019", 3),
]


@pytest.mark.parametrize(("fields", "window", "scale", "expected"), [pytest.param(*r[1:], id=r[0]) for r in ROWS])
def test_a_value_counts_to_the_end_of_its_window_and_is_unknown_after_it(
    fields: dict[str, Any], window: float, scale: str, expected: int
) -> None:
    charted = seen(AT - window, **fields)
    assert grade(scale, charted, seen(AT, heart_rate=80))[0] == expected
    past, at_most = grade(scale, charted, seen(AT + MINUTE, heart_rate=80))
    if scale == "icans-2019":
        assert (past, at_most) == (None, None)
    else:
        assert past == 0
        assert at_most is not None and at_most >= expected


def test_spo2_counts_for_4_hours() -> None:
    charted = seen(AT - 4, spo2_percent=85)
    assert grade("ctcae-5", charted, well(AT, spo2_percent=None)) == (0, 4)
    assert grade("ctcae-5", charted, well(AT + MINUTE, spo2_percent=None)) == (0, 0)


def test_an_attribution_counts_for_4_hours_and_is_then_asked_again() -> None:
    charted = seen(AT - 4, attributed_elsewhere=("fever",))
    assert grade("lee-2014", charted, febrile(AT)) == (0, 0)
    assert grade("lee-2014", charted, febrile(AT + MINUTE)) == (1, 1)


def test_an_attribution_is_replaced_whole_by_the_next_list() -> None:
    first = seen(AT - 2, attributed_elsewhere=("fever", "hypoxia"))
    assert grade("lee-2014", first, febrile(AT, attributed_elsewhere=("hypoxia",))) == (1, 1)
    assert grade("lee-2014", first, febrile(AT, attributed_elsewhere=())) == (1, 1)


def test_no_bolus_in_force_means_none_was_given() -> None:
    assert grade("ctcae-5", well(AT, fluid_bolus=None)) == (0, 0)


def test_the_three_pressures_count_together() -> None:
    """A systolic charted alone ends an earlier low mean: what it left out is unknown, not kept."""
    assert grade("ctcae-5", well(AT - 1, systolic=95, diastolic=None, mean=60), seen(AT, systolic=95)) == (0, 3)


def test_each_other_value_is_kept_by_itself() -> None:
    found = last(febrile(AT - 3, oxygen=on("nasal-cannula", 2)), seen(AT, systolic=120, diastolic=80))
    assert found.verdicts["astct-2019"].grade == 2
    shown = {value.field: value.age.total_seconds() / 3600 for value in found.in_force}
    assert shown["temperature_c"] == 3
    assert shown["oxygen"] == 3
    assert all(value.text and value.label for value in found.in_force)


@pytest.mark.parametrize(
    "ending",
    [{"systolic": 120, "diastolic": 80}, {"fluid_bolus": False}, {"vasopressors": ()}],
    ids=lambda e: next(iter(e)),
)
def test_the_word_hypotension_ends_when_a_pressure_a_bolus_or_vasopressors_are_charted_after_it(
    ending: dict[str, Any],
) -> None:
    word = well(AT - 2, hypotension=True)
    assert grade("ctcae-5", word, seen(AT, heart_rate=90))[0] == 2
    assert grade("ctcae-5", word, seen(AT, **ending))[0] == 0


def test_a_word_charted_with_the_pressure_stands_beside_it() -> None:
    assert grade("ctcae-5", well(AT, hypotension=True)) == (2, 2)
    assert grade("ctcae-5", well(AT, systolic=85, hypotension=False)) == (0, 0)


def test_a_low_pressure_ends_a_yes_to_restored_for_good() -> None:
    yes = well(AT - 2, systolic=85, pressure_restored=True)
    assert grade("ctcae-5", yes) == (2, 2)
    assert grade("ctcae-5", yes, well(AT - 1, systolic=85)) == (2, 3)
    assert grade("ctcae-5", yes, well(AT - 1, systolic=85), seen(AT, heart_rate=90))[1] == 3


def test_a_normal_pressure_ends_a_no_to_restored_for_good() -> None:
    no = well(AT - 3, vasopressors=(runs("norepinephrine", 5),), pressure_restored=False)
    assert grade("lee-2014", no) == (3, 3)
    assert grade("lee-2014", no, seen(AT - 2, systolic=120, diastolic=80)) == (2, 2)
    assert grade("lee-2014", no, seen(AT - 2, systolic=120, diastolic=80), seen(AT - 1, heart_rate=90)) == (2, 2)


def test_a_no_to_restored_outlives_a_pressure_that_says_nothing_sure() -> None:
    no = well(AT - 3, vasopressors=(runs("norepinephrine", 5),), pressure_restored=False)
    assert grade("lee-2014", no, seen(AT - 2, systolic=120)) == (3, 3)


def test_neurology_not_assessed_ends_every_earlier_neurology_field() -> None:
    earlier = seen(AT - 2, ice_score=3, seizure="brief", motor_weakness=True, raised_icp="focal-edema")
    found = verdict("icans-2019", earlier, seen(AT, neurology_not_assessed="sedated"))
    assert (found.grade, found.at_most) == (None, None)


def test_each_neurology_field_is_kept_by_itself() -> None:
    earlier = seen(AT - 2, ice_score=3, seizure="brief")
    assert grade("icans-2019", earlier, seen(AT, consciousness="spontaneous")) == (3, 3)


def test_a_map_with_one_system_leaves_the_others_in_force() -> None:
    earlier = well(AT - 20, organ_toxicity={"renal": 3})
    assert grade("lee-2014", earlier, well(AT, organ_toxicity={"skin": 0})) == (3, 3)
    assert grade("lee-2014", earlier, well(AT, organ_toxicity={"renal": 0})) == (0, 0)


def test_the_word_that_this_is_crs_counts_for_the_course() -> None:
    assert grade("astct-2019", seen(1, crs_confirmed=True), well(500, oxygen=on("nasal-cannula", 2))) == (2, 2)


def test_nothing_from_before_the_infusion_is_in_force() -> None:
    before = febrile(-1, oxygen=on("nasal-cannula", 2), vasopressors=(runs("norepinephrine", 5),))
    assert grade("lee-2014", before, seen(1, heart_rate=90))[0] == 0
    assert grade("lee-2014", result(-1, "creatinine", 7, upper=1), well(1)) == (0, 0)


def test_an_assessment_at_the_start_itself_counts() -> None:
    assert grade("lee-2014", febrile(0)) == (1, 1)


def test_a_wards_windows_replace_the_defaults() -> None:
    settings = from_document({"windows": {"temperature": 60}, "spo2_limit_percent": 95})
    charted = course(seen(AT - 2, temperature_c=39), well(AT, temperature_c=None, spo2_percent=94))
    (_, found) = grade_course(charted, settings).assessments
    assert (found.verdicts["lee-2014"].grade, found.verdicts["lee-2014"].at_most) == (0, 4)
    assert grade_course(charted).assessments[1].verdicts["lee-2014"].grade == 1


@pytest.mark.parametrize(("window_h", "old"), [(2.5, True), (1.5, False)])
def test_a_value_older_than_the_patients_round_is_drawn_as_old(window_h: float, old: bool) -> None:
    """At grade 2 the round is 2 hours (rules 6)."""
    found = last(febrile(AT - window_h), well(AT, temperature_c=None, oxygen=on("nasal-cannula", 2)))
    (temperature,) = [value for value in found.in_force if value.field == "temperature_c"]
    assert temperature.old is old


# --- When reassessment is due (rules 6)


@pytest.mark.parametrize(
    ("fields", "minutes"),
    [
        ({"temperature_c": "37.0"}, 240),
        ({}, 240),
        ({"oxygen": on("nasal-cannula", 2)}, 120),
        ({"oxygen": on("simple-mask", 8)}, 60),
        ({"oxygen": on("bipap", for_hypoxia=True)}, 15),
        ({"oxygen": on("bipap")}, 15),
        ({"ice_score": 2}, 60),
        ({"consciousness": "unarousable"}, 15),
        ({"life_threatening": True}, 15),
    ],
)
def test_reassessment_is_due_by_the_highest_of_governing_ctcae_and_icans(fields: dict[str, Any], minutes: int) -> None:
    found = last(febrile(AT, **fields))
    assert found.due_at is not None
    assert (found.due_at - found.at).total_seconds() == minutes * 60


def test_once_resolved_reassessment_is_due_in_12_hours() -> None:
    quiet = [well(hour) for hour in (30, 40, 50, 54)]
    found = last(febrile(24), *quiet, who=patient())
    assert found.due_at is not None
    assert (found.due_at - found.at).total_seconds() == 12 * 3600
