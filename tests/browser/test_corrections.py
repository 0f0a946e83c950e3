"""In Chromium: charted on the wrong patient, two browsers at one row, an own slip undone, a past moment looked at."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from patients import actions
from patients.models import Correction, Treatment, User
from tests.browser.axe import found_by_axe
from tests.browser.sheet import Sheet
from tests.browser.ward import Filled, fill
from tests.patients.cast import a_submission

Open = Callable[[User | None], Page]


@pytest.fixture
def filled(nurse: User, physician: User, transactional_db: None) -> Filled:
    return fill(nurse, physician)


def test_charted_on_the_wrong_patient_moved_and_both_pages_are_right(
    open_as: Open, filled: Filled, nurse: User
) -> None:
    page = open_as(nurse)
    sheet = Sheet(page, filled.brown).open()
    sheet.type("Temperature", "39.5")
    sheet.record()
    expect(page.locator("#now ~ *, .panel").get_by_text("Grade 1").first).to_be_visible()
    first = page.get_by_role("region", name="Recent assessments").locator("tbody tr").first
    first.get_by_role("link", name="Entered in error").click()
    page.get_by_role("link", name="Charted on the wrong patient").click()
    page.get_by_label("Whose is it?").fill("yamada")
    page.get_by_role("button", name="Find").click()
    page.get_by_role("button", name="Move it to YAMADA, Ken, 100 200 3004").click()
    expect(page).to_have_url(reverse("patient_detail", args=[filled.brown.pk]))
    expect(page.get_by_role("status").filter(has_text="Moved to YAMADA, Ken")).to_be_visible()
    expect(page.get_by_text("39.5 °C")).to_have_count(0)
    page.goto(reverse("history", args=[filled.yamada.pk]))
    expect(page.get_by_text("Temperature 39.5 °C")).to_be_visible()
    page.get_by_role("link", name="Was first charted on the record of BROWN, Tom").click()
    expect(page.locator("del")).to_have_text("Temperature 39.5 °C")


def test_two_browsers_correct_one_row_and_the_second_sees_both_and_chooses(
    open_as: Open, filled: Filled, nurse: User, physician: User
) -> None:
    row = filled.brown.assessments.get()
    address = reverse("correct_assessment", args=[filled.brown.pk, row.pk])
    mine, theirs = open_as(nurse), open_as(physician)
    for page in (mine, theirs):
        page.goto(address)
        expect(page.get_by_label("Temperature", exact=True)).to_have_value("36.9")
    for page, temperature in ((theirs, "37.4"), (mine, "38.6")):
        page.get_by_label("Temperature", exact=True).fill(temperature)
        page.get_by_label("Reason for correcting", exact=True).select_option("misread")
    record = "Record correction for BROWN, Tom, 100 200 3003"
    theirs.get_by_role("button", name=record).click()
    expect(theirs).to_have_url(reverse("patient_detail", args=[filled.brown.pk]))
    mine.get_by_role("button", name=record).click()
    expect(mine.get_by_role("heading", name="Not recorded: Physician One was first")).to_be_visible()
    for temperature in ("36.9 °C", "37.4 °C", "38.6 °C"):
        expect(mine.get_by_text(temperature)).to_be_visible()
    mine.get_by_role("button", name="Record mine for BROWN, Tom, 100 200 3003").click()
    expect(mine).to_have_url(reverse("patient_detail", args=[filled.brown.pk]))
    expect(mine.get_by_text("38.6 °C").locator("visible=true").first).to_be_visible()
    assert Correction.objects.count() == 2


def test_the_live_grade_of_a_correction_is_of_the_corrected_row(open_as: Open, filled: Filled, nurse: User) -> None:
    page = open_as(nurse)
    row = filled.brown.assessments.get()
    page.goto(reverse("correct_assessment", args=[filled.brown.pk, row.pk]))
    sheet = Sheet(page, filled.brown).settled()
    assert sheet.grade() == (0, 0)
    sheet.type("Temperature", "38.6")
    assert sheet.grade() == (1, 1)


def test_an_own_slip_is_undone_at_one_press_and_refused_after_ten_minutes(
    open_as: Open, filled: Filled, nurse: User
) -> None:
    page = open_as(nurse)
    actions.give_treatment(by=nurse, submission_id=uuid4(), patient=filled.brown, drug="paracetamol")
    nearly = timezone.now() - timedelta(minutes=10) + timedelta(seconds=8)
    Treatment.objects.create(
        patient=filled.brown,
        drug="ibuprofen",
        at=nearly,
        submission=a_submission(nurse),
        entered_by=nurse,
        entered_at=nearly,
    )
    page.goto(reverse("patient_detail", args=[filled.brown.pk]))
    treatments = page.get_by_role("region", name="Treatments given")
    too_late = treatments.get_by_role("button", name="Undo ibuprofen")
    expect(too_late).to_be_visible()
    page.wait_for_timeout(9_000)
    too_late.click()
    expect(
        page.get_by_text("Not undone. Recorded more than 10 minutes ago: correct or mark it, with a reason.")
    ).to_be_visible()
    expect(too_late).to_have_count(0)
    treatments.get_by_role("button", name="Undo paracetamol").click()
    expect(page.get_by_text("Undone: treatment. It stays in the history.")).to_be_visible()
    expect(treatments.get_by_role("rowheader", name="ibuprofen")).to_be_visible()
    expect(treatments.get_by_role("rowheader", name="paracetamol")).to_have_count(0)


def test_facts_are_marked_from_the_history_by_keyboard_and_the_slip_is_taken_back(
    open_as: Open, filled: Filled, nurse: User
) -> None:
    before = filled.brown.facts
    known = actions.Facts(birth_date=before.birth_date, allergies="known", allergies_to=["penicillin"])
    row = actions.change_facts(by=nurse, submission_id=uuid4(), patient=filled.brown, facts=known)
    page, banner = open_as(nurse), "[data-banner]"
    page.goto(reverse("history", args=[filled.brown.pk]))
    expect(page.locator(banner)).to_contain_text("penicillin")
    line = page.locator(f"#facts-{row.pk}")
    line.get_by_role("link", name="Entered in error").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("record it anew on the record of the right patient")).to_be_visible()
    assert found_by_axe(page) == []
    page.get_by_label("Reason").select_option("twice")
    page.get_by_role("button", name="Record for BROWN, Tom, 100 200 3003").last.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Recorded: a row as entered in error.")).to_be_visible()
    expect(page.locator(banner)).not_to_contain_text("penicillin")
    page.goto(reverse("history", args=[filled.brown.pk]))
    expect(line.locator("del")).to_contain_text("penicillin")
    assert found_by_axe(page) == []
    line.get_by_role("button", name="Take the mark back from facts").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("The mark is taken back, and the row stands again: facts.")).to_be_visible()
    expect(page.locator(banner)).to_contain_text("penicillin")
    page.goto(reverse("history", args=[filled.brown.pk]))
    expect(line).to_contain_text("taken back by Nurse One")
    assert found_by_axe(page) == []


def test_axe_finds_nothing_on_the_pages_of_corrections(
    open_as: Open, filled: Filled, nurse: User, physician: User
) -> None:
    page = open_as(nurse)
    smith, pk = filled.smith, filled.smith.pk
    last = smith.assessments.order_by("at").last()
    dose, result = smith.treatments.get(), smith.results.get()
    assert last is not None
    actions.correct_row(
        by=physician,
        submission_id=uuid4(),
        row=result,
        values={"value": Decimal("21.5")},
        reason="typing",
        text="mg/dL",
    )
    found: list[str] = []
    for address in (
        reverse("history", args=[pk]),
        reverse("known", args=[pk]),
        reverse("correct_assessment", args=[pk, last.pk]),
        reverse("correct_treatment", args=[pk, dose.pk]),
        reverse("error_treatment", args=[pk, dose.pk]),
        reverse("move_treatment", args=[pk, dose.pk]),
        reverse("correct_result", args=[pk, result.pk]),
    ):
        page.set_viewport_size({"width": 1366, "height": 4000})  # all at once: what is sticky covers none of it
        page.goto(address)
        found += found_by_axe(page)
        page.set_viewport_size({"width": 320, "height": 640})
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, address
        page.set_viewport_size({"width": 1366, "height": 768})
    page.goto(reverse("move_treatment", args=[pk, dose.pk]))
    page.get_by_label("Whose is it?").fill("b")
    page.get_by_role("button", name="Find").click()
    found += found_by_axe(page)
    page.goto(reverse("known", args=[pk]))
    page.get_by_label("Moment").fill(f"{timezone.now():%d-%b-%Y} 00:01")
    page.get_by_role("button", name="Show this moment").last.click()
    found += found_by_axe(page)
    assert found == []
