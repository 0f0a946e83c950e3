"""Is every page within reach: by axe in each theme, by keyboard, at 320 px, at 400% zoom?"""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from patients.models import User
from tests.browser.ward import Filled, fill

AXE = Path(__file__).parent / "vendor" / "axe-4.14.1.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
Open = Callable[[User | None], Page]
WHERE_THE_FOCUS_IS = """() => {
    const one = document.activeElement, box = one.getBoundingClientRect();
    const banner = document.querySelector("[data-banner]").getBoundingClientRect();
    const inside = one.closest("form:not([data-themes], [data-sign-out])") !== null;
    return [inside, box.top, box.bottom, banner.bottom, banner.top];
}"""
OF_A_PATIENT = (
    "patient_detail",
    "assessments",
    "give_treatment",
    "enter_result",
    "record_measurement",
    "change_facts",
    "choose_protocol",
    "start_infusion",
    "dose_step",
    "infusion_event",
    "rename_patient",
    "transfer",
    "discharge",
    "record_death",
)


@pytest.fixture
def filled(nurse: User, physician: User, admin: User, transactional_db: None) -> Filled:
    return fill(nurse, physician, admin)


def found_by_axe(page: Page, within: str = "html") -> list[str]:
    """What axe finds on the page, a line each: the rule and the first element."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    options = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]}
    answer: dict[str, Any] = page.evaluate("([within, options]) => axe.run(within, options)", [within, options])
    return [
        f"{page.url} {rule['id']}: {node['html'][:160]} {node.get('failureSummary', '')[:200]}"
        for rule in answer["violations"]
        for node in rule["nodes"]
    ]


def in_theme(page: Page, theme: str) -> None:
    home = "/".join(page.url.split("/")[:3])
    page.context.add_cookies([{"name": "theme", "value": theme, "url": home}])


def test_axe_is_the_one_that_was_vendored() -> None:
    table = (AXE.parent / "README.md").read_text(encoding="utf-8")
    assert hashlib.sha256(AXE.read_bytes()).hexdigest() in table


@pytest.mark.parametrize("theme", ["light", "dark", "night"])
def test_axe_finds_nothing_on_any_page(theme: str, open_as: Open, filled: Filled, physician: User, admin: User) -> None:
    found: list[str] = []
    signed_out, page, administrator = open_as(None), open_as(physician), open_as(admin)
    signed_out.goto(reverse("account_login"))
    in_theme(signed_out, theme)
    signed_out.goto(reverse("account_login"))
    found += found_by_axe(signed_out)
    page.goto("/")
    in_theme(page, theme)
    smith = [filled.smith.pk]
    for address in (
        reverse("board"),
        reverse("patient_list"),
        reverse("admit_patient"),
        *(reverse("patient_detail", args=[one.pk]) for one in (filled.smyth, filled.brown, filled.yamada)),
        *(reverse(name, args=smith) for name in OF_A_PATIENT),
    ):
        page.goto(address)
        for details in page.locator("main details:not(.menu)").all():
            details.evaluate("one => one.open = true")
        found += found_by_axe(page)
        for menu in page.locator("main details.menu").all():  # it lies over the page, until anything else is pressed
            menu.evaluate("one => one.open = true")
            found += found_by_axe(page, ".menu")
    page.goto(reverse("give_treatment", args=smith))
    page.get_by_role("button", name="Record for").click()
    expect(page.get_by_role("alert")).to_be_visible()
    found += found_by_axe(page)
    administrator.goto("/")
    in_theme(administrator, theme)
    administrator.goto(reverse("ward_settings", args=[filled.ward.pk]))
    found += found_by_axe(administrator)
    assert found == []


def test_at_320_px_nothing_but_a_table_s_frame_scrolls_sideways(open_as: Open, filled: Filled, physician: User) -> None:
    page = open_as(physician)
    page.set_viewport_size({"width": 320, "height": 640})
    for address in (
        reverse("patient_list"),
        reverse("admit_patient"),
        *(reverse(name, args=[filled.smith.pk]) for name in OF_A_PATIENT),
    ):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, address


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
