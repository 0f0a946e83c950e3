"""Do the ward's pages work in a real browser: by keyboard, without a script, after sign-out, as the minutes pass?"""

import re
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from patients.models import Treatment, User
from tests.browser.ward import Filled, fill, left_alone

Open = Callable[[User | None], Page]


@pytest.fixture
def filled(nurse: User, physician: User, transactional_db: None) -> Filled:
    return fill(nurse, physician)


def test_a_dose_is_given_by_keyboard_alone(open_as: Open, filled: Filled, nurse: User) -> None:
    page = open_as(nurse)
    page.goto("/")
    tab_to(page, "SMITH, John")
    page.keyboard.press("Enter")
    expect(page).to_have_url(reverse("patient_detail", args=[filled.smith.pk]))
    tab_to(page, "Give a treatment")
    page.keyboard.press("Enter")
    expect(page).to_have_url(reverse("give_treatment", args=[filled.smith.pk]))
    page.locator("body").press("Tab")
    tab_to_field(page, "id_drug")
    for typed in ("dexamethasone", "10", "mg", "i", "C"):
        page.keyboard.type(typed)
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page).to_have_url(reverse("patient_detail", args=[filled.smith.pk]))
    expect(page.get_by_role("status").filter(has_text="Recorded: a treatment given.")).to_be_visible()
    given = Treatment.objects.get(drug="dexamethasone")
    assert (given.dose, given.unit, given.route, given.purpose) == (Decimal(10), "mg", "iv", "crs")


def tab_to(page: Page, words: str) -> None:
    """Presses Tab until what has the focus says `words`."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.innerText || ''").startswith(words):
            return
    raise AssertionError(f"no Tab leads to {words}")


def tab_to_field(page: Page, id_: str) -> None:
    for _ in range(60):
        if page.evaluate("document.activeElement.id") == id_:
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"no Tab leads to {id_}")


def test_space_on_the_question_confirms_and_enter_does_not(open_as: Open, filled: Filled, nurse: User) -> None:
    page = open_as(nurse)
    page.goto(reverse("record_measurement", args=[filled.smith.pk]))
    page.get_by_label("Weight", exact=True).fill("82")
    page.keyboard.press("Enter")
    answer = page.get_by_role("checkbox", name="Yes, 82 kg")
    expect(answer).not_to_be_checked()
    answer.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("checkbox", name="Yes, 82 kg")).not_to_be_checked()
    expect(page.get_by_role("alert")).to_contain_text("Not recorded yet")
    page.get_by_role("checkbox", name="Yes, 82 kg").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Record for SMITH, John, 999 123 4567").click()
    expect(page.get_by_role("region", name="Patient", exact=True)).to_contain_text("82 kg")


def test_the_error_summary_has_the_focus_and_leads_to_the_field(open_as: Open, filled: Filled, nurse: User) -> None:
    page = open_as(nurse)
    page.goto(reverse("enter_result", args=[filled.smith.pk]))
    page.get_by_label("Value", exact=True).fill("4,200")
    page.get_by_role("button", name="Record for").click()
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    summary.get_by_role("link", name="Analyte is needed").click()
    expect(page.get_by_label("Analyte")).to_be_focused()
    expect(page.get_by_label("Value", exact=True)).to_have_value("4,200")


def test_three_taps_record_once(open_as: Open, filled: Filled, nurse: User) -> None:
    page = open_as(nurse)
    page.goto(reverse("give_treatment", args=[filled.brown.pk]))
    page.get_by_label("Drug").fill("acetaminophen")
    page.get_by_role("button", name="Record for").click(click_count=3, delay=20)
    expect(page).to_have_url(reverse("patient_detail", args=[filled.brown.pk]))
    assert Treatment.objects.filter(drug="acetaminophen").count() == 1


def test_without_a_script_everything_is_read_and_recorded(
    browser: Browser, live_server: LiveServer, filled: Filled, nurse: User
) -> None:
    client = Client()
    client.force_login(nurse)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
    page = context.new_page()
    page.goto(reverse("patient_list"))
    page.get_by_role("button", name="Night").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "night")
    page.get_by_label("Name, number or bed").fill("smith")
    page.get_by_role("button", name="Find").click()
    page.get_by_role("link", name="SMITH, John").click()
    expect(page.get_by_text("Grade 3, severe").first).to_be_visible()
    page.get_by_text("More", exact=True).click()
    page.get_by_role("link", name="Dose of the infusion").click()
    page.get_by_label("Note").fill("second bag")
    page.get_by_role("button", name="Record for").click()
    expect(page).to_have_url(reverse("patient_detail", args=[filled.smith.pk]))
    context.close()


def test_the_theme_is_drawn_with_the_first_byte_and_chosen_without_a_reload(
    open_as: Open, filled: Filled, nurse: User
) -> None:
    page = open_as(nurse)
    page.goto(reverse("give_treatment", args=[filled.smith.pk]))
    page.get_by_label("Drug").fill("anakinra")
    page.get_by_role("button", name="Night").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "night")
    expect(page.get_by_label("Drug")).to_have_value("anakinra")
    answer = page.goto("/")
    assert answer is not None
    assert 'data-theme="night"' in answer.text()


def test_the_theme_is_the_system_s_at_first(open_as: Open) -> None:
    page = open_as(None)
    ground = "getComputedStyle(document.body).backgroundColor"
    page.goto("/")
    assert page.evaluate(ground) == "rgb(255, 255, 255)"
    page.emulate_media(color_scheme="dark")
    assert page.evaluate(ground) == "rgb(20, 24, 28)"


def test_after_sign_out_the_back_button_shows_no_patient(open_as: Open, filled: Filled, nurse: User) -> None:
    page = open_as(nurse)
    page.goto("/")
    page.goto(reverse("patient_detail", args=[filled.smith.pk]))
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.evaluate("history.back()")
    expect(page).to_have_url(f"{reverse('account_login')}?next={reverse('patient_detail', args=[filled.smith.pk])}")
    expect(page.get_by_text("SMITH")).to_have_count(0)


def test_signing_out_in_one_tab_empties_the_others(open_as: Open, filled: Filled, nurse: User) -> None:
    page = open_as(nurse)
    page.goto(reverse("patient_detail", args=[filled.smith.pk]))
    other = page.context.new_page()
    other.goto("/")
    other.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    expect(page.get_by_text("SMITH")).to_have_count(0)


def test_ages_stay_true_as_the_minutes_pass(open_as: Open, filled: Filled, nurse: User) -> None:
    page = open_as(nurse)
    page.clock.install()
    left_alone(page)
    page.goto(reverse("patient_detail", args=[filled.smyth.pk]))
    expect(page.get_by_text(re.compile(r"^5 h( [0-9] min)? ago$")).first).to_be_visible()
    page.clock.fast_forward("31:00")
    expect(page.get_by_text(re.compile(r"^5 h (3[1-9]|4[0-9]) min ago$")).first).to_be_visible()


def test_a_search_puts_no_name_into_an_address(open_as: Open, filled: Filled, nurse: User) -> None:
    page = open_as(nurse)
    seen: list[str] = []
    page.on("request", lambda request: seen.append(request.url))
    page.goto(reverse("patient_list"))
    page.get_by_label("Name, number or bed").fill("smith 999")
    page.get_by_role("button", name="Find").click()
    page.get_by_role("link", name="SMITH, John").click()
    expect(page.get_by_role("heading", name="Suggested")).to_be_visible()
    assert not [url for url in seen if "smith" in url.lower() or "999" in url]
