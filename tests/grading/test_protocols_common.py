"""What do both protocols suggest? (rules 4, 4.1)"""

from typing import Any

import pytest

from grading.record import Event
from tests.grading.ward import (
    died,
    febrile,
    gave,
    hours,
    infusion,
    last,
    on,
    patient,
    result,
    runs,
    seen,
    suggested,
    well,
)

AT = 50
BOTH = pytest.mark.parametrize("protocol", ["review-2024", "lee-2014"])
CANNULA = {"oxygen": on("nasal-cannula", 2)}


@BOTH
def test_a_well_patient_with_a_baseline_gets_no_suggestion(protocol: str) -> None:
    assert not suggested(well(AT), who=patient(baseline_systolic=120), protocol=protocol)


@BOTH
def test_the_baseline_pressure_is_asked_for_until_it_is_charted(protocol: str) -> None:
    assert list(suggested(well(AT), protocol=protocol)) == ["baseline-pressure"]


@BOTH
def test_an_uncertain_grade_says_what_to_chart_first(protocol: str) -> None:
    found = suggested(seen(AT, temperature_c=39), protocol=protocol)["chart-first"]
    assert found.steps
    assert "chart-first" not in suggested(febrile(AT), protocol=protocol)


@BOTH
def test_a_graded_patient_whose_icans_is_open_is_asked_for_neurology(protocol: str) -> None:
    assert "chart-first" in suggested(febrile(AT, seizure=None), protocol=protocol)
    assert "chart-first" in suggested(febrile(AT, ice_score=None, consciousness=None, seizure=None), protocol=protocol)
    assert "chart-first" not in suggested(well(AT, seizure=None), protocol=protocol)


DRUGS = {"tocilizumab", "glucocorticoid", "dexamethasone", "repeat-tocilizumab", "high-dose-steroid", "other-agents"}


def test_without_fever_crs_is_confirmed_before_any_drug() -> None:
    who = patient(70)
    asked = suggested(well(AT, **CANNULA), who=who, protocol="lee-2014")
    assert "confirm-crs" in asked
    assert not set(asked) & DRUGS
    yes = suggested(well(AT, **CANNULA, crs_confirmed=True), who=who, protocol="lee-2014")
    assert "confirm-crs" not in yes
    assert "tocilizumab" in yes
    no = suggested(well(AT, **CANNULA, crs_confirmed=False), who=who, protocol="lee-2014")
    assert "confirm-crs" not in no
    assert not set(no) & DRUGS


def test_an_onset_confirms_and_a_no_does_not_unsay_it() -> None:
    found = suggested(febrile(AT, **CANNULA, crs_confirmed=False), who=patient(70), protocol="lee-2014")
    assert "tocilizumab" in found


@BOTH
@pytest.mark.parametrize(
    "unwell",
    [
        {"hypotension": True, "attributed_elsewhere": ("hypotension",)},
        {"vasopressors": (runs("norepinephrine", 5, for_hypotension=False),)},
        {"oxygen": on("simple-mask", 8, for_hypoxia=False)},
        {**CANNULA, "attributed_elsewhere": ("hypoxia",)},
    ],
)
def test_an_unwell_patient_of_grade_0_is_looked_into(unwell: dict[str, Any], protocol: str) -> None:
    found = suggested(well(AT, **unwell), protocol=protocol)
    assert {"exclude-infection", "evaluate", "differential", "monitor"} <= set(found)
    assert "supportive-care" not in found


@BOTH
def test_a_graded_patient_gets_supportive_care_and_a_search_for_infection(protocol: str) -> None:
    found = suggested(febrile(AT), protocol=protocol)
    assert {"supportive-care", "exclude-infection", "differential", "monitor", "evaluate"} <= set(found)


def antibiotics(*events: Event, **about: Any) -> str:
    found = suggested(*events, **about)["exclude-infection"]
    return " ".join((found.headline, *found.steps, *found.because))


def test_antibiotics_are_given_at_once_at_grade_2_or_with_few_or_unknown_neutrophils() -> None:
    assert "antibiotics now" in antibiotics(febrile(AT, **CANNULA))
    assert "antibiotics now" in antibiotics(febrile(AT), who=patient(neutropenic=True))
    assert "antibiotics now" in antibiotics(result(10, "anc", "0.4"), febrile(AT))
    assert "antibiotics now" not in antibiotics(result(10, "anc", "0.5"), febrile(AT))
    assert "antibiotics now" not in antibiotics(result(-1, "anc", "3"), febrile(40))
    unknown = antibiotics(febrile(AT))
    assert "ANC unknown" in unknown
    assert "treat as neutropenic" in unknown
    assert "ANC unknown" in antibiotics(result(1, "anc", "3"), febrile(AT))  # 49 h old


