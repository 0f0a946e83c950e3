"""How much is suggested, to the milligram, with the arithmetic shown? (rules 4.2 to 4.5, 5)"""

from decimal import Decimal
from typing import Any

import pytest

from grading.record import Event, Patient
from grading.result import Dose, MissingDose
from tests.grading.ward import febrile, gave, graded, hours, infusion, on, patient, runs, suggested, weighs, well

AT = 50
SEVERE = {"vasopressors": (runs("norepinephrine", 5),)}


def dose(step: str, *events: Event, **about: Any) -> tuple[str, str]:
    """Amount and unit of a suggestion's dose at the last assessment."""
    found = suggested(*events, **about)[step].dose
    assert isinstance(found, Dose)
    return str(found.amount), found.unit


def missing(step: str, *events: Event, **about: Any) -> tuple[str, ...]:
    found = suggested(*events, **about)[step].dose
    assert isinstance(found, MissingDose)
    return found.missing


@pytest.mark.parametrize(
    ("weight", "amount"),
    [
        ("0.3", "3.6"),
        ("3.5", "42"),
        ("29.9", "359"),  # 358.8
        ("30", "240"),
        ("71", "568"),
        ("99.9", "799"),  # 799.2
        ("100", "800"),
        ("100.1", "800"),
        ("120", "800"),
        ("400", "800"),
    ],
)
def test_tocilizumab_is_12_mg_per_kg_below_30_kg_and_8_from_there_and_800_at_most(weight: str, amount: str) -> None:
    who = patient(11, weight)
    assert dose("tocilizumab", febrile(AT, **SEVERE), who=who) == (amount, "mg")


def test_a_dose_shows_its_arithmetic_and_its_limit() -> None:
    found = suggested(febrile(AT, **SEVERE), who=patient(weight=71))["tocilizumab"].dose
    assert isinstance(found, Dose)
    assert found.working == "8 mg/kg × 71 kg = 568 mg; limit 800 mg"


def test_a_dose_names_its_weight_with_the_day_it_was_charted() -> None:
    found = suggested(weighs(40, "72.5"), febrile(AT, **SEVERE))["tocilizumab"].dose
    assert isinstance(found, Dose)
    assert (found.weight_kg, found.weight_at, found.weight_old) == (Decimal("72.5"), hours(40), False)
    assert found.amount == 580


@pytest.mark.parametrize(("at", "old"), [(7 * 24, False), (7 * 24 + 0.02, True)])
def test_a_weight_over_seven_days_old_is_flagged(at: float, old: bool) -> None:
    found = suggested(febrile(at, **SEVERE))["tocilizumab"].dose
    assert isinstance(found, Dose)
    assert found.weight_old is old


def test_a_weight_charted_later_is_not_used() -> None:
    assert dose("tocilizumab", febrile(AT, **SEVERE), weighs(AT + 1, 50)) == ("560", "mg")


def test_a_weight_from_before_the_infusion_counts_but_the_patients_own_is_newer() -> None:
    who = Patient(age_years=Decimal(40))
    assert dose("tocilizumab", weighs(-100, 50), febrile(AT, **SEVERE), who=who) == ("400", "mg")
    assert dose("tocilizumab", weighs(-100, 50), febrile(AT, **SEVERE)) == ("560", "mg")


@pytest.mark.parametrize("protocol", ["review-2024", "lee-2014"])
def test_without_a_weight_there_is_no_dose_but_what_to_chart(protocol: str) -> None:
    events = febrile(AT, vasopressors=(runs("norepinephrine", 5), runs("dopamine")))
    assert missing("tocilizumab", events, who=patient(weight=None), protocol=protocol) == ("weight_kg",)


@pytest.mark.parametrize(
    ("age", "weight", "amount"), [("18", "71", "284"), ("17.9", "71", "568"), ("40", "250", "800"), ("11", "20", "160")]
)
def test_lees_tocilizumab_is_4_mg_per_kg_from_18_years_and_8_for_a_child(age: str, weight: str, amount: str) -> None:
    two = febrile(AT, vasopressors=(runs("norepinephrine", 5), runs("dopamine")))
    assert dose("tocilizumab", two, who=patient(age, weight), protocol="lee-2014") == (amount, "mg")


def choices(*events: Event, **about: Any) -> dict[str | None, tuple[str, str, int | None]]:
    found = suggested(*events, **about)["glucocorticoid"].choices
    return {c.drug: (str(c.amount), c.unit, c.every_h) for c in found if isinstance(c, Dose)}


def test_the_review_gives_three_glucocorticoids_to_an_adult() -> None:
    assert choices(febrile(AT, **SEVERE)) == {
        "hydrocortisone": ("100", "mg", 8),
        "dexamethasone": ("10", "mg", 6),
        "methylprednisolone": ("70", "mg", 24),
    }


def test_the_flat_doses_are_not_given_to_a_child() -> None:
    assert choices(febrile(AT, **SEVERE), who=patient("17.9", 60)) == {"methylprednisolone": ("60", "mg", 24)}


def test_lees_glucocorticoid_is_2_mg_per_kg_a_day() -> None:
    two = febrile(AT, vasopressors=(runs("norepinephrine", 5), runs("dopamine")))
    assert choices(two, protocol="lee-2014")["methylprednisolone"] == ("140", "mg", 24)


