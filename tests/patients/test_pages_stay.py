"""Is a patient admitted, moved, renamed, discharged and let go by the forms of the ward?"""

from datetime import UTC
from decimal import Decimal
from uuid import uuid4

from django.test import Client
from django.urls import reverse

from patients.models import (
    Bed,
    Patient,
    Placement,
    User,
    Ward,
)
from tests.patients.cast import a_patient, an_assessment, the_infusion
from tests.patients.pages import Post, at, recorded, words_of


def test_a_transfer_frees_the_bed_and_a_taken_bed_is_refused_at_the_place(
    post: Post, nurse: User, patient: Patient, ward: Ward
) -> None:
    taken = Bed.objects.create(ward=ward, label="2")
    free = Bed.objects.create(ward=ward, label="3")
    a_patient(nurse, ward, mrn="2", bed=taken)
    refused = post("transfer", place=f"{ward.pk}:{taken.pk}")
    assert refused.status_code == 422
    assert '<a href="#id_place">' in refused.content.decode()
    assert recorded(post("transfer", place=f"{ward.pk}:{free.pk}"), patient)
    assert Patient.objects.get(pk=patient.pk).bed == free


def test_after_a_discharge_the_patient_is_admitted_again(post: Post, patient: Patient, ward: Ward) -> None:
    assert recorded(post("discharge"), patient)
    assert Patient.objects.get().discharged
    assert recorded(post("readmit", place=f"{ward.pk}:"), patient)
    assert [one.kind for one in Placement.objects.order_by("id")] == ["admission", "discharge", "admission"]


def test_a_death_due_to_crs_is_grade_5_and_nothing_more_is_charted(
    post: Post, client: Client, nurse: User, patient: Patient
) -> None:
    an_assessment(nurse, patient, 1, temperature_c=Decimal("39.4"))
    assert recorded(post("record_death", due_to_crs="yes"), patient)
    page = words_of(client.get(reverse("patient_detail", args=[patient.pk])))
    assert "due to CRS" in page
    assert "Grade 5, death" in page
    assert "Chart an assessment" not in page


def test_a_new_patient_is_admitted_with_the_infusion(client: Client, nurse: User, ward: Ward) -> None:
    client.force_login(nurse)
    typed = {
        "submission_id": str(uuid4()),
        "mrn": "999 000 1111",
        "family_name": "Okafor",
        "given_name": "Ngozi",
        "birth_date": "1990-01-31",
        "sex": "female",
        "allergies": "unavailable",
        "place": f"{ward.pk}:{ward.beds.get().pk}",
        "weight_kg": "61,5",
        "height_cm": "168",
        "cause": "car-t",
        "product": "tisagenlecleucel",
        "started_at": at(20, ward),
        "at": at(40, ward),
    }
    answer = client.post(reverse("admit_patient"), typed)
    patient = Patient.objects.get(mrn="999 000 1111")
    assert recorded(answer, patient)
    assert str(patient.weight_kg) == "61.5"
    assert the_infusion(patient).product == "tisagenlecleucel"
    banner = words_of(client.get(reverse("patient_detail", args=[patient.pk])))
    assert "OKAFOR, Ngozi Born 31-Jan-1990" in banner
    assert "Allergies Unavailable" in banner


def test_a_new_patient_may_come_without_an_infusion_but_not_with_half_of_one(
    client: Client, nurse: User, ward: Ward
) -> None:
    client.force_login(nurse)
    typed = {
        "submission_id": str(uuid4()),
        "mrn": "1",
        "family_name": "Yamada",
        "given_name": "Ken",
        "birth_date": "1990-01-31",
        "allergies": "not-recorded",
        "place": f"{ward.pk}:",
    }
    refused = client.post(reverse("admit_patient"), typed | {"product": "tisagenlecleucel"})
    assert refused.status_code == 422
    assert "An infusion needs the therapy" in words_of(refused)
    assert client.post(reverse("admit_patient"), typed).status_code == 302
    assert not Patient.objects.get().infusions.exists()


def test_a_new_patient_s_times_are_of_the_ward_that_is_chosen(client: Client, nurse: User, ward: Ward) -> None:
    abroad = Ward.objects.create(name="A ward abroad", time_zone="America/New_York")
    nurse.wards.add(abroad)
    client.force_login(nurse)
    typed = {"mrn": "1", "family_name": "Yamada", "given_name": "Ken", "birth_date": "1990-01-31"}
    typed |= {"allergies": "not-recorded", "at": "05-Jan-2026 04:28"}
    client.post(reverse("admit_patient"), typed | {"submission_id": str(uuid4()), "place": f"{abroad.pk}:"})
    client.post(reverse("admit_patient"), typed | {"submission_id": str(uuid4()), "place": f"{ward.pk}:", "mrn": "2"})
    admitted = [one.at.astimezone(UTC).hour for one in Placement.objects.order_by("id")]
    assert admitted == [9, 3]


def test_a_number_of_another_patient_is_refused_at_the_number(client: Client, nurse: User, patient: Patient) -> None:
    other = a_patient(nurse, patient.placement.ward, mrn="2") if patient.placement else patient
    client.force_login(nurse)
    typed = {"submission_id": str(uuid4()), "mrn": patient.mrn, "family_name": "X", "given_name": "Y"}
    answer = client.post(reverse("rename_patient", args=[other.pk]), typed)
    assert answer.status_code == 422
    assert '<a href="#id_mrn">' in answer.content.decode()
