"""Does a suggestion become a decision in a real browser, from the grade that rose to the dose in the ledger?"""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from patients import actions
from patients.formats import shown_moment
from patients.models import Decision, Patient, Treatment, User
from tests.browser.axe import found_by_axe
from tests.browser.sheet import Sheet
from tests.browser.ward import left_alone
from tests.patients.cast import a_patient, a_ward, hours_ago
from tests.patients.deciding import PRESSOR, seen

Open = Callable[[User | None], Page]


@pytest.fixture
def patient(nurse: User, physician: User, transactional_db: None) -> Patient:
    ward = a_ward(nurse, "Hematology 4B")
    physician.wards.add(ward)
    return a_patient(nurse, ward, mrn="999 123 4567", family_name="Smith", given_name="John", bed=ward.beds.get())


def card(page: Page, step: str) -> Locator:
    return page.locator(f"#suggestion-{step}")


def test_from_a_grade_that_rose_to_the_dose_in_the_ledger(
    open_as: Open, patient: Patient, nurse: User, physician: User
) -> None:
    at_the_bedside, at_the_desk = open_as(nurse), open_as(physician)
    address = reverse("patient_detail", args=[patient.pk])
    sheet = Sheet(at_the_bedside, patient).open()
    sheet.type("Temperature", "39.1").type("Systolic", "95").type("Diastolic", "60")
    sheet.chart("vasopressors", [{"agent": "norepinephrine"}])
    assert sheet.grade()[0] == 3
    sheet.record()

    at_the_desk.goto(address)
    tocilizumab = card(at_the_desk, "tocilizumab")
    tocilizumab.get_by_text("Decline or watch").click()
    tocilizumab.get_by_label("Reason to decline").select_option(label="Contraindicated")
    tocilizumab.get_by_label("In words").fill("hepatitis B, on treatment")
    tocilizumab.get_by_role("button", name="Decline").click()
    expect(at_the_desk.get_by_role("status").filter(has_text="Recorded: declined")).to_be_visible()

    at_the_bedside.goto(address)
    told = card(at_the_bedside, "tocilizumab")
    expect(told).to_contain_text(f"Declined by {physician}")
    expect(told).to_contain_text("contraindicated («hepatitis B, on treatment»)")
    expect(told.get_by_role("button")).to_have_count(0)

    sheet.open()
    sheet.chart("vasopressors", [{"agent": "norepinephrine"}, {"agent": "epinephrine"}])
    assert sheet.grade()[0] == 4
    sheet.record()
    at_the_desk.goto(address)
    expect(tocilizumab).to_contain_text("Came back: the grade rose from 3 to 4")
    tocilizumab.get_by_role("button", name="Accept tocilizumab 560 mg").click()
    expect(tocilizumab).to_contain_text(f"Accepted by {physician}")
    line = "tocilizumab 560 mg intravenously over 1 hour (8 mg/kg × 70 kg = 560 mg; limit 800 mg)"
    expect(tocilizumab.get_by_label("To copy into the ordering system")).to_have_value(line)

    at_the_bedside.goto(address)
    told.get_by_role("link", name="Give tocilizumab").click()
    expect(at_the_bedside.get_by_label("Drug", exact=True)).to_have_value("tocilizumab")
    dose = at_the_bedside.get_by_label("Dose", exact=True)
    expect(dose).to_have_value("560")
    dose.fill("480")
    at_the_bedside.get_by_role("button", name="Record for").last.click()
    expect(at_the_bedside.get_by_role("alert")).to_contain_text("Computed is 560 mg")
    question = at_the_bedside.get_by_label("Yes, 480 mg")
    question.focus()
    at_the_bedside.keyboard.press("Space")
    at_the_bedside.get_by_role("button", name="Record for").last.click()
    expect(at_the_bedside).to_have_url(address)
    ledger = at_the_bedside.get_by_role("region", name="Tocilizumab: 1 of 4 doses")
    expect(ledger).to_contain_text("Dose 1 of 4: 480 mg")
    expect(ledger).to_contain_text("Grade 4 at the dose")
    expect(ledger).to_contain_text("Next possible from")
    expect(told).to_contain_text("480 mg")
    row = Treatment.objects.get()
    assert (row.dose, row.entered_by, row.accepted_decision) == (Decimal(480), nurse, Decision.objects.last())


def test_a_watched_card_reminds_when_its_time_has_come_without_a_reload(
    open_as: Open, patient: Patient, nurse: User, physician: User
) -> None:
    seen(nurse, patient, 0.5, PRESSOR)
    page = open_as(physician)
    page.clock.install()
    left_alone(page)
    page.goto(reverse("patient_detail", args=[patient.pk]))
    one = card(page, "intensive-care")
    one.get_by_text("Decline or watch").click()
    assert patient.ward is not None
    with timezone.override(patient.ward.zone):
        one.get_by_label("Watch until").fill(shown_moment(timezone.now() + timedelta(minutes=40)))
    one.get_by_role("button", name="Watch").click()
    expect(page.locator("main")).to_contain_text("Watching until")
    reminder = one.get_by_text("the time watched until has come")
    expect(reminder).to_be_hidden()
    page.clock.fast_forward("03:00:00")
    expect(reminder).to_be_visible()


def test_enter_in_the_reason_never_accepts(open_as: Open, patient: Patient, nurse: User, physician: User) -> None:
    seen(nurse, patient, 0.5, PRESSOR)
    page = open_as(physician)
    page.goto(reverse("patient_detail", args=[patient.pk]))
    one = card(page, "tocilizumab")
    one.get_by_text("Decline or watch").click()
    one.get_by_label("In words").fill("not now")
    one.get_by_label("In words").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("A decline needs its reason")
    expect(page.get_by_label("In words")).to_have_value("not now")
    assert not Decision.objects.exists()


def test_a_decision_is_made_without_a_script(open_as: Open, patient: Patient, nurse: User, physician: User) -> None:
    seen(nurse, patient, 0.5, PRESSOR)
    page = open_as(physician)
    page.route("**/*.js", lambda route: route.abort())
    page.goto(reverse("patient_detail", args=[patient.pk]))
    card(page, "tocilizumab").get_by_role("button", name="Accept tocilizumab").click()
    expect(card(page, "tocilizumab")).to_contain_text(f"Accepted by {physician}")


def test_cards_and_ledgers_are_within_reach(open_as: Open, patient: Patient, nurse: User, physician: User) -> None:
    seen(nurse, patient, 9, PRESSOR)
    actions.give_treatment(
        by=nurse,
        submission_id=uuid4(),
        patient=patient,
        drug="Actemra",
        dose=Decimal(560),
        unit="mg",
        at=hours_ago(8.5),
    )
    seen(nurse, patient, 0.5, PRESSOR)
    page = open_as(physician)
    page.goto(reverse("patient_detail", args=[patient.pk]))
    card(page, "intensive-care").get_by_role("button", name="Accept").click()
    card(page, "repeat-tocilizumab").get_by_role("button", name="Accept tocilizumab").click()
    for summary in page.locator("article summary").all():
        if summary.is_visible():
            summary.click()
    assert found_by_axe(page) == []
    page.set_viewport_size({"width": 320, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
