"""Is a name locked at an address only, slowed from elsewhere, and let in again by the charge nurse?"""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from axes.models import AccessAttempt
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from patients.models import AuditEntry, Role, User, Ward
from tests.conftest import PASSWORD
from tests.patients.cast import a_user, a_ward
from tests.patients.pages import Answer, words_of

WARD, ELSEWHERE = "10.0.0.7", "198.51.100.9"
LIMIT, SLOWED_AFTER = 3, 4  # fewer than a site has them: the tests take fewer steps
COOL_OFF = timedelta(minutes=30)


@pytest.fixture(autouse=True)
def soon(settings: Settings) -> None:
    settings.AXES_FAILURE_LIMIT = LIMIT
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"password_failed": f"{SLOWED_AFTER}/5m/key"}


def sign_in(name: str, password: str = PASSWORD, address: str = WARD, **more: Any) -> Answer:
    return Client(REMOTE_ADDR=address).post(reverse("account_login"), {"login": name, "password": password, **more})


def fail(name: str, times: int, address: str = WARD) -> Answer:
    for _ in range(times):
        answer = sign_in(name, "a wrong password", address)
    return answer


def events(*wanted: str) -> list[tuple[str, str, str]]:
    found = AuditEntry.objects.filter(event__in=wanted).order_by("id")
    return [(one.event, one.name or (one.by.username if one.by else ""), one.address) for one in found]


@pytest.mark.django_db
def test_a_name_is_locked_where_it_was_tried_and_nowhere_else_and_so_is_nobody_else_there(
    nurse: User, physician: User
) -> None:
    assert fail("nurse", LIMIT - 1).status_code == 200
    locked = fail("nurse", 1)
    assert locked.status_code == 429
    assert (
        "The charge nurse of your ward, or of the ward where you are, unlocks it under «Patients», «Locked names»"
        in words_of(locked)
    )
    assert "opens by itself in 30 min" in words_of(locked)
    assert sign_in("nurse").status_code == 429  # also with the right password
    assert sign_in("nurse", address=ELSEWHERE).status_code == 302
    assert sign_in("physician").status_code == 302
    assert events("locked-out") == [("locked-out", "nurse", WARD)]
    with time_machine.travel(timezone.now() + COOL_OFF):
        assert sign_in("nurse").status_code == 302


@pytest.mark.django_db
def test_what_is_no_name_is_locked_alike_and_stands_nowhere_for_it_may_be_a_password(nurse: User) -> None:
    assert fail(PASSWORD, LIMIT).status_code == 429
    fail("nurse", 1)
    kept = str(list(AccessAttempt.objects.values())) + str(list(AuditEntry.objects.values()))
    assert PASSWORD not in kept and "a wrong password" not in kept
    assert [name for _, name, _ in events("sign-in-failed")] == [""] * LIMIT + ["nurse"]


@pytest.mark.django_db
def test_a_name_tried_on_from_everywhere_is_slowed_there_and_never_locked(nurse: User) -> None:
    for number in range(SLOWED_AFTER):
        fail("nurse", 1, f"198.51.100.{number}")
    assert sign_in("nurse", address="198.51.100.77").status_code == 302  # who knows the password needs one try
    assert fail("nurse", 1, "198.51.100.78").status_code == 200
    slowed = sign_in("nurse", address="198.51.100.78")
    assert "one try a minute is possible now" in words_of(slowed)
    with time_machine.travel(timezone.now() + timedelta(minutes=1, seconds=1)):
        assert sign_in("nurse", address="198.51.100.78").status_code == 302


@pytest.mark.django_db
def test_of_one_network_of_ipv6_every_address_is_the_same_and_an_ipv4_address_written_so_is_itself(nurse: User) -> None:
    for number in range(1, LIMIT):
        assert fail("nurse", 1, f"2001:db8:0:7::{number:x}").status_code == 200
    assert fail("nurse", 1, "2001:db8:0:7:ffff::9").status_code == 429
    assert sign_in("nurse", address="2001:db8:0:8::1").status_code == 302
    assert events("locked-out") == [("locked-out", "nurse", "2001:db8:0:7:ffff::9")]  # the trail keeps all of it
    for number in range(LIMIT):
        assert fail("nurse", 1, f"::ffff:198.51.100.{number}").status_code == 200


