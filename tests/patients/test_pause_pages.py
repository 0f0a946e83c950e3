"""Off the ward, on screen: who may, what is asked, what the pages say until the end and after it."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from grading.record import Vasopressor
from patients import actions
from patients.formats import shown_time
from patients.models import Patient, Pause, PauseEnd, Role, User, Ward
from patients.permissions import READS
from tests.patients.cast import a_user, an_assessment
from tests.patients.pages import at, recorded, words_of
from tests.patients.test_pauses import CALM, paused


def pauses(client: Client, user: User, patient: Patient, **typed: Any) -> Any:
    client.force_login(user)
    values = {"submission_id": str(uuid4()), "reason": "imaging", "minutes": "60", "opened_on": "0"} | typed
    return client.post(reverse("pause_monitoring", args=[patient.pk]), values)


def page_of(client: Client, patient: Patient, name: str = "patient_detail") -> str:
    return words_of(client.get(reverse(name, args=[patient.pk] if name == "patient_detail" else [])))


@pytest.mark.parametrize("role", sorted(READS))
def test_who_charts_pauses_and_says_that_the_patient_is_back(
    role: Role, client: Client, nurse: User, ward: Ward, patient: Patient
) -> None:
    user = a_user(f"a {role}", role)
    user.wards.add(ward)
    assert pauses(client, user, patient).status_code == 302
    pause = Pause.objects.first() or paused(nurse, patient, 0, -1)
    page = client.get(reverse("patient_detail", args=[patient.pk])).content.decode()
    assert "In imaging until" in page
    assert "Back on the ward now" in page
    answer = client.post(reverse("end_pause", args=[patient.pk, pause.pk]), {"submission_id": str(uuid4())})
    assert answer.status_code == 302
    assert PauseEnd.objects.exists()


def test_list_and_page_say_where_until_when_and_then_that_nobody_saw_the_patient_since(
    client: Client, nurse: User, ward: Ward, patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    an_assessment(nurse, patient, 1, **CALM)
    assert recorded(pauses(client, nurse, patient), patient)
    pause = Pause.objects.get()
    assert pause.until == pause.at + timedelta(hours=1)
    with timezone.override(ward.zone):
        until = shown_time(pause.until)
    for name in ("patient_detail", "patient_list"):
        page = page_of(client, patient, name)
        assert f"In imaging until {until}" in page, name
    later = pause.until + timedelta(seconds=1)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    for name in ("patient_detail", "patient_list"):
        page = page_of(client, patient, name)
        assert "Overdue" in page, name
        assert f"Back since {until}? Chart an assessment" in page.replace(pause.until.strftime("%d-%b-%Y "), ""), name


def test_who_was_overdue_before_they_left_is_asked_for_all_the_same_when_the_time_is_over(
    client: Client, nurse: User, patient: Patient
) -> None:
    an_assessment(nurse, patient, 20, **CALM)
    paused(nurse, patient, 2, 1)
    client.force_login(nurse)
    page = page_of(client, patient)
    assert "Back since" in page
    assert "Overdue" in page
    an_assessment(nurse, patient, 0.5, **CALM)
    assert "Back since" not in page_of(client, patient)


def test_back_again_the_page_says_nothing_of_it(client: Client, nurse: User, patient: Patient) -> None:
    an_assessment(nurse, patient, 0.1, **CALM)
    pause = paused(nurse, patient, 0, -1)
    client.force_login(nurse)
    address = reverse("end_pause", args=[patient.pk, pause.pk])
    assert recorded(client.post(address, {"submission_id": str(uuid4())}), patient)
    page = page_of(client, patient)
    assert "In imaging" not in page
    assert "Back since" not in page


def test_an_open_concern_a_grade_of_3_and_a_vasopressor_are_asked_about_and_refuse_nothing(
    client: Client, nurse: User, ward: Ward, patient: Patient
) -> None:
    an_assessment(
        nurse,
        patient,
        1,
        temperature_c=Decimal(39),
        hypotension=True,
        vasopressors=(vasopressor(), vasopressor("vasopressin", "0.03", "units/min")),
    )
    actions.raise_concern(by=nurse, submission_id=uuid4(), patient=patient, why="Mottled knees")
    answer = pauses(client, nurse, patient, minutes="", until=at(-0.5, ward))
    assert answer.status_code == 422
    page = words_of(answer)
    assert "A concern waits for a physician" in page
    assert "Mottled knees" in page
    assert "rade 3" in page
    assert "A vasopressor runs: norepinephrine" in page
    assert not Pause.objects.exists()
    tokens = [question.token for question in answer.context["form"].questions.open]
    assert len(tokens) == 3
    answer = pauses(client, nurse, patient, minutes="", until=at(-0.5, ward), confirmed=tokens)
    assert recorded(answer, patient)
    kept = Pause.objects.get().confirmed
    assert [one["value"].startswith("off the ward") for one in kept] == [True] * 3
    listed = client.get(reverse("patient_list")).content.decode()
    assert listed.index("Mottled knees") < listed.index("In imaging")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"minutes": ""}, "For how long, or until when, is needed"),
        ({"until": "15:30"}, "Choose one of the two"),
        ({"minutes": "", "until": "soon"}, "«soon» is no date and time"),
        ({"minutes": "", "until": "later"}, "is no date and time"),
        ({"reason": "other"}, "Say where, when it is another place"),
        ({"reason": ""}, "Where to is needed"),
        ({"minutes": "999"}, "999 is not one of the available choices"),
    ],
)
def test_what_cannot_be_recorded_is_said_at_its_field_and_stays_typed(
    client: Client, nurse: User, patient: Patient, typed: dict[str, str], said: str
) -> None:
    answer = pauses(client, nurse, patient, **typed)
    assert answer.status_code == 422
    assert said in words_of(answer)
    assert not Pause.objects.exists()
    for text in typed.values():
        assert not text or text == "999" or text in answer.content.decode()


def test_a_pause_over_the_limit_says_the_limit_and_the_page_offers_none(
    client: Client, nurse: User, ward: Ward, patient: Patient
) -> None:
    with timezone.override(ward.zone):
        too_late = shown_time(timezone.now() + timedelta(hours=5))
    answer = pauses(client, nurse, patient, minutes="", until=too_late)
    assert answer.status_code == 422
    assert "limit of a pause" in words_of(answer)
    assert "On this ward a pause lasts 4 h at most." in words_of(answer)


def test_a_double_tap_pauses_once(client: Client, nurse: User, patient: Patient) -> None:
    once = str(uuid4())
    for _ in range(2):
        assert recorded(pauses(client, nurse, patient, submission_id=once), patient)
    assert Pause.objects.count() == 1


def test_the_pause_of_another_patient_does_not_exist(client: Client, nurse: User, patient: Patient) -> None:
    pause = paused(nurse, patient, 0, -1)
    client.force_login(nurse)
    assert client.get(reverse("end_pause", args=[patient.pk + 1, pause.pk])).status_code == 404
    assert client.get(reverse("end_pause", args=[patient.pk, pause.pk + 1])).status_code == 404


def vasopressor(agent: str = "norepinephrine", rate: str = "5", unit: str = "mcg/min") -> Any:
    return Vasopressor(agent=agent, rate=Decimal(rate), unit=unit, since=None, for_hypotension=True)
