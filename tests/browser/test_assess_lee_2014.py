"""Is the third patient that Lee 2014 prints graded as the paper grades her, typed value by value at the bedside?

The values are those of the worked case: printed where the paper prints them, else invented there and marked as such.
"""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Locator, Page, expect

from grading.numbers import parse_typed
from patients import actions
from patients.models import Assessment, Patient, User
from tests.browser.sheet import Sheet
from tests.patients.cast import a_patient, a_ward

CASES = Path(__file__).parent.parent / "grading" / "cases" / "lee-2014.ndjson"
BERLIN = ZoneInfo("Europe/Berlin")


def _case() -> dict[str, Any]:
    lines = (json.loads(line, parse_float=str) for line in CASES.read_text().splitlines())
    return next(line for line in lines if line["case"] == "lee-2014-case-3")


def _seen_at(event: dict[str, Any]) -> str:
    return datetime.fromisoformat(event["at"]).astimezone(BERLIN).strftime("%d-%b-%Y %H:%M")


def _values(event: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in event.items() if name not in ("type", "at")}


@pytest.fixture
def third_patient(nurse: User) -> Patient:
    """Eleven years old, under the Lee protocol, with nothing charted yet."""
    ward = a_ward(nurse, protocol="lee-2014")
    started = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
    patient = a_patient(
        nurse,
        ward,
        family_name="Third",
        given_name="Patient",
        facts=actions.Facts(birth_date=date(2014, 6, 1), sex="female"),
        at=started,
        weight_kg=None,
        height_cm=None,
        infusion=False,
    )
    infusion = actions.NewInfusion(cause="car-t", product="CD19 CAR T cells", started_at=started)
    actions.start_infusion(by=nurse, submission_id=uuid4(), patient=patient, infusion=infusion)
    return patient


def test_the_third_patient_typed_value_by_value_ends_at_the_published_grade_3(
    open_as: Callable[[User | None], Page], nurse: User, third_patient: Patient
) -> None:
    case = _case()
    expected = {one["at"]: one["grades"]["lee-2014"] for one in case["expect"]["assessments"]}
    sheet = Sheet(open_as(nurse), third_patient)
    moved: dict[str, list[int]] = {}
    for event in case["events"]:
        if event["type"] == "treatment":
            actions.give_treatment(
                by=nurse,
                submission_id=uuid4(),
                patient=third_patient,
                drug=event["drug"],
                at=datetime.fromisoformat(event["at"]),
            )
        if event["type"] != "assessment":
            continue
        sheet.open().type("Seen at", _seen_at(event))
        grades = moved.setdefault(event["at"], [])
        for name, value in _values(event).items():
            sheet.chart(name, value)
            grades.append(sheet.grade()[0])
        want = expected[event["at"]]
        certain = want["grade"] == want["at_most"]
        assert sheet.grade() == (want["grade"], want["grade"] if certain else None), event["at"]
        sheet.record()
    assert moved["2026-03-06T08:00:00+00:00"][0] == 1  # 39.6 °C
    assert moved["2026-03-06T08:00:00+00:00"][2] == 2  # 70 mmHg
    assert moved["2026-03-06T10:00:00+00:00"][-2:] == [3, 3]  # dopamine and norepinephrine
    page = sheet.page
    maximum = _row(page).locator("td").last
    published = case["expect"]["published"]["lee-2014"]["max_grade"]
    expect(maximum).to_contain_text(f"rade {published}, severe")
    assert Assessment.objects.filter(patient=third_patient).count() == len(expected)


def test_the_same_by_keyboard_alone(
    open_as: Callable[[User | None], Page], nurse: User, third_patient: Patient
) -> None:
    page = open_as(nurse)
    sheet = Sheet(page, third_patient).open()
    keys = page.keyboard
    expect(sheet.field("Temperature")).to_be_focused()
    keys.type("39.6")
    assert sheet.grade()[0] == 1
    keys.press("Enter")
    expect(sheet.field("Systolic")).to_be_focused()
    keys.type("70")
    assert sheet.grade()[0] == 2
    keys.press("Enter")
    keys.type("40")
    for _ in range(3):  # mean stays blank, then heart rate
        keys.press("Enter")
        if page.evaluate("document.activeElement.name") == "heart_rate":
            keys.type("160")
    keys.press("Enter")
    expect(sheet.field("SpO2")).to_be_focused()
    keys.press("Enter")
    expect(sheet.field("Oxygen device")).to_be_focused()
    keys.type("Nas")
    assert sheet.grade()[0] == 2
    for _ in range(5):  # flow, FiO2, hypoxia and «None running» stay blank
        keys.press("Enter")
    expect(sheet.field("Agent")).to_be_focused()
    keys.type("Dop")
    sheet.settled()
    _to(page, "Add an agent")
    keys.press("Space")
    expect(sheet.field("Agent").nth(1)).to_be_focused()
    keys.type("Nor")
    assert sheet.grade() == (3, None)
    while page.evaluate("document.activeElement.name") != "fluid_bolus":
        keys.press("Enter")
    keys.type("Y")
    assert sheet.grade() == (3, None)
    keys.press("Control+Enter")
    sheet.recorded()
    row = Assessment.objects.get()
    assert [row.temperature_c, row.systolic, row.diastolic] == [parse_typed("39.6"), 70, 40]
    assert [one.agent for one in row.vasopressors.all()] == ["dopamine", "norepinephrine"]
    assert [row.oxygen_device, row.fluid_bolus, row.heart_rate] == ["nasal-cannula", True, 160]
    expect(_row(page)).to_contain_text("rade 3, severe")


def _to(page: Page, what: str) -> None:
    """Tabs on to a control, by its name or its words."""
    for _ in range(12):
        found = "[document.activeElement.name, document.activeElement.textContent.trim()]"
        if what in page.evaluate(found):
            return
        page.keyboard.press("Tab")
    raise AssertionError(what)


def _row(page: Page) -> Locator:
    """The line of Lee 2014 among all scales on the patient page."""
    return page.get_by_role("table", name="All scales").get_by_role("row", name="Lee 2014")
