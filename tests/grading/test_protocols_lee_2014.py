"""What does Lee 2014 suggest? (rules 4.5; Figure 2 and the text)"""

from typing import Any

import pytest

from grading.record import Event
from tests.grading.ward import febrile, gave, hours, infusion, on, patient, runs, suggested, well

LOW: dict[str, Any] = {"oxygen": on("nasal-cannula", 2)}  # grade 2
HIGH: dict[str, Any] = {"oxygen": on("venturi-mask", None, 40)}  # grade 3
VENTILATED: dict[str, Any] = {"oxygen": on("bipap", for_hypoxia=True)}  # grade 4
EARLY = patient(40, extensive_comorbidities=True)
NOT_EARLY = patient(40, extensive_comorbidities=False)


def steps(*events: Event, **about: Any) -> set[str]:
    return set(suggested(*events, **{"protocol": "lee-2014", **about}))


def toci(at: float) -> Event:
    return gave(at, "tocilizumab", dose=280, unit="mg", route="iv")


def pred(at: float) -> Event:
    return gave(at, "methylprednisolone", dose=140, unit="mg", route="iv")


def test_grade_1_and_grade_2_without_risk_need_no_immunosuppression() -> None:
    assert "no-immunosuppression" in steps(febrile(50))
    assert "no-immunosuppression" in steps(febrile(50, **LOW), who=NOT_EARLY)
    assert "no-immunosuppression" not in steps(febrile(50, **LOW), who=EARLY)
    assert "no-immunosuppression" not in steps(febrile(50, **LOW))
    assert "no-immunosuppression" not in steps(febrile(50, oxygen=None))


@pytest.mark.parametrize(
    ("age", "comorbidities", "treated", "asked"),
    [
        ("64", None, False, True),
        ("64", False, False, False),
        ("64", True, True, False),
        ("65", None, True, False),
        ("65", False, True, False),
        ("11", None, False, True),
    ],
)
def test_grade_2_is_treated_with_comorbidities_or_from_65_years(
    age: str, comorbidities: bool | None, treated: bool, asked: bool
) -> None:
    found = steps(febrile(50, **LOW), who=patient(age, extensive_comorbidities=comorbidities))
    assert ("tocilizumab" in found) is treated
    assert ("glucocorticoid" in found) is treated
    assert ("judge-severity" in found) is asked


@pytest.mark.parametrize("fields", [HIGH, VENTILATED, {"organ_toxicity": {"renal": 3}}])
def test_grade_3_and_4_are_treated_whatever_the_risk(fields: dict[str, Any]) -> None:
    found = steps(febrile(50, **fields), who=NOT_EARLY)
    assert {"tocilizumab", "glucocorticoid", "intensive-care"} <= found


def test_the_second_dose_waits_24_hours() -> None:
    first = [febrile(50, **HIGH), toci(50), febrile(60, **HIGH)]
    assert "repeat-tocilizumab" not in steps(*first, febrile(73.98, **HIGH))
    found = suggested(*first, febrile(74, **HIGH), protocol="lee-2014")
    assert found["repeat-tocilizumab"].not_before == hours(74)


def test_a_third_dose_is_not_suggested() -> None:
    events = [febrile(50, **HIGH), toci(50), febrile(74, **HIGH), toci(74), febrile(98, **HIGH)]
    assert not {"tocilizumab", "repeat-tocilizumab"} & steps(*events)


def test_other_agents_follow_when_both_drugs_have_failed_for_24_hours() -> None:
    first = [febrile(50, **HIGH), toci(50), pred(50), febrile(60, **HIGH)]
    assert "other-agents" not in steps(*first)
    assert "other-agents" in steps(*first, febrile(74, **HIGH))
    assert "other-agents" not in steps(febrile(50, **HIGH), toci(50), febrile(60, **HIGH), febrile(74, **HIGH))


@pytest.mark.parametrize(("fields", "shown"), [({}, False), (LOW, True), (HIGH, True), (VENTILATED, False)])
def test_an_echocardiogram_at_grade_2_and_3(fields: dict[str, Any], shown: bool) -> None:
    assert ("echocardiogram" in steps(febrile(50, **fields))) is shown


def test_a_patient_on_long_term_glucocorticoid_may_need_stress_doses_from_grade_2() -> None:
    who = patient(long_term_glucocorticoid=True)
    assert "stress-dose" in steps(febrile(50, **LOW), who=who)
    assert "stress-dose" not in steps(febrile(50), who=who)
    assert "stress-dose" not in steps(febrile(50, **LOW), who=patient(long_term_glucocorticoid=False))


@pytest.mark.parametrize(
    ("cause", "fields", "shown"),
    [
        ("bispecific", HIGH, True),
        ("bispecific", LOW, False),
        ("bispecific", {"ice_score": 2}, True),
        ("antibody", HIGH, True),
        ("antibody", {"ice_score": 2}, False),
        ("car-t", HIGH, False),
    ],
)
def test_an_antibody_is_interrupted_at_grade_3(cause: str, fields: dict[str, Any], shown: bool) -> None:
    assert ("interrupt-infusion" in steps(febrile(20, **fields), cause=cause)) is shown
    assert "interrupt-infusion" not in steps(infusion(19, "interrupt"), febrile(20, **fields), cause=cause)


def test_an_improved_patient_is_weaned_over_days() -> None:
    events = [febrile(50, **HIGH), toci(50), pred(50)]
    assert "taper-steroid" in steps(*events, well(58))
    assert "taper-steroid" in steps(*events, febrile(58, **LOW), who=NOT_EARLY)
    assert "taper-steroid" not in steps(*events, febrile(58, **LOW), who=EARLY)
    assert "taper-steroid" not in steps(*events, febrile(58, **LOW))


def test_the_labelled_dose_is_said_to_be_higher() -> None:
    found = suggested(febrile(50, **HIGH), protocol="lee-2014")["tocilizumab"]
    text = " ".join((found.headline, *found.steps, *found.because))
    assert "label" in text.lower()


def test_icans_3_without_support_puts_the_glucocorticoid_first() -> None:
    first = suggested(febrile(50, ice_score=2, organ_toxicity={"renal": 3}), protocol="lee-2014")["glucocorticoid"]
    second = suggested(febrile(50, organ_toxicity={"renal": 3}), protocol="lee-2014")["glucocorticoid"]
    assert "first line" in " ".join((first.headline, *first.steps, *first.because)).lower()
    assert "second line" in " ".join((second.headline, *second.steps, *second.because)).lower()


def test_a_vasopressor_that_counts_keeps_the_glucocorticoid_second() -> None:
    pressed = {"vasopressors": (runs("norepinephrine", 5), runs("dopamine")), "ice_score": 2}
    found = suggested(febrile(50, **pressed), protocol="lee-2014")["glucocorticoid"]
    assert "second line" in " ".join((found.headline, *found.steps, *found.because)).lower()
