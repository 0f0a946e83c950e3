"""Which one fact keeps a step from being suggested, or brings it? (rules 4.1 to 4.5; decision 2)"""

from typing import Any

import pytest

from grading.record import Event
from grading.result import Dose
from grading.words import CAUSES, PROTOCOLS
from tests.grading.ward import died, febrile, gave, graded, hours, infusion, last, on, patient, runs, suggested, well

MINUTE = 1 / 60
LOW: dict[str, Any] = {"oxygen": on("nasal-cannula", 2)}  # grade 2
MASK: dict[str, Any] = {"oxygen": on("simple-mask", 8)}  # grade 3
VENTILATED: dict[str, Any] = {"oxygen": on("bipap", for_hypoxia=True)}  # grade 4
BLINCYTO: dict[str, Any] = {"cause": "bispecific", "product": "Blincyto"}
LEE: dict[str, Any] = {"protocol": "lee-2014"}
NOT_EARLY = patient(extensive_comorbidities=False)


def steps(*events: Event, **about: Any) -> set[str]:
    return set(suggested(*events, **about))


def toci(at: float) -> Event:
    return gave(at, "tocilizumab", dose=560, unit="mg", route="iv")


def dexa(at: float) -> Event:
    return gave(at, "dexamethasone", dose=10, unit="mg", route="iv")


# --- taper-steroid, under the review


def tapered(
    fields: dict[str, Any], *, at_dose: dict[str, Any] | None = None, fever: bool = False, **about: Any
) -> bool:
    """Is a taper suggested 10 hours after a dexamethasone that was given at grade 3?"""
    now = (febrile if fever else well)(60, **fields)
    start = febrile(50, **(MASK if at_dose is None else at_dose))
    return "taper-steroid" in steps(start, dexa(50), now, **about)


def test_an_improved_patient_is_tapered() -> None:
    assert tapered({})
    assert tapered({}, fever=True)


def test_without_vasopressors_in_force_there_is_no_taper_however_certain_the_grade() -> None:
    assert tapered({"attributed_elsewhere": ("hypotension",)})
    assert not tapered({"attributed_elsewhere": ("hypotension",), "vasopressors": None})


def test_without_oxygen_in_force_there_is_no_taper_however_certain_the_grade() -> None:
    assert tapered({"attributed_elsewhere": ("hypoxia",)})
    assert not tapered({"attributed_elsewhere": ("hypoxia",), "oxygen": None})


@pytest.mark.parametrize(
    ("agent", "shown"),
    [
        (runs("norepinephrine", 1, for_hypotension=False), False),
        (runs("vasopressin", for_hypotension=False), False),
        (runs("milrinone"), True),
    ],
)
def test_a_vasopressor_for_any_reason_keeps_the_dose_and_an_inotrope_does_not(agent: Any, shown: bool) -> None:
    assert tapered({"vasopressors": (agent,)}) is shown


@pytest.mark.parametrize(
    ("oxygen", "shown"),
    [
        (on("nasal-cannula", 6, 30), True),
        (on("nasal-cannula", "6.1", 30), False),
        (on("nasal-cannula", None, 30), False),
        (on("simple-mask", 5, 30), False),
        (on("high-flow-nasal-cannula", 6, 30), True),
        (on("high-flow-nasal-cannula", None, 30), False),
        (on("cpap", for_hypoxia=False), True),
    ],
)
def test_oxygen_that_is_or_may_be_beyond_low_flow_keeps_the_dose(oxygen: Any, shown: bool) -> None:
    """By CTCAE each of these is grade 2 for certain or less: only the device and its flow can decide."""
    found = last(febrile(60, oxygen=oxygen), cause="bispecific").verdict
    assert found is not None
    assert found.certain
    assert tapered({"oxygen": oxygen, "severe_grade_2": False}, fever=True, cause="bispecific") is shown


def test_a_taper_needs_a_certain_grade_and_a_clear_icans() -> None:
    assert not tapered({"temperature_c": None})
    assert not tapered({"seizure": None}, at_dose={**MASK, "seizure": None})
    assert not tapered({"ice_score": 9})
    assert not tapered({"ice_score": None, "consciousness": None, "seizure": None, "neurology_not_assessed": "asleep"})


