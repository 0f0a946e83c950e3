"""ICANS, cell by cell (rules 2.5; Lee DW et al. 2019)."""

from typing import Any

import pytest

from tests.grading.ward import grade, patient, seen, verdict, well

ICANS = "icans-2019"
AT = 50
CLEAR = {"ice_score": 10, "consciousness": "spontaneous", "seizure": "none"}

CELLS: list[tuple[dict[str, Any], int]] = [
    ({"ice_score": 10}, 0),
    ({"ice_score": 9}, 1),
    ({"ice_score": 7}, 1),
    ({"ice_score": 6}, 2),
    ({"ice_score": 3}, 2),
    ({"ice_score": 2}, 3),
    ({"ice_score": 0}, 3),
    ({"consciousness": "to-voice"}, 2),
    ({"consciousness": "to-touch"}, 3),
    ({"consciousness": "unarousable"}, 4),
    ({"ice_score": 0, "consciousness": "unarousable"}, 4),
    ({"seizure": "brief"}, 3),
    ({"seizure": "prolonged"}, 4),
    ({"motor_weakness": True}, 4),
    ({"motor_weakness": False}, 0),
    ({"raised_icp": "none"}, 0),
    ({"raised_icp": "focal-edema"}, 3),
    ({"raised_icp": "diffuse-edema-or-raised-icp"}, 4),
    ({"ice_score": 3, "seizure": "brief"}, 3),
]


@pytest.mark.parametrize(("fields", "expected"), CELLS)
def test_the_worst_cell_is_the_grade(fields: dict[str, Any], expected: int) -> None:
    assert grade(ICANS, seen(AT, **{**CLEAR, **fields})) == (expected, expected)


@pytest.mark.parametrize(("score", "expected"), [(0, 0), (1, 1), (8, 1), (9, 3), (32, 3)])
def test_the_capd_score_stands_for_the_ice_score(score: int, expected: int) -> None:
    fields = {"capd_score": score, "consciousness": "spontaneous", "seizure": "none"}
    assert grade(ICANS, seen(AT, **fields), who=patient(6, 20)) == (expected, expected)


def test_whichever_score_is_charted_counts_at_any_age() -> None:
    fields = {"capd_score": 9, "consciousness": "spontaneous", "seizure": "none"}
    assert grade(ICANS, seen(AT, **fields), who=patient(40)) == (3, 3)


def test_nothing_charted_is_not_assessed_and_not_grade_0() -> None:
    assert grade(ICANS, seen(AT, temperature_c=39)) == (None, None)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"ice_score": 10}, (0, 4)),
        ({"consciousness": "spontaneous"}, (0, 4)),
        ({"consciousness": "spontaneous", "seizure": "none"}, (0, 3)),
        ({"ice_score": 10, "seizure": "none"}, (0, 4)),
        ({"ice_score": 10, "consciousness": "spontaneous"}, (0, 4)),
        ({"motor_weakness": False}, (0, 4)),
        ({"motor_weakness": True}, (4, 4)),
        ({"ice_score": 3}, (2, 4)),
    ],
)
def test_a_part_that_is_not_charted_stays_open(fields: dict[str, Any], expected: tuple[int, int]) -> None:
    assert grade(ICANS, seen(AT, **fields)) == expected


@pytest.mark.parametrize("reason", ["sedated", "intubated", "language", "asleep", "other"])
def test_sedation_is_never_graded(reason: str) -> None:
    found = verdict(ICANS, well(AT - 1), seen(AT, neurology_not_assessed=reason))
    assert (found.grade, found.at_most) == (None, None)
    assert reason in " ".join(found.notices)


def test_neurology_attributed_elsewhere_is_grade_0() -> None:
    assert grade(ICANS, seen(AT, ice_score=2, attributed_elsewhere=("neurologic",))) == (0, 0)
    assert grade(ICANS, seen(AT, temperature_c=39, attributed_elsewhere=("neurologic",))) == (None, None)


def test_icans_needs_no_fever_and_moves_no_crs_scale() -> None:
    found = well(AT, ice_score=0, seizure="prolonged")
    assert grade(ICANS, found) == (4, 4)
    for scale in ("astct-2019", "lee-2014", "ctcae-5", "ctcae-4"):
        assert grade(scale, found) == (0, 0)
