"""Is what is charted at the bedside beside the assessment recorded as typed, and shown?"""

import re
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from patients import actions
from patients.models import (
    InfusionDose,
    LaboratoryResult,
    Patient,
    PatientFacts,
    ProtocolChoice,
    Treatment,
    User,
    Ward,
)
from tests.patients.cast import an_assessment, hours_ago, the_infusion
from tests.patients.pages import Post, at, recorded, words_of


def test_a_brand_name_given_counts_as_tocilizumab_on_the_page(post: Post, client: Client, patient: Patient) -> None:
    an_assessment(User.objects.get(username="nurse"), patient, 1, temperature_c=Decimal("38.5"))
    assert recorded(post("give_treatment", drug="Actemra", dose="560", unit="mg", route="iv", purpose="crs"), patient)
    page = words_of(client.get(reverse("patient_detail", args=[patient.pk])))
    assert "1 of 4 doses" in page
    assert "Actemra" in page


def test_a_result_keeps_its_unit_its_limits_and_its_precision(post: Post, client: Client, patient: Patient) -> None:
    typed = {"analyte": "CRP", "value": "215.0", "unit": "mg/L", "upper_limit": "5"}
    assert recorded(post("enter_result", **typed), patient)
    row = LaboratoryResult.objects.get()
    assert (row.analyte, str(row.value), row.unit, row.upper_limit) == ("crp", "215.0", "mg/L", Decimal(5))
    page = words_of(client.get(reverse("patient_detail", args=[patient.pk])))
    assert "215.0 mg/L above" in page


def test_any_other_analyte_is_taken_as_it_is_named(post: Post, patient: Patient) -> None:
    assert recorded(post("enter_result", analyte="Presepsin", value="812", unit="ng/L"), patient)
    assert LaboratoryResult.objects.get().analyte == "Presepsin"


def test_times_are_typed_and_shown_in_the_ward_s_zone(post: Post, client: Client, patient: Patient, ward: Ward) -> None:
    typed = at(3, ward)
    assert recorded(post("give_treatment", drug="anakinra", at=typed), patient)
    given = Treatment.objects.get().at
    assert abs(given - hours_ago(3)) < timedelta(minutes=1)
    assert typed in words_of(client.get(reverse("patient_detail", args=[patient.pk])))


def test_a_late_entry_says_when_it_was_entered(post: Post, client: Client, patient: Patient, ward: Ward) -> None:
    post("give_treatment", drug="anakinra", at=at(3, ward))
    assert " entered " in words_of(client.get(reverse("patient_detail", args=[patient.pk])))


def test_an_infusion_is_interrupted_resumed_and_discontinued_for_good(
    post: Post, client: Client, patient: Patient, ward: Ward
) -> None:
    for hours, action in ((5, "interrupt"), (4, "resume"), (3, "discontinue")):
        assert recorded(post("infusion_event", action=action, at=at(hours, ward)), patient)
    assert [event.action for event in the_infusion(patient).events.order_by("at")] == [
        "interrupt",
        "resume",
        "discontinue",
    ]
    assert post("infusion_event", action="resume").status_code == 422
    assert "Discontinued for good" in words_of(client.get(reverse("patient_detail", args=[patient.pk])))


def test_a_step_up_dose_belongs_to_its_infusion(post: Post, patient: Patient) -> None:
    assert recorded(post("dose_step", dose="28", unit="mcg", note="step 2"), patient)
    assert InfusionDose.objects.get().infusion == the_infusion(patient)


def test_a_further_infusion_opens_a_course_and_the_one_before_stays_to_be_read(
    post: Post, client: Client, nurse: User, patient: Patient, ward: Ward
) -> None:
    first = the_infusion(patient)
    an_assessment(nurse, patient, 30, temperature_c=Decimal("39.4"))
    typed = {"cause": "bispecific", "product": "blinatumomab", "started_at": at(2, ward)}
    assert recorded(post("start_infusion", **typed), patient)
    now = words_of(client.get(reverse("patient_detail", args=[patient.pk])))
    assert "Bispecific antibody (blinatumomab), D+0" in now
    assert "Nothing has been charted since the infusion" in now
    before = words_of(client.get(reverse("earlier_course", args=[patient.pk, first.pk])))
    assert "An earlier course: axicabtagene ciloleucel" in before
    assert "rade 1, mild" in before


