"""Does each form page record its act, once, and say what stands in the way?"""

import re
from collections.abc import Callable
from datetime import UTC, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from patients.formats import shown_moment
from patients.forms.ward import WardSettingsForm
from patients.models import (
    Bed,
    Height,
    InfusionDose,
    LaboratoryResult,
    Patient,
    Placement,
    StoredVerdict,
    Submission,
    Treatment,
    User,
    Ward,
    WardSettings,
    Weight,
)
from tests.patients.cast import a_patient, a_ward, an_assessment, hours_ago, the_infusion

Answer = Any  # the test client has its own class of answers
BORN = {"birth_date": "1980-08-14"}
Post = Callable[..., Answer]


@pytest.fixture
def ward(nurse: User, physician: User, admin: User) -> Ward:
    ward = a_ward(nurse)
    physician.wards.add(ward)
    admin.wards.add(ward)
    return ward


@pytest.fixture
def patient(nurse: User, ward: Ward) -> Patient:
    return a_patient(nurse, ward, mrn="999 123 4567", bed=ward.beds.get())


@pytest.fixture
def post(client: Client, physician: User, patient: Patient) -> Post:
    """Posts a form of the patient as a physician, with a new submission id unless one is given."""
    client.force_login(physician)

    def sent(page: str, **typed: Any) -> Any:
        return client.post(reverse(page, args=[patient.pk]), {"submission_id": str(uuid4())} | typed)

    return sent