def test_lees_dexamethasone_comes_with_neurologic_toxicity_and_stops_at_10_mg() -> None:
    def with_brain(weight: int) -> tuple[str, str, int | None]:
        events = febrile(AT, organ_toxicity={"neurologic": 3})
        return choices(events, who=patient(weight=weight), protocol="lee-2014")["dexamethasone"]

    assert with_brain(12) == ("6.0", "mg", None)
    assert with_brain(20) == ("10", "mg", None)
    assert with_brain(70) == ("10", "mg", None)


@pytest.mark.parametrize(
    ("weight", "height", "amount"),
    [
        (45, None, "8"),
        ("44.9", 160, "7.1"),  # 5 × √(44.9 × 160 ÷ 3,600) = 7.06
        (12, 85, "2.7"),  # 5 × 0.5323 = 2.66
        (44, 240, "8"),  # 8.56, stopped at 8
    ],
)
def test_dexamethasone_after_a_bispecific_is_8_mg_or_by_surface_below_45_kg(
    weight: Any, height: Any, amount: str
) -> None:
    found = dose("dexamethasone", febrile(10, **SEVERE), cause="bispecific", who=patient(40, weight, height))
    assert (Decimal(found[0]), found[1]) == (Decimal(amount), "mg")


def test_below_45_kg_the_height_is_asked_for() -> None:
    who = patient(11, 36, None)
    assert missing("dexamethasone", febrile(10, **SEVERE), cause="bispecific", who=who) == ("height_cm",)
    nobody = patient(11, None, None)
    assert missing("dexamethasone", febrile(10, **SEVERE), cause="bispecific", who=nobody) == ("weight_kg",)


def resumed(who: Patient) -> Any:
    quiet = [well(hour) for hour in (30, 40, 50, 54)]
    events: list[Event] = [febrile(10, **SEVERE), infusion(11, "interrupt"), *quiet]
    return suggested(*events, cause="bispecific", product="Blincyto", who=who)["resume-infusion"]


def test_blinatumomab_resumes_at_9_mcg_a_day_and_then_28() -> None:
    found = resumed(patient())
    assert isinstance(found.dose, Dose)
    assert isinstance(found.then, Dose)
    assert (str(found.dose.amount), found.dose.unit) == ("9", "mcg/day")
    assert (str(found.then.amount), found.then.unit) == ("28", "mcg/day")


def test_below_45_kg_blinatumomab_resumes_by_body_surface() -> None:
    found = resumed(patient(6, 20, 115))  # √(20 × 115 ÷ 3,600) = 0.7993 m²
    assert isinstance(found.dose, Dose)
    assert isinstance(found.then, Dose)
    assert found.dose.amount == Decimal("4.0")
    assert found.then.amount == Decimal(12)  # 11.99


def test_blinatumomab_by_body_surface_stops_at_the_flat_doses() -> None:
    found = resumed(patient(40, "44.9", 260))  # 1.8008 m²: 9.004 and 27.01
    assert isinstance(found.dose, Dose)
    assert isinstance(found.then, Dose)
    assert found.dose.amount == 9
    assert found.then.amount == 27


def test_high_dose_methylprednisolone_runs_from_2_mg_per_kg_to_1000_mg() -> None:
    events: list[Event] = [
        febrile(24, **SEVERE),
        gave(24, "tocilizumab", dose=560, unit="mg", route="iv"),
        gave(24, "dexamethasone", dose=10, unit="mg", route="iv"),
        febrile(32, **SEVERE),
        gave(32, "tocilizumab", dose=560, unit="mg", route="iv"),
        febrile(36, **SEVERE),
        febrile(40, **SEVERE),
    ]
    found = suggested(*events)["high-dose-steroid"]
    assert isinstance(found.dose, Dose)
    assert isinstance(found.up_to, Dose)
    assert [found.dose.amount, found.up_to.amount] == [Decimal(140), Decimal(1000)]


def test_tocilizumab_after_blinatumomab_is_8_mg_per_kg_at_any_weight() -> None:
    events: list[Event] = [
        febrile(10, **SEVERE),
        gave(10, "dexamethasone", dose=5, unit="mg", route="iv"),
        febrile(14, **SEVERE),
        febrile(18, **SEVERE),
    ]
    who = patient(6, 20, 115)
    assert dose("tocilizumab", *events, cause="bispecific", product="blinatumomab", who=who) == ("160", "mg")
    assert dose("tocilizumab", *events, cause="bispecific", product="teclistamab", who=who) == ("240", "mg")


def test_doses_given_are_a_ledger() -> None:
    events: list[Event] = [
        gave(-31 * 24, "tocilizumab", dose=560),
        gave(-24, "RoActemra", dose=560),
        febrile(24, **SEVERE),
        gave(25, "Actemra", dose=560),
    ]

    found = graded(*events)
    assert [entry.at for entry in found.tocilizumab] == [hours(-24), hours(25)]
    assert found.tocilizumab_next_from == hours(33)
    assert found.tocilizumab_allowed == 4


def test_oxygen_alone_changes_no_dose() -> None:
    assert dose("tocilizumab", febrile(AT, oxygen=on("simple-mask", 8))) == ("560", "mg")
