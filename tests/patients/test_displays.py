"""What can a screen on the wall open? Its ward without names, until it is revoked, and nothing else at all."""

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from patients import actions
from patients.displays import COOKIE, code_of, display_with
from patients.models import DisplayPairing, Patient, Role, User, WallDisplay, Ward
from tests.patients.cast import a_patient, a_user, a_ward, an_assessment

OPEN_TO_ALL = {"wall", "wall_rows", "health_live", "health_ready", "choose_theme"}
OPEN_TO_ALL |= {"account_login", "account_inactive", "socialaccount_login_cancelled", "browser_reports"}


@pytest.fixture
def display(ward: Ward, admin: User) -> WallDisplay:
    return actions.open_display(by=admin, submission_id=uuid4(), ward=ward, label="Corridor")


@pytest.fixture
def screen(display: WallDisplay, client: Client) -> Client:
    """A browser on which the code was typed."""
    answer = client.post(reverse("wall"), {"submission_id": str(uuid4()), "code": code_of(display)})
    assert answer.status_code == 302
    return client


def every_address(patterns: Any, before: str = "") -> list[tuple[str, str]]:
    """The name and an address of every view of the site."""
    found = []
    for one in patterns:
        route = before + str(one.pattern)
        if isinstance(one, URLResolver):
            found += every_address(one.url_patterns, route)
        elif isinstance(one, URLPattern):
            found.append((str(one.name), "/" + re.sub("<[^>]*>", "1", route)))
    return found


def test_a_screen_shows_its_ward_by_bed_and_no_name_number_or_birth(
    screen: Client, nurse: User, ward: Ward, patient: Patient
) -> None:
    an_assessment(nurse, patient, 0.5, temperature_c=39)
    stranger = a_user("stranger")
    a_patient(stranger, a_ward(stranger, "Another ward"), mrn="2002", family_name="Ekdahl")
    actions.raise_concern(
        by=nurse, submission_id=uuid4(), patient=patient, why="Lindqvist is drowsy", called="Dr. Berg"
    )
    page = screen.get(reverse("wall"))
    rows = screen.get(reverse("wall_rows"))
    for answer in (page, rows):
        text = answer.content.decode()
        assert answer.status_code == 200
        assert "At least grade 1" in text
        assert "Concern" in text
        for secret in ("Lindqvist", "Maja", patient.mrn, "1980", "46y", "drowsy", "Berg", "Ekdahl"):
            assert secret.lower() not in text.lower(), secret
    assert answer.headers["Cache-Control"] == "no-store"
    assert screen.get(reverse("wall_rows"), headers={"If-None-Match": rows.headers["ETag"]}).status_code == 304


def test_a_screen_opens_nothing_else(screen: Client, patient: Patient) -> None:
    addresses = every_address(get_resolver().url_patterns)
    assert len(addresses) > 60
    for name, address in addresses:
        if name in OPEN_TO_ALL:
            continue
        for answer in (screen.get(address), screen.post(address)):
            elsewhere = answer.status_code == 302 and answer.headers["Location"].startswith(reverse("account_login"))
            assert elsewhere or answer.status_code in (404, 405), (name, answer.status_code)
            assert patient.family_name not in answer.content.decode()


def test_the_cookie_is_out_of_reach_of_scripts_lasts_and_is_no_session(screen: Client) -> None:
    cookie = screen.cookies[COOKIE]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert int(cookie["max-age"]) > 300 * 24 * 60 * 60
    assert "sessionid" not in screen.cookies
    assert DisplayPairing.objects.get().token_hash != cookie.value


def test_a_screen_never_locks(screen: Client) -> None:
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        for page in ("wall", "wall_rows"):
            assert screen.get(reverse(page)).status_code == 200


def test_a_revoked_screen_shows_nothing_more(screen: Client, display: WallDisplay, admin: User, ward: Ward) -> None:
    desk = Client()
    desk.force_login(admin)
    answer = desk.post(reverse("revoke_display", args=[ward.pk, display.pk]), {"submission_id": str(uuid4())})
    assert answer.status_code == 302
    rows = screen.get(reverse("wall_rows"))
    assert (rows.status_code, rows.headers["X-Sign-In"], rows.content) == (401, reverse("wall"), b"")
    assert "Code" in screen.get(reverse("wall")).content.decode()
    assert display_with(screen.cookies[COOKIE].value) is None


def test_a_code_lets_in_one_screen_and_the_same_press_twice_is_one(display: WallDisplay) -> None:
    submission_id, first, second = uuid4(), Client(), Client()
    typed = {"submission_id": str(submission_id), "code": f" {code_of(display).lower().replace('-', ' ')} "}
    assert first.post(reverse("wall"), typed).status_code == 302
    again = Client()
    assert again.post(reverse("wall"), typed).status_code == 302
    assert again.cookies[COOKIE].value == first.cookies[COOKIE].value
    refused = second.post(reverse("wall"), typed | {"submission_id": str(uuid4())})
    assert refused.status_code == 422
    assert "holds for 15 minutes and for one screen" in refused.content.decode()
    assert COOKIE not in second.cookies
    assert DisplayPairing.objects.count() == 1


@pytest.mark.parametrize("why", ["wrong", "too late", "revoked", "opened by who may no longer"])
def test_no_screen_is_let_in_by_another_code(why: str, display: WallDisplay, client: Client, admin: User) -> None:
    code, at = code_of(display), timezone.now()
    match why:
        case "wrong":
            code = "ABCD-2345"
        case "too late":
            at += timedelta(minutes=15, seconds=1)
        case "revoked":
            actions.revoke_display(by=admin, submission_id=uuid4(), display=display)
        case _:
            User.objects.filter(pk=admin.pk).update(is_active=False)
    with time_machine.travel(at, tick=True):
        assert client.post(reverse("wall"), {"submission_id": str(uuid4()), "code": code}).status_code == 422
    assert not DisplayPairing.objects.exists()


def test_the_code_is_shown_to_whom_opened_it_alone_and_once_paired_to_nobody(
    display: WallDisplay, ward: Ward, admin: User, client: Client
) -> None:
    colleague = a_user("charge", Role.CHARGE_NURSE)
    colleague.wards.add(ward)
    page = reverse("wall_displays", args=[ward.pk])
    client.force_login(colleague)
    assert code_of(display) not in client.get(page).content.decode()
    client.force_login(admin)
    assert code_of(display) in client.get(page).content.decode()
    actions.pair_display(submission_id=uuid4(), code=code_of(display))
    shown = client.get(page).content.decode()
    assert code_of(display) not in shown
    assert "Shows the ward since" in shown


def test_a_nurse_opens_and_revokes_none_and_another_ward_s_does_not_exist(
    display: WallDisplay, ward: Ward, nurse: User, client: Client
) -> None:
    address = reverse("revoke_display", args=[ward.pk, display.pk])
    client.force_login(nurse)
    assert client.post(address, {"submission_id": str(uuid4())}).status_code == 403
    client.force_login(a_user("elsewhere", Role.ADMIN))
    assert client.post(address, {"submission_id": str(uuid4())}).status_code == 404
    assert client.get(reverse("wall_displays", args=[ward.pk])).status_code == 404
    assert not hasattr(WallDisplay.objects.get(), "revocation")
