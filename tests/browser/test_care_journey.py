"""Does the care around one rise of grade go from the form to the signature, and back when what was signed is corrected?

A nurse and a physician, each in a browser of their own: charted, decided, given, repeated, signed, corrected.
"""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from patients.forms.moments import typed
from patients.models import Assessment, Decision, Patient, Signature, Treatment, User, Ward
from tests.browser.sheet import Sheet
from tests.patients.cast import a_patient, a_ward, hours_ago

SAVE = "Record for SMITH, John, 999 123 4567"
GRADE_3: dict[str, Any] = {
    "temperature_c": "39.0",
    "systolic": 85,
    "diastolic": 46,
    "oxygen": {"device": "room-air"},
    "vasopressors": [{"agent": "norepinephrine", "rate": "0.1", "unit": "mcg/kg/min"}],
}


@pytest.fixture
def ward(nurse: User, physician: User, transactional_db: None) -> Ward:
    ward = a_ward(nurse)
    physician.wards.add(ward)
    return ward


@pytest.fixture
def smith(nurse: User, ward: Ward) -> Patient:
    """70 kg, with CAR-T cells two days ago."""
    return a_patient(nurse, ward, mrn="999 123 4567", family_name="Smith", given_name="John", bed=ward.beds.get())


class Journey:
    """The same patient on two screens."""

    def __init__(self, bedside: Page, desk: Page, patient: Patient, ward: Ward) -> None:
        self.bedside, self.desk, self.patient, self.ward = bedside, desk, patient, ward
        self.sheet = Sheet(bedside, patient)
        self.address = reverse("patient_detail", args=[patient.pk])

    def typed(self, moment: datetime) -> str:
        return typed(moment, self.ward.zone)

    def chart(self, at: datetime, grade: int, values: dict[str, Any]) -> None:
        self.sheet.open().type("Seen at", self.typed(at))
        for name, value in values.items():
            self.sheet.chart(name, value)
        assert self.sheet.grade() == (grade, grade)
        self.sheet.record()

    def accept(self, step: str) -> None:
        self.desk.goto(self.address)
        card = self.desk.locator(f"#suggestion-{step}")
        expect(card).to_contain_text("8 mg/kg × 70 kg = 560 mg; limit 800 mg")
        card.get_by_role("button", name="Accept tocilizumab 560 mg").click()
        expect(self.desk.get_by_role("status").filter(has_text="accepted")).to_be_visible()
        expect(card).to_contain_text("Accepted by Physician One")
        expect(card.get_by_label("To copy into the ordering system")).to_have_value(re.compile("560 mg"))

    def give(self, at: datetime) -> None:
        """The accepted dose, by the nurse: the form opens with it."""
        self.bedside.goto(self.address)
        self.bedside.get_by_role("link", name="Give tocilizumab: chart the dose").click()
        expect(self.bedside.get_by_label("Drug")).to_have_value("tocilizumab")
        expect(self.bedside.get_by_label("Dose", exact=True)).to_have_value("560")
        self.bedside.get_by_label("Given at").fill(self.typed(at))
        self.bedside.get_by_role("button", name=SAVE).last.click()
        expect(self.bedside).to_have_url(self.address)


