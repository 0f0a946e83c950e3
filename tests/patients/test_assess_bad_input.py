"""Is what is impossible refused, what is improbable asked, and nothing clipped, guessed or dropped? (rules 1.6)"""

from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from patients import actions
from patients.forms.moments import typed
from patients.models import Assessment, Patient, User, Ward
from tests.patients.assess import Form
from tests.patients.cast import NOW, a_patient, a_ward, hours_ago

pytestmark = pytest.mark.django_db


@pytest.fixture
def ward(nurse: User) -> Ward:
    return a_ward(nurse)


@pytest.fixture
def patient(nurse: User, ward: Ward) -> Patient:
    return a_patient(nurse, ward)


@pytest.fixture
def form(nurse: User, patient: Patient) -> Form:
    return Form(nurse, patient)


def _refused(form: Form, *words: str) -> str:
    answer = form.record()
    page: str = answer.content.decode()
    assert answer.status_code == 422
    assert not Assessment.objects.exists()
    for wanted in words:
        assert wanted in page, wanted
    return page


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"temperature": "18"}, "Temperature 18 is not possible: 25 to 45 °C, or 77 to 113 °F."),
        ({"temperature": "60"}, "25 to 45 °C, or 77 to 113 °F"),
        ({"temperature": "101.25"}, "at most one decimal"),
        ({"systolic": "12"}, "Systolic 12 mmHg is not possible: 20 to 320 mmHg."),
        ({"diastolic": "251"}, "5 to 250 mmHg"),
        ({"systolic": "80", "diastolic": "120"}, "above the systolic"),
        ({"mean": "9"}, "10 to 280 mmHg"),
        ({"heart_rate": "351"}, "0 to 350"),
        ({"respiratory_rate": "151"}, "0 to 150"),
        ({"spo2": "101"}, "0 to 100%"),
        ({"fio2": "20", "oxygen_device": "venturi-mask"}, "21 to 100%"),
        ({"oxygen_flow": "0", "oxygen_device": "nasal-cannula"}, "over 0 to 100 L/min"),
        ({"oxygen_flow": "2"}, "No oxygen device is in force"),
        ({"oxygen_flow": "2", "oxygen_device": "room-air"}, "Room air has no flow"),
        ({"ice_score": "11"}, "0 to 10"),
        ({"capd_score": "33"}, "0 to 32"),
        ({"temperature": "3.85e1"}, "no exponent"),
        ({"temperature": "-38"}, "no sign"),
        ({"temperature": "٣٨"}, "is not read as a number"),
        ({"heart_rate": "1,200"}, "can be read in two ways"),
        ({"oxygen_device": "scuba"}, "Select a valid choice"),
        ({"hypotension": "perhaps"}, "Select a valid choice"),
        ({"symptoms": ["rigors", "dragons"]}, "Select a valid choice"),
        ({"symptoms": ["rigors"], "symptoms_none": "on"}, "untick one or the other"),
        ({"attributed_elsewhere": ["fever"], "attributed_none": "on"}, "untick one or the other"),
        ({"organs_none": "on", "organ_renal": "2"}, "untick it or clear the grade"),
        ({"neurology_not_assessed": "sedated", "consciousness": "to-voice"}, "clear one of the two"),
        ({"seen_at": "01-Jan-2099 10:00"}, "in the future"),
        ({"seen_at": "01-Jan-1970 10:00"}, "before the birth"),
        ({"seen_at": "half past"}, "is no date and time"),
        ({"note": "x" * 4001}, "at most 4000 characters"),
    ],
)
def test_what_is_impossible_is_refused_with_what_is_allowed(form: Form, values: dict[str, Any], words: str) -> None:
    page = _refused(form.fill(**values), words)
    assert "Not recorded: please correct" in page
    live = form.verdict()
    assert "Not graded" in live and "grade-big" not in live


@pytest.mark.parametrize(
    ("values", "offer", "fill"),
    [
        ({"oxygen_device": "venturi-mask", "fio2": "0.4"}, "40%", "fio2=40"),
        ({"temperature": "385"}, "38.5 °C", "temperature=38.5"),
        (
            {
                "vasopressors__0__agent": "vasopressin",
                "vasopressors__0__rate": "2",
                "vasopressors__0__unit": "units/min",
            },
            "2 units/h",
            "vasopressors-0-unit=units/h",
        ),
        (
            {
                "vasopressors__0__agent": "norepinephrine",
                "vasopressors__0__rate": "20",
                "vasopressors__0__unit": "mcg/kg/min",
            },
            "20 mcg/min",
            "vasopressors-0-unit=mcg/min",
        ),
    ],
)
def test_what_was_plainly_meant_is_offered_by_a_button_that_fills_it_in(
    form: Form, values: dict[str, Any], offer: str, fill: str
) -> None:
    page = _refused(form.fill(**values))
    assert f'value="{fill}"' in page and offer in page
    name, _, value = fill.partition("=")
    filled = form.client.post(form.address, form.values | {"fill": fill})
    assert filled.status_code == 200
    assert not Assessment.objects.exists()
    form.values[name] = value
    assert "is not possible" not in form.record().content.decode()


