"""Does a worry from a half-filled form reach the physician, and does the form wait? A journey in a real browser."""

from collections.abc import Callable
from decimal import Decimal
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from grading import record
from patients import actions
from patients.models import Assessment, Concern, Draft, Signature, User
from tests.browser.axe import found_by_axe
from tests.browser.sheet import Sheet
from tests.browser.ward import Filled, fill, left_alone

Open = Callable[[User | None], Page]


@pytest.fixture
def filled(nurse: User, physician: User, transactional_db: None) -> Filled:
    return fill(nurse, physician)


def test_from_a_half_filled_form_to_a_signature_that_a_correction_opens_again(
    open_as: Open, filled: Filled, nurse: User, physician: User
) -> None:
    brown = filled.brown
    at_bedside, at_desk = open_as(nurse), open_as(physician)
    # The nurse has typed half a form when she worries.
    sheet = Sheet(at_bedside, brown).open()
    sheet.type("Temperature", "38.9")
    sheet.choose("Impression", "Grade 2, moderate")
    at_bedside.get_by_role("button", name="Escalate now").click()
    expect(at_bedside).to_have_url(reverse("raise_concern", args=[brown.pk]))
    expect(at_bedside.get_by_role("main")).to_contain_text("Your draft of the assessment is kept")
    assert not Assessment.objects.filter(impression=2).exists()
    at_bedside.get_by_label("What worries you").fill("Shivers, looks worse than the numbers")
    at_bedside.get_by_label("Who was called").fill("Dr. Berg, 4711")
    at_bedside.get_by_role("button", name="Record for BROWN, Tom, 100 200 3003").click()
    expect(at_bedside).to_have_url(reverse("patient_detail", args=[brown.pk]))
    expect(at_bedside.get_by_role("status").first).to_contain_text("No message was sent: call")
    # The physician sees it first, before a grade 3, and acknowledges it.
    at_desk.goto("/")
    at_desk.get_by_role("link", name="Worklist").click()
    expect(at_desk.get_by_role("rowheader").first).to_contain_text("BROWN, Tom")
    expect(at_desk.locator("tbody").first).to_contain_text("Shivers, looks worse than the numbers")
    at_desk.get_by_role("link", name="Acknowledge the concern about BROWN, Tom").click()
    at_desk.get_by_label("What follows from it").fill("On my way")
    at_desk.get_by_role("button", name="Record for BROWN, Tom").click()
    expect(at_desk).to_have_url(reverse("patient_detail", args=[brown.pk]))
    at_desk.get_by_role("link", name="Worklist").click()
    expect(at_desk.get_by_role("rowheader").first).to_contain_text("SMITH, John")
    # The nurse finds her draft, marked with its age; the physician's own form is empty.
    at_desk.goto(reverse("assess", args=[brown.pk]))
    expect(at_desk.get_by_label("Temperature")).to_have_value("")
    sheet.open()
    expect(at_bedside.get_by_text("Your draft of")).to_be_visible()
    expect(sheet.field("Temperature")).to_have_value("38.9")
    assert sheet.grade()[0] == 1
    sheet.type("Systolic", "80")
    sheet.type("Diastolic", "45")
    assert sheet.grade()[0] == 2
    sheet.type("Seen at", "")  # seen now: the time of the draft is asked about once more is typed
    sheet.record()
    assert not Draft.objects.exists()
    # The physician signs another grade; the three grades stay three.
    at_desk.goto(reverse("sign", args=[brown.pk]))
    at_desk.get_by_label("Another grade").check()
    at_desk.get_by_label("Grade instead").select_option(label="Grade 3, severe")
    at_desk.get_by_label("Reason").select_option(label="The clinical picture as a whole")
    at_desk.get_by_label("In words").fill("Mottled to the knees")
    at_desk.get_by_role("button", name="Record for BROWN, Tom").click()
    three = at_desk.get_by_role("region", name="Computed, impression, confirmed")
    expect(three).to_contain_text("At least grade 2")
    expect(three).to_contain_text("Grade 2, moderate")
    expect(three).to_contain_text("Grade 3, severe")
    expect(three).not_to_contain_text("open again")
    # A correction of what was seen opens the signature again, and the worklist asks.
    row = Assessment.objects.get(impression=2)
    actions.mark_entered_in_error(by=nurse, submission_id=uuid4(), row=row, reason="misread")
    at_desk.reload()
    expect(at_desk.get_by_role("main")).to_contain_text("What was signed has changed")
    at_desk.get_by_role("link", name="Worklist").click()
    assert Signature.objects.count() == 1
    assert Concern.objects.count() == 1


