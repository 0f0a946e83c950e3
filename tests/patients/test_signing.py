"""Is the grade that is signed the one that was looked at, does an override erase nothing, and what opens it again?"""

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from grading import record
from patients import actions
from patients.models import Assessment, Patient, Role, Signature, User, Ward
from tests.patients.cast import a_patient, a_user, an_assessment, charted, hours_ago
from tests.patients.pages import recorded, words_of

GRADE_1: dict[str, Any] = {"temperature_c": Decimal("38.5"), "systolic": Decimal(120), "diastolic": Decimal(80)} | {
    "oxygen": record.Oxygen(device="room-air"),
    "vasopressors": (),
}
GRADE_2 = GRADE_1 | {"systolic": Decimal(80), "diastolic": Decimal(50), "pressure_restored": True}


def open_form(client: Client, user: User, patient: Patient) -> dict[str, str]:
    """What the page's form carries: the assessment and the facts that are shown."""
    client.force_login(user)
    page = client.get(reverse("sign", args=[patient.pk]))
    asked = page.context["asked"]
    return {
        "submission_id": str(uuid4()),
        "assessment": str(asked.assessment.pk),
        "basis": page.context["basis"],
        "signed": "" if asked.signed is None else str(asked.signed),
    }


def sign(client: Client, user: User, patient: Patient, **typed: str) -> Any:
    values = open_form(client, user, patient) | {"answer": "confirm"} | typed
    return client.post(reverse("sign", args=[patient.pk]), values)


OVERRIDE = {"answer": "override", "confirmed_grade": "3", "reason": "clinical-picture", "text": "Worse than charted"}


@pytest.mark.parametrize("role", list(Role))
def test_only_a_physician_signs(role: Role, client: Client, nurse: User, ward: Ward, patient: Patient) -> None:
    an_assessment(nurse, patient, **GRADE_2)
    user = a_user(f"a {role}", role)
    user.wards.add(ward)
    client.force_login(user)
    expected = 200 if role == Role.PHYSICIAN else 403
    assert client.get(reverse("sign", args=[patient.pk])).status_code == expected
    assert client.post(reverse("sign", args=[patient.pk])).status_code == (422 if expected == 200 else 403)
    page = client.get(reverse("patient_detail", args=[patient.pk])).content.decode()
    assert ("Review and sign" in page) is (role == Role.PHYSICIAN)


def test_the_page_shows_the_computed_grade_with_its_reasons_and_the_impression_beside_it(
    client: Client, nurse: User, physician: User, patient: Patient
) -> None:
    actions.record_assessment(
        by=nurse, submission_id=uuid4(), patient=patient, assessment=charted(**GRADE_2), at=hours_ago(1), impression=3
    )
    client.force_login(physician)
    page = words_of(client.get(reverse("sign", args=[patient.pk])))
    assert "Computed: ASTCT 2019" in page
    assert "Grade 2, moderate" in page
    assert "Hypotension" in page
    assert f"Grade 3, severe {nurse}" in page
    assert "Record for LINDQVIST, Maja, 999 123 4567" in page


def test_a_confirmed_grade_is_the_computed_one(client: Client, nurse: User, physician: User, patient: Patient) -> None:
    row = an_assessment(nurse, patient, **GRADE_2)
    assert recorded(sign(client, physician, patient), patient)
    signed = Signature.objects.get()
    assert (signed.assessment, signed.computed_grade, signed.confirmed_grade) == (row, 2, 2)
    assert (signed.reason, signed.overrides) == (None, False)
    assert "Nothing of this patient waits" in words_of(client.get(reverse("sign", args=[patient.pk])))


def test_an_override_erases_nothing(client: Client, nurse: User, physician: User, patient: Patient) -> None:
    actions.record_assessment(
        by=nurse, submission_id=uuid4(), patient=patient, assessment=charted(**GRADE_2), at=hours_ago(1), impression=1
    )
    assert recorded(sign(client, physician, patient, **OVERRIDE), patient)
    signed = Signature.objects.get()
    assert (signed.computed_grade, signed.confirmed_grade, signed.reason) == (2, 3, "clinical-picture")
    page = words_of(client.get(reverse("patient_detail", args=[patient.pk])))
    assert "Computed Grade 2, moderate" in page
    assert "Impression Grade 1, mild" in page
    assert "Confirmed Grade 3, severe" in page
    assert "Computed was 2. The clinical picture as a whole: Worse than charted" in page


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"answer": ""}, "Your grade is needed."),
        (OVERRIDE | {"confirmed_grade": ""}, "Choose the grade."),
        (OVERRIDE | {"confirmed_grade": "2"}, "This is the computed grade: confirm it, or choose another."),
        (OVERRIDE | {"confirmed_grade": "5"}, "Select a valid choice."),
        (OVERRIDE | {"reason": ""}, "A reason is needed with another grade."),
        (OVERRIDE | {"text": "  "}, "Say in words why the grade is another."),
        (OVERRIDE | {"answer": "confirm"}, "choose one of the two"),
        ({"basis": '{"grade": "2"}'}, "The page is of an earlier version: open it again."),
    ],
)
def test_what_cannot_be_signed_is_said_and_nothing_typed_is_lost(
    typed: dict[str, str], sentence: str, client: Client, nurse: User, physician: User, patient: Patient
) -> None:
    an_assessment(nurse, patient, **GRADE_2)
    answer = sign(client, physician, patient, **({"text": "kept"} | typed))
    assert answer.status_code == 422
    assert sentence in words_of(answer)
    assert (typed.get("text", "kept").strip() or "Say in words") in words_of(answer)
    assert not Signature.objects.exists()