@pytest.mark.parametrize(
    ("values", "answer"),
    [
        ({"temperature": "33"}, "33 °C"),
        ({"temperature": "42.1"}, "42.1 °C"),
        ({"temperature": "109"}, "42.8 °C"),
        ({"systolic": "49"}, "49 mmHg"),
        ({"diastolic": "131"}, "131 mmHg"),
        ({"mean": "161"}, "161 mmHg"),
        ({"heart_rate": "39"}, "39 /min"),
        ({"respiratory_rate": "61"}, "61 /min"),
        ({"spo2": "69"}, "69%"),
        ({"oxygen_flow": "16", "oxygen_device": "nasal-cannula"}, "16 L/min"),
        (
            {
                "vasopressors__0__agent": "norepinephrine",
                "vasopressors__0__rate": "2",
                "vasopressors__0__unit": "mcg/kg/min",
            },
            "2 mcg/kg/min",
        ),
        (
            {
                "vasopressors__0__agent": "vasopressin",
                "vasopressors__0__rate": "0.2",
                "vasopressors__0__unit": "units/min",
            },
            "0.2 units/min",
        ),
    ],
)
def test_what_is_improbable_is_asked_and_the_answer_is_kept(form: Form, values: dict[str, Any], answer: str) -> None:
    page = _refused(form.fill(**values), f"Yes, {answer}")
    assert "Not recorded yet: is this right?" in page
    assert "Not graded" not in form.verdict()
    token = page.split('name="confirmed" value="')[1].split('"')[0]
    assert form.record(confirmed=token).status_code == 302
    assert [kept["value"] for kept in Assessment.objects.get().confirmed] == [answer]


def test_a_confirmation_of_another_value_answers_nothing(form: Form) -> None:
    form.fill(temperature="33", confirmed=["temperature=32 °C", "temperature=", "systolic=33 °C"])
    _refused(form, "Yes, 33 °C")


def test_a_no_beside_a_low_pressure_is_asked_about(form: Form) -> None:
    form.fill(systolic="84", diastolic="50", hypotension="no")
    page = _refused(form, "beside a low pressure")
    token = page.split('name="confirmed" value="')[1].split('"')[0]
    assert form.record(confirmed=token).status_code == 302


def test_a_no_beside_a_vasopressor_for_hypotension_is_an_error(form: Form) -> None:
    form.fill(hypotension="no", vasopressors__0__agent="norepinephrine")
    _refused(form, "stands beside Norepinephrine")
    assert form.fill(vasopressors__0__for_hypotension="no").record().status_code == 302


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"rate": "0.1", "unit": "mcg/kg/min"}, "Choose the agent"),
        ({"agent": "norepinephrine", "rate": "0.1"}, "Choose the unit"),
        ({"agent": "vasopressin", "rate": "0.1", "unit": "mcg/min"}, "units/min or units/h"),
        ({"agent": "dopamine", "rate": "5", "unit": "units/h"}, "mcg/kg/min"),
        ({"agent": "norepinephrine", "rate": "0", "unit": "mcg/min"}, "over 0 to 400 mcg/min"),
        ({"agent": "norepinephrine", "rate": "1", "unit": "mcg/min", "since": "01-Jan-2099 00:00"}, "in the future"),
        ({"agent": "ketchup"}, "Select a valid choice"),
    ],
)
def test_a_row_in_error_is_refused_at_the_row(form: Form, row: dict[str, str], words: str) -> None:
    form.values |= {f"vasopressors-0-{name}": value for name, value in row.items()}
    _refused(form, words)


def test_an_agent_is_charted_once(form: Form) -> None:
    _refused(form.fill(vasopressors__0__agent="dopamine", vasopressors__1__agent="dopamine"), "charted once")


def test_none_running_beside_an_agent_is_refused(form: Form) -> None:
    _refused(form.fill(vasopressors__0__agent="dopamine", vasopressors_none="on"), "None running")


def test_since_after_the_moment_of_the_assessment_is_refused(form: Form) -> None:
    seen, since = (typed(hours_ago(hours), ZoneInfo("Europe/Berlin")) for hours in (2, 1))
    form.fill(seen_at=seen, vasopressors__0__agent="dopamine", vasopressors__0__since=since)
    _refused(form, "after the moment of the assessment")


def test_after_a_charted_death_nothing_is_recorded(
    nurse: User, physician: User, patient: Patient, ward: Ward, form: Form
) -> None:
    physician.wards.add(ward)
    actions.record_death(by=physician, submission_id=uuid4(), patient=patient, due_to_crs=False, at=NOW)
    answer = form.fill(temperature="38.5").record()
    assert answer.status_code == 422
    assert not Assessment.objects.exists()
    assert form.values["temperature"] in answer.content.decode()


def test_odd_bytes_never_break_the_page(form: Form) -> None:
    for text in ("\x00", "\U0001f600", "<script>alert(1)</script>", "9" * 5000, "38.5\u202e", "'; DROP TABLE x; --"):
        form.fill(temperature=text, note=text[:50].replace("\x00", ""), seen_at=text, oxygen_flow=text, sequence=text)
        answer = form.record()
        assert answer.status_code == 422
        assert "<script>alert" not in answer.content.decode()
