"""What does the 2024 review suggest, cause by cause? (rules 4.2 to 4.4)"""

from typing import Any

import pytest

from grading.record import Event
from tests.grading.ward import febrile, gave, hours, infusion, last, on, patient, suggested, well

LOW: dict[str, Any] = {"oxygen": on("nasal-cannula", 2)}  # grade 2
MASK: dict[str, Any] = {"oxygen": on("simple-mask", 8)}  # grade 3 by ASTCT and CTCAE
VENTILATED: dict[str, Any] = {"oxygen": on("bipap", for_hypoxia=True)}  # grade 4
TOCI = {"dose": 560, "unit": "mg", "route": "iv"}


def steps(*events: Event, **about: Any) -> set[str]:
    return set(suggested(*events, **about))


def toci(at: float) -> Event:
    return gave(at, "tocilizumab", **TOCI)


def dexa(at: float) -> Event:
    return gave(at, "dexamethasone", dose=10, unit="mg", route="iv")


# --- Which scale governs


@pytest.mark.parametrize(
    ("cause", "scale"),
    [
        ("car-t", "astct-2019"),
        ("other-cells", "astct-2019"),
        ("bispecific", "ctcae-5"),
        ("haplo-hct", "ctcae-5"),
        ("antibody", "ctcae-5"),
    ],
)
def test_the_cause_decides_which_scale_governs(cause: str, scale: str) -> None:
    assert last(febrile(30), cause=cause).governing == scale
    assert last(febrile(30), cause=cause, protocol="lee-2014").governing == "lee-2014"


# --- Every cause


def test_grade_1_for_certain_needs_no_immunosuppression() -> None:
    assert "no-immunosuppression" in steps(febrile(50))


@pytest.mark.parametrize(
    "events",
    [
        [febrile(50, oxygen=None)],
        [febrile(50, ice_score=9)],
        [febrile(50, seizure=None)],
        [dexa(50 - 24), febrile(50)],
        [febrile(50, **LOW)],
        [well(50)],
    ],
    ids=["uncertain", "ICANS 1", "ICANS open", "a glucocorticoid running", "grade 2", "grade 0"],
)
def test_otherwise_immunosuppression_is_not_advised_against(events: list[Event]) -> None:
    events = [febrile(25), *events]  # the glucocorticoid runs only after a grade of 1
    assert "no-immunosuppression" not in steps(*events)


def test_a_glucocorticoid_runs_for_24_hours() -> None:
    assert "no-immunosuppression" in steps(febrile(25), dexa(25), febrile(49.02))
    assert "no-immunosuppression" not in steps(febrile(25), dexa(25), febrile(49))


def test_grade_2_asks_whether_it_is_managed_as_severe() -> None:
    assert "judge-severity" in steps(febrile(50, **LOW))
    assert "judge-severity" not in steps(febrile(50, **LOW, severe_grade_2=True))
    assert "judge-severity" not in steps(febrile(50, **LOW, severe_grade_2=False))


def test_a_no_to_severe_counts_for_6_hours_and_a_yes_for_the_episode() -> None:
    no, yes = febrile(50, **LOW, severe_grade_2=False), febrile(50, **LOW, severe_grade_2=True)
    assert "judge-severity" not in steps(no, febrile(56, **LOW))
    assert "judge-severity" in steps(no, febrile(56.02, **LOW))
    assert "tocilizumab" in steps(yes, febrile(62, **LOW), febrile(74, **LOW))


def test_above_grade_2_the_judgement_ends() -> None:
    events = [febrile(50, **LOW, severe_grade_2=False), febrile(51, **MASK), febrile(52, **LOW)]
    assert "judge-severity" in steps(*events)


# --- CAR-T and other cells


@pytest.mark.parametrize("fields", [MASK, VENTILATED, {**LOW, "severe_grade_2": True}])
def test_severe_crs_gets_tocilizumab_and_a_glucocorticoid(fields: dict[str, Any]) -> None:
    assert {"tocilizumab", "glucocorticoid"} <= steps(febrile(50, **fields))


@pytest.mark.parametrize("fields", [{}, LOW, {**LOW, "severe_grade_2": False}])
def test_crs_that_is_not_severe_gets_neither(fields: dict[str, Any]) -> None:
    assert not {"tocilizumab", "glucocorticoid"} & steps(febrile(50, **fields))


def test_an_earlier_dose_holds_the_next_for_8_hours() -> None:
    """A dose in an earlier episode: the next is one of this episode, and waits for the interval."""
    quiet = [well(hour) for hour in (30, 40, 50, 54)]
    found = suggested(febrile(24, **MASK), toci(25), *quiet, toci(55), febrile(60, **MASK))
    assert found["tocilizumab"].not_before == hours(63)
    none = suggested(febrile(50, **MASK))["tocilizumab"]
    assert none.not_before is None


