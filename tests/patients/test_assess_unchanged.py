"""«Unchanged since 02:00: confirm»: is it charted anew as seen now, with what ran since, and never carried silently?"""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from grading.record import Oxygen, Vasopressor
from patients.models import Assessment, Patient, StoredVerdict, User, Ward
from tests.patients.assess import Form
from tests.patients.cast import a_patient, a_ward, an_assessment, hours_ago
from tests.patients.pages import words_of
from tests.patients.vasopressors import norepinephrine

CANNULA = Oxygen(device="nasal-cannula", flow_l_min=Decimal("2.5"), for_hypoxia=True)
DOPAMINE = Vasopressor(agent="dopamine", rate=Decimal(5), unit="mcg/kg/min")


@pytest.fixture
def ward(nurse: User) -> Ward:
    return a_ward(nurse)


@pytest.fixture
def patient(nurse: User, ward: Ward) -> Patient:
    return a_patient(nurse, ward)


@pytest.fixture
def opened(nurse: User, patient: Patient) -> Callable[[], Form]:
    return lambda: Form(nurse, patient)


@pytest.fixture
def refused(nurse: User, patient: Patient) -> Callable[..., str]:
    def sent(**typed: Any) -> str:
        answer = Form(nurse, patient).fill(**typed).record()
        assert answer.status_code == 422
        return words_of(answer)

    return sent


def _last() -> Assessment:
    return Assessment.objects.latest("id")


def test_one_tap_charts_the_oxygen_again_as_it_was_shown(
    opened: Callable[[], Form], nurse: User, patient: Patient
) -> None:
    first = an_assessment(nurse, patient, 2, oxygen=CANNULA)
    form = opened()
    assert "Unchanged since" in words_of(form.page)
    assert "confirm oxygen, nasal cannula, 2.5 L/min" in words_of(form.page)
    assert form.fill(oxygen_same="on").record().status_code == 302
    row = _last()
    assert row.at - first.at > timedelta(hours=1.9)
    assert [row.oxygen_device, row.oxygen_flow_l_min, row.oxygen_for_hypoxia] == ["nasal-cannula", Decimal("2.5"), True]
    assert row.vasopressors_charted is False


def test_one_tap_charts_every_agent_again_with_since_when_it_runs(
    opened: Callable[[], Form], nurse: User, patient: Patient
) -> None:
    (running,) = norepinephrine("0.1")
    since = hours_ago(4)
    charted = (Vasopressor(agent=running.agent, rate=running.rate, unit=running.unit, since=since), DOPAMINE)
    an_assessment(nurse, patient, 2, vasopressors=charted)
    form = opened()
    assert "confirm vasopressors, Norepinephrine 0.1 mcg/kg/min, Dopamine 5 mcg/kg/min" in words_of(form.page)
    assert form.fill(vasopressors_same="on").record().status_code == 302
    rows = {one.agent: (one.rate, one.unit, one.since) for one in _last().vasopressors.all()}
    assert rows == {
        "norepinephrine": (running.rate, running.unit, since),
        "dopamine": (Decimal(5), "mcg/kg/min", None),
    }


def test_a_high_dose_that_is_confirmed_has_been_held_since_it_was_first_charted(
    opened: Callable[[], Form], nurse: User, patient: Patient
) -> None:
    """Over three hours after the first entry: the confirmation neither breaks the run nor starts another."""
    an_assessment(nurse, patient, 3.5, temperature_c=39, vasopressors=norepinephrine("0.5"))
    assert opened().fill(vasopressors_same="on").record().status_code == 302
    lee = StoredVerdict.objects.filter(assessment=_last(), scale="lee-2014").latest("id")
    assert lee.grade == 3


def test_nothing_is_charted_where_nothing_is_ticked(opened: Callable[[], Form], nurse: User, patient: Patient) -> None:
    an_assessment(nurse, patient, 2, oxygen=CANNULA, vasopressors=(DOPAMINE,))
    assert opened().fill(temperature="38.5").record().status_code == 302
    assert (_last().oxygen_device, _last().vasopressors_charted) == (None, False)


def test_unchanged_beside_a_change_is_refused(refused: Callable[..., str], nurse: User, patient: Patient) -> None:
    an_assessment(nurse, patient, 2, oxygen=CANNULA, vasopressors=(DOPAMINE,))
    for typed in ({"oxygen_flow": "4"}, {"oxygen_device": "room-air"}, {"for_hypoxia": "no"}):
        assert "«Unchanged» is ticked, yet more is typed" in refused(oxygen_same="on", **typed)
    for typed, words in (
        ({"vasopressors__0__answer": "stopped"}, "yet this agent is changed"),
        ({"vasopressors__0__rate": "7"}, "yet this agent is changed"),
        ({"vasopressors__1__agent": "epinephrine"}, "yet another agent is charted"),
        ({"vasopressors_none": "on"}, "«Unchanged» and «None running» are both ticked"),
    ):
        assert words in refused(vasopressors_same="on", **typed)


def test_unchanged_means_what_the_form_showed_and_nothing_else(
    opened: Callable[[], Form], nurse: User, patient: Patient
) -> None:
    an_assessment(nurse, patient, 2, oxygen=CANNULA, vasopressors=(DOPAMINE,))
    form = opened().fill(oxygen_same="on", vasopressors_same="on")
    an_assessment(nurse, patient, 1, oxygen=Oxygen(device="cpap"), vasopressors=(DOPAMINE, *norepinephrine("0.3")))
    answer = form.record()
    assert answer.status_code == 422
    assert "In force is now CPAP, charted" in words_of(answer)
    assert "Norepinephrine 0.3 mcg/kg/min is in force: same, a new rate, or stopped?" in words_of(answer)


def test_unchanged_where_nothing_is_in_force_charts_nothing(refused: Callable[..., str]) -> None:
    assert "No oxygen device is in force" in refused(oxygen_same="on")
    assert "No vasopressor is in force" in refused(vasopressors_same="on")
    assert not Assessment.objects.exists()


def test_past_its_window_there_is_nothing_to_confirm(opened: Callable[[], Form], nurse: User, patient: Patient) -> None:
    an_assessment(nurse, patient, 13, oxygen=CANNULA, vasopressors=(DOPAMINE,))
    assert "Unchanged since" not in words_of(opened().page)


# --- A pressure in one field


def test_a_pressure_typed_in_one_field_is_both(opened: Callable[[], Form]) -> None:
    form = opened().fill(systolic="118 / 70")
    assert "Systolic 118, diastolic 70." in form.verdict()
    assert form.record().status_code == 302
    row = _last()
    assert [row.systolic, row.diastolic] == [118, 70]
    assert {name: row.typed[name]["text"] for name in ("systolic", "diastolic")} == {
        "systolic": "118",
        "diastolic": "70",
    }


def test_a_pressure_in_one_field_is_held_to_the_limits_of_each(refused: Callable[..., str]) -> None:
    assert "Diastolic 120 mmHg is above the systolic" in refused(systolic="70/120")
    assert "is not possible" in refused(systolic="1180/70")
    assert "120/80" in refused(systolic="120/80", diastolic="70")
    for unreadable in ("120/80/60", "120/", "/80"):
        assert "Not recorded" in refused(systolic=unreadable)
    assert not Assessment.objects.exists()
