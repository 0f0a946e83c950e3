"""Has an attribution an author, a time and a reason, does every grade say it, and is it asked again when it ran out?"""

from decimal import Decimal
from typing import Any
from uuid import uuid4

from django.test import Client
from django.urls import reverse

from patients import actions
from patients.models import Assessment, Patient, User
from tests.patients.assess import Form
from tests.patients.cast import an_assessment, charted, hours_ago
from tests.patients.pages import words_of

HYPOTENSION: dict[str, Any] = {"temperature_c": Decimal("38.9"), "systolic": Decimal(80), "diastolic": Decimal(50)}


def attribute(by: User, patient: Patient, hours: float, **fields: Any) -> Assessment:
    return actions.record_assessment(
        by=by,
        submission_id=uuid4(),
        patient=patient,
        assessment=charted(**HYPOTENSION, attributed_elsewhere=("hypotension",), **fields),
        at=hours_ago(hours),
        attribution_reason="bleeding into the thigh",
    )


def page_of(client: Client, user: User, patient: Patient) -> str:
    client.force_login(user)
    return words_of(client.get(reverse("patient_detail", args=[patient.pk])))


def test_an_attribution_is_recorded_with_its_reason(nurse: User, patient: Patient) -> None:
    form = Form(nurse, patient).fill(temperature="38.9", attributed_elsewhere=["hypotension"])
    assert "Not graded" not in form.verdict()
    answer = form.record()
    assert answer.status_code == 422
    assert "Reason: Say why it has another cause." in words_of(answer)
    assert form.fill(attribution_reason="bleeding into the thigh").record().status_code == 302
    row = Assessment.objects.get()
    assert (row.attributed_elsewhere, row.attribution_reason) == (["hypotension"], "bleeding into the thigh")


def test_a_reason_for_nothing_is_asked_about(nurse: User, patient: Patient) -> None:
    answer = Form(nurse, patient).fill(temperature="38.9", attribution_reason="bleeding").record()
    assert answer.status_code == 422
    assert "Tick what has another cause, or clear the reason." in words_of(answer)


def test_a_withdrawal_needs_no_reason_and_takes_one(nurse: User, patient: Patient) -> None:
    assert Form(nurse, patient).fill(attributed_none="on").record().status_code == 302
    answer = Form(nurse, patient).fill(attributed_none="on", attribution_reason="the film was clear").record()
    assert answer.status_code == 302


def test_the_page_says_who_attributed_what_when_and_why_and_until_when_it_counts(
    client: Client, nurse: User, patient: Patient
) -> None:
    attribute(nurse, patient, 1)
    page = page_of(client, nurse, patient)
    assert f"by {nurse} : «bleeding into the thigh»" in page.replace(f"by {nurse}:", f"by {nurse} :")
    assert "It counts until" in page
    assert page.count("Not counted, attributed elsewhere: hypotension.") >= 4  # the governing scale, and each scale


def test_once_it_ran_out_it_is_asked_again_on_the_page_and_on_the_form(
    client: Client, nurse: User, patient: Patient
) -> None:
    attribute(nurse, patient, 4.5)
    an_assessment(nurse, patient, 0.2, **HYPOTENSION)
    page = page_of(client, nurse, patient)
    assert "Ask again: hypotension attributed elsewhere at" in page
    assert "It ran out at" in page
    assert "Not counted" not in page
    assert "«bleeding into the thigh»" in words_of(Form(nurse, patient).page)


def test_a_withdrawn_attribution_is_no_longer_shown(client: Client, nurse: User, patient: Patient) -> None:
    attribute(nurse, patient, 2)
    an_assessment(nurse, patient, 1, **HYPOTENSION, attributed_elsewhere=())
    page = page_of(client, nurse, patient)
    assert "Ask again" not in page
    assert "It counts until" not in page


def test_the_impression_is_recorded_beside_the_grade_and_moves_none(
    client: Client, nurse: User, patient: Patient
) -> None:
    form = Form(nurse, patient).fill(temperature="38.9")
    before = form.verdict()
    after = form.fill(impression="4").verdict()
    assert "rade 1, mild" in before and "rade 1, mild" in after
    assert form.record().status_code == 302
    assert Assessment.objects.get().impression == 4
    assert "Impression Grade 4, life-threatening" in page_of(client, nurse, patient)


def test_an_impression_alone_can_be_charted(nurse: User, patient: Patient) -> None:
    assert Form(nurse, patient).fill(impression="0").record().status_code == 302
    assert Assessment.objects.get().impression == 0
