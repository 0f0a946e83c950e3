"""Is an assessment recorded as it was typed, once, and graded live as it will be recorded?"""

from decimal import Decimal
from uuid import uuid4

import pytest
from django.test import Client

from patients.models import Assessment, Patient, Treatment, User, Ward
from tests.patients.assess import Form, fields_of
from tests.patients.cast import a_patient, a_ward, an_assessment
from tests.patients.vasopressors import norepinephrine

pytestmark = pytest.mark.django_db


@pytest.fixture
def ward(nurse: User) -> Ward:
    return a_ward(nurse)


@pytest.fixture
def patient(nurse: User, ward: Ward) -> Patient:
    return a_patient(nurse, ward)


def test_a_single_temperature_is_a_valid_assessment(nurse: User, patient: Patient) -> None:
    answer = Form(nurse, patient).fill(temperature="38,5").record()
    assert (answer.status_code, answer.url) == (302, f"/patients/{patient.pk}/")
    row = Assessment.objects.get()
    assert row.temperature_c == Decimal("38.5")
    assert row.typed == {"temperature_c": {"text": "38,5", "unit": "°C"}}
    assert [row.systolic, row.vasopressors_charted, row.oxygen_device, row.constitutional] == [None, False, None, None]
    assert row.entered_by == nurse


def test_the_grade_while_typing_is_the_grade_that_is_recorded(nurse: User, patient: Patient) -> None:
    form = Form(nurse, patient).fill(temperature="38.5", oxygen_device="nasal-cannula", oxygen_flow="2")
    live = form.verdict()
    assert "ASTCT 2019" in live and "rade 2, moderate" in live
    assert "rade 2, moderate" in form.client.get(form.record().url).content.decode()


def test_fahrenheit_is_understood_and_kept_as_typed(nurse: User, patient: Patient) -> None:
    form = Form(nurse, patient).fill(temperature="100.4")
    assert "100.4 °F = 38.0 °C" in form.verdict()
    form.record()
    row = Assessment.objects.get()
    assert row.temperature_c == 38
    assert row.typed == {"temperature_c": {"text": "100.4", "unit": "°F"}}


def test_every_label_of_the_form_is_there(nurse: User, patient: Patient) -> None:
    page = Form(nurse, patient).page.content.decode()
    for label in (
        *("Temperature", "Systolic", "Diastolic", "Mean", "Heart rate", "Respiratory rate", "SpO2", "Oxygen device"),
        *("Oxygen flow", "FiO2", "For hypoxia", "Agent", "Rate", "Unit", "At this rate or more since"),
        *("For hypotension", "Fluid bolus", "Hypotension", "Pressure restored", "Antipyretic given now", "Seen at"),
        *("Note", "Cannot be assessed", "Life-threatening", "Managed as severe", "This is CRS", "Consciousness"),
        *("Seizure", "Motor weakness", "Raised ICP", "ICE score"),
    ):
        assert f">{label}</label>" in page, label
    for title in ("Symptoms", "Organ toxicity", "Neurology", "Judgement", "CTCAE v4"):
        assert f"<summary>{title}</summary>" in page, title
    assert ">Vasopressors</legend>" in page and ">Attributed elsewhere</legend>" in page and "None running" in page


def test_the_button_names_the_patient_with_two_identifiers(nurse: User, patient: Patient) -> None:
    assert "Record for LINDQVIST, Maja, 1001</button>" in Form(nurse, patient).page.content.decode()


def test_every_field_is_recorded_as_charted(physician: User, patient: Patient, ward: Ward) -> None:
    physician.wards.add(ward)
    form = Form(physician, patient).fill(
        temperature="39.6",
        systolic="70",
        diastolic="40",
        mean="50",
        heart_rate="142",
        respiratory_rate="30",
        spo2="89",
        oxygen_device="venturi-mask",
        oxygen_flow="8",
        fio2="40",
        for_hypoxia="yes",
        fluid_bolus="yes",
        hypotension="yes",
        pressure_restored="no",
        attributed_elsewhere=["fever", "renal"],
        attribution_reason="pneumonia",
        antipyretic_now="acetaminophen",
        note="two\nlines",
        symptoms=["rigors", "headache"],
        organ_renal="1",
        organ_cardiac="0",
        ice_score="9",
        consciousness="to-voice",
        seizure="none",
        motor_weakness="no",
        raised_icp="none",
        life_threatening="no",
        severe_grade_2="yes",
        crs_confirmed="yes",
        symptomatic_response="prompt",
        vasopressors__0__agent="norepinephrine",
        vasopressors__0__rate="0.1",
        vasopressors__0__unit="mcg/kg/min",
        vasopressors__1__agent="vasopressin",
        vasopressors__1__rate="0.03",
        vasopressors__1__unit="units/min",
        vasopressors__1__for_hypotension="no",
    )
    assert form.record().status_code == 302
    row = Assessment.objects.get()
    assert [(v.agent, v.rate, v.unit, v.for_hypotension) for v in row.vasopressors.all()] == [
        ("norepinephrine", Decimal("0.1"), "mcg/kg/min", None),
        ("vasopressin", Decimal("0.03"), "units/min", False),
    ]
    assert {o.system: o.grade for o in row.organ_toxicities.all()} == {"renal": 1, "cardiac": 0}
    assert [row.oxygen_device, row.oxygen_flow_l_min, row.oxygen_fio2_percent] == ["venturi-mask", 8, 40]
    assert [row.constitutional, row.attributed_elsewhere] == [["rigors", "headache"], ["fever", "renal"]]
    assert [row.mean, row.spo2_percent, row.fluid_bolus, row.pressure_restored] == [50, 89, True, False]
    assert [row.ice_score, row.consciousness, row.motor_weakness] == [9, "to-voice", False]
    assert row.note == "two\nlines"
    assert Treatment.objects.get().drug == "acetaminophen"
    assert Treatment.objects.get().at == row.at


