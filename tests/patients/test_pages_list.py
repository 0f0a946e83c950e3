"""Does the list show who is how ill and who is due, and find by name without an address that tells?"""

import re
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from patients.models import (
    Patient,
    User,
    Ward,
)
from tests.patients.cast import a_patient, an_assessment
from tests.patients.pages import Post, words_of


def test_the_list_shows_bed_name_age_therapy_grade_age_of_the_assessment_and_what_is_due(
    client: Client, nurse: User, patient: Patient
) -> None:
    an_assessment(nurse, patient, 0.5, temperature_c=Decimal("39.4"))
    client.force_login(nurse)
    page = words_of(client.get(reverse("patient_list")))
    assert "LINDQVIST, Maja" in page
    assert "CAR-T cells (axicabtagene ciloleucel), D+2" in page
    assert "At least grade 1, mild" in page
    assert re.search(r"3\d min ago", page)
    assert "Due in" in page or "Overdue" in page


@pytest.mark.parametrize("sought", ["lindq", "Lindqvist, Maja", "999 123", "9991234567", "maja"])
def test_a_search_is_posted_and_finds_by_name_and_number(
    sought: str, client: Client, nurse: User, patient: Patient, ward: Ward
) -> None:
    a_patient(nurse, ward, mrn="2", family_name="Yamada", given_name="Ken")
    client.force_login(nurse)
    page = words_of(client.post(reverse("patient_list"), {"text": sought}))
    assert "LINDQVIST" in page
    assert "YAMADA" not in page


def test_a_search_in_the_address_is_not_read(client: Client, nurse: User, patient: Patient) -> None:
    client.force_login(nurse)
    assert "LINDQVIST" in words_of(client.get(reverse("patient_list") + "?text=nobody"))


def test_names_one_letter_apart_are_marked(client: Client, nurse: User, patient: Patient, ward: Ward) -> None:
    client.force_login(nurse)
    assert "Like name" not in words_of(client.get(reverse("patient_list")))
    a_patient(nurse, ward, mrn="2", family_name="Lindquist", given_name="Karl")
    a_patient(nurse, ward, mrn="3", family_name="Yamada", given_name="Ken")
    assert words_of(client.get(reverse("patient_list"))).count("Like name") == 2


def test_the_discharged_are_not_on_the_ward_but_are_found(post: Post, client: Client, patient: Patient) -> None:
    post("discharge")
    assert "LINDQVIST" not in words_of(client.get(reverse("patient_list")))
    assert "LINDQVIST" in words_of(client.post(reverse("patient_list"), {"show": "gone"}))


def test_a_hundred_patients_stand_on_a_page(client: Client, nurse: User, ward: Ward) -> None:
    for number in range(103):
        a_patient(nurse, ward, mrn=str(number), infusion=False, family_name=f"Family {number}", given_name="X")
    client.force_login(nurse)
    first = client.get(reverse("patient_list")).content.decode()
    second = client.post(reverse("patient_list"), {"page": "2"}).content.decode()
    assert first.count("patient-link") == 100
    assert second.count("patient-link") == 3
    assert "103 patients" in words_of(client.get(reverse("patient_list")))


def test_a_list_of_patients_graded_before_asks_the_database_a_fixed_number_of_times(
    client: Client, nurse: User, ward: Ward, django_assert_max_num_queries: Any
) -> None:
    client.force_login(nurse)
    for number in range(5):
        patient = a_patient(nurse, ward, mrn=str(number))
        an_assessment(nurse, patient, 1, temperature_c=Decimal("38.5"))
    client.get(reverse("patient_list"))
    with django_assert_max_num_queries(30):
        client.get(reverse("patient_list"))