def test_the_same_product_again_is_refused_at_the_product(post: Post, ward: Ward) -> None:
    answer = post("start_infusion", cause="car-t", product="Axicabtagene  Ciloleucel", started_at=at(1, ward))
    assert answer.status_code == 422
    assert '<a href="#id_product">' in answer.content.decode()


def test_facts_are_charted_whole_and_what_was_not_changed_stays(post: Post, patient: Patient) -> None:
    typed = {
        "opened_on": patient.facts.pk,
        "birth_date": "14-Aug-1980",
        "sex": "female",
        "allergies": "known",
        "allergies_to": "penicillin, latex",
        "baseline_systolic": "124",
        "home_oxygen_l_min": "2",
        "extensive_comorbidities": "no",
        "long_term_glucocorticoid": "",
    }
    assert recorded(post("change_facts", **typed), patient)
    facts = Patient.objects.get().facts
    assert facts.allergies_to == ["penicillin", "latex"]
    assert facts.extensive_comorbidities is False
    assert facts.long_term_glucocorticoid is None
    assert facts.home_oxygen_l_min == 2


def test_the_form_of_facts_opens_with_what_holds(client: Client, nurse: User, patient: Patient) -> None:
    client.force_login(nurse)
    page = client.get(reverse("change_facts", args=[patient.pk])).content.decode()
    assert 'value="14-Aug-1980"' in page
    assert re.search(r'value="none-known"[^>]*checked', page)


def test_a_physician_puts_a_patient_on_the_other_protocol_with_a_reason(
    post: Post, client: Client, patient: Patient
) -> None:
    assert recorded(post("choose_protocol", protocol="lee-2014", reason="trial protocol"), patient)
    assert "Lee 2014 (chosen: trial protocol)" in words_of(client.get(reverse("patient_detail", args=[patient.pk])))


def test_the_second_of_two_who_change_the_facts_is_told_what_the_first_changed(
    post: Post, patient: Patient, nurse: User
) -> None:
    before = patient.facts
    facts = actions.Facts(
        birth_date=before.birth_date, sex=before.sex, allergies="known", allergies_to=["penicillin"], neutropenic=True
    )
    first = actions.change_facts(by=nurse, submission_id=uuid4(), patient=patient, facts=facts, opened_on=before.pk)
    with pytest.raises(actions.Refused, match="changed this meanwhile"):
        actions.change_facts(by=nurse, submission_id=uuid4(), patient=patient, facts=facts, opened_on=before.pk)
    typed = {"birth_date": "14-Aug-1980", "allergies": "none-known", "ceilings_of_care": "no intubation"}
    answer = post("change_facts", opened_on=before.pk, **typed)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert f"{nurse} changed this at " in page
    assert "Allergies: penicillin, was None known" in page
    assert "Neutropenic: yes, was not charted" in page
    assert "no intubation" in page  # what was typed is kept
    assert f'name="opened_on" value="{first.pk}"' in page
    assert PatientFacts.objects.filter(patient=patient).latest("id") == first
    knowing = {"submission_id": str(uuid4()), "opened_on": first.pk} | typed
    for _ in range(2):  # a double tap is one
        assert recorded(post("change_facts", **knowing), patient)
    assert PatientFacts.objects.filter(patient=patient).count() == 3


def test_a_protocol_chosen_meanwhile_is_not_replaced_unseen(post: Post, patient: Patient, physician: User) -> None:
    chosen = {"protocol": "lee-2014", "reason": "trial protocol"}
    assert recorded(post("choose_protocol", opened_on="", **chosen), patient)
    answer = post("choose_protocol", opened_on="", protocol="review-2024", reason="local habit")
    assert answer.status_code == 422
    assert f"{physician} changed this at " in words_of(answer)
    assert "trial protocol" in words_of(answer)
    assert "local habit" in words_of(answer)
    seen = ProtocolChoice.objects.get().pk
    assert recorded(post("choose_protocol", opened_on=seen, protocol="review-2024", reason="local habit"), patient)
