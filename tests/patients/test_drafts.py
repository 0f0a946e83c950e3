"""What was typed before «Escalate now»: is it kept for its author, with its age, and never graded into the record?"""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from patients.models import Assessment, Draft, Patient, Role, StoredVerdict, User, Ward
from tests.patients.assess import Form
from tests.patients.cast import a_patient, a_user
from tests.patients.pages import words_of

TYPED: dict[str, Any] = {"temperature": "38.9", "oxygen_device": "nasal-cannula", "note": "shivers\nsince noon"}


def escalate(form: Form, **extra: Any) -> Any:
    return form.client.post(form.address.replace("assess/", "draft/leave/"), form.values | extra)


def test_what_is_typed_is_kept_and_the_concern_is_asked(nurse: User, patient: Patient) -> None:
    form = Form(nurse, patient).fill(**TYPED)
    answer = escalate(form)
    assert (answer.status_code, answer.url) == (302, reverse("raise_concern", args=[patient.pk]))
    assert "Your draft of the assessment is kept" in words_of(form.client.get(answer.url))
    again = Form(nurse, patient)
    assert {name: again.values[name].replace("\r\n", "\n") for name in TYPED} == TYPED
    assert "It is not recorded." in words_of(again.page)
    assert "Not recorded: please correct" not in words_of(again.page)


def test_a_script_is_told_where_to_go(nurse: User, patient: Patient) -> None:
    form = Form(nurse, patient).fill(**TYPED)
    answer = form.client.post(
        form.address.replace("assess/", "draft/leave/"), form.values, headers={"HX-Request": "true"}
    )
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, reverse("raise_concern", args=[patient.pk]))


def test_a_draft_grades_nothing(nurse: User, patient: Patient) -> None:
    escalate(Form(nurse, patient).fill(temperature="39.5", hypotension="yes"))
    assert not Assessment.objects.exists()
    assert not StoredVerdict.objects.exists()
    page = words_of(Form(nurse, patient).client.get(reverse("patient_detail", args=[patient.pk])))
    assert "Not assessed" in page


def test_the_draft_is_charted_as_of_when_it_was_typed(nurse: User, patient: Patient) -> None:
    escalate(Form(nurse, patient).fill(**TYPED))
    kept = Draft.objects.get()
    Draft.objects.update(updated_at=kept.updated_at - timedelta(hours=2))
    again = Form(nurse, patient)
    assert "2 h ago" in words_of(again.page)
    assert again.record().status_code == 302
    assert kept.updated_at - Assessment.objects.get().at >= timedelta(hours=2)
    assert not Draft.objects.exists()
    assert Form(nurse, patient).values["temperature"] == ""


def test_a_time_that_was_typed_stays_as_typed(nurse: User, patient: Patient) -> None:
    form = Form(nurse, patient).fill(temperature="38.9", seen_at="not a time")
    escalate(form)
    again = Form(nurse, patient)
    assert again.values["seen_at"] == "not a time"
    assert "correct the seen at" in words_of(again.page)


@pytest.mark.parametrize("role", [Role.NURSE, Role.PHYSICIAN])
def test_nobody_else_sees_the_draft(role: Role, nurse: User, ward: Ward, patient: Patient) -> None:
    escalate(Form(nurse, patient).fill(**TYPED))
    other = a_user("another", role)
    other.wards.add(ward)
    page = Form(other, patient)
    assert page.values["temperature"] == ""
    assert "draft" not in words_of(page.page)


def test_after_twelve_hours_it_is_no_longer_offered(nurse: User, patient: Patient) -> None:
    escalate(Form(nurse, patient).fill(**TYPED))
    Draft.objects.update(updated_at=Draft.objects.get().updated_at - timedelta(hours=12))
    assert Form(nurse, patient).values["temperature"] == ""


def test_an_empty_form_leaves_no_draft(nurse: User, patient: Patient) -> None:
    assert escalate(Form(nurse, patient)).status_code == 302
    assert not Draft.objects.exists()


def test_the_author_drops_it(nurse: User, patient: Patient) -> None:
    form = Form(nurse, patient).fill(**TYPED)
    escalate(form)
    answer = form.client.post(reverse("drop_draft", args=[patient.pk]), {"form": "assess"})
    assert (answer.status_code, answer.headers["Location"]) == (302, form.address)
    assert not Draft.objects.exists()


def test_a_form_of_another_patient_or_user_keeps_no_draft_and_still_leads_to_the_concern(
    nurse: User, ward: Ward, patient: Patient
) -> None:
    form = Form(nurse, patient).fill(**TYPED)
    other = a_user("another")
    other.wards.add(ward)
    neighbor = a_patient(nurse, ward, mrn="1002")
    for ticket in (Form(other, patient), Form(nurse, neighbor)):
        answer = escalate(form, draft_ticket=ticket.values["draft_ticket"])
        assert answer.status_code == 409
        assert reverse("raise_concern", args=[patient.pk]) in answer.content.decode()
    assert escalate(form, draft_ticket=f"{form.values['draft_ticket']}x").status_code == 409
    assert not Draft.objects.exists()


def test_an_error_in_the_form_is_no_reason_to_lose_it(nurse: User, patient: Patient) -> None:
    escalate(
        Form(nurse, patient).fill(temperature="389", vasopressors__0__agent="norepinephrine", vasopressors__0__rate="x")
    )
    again = Form(nurse, patient)
    assert again.values["temperature"] == "389"
    assert again.values["vasopressors-0-rate"] == "x"
