"""Is neurology scored and are results entered at the bedside, in a real browser, with a script and without one?"""

from collections.abc import Callable
from decimal import Decimal
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from grading.bedside_scores import ICE
from patients import actions
from patients.models import Assessment, LaboratoryResult, User
from tests.browser.axe import found_by_axe
from tests.browser.sheet import Sheet
from tests.browser.ward import Filled, fill
from tests.patients.cast import hours_ago

Open = Callable[[User | None], Page]


@pytest.fixture
def filled(transactional_db: None, nurse: User, physician: User) -> Filled:
    return fill(nurse, physician)


def results_of(nurse: User, filled: Filled) -> None:
    """Some results before and after the infusion, with limits and without."""
    for analyte, value, unit, hours, limits in (
        ("crp", "5", "mg/L", 60, {"upper_limit": "5"}),
        ("uric-acid", "500", "umol/L", 2, {"upper_limit": "420"}),
        ("potassium", "6.1", "mmol/L", 2, {}),
        ("alt", "260", "U/L", 2, {"upper_limit": "40"}),
        ("ferritin", "130000", "ng/mL", 2, {"upper_limit": "300"}),
        ("creatinine", "133", "umol/L", 2, {"lower_limit": "60", "upper_limit": "110"}),
        ("d-dimer-ddu", "2.1", "mg/L DDU", 2, {}),
    ):
        actions.enter_result(
            by=nurse,
            submission_id=uuid4(),
            patient=filled.smith,
            analyte=analyte,
            value=Decimal(value),
            unit=unit,
            at=hours_ago(hours),
            lower_limit=Decimal(limits["lower_limit"]) if "lower_limit" in limits else None,
            upper_limit=Decimal(limits["upper_limit"]) if "upper_limit" in limits else None,
        )


def opened(page: Page, title: str) -> None:
    page.locator("summary", has_text=title).click()


def test_ice_is_scored_item_by_item_and_the_sum_stands_beside_the_field(
    open_as: Open, filled: Filled, nurse: User
) -> None:
    page = open_as(nurse)
    sheet = Sheet(page, filled.brown).open()
    opened(page, "Neurology")
    opened(page, "Score ICE item by item")
    for item in ICE[:-1]:
        group = page.get_by_role("group", name=item.words, exact=True)
        group.get_by_label("3 of 3" if item.most == 3 else "Yes, 1", exact=True).check()
    expect(page.locator("[data-notes-for=ice_score]")).to_contain_text("7 of 8 items are scored")
    expect(sheet.panel).to_contain_text("Not graded")
    page.get_by_role("group", name=ICE[-1].words, exact=True).get_by_label("No, 0").check()
    expect(page.locator("[data-notes-for=ice_score]")).to_contain_text("The items add up to 9 of 10.")
    sheet.settled()
    expect(sheet.panel).to_contain_text("ICANS")
    sheet.record()
    row = Assessment.objects.latest("id")
    assert row.ice_score == 9
    assert row.typed["ice_items"]["counting"] == "0"


def test_the_units_of_the_analyte_typed_are_offered_at_once(open_as: Open, filled: Filled, nurse: User) -> None:
    results_of(nurse, filled)
    page = open_as(nurse)
    page.goto(reverse("enter_result", args=[filled.smith.pk]))
    offers = page.locator("[data-offers]")
    expect(offers).to_be_hidden()
    page.get_by_label("Analyte").fill("creatinine")
    expect(offers.get_by_role("button", name="mg/dL", exact=True)).to_be_visible()
    page.get_by_label("Value", exact=True).fill("140")
    offers.get_by_role("button", name="mg/dL", exact=True).click()
    expect(page.get_by_label("Unit", exact=True)).to_have_value("mg/dL")
    offers.get_by_role("button", name="Use its unit and limits: umol/L, 60 to 110").click()
    expect(page.get_by_label("Unit", exact=True)).to_have_value("umol/L")
    expect(page.get_by_label("Value", exact=True)).to_have_value("140")
    expect(page.get_by_label("Upper limit of normal")).to_have_value("110")
    page.get_by_role("button", name="Record for").last.click()
    expect(page).to_have_url(reverse("patient_detail", args=[filled.smith.pk]))
    row = LaboratoryResult.objects.latest("id")
    assert (row.value, row.unit, row.upper_limit) == (Decimal(140), "umol/L", Decimal(110))


def test_without_a_script_items_are_summed_and_units_offered(
    browser: Browser, live_server: LiveServer, filled: Filled, nurse: User
) -> None:
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    client = Client()
    client.force_login(nurse)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
    page = context.new_page()
    page.goto(reverse("assess", args=[filled.brown.pk]))
    opened(page, "Neurology")
    opened(page, "Score ICE item by item")
    page.get_by_role("group", name="Oriented to year").get_by_label("Yes, 1").check()
    page.get_by_role("button", name="Record for").last.click()
    expect(page.locator("[data-error-summary]")).to_contain_text("1 of 8 items are scored; a missing item is not zero")
    for item in ICE[1:]:
        group = page.get_by_role("group", name=item.words, exact=True)
        group.get_by_label("2 of 3" if item.most == 3 else "Yes, 1", exact=True).check()
    page.get_by_role("button", name="Record for").last.click()
    expect(page).to_have_url(reverse("patient_detail", args=[filled.brown.pk]))
    assert Assessment.objects.latest("id").ice_score == 9
    page.goto(reverse("enter_result", args=[filled.smith.pk]))
    page.get_by_label("Analyte").fill("CRP")
    page.get_by_role("button", name="Show units").click()
    page.get_by_role("button", name="mg/dL", exact=True).click()
    expect(page.get_by_label("Unit", exact=True)).to_have_value("mg/dL")
    context.close()


def test_axe_finds_nothing_on_the_items_the_result_form_and_the_panels(
    open_as: Open, filled: Filled, nurse: User
) -> None:
    results_of(nurse, filled)
    page = open_as(nurse)
    found = []
    page.set_viewport_size({"width": 1366, "height": 3000})  # what a sticky bar covers is scrolled to, not overlapped
    page.goto(reverse("assess", args=[filled.brown.pk]))
    opened(page, "Neurology")
    opened(page, "Score ICE item by item")
    found += found_by_axe(page)
    page.goto(reverse("enter_result", args=[filled.smith.pk]))
    page.get_by_label("Analyte").fill("CRP")
    page.get_by_label("Value", exact=True).fill("21.5")
    page.get_by_label("Unit", exact=True).fill("mg/L")
    page.get_by_role("button", name="Record for").last.click()
    expect(page.locator("[data-error-summary]")).to_contain_text("mg/dL is likely")
    found += found_by_axe(page)
    page.goto(reverse("patient_detail", args=[filled.smith.pk]))
    found += found_by_axe(page)
    assert found == []


def test_at_320_px_nothing_scrolls_sideways(open_as: Open, filled: Filled, nurse: User) -> None:
    results_of(nurse, filled)
    page = open_as(nurse)
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(reverse("assess", args=[filled.brown.pk]))
    opened(page, "Neurology")
    opened(page, "Score ICE item by item")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.goto(reverse("enter_result", args=[filled.smith.pk]))
    page.get_by_label("Analyte").fill("creatinine")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.goto(reverse("patient_detail", args=[filled.smith.pk]))
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