def test_without_a_connection_nothing_typed_is_lost_and_it_is_said_to_call(
    open_as: Open, filled: Filled, nurse: User
) -> None:
    page = open_as(nurse)
    sheet = Sheet(page, filled.brown).open()
    sheet.type("Temperature", "38.9")
    page.context.set_offline(True)
    page.get_by_role("button", name="Escalate now").click()
    expect(page.get_by_text("the draft could not be kept")).to_be_visible()
    expect(sheet.field("Temperature")).to_have_value("38.9")
    page.context.set_offline(False)
    page.get_by_role("button", name="Escalate now").click()
    expect(page).to_have_url(reverse("raise_concern", args=[filled.brown.pk]))


def test_a_page_that_was_left_open_says_whom_else_to_call_when_the_time_has_come(
    open_as: Open, filled: Filled, nurse: User
) -> None:
    actions.raise_concern(by=nurse, submission_id=uuid4(), patient=filled.brown, why="Restless")
    page = open_as(nurse)
    page.clock.install()
    left_alone(page)
    page.goto(reverse("patient_detail", args=[filled.brown.pk]))
    late = page.get_by_text("Over 10 min, and no physician has acknowledged it.")
    expect(late).to_be_hidden()
    page.clock.fast_forward("10:15")
    expect(late).to_be_visible()


@pytest.mark.parametrize("name", ["patient_detail", "patient_list", "worklist"])
def test_a_page_left_open_says_that_it_is_old_and_due_becomes_overdue(
    name: str, open_as: Open, filled: Filled, nurse: User, physician: User
) -> None:
    row = actions.record_assessment(
        by=nurse,
        submission_id=uuid4(),
        patient=filled.brown,
        assessment=record.Assessment(at=timezone.now(), temperature_c=Decimal("38.6")),
        at=None,
    )
    page = open_as(physician)
    page.clock.install()
    left_alone(page)
    page.goto(reverse(name, args=[row.patient_id] if name == "patient_detail" else []))
    old = page.get_by_text("This page is more than 10 min old: read again.")
    expect(page.get_by_text("Read from the record now: read again")).to_be_visible()
    expect(old).to_be_hidden()
    page.clock.fast_forward("10:15")
    expect(old).to_be_visible()
    expect(page.get_by_text("Read from the record 10 min ago: read again")).to_be_visible()
    if name == "worklist":
        return
    of_row = page.locator(".due-now" if name == "patient_detail" else "tr:has-text('BROWN')")
    expect(of_row.get_by_text("Due in")).to_be_visible()
    expect(of_row.get_by_text("Overdue")).to_be_hidden()
    page.clock.fast_forward("25:00:00")
    expect(of_row.get_by_text("Due in")).to_be_hidden()
    expect(of_row.get_by_text("Overdue")).to_be_visible()
    if name == "patient_detail":
        expect(page.get_by_text("no longer counts: chart it again").first).to_be_visible()


@pytest.mark.parametrize("name", ["give_treatment", "enter_result", "change_facts"])
def test_escalating_on_a_half_filled_form_keeps_what_is_typed(
    name: str, open_as: Open, filled: Filled, nurse: User
) -> None:
    page = open_as(nurse)
    address = reverse(name, args=[filled.smith.pk])
    page.goto(address)
    typed = page.locator("main form input:not([type=hidden], [type=radio], [type=checkbox])").first
    typed.fill("12")
    page.get_by_role("button", name="Escalate now").click()
    expect(page.get_by_label("What worries you")).to_be_visible()
    page.goto(address)
    expect(typed).to_have_value("12")


def test_axe_finds_nothing_and_nothing_is_cut_at_320_px(
    open_as: Open, filled: Filled, nurse: User, physician: User
) -> None:
    concern = actions.raise_concern(by=nurse, submission_id=uuid4(), patient=filled.smith, why="Mottled", called="4711")
    actions.keep_draft(
        by=physician, patient=filled.smith, form="assess", fields={"temperature": ["38.9"]}, submission_id=uuid4()
    )
    page = open_as(physician)
    found: list[str] = []
    smith = [filled.smith.pk]
    for address in (
        reverse("board"),
        reverse("patient_list"),
        reverse("worklist"),
        reverse("patient_detail", args=smith),
        reverse("sign", args=smith),
        reverse("raise_concern", args=smith),
        reverse("acknowledge_concern", args=[*smith, concern.pk]),
        reverse("assess", args=smith),
    ):
        page.set_viewport_size({"width": 1366, "height": 768})
        page.goto(address)
        found += found_by_axe(page)
        page.set_viewport_size({"width": 320, "height": 640})
        if page.evaluate("document.documentElement.scrollWidth") > 320:
            found.append(f"{address} is wider than 320 px")
        escalate = page.get_by_role("button", name="Escalate now").or_(page.get_by_role("link", name="Escalate now"))
        if address not in (reverse("board"), reverse("patient_list"), reverse("worklist")):
            expect(escalate.first).to_be_in_viewport()
    assert found == []