def test_a_grade_that_is_not_below_the_grade_at_the_first_dose_is_no_improvement() -> None:
    assert not tapered({}, at_dose={}, fever=True)  # 1 at the dose, 1 now
    assert tapered({}, at_dose={})  # 0 now
    judged = {**LOW, "severe_grade_2": False}
    assert not tapered(judged, at_dose=LOW, fever=True)  # 2 at the dose, 2 now
    assert tapered(judged, fever=True)


def test_at_grade_2_only_a_no_to_severe_allows_a_taper() -> None:
    assert not tapered(LOW, fever=True)
    assert not tapered({**LOW, "severe_grade_2": True}, fever=True)


def test_a_taper_is_for_a_glucocorticoid_of_the_last_24_hours() -> None:
    start = febrile(50, **MASK), dexa(50)
    assert "taper-steroid" in steps(*start, well(74))
    assert "taper-steroid" not in steps(*start, well(74 + MINUTE))


# --- taper-steroid and no-immunosuppression, under Lee

RISING = [febrile(50, **LOW), toci(50), febrile(60, **VENTILATED), dexa(60)]
FAILED_AT_2 = [febrile(50, **LOW), toci(50), febrile(60, **LOW)]


def test_under_lee_there_is_no_taper_beside_a_repeated_tocilizumab() -> None:
    """Grade 2 at tocilizumab and again 24 hours later; the glucocorticoid was begun at 4."""
    about: dict[str, Any] = {**LEE, "who": NOT_EARLY}
    repeating = steps(*RISING, febrile(74, **LOW), **about)
    assert "repeat-tocilizumab" in repeating
    assert "taper-steroid" not in repeating
    twice = steps(*RISING, toci(61), febrile(74, **LOW), **about)
    assert "repeat-tocilizumab" not in twice
    assert "taper-steroid" in twice


@pytest.mark.parametrize(("comorbidities", "age", "shown"), [(False, 40, True), (None, 40, False), (False, 65, False)])
def test_under_lee_grade_2_is_tapered_only_if_known_not_early(comorbidities: Any, age: int, shown: bool) -> None:
    who = patient(age, extensive_comorbidities=comorbidities)
    events = [febrile(50, **VENTILATED), dexa(50), febrile(60, **LOW)]
    assert ("taper-steroid" in steps(*events, who=who, **LEE)) is shown


def test_no_immunosuppression_is_never_beside_a_repeated_tocilizumab() -> None:
    about: dict[str, Any] = {**LEE, "who": NOT_EARLY}
    waiting = steps(*FAILED_AT_2, febrile(74 - MINUTE, **LOW), **about)
    assert "no-immunosuppression" in waiting
    assert "repeat-tocilizumab" not in waiting
    failed = steps(*FAILED_AT_2, febrile(74, **LOW), **about)
    assert "repeat-tocilizumab" in failed
    assert "no-immunosuppression" not in failed


# --- Tocilizumab and blinatumomab


def test_after_blinatumomab_the_review_gives_8_mg_per_kg_below_30_kg_and_only_once() -> None:
    child = patient(6, 20, 115)
    events = [febrile(10, **MASK), dexa(10), febrile(14, **MASK), febrile(18, **MASK)]
    dose = suggested(*events, who=child, **BLINCYTO)["tocilizumab"].dose
    assert isinstance(dose, Dose)
    assert dose.amount == 160
    after = [*events, toci(18), febrile(26, **MASK)]
    assert not {"tocilizumab", "repeat-tocilizumab"} & steps(*after, who=child, **BLINCYTO)


def test_the_one_dose_after_blinatumomab_is_of_the_course_and_not_of_the_episode() -> None:
    first = [febrile(10, **MASK), toci(10), well(16), well(28), well(40)]
    second = [febrile(100, **MASK), dexa(100), febrile(108, **MASK)]
    assert "tocilizumab" not in steps(*first, *second, **BLINCYTO)
    assert "tocilizumab" in steps(*first, *second, cause="bispecific", product="teclistamab")


def test_under_lee_four_doses_are_allowed_after_blinatumomab_too() -> None:
    events = [febrile(10, **MASK), toci(10), febrile(34, **MASK)]
    assert "repeat-tocilizumab" in steps(*events, **LEE, **BLINCYTO)
    assert graded(*events, **LEE, **BLINCYTO).tocilizumab_allowed == 4
    assert graded(*events, **BLINCYTO).tocilizumab_allowed == 1


