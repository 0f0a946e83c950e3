"""What stands from before: is every agent in force answered, and a flow read with the device that the form names?"""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from grading.record import Oxygen, Vasopressor
from patients import actions
from patients.models import Assessment, Patient, User, Ward
from tests.patients.assess import Form
from tests.patients.cast import a_patient, a_ward, an_assessment
from tests.patients.vasopressors import norepinephrine

pytestmark = pytest.mark.django_db
Rows = list[tuple[str, Decimal | None, str | None]]


@pytest.fixture
def ward(nurse: User) -> Ward:
    return a_ward(nurse)


@pytest.fixture
def patient(nurse: User, ward: Ward) -> Patient:
    return a_patient(nurse, ward)


@pytest.fixture
def opened(nurse: User, patient: Patient) -> Callable[[], Form]:
    return lambda: Form(nurse, patient)


def _last() -> Assessment:
    return Assessment.objects.latest("id")


def _rows() -> Rows:
    return [(one.agent, one.rate, one.unit) for one in _last().vasopressors.all()]


@pytest.fixture
def two_agents(nurse: User, patient: Patient) -> Assessment:
    dopamine = Vasopressor(agent="dopamine", rate=Decimal(5), unit="mcg/kg/min", for_hypotension=True)
    return an_assessment(nurse, patient, 2, vasopressors=(*norepinephrine("0.10"), dopamine))


def test_every_agent_in_force_stands_as_a_row_with_its_age(two_agents: Assessment, opened: Callable[[], Form]) -> None:
    page = opened().page.content.decode()
    assert "<strong>Norepinephrine 0.1 mcg/kg/min</strong>" in page
    assert "<strong>Dopamine 5 mcg/kg/min</strong>" in page
    assert "2 h ago" in page
    for answer in ("Same", "New rate", "Stopped"):
        assert page.count(f"<span>{answer}</span>") == 2


def test_rows_that_nobody_touched_are_not_charted(two_agents: Assessment, opened: Callable[[], Form]) -> None:
    assert opened().fill(temperature="38.5").record().status_code == 302
    assert not _last().vasopressors_charted


def test_each_agent_in_force_needs_an_answer_once_one_has_it(
    two_agents: Assessment, opened: Callable[[], Form]
) -> None:
    answer = opened().fill(vasopressors__0__answer="same").record()
    assert answer.status_code == 422
    assert "Dopamine 5 mcg/kg/min is in force: same, a new rate, or stopped?" in answer.content.decode()
    answer = opened().fill(vasopressors__2__agent="epinephrine").record()
    assert answer.content.decode().count("is in force: same, a new rate, or stopped?") >= 2


def test_same_new_rate_and_stopped_are_charted_as_they_say(two_agents: Assessment, opened: Callable[[], Form]) -> None:
    form = opened().fill(vasopressors__0__answer="new", vasopressors__0__rate="0.2", vasopressors__1__answer="same")
    assert form.record().status_code == 302
    assert _rows() == [
        ("norepinephrine", Decimal("0.2"), "mcg/kg/min"),
        ("dopamine", Decimal(5), "mcg/kg/min"),
    ]
    assert _last().vasopressors.last().for_hypotension is True  # type: ignore[union-attr]
    form = opened().fill(vasopressors__0__answer="stopped", vasopressors__1__answer="stopped")
    assert form.record().status_code == 302
    assert _last().vasopressors_charted and _rows() == []


def test_a_typed_rate_by_itself_is_a_new_rate(two_agents: Assessment, opened: Callable[[], Form]) -> None:
    opened().fill(vasopressors__0__rate="0.2", vasopressors__1__answer="stopped").record()
    assert _rows() == [("norepinephrine", Decimal("0.2"), "mcg/kg/min")]


def test_a_rate_beside_same_or_stopped_is_an_error(two_agents: Assessment, opened: Callable[[], Form]) -> None:
    for said in ("same", "stopped"):
        form = opened().fill(vasopressors__0__answer=said, vasopressors__0__rate="0.2", vasopressors__1__answer="same")
        assert "yet more is typed" in form.record().content.decode()


def test_none_running_stops_all_and_contradicts_same(two_agents: Assessment, opened: Callable[[], Form]) -> None:
    refused = opened().fill(vasopressors_none="on", vasopressors__0__answer="same").record()
    assert refused.status_code == 422
    assert opened().fill(vasopressors_none="on").record().status_code == 302
    assert _last().vasopressors_charted and _rows() == []


