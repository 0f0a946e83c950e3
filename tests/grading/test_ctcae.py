"""CTCAE v5.0 and v4.03 for cytokine release syndrome, row by row (rules 2.3, 2.4)."""

from typing import Any

import pytest

from tests.grading.ward import febrile, grade, infusion, on, runs, seen, well

AT = 50

# name, fields, v5, v4; everything else is charted and normal, the response «not needed»
ROWS: list[tuple[str, dict[str, Any], tuple[int, int], tuple[int, int]]] = [
    ("nothing", {}, (0, 0), (0, 0)),
    ("fever", {"temperature_c": "38.0"}, (1, 1), (1, 1)),
    ("a symptom without fever", {"constitutional": ("nausea",)}, (0, 0), (1, 1)),
    ("fever and symptoms", {"temperature_c": 39, "constitutional": ("nausea",)}, (1, 1), (1, 1)),
    ("a bolus", {"fluid_bolus": True}, (2, 2), (2, 2)),
    ("low pressure, restored", {"systolic": 85, "pressure_restored": True}, (2, 2), (2, 2)),
    ("low pressure, not restored", {"systolic": 85, "pressure_restored": False}, (2, 3), (2, 2)),
    ("low pressure, no word", {"systolic": 85}, (2, 3), (2, 2)),
    ("oxygen", {"oxygen": on("nasal-cannula", 2)}, (2, 2), (2, 2)),
    ("FiO2 39.9", {"oxygen": on("venturi-mask", None, "39.9")}, (2, 2), (2, 2)),
    ("FiO2 40", {"oxygen": on("venturi-mask", None, 40)}, (3, 3), (2, 2)),
    ("cannula at 5", {"oxygen": on("nasal-cannula", 5)}, (2, 3), (2, 2)),
    ("one vasopressor", {"vasopressors": (runs("norepinephrine", 1),)}, (3, 3), (4, 4)),
    ("vasopressin alone", {"vasopressors": (runs("vasopressin"),)}, (3, 3), (4, 4)),
    ("with vasopressin", {"vasopressors": (runs("dopamine"), runs("vasopressin"))}, (3, 3), (4, 4)),
    ("two vasopressors", {"vasopressors": (runs("dopamine"), runs("epinephrine"))}, (4, 4), (4, 4)),
    ("milrinone alone", {"vasopressors": (runs("milrinone"),)}, (0, 0), (0, 0)),
    ("positive pressure", {"oxygen": on("bipap", None, 30, for_hypoxia=True)}, (4, 4), (4, 4)),
    ("judged life-threatening", {"life_threatening": True}, (4, 4), (4, 4)),
    ("judged not", {"life_threatening": False}, (0, 0), (0, 0)),
    ("organ toxicity 4", {"organ_toxicity": {"renal": 4}}, (0, 0), (0, 0)),
    ("prompt response", {"symptomatic_response": "prompt"}, (0, 0), (2, 2)),
    ("prolonged", {"symptomatic_response": "prolonged-or-recurrent"}, (0, 0), (3, 3)),
    ("fever, response not charted", {"temperature_c": 39, "symptomatic_response": None}, (1, 1), (1, 3)),
    ("nothing, response not charted", {"symptomatic_response": None}, (0, 0), (0, 0)),
    (
        "oxygen, response not charted",
        {"oxygen": on("nasal-cannula", 2), "symptomatic_response": None},
        (2, 2),
        (2, 3),
    ),
    ("symptoms not charted, nor a response", {"constitutional": None, "symptomatic_response": None}, (0, 0), (0, 3)),
    (
        "all of another cause",
        {
            "temperature_c": 39,
            "oxygen": on("simple-mask"),
            "fluid_bolus": True,
            "attributed_elsewhere": ("fever", "hypoxia", "hypotension"),
        },
        (0, 0),
        (0, 0),
    ),
]


@pytest.mark.parametrize(("fields", "five", "four"), [pytest.param(f, v5, v4, id=name) for name, f, v5, v4 in ROWS])
def test_a_row_of_ctcae(fields: dict[str, Any], five: tuple[int, int], four: tuple[int, int]) -> None:
    assert grade("ctcae-5", well(AT, **fields)) == five
    assert grade("ctcae-4", well(AT, **fields)) == four


def test_version_4_counts_an_infusion_that_is_interrupted_now() -> None:
    interrupted = infusion(40, "interrupt")
    assert grade("ctcae-4", interrupted, well(AT)) == (2, 2)
    assert grade("ctcae-4", interrupted, infusion(45, "resume"), well(AT)) == (0, 0)
    assert grade("ctcae-4", interrupted, infusion(45, "discontinue"), well(AT)) == (0, 0)
    assert grade("ctcae-5", interrupted, well(AT)) == (0, 0)


def test_an_interruption_from_before_the_infusion_counts_for_nothing() -> None:
    assert grade("ctcae-4", infusion(-1, "interrupt"), well(AT)) == (0, 0)


def test_a_discontinued_infusion_is_not_interrupted_again() -> None:
    assert grade("ctcae-4", infusion(40, "discontinue"), infusion(45, "interrupt"), well(AT)) == (0, 0)


def test_a_temperature_alone_leaves_the_rest_open() -> None:
    assert grade("ctcae-5", seen(AT, temperature_c=39)) == (1, 4)
    assert grade("ctcae-4", seen(AT, temperature_c=39)) == (1, 4)


def test_vasopressors_not_charted_leave_grade_4_open() -> None:
    assert grade("ctcae-5", febrile(AT, vasopressors=None)) == (1, 4)
    assert grade("ctcae-4", febrile(AT, vasopressors=None)) == (1, 4)
