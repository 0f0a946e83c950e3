"""A shift by keyboard: the ward assigned, a patient taken, off the ward and back, and what is due for me."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from patients import actions
from patients.models import Assignment, Pause, PauseEnd, User
from tests.browser.ward import Filled, fill, left_alone

Open = Callable[[User | None], Page]


@pytest.fixture
def filled(transactional_db: None, nurse: User, charge_nurse: User, physician: User) -> Filled:
    return fill(nurse, charge_nurse, physician)


def test_a_shift_by_keyboard_from_the_wards_table_to_what_is_due_for_me(
    filled: Filled, nurse: User, charge_nurse: User, open_as: Open
) -> None:
    leads = open_as(charge_nurse)
    leads.goto(f"/wards/{filled.ward.pk}/assignments/")
    leads.get_by_label("Nurse for SMITH, John").focus()
    leads.keyboard.type("Nu")  # past «Nobody»
    leads.get_by_label("Nurse for SMYTH").focus()
    leads.keyboard.type("Ch")
    leads.get_by_role("button", name="Record the shift of").last.focus()
    leads.keyboard.press("Enter")
    expect(leads.get_by_role("status").first).to_contain_text("Recorded: who has which patient")
    assert {row.patient: row.nurse for row in Assignment.objects.all()} == {
        filled.smith: nurse,
        filled.smyth: charge_nurse,
    }

    page = open_as(nurse)
    page.goto("/mine/")
    expect(page.get_by_role("link", name="My patients")).to_have_attribute("aria-current", "page")
    expect(page.locator("table").first).to_contain_text("SMITH, John")
    expect(page.locator("table").first).not_to_contain_text("SMYTH")

    page.goto(f"/patients/{filled.smith.pk}/pause/")
    page.get_by_label("Procedure", exact=True).focus()
    page.keyboard.press("Space")
    page.get_by_label("1 h", exact=True).focus()
    page.keyboard.press("Space")
    save = page.get_by_role("button", name="Record for SMITH, John, 999 123 4567").last
    save.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".error-summary")).to_contain_text("Grade 3")
    expect(page.locator(".error-summary")).to_contain_text("A vasopressor runs: norepinephrine")
    for question in page.locator("[name=confirmed]").all():
        question.focus()
        page.keyboard.press("Space")
    save.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/patients/{filled.smith.pk}/")
    expect(page.get_by_text("At a procedure until")).to_have_count(1)
    assert len(Pause.objects.get().confirmed) == 2
    page.goto("/mine/")
    expect(page.locator("table").first).to_contain_text("Reassess when back")

    page.goto(f"/patients/{filled.smith.pk}/")
    page.get_by_role("button", name="Back on the ward now").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("back on the ward")
    assert PauseEnd.objects.get().pause == Pause.objects.get()
    expect(page.get_by_text("At a procedure")).to_have_count(0)


def test_a_page_left_open_says_when_the_time_off_the_ward_is_over(filled: Filled, nurse: User, open_as: Open) -> None:
    actions.pause_monitoring(by=nurse, submission_id=uuid4(), patient=filled.brown, reason="imaging", minutes=30)
    page = open_as(nurse)
    page.clock.install()
    left_alone(page)
    page.goto(f"/patients/{filled.brown.pk}/")
    away, over = page.get_by_text("In imaging until").first, page.get_by_text("Back since").first
    expect(away).to_be_visible()
    expect(over).to_be_hidden()
    page.clock.fast_forward("30:20")
    expect(away).to_be_hidden()
    expect(over).to_be_visible()
