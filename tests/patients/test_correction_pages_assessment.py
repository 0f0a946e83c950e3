"""Does the assessment form open with everything that was charted, and grade the course with the corrected row?"""

import re
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from grading import record
from patients import actions
from patients.models import Assessment, Correction, Patient, User
from patients.record import assessment_record
from tests.patients.assess import fields_of
from tests.patients.cast import an_assessment, hours_ago
from tests.patients.pages import recorded, words_of

NOREPINEPHRINE = record.Vasopressor(
    agent="norepinephrine", rate=Decimal("0.1"), unit="mcg/kg/min", for_hypotension=True
)
VASOPRESSIN = record.Vasopressor(agent="vasopressin", rate=Decimal("0.03"), unit="units/min", for_hypotension=False)
EVERYTHING: dict[str, Any] = {
    "temperature_c": Decimal("39.5"),
    "heart_rate": Decimal(120),
    "respiratory_rate": Decimal(24),
    "spo2_percent": Decimal(93),
    "systolic": Decimal(88),
    "diastolic": Decimal(46),
    "mean": Decimal(60),
    "fluid_bolus": True,
    "hypotension": True,
    "pressure_restored": False,
    "vasopressors": (NOREPINEPHRINE, VASOPRESSIN),
    "oxygen": record.Oxygen(device="venturi-mask", flow_l_min=Decimal(8), fio2_percent=Decimal(50), for_hypoxia=True),
    "constitutional": ("rigors", "headache"),
    "organ_toxicity": {"renal": 2, "hepatic": 0},
    "attributed_elsewhere": ("renal",),
    "life_threatening": False,
    "symptomatic_response": "prompt",
    "crs_confirmed": True,
    "severe_grade_2": False,
    "ice_score": 7,
    "consciousness": "to-voice",
    "seizure": "none",
    "motor_weakness": False,
    "note": "second bolus refused",
}


def opened(client: Client, patient: Patient, row: Assessment) -> tuple[str, dict[str, Any]]:
    page = reverse("correct_assessment", args=[patient.pk, row.pk])
    answer = client.get(page)
    assert answer.status_code == 200
    assert "data-error-summary" not in answer.content.decode().split("<template")[0]
    return page, fields_of(answer)


def without_ref(row: Assessment) -> dict[str, Any]:
    seen = assessment_record(row)
    return {name: getattr(seen, name) for name in record.Assessment.__dataclass_fields__ if name != "ref"}


@pytest.mark.parametrize("before", [None, (NOREPINEPHRINE,), (VASOPRESSIN, NOREPINEPHRINE), ()])
@pytest.mark.parametrize("vasopressors", [None, (), (NOREPINEPHRINE,), (NOREPINEPHRINE, VASOPRESSIN)])
def test_everything_charted_comes_back_as_it_was_beside_the_one_value_corrected(
    before: tuple[record.Vasopressor, ...] | None,
    vasopressors: tuple[record.Vasopressor, ...] | None,
    client: Client,
    nurse: User,
    physician: User,
    patient: Patient,
) -> None:
    an_assessment(nurse, patient, 3, vasopressors=before)
    charted = EVERYTHING | {"vasopressors": vasopressors}
    row = actions.record_assessment(
        by=physician,
        submission_id=uuid4(),
        patient=patient,
        assessment=record.Assessment(at=hours_ago(1), **charted),
        at=hours_ago(1),
        impression=3,
        attribution_reason="known kidney disease",
    )
    client.force_login(nurse)
    page, typed = opened(client, patient, row)
    answer = client.post(page, typed | {"temperature": "38.5", "reason": "typing"})
    assert recorded(answer, patient), words_of(answer)
    new = Correction.objects.get(assessment=row).by_assessment
    assert new is not None
    kept, said = without_ref(row), without_ref(new)
    assert said.pop("temperature_c") == Decimal("38.5")
    kept.pop("temperature_c")
    if kept["vasopressors"]:
        kept["vasopressors"] = set(kept["vasopressors"])
        said["vasopressors"] = set(said["vasopressors"])
    assert said == kept
    assert (new.impression, new.attribution_reason) == (3, "known kidney disease")


def test_what_was_typed_comes_back_as_it_was_typed(client: Client, nurse: User, patient: Patient) -> None:
    client.force_login(nurse)
    form = reverse("assess", args=[patient.pk])
    typed = fields_of(client.get(form)) | {"temperature": "101,3", "systolic": "90", "spo2": "97"}
    assert recorded(client.post(form, typed), patient)
    row = patient.assessments.get()
    page, again = opened(client, patient, row)
    assert (again["temperature"], again["systolic"]) == ("101,3", "90")
    assert recorded(client.post(page, again | {"systolic": "98", "reason": "misread"}), patient)
    new = Correction.objects.get(assessment=row).by_assessment
    assert new is not None
    assert (new.temperature_c, new.at) == (row.temperature_c, row.at), "to the second, although minutes are shown"
    assert new.typed["temperature_c"] == {"text": "101,3", "unit": "°F"}


def test_a_value_that_was_confirmed_is_not_asked_about_again(client: Client, nurse: User, patient: Patient) -> None:
    client.force_login(nurse)
    form = reverse("assess", args=[patient.pk])
    typed = fields_of(client.get(form)) | {"temperature": "33.0", "heart_rate": "80"}
    asked = client.post(form, typed)
    token = asked.context["form"].questions.open[0].token
    assert recorded(client.post(form, typed | {"confirmed": token}), patient)
    page, again = opened(client, patient, patient.assessments.get())
    assert again["confirmed"] == token
    assert recorded(client.post(page, again | {"heart_rate": "88", "reason": "typing"}), patient)


