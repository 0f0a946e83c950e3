"""Are pages within reach in each of their states: by axe, by keyboard, at 400% zoom?

Every page as it opens is looked at by `test_every_page`.
"""

import hashlib
from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from patients.models import User
from tests.browser.axe import AXE, found_by_axe
from tests.browser.ward import Filled, fill

Open = Callable[[User | None], Page]
WHERE_THE_FOCUS_IS = """() => {
    const one = document.activeElement, box = one.getBoundingClientRect();
    const banner = document.querySelector("[data-banner]").getBoundingClientRect();
    const inside = one.closest("form:not([data-themes], [data-sign-out])") !== null;
    return [inside, box.top, box.bottom, banner.bottom, banner.top];
}"""


@pytest.fixture
def filled(nurse: User, physician: User, admin: User, transactional_db: None) -> Filled:
    return fill(nurse, physician, admin)


def test_axe_is_the_one_that_was_vendored() -> None:
    table = (AXE.parent / "README.md").read_text(encoding="utf-8")
    assert hashlib.sha256(AXE.read_bytes()).hexdigest() in table


def test_axe_finds_nothing_on_other_courses_in_an_open_menu_and_after_an_error(
    open_as: Open, filled: Filled, physician: User
) -> None:
    found: list[str] = []
    page = open_as(physician)
    for one in (filled.brown, filled.yamada, filled.smith):
        page.goto(reverse("patient_detail", args=[one.pk]))
        for details in page.locator("main details:not(.menu)").all():
            details.evaluate("one => one.open = true")
        found += found_by_axe(page)
    for menu in page.locator("main details.menu").all():  # it lies over the page, until anything else is pressed
        menu.evaluate("one => one.open = true")
        found += found_by_axe(page, ".menu")
    page.goto(reverse("give_treatment", args=[filled.smith.pk]))
    page.get_by_role("button", name="Record for").click()
    expect(page.get_by_role("alert")).to_be_visible()
    found += found_by_axe(page)
    assert found == []


def test_the_banner_stays_on_top_and_never_covers_what_has_the_focus(
    open_as: Open, filled: Filled, physician: User
) -> None:
    page = open_as(physician)
    for height in (768, 400):
        page.set_viewport_size({"width": 1280, "height": height})
        page.goto(reverse("change_facts", args=[filled.smith.pk]))
        stops = 0
        for key in ["Tab"] * 40 + ["Shift+Tab"] * 40:
            page.keyboard.press(key)
            where = page.evaluate(WHERE_THE_FOCUS_IS)
            inside, top, bottom, covered_to, banner_top = where
            if inside and bottom > top + 1:
                stops += 1
                assert top >= covered_to or banner_top > 0, page.evaluate("document.activeElement.outerHTML")
        assert stops > 20


def test_under_500_px_of_height_name_birth_date_number_and_allergies_stay(
    open_as: Open, filled: Filled, physician: User
) -> None:
    page = open_as(physician)
    page.goto(reverse("patient_detail", args=[filled.smith.pk]))
    banner = page.get_by_role("region", name="Patient", exact=True)
    for words in ("Male", "70 kg", "Hematology 4B, bed 1", "D+2"):
        expect(banner.get_by_text(words)).to_be_visible()
    page.set_viewport_size({"width": 1280, "height": 480})
    for words in ("Male", "70 kg", "Hematology 4B, bed 1", "D+2"):
        expect(banner.get_by_text(words)).to_be_hidden()
    for words in ("SMITH, John", "14-Aug-1980", "999 123 4567", "penicillin, contrast medium"):
        expect(banner.get_by_text(words)).to_be_visible()


def test_every_control_is_at_least_44_px_high(open_as: Open, filled: Filled, physician: User) -> None:
    page = open_as(physician)
    for address in (reverse("patient_detail", args=[filled.smith.pk]), reverse("change_facts", args=[filled.smith.pk])):
        page.goto(address)
        for control in page.locator("button:not(.vh), input:not([type=hidden], [type=radio]), select, .choice").all():
            box = control.bounding_box()
            if box is not None and box["height"] > 1:
                assert box["height"] >= 44, control.evaluate("one => one.outerHTML")