def test_none_of_these_is_charted_and_differs_from_nothing_said(nurse: User, patient: Patient) -> None:
    form = Form(nurse, patient).fill(symptoms_none="on", organs_none="on", attributed_none="on", vasopressors_none="on")
    form.record()
    row = Assessment.objects.get()
    assert [row.constitutional, row.attributed_elsewhere] == [[], []]
    assert row.vasopressors_charted and row.organs_charted
    assert not row.vasopressors.exists()


def test_an_empty_form_is_not_recorded(nurse: User, patient: Patient) -> None:
    answer = Form(nurse, patient).record()
    assert answer.status_code == 422
    assert "Nothing is charted yet" in answer.content.decode()


def test_three_taps_record_once(nurse: User, patient: Patient) -> None:
    form = Form(nurse, patient).fill(temperature="38.5")
    assert [form.record().status_code for _ in range(3)] == [302, 302, 302]
    assert Assessment.objects.count() == 1


def test_a_retry_with_an_agent_answered_same_is_the_same_record(nurse: User, patient: Patient) -> None:
    an_assessment(nurse, patient, vasopressors=norepinephrine("0.1"))
    form = Form(nurse, patient).fill(vasopressors__0__answer="same")
    assert [form.record().status_code for _ in range(3)] == [302, 302, 302]
    assert Assessment.objects.count() == 2


def test_the_same_submission_with_other_values_is_an_error_and_never_a_silent_drop(
    nurse: User, patient: Patient
) -> None:
    form = Form(nurse, patient).fill(temperature="38.5")
    form.record()
    answer = form.fill(temperature="39.5").record()
    assert answer.status_code == 422
    assert "already recorded with other values" in answer.content.decode()
    assert Assessment.objects.get().temperature_c == Decimal("38.5")


def test_a_form_of_another_patient_is_refused(nurse: User, patient: Patient, ward: Ward) -> None:
    other = a_patient(nurse, ward, mrn="1002")
    form = Form(nurse, patient).fill(temperature="38.5")
    form.address = f"/patients/{other.pk}/assess/"
    answer = form.record()
    assert (answer.status_code, answer.headers["X-Refused"]) == (409, "patient")
    assert "opened for another patient" in answer.content.decode()
    assert not Assessment.objects.exists()


def test_a_form_that_somebody_else_opened_is_refused(
    nurse: User, physician: User, patient: Patient, ward: Ward
) -> None:
    physician.wards.add(ward)
    form = Form(nurse, patient).fill(temperature="38.5")
    form.client.force_login(physician)
    for answer in (form.record(), form.client.post(f"{form.address}verdict/", form.values)):
        assert (answer.status_code, answer.headers["X-Refused"]) == (409, "user")
        assert "38.5" not in answer.content.decode()
    assert not Assessment.objects.exists()


def test_a_fragment_of_a_signed_out_browser_gets_401(nurse: User, patient: Patient) -> None:
    form = Form(nurse, patient).fill(temperature="38.5")
    form.client.logout()
    headers = {"HX-Request": "true"}
    assert form.client.post(f"{form.address}verdict/", form.values, headers=headers).status_code == 401
    assert form.client.post(form.address, form.values, headers=headers).status_code == 401


def test_fragments_are_posted_and_never_stored(nurse: User, patient: Patient) -> None:
    form = Form(nurse, patient)
    assert form.client.get(f"{form.address}verdict/").status_code == 405
    answer = form.client.post(f"{form.address}verdict/", form.values)
    assert "no-store" in answer.headers["Cache-Control"]


def test_who_may_not_chart_does_not_get_the_form(admin: User, nurse: User, patient: Patient, ward: Ward) -> None:
    admin.wards.add(ward)
    nurse.wards.remove(ward)
    for user, status in ((admin, 403), (nurse, 404)):
        client = Client()
        client.force_login(user)
        assert client.get(f"/patients/{patient.pk}/assess/").status_code == status


def test_what_was_typed_is_still_there_after_an_error(nurse: User, patient: Patient) -> None:
    typed = {"temperature": "99 9", "note": "the tube <b>slipped</b>", "organ_renal": "2", "oxygen_device": "cpap"}
    answer = Form(nurse, patient).fill(**typed, symptoms=["rigors", "rash"], vasopressors__1__rate="x4").record()
    assert answer.status_code == 422
    again = fields_of(answer)
    assert {name: again[name] for name in typed} == typed
    assert (again["symptoms"], again["vasopressors-1-rate"]) == (["rigors", "rash"], "x4")
    assert "<b>slipped" not in answer.content.decode()


def test_a_submission_id_that_is_none_is_refused_without_an_error_page(nurse: User, patient: Patient) -> None:
    assert Form(nurse, patient).fill(temperature="38.5", submission_id="x").record().status_code == 422
    form = Form(nurse, patient).fill(temperature="38.5", submission_id=str(uuid4()))
    assert form.record().status_code == 302


def test_severity_at_grade_2_is_asked_of_the_physician_and_refused_of_a_nurse(
    nurse: User, physician: User, patient: Patient, ward: Ward
) -> None:
    physician.wards.add(ward)
    form = Form(nurse, patient)
    assert "severe_grade_2" not in form.values
    assert "asked of the physician" in form.page.content.decode()
    answer = form.fill(temperature="38.5", severe_grade_2="yes").record()
    assert answer.status_code == 422
    assert "Severity at grade 2 is asked of the physician" in answer.content.decode()
    assert not Assessment.objects.exists()
    assert Form(physician, patient).fill(temperature="38.5", severe_grade_2="yes").record().status_code == 302
    assert Assessment.objects.get().severe_grade_2 is True
