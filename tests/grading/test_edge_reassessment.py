"""When is the next assessment due, and what has the clock overtaken? (rules 1.1, 3, 6; decision 2)"""

from datetime import timedelta
from typing import Any

import pytest

from grading.course import grade_course
from grading.reassessment import Passed, is_due, passed
from grading.record import Event
from grading.result import GradedAssessment
from grading.settings import from_document
from tests.grading.ward import course, febrile, hours, infusion, last, on, runs, seen, well

AT = 50
MINUTE = 1 / 60
LOW: dict[str, Any] = {"oxygen": on("nasal-cannula", 2)}  # grade 2
MASK: dict[str, Any] = {"oxygen": on("simple-mask", 8)}  # grade 3
VENTILATED: dict[str, Any] = {"oxygen": on("bipap", for_hypoxia=True)}  # grade 4


def due_after(*events: Event, **about: Any) -> timedelta:
    found = last(*events, **about)
    assert found.due_at is not None
    return found.due_at - found.at


def minutes(number: int) -> timedelta:
    return timedelta(minutes=number)


# --- The round


@pytest.mark.parametrize(
    ("assessment", "expected"),
    [
        (well(AT), 240),
        (febrile(AT), 240),
        (febrile(AT, **LOW), 120),
        (febrile(AT, **MASK), 60),
        (febrile(AT, **VENTILATED), 15),
    ],
    ids=["grade 0", "grade 1", "grade 2", "grade 3", "grade 4"],
)
def test_the_round_is_shorter_the_higher_the_grade(assessment: Event, expected: int) -> None:
    assert due_after(assessment) == minutes(expected)


def test_what_is_possible_decides_and_not_only_what_is_met() -> None:
    assert due_after(febrile(AT, oxygen=on("nasal-cannula"))) == minutes(60)  # grade 2, at most 3
    assert due_after(febrile(AT, oxygen=None)) == minutes(15)


def test_ctcae_decides_where_the_governing_scale_is_milder() -> None:
    """Without fever ASTCT does not grade the oxygen, CTCAE v5 does."""
    found = last(well(AT, **LOW))
    assert found.verdicts["astct-2019"].at_most == 0
    assert due_after(well(AT, **LOW)) == minutes(120)


def test_lee_decides_where_it_governs_and_not_otherwise() -> None:
    organ = febrile(AT, organ_toxicity={"renal": 4})
    assert due_after(organ, protocol="lee-2014") == minutes(15)
    assert due_after(organ) == minutes(240)


def test_version_4_of_ctcae_never_decides() -> None:
    assert due_after(febrile(AT, symptomatic_response="prolonged-or-recurrent")) == minutes(240)


@pytest.mark.parametrize(("ice", "expected"), [(9, 240), (6, 120), (2, 60)])
def test_a_known_icans_decides(ice: int, expected: int) -> None:
    assert due_after(febrile(AT, ice_score=ice)) == minutes(expected)


def test_what_icans_might_be_does_not_decide() -> None:
    assert due_after(febrile(AT, seizure=None)) == minutes(240)
    assert due_after(febrile(AT, ice_score=None, consciousness=None, seizure=None)) == minutes(240)


JUDGED: list[dict[str, Any]] = [
    {"severe_grade_2": True},
    {"life_threatening": False},
    {"crs_confirmed": True},
    {"attributed_elsewhere": ("fever",)},
    {"symptomatic_response": "not-needed"},
    {"note": "seen by the consultant"},
    {},
]
OBSERVED_ONE: list[dict[str, Any]] = [
    {"heart_rate": 90},
    {"mean": 70},
    {"vasopressors": ()},
    {"oxygen": on("room-air")},
    {"constitutional": ()},
    {"organ_toxicity": {}},
    {"neurology_not_assessed": "sedated"},
    {"consciousness": "spontaneous"},
]


@pytest.mark.parametrize("fields", JUDGED, ids=str)
def test_a_judgement_alone_leaves_the_round_running(fields: dict[str, Any]) -> None:
    found = last(febrile(AT, **LOW), seen(AT + 1, **fields))
    assert found.observed_at == hours(AT)
    assert found.due_at == hours(AT + 2)


@pytest.mark.parametrize("fields", OBSERVED_ONE, ids=str)
def test_one_observed_value_begins_the_round_anew(fields: dict[str, Any]) -> None:
    found = last(febrile(AT, **LOW), seen(AT + 1, **fields))
    assert found.observed_at == found.at == hours(AT + 1)
    assert found.due_at is not None and found.due_at > found.at


def test_while_nothing_was_observed_the_round_counts_from_the_first_assessment() -> None:
    found = last(febrile(-1), seen(AT, note="called"), seen(AT + 1, crs_confirmed=True))
    assert found.observed_at is None
    assert found.due_at == hours(AT + 0.25)  # grade 4 is possible


RESOLVED: list[Event] = [febrile(24), well(30), well(42)]


def test_once_resolved_the_round_is_12_hours() -> None:
    assert due_after(*RESOLVED, well(54)) == minutes(720)
    assert due_after(*RESOLVED, well(54), well(60)) == minutes(720)
    assert due_after(*RESOLVED, well(53)) == minutes(240)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [({"temperature_c": 39}, 240), (LOW, 120), ({"ice_score": 9}, 240), ({"ice_score": 2}, 60)],
    ids=["a new fever", "oxygen", "ICANS 1", "ICANS 3"],
)
def test_once_resolved_a_new_trouble_ends_the_long_round(fields: dict[str, Any], expected: int) -> None:
    assert due_after(*RESOLVED, well(54), well(60, **fields)) == minutes(expected)


