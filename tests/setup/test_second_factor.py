"""Is a second factor asked where there is one, needed where the site says so, and are sessions one's own to end?"""

import time
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from axes.models import AccessAttempt
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from crsweb import mode
from patients.demo.people import PASSWORD as OF_THE_DEMO
from patients.hearing import Answer as Heard
from patients.hearing import asker, hears
from patients.models import AuditEntry, Role, User
from tests.conftest import PASSWORD
from tests.patients.pages import Answer, words_of


def sign_in(client: Client, user: User, password: str = PASSWORD) -> Answer:
    return client.post(reverse("account_login"), {"login": user.username, "password": password, "next": "/mine/"})


def code_for(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def confirm(client: Client) -> None:
    answer = client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    assert answer.status_code == 302


def add_app(client: Client) -> str:
    """The key of an app that was added to the account signed in."""
    confirm(client)
    secret = str(client.get(reverse("mfa_activate_totp")).context["form"].secret)
    assert client.post(reverse("mfa_activate_totp"), {"code": code_for(secret)}).status_code == 302
    return secret


def events() -> list[tuple[str, dict[str, Any]]]:
    found = AuditEntry.objects.filter(event__startswith="factor").order_by("id")
    return [(one.event, one.details) for one in found]


def test_an_app_is_added_then_asked_after_the_password_and_its_key_is_kept_encrypted(
    client: Client, nurse: User
) -> None:
    sign_in(client, nurse)
    secret = add_app(client)
    codes = client.get(reverse("mfa_view_recovery_codes")).context["unused_codes"]
    assert len(codes) == 10
    assert secret not in str(list(Authenticator.objects.values()))
    assert ("factor-added", {"type": "totp"}) in events()
    other = Client()
    asked = sign_in(other, nurse)
    assert asked.headers["Location"] == reverse("mfa_authenticate")
    assert other.get("/mine/").status_code == 302
    wrong = other.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert "Incorrect code" in words_of(wrong)
    assert AuditEntry.objects.filter(event="sign-in-failed", name="nurse").count() == 1
    assert other.post(reverse("mfa_authenticate"), {"code": codes[0]}).headers["Location"] == "/mine/"
    assert other.get("/mine/").status_code == 200
    again = Client()
    sign_in(again, nurse)
    assert "Incorrect code" in words_of(again.post(reverse("mfa_authenticate"), {"code": codes[0]}))  # opens once
    assert client.post(reverse("mfa_deactivate_totp")).status_code == 302
    assert ("factor-removed", {"type": "totp"}) in events()
    assert sign_in(Client(), nurse).headers["Location"] == "/mine/"


def test_who_needs_one_by_role_adds_it_before_anything_else_and_keeps_it(
    client: Client, nurse: User, physician: User, settings: Settings
) -> None:
    settings.REQUIRE_SECOND_FACTOR_FOR = ["physician"]
    sign_in(client, physician)
    assert client.get(reverse("board")).headers["Location"] == reverse("mfa_index")
    assert client.get(reverse("board_rows"), headers={"HX-Request": "true"}).status_code == 403
    assert "Your role needs one here" in words_of(client.get(reverse("mfa_index")))
    add_app(client)
    assert client.get(reverse("board")).status_code == 200
    kept = client.post(reverse("mfa_deactivate_totp"))
    assert kept.status_code == 200
    assert Authenticator.objects.filter(user=physician, type="totp").exists()
    other = Client()
    sign_in(other, nurse)
    assert other.get(reverse("board")).status_code == 200


def test_a_session_of_before_the_second_factor_ends_when_it_is_added(
    client: Client, physician: User, nurse: User, settings: Settings
) -> None:
    settings.REQUIRE_SECOND_FACTOR_FOR = ["physician"]
    knows_the_password, somebody_else = Client(), Client()
    sign_in(knows_the_password, physician)
    sign_in(somebody_else, nurse)
    sign_in(client, physician)
    add_app(client)
    assert knows_the_password.get(reverse("board")).headers["Location"] == f"{reverse('account_login')}?next=/"
    assert client.get(reverse("board")).status_code == 200
    assert somebody_else.get(reverse("board")).status_code == 200
    assert AuditEntry.objects.filter(event="session-revoked", by=physician).count() == 1


def test_the_roles_that_a_site_may_name_are_those_there_are(settings: Settings) -> None:
    assert set(mode.ROLES) == set(Role)
    settings.MODE, settings.HAS_SECRET_KEY, settings.HAS_DATABASE, settings.DEBUG = "production", True, True, False
    settings.REQUIRE_SECOND_FACTOR_FOR = ["physician", "doctor"]
    settings.OPENID_CONNECT_ISSUER = "http://hospital.example"
    assert mode.hindrances() == [
        "REQUIRE_SECOND_FACTOR_FOR names 'doctor'; allowed are nurse, charge-nurse, physician, admin, auditor",
        "OPENID_CONNECT_ISSUER does not begin with https://",
    ]


def test_a_session_is_ended_from_elsewhere_at_once_and_only_one_s_own(
    client: Client, nurse: User, physician: User, settings: Settings
) -> None:
    sign_in(client, nurse)
    lost, third, stranger = Client(REMOTE_ADDR="10.0.0.9"), Client(), Client()
    for one, user in ((lost, nurse), (third, nurse), (stranger, physician)):
        sign_in(one, user)
    page = client.get(reverse("usersessions_list"))
    assert "10.0.0.9" in words_of(page)
    of_lost = next(one for one in page.context["sessions"] if one.ip == "10.0.0.9")
    assert stranger.post(reverse("end_session", args=[of_lost.pk])).status_code == 404
    stream = asker({settings.SESSION_COOKIE_NAME: lost.cookies[settings.SESSION_COOKIE_NAME].value}, [])
    assert hears([stream])[stream] is Heard.NOT_THEIRS  # somebody's, who asked for nothing
    client.post(reverse("end_session", args=[of_lost.pk]))
    assert hears([stream])[stream] is Heard.SIGNED_OUT
    assert lost.get(reverse("board")).status_code == 302
    assert third.get(reverse("board")).status_code == 200
    client.post(reverse("usersessions_list"))
    assert third.get(reverse("board")).status_code == 302
    assert client.get(reverse("board")).status_code == 200
    assert stranger.get(reverse("board")).status_code == 200
    assert AuditEntry.objects.filter(event="session-revoked", by=nurse).count() == 2


def test_a_wrong_password_before_the_account_is_changed_is_noted_and_locks_nobody(client: Client, nurse: User) -> None:
    sign_in(client, nurse)
    assert client.post(reverse("account_reauthenticate"), {"password": "not it"}).status_code == 200
    assert AuditEntry.objects.filter(event="reauthentication-failed", by=nurse).count() == 1
    assert not AccessAttempt.objects.exists()
    assert client.get(reverse("mfa_activate_totp")).headers["Location"].startswith(reverse("account_reauthenticate"))


def test_a_changed_password_is_noted_and_ends_the_other_sessions(client: Client, nurse: User) -> None:
    other = Client()
    sign_in(client, nurse)
    sign_in(other, nurse)
    new = "another ward, at dawn"
    changed = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    assert client.post(reverse("account_change_password"), changed).status_code == 302
    assert AuditEntry.objects.filter(event="password-changed", by=nurse).exists()
    assert other.get(reverse("board")).status_code == 302


def test_who_has_no_password_here_has_none_to_change(client: Client, nurse: User) -> None:
    nurse.set_unusable_password()
    nurse.save()
    client.force_login(nurse)
    assert client.get(reverse("account_change_password")).headers["Location"] == reverse("mfa_index")
    assert "You sign in in a new window" in words_of(client.get(reverse("mfa_index")))


@pytest.mark.parametrize("sent", ["", "{}", "[]", "null", "1", '"x"', '{"id": 1}', '{"rawId": "AA", "response": {}}'])
def test_what_is_no_answer_of_a_key_is_refused(client: Client, nurse: User, sent: str) -> None:
    sign_in(client, nurse)
    confirm(client)
    client.get(reverse("mfa_add_webauthn"))
    assert client.post(reverse("mfa_add_webauthn"), {"name": "a", "credential": sent}).status_code == 200
    assert not Authenticator.objects.exists()


@pytest.mark.django_db
def test_the_demo_s_people_and_their_password_are_of_the_demo_alone(settings: Settings) -> None:
    settings.MODE = "production"
    with pytest.raises(CommandError, match="this is production"):
        call_command("load_demo")
    assert not User.objects.exists()
    with pytest.raises(ValidationError, match="too short"):
        validate_password(OF_THE_DEMO)
