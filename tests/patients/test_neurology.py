"""Are ICE and CAPD scored item by item as published, kept with the assessment, and never guessed?"""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from grading.bedside_scores import CAPD, ICE
from patients import actions
from patients.models import Assessment, Patient, User
from tests.patients.assess import Form
from tests.patients.cast import a_patient, a_ward

FULL_ICE = {f"ice_score_{item.key}": str(item.most) for item in ICE}
WELL = {
    f"capd_score_{item.key.replace('-', '_')}": "always" if n < 4 else "never" for n, item in enumerate(CAPD)
}  # eye contact, purposeful, aware, communicates; restless, inconsolable, underactive, slow


@pytest.fixture
def patient(nurse: User) -> Patient:
    ward = a_ward(nurse)
    return a_patient(nurse, ward, bed=ward.beds.get())


@pytest.fixture
def child(nurse: User, patient: Patient) -> Patient:
    facts = actions.Facts(birth_date=date(2020, 1, 1), neurology_baseline="speaks Polish; hearing aid left")
    actions.change_facts(by=nurse, submission_id=uuid4(), patient=patient, facts=facts)
    return patient


def recorded(form: Form) -> Assessment:
    answer = form.record()
    assert answer.status_code == 302, answer.content.decode()
    return Assessment.objects.latest("id")


@pytest.mark.parametrize(
    ("answers", "score"),
    [
        ({}, 10),
        ({"ice_score_naming": "1", "ice_score_writing": "0"}, 7),
        (dict.fromkeys(FULL_ICE, "0"), 0),
    ],
)
def test_the_items_of_ice_are_summed_and_kept_with_the_assessment(
    nurse: User, patient: Patient, answers: dict[str, str], score: int
) -> None:
    row = recorded(Form(nurse, patient).fill(**(FULL_ICE | answers)))
    assert row.ice_score == score
    kept = row.typed["ice_items"]
    assert kept.keys() == {item.key for item in ICE}
    assert sum(map(int, kept.values())) == score


def test_a_score_can_be_typed_without_its_items(nurse: User, patient: Patient) -> None:
    row = recorded(Form(nurse, patient).fill(ice_score="8"))
    assert row.ice_score == 8
    assert row.typed["ice_score"]["text"] == "8"
    assert "ice_items" not in row.typed


def test_nothing_scored_is_not_charted_and_never_zero(nurse: User, patient: Patient) -> None:
    row = recorded(Form(nurse, patient).fill(temperature="37.0"))
    assert row.ice_score is None
    assert row.capd_score is None


@pytest.mark.parametrize("missing", sorted(FULL_ICE))
def test_a_missing_item_is_not_zero_and_holds_back_recording(nurse: User, patient: Patient, missing: str) -> None:
    form = Form(nurse, patient).fill(**(FULL_ICE | {missing: ""}))
    page = form.verdict()
    assert "7 of 8 items are scored; a missing item is not zero" in page
    assert "Not graded" in page
    assert form.record().status_code == 422
    assert not Assessment.objects.exists()


def test_a_typed_score_that_differs_from_its_items_is_refused(nurse: User, patient: Patient) -> None:
    form = Form(nurse, patient).fill(ice_score="9", **FULL_ICE)
    answer = form.record()
    assert answer.status_code == 422
    assert "9 is typed, and the items add up to 10" in answer.content.decode()
    assert recorded(form.fill(ice_score="10")).ice_score == 10


def test_the_live_panel_says_the_sum_and_grades_icans_by_it(nurse: User, patient: Patient) -> None:
    page = Form(nurse, patient).fill(**(FULL_ICE | {"ice_score_naming": "0"})).verdict()
    assert "The items add up to 7 of 10." in page
    assert "ICANS" in page


def test_items_beside_cannot_be_assessed_are_refused(nurse: User, patient: Patient) -> None:
    form = Form(nurse, patient).fill(neurology_not_assessed="sedated", **FULL_ICE)
    answer = form.record()
    assert answer.status_code == 422
    assert "«Cannot be assessed» is chosen beside this" in answer.content.decode()


def test_cannot_be_assessed_is_recorded_with_its_reason_and_grades_nothing(nurse: User, patient: Patient) -> None:
    row = recorded(Form(nurse, patient).fill(neurology_not_assessed="intubated"))
    assert row.neurology_not_assessed == "intubated"
    assert row.ice_score is None


def test_under_twelve_the_items_of_capd_are_asked_and_summed(nurse: User, child: Patient) -> None:
    form = Form(nurse, child)
    page = form.page.content.decode()
    assert "Score CAPD item by item" in page
    assert "Score ICE item by item" not in page
    row = recorded(form.fill(**(WELL | {"capd_score_eye_contact": "rarely", "capd_score_restless": "rarely"})))
    assert row.capd_score == 4  # 3 and 1
    assert row.typed["capd_items"]["eye-contact"] == "rarely"


def test_a_missing_capd_answer_is_not_zero(nurse: User, child: Patient) -> None:
    answer = Form(nurse, child).fill(capd_score_aware="always").record()
    assert answer.status_code == 422
    assert "1 of 8 items are scored" in answer.content.decode()


@pytest.mark.parametrize(("name", "value"), [("ice_score_naming", "4"), ("ice_score_city", "2"), ("ice_score", "11")])
def test_an_impossible_item_is_refused(nurse: User, patient: Patient, name: str, value: str) -> None:
    answer = Form(nurse, patient).fill(**(FULL_ICE | {name: value})).record()
    assert answer.status_code == 422
    assert not Assessment.objects.exists()


def test_the_baseline_before_therapy_stands_beside_the_section(nurse: User, child: Patient) -> None:
    assert "speaks Polish; hearing aid left" in Form(nurse, child).page.content.decode()


def test_a_patient_without_a_baseline_says_so(nurse: User, patient: Patient) -> None:
    assert (
        "Nothing is noted of language, vision and deficits before therapy" in Form(nurse, patient).page.content.decode()
    )


def test_the_baseline_is_charted_with_the_facts_and_shown_among_them(
    client: Client, nurse: User, patient: Patient
) -> None:
    client.force_login(nurse)
    said: dict[str, Any] = {
        "submission_id": str(uuid4()),
        "opened_on": patient.facts.pk,
        "birth_date": "14-Aug-1980",
        "allergies": "none-known",
        "neurology_baseline": "reads with glasses; writes with the left hand",
        "ceilings_of_care": "no intubation",
    }
    assert client.post(reverse("change_facts", args=[patient.pk]), said).status_code == 302
    assert Patient.objects.get(pk=patient.pk).facts.neurology_baseline == said["neurology_baseline"]
    page = client.get(reverse("patient_detail", args=[patient.pk])).content.decode()
    assert said["neurology_baseline"] in page
    assert "no intubation" in page


def test_what_cost_points_stands_in_the_table_of_assessments(client: Client, nurse: User, patient: Patient) -> None:
    recorded(
        Form(nurse, patient).fill(
            temperature="38.5", **(FULL_ICE | {"ice_score_naming": "2", "ice_score_writing": "0"})
        )
    )
    client.force_login(nurse)
    page = client.get(reverse("assessments", args=[patient.pk])).content.decode()
    assert "ICE 8 (naming 2 of 3, writing 0 of 1)" in page
