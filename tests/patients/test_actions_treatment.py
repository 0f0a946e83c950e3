"""Is what was done always recorded, with what is unusual about it, and is the second of two doses told of the first?"""

from decimal import Decimal
from typing import Any

import pytest

from patients import actions
from patients.models import Treatment
from tests.patients.care import PRESSOR, Care
from tests.patients.cast import a_patient, hours_ago

pytestmark = pytest.mark.django_db


@pytest.fixture
def care() -> Care:
    return Care()


def keys(row: Treatment) -> list[str]:
    return [one["key"] for one in row.marked]


def test_a_fifth_dose_is_recorded_and_marked(care: Care) -> None:
    given = [care.give(hours=hours) for hours in (40, 30, 20, 10, 1)]
    assert [keys(one) for one in given] == [[], [], [], [], ["over-the-count"]]
    assert given[4].marked[0]["words"] == "Dose 5 of tocilizumab in this course: 4 at most."
    assert Treatment.objects.standing().count() == 5


@pytest.mark.parametrize("name", ["Actemra", "RoActemra", "tofidence", "TYENNE", "Avtozma"])
def test_a_dose_within_eight_hours_of_another_is_recorded_and_marked_under_any_name(care: Care, name: str) -> None:
    care.give(hours=5)
    row = care.give(name, hours=1.5)
    assert keys(row) == ["too-soon"]
    assert row.marked[0]["words"].startswith("3 h 30 min after another dose of tocilizumab")
    assert keys(care.give("dexamethasone", hours=1)) == []


def test_a_dose_far_from_the_one_decided_on_is_recorded_and_marked(care: Care) -> None:
    decision = care.decide(care.assess(2, **PRESSOR), "tocilizumab")
    near = care.give(dose=Decimal(616), accepted_decision=decision)
    assert (keys(near), near.accepted_decision) == ([], decision)
    far = care.give(dose=Decimal(617), hours=0.5, accepted_decision=decision)
    assert far.marked[-1] == {
        "key": "off-dose",
        "words": "617 mg given, 560 mg decided on: more than 10% apart.",
    }


def test_a_dose_follows_only_an_accepted_decision_of_its_patient(care: Care) -> None:
    declined = care.decide(care.assess(2, **PRESSOR), "tocilizumab", "declined", reason="not-indicated")
    with pytest.raises(actions.Refused) as raised:
        care.give(accepted_decision=declined)
    assert raised.value.errors.keys() == {"accepted_decision"}
    accepted = care.decide(care.assess(1, **PRESSOR), "tocilizumab")
    other = a_patient(care.nurse, care.ward, mrn="2002")
    with pytest.raises(actions.Refused):
        care.give(accepted_decision=accepted, patient=other)


def test_the_second_of_two_first_doses_is_told_of_the_first(care: Care) -> None:
    seen: dict[str, Any] = {"doses_seen": []}
    first = care.give(hours=1, **seen)
    with pytest.raises(actions.NewDoseSince) as raised:
        care.give("Actemra", hours=0.5, **seen)
    assert raised.value.doses == (first,)
    assert "recorded by ada" in raised.value.errors["drug"]
    assert Treatment.objects.count() == 1
    second = care.give("Actemra", hours=0.5, confirmed_after=[first.pk], **seen)
    assert keys(second) == ["too-soon"]


def test_a_dose_that_the_form_showed_and_one_of_another_drug_are_not_asked_about(care: Care) -> None:
    first = care.give(hours=10)
    care.give("dexamethasone", hours=2)
    care.give(hours=1, doses_seen=[first.pk])
    assert Treatment.objects.count() == 3


def test_a_dose_withdrawn_meanwhile_is_no_dose(care: Care) -> None:
    care.withdraw(care.give(hours=2))
    assert keys(care.give(hours=1, doses_seen=[])) == []


def test_a_corrected_dose_is_marked_anew(care: Care) -> None:
    care.give(hours=10)
    row = care.give(hours=4)
    assert keys(row) == ["too-soon"]
    assert keys(care.correct(row, at=hours_ago(1))) == []


def test_a_dose_from_before_any_infusion_is_recorded() -> None:
    care = Care(infusion=False)
    assert keys(care.give(hours=1)) == []