def test_not_improved_8_hours_after_tocilizumab_it_is_repeated() -> None:
    first = [febrile(50, **MASK), toci(50)]
    assert "repeat-tocilizumab" not in steps(*first, febrile(54, **MASK), febrile(57.98, **MASK))
    found = suggested(*first, febrile(54, **MASK), febrile(58, **MASK))
    assert found["repeat-tocilizumab"].not_before == hours(58)
    assert "tocilizumab" not in found
    assert {"look-again", "glucocorticoid"} <= set(found)


def test_worse_after_tocilizumab_it_is_offered_at_once_but_not_before_8_hours() -> None:
    found = suggested(febrile(50, **MASK), toci(50), febrile(52, **VENTILATED))
    assert found["repeat-tocilizumab"].not_before == hours(58)


def test_within_the_first_hour_a_dose_has_not_failed() -> None:
    assert "repeat-tocilizumab" not in steps(febrile(50, **MASK), toci(50.5), febrile(51.25, **VENTILATED))


def test_grade_4_two_hours_after_a_dose_is_a_failure() -> None:
    events = [febrile(50, **VENTILATED), toci(50)]
    assert "repeat-tocilizumab" not in steps(*events, febrile(51.98, **VENTILATED))
    assert "repeat-tocilizumab" in steps(*events, febrile(52, **VENTILATED))


def test_grade_3_24_hours_after_a_dose_given_at_grade_4_is_a_failure() -> None:
    events = [febrile(50, **VENTILATED), toci(50), febrile(51.5, **MASK)]
    assert "repeat-tocilizumab" not in steps(*events, febrile(73.98, **MASK))
    assert "repeat-tocilizumab" in steps(*events, febrile(74, **MASK))


def test_after_four_doses_none_is_left() -> None:
    doses = [toci(hour) for hour in (50, 58, 66, 74)]
    events = [febrile(50, **MASK), *doses, febrile(84, **MASK)]
    assert not {"tocilizumab", "repeat-tocilizumab"} & steps(*events)
    three = [febrile(50, **MASK), *doses[:3], febrile(76, **MASK)]
    assert "repeat-tocilizumab" in steps(*three)


PERSISTENT = [febrile(50, **MASK), toci(50), dexa(50), febrile(58, **MASK), toci(58), febrile(62, **MASK)]


def test_when_both_drugs_have_failed_the_high_dose_and_other_agents_follow() -> None:
    assert not {"high-dose-steroid", "other-agents"} & steps(*PERSISTENT)
    found = steps(*PERSISTENT, febrile(66, **MASK))
    assert {"high-dose-steroid", "other-agents"} <= found
    assert "glucocorticoid" not in found


def test_a_high_dose_that_was_given_is_not_suggested_again_that_day() -> None:
    pulse = gave(66.5, "Solu-Medrol", dose=140, unit="mg", route="iv")  # 2 mg/kg × 70 kg
    found = steps(*PERSISTENT, febrile(66, **MASK), pulse, febrile(68, **MASK))
    assert "high-dose-steroid" not in found
    assert "other-agents" in found
    less = gave(66.5, "methylprednisolone", dose=139, unit="mg", route="iv")
    assert "high-dose-steroid" in steps(*PERSISTENT, febrile(66, **MASK), less, febrile(68, **MASK))


def test_an_improved_patient_on_a_glucocorticoid_is_tapered() -> None:
    events = [febrile(50, **MASK), toci(50), dexa(50)]
    assert "taper-steroid" in steps(*events, well(58))
    assert "taper-steroid" in steps(*events, febrile(58))
    assert "taper-steroid" not in steps(*events, febrile(58, **LOW))
    assert "taper-steroid" in steps(*events, febrile(58, **LOW, severe_grade_2=False))
    assert "taper-steroid" not in steps(*events, well(58, ice_score=9))
    assert "taper-steroid" not in steps(*events, well(58, vasopressors=None))
    assert "taper-steroid" not in steps(febrile(50, **MASK), toci(50), well(58))


@pytest.mark.parametrize(("cause", "shown"), [("car-t", True), ("other-cells", False), ("bispecific", False)])
def test_after_car_t_the_products_label_is_named(cause: str, shown: bool) -> None:
    assert ("consult-label" in steps(febrile(30), cause=cause)) is shown
    assert "consult-label" not in steps(well(30), cause=cause)


# --- Bispecific, haploidentical transplant, other antibodies