@pytest.mark.django_db
def test_a_name_tried_on_from_ever_new_addresses_has_few_tries_there_and_is_free_where_it_signed_in_lately(
    nurse: User, settings: Settings
) -> None:
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"password_elsewhere": "2/h/key"}
    assert sign_in("nurse").status_code == 302
    for number in range(SLOWED_AFTER + 2):
        assert "one try a minute" not in words_of(fail("nurse", 1, f"198.51.100.{number}"))
    assert "one try a minute" in words_of(fail("nurse", 1, "198.51.100.99"))
    assert sign_in("nurse").status_code == 302


@pytest.mark.django_db
def test_the_address_is_the_one_that_the_last_proxy_names_whatever_a_browser_claims(
    nurse: User, settings: Settings
) -> None:
    settings.PROXIES = 1
    for number in range(LIMIT):
        answer = Client(REMOTE_ADDR="127.0.0.1").post(
            reverse("account_login"),
            {"login": "nurse", "password": "wrong"},
            headers={"X-Forwarded-For": f"203.0.113.{number}, {WARD}"},
        )
    assert answer.status_code == 429
    assert {one.ip_address for one in AccessAttempt.objects.all()} == {WARD}


@pytest.mark.django_db
def test_the_charge_nurse_unlocks_with_one_press_and_every_counter_is_clear(
    charge_nurse: User, nurse: User, physician: User
) -> None:
    ward = a_ward(charge_nurse)
    nurse.wards.add(ward)
    for number in range(SLOWED_AFTER):
        fail("nurse", 1, f"198.51.100.{number}")
    with time_machine.travel(timezone.now()) as clock:
        for _ in range(LIMIT):
            clock.shift(61)
            locked = fail("nurse", 1)
    assert locked.status_code == 429
    client = Client(REMOTE_ADDR=WARD)
    client.force_login(charge_nurse)
    page = client.get(reverse("locked_names"))
    assert "Nurse One" in words_of(page) and "Locked , opens by itself in" in words_of(page)
    done = client.post(reverse("unlock", args=[nurse.pk]))
    assert done.status_code == 302
    assert "Nurse One can sign in again now." in words_of(client.get(done.headers["Location"]))
    assert sign_in("nurse").status_code == 302
    assert sign_in("nurse", address="198.51.100.3").status_code == 302
    assert fail("nurse", 2, "198.51.100.3").status_code == 200
    assert "one try a minute" not in words_of(fail("nurse", 1, "198.51.100.3"))
    [entry] = AuditEntry.objects.filter(event="unlocked")
    assert (entry.by, entry.name) == (charge_nurse, "nurse")


@pytest.mark.django_db
def test_only_who_leads_unlocks_and_only_people_of_the_own_wards(
    client: Client, charge_nurse: User, nurse: User, physician: User
) -> None:
    ward: Ward = a_ward(charge_nurse)
    physician.wards.add(ward)
    nurse.wards.add(a_ward(a_user(f"another {uuid4()}", Role.ADMIN), "Another ward"))
    fail("nurse", LIMIT)
    client.force_login(charge_nurse)
    assert "Nurse One" not in words_of(client.get(reverse("locked_names")))
    assert client.post(reverse("unlock", args=[nurse.pk])).status_code == 404
    client.force_login(physician)
    assert client.get(reverse("locked_names")).status_code == 403
    assert client.post(reverse("unlock", args=[physician.pk])).status_code == 403
    assert sign_in("nurse").status_code == 429


@pytest.mark.django_db
def test_a_guest_who_was_locked_out_at_a_workstation_of_the_ward_is_unlocked_by_its_charge_nurse(
    charge_nurse: User, nurse: User, physician: User
) -> None:
    """Of another ward, or of none: at night nobody of theirs may be there."""
    nurse.wards.add(a_ward(charge_nurse))
    of_the_ward = Client(REMOTE_ADDR=WARD)
    of_the_ward.force_login(charge_nurse)
    fail("physician", LIMIT)
    assert "Nobody of" in words_of(of_the_ward.get(reverse("locked_names")))
    assert of_the_ward.post(reverse("unlock", args=[physician.pk])).status_code == 404
    assert sign_in("nurse").status_code == 302  # here is a workstation of the ward
    fail("physician", 1, ELSEWHERE)
    page = words_of(of_the_ward.get(reverse("locked_names")))
    assert str(physician) in page and WARD in page and ELSEWHERE not in page
    assert of_the_ward.post(reverse("unlock", args=[physician.pk])).status_code == 302
    assert sign_in("physician").status_code == 302
