"""Is a handover within reach on screen, and does a print from the browser name the patient on every page?"""

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from patients import actions
from patients.models import User
from tests.browser.axe import found_by_axe, in_theme
from tests.browser.ward import Filled, fill
from tests.patients.pdfs import pages_of

Open = Callable[[User | None], Page]


@pytest.fixture
def filled(nurse: User, physician: User, admin: User, transactional_db: None) -> Filled:
    return fill(nurse, physician, admin)


def test_a_handover_is_read_followed_to_its_rows_and_printed(
    open_as: Open, filled: Filled, nurse: User, physician: User
) -> None:
    actions.raise_concern(
        by=nurse, submission_id=uuid4(), patient=filled.smith, why="much worse " * 300, called="", answered=""
    )
    page = open_as(physician)
    page.goto(reverse("patient_detail", args=[filled.smith.pk]))
    page.get_by_role("link", name="Handover").click()
    expect(page.get_by_role("heading", name="Handover")).to_be_visible()

    # By keyboard from a sentence to the row in the history
    grade = page.get_by_role("listitem").filter(has_text="ASTCT 2019, governing: grade 3, severe")
    grade.get_by_role("link").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("tr:target")).to_contain_text("Assessment")
    page.go_back()

    # In the night theme: a print is of the page, and black on white
    in_theme(page, "night")
    page.goto(reverse("handover", args=[filled.smith.pk]))
    assert found_by_axe(page) == []
    printed = pages_of(page.pdf(prefer_css_page_size=True))
    assert len(printed) > 1
    assert all("SMITH, John" in one and "999 123 4567" in one for one in printed)
    assert "Escalate now" not in printed[0]
    page.emulate_media(media="print")
    colors = "one => [getComputedStyle(one).color, getComputedStyle(one).backgroundColor]"
    assert page.locator("body").evaluate(colors) == ["rgb(0, 0, 0)", "rgb(255, 255, 255)"]
    page.emulate_media(media="null")
    page.goto(reverse("blank_sheet"))
    assert len(pages_of(page.pdf(prefer_css_page_size=True))) <= 4
    page.goto(reverse("ward_handover"))
    about = [one for one in pages_of(page.pdf(prefer_css_page_size=True)) if "much worse" in one]
    assert all("SMITH, John" in one and "999 123 4567" in one for one in about)
