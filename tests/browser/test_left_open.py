"""Does each line of a page left open change when its time comes, and is what would change a grade one press away?"""

from collections.abc import Callable
from decimal import Decimal
from uuid import uuid4

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from grading import record
from patients import actions
from patients.models import Patient, User
from tests.browser.ward import left_alone
from tests.patients.cast import a_patient, a_ward, an_assessment, charted, hours_ago

Open = Callable[[User | None], Page]
CANNULA = record.Oxygen(device="nasal-cannula", flow_l_min=Decimal(2))


@pytest.fixture
def patient(nurse: User, transactional_db: None) -> Patient:
    """Grade 2 an hour ago, hypotension attributed elsewhere; a result and doses whose time comes within the hour."""
    patient = a_patient(nurse, a_ward(nurse))
    an_assessment(nurse, patient, 30, temperature_c=Decimal("39.4"))
    actions.enter_result(
        by=nurse,
        submission_id=uuid4(),
        patient=patient,
        analyte="crp",
        value=Decimal(215),
        unit="mg/L",
        at=hours_ago(23.75),
    )
    for drug, hours in (("dexamethasone", 23.25), ("tocilizumab", 7.5)):
        actions.give_treatment(
            by=nurse,
            submission_id=uuid4(),
            patient=patient,
            drug=drug,
            dose=Decimal(10),
            unit="mg",
            route="iv",
            purpose="crs",
            at=hours_ago(hours),
        )
    actions.record_assessment(
        by=nurse,
        submission_id=uuid4(),
        patient=patient,
        assessment=charted(temperature_c=Decimal("38.9"), oxygen=CANNULA, attributed_elsewhere=("hypotension",)),
        at=hours_ago(1),
        attribution_reason="bleeding into the thigh",
    )
    return patient


def test_each_line_of_a_page_left_open_changes_when_its_time_comes(
    open_as: Open, nurse: User, patient: Patient
) -> None:
    page = open_as(nurse)
    page.clock.install()
    left_alone(page)
    page.goto(reverse("patient_detail", args=[patient.pk]))
    oxygen = page.locator("section[aria-labelledby=in-force] div:has(> dt:text-is('Oxygen'))")
    lines = (
        ("20:00", page.get_by_text("In CRS with no laboratory result for 24 h."), None),
        ("15:00", page.get_by_text("Next possible since"), page.get_by_text("Next possible from")),
        ("15:00", page.get_by_text("No dose in the last 24 h"), page.get_by_text("counts as running until")),
        ("15:00", oxygen.locator(".old"), None),
        ("02:00:00", oxygen.get_by_text("counts no longer"), page.get_by_text("It counts until")),
    )
    expect(page.get_by_text("Running", exact=True)).to_be_visible()
    for later, comes, goes in lines:
        expect(comes).to_be_hidden()
        if goes is not None:
            expect(goes).to_be_visible()
        page.clock.fast_forward(later)
        expect(comes).to_be_visible()
        if goes is not None:
            expect(goes).to_be_hidden()
    expect(page.get_by_text("Ask again: it ran out at")).to_be_visible()
    page.reload()  # read again, the page says of itself what the script had made of it
    expect(page.get_by_text("Next possible from")).to_be_visible()


def test_what_would_change_the_grade_opens_by_keyboard_under_its_reasons(
    open_as: Open, nurse: User, patient: Patient
) -> None:
    page = open_as(nurse)
    page.goto(reverse("patient_detail", args=[patient.pk]))
    now = page.get_by_role("region", name="ASTCT 2019, governing")
    holds = now.get_by_text("nasal cannula 2 L/min", exact=False).last
    expect(now.get_by_text("Holds it up")).to_be_hidden()
    now.get_by_text("What would change this grade").focus()
    page.keyboard.press("Enter")
    expect(now.get_by_text("Holds it up")).to_be_visible()
    expect(holds).to_be_visible()
    expect(now.get_by_text("Needs beyond low flow; now nasal cannula 2 L/min")).to_be_visible()
    page.get_by_role("link", name="Scales side by side over time").click()
    expect(page.get_by_role("table", name="Scales side by side, the latest first")).to_be_visible()
    page.get_by_role("link", name="Course summary").click()
    expect(page.get_by_role("heading", name="Course summary")).to_be_visible()
