"""How many keys does a full set take, with the keyboard alone and with gloves?

Seconds are not timed here but computed from the keys, by the keystroke-level model (Card, Moran and Newell 1980):
0.28 s a key of an average typist, 1.35 s to look at each value that is charted, 1.1 s to point, 0.2 s to press.
"""

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Final

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from grading.record import Oxygen
from patients.models import Assessment, Patient, User
from tests.browser.sheet import Sheet
from tests.conftest import PASSWORD
from tests.patients.cast import a_patient, a_ward, an_assessment
from tests.patients.vasopressors import norepinephrine

Open = Callable[[User | None], Page]
A_KEY: Final = 0.28
A_LOOK: Final = 1.35
POINT_AND_PRESS: Final = 1.1 + 0.2


class Keyboard:
    """Counts every key that goes down; Ctrl+Enter is two."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.keys = 0

    def type(self, text: str) -> None:
        for key in text:
            self.press(key)

    def press(self, key: str) -> None:
        self.keys += len(key.split("+")) if len(key) > 1 else 1
        self.page.keyboard.press(key)


@pytest.fixture
def patient(nurse: User) -> Patient:
    patient = a_patient(nurse, a_ward(nurse), family_name="Smith", given_name="John", mrn="999 123 4567")
    oxygen = Oxygen(device="nasal-cannula", flow_l_min=Decimal(2))
    an_assessment(nurse, patient, 2, temperature_c=38, oxygen=oxygen, vasopressors=norepinephrine("0.1"))
    return patient


def test_a_full_set_takes_at_most_30_keys_and_25_seconds_of_typing(
    open_as: Open, nurse: User, patient: Patient
) -> None:
    sheet = Sheet(open_as(nurse), patient).open()
    keyboard = Keyboard(sheet.page)
    expect(sheet.field("Temperature")).to_be_focused()
    for value, next_label in (
        ("38.5", "Systolic"),
        ("118/70", "Heart rate"),
        ("112", "Respiratory rate"),
        ("22", "SpO2"),
    ):
        keyboard.type(value)
        keyboard.press("Enter")
        expect(sheet.field(next_label)).to_be_focused()
    keyboard.type("94")
    keyboard.press("Enter")
    for confirmed in ("confirm oxygen", "confirm vasopressors"):
        expect(sheet.page.get_by_label(confirmed)).to_be_focused()
        keyboard.press("Space")
        keyboard.press("Enter")
    expect(sheet.field("Consciousness")).to_be_focused()
    keyboard.press("a")
    keyboard.press("Control+Enter")
    sheet.recorded()
    assert keyboard.keys <= 30, keyboard.keys
    assert keyboard.keys * A_KEY + 8 * A_LOOK <= 25
    row = Assessment.objects.latest("id")
    assert [row.temperature_c, row.systolic, row.diastolic, row.heart_rate] == [Decimal("38.5"), 118, 70, 112]
    assert [row.respiratory_rate, row.spo2_percent, row.oxygen_device] == [22, 94, "nasal-cannula"]
    assert row.oxygen_flow_l_min == 2
    assert [(one.agent, one.rate) for one in row.vasopressors.all()] == [("norepinephrine", Decimal("0.1"))]
    assert row.consciousness == "spontaneous"
    assert row.typed["systolic"]["text"] == "118"


def test_a_first_set_without_oxygen_and_vasopressors_takes_no_more(open_as: Open, nurse: User) -> None:
    calm = a_patient(nurse, a_ward(nurse, "Ward 8"), mrn="1002")
    sheet = Sheet(open_as(nurse), calm).open()
    keyboard = Keyboard(sheet.page)
    for value in ("36.9", "118/70", "72", "16", "97"):
        keyboard.type(value)
        keyboard.press("Enter")
    expect(sheet.field("Oxygen device")).to_be_focused()
    keyboard.press("r")
    keyboard.press("Enter")
    expect(sheet.field("None running")).to_be_focused()
    keyboard.press("Space")
    keyboard.press("Enter")
    keyboard.press("a")
    keyboard.press("Control+Enter")
    sheet.recorded()
    assert keyboard.keys <= 30, keyboard.keys
    row = Assessment.objects.get()
    assert [row.oxygen_device, row.vasopressors_charted, row.consciousness] == ["room-air", True, "spontaneous"]


def test_one_changed_value_takes_at_most_15_seconds_from_where_it_is_shown(
    open_as: Open, nurse: User, patient: Patient
) -> None:
    page = open_as(nurse)
    page.goto(reverse("chart_value", args=[patient.pk, "temperature"]))
    keyboard = Keyboard(page)
    expect(page.get_by_label("Temperature", exact=True)).to_be_focused()
    keyboard.type("39.2")
    expect(page.locator("#verdict-panel")).to_have_attribute("data-state", "open", timeout=15_000)
    keyboard.press("Control+Enter")
    expect(page).to_have_url(reverse("patient_detail", args=[patient.pk]))
    expect(page.get_by_text("Recorded for SMITH, John")).to_be_visible()
    assert keyboard.keys <= 6
    assert POINT_AND_PRESS + 2 * A_LOOK + keyboard.keys * A_KEY <= 15
    assert Assessment.objects.latest("id").temperature_c == Decimal("39.2")


# --- With gloves


@pytest.fixture
def touched(browser: Browser, live_server: LiveServer, nurse: User, patient: Patient) -> Iterator[Sheet]:
    """The form on a tablet at the bedside: no mouse, no keyboard."""
    context = browser.new_context(
        base_url=live_server.url, viewport={"width": 820, "height": 1180}, has_touch=True, is_mobile=True
    )
    page = context.new_page()
    page.goto(f"/accounts/login/?next=/patients/{patient.pk}/assess/")
    page.locator("input[name=login]").fill(nurse.username)
    page.locator("input[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    yield Sheet(page, patient).settled()
    context.close()


BOXES = """() => {
    const shown = (one) => one.checkVisibility() && one.getClientRects().length && !one.disabled
        && !one.closest('.vh, .record-bar');
    const all = '#assess :is(input:not([type=hidden]), select, textarea, button, summary)';
    return [...document.querySelectorAll(all)].filter(shown).map((one) => {
        const box = (one.closest('label.choice') || one).getBoundingClientRect();
        return [one.name || one.textContent.trim().slice(0, 30), box.left, box.top, box.right, box.bottom];
    });
}"""
Box = tuple[str, float, float, float, float]


def too_close(boxes: list[Box]) -> list[str]:
    """Pairs of targets with less than 8 px between them."""
    found = []
    for n, (name, left, top, right, bottom) in enumerate(boxes):
        for other, left_2, top_2, right_2, bottom_2 in boxes[n + 1 :]:
            across = max(left_2 - right, left - right_2)
            down = max(top_2 - bottom, top - bottom_2)
            if max(across, down) < 7.9:
                found.append(f"{name} and {other}: {max(across, down):.1f} px")
    return found


def test_every_target_is_44_px_the_keys_72_the_main_button_64_and_all_are_8_apart(touched: Sheet) -> None:
    page = touched.page
    for summary in page.locator("details.section > summary").all():
        summary.tap()
    page.locator("h2#signs").evaluate("one => document.activeElement.blur()")
    expect(page.locator(".keypad")).to_be_hidden()
    boxes: list[Box] = page.evaluate(BOXES)
    assert len(boxes) > 40
    assert [name for name, _, top, _, bottom in boxes if bottom - top < 43.9] == []
    assert too_close(boxes) == []
    button = page.locator("[data-record]").bounding_box()
    assert button is not None and button["height"] >= 64
    touched.field("Temperature").tap()
    keys = [one.bounding_box() for one in page.locator(".keypad button").all()]
    assert len(keys) == 14
    assert all(key is not None and key["width"] >= 72 and key["height"] >= 72 for key in keys)
    assert (
        too_close(
            [(str(n), k["x"], k["y"], k["x"] + k["width"], k["y"] + k["height"]) for n, k in enumerate(keys) if k]
        )
        == []
    )


def test_a_full_set_is_typed_on_the_keypad_and_tapped(touched: Sheet) -> None:
    page = touched.page

    def keys(text: str) -> None:
        for key in text:
            page.locator(f'.keypad [data-key="{key}"]').tap()

    touched.field("Temperature").tap()
    expect(touched.field("Temperature")).to_have_attribute("inputmode", "none")
    for value in ("38.4", "118/70", "112", "22", "94"):
        keys(value)
        page.locator(".keypad").get_by_role("button", name="Next").tap()
    expect(page.locator(".keypad")).to_be_hidden()
    touched.field("Temperature").tap()
    page.locator(".keypad").get_by_role("button", name="Delete").tap()
    keys("5")
    for confirmed in ("confirm oxygen", "confirm vasopressors"):
        page.get_by_label(confirmed).tap()
    touched.choose("Consciousness", "Awakens spontaneously")
    page.locator("[data-record]").tap()
    touched.recorded()
    row = Assessment.objects.latest("id")
    assert [row.temperature_c, row.systolic, row.diastolic, row.spo2_percent] == [Decimal("38.5"), 118, 70, 94]
    assert row.vasopressors.get().agent == "norepinephrine"


def test_who_has_a_mouse_sees_no_keypad(open_as: Open, nurse: User, patient: Patient) -> None:
    sheet = Sheet(open_as(nurse), patient).open()
    expect(sheet.page.locator(".keypad")).to_have_count(0)
    expect(sheet.field("Temperature")).to_have_attribute("inputmode", "decimal")