def test_from_charting_through_two_doses_and_a_signature_to_a_correction_that_opens_it_again(
    open_as: Callable[[User | None], Page], ward: Ward, smith: Patient, nurse: User, physician: User
) -> None:
    journey = Journey(open_as(nurse), open_as(physician), smith, ward)
    bedside, desk = journey.bedside, journey.desk
    seen_at = hours_ago(9.5).replace(second=0)
    ledger = bedside.get_by_role("region", name="Tocilizumab: ")

    # Charted at grade 3, the first dose is suggested; nothing is ready to be given before a physician decides.
    journey.chart(seen_at, 3, GRADE_3)
    first = bedside.locator("#suggestion-tocilizumab")
    expect(first).to_contain_text("Not decided yet: a physician accepts or declines")
    expect(first.get_by_role("button", name="Accept")).to_have_count(0)
    expect(ledger).to_contain_text("None given")
    journey.accept("tocilizumab")
    journey.give(seen_at + timedelta(minutes=15))
    expect(ledger).to_contain_text("Dose 1 of 4: 560 mg")
    expect(first).to_contain_text("given")

    # Eight hours after the dose nothing has changed: it has failed, and is repeated.
    unchanged_at = seen_at + timedelta(hours=8, minutes=15)
    journey.chart(unchanged_at, 3, GRADE_3)
    expect(first).to_have_count(0)
    expect(ledger).to_contain_text("counts as failed at the last assessment")
    expect(bedside.locator("#suggestion-repeat-tocilizumab")).to_contain_text("Repeat tocilizumab: dose 2 of 4")
    journey.accept("repeat-tocilizumab")
    journey.give(unchanged_at + timedelta(minutes=15))
    expect(ledger).to_contain_text("Dose 2 of 4: 560 mg")
    expect(ledger.get_by_role("listitem")).to_have_count(2)
    doses = Treatment.objects.order_by("at")
    assert [(one.drug, one.dose, one.unit, one.marked) for one in doses] == [
        ("tocilizumab", Decimal(560), "mg", [])
    ] * 2
    steps = [one.accepted_decision.step for one in doses if one.accepted_decision is not None]
    assert steps == ["tocilizumab", "repeat-tocilizumab"]
    assert set(Decision.objects.values_list("entered_by", "answer")) == {(physician.pk, "accepted")}

    # The physician signs the grade; then nobody waits on the worklist.
    desk.goto("/")
    desk.get_by_role("link", name=re.compile("Worklist.*1")).click()
    desk.get_by_role("link", name="Review the grade of SMITH, John").click()
    desk.get_by_label("Confirm the computed grade").check()
    desk.get_by_role("button", name=SAVE).click()
    three = desk.get_by_role("region", name="Computed, impression, confirmed")
    expect(three).to_contain_text("Physician One")
    expect(three).not_to_contain_text("open again")
    desk.get_by_role("link", name="Worklist").click()
    expect(desk.get_by_role("main")).to_contain_text("No patient on your wards waits for you")
    signature = Signature.objects.get()
    assert (signature.computed_grade, signature.confirmed_grade) == (3, 3)

    # The nurse had charted a vasopressor that was off already: she corrects the assessment that was signed.
    bedside.goto(journey.address)
    bedside.get_by_role("table", name="Recent assessments").get_by_role("link", name="Correct").first.click()
    corrected = Sheet(bedside, smith).settled()
    expect(corrected.field("Temperature")).to_have_value("39.0")
    row = bedside.locator("[data-row]").first
    expect(row.get_by_label("Agent", exact=True)).to_have_value("norepinephrine")
    row.get_by_label("Rate", exact=True).fill("")
    row.get_by_label("Agent", exact=True).select_option("")
    bedside.get_by_label("None running").check()
    assert corrected.grade() == (2, None)  # whether fluids alone have restored the pressure is not charted
    why = bedside.get_by_role("region", name="Why is it corrected?")
    why.get_by_label("Reason").select_option(label="Misread or misheard")
    bedside.get_by_role("button", name="Record correction for SMITH, John, 999 123 4567").click()
    corrected.recorded()
    confirmed = bedside.get_by_role("region", name="Computed, impression, confirmed")
    expect(confirmed).to_contain_text("The signature is open again")
    assert Assessment.objects.standing().filter(patient=smith).count() == 2
    assert Assessment.objects.filter(patient=smith).count() == 3

    # The physician is asked again; what was signed stays in sight.
    desk.goto("/")
    desk.get_by_role("link", name=re.compile("Worklist.*1")).click()
    expect(desk.locator("tbody").first).to_contain_text("What was signed has changed")
    desk.get_by_role("link", name="SMITH, John", exact=True).click()
    expect(three).to_contain_text("The signature is open again")
    desk.get_by_role("link", name="Review and sign").click()
    expect(desk.get_by_role("table", name="Signed so far")).to_contain_text("Grade 3, severe")
    assert Signature.objects.get() == signature
