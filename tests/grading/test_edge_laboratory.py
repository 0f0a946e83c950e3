"""How long does a result count, and which of two stands? (rules 1.5, 4.1; decision 2)"""

from itertools import permutations
from typing import Any

import pytest

from grading.record import Event, Laboratory
from tests.grading.ward import febrile, grade, on, patient, result, suggested, well

LEE = "lee-2014"
AT = 50
MINUTE = 1 / 60


def antibiotics(*events: Event, **about: Any) -> str:
    found = suggested(*events, **about)["exclude-infection"]
    return " ".join((found.headline, *found.steps, *found.because))


# --- Thresholds


@pytest.mark.parametrize(
    ("value", "expected"),
    [("1.8", 0), ("1.35", 0), ("1.34", 2), ("0.9", 2), ("0.89", 3), ("0.45", 3), ("0.44", 4)],
)
def test_fibrinogen_on_a_threshold_belongs_to_the_lower_grade(value: str, expected: int) -> None:
    assert grade(LEE, result(49, "fibrinogen", value, lower="1.8"), well(AT)) == (expected, expected)


def test_a_multiple_of_a_limit_is_exact_decimal() -> None:
    """In binary floating point 3 × 0.1 is above 0.3, and 1.1 × 3 is above 3.3."""
    for value, upper in (("0.3", "0.1"), ("3.3", "1.1")):
        assert grade(LEE, result(49, "bilirubin", value, upper=upper), well(AT)) == (2, 2)
    assert grade(LEE, result(49, "bilirubin", "3.30001", upper="1.1"), well(AT)) == (3, 3)


def test_a_result_counts_for_an_organ_for_24_hours_inclusive() -> None:
    given = result(26, "bilirubin", 11, upper=1)
    assert grade(LEE, given, well(AT)) == (4, 4)
    assert grade(LEE, given, well(AT + MINUTE)) == (0, 0)


# --- Two results of one time


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [("9.9", "10.5", 4), ("10.5", "9.9", 4), ("1.2", "3.5", 3), ("3.5", "1.2", 3), ("2", "11", 4), ("11", "2", 4)],
)
def test_of_two_results_of_one_time_the_worse_stands(one: str, other: str, expected: int) -> None:
    both = [result(49, "bilirubin", value, upper=1) for value in (one, other)]
    assert grade(LEE, *both, well(AT)) == (expected, expected)


@pytest.mark.parametrize("pair", list(permutations(("0.4", "2.1"))), ids="-".join)
def test_of_two_fibrinogens_of_one_time_the_lower_stands(pair: tuple[str, str]) -> None:
    both = [result(49, "fibrinogen", value, lower=2) for value in pair]
    assert grade(LEE, *both, well(AT)) == (4, 4)


@pytest.mark.parametrize("pair", list(permutations(("1.0", "0.4"))), ids="-".join)
def test_of_two_neutrophil_counts_of_one_time_the_lower_stands(pair: tuple[str, str]) -> None:
    assert "antibiotics now" in antibiotics(*(result(40, "anc", value) for value in pair), febrile(AT))


def test_a_later_neutrophil_count_stands_against_a_lower_one() -> None:
    assert "antibiotics now" not in antibiotics(result(40, "anc", "0.4"), result(41, "anc", "1.0"), febrile(AT))
    assert "antibiotics now" in antibiotics(result(40, "anc", "1.0"), result(41, "anc", "0.4"), febrile(AT))


# --- The baseline


NOW = result(49, "creatinine", "1.7", upper=1)  # grade 2


def before(*results: Laboratory) -> tuple[int | None, int | None]:
    return grade(LEE, *results, NOW, well(AT))


def test_a_baseline_that_cannot_be_graded_is_no_baseline() -> None:
    assert before(result(-1, "creatinine", "1.7")) == (2, 2)


def test_the_latest_result_before_the_infusion_is_the_baseline_even_if_it_cannot_be_graded() -> None:
    gradable = result(-5, "creatinine", "1.7", upper=1)
    assert before(gradable) == (0, 0)
    assert before(gradable, result(-1, "creatinine", "1.7")) == (2, 2)
    assert before(result(-5, "creatinine", "1.7"), result(-1, "creatinine", "1.7", upper=1)) == (0, 0)
    assert before(gradable, result(-1, "creatinine", "1.0", upper=1)) == (2, 2)


