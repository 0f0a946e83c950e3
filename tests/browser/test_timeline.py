"""Does the timeline zoom, pan and read by keys and mouse, print, and stay within reach of axe in every theme?"""

import re
from collections.abc import Callable
from uuid import uuid4

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from patients import actions
from patients.models import User
from tests.browser.axe import found_by_axe, in_theme
from tests.patients.care import Care
from tests.patients.timelines import eventful

Open = Callable[[User | None], Page]
VIEWBOX = "document.querySelector('[data-plot]').getAttribute('viewBox').split(' ').map(Number)"
DRAWN = """() => [...document.querySelectorAll('[data-timeline] .t-chart [data-plot], [data-labels], [data-ticks]')]
    .map((one) => (one.getAttribute('viewBox') || '') + one.innerHTML).join('\\n')"""
DATA = "JSON.parse(document.getElementById('timeline-data').textContent)"
SHOWN = "[...document.querySelectorAll('.t-windows [aria-current]')].map((one) => one.textContent).join()"


@pytest.fixture
def care(transactional_db: None) -> Care:
    care = Care()
    eventful(care)
    return care


def eventually(page: Page, true: Callable[[], bool]) -> None:
    """Waits, ten seconds at most. (The page's policy lets no string be evaluated while polling.)"""
    for _ in range(200):
        if true():
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"not within ten seconds: {page.evaluate(VIEWBOX)}")


def shows(page: Page, hours: float, ends: float | None = None) -> None:
    """So many hours are shown, up to `ends` minutes where given."""

    def shown() -> bool:
        low, _, width, _ = page.evaluate(VIEWBOX)
        return abs(width - hours * 61.2) < 1 and (ends is None or abs(low + width / 1.02 - ends) < 2)

    eventually(page, shown)


def test_the_timeline_by_keys_and_mouse_in_every_theme_and_on_paper(open_as: Open, care: Care) -> None:
    page = open_as(care.nurse)
    address = reverse("timeline", args=[care.patient.pk])
    page.goto(address)
    chart, readout = page.get_by_role("group", name="Timeline of LINDQVIST, Maja."), page.locator("[data-readout]")
    shows(page, 24)
    expect(readout).to_be_hidden()

    # The cursor goes from moment to moment, and what it reads is what was charted, with its precision
    end = page.evaluate(f"{DATA}.end")
    chart.focus()
    page.keyboard.press("End")
    expect(readout).to_contain_text("Off the ward in imaging, expected back")
    read = []
    for _ in range(40):
        read.append(readout.inner_text())
        page.keyboard.press("ArrowLeft")
    assert any("grade 3 confirmed" in one for one in read)
    assert any("39.6 °C" in one and "entered late" in one for one in read)
    assert any("21 mg/dL (210 mg/L)" in one for one in read)
    expect(page.locator("[data-said]")).not_to_be_empty()
    page.keyboard.press("Home")
    shows(page, 24)
    low, _, width, _ = page.evaluate(VIEWBOX)
    assert low < page.evaluate(f"{DATA}.moments[0][0]") < low + width
    expect(page.locator("[data-cursor]").first).not_to_have_attribute("display", "none")
    page.keyboard.press("Escape")
    expect(readout).to_be_hidden()

    # Zoom and pan by keys; the window never leaves the course
    page.get_by_role("link", name="12 h").click()
    shows(page, 12, end)
    chart.focus()
    page.keyboard.press("+")
    shows(page, 6)
    page.keyboard.press("-")
    shows(page, 12)
    page.keyboard.press("PageDown")
    page.keyboard.press("PageDown")
    shows(page, 12, end)
    page.keyboard.press("PageUp")
    shows(page, 12, end - 720)

    # By mouse: a drag moves, Ctrl and the wheel zoom, a press reads
    box = page.locator("[data-strip=temperature] .t-plot").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 400, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + 100, box["y"] + 20, steps=3)
    page.mouse.up()
    eventually(page, lambda: page.evaluate(VIEWBOX)[0] > end - 1440 + 60)
    shows(page, 12)
    page.keyboard.down("Control")
    page.mouse.wheel(0, -100)
    page.keyboard.up("Control")
    eventually(page, lambda: page.evaluate(VIEWBOX)[2] < 700)
    page.mouse.move(box["x"] + 300, box["y"] + 30)
    expect(readout).to_be_visible()

    # What the script shows is what the server shows when asked for it; «now» would move between the two
    actions.discharge(by=care.nurse, submission_id=uuid4(), patient=care.patient)
    page.goto(address)
    assert page.evaluate(SHOWN) == "All"
    for name, query in (("All", "all"), ("72 h", "72"), ("6 h", "6")):
        page.get_by_role("link", name=name, exact=True).click()
        expect(page).to_have_url(re.compile(rf"\?window={query}$"))
        page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        assert page.evaluate(SHOWN) == name
        swapped = page.evaluate(DRAWN)
        page.reload()
        page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        assert page.evaluate(DRAWN) == swapped
        assert page.evaluate(SHOWN) == name

    # Within reach in every theme; the axis stays below the banner; nothing but the drawing's own frame is cut
    in_theme(page, "night")
    for query in ("?window=all", "?view=table"):
        page.goto(address + query)
        assert found_by_axe(page) == []
    page.goto(address)
    page.mouse.wheel(0, 500)
    eventually(page, lambda: page.evaluate("scrollY") > 200)
    banner, axis = page.locator("[data-banner]").bounding_box(), page.locator("[data-axis]").first.bounding_box()
    assert banner is not None and axis is not None
    assert abs(axis["y"] - (banner["y"] + banner["height"])) < 2

    # On paper: both identifiers on each of the two sheets, no control, dark on white also from the night theme
    page.emulate_media(media="print")
    assert page.locator(".printed:visible").count() == 2
    for sheet in page.locator(".printed").all():
        expect(sheet).to_contain_text("LINDQVIST, Maja, 1001")
    assert page.locator(".t-windows:visible, .t-readout:visible, .site:visible").count() == 0
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
