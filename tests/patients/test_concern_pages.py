"""«Escalate now»: may who must, does it stand first until a physician saw it, and is it said that nothing is sent?"""

import re
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from patients import actions
from patients.models import Concern, ConcernAcknowledgement, Patient, Role, User, Ward
from tests.patients.cast import a_patient, a_user, an_assessment
from tests.patients.pages import recorded, words_of

SENT = "No sound or message is sent"


def raised(by: User, patient: Patient, why: str = "Looks worse than the numbers") -> Concern:
    return actions.raise_concern(by=by, submission_id=uuid4(), patient=patient, why=why, called="Dr. Berg, 4711")


def raises(client: Client, user: User, patient: Patient, **typed: Any) -> Any:
    client.force_login(user)
    values = {"submission_id": str(uuid4()), "why": "Mottled knees", "called": "", "answered": ""} | typed
    return client.post(reverse("raise_concern", args=[patient.pk]), values)


@pytest.mark.parametrize("role", list(Role))
def test_who_charts_escalates_and_a_physician_acknowledges(
    role: Role, client: Client, ward: Ward, patient: Patient
) -> None:
    user = a_user(f"a {role}", role)
    user.wards.add(ward)
    charts, decides = role in {Role.NURSE, Role.CHARGE_NURSE, Role.PHYSICIAN}, role == Role.PHYSICIAN
    answer = raises(client, user, patient)
    assert answer.status_code == (302 if charts else 403)
    concern = Concern.objects.first() or raised(ward.settings_rows.get().entered_by, patient)
    address = reverse("acknowledge_concern", args=[patient.pk, concern.pk])
    answer = client.post(address, {"submission_id": str(uuid4()), "text": "On my way"})
    assert answer.status_code == (302 if decides else 403)
    assert ConcernAcknowledgement.objects.filter(concern=concern).exists() is decides
    page = client.get(reverse("patient_detail", args=[patient.pk])).content.decode()
    assert ("Escalate now" in page) is charts


def test_a_concern_says_why_and_keeps_what_was_typed(client: Client, nurse: User, patient: Patient) -> None:
    answer = raises(client, nurse, patient, why=" ", called="Dr. Berg, 4711")
    assert answer.status_code == 422
    assert "What worries you is needed." in words_of(answer)
    assert 'value="Dr. Berg, 4711"' in answer.content.decode()
    assert SENT in words_of(answer)
    assert not Concern.objects.exists()


def test_a_double_tap_raises_one_concern(client: Client, nurse: User, patient: Patient) -> None:
    once = str(uuid4())
    for _ in range(2):
        assert recorded(raises(client, nurse, patient, submission_id=once), patient)
    assert Concern.objects.count() == 1


def test_a_concern_at_grade_0_stands_first_on_patient_list_and_worklist(
    client: Client, nurse: User, physician: User, ward: Ward, patient: Patient
) -> None:
    ill = a_patient(nurse, ward, mrn="2", family_name="Ahlgren", given_name="Eva")
    an_assessment(nurse, ill, temperature_c=Decimal(39), hypotension=True, vasopressors=())
    raised(nurse, patient)
    client.force_login(physician)
    for address in (reverse("patient_list"), reverse("worklist")):
        page = client.get(address).content.decode()
        assert page.index("LINDQVIST, Maja") < page.index("AHLGREN, Eva"), address
        assert "Looks worse than the numbers" in page
        assert SENT in page
    assert "Worklist 2" in words_of(client.get("/")).replace(", 2", "2").replace("Worklist2", "Worklist 2")


def test_an_acknowledged_concern_no_longer_stands_first_and_says_who_saw_it(
    client: Client, nurse: User, physician: User, patient: Patient
) -> None:
    concern = raised(nurse, patient)
    client.force_login(physician)
    address = reverse("acknowledge_concern", args=[patient.pk, concern.pk])
    page = client.get(address)
    assert "Looks worse than the numbers" in words_of(page)
    assert recorded(client.post(address, {"submission_id": str(uuid4()), "text": "On my way"}), patient)
    assert "Looks worse" not in words_of(client.get(reverse("worklist")))
    assert "Looks worse" not in words_of(client.get(reverse("patient_list")))
    client.force_login(nurse)
    seen = words_of(client.get(reverse("patient_detail", args=[patient.pk])))
    assert f"by {physician}: On my way" in seen
    assert "not acknowledged yet" not in seen


def test_the_second_physician_is_told_of_the_first(
    client: Client, nurse: User, physician: User, ward: Ward, patient: Patient
) -> None:
    concern = raised(nurse, patient)
    actions.acknowledge_concern(by=physician, submission_id=uuid4(), concern=concern)
    second = a_user("second", Role.PHYSICIAN)
    second.wards.add(ward)
    client.force_login(second)
    address = reverse("acknowledge_concern", args=[patient.pk, concern.pk])
    answer = client.post(address, {"submission_id": str(uuid4()), "text": ""})
    assert answer.status_code == 422
    assert f"{physician} has acknowledged this concern already." in words_of(answer)


def test_a_concern_of_another_patient_does_not_exist(
    client: Client, nurse: User, physician: User, ward: Ward, patient: Patient
) -> None:
    other = a_patient(nurse, ward, mrn="2", family_name="Ahlgren", given_name="Eva")
    concern = raised(nurse, other)
    client.force_login(physician)
    assert client.get(reverse("acknowledge_concern", args=[patient.pk, concern.pk])).status_code == 404


@pytest.mark.parametrize(("minutes", "overdue"), [(9, False), (10, True)])
def test_after_the_wards_minutes_the_page_says_whom_else_to_call(
    minutes: int,
    overdue: bool,
    client: Client,
    nurse: User,
    admin: User,
    ward: Ward,
    patient: Patient,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    current = ward.current
    actions.change_ward_settings(
        by=admin,
        submission_id=uuid4(),
        ward=ward,
        document=current.document,
        default_protocol=current.default_protocol,
        concern_contacts="ICU outreach, 555",
    )
    concern = raised(nurse, patient)
    later: datetime = concern.entered_at + timedelta(minutes=minutes, seconds=1)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    client.force_login(nurse)
    for address in (reverse("patient_detail", args=[patient.pk]), reverse("patient_list")):
        page = client.get(address).content.decode()
        late = re.search(r'<div class="concern-late[^>]*data-shows-at="([^"]*)"[^>]*>', page)
        assert late is not None
        assert (" hidden" in late[0]) is not overdue
        assert datetime.fromisoformat(late[1]) == concern.entered_at + timedelta(minutes=10)
        assert "Over 10 min, and no physician has acknowledged it. Call besides:" in page
        assert "ICU outreach, 555" in page


def test_an_administrator_sets_the_minutes_and_whom_to_call(client: Client, admin: User, ward: Ward) -> None:
    client.force_login(admin)
    address = reverse("ward_settings", args=[ward.pk])
    form = client.get(address).context["form"]
    typed = {name: form[name].value() for name in form.fields} | {
        "submission_id": str(uuid4()),
        "concern_minutes": "5",
        "concern_contacts": "ICU outreach, 555",
    }
    assert client.post(address, typed).status_code == 302
    now = ward.settings_rows.latest("id")
    assert (now.concern_minutes, now.concern_contacts) == (5, "ICU outreach, 555")
    answer = client.post(address, typed | {"submission_id": str(uuid4()), "concern_minutes": "0"})
    assert answer.status_code == 422
    assert "0 is not possible: 1 to 240 is allowed" in words_of(answer)
