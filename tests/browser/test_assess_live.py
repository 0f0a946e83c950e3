"""Does the panel only ever show a grade that belongs to what is in the form now?"""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Page, Route, expect

from patients.models import Assessment, Patient, User
from tests.browser.sheet import Sheet
from tests.patients.cast import a_patient, a_ward

LIVE = "**/assess/verdict/"
Open = Callable[[User | None], Page]


@pytest.fixture
def patient(nurse: User) -> Patient:
    return a_patient(nurse, a_ward(nurse), family_name="Smith", given_name="John", mrn="999 123 4567")


@pytest.fixture
def sheet(open_as: Open, nurse: User, patient: Patient) -> Sheet:
    return Sheet(open_as(nurse), patient).open()


def _posted(route: Route, name: str) -> str:
    return parse_qs(route.request.post_data or "", keep_blank_values=True).get(name, [""])[0]


def test_the_grade_is_announced_as_updating_from_the_first_key_on(sheet: Sheet) -> None:
    sheet.type("Temperature", "38.5")
    sheet.page.route(LIVE, lambda route: None)  # never answered
    sheet.field("Temperature").press("Backspace")
    expect(sheet.panel).to_contain_text("Updating")
    expect(sheet.panel).to_contain_text("was at least grade 1 at ")
    expect(sheet.panel.locator("#verdict")).not_to_be_visible()


def test_a_slow_earlier_answer_that_arrives_late_is_not_shown(sheet: Sheet) -> None:
    held: list[tuple[Route, Any]] = []

    def slow(route: Route) -> None:
        answer = route.fetch()
        if _posted(route, "temperature") == "37.1":
            held.append((route, answer))
        else:
            route.fulfill(response=answer)

    sheet.page.route(LIVE, slow)
    sheet.field("Temperature").fill("37.1")
    sheet.page.wait_for_timeout(1500)
    assert held, "the first request is on its way"
    sheet.type("Temperature", "39.5")
    assert sheet.grade()[0] == 1
    route, answer = held[0]
    route.fulfill(response=answer)
    sheet.page.wait_for_timeout(500)
    assert sheet.grade()[0] == 1
    expect(sheet.panel).to_contain_text("39.5 °C")


def test_an_answer_for_an_earlier_state_is_not_shown_even_when_it_is_the_only_one(sheet: Sheet) -> None:
    old: list[Any] = []

    def stale(route: Route) -> None:
        old.append(route.fetch())
        route.fulfill(response=old[0])

    sheet.page.route(LIVE, stale)
    sheet.type("Temperature", "37.1")
    sheet.field("Temperature").fill("39.5")
    expect(sheet.panel).to_contain_text("Not graded: check the connection")
    assert sheet.panel.locator(".grade").count() == 0


def test_an_answer_of_this_state_for_other_values_leaves_no_grade(sheet: Sheet) -> None:
    def altered(route: Route) -> None:
        body = (route.request.post_data or "").replace("temperature=39.5", "temperature=37.1")
        route.fulfill(response=route.fetch(post_data=body))

    sheet.page.route(LIVE, altered)
    sheet.field("Temperature").fill("39.5")
    expect(sheet.panel).to_contain_text("Not graded: check the connection")
    assert sheet.panel.locator(".grade").count() == 0


@pytest.mark.parametrize("failure", ["error", "refused", "hanging"])
def test_a_failed_answer_leaves_no_grade_on_screen(sheet: Sheet, failure: str) -> None:
    sheet.type("Temperature", "39.5")
    answers = {
        "error": lambda route: route.fulfill(status=500, body="<p class='grade'>Grade 0</p>"),
        "refused": lambda route: route.abort(),
        "hanging": lambda route: None,
    }
    sheet.page.route(LIVE, answers[failure])
    sheet.field("Systolic").fill("80")
    expect(sheet.panel).to_contain_text("Not graded: check the connection", timeout=12_000)
    assert sheet.panel.locator(".grade").count() == 0
    assert sheet.field("Systolic").input_value() == "80"
    sheet.page.unroute(LIVE)
    sheet.type("Systolic", "81")
    assert sheet.grade()[0] == 2