@pytest.mark.parametrize("pair", list(permutations(("1.0", "1.7"))), ids="-".join)
def test_of_two_baselines_of_one_time_the_milder_stands(pair: tuple[str, str]) -> None:
    assert before(*(result(-1, "creatinine", value, upper=1) for value in pair)) == (2, 2)


def test_a_baseline_is_of_its_own_analyte_only() -> None:
    high_alt = result(-1, "alt", 201, upper=40)
    assert grade(LEE, high_alt, result(49, "alt", 201, upper=40), well(AT)) == (0, 0)
    assert grade(LEE, high_alt, result(49, "ast", 201, upper=40), well(AT)) == (3, 3)


def test_a_baseline_takes_nothing_from_a_charted_organ_grade() -> None:
    organ = well(AT, organ_toxicity={"renal": 2})
    assert grade(LEE, result(-1, "creatinine", "1.7", upper=1), NOW, organ) == (2, 2)


def test_a_result_at_the_start_of_the_infusion_is_no_baseline() -> None:
    assert grade(LEE, result(0, "creatinine", "1.7", upper=1), well(1)) == (2, 2)


# --- The neutrophil count


@pytest.mark.parametrize("drawn", [-1, 2])
def test_a_neutrophil_count_is_known_for_48_hours_inclusive_also_from_before_the_infusion(drawn: float) -> None:
    assert "ANC unknown" not in antibiotics(result(drawn, "anc", 3), febrile(drawn + 48))
    assert "ANC unknown" in antibiotics(result(drawn, "anc", 3), febrile(drawn + 48 + MINUTE))


def test_few_neutrophils_before_the_infusion_bring_antibiotics_now() -> None:
    assert "antibiotics now" in antibiotics(result(-1, "anc", "0.49"), febrile(40))
    assert "antibiotics now" not in antibiotics(result(-1, "anc", "0.5"), febrile(40))


def test_a_stale_low_count_is_unknown_and_not_low() -> None:
    found = antibiotics(result(1, "anc", "0.4"), febrile(AT))
    assert "ANC unknown" in found
    assert "treat as neutropenic" in found


def test_at_grade_2_antibiotics_are_given_whatever_the_count() -> None:
    fine = result(40, "anc", 3)
    assert "antibiotics now" in antibiotics(fine, febrile(AT, oxygen=on("nasal-cannula", 2)))
    assert "antibiotics now" in antibiotics(fine, febrile(AT), who=patient(neutropenic=True))


# --- The evaluation

WANTED = (
    *("hemoglobin", "wbc", "anc", "platelets", "inr", "aptt", "fibrinogen", "d-dimer", "sodium", "potassium"),
    *("phosphate", "creatinine", "alt", "ast", "bilirubin", "uric-acid", "lactate", "ldh", "crp", "ferritin"),
)


def all_at(at: float) -> list[Event]:
    return [result(at, analyte, 1) for analyte in WANTED]


def test_a_result_answers_the_evaluation_for_24_hours_inclusive() -> None:
    assert "evaluate" not in suggested(*all_at(26), febrile(AT))
    assert "evaluate" in suggested(*all_at(26), febrile(AT + MINUTE))


def test_a_result_from_before_the_infusion_answers_no_evaluation() -> None:
    assert "evaluate" in suggested(*all_at(-1), febrile(1))
    assert "evaluate" not in suggested(*all_at(0), febrile(1))


@pytest.mark.parametrize("analyte", WANTED)
def test_every_analyte_of_the_evaluation_is_asked_for(analyte: str) -> None:
    all_but = [r for r in all_at(40) if isinstance(r, Laboratory) and r.analyte != analyte]
    assert "evaluate" in suggested(*all_but, febrile(AT))


def test_an_analyte_outside_the_list_is_not_asked_for() -> None:
    assert not {"calcium", "il-6"} & set(WANTED)
    assert "evaluate" not in suggested(*all_at(40), febrile(AT), protocol="lee-2014")
