"""Is a single value charted by itself, with the assessment form's own limits, and does the page lead back?"""

from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse

from grading.record import Oxygen
from patients.forms import moments
from patients.forms.one_sign import SIGNS
from patients.models import Assessment, Patient, Role, User, Ward
from tests.patients.assess import fields_of
from tests.patients.cast import a_user, a_ward, an_assessment, hours_ago
from tests.patients.pages import words_of
from tests.patients.vasopressors import norepinephrine

TYPED: dict[str, dict[str, str]] = {
    "temperature": {"temperature": "38.9"},
    "pressure": {"systolic": "88", "diastolic": "46"},
    "heart-rate": {"heart_rate": "112"},
    "respiratory-rate": {"respiratory_rate": "22"},
    "spo2": {"spo2": "91"},
    "oxygen": {"oxygen_device": "nasal-cannula", "oxygen_flow": "4"},
    "vasopressors": {"vasopressors_none": "on"},
    "consciousness": {"consciousness": "to-voice"},
}


class OneSign:
    """The page of one sign, opened from `came_from`."""

    def __init__(self, user: User, patient: Patient, sign: str, came_from: str = "") -> None:
        self.client = Client()
        self.client.force_login(user)
        self.address = reverse("chart_value", args=[patient.pk, sign])
        headers = {"Referer": f"http://testserver{came_from}"} if came_from else {}
        self.page = self.client.get(self.address, headers=headers)
        assert self.page.status_code == 200
        self.values = fields_of(self.page)

    def record(self, **typed: Any) -> Any:
        return self.client.post(self.address, self.values | typed)


@pytest.mark.parametrize("sign", sorted(SIGNS))
def test_each_sign_is_an_assessment_with_nothing_else_in_it(sign: str, nurse: User, patient: Patient) -> None:
    page = OneSign(nurse, patient, sign)
    assert page.record(**TYPED[sign]).status_code == 302
    row = Assessment.objects.get()
    charted = {
        "temperature": row.temperature_c,
        "pressure": row.systolic,
        "heart-rate": row.heart_rate,
        "respiratory-rate": row.respiratory_rate,
        "spo2": row.spo2_percent,
        "oxygen": row.oxygen_device,
        "vasopressors": row.vasopressors_charted or None,
        "consciousness": row.consciousness,
    }
    assert [name for name, value in charted.items() if value is not None] == [sign]
    assert row.entered_by == nurse


def test_a_field_of_another_sign_is_not_charted(nurse: User, patient: Patient) -> None:
    OneSign(nurse, patient, "temperature").record(temperature="38.9", systolic="60", vasopressors_none="on")
    row = Assessment.objects.get()
    assert (row.systolic, row.vasopressors_charted) == (None, False)


def test_a_value_from_paper_says_who_observed_it_at_the_time_on_the_sheet(nurse: User, patient: Patient) -> None:
    page = OneSign(nurse, patient, "temperature")
    assert "From paper" in words_of(page.page)
    assert page.record(temperature="38.9", observed_by="Sister Agnes").status_code == 422
    at = moments.typed(hours_ago(1), ZoneInfo(patient.ward.time_zone if patient.ward else "UTC"))
    assert page.record(temperature="38.9", observed_by="Sister Agnes", seen_at=at).status_code == 302
    assert Assessment.objects.get().observed_by_text == "Sister Agnes"


def test_a_blank_is_not_recorded_and_an_impossible_value_is_refused_at_the_field(nurse: User, patient: Patient) -> None:
    page = OneSign(nurse, patient, "spo2")
    for typed, words in (("", "Nothing is charted yet"), ("109", "SpO2 109% is not possible")):
        answer = page.record(spo2=typed)
        assert answer.status_code == 422
        assert words in words_of(answer)
    assert not Assessment.objects.exists()


def test_an_improbable_value_is_asked_about_first(nurse: User, patient: Patient) -> None:
    page = OneSign(nurse, patient, "temperature")
    answer = page.record(temperature="33")
    assert answer.status_code == 422
    assert "Yes, 33 °C" in words_of(answer)
    assert page.record(temperature="33", confirmed="temperature=33 °C").status_code == 302


def test_a_second_tap_records_once(nurse: User, patient: Patient) -> None:
    page = OneSign(nurse, patient, "temperature")
    assert [page.record(temperature="38.9").status_code for _ in range(2)] == [302, 302]
    assert Assessment.objects.count() == 1
    assert page.record(temperature="39.9").status_code == 422


def test_what_stands_from_before_is_shown_and_read_with_a_flow_alone(nurse: User, patient: Patient) -> None:
    an_assessment(nurse, patient, 1, oxygen=Oxygen(device="nasal-cannula"), vasopressors=norepinephrine("0.1"))
    page = OneSign(nurse, patient, "oxygen")
    assert "In force: nasal cannula" in words_of(page.page)
    assert page.record(oxygen_flow="4").status_code == 302
    assert Assessment.objects.latest("id").oxygen_device == "nasal-cannula"
    rows = OneSign(nurse, patient, "vasopressors")
    assert "Norepinephrine 0.1 mcg/kg/min" in words_of(rows.page)


def test_it_leads_back_to_where_it_was_opened_and_nowhere_else(nurse: User, patient: Patient) -> None:
    of_patient = reverse("patient_detail", args=[patient.pk])
    expected = {
        "/": "/",
        of_patient: of_patient,
        "/patients/999/": of_patient,
        "/nowhere/": of_patient,
        "": of_patient,
        "//evil.example/": of_patient,
    }
    for came_from, to in expected.items():
        page = OneSign(nurse, patient, "temperature", came_from)
        assert page.record(temperature="38.9").headers["Location"] == to, came_from
    page = OneSign(nurse, patient, "temperature")
    for said in ("//evil.example/", "https://evil.example/", "account_logout", "assess"):
        answer = page.record(temperature="38.9", came_from=said, submission_id=str(uuid4()))
        assert answer.headers["Location"] == of_patient, said


def test_an_unknown_sign_has_no_page(client: Client, nurse: User, patient: Patient) -> None:
    client.force_login(nurse)
    address = reverse("chart_value", args=[patient.pk, "temperature"])
    assert client.get(address.replace("temperature", "mood")).status_code == 404


@pytest.mark.parametrize("role", list(Role))
def test_only_who_charts_opens_it(role: Role, client: Client, patient: Patient, ward: Ward) -> None:
    user = a_user(f"a {role}", role)
    user.wards.add(ward)
    client.force_login(user)
    charts = role in (Role.NURSE, Role.CHARGE_NURSE, Role.PHYSICIAN)
    assert client.get(reverse("chart_value", args=[patient.pk, "spo2"])).status_code == (200 if charts else 403)


def test_a_patient_of_another_ward_does_not_exist(client: Client, patient: Patient) -> None:
    stranger = a_user("stranger")
    a_ward(stranger, "Another ward")
    client.force_login(stranger)
    assert client.get(reverse("chart_value", args=[patient.pk, "spo2"])).status_code == 404
