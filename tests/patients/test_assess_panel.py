"""What does the panel say beside the grade: what to chart, what is pending, what changed, what is old?"""

from collections.abc import Callable
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.http import QueryDict

from patients.echo import digest_of
from patients.forms.moments import typed
from patients.models import Patient, User, Ward
from tests.patients.assess import Form
from tests.patients.cast import a_patient, a_ward, an_assessment, hours_ago
from tests.patients.vasopressors import norepinephrine

pytestmark = pytest.mark.django_db


@pytest.fixture
def ward(nurse: User) -> Ward:
    return a_ward(nurse, protocol="lee-2014")


@pytest.fixture
def patient(nurse: User, ward: Ward) -> Patient:
    return a_patient(nurse, ward)


@pytest.fixture
def opened(nurse: User, patient: Patient) -> Callable[[], Form]:
    return lambda: Form(nurse, patient)


def _words(fragment: str) -> str:
    return " ".join(fragment.split())


def test_an_uncertain_grade_says_at_least_and_what_to_chart(opened: Callable[[], Form]) -> None:
    panel = _words(opened().fill(temperature="39.5", oxygen_device="nasal-cannula").verdict())
    assert "At least grade 2, moderate" in panel
    assert "At least grade 2: chart " in panel
    assert "to rule out grade 4." in panel


def test_a_pending_grade_says_when(opened: Callable[[], Form], nurse: User, patient: Patient) -> None:
    form = opened().fill(
        temperature="39.5",
        vasopressors__0__agent="norepinephrine",
        vasopressors__0__rate="25",
        vasopressors__0__unit="mcg/min",
        pressure_restored="yes",
    )
    assert "Becomes grade 3 at" in _words(form.verdict())


def test_all_scales_stand_in_the_panel(opened: Callable[[], Form]) -> None:
    panel = opened().fill(temperature="39.5").verdict()
    for name in ("Lee 2014", "ASTCT 2019", "CTCAE v5.0", "CTCAE v4.03", "ICANS (ASTCT 2019)"):
        assert name in panel


@pytest.mark.parametrize(
    ("values", "change"),
    [
        ({"temperature": "39.0"}, "Unchanged from at least grade 1 at"),
        ({"temperature": "39.0", "systolic": "80"}, "Up from at least grade 1 at"),
        ({"temperature": "37.0", "symptoms_none": "on"}, "Down from at least grade 1 at"),
    ],
)
def test_the_change_since_the_last_assessment_is_said(
    opened: Callable[[], Form], nurse: User, patient: Patient, values: dict[str, str], change: str
) -> None:
    assert "First assessment of this course" in opened().fill(temperature="39.0").verdict()
    an_assessment(nurse, patient, 2, temperature_c=Decimal("39.5"))
    assert change in _words(opened().fill(**values).verdict())


def test_values_in_force_are_shown_with_their_age_and_drawn_as_old_past_their_round(
    opened: Callable[[], Form], nurse: User, patient: Patient
) -> None:
    an_assessment(nurse, patient, 3, temperature_c=Decimal("39.5"), systolic=Decimal(80), diastolic=Decimal(50))
    panel = _words(opened().fill(heart_rate="110").verdict())
    assert "Still in force from before" in panel
    assert "3 h, old" in panel and 'class="old"' in panel


def test_a_suggestion_shows_its_dose_with_its_arithmetic(opened: Callable[[], Form]) -> None:
    panel = _words(
        opened()
        .fill(temperature="39.5", vasopressors__0__agent="dopamine", vasopressors__1__agent="norepinephrine")
        .verdict()
    )
    assert "4 mg/kg × 70 kg = 280 mg" in panel
    assert "the clinician decides" in panel


def test_a_late_entry_says_what_it_will_grade_again(opened: Callable[[], Form], nurse: User, patient: Patient) -> None:
    an_assessment(nurse, patient, 1, temperature_c=Decimal("38.5"))
    late = typed(hours_ago(3), ZoneInfo("Europe/Berlin"))
    assert (
        "1 recorded assessment after this moment will be graded again"
        in opened().fill(temperature="39.5", seen_at=late).verdict()
    )


def test_before_the_infusion_nothing_is_graded(opened: Callable[[], Form]) -> None:
    before = typed(hours_ago(50), ZoneInfo("Europe/Berlin"))
    form = opened().fill(temperature="39.5", seen_at=before)
    assert "This is before the infusion" in form.verdict()
    assert form.record().status_code == 302


def test_without_an_infusion_the_form_records_and_grades_nothing(nurse: User, ward: Ward) -> None:
    form = Form(nurse, a_patient(nurse, ward, mrn="1002", infusion=False)).fill(temperature="39.5")
    assert "No infusion is charted" in form.verdict()
    assert form.record().status_code == 302


def test_the_first_page_holds_the_grade_of_the_values_in_force(
    opened: Callable[[], Form], nurse: User, patient: Patient
) -> None:
    an_assessment(nurse, patient, 1, temperature_c=Decimal("39.5"), vasopressors=norepinephrine("0.1"))
    page = opened().page.content.decode()
    assert "Nothing is typed yet" in page and 'data-rank="2"' in page


def test_the_echo_is_of_the_values_received_and_not_of_what_the_form_claims(opened: Callable[[], Form]) -> None:
    form = opened().fill(temperature="39.5", sequence="17", digest="deadbeef")
    panel = form.verdict()
    assert 'data-sequence="17"' in panel and "deadbeef" not in panel
    other = form.fill(temperature="39.6").verdict()
    assert panel.split('data-digest="')[1][:8] != other.split('data-digest="')[1][:8]


def test_the_digest_leaves_out_what_is_no_value_and_a_line_end_counts_once() -> None:
    one = QueryDict("b=2&a=1&a=3&note=x%0D%0Ay&csrfmiddlewaretoken=t&sequence=4&digest=0")
    two = QueryDict("note=x%0Ay&a=1&a=3&b=2&sequence=5")
    assert digest_of(one) == digest_of(two)
    assert digest_of(QueryDict("a=1&a=3")) != digest_of(QueryDict("a=3&a=1"))