def test_the_live_grade_is_that_of_the_course_with_the_corrected_row_instead_of_the_old_one(
    client: Client, nurse: User, patient: Patient
) -> None:
    row = an_assessment(nurse, patient, 1, temperature_c=Decimal("36.8"), vasopressors=(NOREPINEPHRINE,))
    client.force_login(nurse)
    page, typed = opened(client, patient, row)
    live = f"{page}verdict/"
    febrile = client.post(live, typed | {"temperature": "39.0"}, headers={"HX-Request": "true"})
    assert 'data-rank="3"' in febrile.content.decode()
    stopped = typed | {"temperature": "39.0", "vasopressors_none": "on"}
    stopped = {name: value for name, value in stopped.items() if not name.startswith("vasopressors-")}
    none_running = client.post(live, stopped, headers={"HX-Request": "true"})
    assert 'data-rank="1"' in none_running.content.decode()
    assert not Correction.objects.exists()


def test_the_fragment_equals_what_the_page_shows_on_a_reload(client: Client, nurse: User, patient: Patient) -> None:
    row = an_assessment(nurse, patient, 1, temperature_c=Decimal("39.0"), spo2_percent=Decimal(97))
    client.force_login(nurse)
    page, typed = opened(client, patient, row)
    whole = client.post(page, typed | {"temperature": "38.2"}).content.decode()
    assert "Choose a reason" in whole
    asked = client.post(page, typed | {"temperature": "33.0", "reason": "typing"}).content.decode()
    live = client.post(
        f"{page}verdict/", typed | {"temperature": "33.0", "reason": "typing"}, headers={"HX-Request": "true"}
    )
    assert re.sub(r"\s+", " ", live.content.decode().split("<template")[0]).strip() in re.sub(r"\s+", " ", asked)
    without = client.post(f"{page}verdict/", typed | {"temperature": "38.2"}, headers={"HX-Request": "true"})
    assert 'data-rank="1"' in without.content.decode(), "a missing reason holds back recording, not the grade"


def test_an_assessment_that_is_emptied_is_withdrawn_instead(client: Client, nurse: User, patient: Patient) -> None:
    row = an_assessment(nurse, patient, 1, temperature_c=Decimal("39.0"))
    client.force_login(nurse)
    page, typed = opened(client, patient, row)
    answer = client.post(page, typed | {"temperature": "", "reason": "typing"})
    assert answer.status_code == 422
    assert "take the row out as entered in error instead" in words_of(answer)


def test_a_form_of_another_patient_or_user_corrects_nothing(
    client: Client, nurse: User, physician: User, patient: Patient
) -> None:
    row = an_assessment(nurse, patient, 1, temperature_c=Decimal("39.0"))
    client.force_login(nurse)
    page, typed = opened(client, patient, row)
    client.force_login(physician)
    answer = client.post(page, typed | {"temperature": "38.0", "reason": "typing"})
    assert answer.status_code == 409
    assert not Correction.objects.exists()


def test_one_item_of_the_ice_score_is_corrected_and_the_score_follows(
    client: Client, nurse: User, patient: Patient
) -> None:
    points = {"year": 1, "month": 1, "city": 1, "hospital": 1, "naming": 3, "command": 1, "writing": 1, "counting": 1}
    typed = {"ice_items": {key: str(most) for key, most in points.items()}}
    row = actions.record_assessment(
        by=nurse,
        submission_id=uuid4(),
        patient=patient,
        assessment=record.Assessment(at=hours_ago(1), ice_score=10),
        at=hours_ago(1),
        typed=typed,
    )
    client.force_login(nurse)
    page, fields = opened(client, patient, row)
    assert recorded(client.post(page, fields | {"ice_score_naming": "1", "reason": "typing"}), patient)
    latest = Assessment.objects.standing().get(patient=patient)
    assert (latest.ice_score, latest.typed["ice_items"]["naming"]) == (8, "1")


def test_the_pages_that_take_an_assessment_away_say_that_its_antipyretic_goes_too(
    client: Client, nurse: User, patient: Patient
) -> None:
    client.force_login(nurse)
    row = actions.record_assessment(
        by=nurse,
        submission_id=uuid4(),
        patient=patient,
        assessment=record.Assessment(at=hours_ago(1), temperature_c=Decimal("39.5")),
        at=hours_ago(1),
        antipyretic=record.Treatment(at=hours_ago(1), drug="acetaminophen"),
    )
    for act in ("error_assessment", "move_assessment"):
        assert "acetaminophen, given" in words_of(client.get(reverse(act, args=[patient.pk, row.pk])))
    assert "goes with it" not in words_of(client.get(reverse("correct_assessment", args=[patient.pk, row.pk])))


def test_a_nurse_corrects_around_the_physicians_word_and_does_not_change_it(
    client: Client, nurse: User, physician: User, patient: Patient
) -> None:
    row = an_assessment(physician, patient, 1, temperature_c=Decimal("39.5"), severe_grade_2=True)
    client.force_login(nurse)
    page, typed = opened(client, patient, row)
    assert typed["severe_grade_2"] == "yes"
    refused = client.post(page, typed | {"severe_grade_2": "no", "reason": "typing"})
    assert "asked of the physician: it was not recorded" in words_of(refused)
    assert not Correction.objects.exists()
    with pytest.raises(actions.Refused, match="asked of the physician"):
        actions.correct_row(by=nurse, submission_id=uuid4(), row=row, values={"severe_grade_2": None}, reason="typing")
    assert recorded(client.post(page, typed | {"temperature": "38.5", "reason": "typing"}), patient)
    new = Correction.objects.get(assessment=row).by_assessment
    assert new is not None and new.severe_grade_2 is True
