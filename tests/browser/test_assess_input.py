"""What happens in the browser to bad input, to questions, and where no script runs?"""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from patients.models import Assessment, Patient, User, Ward
from tests.browser.sheet import Sheet
from tests.conftest import PASSWORD
from tests.patients.cast import a_patient, a_ward, an_assessment
from tests.patients.vasopressors import norepinephrine

Open = Callable[[User | None], Page]


@pytest.fixture
def ward(nurse: User) -> Ward:
    return a_ward(nurse)


@pytest.fixture
def patient(nurse: User, ward: Ward) -> Patient:
    return a_patient(nurse, ward, family_name="Smith", given_name="John", mrn="999 123 4567")


@pytest.fixture
def sheet(open_as: Open, nurse: User, patient: Patient) -> Sheet:
    return Sheet(open_as(nurse), patient).open()


def test_fahrenheit_is_said_in_celsius_at_once(sheet: Sheet) -> None:
    sheet.type("Temperature", "101.3")
    expect(sheet.page.get_by_text("101.3 °F = 38.5 °C")).to_be_visible()
    sheet.field("Temperature").press("Backspace")
    expect(sheet.page.get_by_text("101.3 °F = 38.5 °C")).not_to_be_visible()


def test_bad_input_is_named_at_the_field_and_in_a_summary_that_leads_there(sheet: Sheet) -> None:
    page = sheet.page
    sheet.field("FiO2").fill("0.4")
    sheet.field("Temperature").fill("18")
    page.keyboard.press("Control+Enter")
    summary = page.locator("[data-error-summary]")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("Temperature 18 is not possible: 25 to 45 °C, or 77 to 113 °F")
    expect(summary).to_contain_text("FiO2 0.4% is not possible: 21 to 100%")
    assert not Assessment.objects.exists()
    summary.get_by_role("link", name="FiO2").click()
    expect(sheet.field("FiO2")).to_be_focused()
    expect(sheet.field("FiO2")).to_have_value("0.4")
    page.get_by_role("button", name="40%").click()
    expect(sheet.field("FiO2")).to_have_value("40")
    sheet.type("Temperature", "38")
    expect(summary).to_contain_text("No oxygen device is in force")
    sheet.choose("Oxygen device", "Venturi mask")
    expect(summary).to_have_count(0)
    sheet.record()
    assert Assessment.objects.get().oxygen_fio2_percent == 40


def test_a_slow_press_after_a_wrong_value_still_hits_what_it_was_aimed_at(sheet: Sheet) -> None:
    """The note at the field that is left would otherwise move the page between the press and its end."""
    page = sheet.page
    page.set_viewport_size({"width": 1366, "height": 3000})
    sheet.type("FiO2", "0.4")
    aimed_at = page.get_by_label("Nothing attributed elsewhere")
    assert (where := aimed_at.bounding_box()) is not None
    page.mouse.move(where["x"] + where["width"] / 2, where["y"] + where["height"] / 2)
    page.mouse.down()
    page.wait_for_timeout(300)
    page.mouse.up()
    expect(aimed_at).to_be_checked()
    expect(page.get_by_role("button", name="40%")).to_be_visible()


def test_space_answers_a_question_and_enter_and_tab_never_do(sheet: Sheet) -> None:
    page = sheet.page
    sheet.type("Temperature", "33")
    assert sheet.grade()[0] == 0  # the question holds back recording, not the grade
    answer = page.get_by_role("button", name="Yes, 33 °C")
    page.keyboard.press("Tab")
    expect(answer).to_be_focused()
    page.keyboard.press("Enter")
    expect(answer).not_to_be_checked()
    answer.focus()
    page.keyboard.press("Tab")
    expect(answer).not_to_be_checked()
    page.keyboard.press("Control+Enter")
    expect(page.locator("[data-error-summary]")).to_contain_text("Not recorded yet")
    expect(answer).to_be_focused()
    assert not Assessment.objects.exists()
    page.keyboard.press("Space")
    expect(answer).to_be_checked()
    sheet.settled()
    expect(answer).to_be_focused()
    page.keyboard.press("Control+Enter")
    sheet.recorded()
    assert Assessment.objects.get().confirmed == [
        {"field": "temperature_c", "value": "33 °C", "question": "Temperature 33 °C is unusual: usually 34 to 42 °C."}
    ]


def test_another_value_is_another_question(sheet: Sheet) -> None:
    sheet.type("Temperature", "33")
    sheet.page.get_by_role("button", name="Yes, 33 °C").press("Space")
    sheet.type("Temperature", "32")
    expect(sheet.page.get_by_role("button", name="Yes, 32 °C")).not_to_be_checked()


def test_an_agent_in_force_is_answered_same_with_one_tap(sheet: Sheet, nurse: User, patient: Patient) -> None:
    an_assessment(nurse, patient, vasopressors=norepinephrine("0.1"))
    sheet.open()
    expect(sheet.page.locator("[data-row][data-token]")).to_contain_text("Norepinephrine 0.1 mcg/kg/min")
    sheet.page.get_by_label("Same", exact=True).check()
    sheet.record()
    assert Assessment.objects.latest("id").vasopressors.get().rate is not None


