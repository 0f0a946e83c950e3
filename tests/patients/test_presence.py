"""Is a workstation that was left alone locked by the server, and passed on without the first one's draft?"""

from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from patients import actions
from patients.hearing import Answer as Heard
from patients.hearing import asker, hears
from patients.models import AuditEntry, Draft, Patient, User, Ward
from patients.topics import Topic
from tests.conftest import PASSWORD
from tests.patients.cast import a_patient, a_ward
from tests.patients.pages import words_of

FRAGMENT = {"HX-Request": "true"}


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        yield clock


def after(clock: time_machine.Traveller, minutes: float) -> None:
    clock.move_to(timezone.now() + timedelta(minutes=minutes))


def set_idle(admin: User, ward: Ward, minutes: int) -> None:
    actions.change_ward_settings(
        by=admin,
        submission_id=uuid4(),
        ward=ward,
        document=ward.current.document,
        default_protocol=ward.current.default_protocol,
        idle_minutes=minutes,
    )


def test_after_ten_minutes_alone_any_request_gets_the_sign_in_whatever_the_page_asked_meanwhile(
    client: Client, nurse: User, patient: Patient, clock: time_machine.Traveller
) -> None:
    client.force_login(nurse)
    client.get(reverse("board"))
    for _ in range(5):
        after(clock, 1.9)
        for fragment in ("board_rows", "presence"):
            assert client.get(reverse(fragment), headers=FRAGMENT).status_code == 200
    after(clock, 1)
    assert client.get(reverse("board_rows"), headers=FRAGMENT).status_code == 401
    assert client.get(reverse("board")).status_code == 302
    [entry] = AuditEntry.objects.filter(event="idle-locked")
    assert entry.by == nurse
    assert not AuditEntry.objects.filter(event="signed-out").exists()


def test_what_is_opened_typed_or_pressed_counts_until_twelve_hours_after_the_sign_in(
    client: Client, nurse: User, admin: User, ward: Ward, clock: time_machine.Traveller
) -> None:
    set_idle(admin, ward, 60)
    client.force_login(nurse)
    for number in range(12):
        after(clock, 59)
        said = client.post(reverse("presence"), headers=FRAGMENT) if number % 2 else client.get(reverse("board"))
        assert said.status_code == 200, number
    assert client.post(reverse("presence"), headers=FRAGMENT).json()["left"] == 12 * 60
    after(clock, 12)
    assert client.get(reverse("board")).status_code == 302


def test_the_shortest_of_the_user_s_wards_counts(
    client: Client, nurse: User, admin: User, ward: Ward, clock: time_machine.Traveller
) -> None:
    other = a_ward(admin, "Another ward")
    nurse.wards.add(other)
    set_idle(admin, ward, 60)
    set_idle(admin, other, 2)
    client.force_login(nurse)
    assert 'data-left="120"' in client.get(reverse("board")).content.decode()
    after(clock, 2.3)
    assert client.get(reverse("board")).status_code == 302


def test_a_stream_ends_with_the_lock(nurse: User, ward: Ward, client: Client, clock: time_machine.Traveller) -> None:
    client.force_login(nurse)
    one = asker({settings.SESSION_COOKIE_NAME: client.session.session_key or ""}, [Topic("ward", ward.pk)])
    assert hears([one])[one] is Heard.HEARS
    after(clock, 10.3)
    assert hears([one])[one] is Heard.SIGNED_OUT


def test_a_session_that_does_not_say_since_when_is_over(client: Client, nurse: User) -> None:
    client.force_login(nurse)
    session = client.session
    del session["active_at"]
    session.save()
    assert client.get(reverse("board")).status_code == 302


def test_the_page_s_own_lock_ends_the_session_at_once(client: Client, nurse: User, patient: Patient) -> None:
    client.force_login(nurse)
    assert client.post(reverse("lock"), headers=FRAGMENT).status_code == 204
    assert client.get(reverse("patient_detail", args=[patient.pk])).status_code == 302
    assert AuditEntry.objects.filter(event="idle-locked", by=nurse).exists()


def test_another_user_comes_to_the_same_patient_and_never_to_the_draft(
    client: Client, nurse: User, physician: User, patient: Patient
) -> None:
    client.force_login(nurse)
    form = reverse("enter_result", args=[patient.pk])
    ticket = client.get(form).context["ticket"]
    typed = {"analyte": "ferritin", "value": "777", "submission_id": str(uuid4()), "draft_ticket": ticket}
    changed = client.post(reverse("change_user"), {"next": form})
    assert client.post(reverse("keep_draft", args=[patient.pk]), typed, headers=FRAGMENT).status_code == 401
    assert Draft.objects.get().user == nurse  # the page that was left kept it a moment later
    sign_in = client.get(changed.headers["Location"])
    assert "777" not in sign_in.content.decode()
    answer = client.post(
        changed.headers["Location"],
        {
            "login": physician.username,
            "password": PASSWORD,
            "next": sign_in.context["redirect_field_value"],
        },
    )
    assert answer.headers["Location"] == reverse("patient_detail", args=[patient.pk])
    page = client.get(answer.headers["Location"])
    assert "Your draft" not in words_of(page)
    assert "777" not in client.get(form).content.decode()
    assert AuditEntry.objects.filter(event="user-changed", by=nurse).exists()


def test_who_may_not_see_the_patient_comes_to_the_board(client: Client, nurse: User, physician: User) -> None:
    patient = a_patient(nurse, a_ward(nurse))
    a_ward(physician, "Another ward")
    client.force_login(nurse)
    changed = client.post(reverse("change_user"), {"next": reverse("patient_detail", args=[patient.pk])})
    came_from = client.get(changed.headers["Location"]).context["redirect_field_value"]
    answer = client.post(
        reverse("account_login"), {"login": physician.username, "password": PASSWORD, "next": came_from}
    )
    assert answer.headers["Location"] == reverse("board")


def test_who_follows_on_a_page_that_is_not_theirs_comes_to_the_board_and_a_colleague_to_the_page(
    client: Client, nurse: User, physician: User, charge_nurse: User
) -> None:
    ward = a_ward(nurse)
    charge_nurse.wards.add(ward)
    a_ward(physician, "Another ward")
    assignments = reverse("ward_assignments", args=[ward.pk])

    def follows(left: User, path: str, user: User) -> str:
        client.force_login(left)
        changed = client.post(reverse("change_user"), {"next": path})
        came_from = client.get(changed.headers["Location"]).context["redirect_field_value"]
        posted = {"login": user.username, "password": PASSWORD, "next": came_from}
        return client.post(reverse("account_login"), posted).headers["Location"]

    for path in (f"/?ward={ward.pk}", f"{reverse('ward_handover')}?ward={ward.pk}", assignments):
        assert follows(nurse, path, physician) == reverse("board"), path
        assert follows(nurse, path, charge_nurse) == path
    assert follows(physician, reverse("worklist"), nurse) == reverse("board")
    assert follows(nurse, "/?ward=x", charge_nurse) == reverse("board")


@pytest.mark.django_db
@pytest.mark.parametrize("next", ["//elsewhere.example/", "https://elsewhere.example/", "/no/such/page", ""])
def test_a_change_of_user_leads_to_our_own_pages_only(client: Client, nurse: User, next: str) -> None:
    client.force_login(nurse)
    answer = client.post(reverse("change_user"), {"next": next})
    assert answer.headers["Location"] == f"{reverse('account_login')}?next=/"