def test_a_wards_rounds_replace_the_defaults() -> None:
    settings = from_document({"reassess_after": [200, 100, 50, 25, 5], "reassess_after_resolved": 600})

    def due(*events: Event) -> timedelta:
        found = grade_course(course(*events), settings).latest
        assert found is not None
        assert found.due_at is not None
        return found.due_at - found.at

    rounds = [
        due(e) for e in (well(AT), febrile(AT), febrile(AT, **LOW), febrile(AT, **MASK), febrile(AT, **VENTILATED))
    ]
    assert rounds == [minutes(n) for n in (200, 100, 50, 25, 5)]
    assert due(*RESOLVED, well(54)) == minutes(600)


def test_before_the_infusion_nothing_is_due_and_nothing_passes() -> None:
    found = last(febrile(-1))
    assert found.due_at is None
    assert passed(found, hours(500)) == ()
    assert not is_due(found, hours(500))


# --- What the clock has overtaken


def overtaken(found: GradedAssessment, at: float) -> tuple[Passed, ...]:
    return passed(found, hours(at))


def about(found: tuple[Passed, ...], label: str) -> list[Passed]:
    return [p for p in found if p.text.startswith(label)]


@pytest.mark.parametrize(
    ("fields", "label", "window"),
    [
        ({"temperature_c": 37}, "Temperature", 4),
        ({"spo2_percent": 98}, "SpO2", 4),
        ({"systolic": 120, "diastolic": 80}, "Pressure", 4),
        ({"oxygen": on("room-air")}, "Oxygen", 4),
        ({"vasopressors": ()}, "Vasopressors", 4),
        ({"hypotension": True}, "Hypotension", 4),
        ({"pressure_restored": True}, "Pressure restored", 4),
        ({"life_threatening": False}, "Life-threatening", 4),
        ({"attributed_elsewhere": ("fever",)}, "Attributed elsewhere", 4),
        ({"fluid_bolus": True}, "Fluid bolus", 6),
        ({"constitutional": ()}, "Symptoms", 12),
        ({"symptomatic_response": "prompt"}, "Response", 12),
        ({"ice_score": 10}, "ICE score", 12),
        ({"organ_toxicity": {"renal": 1}}, "Organ toxicity", 24),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_value_is_named_when_it_has_run_out(fields: dict[str, Any], label: str, window: int) -> None:
    found = last(seen(AT, **fields))
    assert overtaken(found, AT + window) == ()  # its last minute still counts
    (one,) = overtaken(found, AT + window + MINUTE)
    assert one.text.startswith(label)
    assert one.at == hours(AT + window)


def test_a_value_carried_forward_runs_out_by_its_own_age() -> None:
    found = last(well(AT - 3), well(AT, temperature_c=None))
    passed_now = overtaken(found, AT + 1 + MINUTE)
    assert [p.at for p in passed_now] == [hours(AT + 1)]
    assert about(passed_now, "Temperature")


@pytest.mark.parametrize(
    ("left_out", "label"), [("temperature_c", "Temperature"), ("oxygen", "Oxygen"), ("vasopressors", "Vasopressors")]
)
def test_what_was_overtaken_first_is_named_first(left_out: str, label: str) -> None:
    found = overtaken(last(well(AT - 3), well(AT, **{left_out: None})), AT + 30)
    moments = [p.at for p in found]
    assert moments == sorted(moments)
    assert found[0].text.startswith(label)


def test_the_word_that_this_is_crs_never_runs_out() -> None:
    assert overtaken(last(seen(AT, crs_confirmed=True)), AT + 1000) == ()


def test_a_no_to_severe_runs_out_after_6_hours_and_a_yes_does_not() -> None:
    def severe(word: bool, at: float) -> list[Passed]:
        return about(overtaken(last(febrile(AT, **LOW, severe_grade_2=word)), at), "Managed as severe")

    assert not severe(False, AT + 6)
    assert severe(False, AT + 6 + MINUTE)
    assert not severe(True, AT + 1000)


def test_a_pending_grade_is_named_from_its_moment_on() -> None:
    found = last(well(AT, vasopressors=(runs("norepinephrine", 20, since=AT - 2),)))
    assert overtaken(found, AT + 1 - MINUTE) == ()
    (one,) = overtaken(found, AT + 1)
    assert one.at == hours(AT + 1)
    assert "Lee 2014: grade 3" in one.text
    assert "chart vasopressors" in one.text


def test_the_clock_changes_no_grade() -> None:
    found = last(well(AT, vasopressors=(runs("norepinephrine", 20, since=AT - 2),)))
    overtaken(found, AT + 100)
    assert (found.verdicts["lee-2014"].grade, found.verdicts["lee-2014"].at_most) == (2, 3)


# --- Due


def test_reassessment_is_due_from_the_end_of_its_round() -> None:
    found = last(febrile(AT, **LOW))
    assert not is_due(found, hours(AT + 2 - MINUTE))
    assert is_due(found, hours(AT + 2))


def test_a_value_that_runs_out_before_the_round_ends_makes_it_due() -> None:
    found = last(well(AT - 3), well(AT, temperature_c=None))
    assert found.due_at == hours(AT + 4)
    assert not is_due(found, hours(AT + 1))
    assert is_due(found, hours(AT + 1 + MINUTE))


def test_a_pending_moment_makes_it_due_before_the_round_ends() -> None:
    """By ASTCT without fever and by CTCAE the round is an hour; the dose is 3 hours old after 30 minutes."""
    found = last(well(AT, vasopressors=(runs("norepinephrine", 20, since=AT - 2.5),)))
    assert found.due_at == hours(AT + 1)
    assert not is_due(found, hours(AT + 0.5 - MINUTE))
    assert is_due(found, hours(AT + 0.5))


def test_an_interrupted_infusion_alone_shortens_no_round() -> None:
    assert due_after(infusion(40, "interrupt"), well(AT)) == minutes(240)