def test_an_agent_that_another_charted_meanwhile_is_asked_for(sheet: Sheet, nurse: User, patient: Patient) -> None:
    an_assessment(nurse, patient, 0.1, vasopressors=norepinephrine("0.1"))
    sheet.field("Temperature").fill("39.5")
    sheet.field("Agent").select_option("epinephrine")
    expect(
        sheet.page.get_by_text("Norepinephrine 0.1 mcg/kg/min is in force: same, a new rate, or stopped?")
    ).to_be_visible()
    sheet.page.get_by_label("Stopped", exact=True).check()
    sheet.settled()
    assert sheet.field("Temperature").input_value() == "39.5"
    sheet.record()
    assert [one.agent for one in Assessment.objects.latest("id").vasopressors.all()] == ["epinephrine"]


def test_an_expired_session_signs_in_over_the_form_with_nothing_lost(sheet: Sheet, nurse: User) -> None:
    page = sheet.page
    sheet.type("Temperature", "39.5")
    _expire(page)
    sheet.field("Systolic").fill("80")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("What you typed for SMITH, John is still in the form")
    assert sheet.panel.locator(".grade").count() == 0
    for _ in range(3):
        page.keyboard.press("Escape")
    expect(dialog).to_be_visible()
    _sign_in(page, nurse.username, "not the password")
    expect(dialog).to_contain_text("The username or the password is not right")
    _sign_in(page, nurse.username, PASSWORD)
    expect(dialog).not_to_be_visible()
    assert sheet.grade()[0] == 2
    assert sheet.field("Temperature").input_value() == "39.5"
    sheet.record()
    assert Assessment.objects.get().systolic == 80


def test_recording_with_an_expired_session_loses_nothing(sheet: Sheet, nurse: User) -> None:
    page = sheet.page
    sheet.type("Temperature", "39.5")
    _expire(page)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    assert not Assessment.objects.exists()
    _sign_in(page, nurse.username, PASSWORD)
    sheet.settled()
    sheet.record()
    assert Assessment.objects.count() == 1


def test_another_user_does_not_get_the_form(
    sheet: Sheet, nurse: User, physician: User, patient: Patient, ward: Ward
) -> None:
    page = sheet.page
    physician.wards.add(ward)
    sheet.type("Temperature", "39.5")
    _expire(page)
    sheet.field("Systolic").fill("80")
    _sign_in(page, physician.username, PASSWORD)
    expect(page.get_by_role("dialog")).to_contain_text("opened by another user")
    assert not Assessment.objects.exists()
    _sign_in(page, nurse.username, PASSWORD)
    expect(page.get_by_role("dialog")).not_to_be_visible()
    sheet.record()
    assert Assessment.objects.get().entered_by == nurse


def test_without_a_script_it_records_and_shows_the_grade_after(
    browser: Browser, live_server: object, nurse: User, patient: Patient
) -> None:
    context = browser.new_context(base_url=str(live_server), java_script_enabled=False)
    page = context.new_page()
    page.goto(f"/accounts/login/?next=/patients/{patient.pk}/assess/")
    page.locator("input[name=login]").fill(nurse.username)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("main button").first.click()
    expect(page.get_by_text("The grade is shown after recording")).to_be_visible()
    expect(page.locator("#verdict")).not_to_be_visible()
    page.get_by_label("Temperature", exact=True).fill("39.5")
    page.keyboard.press("Enter")  # never records
    assert not Assessment.objects.exists()
    page.get_by_label("FiO2", exact=True).fill("0.4")
    page.get_by_label("Oxygen device", exact=True).select_option("venturi-mask")
    page.get_by_label("Agent", exact=True).nth(2).select_option("norepinephrine")
    page.get_by_role("button", name="Record for").click()
    expect(page.locator("[data-error-summary]")).to_contain_text("FiO2 0.4% is not possible")
    page.get_by_role("button", name="40%").click()
    expect(page.get_by_label("FiO2", exact=True)).to_have_value("40")
    page.get_by_role("button", name="Record for").click()
    expect(page).to_have_url(f"/patients/{patient.pk}/")
    expect(page.locator("#main")).to_contain_text("rade 3, severe")
    assert Assessment.objects.get().vasopressors.get().agent == "norepinephrine"
    context.close()


def _expire(page: Page) -> None:
    page.context.clear_cookies(name="sessionid")


def _sign_in(page: Page, username: str, password: str) -> None:
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Username").fill(username)
    dialog.get_by_label("Password").fill(password)
    dialog.get_by_role("button", name="Sign in").click()


def test_a_form_whose_token_another_tab_made_old_takes_the_new_one(sheet: Sheet) -> None:
    sheet.type("Temperature", "39.5")
    sheet.page.context.clear_cookies(name="csrftoken")
    sheet.type("Systolic", "80")
    assert sheet.grade()[0] == 2
    sheet.record()
    assert Assessment.objects.count() == 1