def test_no_connection_leaves_no_grade_and_its_return_grades_again(sheet: Sheet) -> None:
    sheet.type("Temperature", "39.5")
    sheet.page.context.set_offline(True)
    expect(sheet.panel).to_contain_text("Not graded: check the connection")
    assert sheet.panel.locator(".grade").count() == 0
    sheet.page.context.set_offline(False)
    assert sheet.grade()[0] == 1


def test_no_swap_touches_what_is_typed_in(sheet: Sheet) -> None:
    page = sheet.page
    page.evaluate("""() => {
        const form = document.getElementById('assess');
        window.before = [...form.querySelectorAll('input:not([name=confirmed]), select, textarea')];
        window.lost = 0;
        new MutationObserver((changes) => {
            for (const change of changes) for (const node of change.removedNodes)
                if (window.before.some((one) => node === one || node.contains?.(one))) window.lost += 1;
        }).observe(form, {subtree: true, childList: true});
    }""")
    field = sheet.field("Temperature")
    field.press_sequentially("38.65", delay=120)
    sheet.settled()
    expect(field).to_have_value("38.65")
    expect(field).to_be_focused()
    sheet.type("FiO2", "0.4")
    sheet.type("Heart rate", "300")
    assert page.evaluate("window.lost") == 0
    assert page.evaluate("window.before.every((one) => one.isConnected)")


def test_a_field_in_error_is_never_graded_around(sheet: Sheet) -> None:
    sheet.type("Temperature", "39.5")
    sheet.type("Systolic", "8o")
    expect(sheet.panel).to_contain_text("correct the systolic")
    assert sheet.panel.locator(".grade").count() == 0


def test_a_change_is_announced_once_after_a_second_of_quiet(sheet: Sheet) -> None:
    page = sheet.page
    page.evaluate("""() => {
        window.heard = [];
        const note = (one) => window.heard.push([one.getAttribute('role'), one.textContent]);
        for (const one of document.querySelectorAll('[data-announce], [data-alert]'))
            new MutationObserver(() => one.textContent && note(one))
                .observe(one, {childList: true});
    }""")
    sheet.field("Temperature").press_sequentially("39.5", delay=60)
    sheet.settled()
    page.wait_for_timeout(1600)
    assert page.evaluate("window.heard") == [["alert", "At least grade 1, mild, ASTCT 2019."]]  # a rise from none
    sheet.type("Heart rate", "110")
    page.wait_for_timeout(1600)
    assert len(page.evaluate("window.heard")) == 1  # the grade is the same: nothing is said


def test_three_taps_record_once(sheet: Sheet) -> None:
    sheet.type("Temperature", "39.5")
    button = sheet.page.get_by_role("button", name="Record for SMITH, John, 999 123 4567")
    button.evaluate("(one) => { one.click(); one.click(); one.click(); }")
    sheet.recorded()
    assert Assessment.objects.count() == 1


def test_a_lost_answer_says_so_and_pressing_again_records_once(sheet: Sheet) -> None:
    sheet.type("Temperature", "39.5")
    lost: list[int] = []

    def lose(route: Route) -> None:
        if lost:
            route.continue_()
            return
        lost.append(route.fetch(max_redirects=0).status)
        route.abort()

    sheet.page.route("**/assess/", lose)
    sheet.page.route("**/entries/*/", lambda route: route.abort())  # nor is what became of it found out
    button = sheet.page.get_by_role("button", name="Record for")
    button.click()
    expect(sheet.page.locator("[data-not-recorded]")).to_contain_text("Not known whether it was recorded")
    assert Assessment.objects.count() == 1
    button.click()
    sheet.recorded()
    assert Assessment.objects.count() == 1


def test_what_was_recorded_is_found_on_the_patient_page(sheet: Sheet) -> None:
    sheet.type("Temperature", "39.5")
    sheet.record()
    expect(sheet.page.locator("#main")).to_contain_text("39.5 °C")
    expect(sheet.page.locator("#main")).to_contain_text("rade 1, mild")


def test_the_panel_stays_in_sight_beside_the_form_and_above_it_on_a_narrow_screen(sheet: Sheet) -> None:
    sheet.type("Temperature", "39.5")
    for width, height in ((1366, 768), (320, 900)):
        sheet.page.set_viewport_size({"width": width, "height": height})
        sheet.field("Note").scroll_into_view_if_needed()
        expect(sheet.panel.locator(".verdict-head .grade")).to_be_in_viewport()
        assert sheet.page.evaluate("document.documentElement.scrollWidth") <= width