@pytest.mark.parametrize(("doses", "shown"), [(3, True), (4, False)])
def test_under_lee_a_new_episode_gets_the_fourth_dose_and_no_fifth(doses: int, shown: bool) -> None:
    given = [toci(10 + 0.5 * n) for n in range(doses)]
    events = [febrile(10, **MASK), *given, well(16), well(28), well(40), febrile(100, **MASK)]
    assert ("tocilizumab" in steps(*events, **LEE)) is shown
    assert ("tocilizumab" in steps(*events)) is shown


def test_grade_2_repeats_tocilizumab_unless_it_is_judged_not_severe() -> None:
    events = [febrile(50, **LOW), toci(50)]
    assert {"repeat-tocilizumab", "look-again", "glucocorticoid"} <= steps(*events, febrile(58, **LOW))
    judged = steps(*events, febrile(58, **LOW, severe_grade_2=False))
    assert not {"repeat-tocilizumab", "look-again", "glucocorticoid"} & judged


# --- Before CRS is confirmed, and after a death


def test_unconfirmed_grade_4_interrupts_a_bispecific_and_stops_nothing_for_good() -> None:
    found = steps(well(20, **VENTILATED), cause="bispecific")
    assert {"confirm-crs", "interrupt-infusion"} <= found
    assert not {"discontinue-permanently", "dexamethasone", "tocilizumab"} & found
    agreed = steps(well(20, **VENTILATED, crs_confirmed=True), cause="bispecific")
    assert "discontinue-permanently" in agreed
    assert not {"confirm-crs", "interrupt-infusion"} & agreed


@pytest.mark.parametrize("due_to_crs", [True, False, None])
def test_after_a_charted_death_nothing_is_suggested(due_to_crs: bool | None) -> None:
    alive, dead = graded(febrile(50, **MASK)), graded(febrile(50, **MASK), died(60, due_to_crs=due_to_crs))
    assert alive.suggestions
    assert dead.suggestions == ()
    assert dead.died_at == hours(60)


# --- What rests on the house, and what fits on a card


@pytest.mark.parametrize("step", ["intensive-care", "echocardiogram"])
def test_a_grade_met_only_by_an_estimated_fio2_marks_what_follows_from_it(step: str) -> None:
    def house(**fields: Any) -> bool:
        return suggested(febrile(50, **fields), **LEE)[step].house

    assert house(**MASK) is True
    assert house(oxygen=on("simple-mask", 8, 50)) is False
    assert house(**MASK, organ_toxicity={"renal": 3}) is False


def test_a_waiver_by_the_house_marks_what_follows_from_it() -> None:
    """An antipyretic waives fever by a house interpretation, an anticytokine drug by the review."""

    def house(drug: str) -> bool:
        pressed = well(60, vasopressors=(runs("norepinephrine", 1),))
        return suggested(febrile(24), gave(50, drug, route="iv"), pressed)["intensive-care"].house

    assert house("tocilizumab") is False
    assert house("paracetamol") is True


ABSURD = "Autologous anti-everything chimeric antigen receptor T cells, " * 6


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("cause", CAUSES)
def test_every_headline_stays_under_140_characters_whatever_the_product_is_called(protocol: str, cause: str) -> None:
    course: list[Event] = [
        *(febrile(10), febrile(12, **LOW), febrile(14, **MASK, ice_score=2), toci(14), dexa(14), febrile(16)),
        *(febrile(22, **MASK), toci(23), febrile(31, **MASK, organ_toxicity={"neurologic": 3}), febrile(32, **MASK)),
        *(infusion(33, "interrupt"), febrile(40, **VENTILATED), well(46), well(58), well(70), well(74, **VENTILATED)),
    ]
    who = patient(extensive_comorbidities=True, long_term_glucocorticoid=True)
    for product in (ABSURD, "x" * 300, f"blinatumomab {ABSURD}"):
        found = graded(*course, cause=cause, product=product, protocol=protocol, who=who).assessments
        headlines = [step.headline for assessment in found for step in assessment.suggestions]
        assert headlines
        assert max(map(len, headlines)) < 140