@pytest.mark.parametrize(
    ("cause", "fields", "shown"),
    [
        ("bispecific", MASK, True),
        ("bispecific", LOW, False),
        ("bispecific", {**LOW, "severe_grade_2": True}, True),
        ("bispecific", {"ice_score": 2}, True),
        ("bispecific", VENTILATED, False),  # discontinued instead
        ("antibody", MASK, True),
        ("antibody", VENTILATED, True),
        ("antibody", {"ice_score": 2}, False),
        ("haplo-hct", MASK, False),
        ("car-t", MASK, False),
    ],
)
def test_a_running_infusion_is_interrupted(cause: str, fields: dict[str, Any], shown: bool) -> None:
    assert ("interrupt-infusion" in steps(febrile(20, **fields), cause=cause)) is shown


@pytest.mark.parametrize("action", ["interrupt", "discontinue"])
def test_an_infusion_that_has_stopped_is_not_interrupted_again(action: str) -> None:
    assert "interrupt-infusion" not in steps(infusion(19, action), febrile(20, **MASK), cause="bispecific")


def test_grade_4_after_a_bispecific_discontinues_it_for_good() -> None:
    assert "discontinue-permanently" in steps(febrile(20, **VENTILATED), cause="bispecific")
    assert "discontinue-permanently" not in steps(febrile(20, **VENTILATED), cause="antibody")
    gone = infusion(19, "discontinue")
    assert "discontinue-permanently" not in steps(gone, febrile(20, **VENTILATED), cause="bispecific")


@pytest.mark.parametrize("cause", ["bispecific", "haplo-hct", "antibody"])
def test_severe_crs_gets_dexamethasone_first_and_tocilizumab_when_it_has_failed(cause: str) -> None:
    first = febrile(50, **MASK)
    assert "dexamethasone" in steps(first, cause=cause)
    assert not {"tocilizumab", "glucocorticoid"} & steps(first, cause=cause)
    later = [first, dexa(50), febrile(54, **MASK)]
    assert not {"dexamethasone", "tocilizumab"} & steps(*later, cause=cause)
    assert "tocilizumab" in steps(*later, febrile(58, **MASK), cause=cause)


def test_blinatumomab_allows_one_tocilizumab_dose() -> None:
    about: dict[str, Any] = {"cause": "bispecific", "product": "Blincyto"}
    events = [febrile(10, **MASK), dexa(10), febrile(14, **MASK), febrile(18, **MASK)]
    assert "tocilizumab" in steps(*events, **about)
    after = [*events, toci(18), febrile(22, **MASK), febrile(26, **MASK)]
    found = steps(*after, **about)
    assert not {"tocilizumab", "repeat-tocilizumab"} & found
    assert {"high-dose-steroid", "other-agents"} <= found
    assert "repeat-tocilizumab" in steps(*after, cause="bispecific", product="teclistamab")


RESUMABLE: list[Event] = [febrile(10, **MASK), infusion(11, "interrupt"), well(30), well(42)]


def test_blinatumomab_is_resumed_after_24_quiet_hours() -> None:
    about: dict[str, Any] = {"cause": "bispecific", "product": "blinatumomab"}
    assert "resume-infusion" in steps(*RESUMABLE, well(54), **about)
    assert "resume-infusion" not in steps(*RESUMABLE, well(53.98), **about)
    assert "resume-infusion" not in steps(*RESUMABLE, well(54, ice_score=9), **about)
    assert "resume-infusion" not in steps(*RESUMABLE, infusion(53, "resume"), well(54), **about)
    assert "resume-infusion" not in steps(*RESUMABLE, infusion(53, "discontinue"), well(54), **about)
    assert "resume-infusion" not in steps(*RESUMABLE, well(54), cause="bispecific", product="teclistamab")
    grade_4 = febrile(10.5, **VENTILATED)
    assert "resume-infusion" not in steps(grade_4, *RESUMABLE, well(54), **about)


def test_24_quiet_hours_count_from_the_interruption() -> None:
    about: dict[str, Any] = {"cause": "bispecific", "product": "blinatumomab"}
    events: list[Event] = [febrile(5), well(10), well(20), infusion(21, "interrupt"), well(30), well(40)]
    assert "resume-infusion" not in steps(*events, **about)
    assert "resume-infusion" in steps(*events, well(45), **about)


def test_other_causes_than_car_t_leave_the_car_t_rows_out() -> None:
    found = suggested(febrile(20, **MASK), cause="bispecific", who=patient(baseline_systolic=120))
    assert "consult-label" not in found
    assert "glucocorticoid" not in found
