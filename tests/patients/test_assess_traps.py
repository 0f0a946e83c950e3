"""Errors that published tools made in their forms: each is one test here, named after the trap."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from grading.record import Oxygen
from patients.models import Assessment, Patient, User, Ward
from tests.patients.assess import Form, fields_of
from tests.patients.cast import a_patient, a_ward, an_assessment
from tests.patients.vasopressors import norepinephrine

pytestmark = pytest.mark.django_db


@pytest.fixture
def ward(nurse: User) -> Ward:
    return a_ward(nurse)


@pytest.fixture
def patient(nurse: User, ward: Ward) -> Patient:
    return a_patient(nurse, ward)


@pytest.fixture
def opened(nurse: User, patient: Patient) -> Callable[[], Form]:
    return lambda: Form(nurse, patient)


def test_trap_38_stored_in_fahrenheit_and_shown_as_37_99(opened: Callable[[], Form]) -> None:
    for text, unit in (("38", "°C"), ("38.0", "°C"), ("100.4", "°F")):
        form = opened().fill(temperature=text)
        live = form.verdict()
        assert f"{text if unit == '°C' else '38.0'} °C" in live and "37.9" not in live
        form.record()
        row = Assessment.objects.latest("id")
        assert row.temperature_c == 38
        assert row.typed["temperature_c"] == {"text": text, "unit": unit}


def test_trap_37_8_coded_as_grade_1(opened: Callable[[], Form]) -> None:
    for text, rank in (("37.8", 0), ("37.9", 0), ("100.3", 0), ("38", 1), ("100.4", 1)):
        assert f'data-rank="{rank}"' in opened().fill(temperature=text).verdict(), text


def test_trap_vasopressin_units_per_minute_and_per_hour_mixed(opened: Callable[[], Form]) -> None:
    """The unit is always chosen and shown, and a rate outside 0.01 to 0.06 units/min is asked about."""
    row = {"vasopressors-0-agent": "vasopressin", "vasopressors-0-rate": "0.03"}
    form = opened()
    form.values |= row
    assert "Choose the unit: units/min or units/h" in form.verdict()
    for unit, rate, asked in (
        ("units/min", "0.03", False),
        ("units/min", "0.07", True),
        ("units/h", "1.8", False),
        ("units/h", "0.03", True),
    ):
        form = opened()
        form.values |= row | {"vasopressors-0-rate": rate, "vasopressors-0-unit": unit}
        assert (f"Yes, {rate} {unit}" in form.verdict()) is asked, (rate, unit)


def test_trap_norepinephrine_20_mcg_kg_min_for_20_mcg_min(opened: Callable[[], Form]) -> None:
    form = opened().fill(
        vasopressors__0__agent="norepinephrine", vasopressors__0__rate="20", vasopressors__0__unit="mcg/kg/min"
    )
    live = form.verdict()
    assert "over 0 to 5 mcg/kg/min" in live and "20 mcg/min" in live and "Not graded" in live
    assert "is unusual" not in form.fill(vasopressors__0__unit="mcg/min").verdict()


def test_trap_copy_previous_that_fills_charts_nobody_looked_at(
    opened: Callable[[], Form], nurse: User, patient: Patient
) -> None:
    """Nothing stands in a field that was not typed, and nothing in force is recorded again unless it is answered."""
    an_assessment(
        nurse,
        patient,
        1,
        temperature_c=Decimal("39.4"),
        systolic=Decimal(84),
        oxygen=Oxygen(device="nasal-cannula"),
        vasopressors=norepinephrine("0.1"),
    )
    form = opened()
    hidden = ("csrfmiddlewaretoken", "submission_id", "patient", "opened_by", "draft_ticket", "sequence", "saves")
    in_row = ("vasopressors-0-standing", "vasopressors-0-agent", "vasopressors-0-unit")
    assert {name for name, value in form.values.items() if value} == {*hidden, "oxygen_standing", *in_row}
    form.fill(heart_rate="110").record()
    row = Assessment.objects.latest("id")
    assert [row.temperature_c, row.systolic, row.oxygen_device, row.vasopressors_charted] == [None, None, None, False]


def test_trap_the_previous_patients_vitals_flashing_up(opened: Callable[[], Form], nurse: User, ward: Ward) -> None:
    form = opened().fill(temperature="39.7")
    form.verdict()
    other = Form(nurse, a_patient(nurse, ward, mrn="1002"))
    assert "39.7" not in other.page.content.decode()
    for answer in (other.page, form.client.post(f"{form.address}verdict/", form.values)):
        assert answer.headers["Cache-Control"] == "no-store"


def test_trap_a_score_that_needs_all_values_in_one_entry(
    opened: Callable[[], Form], nurse: User, patient: Patient
) -> None:
    an_assessment(nurse, patient, 1, temperature_c=Decimal("39.4"))
    assert 'data-rank="2"' in opened().fill(oxygen_device="nasal-cannula", oxygen_flow="2").verdict()


def test_trap_a_tool_that_grades_on_a_stale_value_after_the_feed_stopped(
    opened: Callable[[], Form], nurse: User, patient: Patient
) -> None:
    an_assessment(nurse, patient, 5, oxygen=Oxygen(device="bipap", for_hypoxia=True), temperature_c=Decimal("39.4"))
    live = opened().fill(temperature="39.4").verdict()
    assert 'data-rank="1"' in live and "At least grade 1" in live


def test_trap_one_old_out_of_range_value_that_blocks_every_later_edit(
    opened: Callable[[], Form], nurse: User, patient: Patient
) -> None:
    """An improbable rate in force is confirmed once: «same» does not ask again, nor does an untouched row."""
    an_assessment(nurse, patient, 1, vasopressors=norepinephrine("4.9"))
    assert opened().fill(temperature="38.5").record().status_code == 302
    assert opened().fill(vasopressors__0__answer="same").record().status_code == 302


def test_trap_a_second_writer_who_silently_wins(opened: Callable[[], Form], nurse: User, patient: Patient) -> None:
    """Two who chart at one time leave two assessments; an answer to what was changed meanwhile is refused."""
    an_assessment(nurse, patient, 1, vasopressors=norepinephrine("0.1"))
    first, second = opened(), opened()
    first.fill(vasopressors__0__answer="new", vasopressors__0__rate="0.4").record()
    answer = second.fill(temperature="38.5", vasopressors__0__answer="same").record()
    assert answer.status_code == 422
    assert "Norepinephrine 0.4 mcg/kg/min" in answer.content.decode()
    assert fields_of(answer)["temperature"] == "38.5"
