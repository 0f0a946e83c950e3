"""Are ages, times, drugs, oxygen and neurology on a line of the case format taken only where they are possible?"""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from grading.casefile import Case, read_line
from tests.grading.lines import (
    assessment,
    case,
    changed,
    faults,
    minimal,
    pressors,
)

# --- Ages and times


def test_both_an_age_and_a_birth_date_are_one_too_many() -> None:
    assert "not both" in faults(changed("patient", "birth_date", to="2014-08-30"))["patient.birth_date"]


def test_a_birth_date_stands_for_an_age() -> None:
    document = minimal()
    document["patient"] = {"birth_date": "2014-08-30"}
    assert str(case(document).course.patient.birth_date) == "2014-08-30"


@pytest.mark.parametrize("birth_date", ["2014-8-30", "30-08-2014", "20140830", "2014-02-30", "2014-W35-6", 2014, ""])
def test_a_birth_date_is_a_calendar_date(birth_date: Any) -> None:
    document = minimal()
    document["patient"] = {"birth_date": birth_date}
    assert "a date, such as" in faults(document)["patient.birth_date"]


@pytest.mark.parametrize("birth_date", ["2026-03-02", "1895-01-01"])
def test_a_birth_date_is_before_the_infusion_and_within_a_life(birth_date: str) -> None:
    document = minimal()
    document["patient"] = {"birth_date": birth_date}
    assert list(faults(document)) == ["patient.birth_date"]


def test_no_time_is_before_the_birth() -> None:
    document = minimal({"type": "weight", "at": "2026-02-09T23:59:00+00:00", "weight_kg": 3})
    document["patient"] = {"birth_date": "2026-02-10"}
    assert "not before the birth" in faults(document)["events[0].at"]
    document["events"][0]["at"] = "2026-02-10T00:00:00+00:00"
    case(document)


def test_with_an_age_in_years_a_time_before_any_possible_birth_is_an_error() -> None:
    document = minimal({"type": "weight", "at": "1980-03-01T10:00:00+00:00", "weight_kg": 3})
    assert "not before the birth" in faults(document)["events[0].at"]
    document["events"][0]["at"] = "1987-03-01T10:00:00+00:00"
    case(document)


@pytest.mark.parametrize(
    ("at", "utc"),
    [
        ("2026-03-05T08:00:00+00:00", datetime(2026, 3, 5, 8, tzinfo=UTC)),
        ("2026-03-05T08:00Z", datetime(2026, 3, 5, 8, tzinfo=UTC)),
        ("2026-03-05T08:00:00-05:00", datetime(2026, 3, 5, 13, tzinfo=UTC)),
        ("2026-03-05T08:00:00+0530", datetime(2026, 3, 5, 2, 30, tzinfo=UTC)),
        ("2026-03-05T08:00:00.250000Z", datetime(2026, 3, 5, 8, 0, 0, 250_000, tzinfo=UTC)),
    ],
)
def test_a_time_is_kept_as_its_moment(at: str, utc: datetime) -> None:
    (event,) = case(minimal({"type": "death", "at": at})).course.events
    assert event.at == utc
    assert event.at.tzinfo is UTC


def test_an_assessment_after_the_death_is_an_error() -> None:
    death = {"type": "death", "at": "2026-03-02T10:00:00+00:00"}
    late = {**assessment(), "at": "2026-03-02T10:00:01+00:00"}
    assert "not after the death" in faults(minimal(late, death))["events[0].at"]
    case(minimal(assessment(), death))
    case(minimal(death, {"type": "laboratory", "at": "2026-03-03T10:00:00Z", "analyte": "crp", "value": 3}))


def test_a_patient_dies_once() -> None:
    death = {"type": "death", "at": "2026-03-02T10:00:00+00:00"}
    assert list(faults(minimal(death, death))) == ["events[1].type"]


# --- Vasopressors, oxygen, neurology


def test_an_agent_is_charted_once() -> None:
    found = faults(pressors({"agent": "dopamine"}, {"agent": "vasopressin"}, {"agent": "dopamine"}))
    assert found == {"events[0].vasopressors[2].agent": "dopamine is charted twice: one entry an agent is needed"}


def test_a_rate_needs_its_unit_and_a_unit_its_rate() -> None:
    assert list(faults(pressors({"agent": "dopamine", "rate": 5}))) == ["events[0].vasopressors[0].unit"]
    assert list(faults(pressors({"agent": "dopamine", "unit": "mcg/kg/min"}))) == ["events[0].vasopressors[0].rate"]