def test_same_means_what_the_form_showed_and_nothing_else(
    two_agents: Assessment, opened: Callable[[], Form], nurse: User, patient: Patient
) -> None:
    form = opened().fill(vasopressors__0__answer="same", vasopressors__1__answer="stopped")
    an_assessment(nurse, patient, 1, vasopressors=norepinephrine("0.5"))
    answer = form.record()
    assert answer.status_code == 422
    assert "Norepinephrine 0.5 mcg/kg/min, charted" in answer.content.decode()
    form.fill(vasopressors__0__answer="new", vasopressors__0__rate="0.6")
    assert form.record().status_code == 302
    assert _rows() == [("norepinephrine", Decimal("0.6"), "mcg/kg/min")]


def test_an_agent_charted_since_the_form_was_opened_is_asked_for(
    opened: Callable[[], Form], nurse: User, patient: Patient
) -> None:
    form = opened().fill(vasopressors__0__agent="epinephrine")
    an_assessment(nurse, patient, 0.1, vasopressors=norepinephrine("0.1"))
    assert "data-token" in form.verdict()
    assert "Norepinephrine 0.1 mcg/kg/min is in force" in form.record().content.decode()


def test_past_its_window_an_agent_stands_no_more(opened: Callable[[], Form], nurse: User, patient: Patient) -> None:
    an_assessment(nurse, patient, 4.5, vasopressors=norepinephrine("0.1"))
    assert "agent-in-force" not in opened().page.content.decode()


def test_a_flow_without_a_device_is_read_with_the_device_in_force_and_the_form_names_it(
    opened: Callable[[], Form], nurse: User, patient: Patient
) -> None:
    worn = Oxygen(device="nasal-cannula", flow_l_min=Decimal(2), for_hypoxia=False)
    an_assessment(nurse, patient, 2, oxygen=worn)
    form = opened().fill(oxygen_flow="4")
    assert "In force: nasal cannula, 2 L/min, not for hypoxia, charted" in form.page.content.decode()
    assert "read with nasal cannula, not for hypoxia, charted" in form.verdict()
    assert form.record().status_code == 302
    row = _last()
    assert [row.oxygen_device, row.oxygen_flow_l_min, row.oxygen_for_hypoxia] == ["nasal-cannula", 4, False]


def test_a_flow_is_not_read_with_a_device_that_the_form_did_not_show(
    opened: Callable[[], Form], nurse: User, patient: Patient
) -> None:
    an_assessment(nurse, patient, 2, oxygen=Oxygen(device="nasal-cannula", flow_l_min=Decimal(2)))
    form = opened().fill(oxygen_flow="4")
    an_assessment(nurse, patient, 0.5, oxygen=Oxygen(device="simple-mask"))
    answer = form.record()
    assert answer.status_code == 422
    assert "The device in force is now simple mask" in answer.content.decode()


def test_the_answer_to_for_hypoxia_alone_keeps_what_the_device_gives(
    opened: Callable[[], Form], nurse: User, patient: Patient
) -> None:
    an_assessment(nurse, patient, 1, oxygen=Oxygen(device="cpap", fio2_percent=Decimal(50)))
    assert opened().fill(for_hypoxia="yes").record().status_code == 302
    row = _last()
    assert [row.oxygen_device, row.oxygen_fio2_percent, row.oxygen_for_hypoxia] == ["cpap", 50, True]


def test_vasopressin_asks_whether_it_answers_worsening_hypotension(opened: Callable[[], Form]) -> None:
    form = opened().fill(vasopressors__0__agent="vasopressin")
    question = "Vasopressin: does it answer worsening hypotension?"
    assert question in form.verdict()
    assert question not in form.fill(vasopressors__0__for_hypotension="no").verdict()


def test_capd_is_asked_of_a_child_and_ice_of_twelve_years_and_over(
    nurse: User, patient: Patient, ward: Ward, opened: Callable[[], Form]
) -> None:
    page = opened().page.content.decode()
    assert "ICE score" in page and "CAPD score" not in page
    facts = actions.Facts(birth_date=date(2020, 1, 1))
    child = a_patient(nurse, ward, mrn="1002", facts=facts)
    page = Form(nurse, child).page.content.decode()
    assert "CAPD score" in page and "ICE score" not in page
