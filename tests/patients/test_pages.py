"""Does the page of a patient say what it must, of a grade, a value and a workstation?"""

from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from patients.models import (
    Patient,
    User,
    Ward,
)
from tests.patients.cast import an_assessment
from tests.patients.pages import Post, at, recorded, seen_on, words_of


def test_a_value_that_ran_out_makes_the_patient_due_and_the_page_says_so(
    client: Client, nurse: User, patient: Patient
) -> None:
    an_assessment(nurse, patient, 5, temperature_c=Decimal("39.4"))
    client.force_login(nurse)
    page = words_of(client.get(reverse("patient_detail", args=[patient.pk])))
    assert "Temperature (39.4 °C, fever) no longer counts: chart it again" in page
    assert "Overdue" in page


def test_an_uncertain_0_is_never_called_none(client: Client, nurse: User, patient: Patient) -> None:
    an_assessment(nurse, patient, 1, heart_rate=Decimal(80))
    client.force_login(nurse)
    for page in (reverse("board"), reverse("patient_list"), reverse("patient_detail", args=[patient.pk])):
        assert "0, none" not in words_of(client.get(page))


def test_the_patient_s_page_says_that_an_onset_is_not_known(client: Client, nurse: User, patient: Patient) -> None:
    an_assessment(nurse, patient, 1, heart_rate=Decimal(80))
    client.force_login(nurse)
    page = words_of(client.get(reverse("patient_detail", args=[patient.pk])))
    assert "Onset not known: no fever is charted, and at some assessments it is not known." in page
    assert "No onset" not in page


def test_the_maximum_so_far_stands_beside_the_grade_now(client: Client, nurse: User, patient: Patient) -> None:
    an_assessment(nurse, patient, 5, temperature_c=Decimal("39.4"), systolic=Decimal(70), diastolic=Decimal(40))
    an_assessment(
        nurse, patient, 1, temperature_c=Decimal("36.9"), systolic=Decimal(120), diastolic=Decimal(80), vasopressors=()
    )
    client.force_login(nurse)
    page = words_of(client.get(reverse("patient_detail", args=[patient.pk])))
    scales = page.partition("All scales")[2].partition("Values in force")[0]
    assert "At least grade 2, moderate may have been up to 4: not everything was charted" in scales
    assert "At least grade 0, up to 4" in scales  # the oxygen was never charted


def test_typed_markup_is_text(post: Post, client: Client, patient: Patient) -> None:
    assert recorded(post("give_treatment", drug="<script>alert(1)</script>"), patient)
    page = client.get(reverse("patient_detail", args=[patient.pk])).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_the_theme_of_a_workstation_is_kept_without_a_script(client: Client, db: None) -> None:
    signed_out = reverse("account_login")
    assert "data-theme=" not in client.get(signed_out).content.decode()
    answer = client.post(reverse("choose_theme"), {"theme": "night", "next": signed_out})
    assert answer.headers["Location"] == signed_out
    assert '<html lang="en-US" data-theme="night">' in client.get(signed_out).content.decode()


@pytest.mark.parametrize("theme", ["", "pink", 'night" onload="x'])
def test_a_theme_that_is_none_is_refused_and_never_drawn(theme: str, client: Client, db: None) -> None:
    assert client.post(reverse("choose_theme"), {"theme": theme}).status_code == 400
    client.cookies["theme"] = theme
    assert "data-theme=" not in client.get(reverse("account_login")).content.decode()


def test_the_theme_leads_back_to_this_site_only(client: Client, db: None) -> None:
    answer = client.post(reverse("choose_theme"), {"theme": "dark", "next": "//evil.example/"})
    assert answer.headers["Location"] == reverse("board")


def test_a_patient_in_crs_with_no_result_for_24_hours_is_marked(
    post: Post, client: Client, nurse: User, patient: Patient, ward: Ward
) -> None:
    an_assessment(nurse, patient, 1, temperature_c=Decimal("39.4"))
    addresses = (reverse("board"), reverse("patient_list"), reverse("patient_detail", args=[patient.pk]))
    post("enter_result", analyte="crp", value="215", unit="mg/L", at=at(25, ward))
    assert all("result for 24 h" in words_of(client.get(address)) for address in addresses)
    post("enter_result", analyte="crp", value="215", unit="mg/L", at=at(23, ward))
    assert not any("result for 24 h" in seen_on(client.get(address)) for address in addresses)


@pytest.mark.parametrize("page", ["account_change_password", "account_reauthenticate", "account_inactive"])
def test_the_pages_of_an_account_are_the_ward_s_own(page: str, client: Client, nurse: User) -> None:
    client.force_login(nurse)
    answer = client.get(reverse(page))
    assert answer.status_code == 200
    assert "crsweb.css" in answer.content.decode()


@pytest.mark.django_db
def test_a_word_that_is_no_address_leads_to_the_board_after_a_theme_is_chosen(client: Client) -> None:
    answer = client.post(reverse("choose_theme"), {"theme": "dark", "next": "38.6"})
    assert (answer.status_code, answer.headers["Location"]) == (302, reverse("board"))
