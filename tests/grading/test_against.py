"""What stands beside a dose from the record? From rules 5 (harms to watch) and 4.1 (the number for the ANC)."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

import pytest

from grading.against import Fact, Recorded, allergic, beside, weighed_since
from grading.record import Laboratory, Treatment, Weight
from grading.result import Dose, MissingDose
from grading.terms import Truth
from tests.grading.ward import hours

NOW = hours(48)


def result(analyte: str, value: str, hours_before: float = 2, **more: str | None) -> Laboratory:
    limits = {
        name: None if more.get(name) is None else Decimal(str(more[name])) for name in ("lower_limit", "upper_limit")
    }
    unit = more.get("unit", {"anc": "10^9/L", "platelets": "10^9/L", "alt": "U/L"}[analyte])
    return Laboratory(
        at=NOW - timedelta(hours=hours_before), analyte=analyte, value=Decimal(value), unit=unit, **limits
    )


def facts(
    drug: str = "tocilizumab",
    allergies: Sequence[str] | None = (),
    results: Sequence[Laboratory] = (),
    infection_open: Sequence[str] | None = (),
    ceilings: str = "",
) -> dict[str, Fact]:
    recorded = Recorded(now=NOW, allergies=allergies, results=results, infection_open=infection_open, ceilings=ceilings)
    return {fact.key: fact for fact in beside(drug, recorded, {"ourtoci": "tocilizumab"})}


@pytest.mark.parametrize(
    "allergy",
    ["tocilizumab", "Actemra", "RoActemra", "Tyenne (rash)", "ACTEMRA: anaphylaxis", "ourtoci", "Tocilizumap"],
)
def test_an_allergy_to_the_drug_under_any_of_its_names_speaks_against_it(allergy: str) -> None:
    fact = facts(allergies=["penicillin", allergy])["allergy"]
    assert fact.against is Truth.YES
    assert fact.words == f"Allergy: {allergy}"


@pytest.mark.parametrize("allergy", ["penicillin", "contrast medium", "trastuzumab", "latex"])
def test_another_allergy_does_not(allergy: str) -> None:
    fact = facts(allergies=[allergy])["allergy"]
    assert fact.against is Truth.NO
    assert allergy in fact.words


def test_an_allergy_to_a_class_holds_for_its_drugs() -> None:
    assert allergic("dexamethasone", "corticosteroids", {})
    assert allergic("Solu-Medrol", "steroids", {})
    assert not allergic("tocilizumab", "steroids", {})


def test_allergies_that_are_not_recorded_are_not_known() -> None:
    assert facts(allergies=None)["allergy"].against is Truth.UNKNOWN


def test_results_are_judged_by_their_own_charted_limits() -> None:
    found = facts(
        results=[
            result("anc", "0.9", lower_limit="1.5"),
            result("platelets", "160", lower_limit="150"),
            result("alt", "210", upper_limit="40"),
        ]
    )
    assert [found[key].against for key in ("anc", "platelets", "alt")] == [Truth.YES, Truth.NO, Truth.YES]
    assert found["alt"].words == "ALT 210 U/L: above its upper limit of 40"
    assert found["alt"].age == "2 h old"


@pytest.mark.parametrize(
    ("value", "unit", "against"),
    [
        ("0.49", "10^9/L", Truth.YES),
        ("0.5", "10^9/L", Truth.UNKNOWN),
        ("480", "cells/uL", Truth.YES),
        ("480", "furlongs", Truth.UNKNOWN),
    ],
)
def test_the_anc_has_a_number_of_its_own(value: str, unit: str, against: Truth) -> None:
    assert facts(results=[result("anc", value, unit=unit)])["anc"].against is against


def test_a_result_without_limits_is_not_called_normal() -> None:
    found = facts(results=[result("platelets", "12"), result("alt", "30")])
    assert {found[key].against for key in ("anc", "platelets", "alt")} == {Truth.UNKNOWN}
    assert "no lower limit charted" in found["platelets"].words
    assert found["anc"].words == "ANC: no result"


def test_a_result_over_24_h_old_never_speaks_for_a_dose() -> None:
    good, bad = result("platelets", "200", 24.1, lower_limit="150"), result("alt", "210", 30, upper_limit="40")
    found = facts(results=[good, bad])
    assert found["platelets"].against is Truth.UNKNOWN
    assert found["alt"].against is Truth.YES
    assert "over 24 h" in found["alt"].age


def test_the_latest_result_counts_and_none_from_later() -> None:
    series = [result("alt", "300", 9, upper_limit="40"), result("alt", "30", 1, upper_limit="40")]
    later = result("alt", "900", -1, upper_limit="40")
    assert facts(results=[later, *series])["alt"].against is Truth.NO


def test_a_latest_count_that_cannot_be_read_is_not_known_whatever_an_older_one_said() -> None:
    unread = Laboratory(at=NOW - timedelta(hours=1), analyte="anc", value=None, unit="per field")
    fact = facts(results=[result("anc", "3", hours_before=3, lower_limit="1.5"), unread])["anc"]
    assert fact.against is Truth.UNKNOWN
    assert "cannot be read" in fact.words


def test_infection_that_is_not_excluded_names_what_is_not_ticked() -> None:
    fact = facts(infection_open=["Blood cultures"])["infection"]
    assert (fact.against, fact.words) == (Truth.YES, "Infection is not excluded; not ticked: Blood cultures")
    assert facts(infection_open=())["infection"].against is Truth.NO
    assert facts(infection_open=None)["infection"].against is Truth.UNKNOWN


def test_ceilings_of_care_stand_beside_every_drug() -> None:
    fact = facts("blinatumomab", ceilings="no intubation")["ceilings"]
    assert (fact.against, fact.words) == (Truth.YES, "Ceilings of care: no intubation")
    assert facts("blinatumomab")["ceilings"].against is Truth.UNKNOWN


def test_what_speaks_against_a_dose_stands_first() -> None:
    recorded = Recorded(now=NOW, allergies=(), infection_open=(), ceilings="no intensive care")
    order = [fact.against for fact in beside("Actemra", recorded, {})]
    assert order == sorted(order, reverse=True)


def test_blood_counts_stand_beside_the_drugs_that_lower_them_only() -> None:
    assert {"anc", "platelets", "alt"} <= facts("Kineret").keys()
    assert facts("dexamethasone").keys() == {"allergy", "infection", "ceilings"}
    assert facts("blinatumomab").keys() == {"allergy", "ceilings"}


def since(drug: str, *treatments: Treatment, assessed: float = 47) -> list[Fact]:
    recorded = Recorded(now=NOW, allergies=(), assessed_at=hours(assessed), treatments=treatments)
    return [fact for fact in beside(drug, recorded, {"ourtoci": "tocilizumab"}) if fact.key == "given"]


def a_dose(drug: str, at: float = 47.5, **more: str) -> Treatment:
    return Treatment(at=hours(at), drug=drug, dose=Decimal(560), unit="mg", **more)


@pytest.mark.parametrize("name", ["tocilizumab", "Actemra", "ourtoci"])
def test_a_dose_of_the_drug_since_the_assessment_speaks_against_another(name: str) -> None:
    (fact,) = since("RoActemra", a_dose(name))
    assert fact.against is Truth.YES
    assert (fact.words, fact.age) == (f"Given since this assessment: {name} 560 mg", "30 min ago")
    assert fact.since == hours(47.5)


def test_a_dose_that_the_assessment_counts_or_of_another_drug_is_no_dose_since() -> None:
    assert since("tocilizumab", a_dose("tocilizumab", at=47), a_dose("tocilizumab", at=40), a_dose("anakinra")) == []


def test_any_treating_glucocorticoid_since_speaks_against_a_glucocorticoid_and_premedication_does_not() -> None:
    given = (
        a_dose("Decadron"),
        a_dose("hydrocortisone", purpose="premedication"),
        a_dose("prednisone", route="topical"),
    )
    assert [fact.words for fact in since("methylprednisolone", *given)] == [
        "Given since this assessment: Decadron 560 mg"
    ]
    assert since("tocilizumab", *given) == []


def test_a_dose_since_of_unknown_size_is_said_and_stands_before_an_allergy() -> None:
    recorded = Recorded(
        now=NOW,
        allergies=["Actemra"],
        assessed_at=hours(47),
        treatments=[Treatment(at=hours(47.5), drug="tocilizumab")],
    )
    first = beside("tocilizumab", recorded, {})[0]
    assert first.words == "Given since this assessment: tocilizumab (dose not charted)"


@pytest.mark.parametrize(
    ("dose", "words"),
    [
        (Dose(Decimal(560), "mg", "", weight_kg=Decimal(70)), "; the dose is reckoned with 70 kg"),
        (MissingDose(("weight_kg",)), ""),
        (Dose(Decimal(608), "mg", "", weight_kg=Decimal(76)), None),
        (Dose(Decimal(10), "mg", ""), None),
        (MissingDose(("height_cm",)), None),
    ],
)
def test_a_weight_since_the_assessment_is_said_beside_a_dose_that_rests_on_another_or_lacks_it(
    dose: Dose | MissingDose, words: str | None
) -> None:
    weights = [Weight(at=hours(at), weight_kg=Decimal(kg)) for at, kg in ((47.5, 76), (47.2, 75), (30, 70))]
    fact = weighed_since(dose, Recorded(now=NOW, allergies=(), assessed_at=hours(47), weights=weights))
    assert (fact and fact.words) == (None if words is None else f"Weight charted since this assessment: 76 kg{words}")
