"""Do wrong codes of a second factor lock their own address, slow the rest, and keep nobody out who is elsewhere?"""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from patients.models import AuditEntry, User
from tests.conftest import PASSWORD
from tests.patients.cast import a_ward
from tests.patients.pages import Answer, words_of
from tests.setup.test_second_factor import add_app, code_for, sign_in

LIMIT, SLOWED_AFTER, ELSEWHERE = 3, 4, 1  # fewer than a site has them: the tests take fewer steps


@pytest.fixture(autouse=True)
def soon(settings: Settings) -> None:
    settings.AXES_FAILURE_LIMIT = LIMIT
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {
        "code_failed": f"{SLOWED_AFTER}/h/key",
        "code_elsewhere": f"{ELSEWHERE}/h/key",
    }


@pytest.fixture
def key(nurse: User) -> str:
    """Of the nurse's app, added at the ward."""
    client = Client(REMOTE_ADDR="10.0.0.7")
    sign_in(client, nurse)
    return add_app(client)


def after_the_password(user: User, address: str) -> Client:
    client = Client(REMOTE_ADDR=address)
    assert sign_in(client, user).headers["Location"] == reverse("mfa_authenticate")
    return client


def answered(client: Client, code: str) -> Answer:
    return client.post(reverse("mfa_authenticate"), {"code": code})


def test_ten_wrong_codes_lock_the_name_where_they_were_typed_and_the_charge_nurse_sees_and_unlocks_it(
    charge_nurse: User, nurse: User, key: str
) -> None:
    nurse.wards.add(a_ward(charge_nurse))
    there = after_the_password(nurse, "198.51.100.9")
    for _ in range(LIMIT - 1):
        assert "Incorrect code" in words_of(answered(there, "000000"))
    locked = answered(there, "000000")
    assert locked.status_code == 429
    assert "wrong passwords or codes for this name, from here" in words_of(locked)
    still = answered(there, code_for(key))  # also with the right code, in the sign-in that was begun
    assert still.status_code == 200
    assert "Locked here" in words_of(still)
    assert sign_in(Client(REMOTE_ADDR="198.51.100.9"), nurse).status_code == 429
    assert AuditEntry.objects.filter(event="locked-out", name="nurse", address="198.51.100.9").count() == 1
    charge = Client()
    charge.force_login(charge_nurse)
    assert "198.51.100.9" in words_of(charge.get(reverse("locked_names")))
    charge.post(reverse("unlock", args=[nurse.pk]))
    assert answered(after_the_password(nurse, "198.51.100.9"), code_for(key)).status_code == 302


def test_wrong_codes_from_everywhere_keep_nobody_out_who_signed_in_here_lately_and_are_few_an_hour(
    nurse: User, key: str
) -> None:
    for number in range(SLOWED_AFTER):
        assert "Incorrect" in words_of(answered(after_the_password(nurse, f"198.51.100.{number}"), "000000"))
    assert "Incorrect" in words_of(answered(after_the_password(nurse, "203.0.113.1"), "000000"))
    for number in range(2, 4):  # each new address would be a try of its own
        assert "Too many wrong" in words_of(answered(after_the_password(nurse, f"203.0.113.{number}"), code_for(key)))
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        assert answered(after_the_password(nurse, "10.0.0.7"), code_for(key)).status_code == 302


def test_wrong_codes_of_who_is_signed_in_are_counted_at_their_address(nurse: User, key: str) -> None:
    client = after_the_password(nurse, "10.0.0.7")
    assert answered(client, code_for(key)).status_code == 302
    for _ in range(LIMIT - 1):
        assert client.post(reverse("mfa_reauthenticate"), {"code": "000000"}).status_code == 200
    assert client.post(reverse("mfa_reauthenticate"), {"code": "000000"}).status_code == 429
    assert PASSWORD not in str(list(AuditEntry.objects.values()))