def test_a_double_tap_signs_once(client: Client, nurse: User, physician: User, patient: Patient) -> None:
    an_assessment(nurse, patient, **GRADE_2)
    values = open_form(client, physician, patient) | {"answer": "confirm"}
    for _ in range(2):
        assert recorded(client.post(reverse("sign", args=[patient.pk]), values), patient)
    assert Signature.objects.count() == 1


def test_a_grade_that_changed_while_it_was_looked_at_is_not_signed_unseen(
    client: Client, nurse: User, physician: User, patient: Patient
) -> None:
    an_assessment(nurse, patient, 1, **GRADE_1)
    values = open_form(client, physician, patient) | {"answer": "confirm", "text": "seen with the nurse"}
    an_assessment(nurse, patient, 1.5, attributed_elsewhere=("fever",))  # a late entry
    answer = client.post(reverse("sign", args=[patient.pk]), values)
    assert answer.status_code == 422
    assert "The record changed while you looked at it" in words_of(answer)
    assert "seen with the nurse" in words_of(answer)
    assert not Signature.objects.exists()


def test_the_highest_is_asked_and_covers_the_lower_ones_before_it(
    client: Client, nurse: User, physician: User, patient: Patient
) -> None:
    an_assessment(nurse, patient, 4, **GRADE_1)
    highest = an_assessment(nurse, patient, 3, **GRADE_2)
    last = an_assessment(nurse, patient, 1, **GRADE_1)
    sign(client, physician, patient)
    assert Signature.objects.get().assessment == highest
    again = client.get(reverse("sign", args=[patient.pk])).context["asked"]
    assert again is None or again.assessment == last


def test_a_late_fact_under_a_signature_opens_it_again_and_the_page_says_what_changed(
    client: Client, nurse: User, physician: User, patient: Patient
) -> None:
    an_assessment(nurse, patient, 1, **GRADE_2)
    sign(client, physician, patient)
    an_assessment(nurse, patient, 1.5, attributed_elsewhere=("hypotension",))
    page = words_of(client.get(reverse("patient_detail", args=[patient.pk])))
    assert "What was signed has changed: the grade is 1, was 2. The signature is open again." in page
    assert "what was signed has changed" in words_of(client.get(reverse("worklist"))).lower()
    assert recorded(sign(client, physician, patient), patient)
    assert [row.confirmed_grade for row in Signature.objects.order_by("id")] == [2, 1]
    assert "open again" not in words_of(client.get(reverse("patient_detail", args=[patient.pk])))


def test_a_corrected_assessment_is_asked_again(client: Client, nurse: User, physician: User, patient: Patient) -> None:
    row = an_assessment(nurse, patient, 1, **GRADE_2)
    sign(client, physician, patient)
    actions.mark_entered_in_error(by=nurse, submission_id=uuid4(), row=row, reason="wrong-patient")
    an_assessment(nurse, patient, 0.9, **GRADE_2)
    assert Assessment.objects.standing().count() == 1
    page = words_of(client.get(reverse("patient_detail", args=[patient.pk])))
    assert "What was signed has changed" in page
    page = words_of(client.get(reverse("sign", args=[patient.pk])))
    assert "Signed so far" in page
    assert recorded(sign(client, physician, patient), patient)


def test_an_assessment_of_another_patient_is_not_signed_here(
    client: Client, nurse: User, physician: User, ward: Ward, patient: Patient
) -> None:
    other = a_patient(nurse, ward, mrn="2", family_name="Ahlgren", given_name="Eva")
    an_assessment(nurse, other, **GRADE_2)
    an_assessment(nurse, patient, **GRADE_2)
    values = open_form(client, physician, other) | {"answer": "confirm"}
    assert client.post(reverse("sign", args=[patient.pk]), values).status_code == 404
    assert not Signature.objects.exists()


def test_an_override_is_not_signed_over_from_a_page_opened_before_it(
    client: Client, nurse: User, physician: User, ward: Ward, patient: Patient
) -> None:
    an_assessment(nurse, patient, **GRADE_2)
    other = a_user("other", Role.PHYSICIAN)
    other.wards.add(ward)
    opened_before = open_form(client, physician, patient) | {"answer": "confirm", "text": "seen by me"}
    assert recorded(sign(client, other, patient, **OVERRIDE), patient)
    client.force_login(physician)
    answer = client.post(reverse("sign", args=[patient.pk]), opened_before)
    assert answer.status_code == 422
    assert f"{other} signed grade 3 at " in words_of(answer)
    assert "seen by me" in words_of(answer)
    assert Signature.objects.count() == 1
