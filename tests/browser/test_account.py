"""Does a page left alone lock itself and keep what was typed; are passwords asked in the form; and keys of security?"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from crsweb import presence
from patients.models import AuditEntry, LaboratoryResult, Patient, Signature, User, Ward
from tests.browser.axe import found_by_axe
from tests.conftest import PASSWORD
from tests.patients.cast import a_patient, a_ward, an_assessment
from tests.setup.test_second_factor import code_for

Open = Callable[[User | None], Page]


@pytest.fixture
def ward(nurse: User, physician: User, transactional_db: None) -> Ward:
    ward = a_ward(nurse)
    physician.wards.add(ward)
    return ward


@pytest.fixture
def patient(nurse: User, ward: Ward) -> Patient:
    return a_patient(nurse, ward, family_name="Smith", given_name="John", mrn="999 123 4567")


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """The server's."""
    with time_machine.travel(timezone.now(), tick=True) as clock:
        yield clock


class Both:
    """The server's clock and a page's, moved together."""

    def __init__(self, server: time_machine.Traveller, page: Page) -> None:
        self._server, self._page = server, page
        page.clock.install(time=timezone.now())

    def pass_by(self, minutes: float) -> None:
        self._server.move_to(timezone.now() + timedelta(minutes=minutes))
        self._page.clock.fast_forward(int(minutes * 60_000))


def test_a_page_left_alone_warns_is_covered_and_gives_everything_back_to_the_same_person(
    open_as: Open, nurse: User, patient: Patient, clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(presence, "TOLD_EVERY", 120.0)  # a slow machine, too, locks the page before the server does
    page = open_as(nurse)
    both = Both(clock, page)
    page.goto(reverse("enter_result", args=[patient.pk]))
    analyte = page.get_by_label("Analyte")
    analyte.fill("ferritin")
    analyte.press("End")
    both.pass_by(9.2)
    expect(page.get_by_text("This workstation locks within a minute")).to_be_visible()
    page.keyboard.press("Shift")
    expect(page.get_by_text("This workstation locks within a minute")).to_be_hidden()
    with page.expect_response(lambda answer: answer.request.method == "POST" and answer.url.endswith("/presence/")):
        both.pass_by(0.3)
    with page.expect_response(lambda answer: "/presence/lock/" in answer.url):
        both.pass_by(10.05)
    lock = page.get_by_role("dialog", name="Locked")
    expect(lock).to_be_visible()
    expect(page.get_by_text("SMITH, John").first).to_be_hidden()
    expect(page).to_have_title("Locked · crsweb")
    assert found_by_axe(page) == []
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(lock).to_be_visible()
    page.get_by_label(f"Password of {nurse}").fill("not it")
    page.keyboard.press("Enter")
    expect(lock.get_by_text("The user name or the password is not right.")).to_be_visible()
    page.get_by_label(f"Password of {nurse}").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(lock).to_be_hidden()
    expect(page.get_by_text("SMITH, John").first).to_be_visible()
    expect(analyte).to_have_value("ferritin")
    page.get_by_label("Value").fill("800")
    page.get_by_label("Unit").fill("ng/mL")
    page.get_by_role("button", name="Record for").click()
    expect(page).to_have_url(reverse("patient_detail", args=[patient.pk]))
    assert LaboratoryResult.objects.get().analyte == "ferritin"
    assert AuditEntry.objects.filter(event="idle-locked", by=nurse).count() == 1


def test_with_a_second_factor_a_form_that_keeps_no_draft_is_unlocked_by_keyboard_with_nothing_lost(
    open_as: Open, nurse: User, ward: Ward, clock: time_machine.Traveller
) -> None:
    secret = generate_totp_secret()
    TOTP.activate(nurse, secret)
    page = open_as(nurse)
    both = Both(clock, page)
    page.goto(reverse("admit_patient"))
    name = page.get_by_label("Family name")
    name.fill("Okonkwo")
    both.pass_by(12)
    page.get_by_label(f"Password of {nurse}").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Second factor, in a new window")).to_be_focused()
    assert found_by_axe(page) == []
    with page.expect_popup() as opened:
        page.keyboard.press("Enter")
    window = opened.value
    window.locator("input[name=code]").fill(code_for(secret))
    with window.expect_event("close"):
        window.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Locked")).to_be_hidden()
    expect(name).to_have_value("Okonkwo")
    both.pass_by(9.2)
    expect(page.get_by_text("This workstation locks within a minute")).to_be_visible()
    page.keyboard.press("Shift")
    with page.expect_response(lambda answer: answer.url.endswith(reverse("admit_patient"))) as answered:
        name.press("Enter")
    assert answered.value.status == 422  # read, and asked for the rest


def test_the_assessment_goes_on_after_a_second_factor_in_another_window(
    open_as: Open, nurse: User, patient: Patient
) -> None:
    secret = generate_totp_secret()
    TOTP.activate(nurse, secret)
    page = open_as(nurse)
    page.goto(reverse("assess", args=[patient.pk]))
    page.get_by_label("Temperature", exact=True).fill("39.5")
    page.context.clear_cookies(name="sessionid")
    page.get_by_label("Systolic", exact=True).fill("80")
    dialog = page.get_by_role("dialog", name="Sign in again")
    dialog.get_by_label("Username").fill(nurse.username)
    dialog.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("link", name="Second factor, in a new window")).to_be_focused()
    assert found_by_axe(page) == []
    with page.expect_popup() as opened:
        page.keyboard.press("Enter")
    opened.value.locator("input[name=code]").fill(code_for(secret))
    opened.value.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    expect(page.get_by_label("Temperature", exact=True)).to_have_value("39.5")
    page.get_by_role("button", name="Record for").click()
    expect(page).to_have_url(reverse("patient_detail", args=[patient.pk]))


