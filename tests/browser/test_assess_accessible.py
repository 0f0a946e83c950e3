"""Is the assessment form within reach: by axe in each theme and state, by keyboard, on a narrow screen, by touch?"""

from collections.abc import Callable
from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect

from grading.record import Oxygen
from patients.models import Patient, User
from tests.browser.axe import found_by_axe
from tests.browser.sheet import Sheet
from tests.patients.cast import a_patient, a_ward, an_assessment
from tests.patients.vasopressors import norepinephrine

Open = Callable[[User | None], Page]
COVERED = """() => {
    const one = document.activeElement, box = one.getBoundingClientRect();
    const at = document.elementFromPoint(box.left + box.width / 2, box.top + Math.min(box.height, 40) / 2);
    const seen = at === one || one.contains(at) || at?.closest("label")?.contains(one);
    return seen ? "" : one.name || one.tagName;
}"""


@pytest.fixture
def patient(nurse: User) -> Patient:
    patient = a_patient(nurse, a_ward(nurse))
    oxygen = Oxygen(device="nasal-cannula", flow_l_min=Decimal(2))
    an_assessment(nurse, patient, 2, temperature_c=Decimal("39.4"), oxygen=oxygen, vasopressors=norepinephrine("0.1"))
    return patient


@pytest.fixture
def sheet(open_as: Open, nurse: User, patient: Patient) -> Sheet:
    return Sheet(open_as(nurse), patient).open()


def test_axe_finds_nothing_in_any_state_of_the_form(sheet: Sheet) -> None:
    page = sheet.page
    page.set_viewport_size(
        {"width": 1366, "height": 4000}
    )  # all of the sheet at once: what is sticky covers none of it
    sheet.open()
    for summary in page.locator("details.section > summary").all():
        summary.click()
    found = found_by_axe(page)
    sheet.type("Temperature", "33")
    sheet.type("FiO2", "0.4")
    page.get_by_label("New rate").check()
    page.keyboard.press("Control+Enter")
    expect(page.locator("[data-error-summary]")).to_be_focused()
    found += found_by_axe(page)
    page.context.clear_cookies(name="sessionid")
    sheet.field("Systolic").fill("80")
    expect(page.get_by_role("dialog")).to_be_visible()
    found += found_by_axe(page)
    assert found == []


def test_the_focus_is_never_hidden_under_the_banner_or_the_button(sheet: Sheet) -> None:
    page = sheet.page
    hidden = []
    for _ in range(45):
        page.keyboard.press("Tab")
        if covered := page.evaluate(COVERED):
            hidden.append(covered)
    assert hidden == []


def test_every_control_can_be_touched(sheet: Sheet) -> None:
    for summary in sheet.page.locator("details.section > summary").all():
        summary.click()
    small = sheet.page.evaluate("""() =>
        [...document.querySelectorAll('#assess :is(input, select, textarea, button, summary)')]
        .filter((one) => one.type !== 'hidden' && one.getClientRects().length && !one.disabled)
        .map((one) => [one.name, (one.closest('label') || one).getBoundingClientRect().height])
        .filter(([, height]) => height < 44)""")
    assert small == []
    assert sheet.page.locator("[data-record]").evaluate("(one) => one.getBoundingClientRect().height") >= 64


def test_every_field_has_a_label_of_its_own(sheet: Sheet) -> None:
    without = sheet.page.evaluate("""() => [...document.querySelectorAll('#assess :is(input, select, textarea)')]
        .filter((one) => one.type !== 'hidden' && !one.labels.length).map((one) => one.name)""")
    assert without == []