def words_of(answer: Answer) -> str:
    """The page as a person reads it: without markup."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", answer.content.decode()))


def at(hours: float, ward: Ward) -> str:
    """A moment as a person types it on that ward."""
    with timezone.override(ward.zone):
        return shown_moment(hours_ago(hours))


def recorded(answer: Answer, patient: Patient) -> bool:
    return bool(
        answer.status_code == 302 and answer.headers["Location"] == reverse("patient_detail", args=[patient.pk])
    )


# --- What every form does


def test_a_double_tap_records_once(post: Post, patient: Patient) -> None:
    same = {"drug": "tocilizumab", "dose": "560", "unit": "mg", "submission_id": str(uuid4())}
    for _ in range(3):
        assert recorded(post("give_treatment", **same), patient)
    assert Treatment.objects.count() == 1


def test_one_submission_id_with_other_values_is_refused_and_nothing_typed_is_lost(post: Post) -> None:
    submission_id = str(uuid4())
    post("give_treatment", drug="tocilizumab", submission_id=submission_id)
    answer = post("give_treatment", drug="anakinra", submission_id=submission_id)
    assert answer.status_code == 422
    assert "already recorded with other values" in words_of(answer)
    assert 'value="anakinra"' in answer.content.decode()
    assert Treatment.objects.count() == 1


def test_what_is_wrong_stands_in_a_summary_with_links_and_at_the_field(post: Post) -> None:
    answer = post("give_treatment", drug="", dose="3.85e1", unit="mg")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert '<a href="#id_drug">Drug is needed.</a>' in page
    assert '<a href="#id_dose">Dose: «3.85e1» is not read as a number' in page
    assert page.count("«3.85e1» is not read as a number") == 2
    assert 'value="3.85e1"' in page
    assert not Submission.objects.filter(act="give_treatment").exists()


@pytest.mark.parametrize(
    ("page", "typed"),
    [
        ("record_measurement", {"weight_kg": "1 000"}),
        ("record_measurement", {"weight_kg": "-70"}),
        ("record_measurement", {"weight_kg": "٧٠"}),
        ("record_measurement", {"weight_kg": "401"}),
        ("record_measurement", {"weight_kg": "70", "at": "yesterday"}),
        ("record_measurement", {}),
        ("enter_result", {"analyte": "crp", "value": ""}),
        ("enter_result", {"analyte": "crp", "value": "5", "lower_limit": "9", "upper_limit": "3"}),
        ("enter_result", {"analyte": "ANC", "value": "500", "unit": "cells/uL"}),
        ("give_treatment", {"drug": "tocilizumab", "dose": "560"}),
        ("give_treatment", {"drug": "tocilizumab", "unit": "mg"}),
        ("give_treatment", {"drug": "x\x00y"}),
        ("give_treatment", {"drug": "x" * 121}),
        ("give_treatment", {"drug": "tocilizumab", "route": "by pigeon"}),
        ("choose_protocol", {"protocol": "lee-2014", "reason": "  "}),
        ("infusion_event", {"action": "explode"}),
        ("infusion_event", {"action": "resume"}),
        ("transfer", {"place": "9999:"}),
        ("change_facts", BORN | {"allergies": "known", "allergies_to": " , "}),
        ("change_facts", BORN | {"allergies": "none-known", "allergies_to": "penicillin"}),
        (
            "change_facts",
            BORN | {"allergies": "none-known", "baseline_diastolic": "120", "baseline_systolic": "90"},
        ),
        ("change_facts", {"birth_date": "31-Feb-1980", "allergies": "none-known"}),
        ("start_infusion", {"cause": "", "product": "blinatumomab", "started_at": "04:00"}),
        ("record_death", {"submission_id": "not an id"}),
        ("record_death", {"at": "01-Jan-1970 00:00"}),
    ],
)
def test_what_cannot_be_recorded_is_refused_and_nothing_is_written(
    page: str, typed: dict[str, str], post: Post
) -> None:
    before = Submission.objects.count()
    answer = post(page, **typed)
    assert answer.status_code == 422
    assert "Not recorded" in words_of(answer)
    assert Submission.objects.count() == before


def test_a_time_in_the_future_is_refused(post: Post, ward: Ward) -> None:
    answer = post("give_treatment", drug="anakinra", at=at(-1, ward))
    assert answer.status_code == 422
    assert "in the future" in words_of(answer)


def test_the_button_that_records_carries_two_identifiers(client: Client, nurse: User, patient: Patient) -> None:
    client.force_login(nurse)
    for page in ("give_treatment", "enter_result", "record_measurement", "transfer", "discharge"):
        answer = client.get(reverse(page, args=[patient.pk]))
        assert "Record for LINDQVIST, Maja, 999 123 4567" in words_of(answer)


# --- What is improbable is asked


def test_a_weight_off_by_more_than_a_tenth_is_asked_about_and_the_answer_is_kept(post: Post, patient: Patient) -> None:
    answer = post("record_measurement", weight_kg="82")
    assert answer.status_code == 422
    assert "82 kg is 17.1% more than the 70 kg charted before" in words_of(answer)
    assert "Yes, 82 kg" in words_of(answer)
    assert Weight.objects.count() == 1
    token = re.search(r'name="confirmed" value="([^"]*)"', answer.content.decode())
    assert token is not None
    assert recorded(post("record_measurement", weight_kg="82", confirmed=token[1]), patient)
    weight = Weight.objects.latest("id")
    assert weight.weight_kg == 82
    assert [one["field"] for one in weight.confirmed] == ["weight_kg"]
    assert weight.typed == {"weight_kg": {"text": "82", "unit": "kg"}}


def test_a_height_off_by_more_than_a_tenth_is_asked_about_too(post: Post) -> None:
    answer = post("record_measurement", weight_kg="71", height_cm="107")
    assert answer.status_code == 422
    assert "107 cm is 37.1% less than the 170 cm charted before" in words_of(answer)


def test_the_answer_for_one_weight_is_none_for_another(post: Post) -> None:
    answer = post("record_measurement", weight_kg="83", confirmed="weight_kg=82 kg")
    assert answer.status_code == 422
    assert "Yes, 83 kg" in words_of(answer)


def test_a_weight_within_a_tenth_is_not_asked_about(post: Post, patient: Patient) -> None:
    assert recorded(post("record_measurement", weight_kg="77,0", height_cm="171"), patient)
    assert str(Weight.objects.latest("id").weight_kg) == "77.0"
    assert Height.objects.latest("id").height_cm == 171


def test_a_height_in_meters_offers_what_was_plainly_meant(post: Post, patient: Patient) -> None:
    answer = post("record_measurement", height_cm="1.7")
    assert 'name="fill" value="height_cm=170"' in answer.content.decode()
    filled = post("record_measurement", height_cm="1.7", fill="height_cm=170")
    assert filled.status_code == 200
    assert 'value="170"' in filled.content.decode()
    assert Height.objects.count() == 1  # filling in records nothing


# --- Act by act


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
    assert "Grade 1, mild" in before


def test_the_same_product_again_is_refused_at_the_product(post: Post, ward: Ward) -> None:
    answer = post("start_infusion", cause="car-t", product="Axicabtagene  Ciloleucel", started_at=at(1, ward))
    assert answer.status_code == 422
    assert '<a href="#id_product">' in answer.content.decode()


def test_facts_are_charted_whole_and_what_was_not_changed_stays(post: Post, patient: Patient) -> None:
    typed = {
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


# --- The ward


def settings_typed(**changes: str) -> dict[str, str]:
    """The defaults as the settings page posts them, with changes."""
    initial = WardSettingsForm.initial_of(WardSettings.objects.latest("id"))
    return {"submission_id": str(uuid4())} | {name: str(value) for name, value in initial.items()} | changes


def test_new_settings_are_a_new_version_and_grade_every_patient_anew(
    client: Client, nurse: User, admin: User, patient: Patient, ward: Ward
) -> None:
    an_assessment(nurse, patient, 1, temperature_c=Decimal("39.4"))
    before = StoredVerdict.objects.count()
    client.force_login(admin)
    address = reverse("ward_settings", args=[ward.pk])
    answer = client.post(
        address, settings_typed(window_oxygen="120", default_protocol="lee-2014", brands="Tocivance = tocilizumab")
    )
    assert answer.status_code == 302
    assert WardSettings.objects.count() == 2
    current = WardSettings.objects.latest("id").as_settings()
    assert current.windows["oxygen"] == timedelta(hours=2)
    assert current.brands == {"tocivance": "tocilizumab"}
    assert StoredVerdict.objects.count() > before
    assert WardSettings.objects.latest("id").version in words_of(client.get(address))


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("window_oxygen", "0"),
        ("window_oxygen", "10081"),
        ("window_oxygen", "1.5"),
        ("round_4", "0"),
        ("spo2_limit_percent", "49"),
        ("older_age_years", "17"),
        ("reassess_after_resolved", "soon"),
        ("brands", "Tocivance"),
    ],
)
def test_a_setting_that_is_not_allowed_is_refused_at_its_field(
    field: str, typed: str, client: Client, admin: User, ward: Ward
) -> None:
    client.force_login(admin)
    answer = client.post(reverse("ward_settings", args=[ward.pk]), settings_typed(**{field: typed}))
    assert answer.status_code == 422
    assert f'<a href="#id_{field}">' in answer.content.decode()
    assert WardSettings.objects.count() == 1


# --- The list


def test_the_list_shows_bed_name_age_therapy_grade_age_of_the_assessment_and_what_is_due(
    client: Client, nurse: User, patient: Patient
) -> None:
    an_assessment(nurse, patient, 0.5, temperature_c=Decimal("39.4"))
    client.force_login(nurse)
    page = words_of(client.get("/"))
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
    page = words_of(client.post("/", {"text": sought}))
    assert "LINDQVIST" in page
    assert "YAMADA" not in page


def test_a_search_in_the_address_is_not_read(client: Client, nurse: User, patient: Patient) -> None:
    client.force_login(nurse)
    assert "LINDQVIST" in words_of(client.get("/?text=nobody"))


def test_names_one_letter_apart_are_marked(client: Client, nurse: User, patient: Patient, ward: Ward) -> None:
    client.force_login(nurse)
    assert "Like name" not in words_of(client.get("/"))
    a_patient(nurse, ward, mrn="2", family_name="Lindquist", given_name="Karl")
    a_patient(nurse, ward, mrn="3", family_name="Yamada", given_name="Ken")
    assert words_of(client.get("/")).count("Like name") == 2


def test_the_discharged_are_not_on_the_ward_but_are_found(post: Post, client: Client, patient: Patient) -> None:
    post("discharge")
    assert "LINDQVIST" not in words_of(client.get("/"))
    assert "LINDQVIST" in words_of(client.post("/", {"show": "gone"}))


def test_a_hundred_patients_stand_on_a_page(client: Client, nurse: User, ward: Ward) -> None:
    for number in range(103):
        a_patient(nurse, ward, mrn=str(number), infusion=False, family_name=f"Family {number}", given_name="X")
    client.force_login(nurse)
    first = client.get("/").content.decode()
    second = client.post("/", {"page": "2"}).content.decode()
    assert first.count("patient-link") == 100
    assert second.count("patient-link") == 3
    assert "103 patients" in words_of(client.get("/"))


def test_a_list_of_patients_asks_the_database_a_fixed_number_of_times(
    client: Client, nurse: User, ward: Ward, django_assert_max_num_queries: Any
) -> None:
    client.force_login(nurse)
    for number in range(5):
        patient = a_patient(nurse, ward, mrn=str(number))
        an_assessment(nurse, patient, 1, temperature_c=Decimal("38.5"))
    with django_assert_max_num_queries(30):
        client.get("/")


# --- The patient's page


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
    for page in ("/", reverse("patient_detail", args=[patient.pk])):
        assert "0, none" not in words_of(client.get(page)).partition("Maximum so far")[0]


def test_the_maximum_so_far_stands_beside_the_grade_now(client: Client, nurse: User, patient: Patient) -> None:
    an_assessment(nurse, patient, 5, temperature_c=Decimal("39.4"), systolic=Decimal(70), diastolic=Decimal(40))
    an_assessment(
        nurse, patient, 1, temperature_c=Decimal("36.9"), systolic=Decimal(120), diastolic=Decimal(80), vasopressors=()
    )
    client.force_login(nurse)
    page = words_of(client.get(reverse("patient_detail", args=[patient.pk])))
    scales = page.partition("All scales")[2].partition("Values in force")[0]
    assert "Grade 2, moderate" in scales
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
    assert answer.headers["Location"] == reverse("patient_list")


def test_a_patient_in_crs_with_no_result_for_24_hours_is_marked(
    post: Post, client: Client, nurse: User, patient: Patient, ward: Ward
) -> None:
    an_assessment(nurse, patient, 1, temperature_c=Decimal("39.4"))
    addresses = ("/", reverse("patient_detail", args=[patient.pk]))
    post("enter_result", analyte="crp", value="215", unit="mg/L", at=at(25, ward))
    assert all("result for 24 h" in words_of(client.get(address)) for address in addresses)
    post("enter_result", analyte="crp", value="215", unit="mg/L", at=at(23, ward))
    assert not any("result for 24 h" in words_of(client.get(address)) for address in addresses)


@pytest.mark.parametrize("page", ["account_change_password", "account_reauthenticate", "account_inactive"])
def test_the_pages_of_an_account_are_the_ward_s_own(page: str, client: Client, nurse: User) -> None:
    client.force_login(nurse)
    answer = client.get(reverse(page))
    assert answer.status_code == 200
    assert "crsweb.css" in answer.content.decode()