def test_who_signs_in_at_the_site_alone_comes_back_to_the_same_page_and_nobody_else_does(
    open_as: Open, nurse: User, physician: User, ward: Ward, clock: time_machine.Traveller
) -> None:
    nurse.set_unusable_password()
    nurse.save()
    page = open_as(nurse)
    both = Both(clock, page)
    page.goto(reverse("admit_patient"))
    page.get_by_label("Family name").fill("Okonkwo")
    both.pass_by(12)
    with page.expect_popup() as opened:
        page.keyboard.press("Enter")
    window = opened.value
    expect(window).to_have_url(reverse("account_login"))
    lock = page.get_by_role("dialog", name="Locked")
    for user, said in ((physician, "Somebody else is signed in here now."), (nurse, None)):
        client = Client()
        client.force_login(user)
        value = client.cookies[settings.SESSION_COOKIE_NAME].value
        origin = page.evaluate("location.origin")
        page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": origin}])
        window.goto(reverse("board"))
        if said is not None:
            expect(lock).to_contain_text(said)
    expect(lock).to_be_hidden()
    expect(page.get_by_label("Family name")).to_have_value("Okonkwo")


def test_another_user_takes_over_by_keyboard_and_the_way_back_shows_nothing(
    open_as: Open, nurse: User, physician: User, patient: Patient
) -> None:
    page = open_as(nurse)
    page.goto(reverse("enter_result", args=[patient.pk]))
    page.get_by_label("Analyte").fill("ferritin")
    page.get_by_role("button", name="Change user").focus()
    page.keyboard.press("Enter")
    page.get_by_label("User name").fill(physician.username)
    page.locator("#id_password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_url(reverse("patient_detail", args=[patient.pk]))
    expect(page.get_by_text("Physician One").first).to_be_visible()
    page.goto(reverse("enter_result", args=[patient.pk]))
    expect(page.get_by_label("Analyte")).to_have_value("")
    page.evaluate("history.go(-3)")
    expect(page.get_by_text("Nurse One")).to_have_count(0)


def test_a_signature_after_a_while_asks_for_the_password_in_the_form_by_keyboard(
    open_as: Open, nurse: User, physician: User, patient: Patient, clock: time_machine.Traveller
) -> None:
    an_assessment(nurse, patient, temperature_c=Decimal("38.5"))
    page = open_as(physician)
    page.goto(reverse("sign", args=[patient.pk]))
    page.get_by_label("Confirm the computed grade").press("Space")
    page.get_by_label("In words").fill("seen at the bedside")
    clock.move_to(timezone.now() + timedelta(minutes=6))
    page.get_by_role("button", name="Record for").press("Enter")
    summary = page.locator("[data-error-summary]")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("Your password is needed to record this.")
    assert found_by_axe(page) == []
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Your password")).to_be_focused()
    page.keyboard.type(PASSWORD)
    expect(page.get_by_label("In words")).to_have_value("seen at the bedside")
    page.get_by_role("button", name="Record for").press("Enter")
    expect(page.get_by_text("Recorded: the signature.")).to_be_visible()
    assert Signature.objects.get().text == "seen at the bedside"


def test_an_app_and_a_key_are_added_and_a_key_signs_in(open_as: Open, nurse: User, ward: Ward) -> None:
    page = open_as(nurse)
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    device: dict[str, Any] = {"protocol": "ctap2", "transport": "usb", "hasUserVerification": True}
    device |= {"isUserVerified": True, "automaticPresenceSimulation": True}
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": device})
    page.goto(reverse("mfa_index"))
    page.get_by_role("link", name="Add a key").click()
    page.get_by_label("Password").first.fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Add a security key")).to_be_visible()
    assert found_by_axe(page) == []
    page.get_by_role("button", name="Add the key").click()
    expect(page.get_by_role("heading", name="Codes for when app or key is lost")).to_be_visible()
    assert found_by_axe(page) == []
    page.goto(reverse("mfa_activate_totp"))
    assert found_by_axe(page) == []
    page.get_by_label("Authenticator code").fill(code_for(page.locator("code.secret").inner_text()))
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Remove the app")).to_be_visible()
    for name in ("mfa_list_webauthn", "mfa_generate_recovery_codes", "mfa_deactivate_totp", "usersessions_list"):
        page.goto(reverse(name))
        assert found_by_axe(page) == [], name
    page.get_by_role("button", name="Sign out").click()
    page.get_by_label("User name").fill(nurse.username)
    page.locator("#id_password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Your second factor")).to_be_visible()
    assert found_by_axe(page) == []
    page.get_by_role("button", name="Use a security key").click()
    expect(page).to_have_url(reverse("board"))


def test_a_session_that_is_ended_from_elsewhere_closes_what_is_open(open_as: Open, nurse: User, ward: Ward) -> None:
    page = open_as(None)
    page.goto(reverse("account_login"))
    page.get_by_label("User name").fill(nurse.username)
    page.locator("#id_password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_url(reverse("board"))
    elsewhere = Client()
    elsewhere.post(reverse("account_login"), {"login": nurse.username, "password": PASSWORD})
    elsewhere.post(reverse("usersessions_list"))
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()  # the open board asked, and was refused
