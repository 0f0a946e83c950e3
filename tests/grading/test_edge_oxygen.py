"""Where exactly does oxygen count, and when is fever not required? (rules 1.4, 2.1; decision 2)"""

from typing import Any

import pytest

from grading.record import Event
from tests.grading.ward import febrile, gave, grade, on, patient, runs, verdict, well

AT = 50
MINUTE = 1 / 60
ASTCT, LEE, CTCAE = "astct-2019", "lee-2014", "ctcae-5"
SCALES = pytest.mark.parametrize("scale", [ASTCT, LEE, CTCAE])
AT_HOME = patient(home_oxygen_l_min=2)
LOW: dict[str, Any] = {"oxygen": on("nasal-cannula", 2)}


# --- Home flow and SpO2


@SCALES
def test_a_cannula_at_the_home_flow_counts_only_above_it_on_every_scale(scale: str) -> None:
    assert grade(scale, febrile(AT, oxygen=on("nasal-cannula", "2.0")), who=AT_HOME) == (1, 1)
    assert grade(scale, febrile(AT, oxygen=on("nasal-cannula", "2.01")), who=AT_HOME) == (2, 2)


@SCALES
@pytest.mark.parametrize("flow", [2, None])
def test_with_a_low_spo2_taking_the_cannulas_flow_away_never_lowers_what_is_possible(
    scale: str, flow: int | None
) -> None:
    assert grade(scale, febrile(AT, spo2_percent=88, oxygen=on("nasal-cannula", flow)), who=AT_HOME) == (1, 4)


@SCALES
@pytest.mark.parametrize(
    "oxygen",
    [on("room-air"), on("simple-mask", 8, for_hypoxia=False), on("cpap", for_hypoxia=False), on("bipap")],
    ids=["room air", "for a procedure", "for sleep apnea", "not answered"],
)
def test_a_low_spo2_on_oxygen_not_known_to_count_leaves_every_row_open(scale: str, oxygen: Any) -> None:
    assert grade(scale, febrile(AT, spo2_percent="91.9", oxygen=oxygen)) == (1, 4)


@SCALES
@pytest.mark.parametrize("oxygen", [on("room-air"), on("bipap"), on("simple-mask", 8, for_hypoxia=False)])
def test_a_low_spo2_says_nothing_with_hypoxia_of_another_cause(scale: str, oxygen: Any) -> None:
    fields = {"spo2_percent": 80, "oxygen": oxygen, "attributed_elsewhere": ("hypoxia",)}
    assert grade(scale, febrile(AT, **fields)) == (1, 1)


@SCALES
def test_a_low_spo2_adds_nothing_to_oxygen_that_counts(scale: str) -> None:
    assert grade(scale, febrile(AT, spo2_percent=70, **LOW)) == (2, 2)


def test_a_high_flow_cannula_is_not_held_to_the_home_flow() -> None:
    fields = {"oxygen": on("high-flow-nasal-cannula", 2)}
    assert grade(ASTCT, febrile(AT, **fields), who=AT_HOME) == (2, 2)
    assert grade(ASTCT, febrile(AT, **fields), who=patient("1.9", 12, home_oxygen_l_min=2)) == (3, 3)


def test_under_two_years_a_plain_cannula_is_still_graded_by_its_flow() -> None:
    assert grade(ASTCT, febrile(AT, oxygen=on("nasal-cannula", 6)), who=patient("1.9", 12)) == (2, 2)


# --- FiO2


@pytest.mark.parametrize(
    ("oxygen", "expected"),
    [
        (on("simple-mask", 8, 39), (2, 2)),
        (on("non-rebreather", 12, 39), (2, 2)),
        (on("nasal-cannula", 8, 39), (2, 2)),
        (on("nasal-cannula", 2, 40), (3, 3)),
        (on("blow-by", 10, 40), (3, 3)),
        (on("nasal-cannula", 5, 30), (2, 2)),
    ],
)
def test_a_charted_fio2_stands_against_the_estimate(oxygen: Any, expected: tuple[int, int]) -> None:
    assert grade(LEE, febrile(AT, oxygen=oxygen)) == expected
    assert grade(CTCAE, febrile(AT, oxygen=oxygen)) == expected


@pytest.mark.parametrize("scale", [LEE, CTCAE])
@pytest.mark.parametrize(("fio2", "marked"), [(None, True), (50, False)])
def test_an_estimate_behind_a_grade_is_shown_as_a_house_interpretation(
    scale: str, fio2: int | None, marked: bool
) -> None:
    (third,) = [r for r in verdict(scale, febrile(AT, oxygen=on("simple-mask", 8, fio2))).met if r.grade == 3]
    assert ("[H]" in third.sentence()) is marked
    assert ("estimate" in third.sentence()) is marked


# --- When fever is not required

ONSET = febrile(24)


def test_an_antipyretic_waives_fever_for_exactly_24_hours() -> None:
    given = gave(76, "ibuprofen")
    assert grade(ASTCT, ONSET, given, well(100, **LOW)) == (2, 2)
    assert grade(ASTCT, ONSET, given, well(100 + MINUTE, **LOW)) == (0, 0)


@pytest.mark.parametrize(("before", "expected"), [(60, (2, 2)), (61, (0, 0))])
def test_an_anticytokine_drug_waives_from_exactly_60_minutes_before_the_first_onset(
    before: int, expected: tuple[int, int]
) -> None:
    assert grade(ASTCT, gave(24 - before / 60, "anakinra"), ONSET, well(100, **LOW)) == expected


RESOLVED: list[Event] = [well(30), well(42), well(54)]


def test_an_anticytokine_drug_of_the_first_episode_waives_in_a_later_one() -> None:
    second = febrile(100)
    assert grade(ASTCT, ONSET, gave(25, "tocilizumab"), *RESOLVED, second, well(200, **LOW)) == (2, 2)
    assert grade(ASTCT, ONSET, gave(23, "tocilizumab"), *RESOLVED, second, well(200, **LOW)) == (2, 2)
    assert grade(ASTCT, ONSET, *RESOLVED, second, well(200, **LOW)) == (0, 0)


def test_an_anticytokine_drug_from_well_before_the_first_onset_waives_in_no_later_episode() -> None:
    early = gave(22, "tocilizumab")
    assert grade(ASTCT, early, ONSET, *RESOLVED, febrile(100), well(200, **LOW)) == (0, 0)


def test_an_anticytokine_drug_given_between_two_episodes_waives() -> None:
    assert grade(ASTCT, ONSET, *RESOLVED, gave(70, "siltuximab"), well(200, **LOW)) == (2, 2)


def test_a_no_to_crs_takes_no_other_waiver_away() -> None:
    given = gave(26, "tocilizumab")
    assert grade(ASTCT, ONSET, given, well(200, **LOW, crs_confirmed=False)) == (2, 2)


def test_a_waived_fever_waives_vasopressors_too_but_gives_no_grade_of_its_own() -> None:
    given = gave(26, "tocilizumab")
    assert grade(ASTCT, ONSET, given, well(200)) == (0, 0)
    assert grade(ASTCT, ONSET, given, well(200, vasopressors=(runs("norepinephrine", 1),))) == (3, 3)


def test_a_fever_of_another_cause_beside_a_waiver_still_grades_the_support() -> None:
    given = gave(26, "tocilizumab")
    assert grade(ASTCT, ONSET, given, febrile(200, **LOW, attributed_elsewhere=("fever",))) == (2, 2)