def test_under_lee_antibiotics_are_given_at_every_grade() -> None:
    assert "every grade" in antibiotics(result(10, "anc", "3"), febrile(AT), protocol="lee-2014")


MISSED = (
    *("hemoglobin", "wbc", "anc", "platelets", "pt", "inr", "aptt", "fibrinogen", "d-dimer"),
    *("sodium", "potassium", "phosphate", "creatinine", "alt", "ast", "bilirubin", "uric-acid"),
    *("lactate", "ldh", "crp", "ferritin"),
)
WANTED = tuple(analyte for analyte in MISSED if analyte not in ("pt", "inr"))


def test_the_evaluation_names_what_is_missing_and_ends_when_nothing_is() -> None:
    all_but_clotting = [result(40, analyte, 1) for analyte in WANTED]
    assert "PT or INR" in suggested(*all_but_clotting, febrile(AT))["evaluate"].steps[0]
    for clotting in ("pt", "inr"):
        assert "evaluate" not in suggested(*all_but_clotting, result(40, clotting, 1), febrile(AT))
    late = [result(25.9, "crp", 1), *(result(40, a, 1) for a in (*WANTED, "inr") if a != "crp")]
    assert "CRP" in suggested(*late, febrile(AT))["evaluate"].steps[0]


@BOTH
@pytest.mark.parametrize("given_at", [-24, 30])
def test_after_tocilizumab_crp_is_called_unreliable(given_at: float, protocol: str) -> None:
    assert "crp-unreliable" in suggested(gave(given_at, "Actemra"), well(AT), protocol=protocol)
    assert "crp-unreliable" not in suggested(gave(given_at, "siltuximab"), well(AT), protocol=protocol)


@BOTH
@pytest.mark.parametrize(
    ("fields", "shown"),
    [
        ({"ice_score": 6}, True),
        ({"ice_score": 9}, True),
        ({"ice_score": 9, "temperature_c": 39}, False),
        ({"ice_score": 6, "temperature_c": 39}, True),
        ({}, False),
    ],
)
def test_icans_brings_a_glucocorticoid_for_the_neurologic_syndrome(
    fields: dict[str, Any], shown: bool, protocol: str
) -> None:
    assert ("neurologic-steroid" in suggested(well(AT, **fields), protocol=protocol)) is shown


@BOTH
@pytest.mark.parametrize(
    ("fields", "shown"),
    [
        ({"oxygen": on("simple-mask", 8)}, True),  # grade 3
        ({**CANNULA}, False),
        ({"vasopressors": (runs("norepinephrine", 5, for_hypotension=False),)}, True),
        ({"vasopressors": (runs("milrinone"),)}, False),
        ({"oxygen": on("bipap", for_hypoxia=False)}, True),
        ({"ice_score": 2}, True),
        ({"ice_score": 6}, False),
    ],
)
def test_intensive_care(fields: dict[str, Any], shown: bool, protocol: str) -> None:
    assert ("intensive-care" in suggested(febrile(AT, **fields), protocol=protocol)) is shown


def test_grade_2_managed_as_severe_goes_to_intensive_care_under_the_review() -> None:
    assert "intensive-care" in suggested(febrile(AT, **CANNULA, severe_grade_2=True))


@BOTH
def test_after_a_death_nothing_is_suggested(protocol: str) -> None:
    """An assessment after a death is refused; suggestions at the death itself come from the assessment before it."""
    assert last(febrile(AT), died(AT, due_to_crs=False), protocol=protocol).at == hours(AT)


@BOTH
def test_an_assessment_from_before_the_infusion_suggests_nothing(protocol: str) -> None:
    assert last(febrile(-1, **CANNULA), protocol=protocol).suggestions == ()


@BOTH
def test_every_suggestion_carries_its_reason_and_its_source(protocol: str) -> None:
    events: list[Event] = [
        febrile(24),
        gave(25, "tocilizumab"),
        infusion(26, "interrupt"),
        febrile(40, oxygen=on("simple-mask", 8)),
    ]
    for step in last(*events, protocol=protocol).suggestions:
        assert step.headline
        assert step.because
        assert step.source
