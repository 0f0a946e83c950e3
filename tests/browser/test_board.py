"""Is the board one dense page that needs no mouse? Looked at in a real browser."""

from collections.abc import Callable
from decimal import Decimal
from uuid import uuid4

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from patients import actions
from patients.models import Bed, User
from tests.browser.test_pages import tab_to
from tests.browser.ward import CALM, Filled, fill
from tests.patients.cast import a_patient, an_assessment, hours_ago

Open = Callable[[User | None], Page]
CUT = """() => [...document.querySelectorAll("main.board *")].filter((one) => {
    const box = one.getBoundingClientRect();
    return !one.closest(".vh") && box.width > 0 && box.right > document.documentElement.clientWidth + 1;
}).map((one) => one.outerHTML.slice(0, 120))"""
SPILLED = """() => [...document.querySelectorAll(".board-table tbody tr > *")].flatMap((cell) => {
    const edge = cell.getBoundingClientRect().right - 4, found = [];
    const texts = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
        const text = texts.currentNode, range = document.createRange();
        range.selectNodeContents(text);
        if (!text.parentElement.closest(".vh") && [...range.getClientRects()].some((box) => box.right > edge))
            found.push(`${cell.dataset.label || "Patient"}: ${text.data}`);
    }
    return found;
})"""


@pytest.fixture
def filled(nurse: User, physician: User, transactional_db: None) -> Filled:
    filled = fill(nurse, physician)
    for number, name in enumerate(("Adeyemi", "Castillo", "Dvorak", "Eriksen", "Fontaine", "Gupta", "Haddad", "Ito")):
        bed = Bed.objects.create(ward=filled.ward, label=str(number + 5))
        patient = a_patient(nurse, filled.ward, mrn=name, family_name=name, given_name="Alex", bed=bed)
        an_assessment(nurse, patient, 0.5, **CALM | {"temperature_c": Decimal("38.1") + Decimal(number) / 10})
    return filled


def test_twelve_patients_are_seen_at_once_and_a_value_is_charted_from_the_board_by_keyboard(
    open_as: Open, filled: Filled, nurse: User
) -> None:
    page = open_as(nurse)
    page.goto(reverse("board"))
    rows = page.locator("tbody tr")
    expect(rows).to_have_count(12)
    box = rows.last.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= 768
    # Who needs someone first: grade 3, then at least 2, and who has no grade before grade 0.
    assert [row.split()[0] for row in page.get_by_role("rowheader").all_inner_texts()][:2] == ["SMITH,", "SMYTH,"]
    found = []
    for width in (1366, 1024, 820, 320):
        page.set_viewport_size({"width": width, "height": 768})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        found += page.evaluate(CUT)
    assert found == []
    page.set_viewport_size({"width": 1366, "height": 768})
    # By keyboard: my patients, everybody again, and one temperature.
    tab_to(page, "Only mine")
    page.keyboard.press("Enter")
    expect(page.get_by_text("No patient is yours in this shift")).to_be_visible()
    tab_to(page, "Everybody")
    page.keyboard.press("Enter")
    expect(rows).to_have_count(12)
    tab_to(page, "Chart temperature of SMITH, John")
    page.keyboard.press("Enter")
    expect(page).to_have_url(reverse("chart_value", args=[filled.smith.pk, "temperature"]))
    page.get_by_label("Temperature", exact=True).first.focus()
    page.keyboard.type("39.7")
    page.keyboard.press("Control+Enter")
    expect(page).to_have_url(reverse("board"))
    expect(rows.first).to_contain_text("39.7 °C")  # his row stands first as before


def test_no_value_touches_the_next_column_and_a_long_concern_fills_two_lines(
    open_as: Open, filled: Filled, nurse: User
) -> None:
    an_assessment(nurse, filled.smyth, 2.35, **CALM)
    actions.give_treatment(
        by=nurse,
        submission_id=uuid4(),
        patient=filled.smyth,
        drug="tocilizumab",
        dose=Decimal(560),
        unit="mg",
        route="iv",
        at=hours_ago(0.1),
    )
    actions.raise_concern(by=nurse, submission_id=uuid4(), patient=filled.brown, why="drowsy, mottled, cold " * 40)
    page = open_as(nurse)
    page.goto(reverse("board"))
    # The longest that the column of tocilizumab says: a moment of another day.
    page.evaluate(
        """() => { for (const cell of document.querySelectorAll("td[data-label=Tocilizumab]"))
        cell.innerHTML =
        '1 of 4<span class="block small">from <time><span class="num">05-Jan-2026</span> ' +
        '<span class="num">05:12</span></time></span>'; }"""
    )
    assert page.evaluate(SPILLED) == []
    concern = page.get_by_text("drowsy, mottled").first
    box = concern.bounding_box()
    assert box is not None
    assert box["height"] < 40
    page.get_by_role("link", name="BROWN, Tom").first.click()
    expect(page.get_by_text("cold drowsy, mottled, cold").first).to_be_visible()


def test_ages_on_a_board_left_open_follow_the_server_when_the_workstations_clock_is_set(
    open_as: Open, filled: Filled, nurse: User
) -> None:
    page = open_as(nurse)
    page.clock.install()
    page.goto(reverse("board"))
    ages = page.locator("td[data-label='Assessed, next due'] time[data-elapsed]")
    expect(ages.filter(has_text="min ago").first).to_be_visible()
    before = ages.all_inner_texts()
    with page.expect_response(lambda one: reverse("board_rows") in one.url):
        page.clock.fast_forward("05:00:00")
    page.clock.fast_forward("00:10")  # the script's own next look at each age
    assert [age for age in ages.all_inner_texts() if age.startswith("5 h")] == [
        age for age in before if age.startswith("5 h")
    ]