@pytest.mark.parametrize(
    ("agent", "unit"),
    [("vasopressin", "mcg/min"), ("norepinephrine", "units/min"), ("dopamine", "units/h"), ("dopamine", "mcg")],
)
def test_a_unit_is_one_of_the_agents_own(agent: str, unit: str) -> None:
    assert list(faults(pressors({"agent": agent, "rate": 1, "unit": unit}))) == ["events[0].vasopressors[0].unit"]


def test_a_vasopressin_rate_in_the_wrong_unit_is_refused_and_the_right_one_offered() -> None:
    found = faults(pressors({"agent": "vasopressin", "rate": 2, "unit": "units/min"}))
    assert "over 0 to 1 units/min; 2 units/h is meant?" in found["events[0].vasopressors[0].rate"]


def test_the_command_takes_the_improbable() -> None:
    case(pressors({"agent": "norepinephrine", "rate": 2, "unit": "mcg/kg/min"}, temperature_c=33))


def test_a_rate_is_no_text_and_no_truth() -> None:
    row = {"agent": "dopamine", "rate": "5", "unit": "mcg/kg/min"}
    assert "is no number" in faults(pressors(row))["events[0].vasopressors[0].rate"]
    assert "is no number" in faults(pressors({**row, "rate": True}))["events[0].vasopressors[0].rate"]


def test_since_is_not_after_the_assessment() -> None:
    row = {"agent": "dopamine", "since": "2026-03-02T10:00:01+00:00"}
    assert list(faults(pressors(row))) == ["events[0].vasopressors[0].since"]
    case(pressors({**row, "since": "2026-03-02T05:00:00-05:00"}))


@pytest.mark.parametrize(
    "row", [{"agent": "vasopressin"}, {"agent": "dopamine", "for_hypotension": True, "rate": 5, "unit": "mcg/kg/min"}]
)
def test_no_hypotension_cannot_stand_beside_a_vasopressor_for_it(row: dict[str, Any]) -> None:
    assert list(faults(pressors(row, hypotension=False))) == ["events[0].hypotension"]


@pytest.mark.parametrize("row", [{"agent": "vasopressin", "for_hypotension": False}, {"agent": "milrinone"}])
def test_no_hypotension_may_stand_beside_what_is_not_for_it(row: dict[str, Any]) -> None:
    case(pressors(row, hypotension=False))


@pytest.mark.parametrize("flow", [0, -1, 100.1, "4", True])
def test_an_impossible_oxygen_flow_is_refused(flow: Any) -> None:
    found = faults(minimal(assessment(oxygen={"device": "nasal-cannula", "flow_l_min": flow})))
    assert "over 0 to 100 L/min" in found["events[0].oxygen.flow_l_min"]


def test_a_fraction_for_fio2_is_refused_and_the_percentage_offered() -> None:
    found = faults(minimal(assessment(oxygen={"device": "venturi-mask", "fio2_percent": 0.4})))
    assert found == {"events[0].oxygen.fio2_percent": "FiO2 0.4% is not possible: 21 to 100%; 40% is meant?"}


@pytest.mark.parametrize(
    "field",
    [
        {"ice_score": 0},
        {"capd_score": 9},
        {"consciousness": "unarousable"},
        {"seizure": "none"},
        {"motor_weakness": False},
        {"raised_icp": "none"},
    ],
)
def test_neurology_not_assessed_cannot_stand_beside_a_neurology_field(field: dict[str, Any]) -> None:
    found = faults(minimal(assessment(neurology_not_assessed="sedated", **field)))
    assert list(found) == ["events[0].neurology_not_assessed"]


def test_an_item_of_a_list_is_named_by_its_place() -> None:
    found = faults(minimal(assessment(constitutional=["rash", "itch", None], vasopressors=[3])))
    assert set(found) == {"events[0].constitutional[1]", "events[0].constitutional[2]", "events[0].vasopressors[0]"}


def test_the_lines_own_protocol_outranks_the_default() -> None:
    line = json.dumps({**minimal(), "protocol": "lee-2014"}).encode()
    own = read_line(line, "review-2024")
    default = read_line(json.dumps(minimal()).encode(), "lee-2014")
    assert isinstance(own, Case)
    assert isinstance(default, Case)
    assert own.course.protocol == default.course.protocol == "lee-2014"
