"""What holds for every course, however it was charted?

Each property is drawn at random over courses (`tests/grading/courses.py`); none rests on a printed case.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from grading.course import grade_course
from grading.record import Assessment, Course, Event, Oxygen, Patient, Treatment, Vasopressor, Weight
from grading.result import Dose, MissingDose, Suggestion, Verdict
from grading.words import AGENTS, SCALES, units_of
from tests.grading.courses import (
    RATES,
    STARTED,
    assessments,
    courses,
    decimals,
    infusions,
    other_events,
    patients,
    vasopressors,
)

NOW = STARTED + timedelta(hours=60)


def verdicts(course: Course) -> Mapping[str, Verdict]:
    """The verdicts of the last assessment."""
    last = grade_course(course).latest
    assert last is not None
    return last.verdicts


# --- Taking a value away never leaves out the true grade


@st.composite
def with_nothing_earlier_in_force(draw: st.DrawFn) -> Course:
    """One assessment; before it a fever too old to count by itself, and drugs, results and infusion events."""
    events: list[Event] = draw(st.lists(other_events().filter(lambda e: not isinstance(e, Weight)), max_size=4))
    if draw(st.booleans()):
        events.append(Assessment(at=NOW - timedelta(hours=30), temperature_c=Decimal("39.5")))
    seen = draw(assessments(NOW))
    return Course(patient=draw(patients()), infusion=draw(infusions()), events=(*events, seen))


Taking = Callable[[Assessment, Patient], tuple[Assessment, Patient]]


def change(**fields: Any) -> Taking:
    return lambda seen, patient: (replace(seen, **fields), patient)


def without_a_rate(seen: Assessment, patient: Patient) -> tuple[Assessment, Patient]:
    if not seen.vasopressors:
        return seen, patient
    first, *rest = seen.vasopressors
    return replace(seen, vasopressors=(replace(first, rate=None, unit=None, since=None), *rest)), patient


def without_of_oxygen(field: str) -> Taking:
    def taken(seen: Assessment, patient: Patient) -> tuple[Assessment, Patient]:
        empty: dict[str, Any] = {field: None}
        return (replace(seen, oxygen=replace(seen.oxygen, **empty)) if seen.oxygen else seen), patient

    return taken


TAKEN_AWAY: Mapping[str, Taking] = {
    "temperature": change(temperature_c=None),
    "whole pressure": change(systolic=None, diastolic=None, mean=None),
    "vasopressor list": change(vasopressors=None),
    "rate": without_a_rate,
    "oxygen": change(oxygen=None),
    "flow": without_of_oxygen("flow_l_min"),
    "fio2": without_of_oxygen("fio2_percent"),
    "symptoms": change(constitutional=None),
    "organ map": change(organ_toxicity=None),
    "weight": lambda seen, patient: (seen, replace(patient, weight_kg=None)),
}


def graded_by_name(oxygen: Oxygen | None) -> bool:
    """A high-flow cannula at 6 L/min or less: with no flow charted the rules grade it by its name (2.1)."""
    return (
        oxygen is not None
        and oxygen.device == "high-flow-nasal-cannula"
        and oxygen.flow_l_min is not None
        and oxygen.flow_l_min <= 6
    )


@pytest.mark.parametrize("what", TAKEN_AWAY)
@given(course=with_nothing_earlier_in_force())
def test_taking_a_value_away_never_leaves_out_the_true_grade(what: str, course: Course) -> None:
    *others, seen = course.events
    assert isinstance(seen, Assessment)
    assume(not (what == "flow" and graded_by_name(seen.oxygen)))
    fewer, patient = TAKEN_AWAY[what](seen, course.patient)
    before = verdicts(course)
    after = verdicts(replace(course, patient=patient, events=(*others, fewer)))
    for scale in SCALES:
        was, now = before[scale], after[scale]
        if was.grade is None:
            assert now.grade is None
            continue
        assert now.grade is not None and was.at_most is not None and now.at_most is not None
        assert now.grade <= was.grade, (scale, was, now)
        assert now.at_most >= was.at_most, (scale, was, now)


# --- The file's order carries no meaning


@given(course=courses(), data=st.data())
def test_the_order_of_events_does_not_matter(course: Course, data: st.DataObject) -> None:
    shuffled = replace(course, events=tuple(data.draw(st.permutations(course.events))))
    assert grade_course(shuffled) == grade_course(course)


# --- More support never lowers a grade


def grades(course: Course) -> list[dict[str, int | None]]:
    return [{s: v.grade for s, v in a.verdicts.items()} for a in grade_course(course).assessments]


def assert_none_is_lower(less: Course, more: Course) -> None:
    for was, now in zip(grades(less), grades(more), strict=True):
        for scale, grade in was.items():
            if grade is not None:
                then = now[scale]
                assert then is not None and then >= grade, (scale, grade, then)


def with_one_changed(course: Course, seen: Assessment, **fields: Any) -> Course:
    changed = replace(seen, **fields)
    return replace(course, events=tuple(changed if e is seen else e for e in course.events))


@given(course=courses(most=4), data=st.data())
def test_another_agent_never_lowers_a_grade(course: Course, data: st.DataObject) -> None:
    charted = [e for e in course.events if isinstance(e, Assessment) and e.vasopressors is not None]
    assume(charted)
    seen = data.draw(st.sampled_from(charted))
    running = seen.vasopressors or ()
    free = sorted(set(AGENTS) - {v.agent for v in running})
    another = data.draw(vasopressors(agent=data.draw(st.sampled_from(free))))
    assume(seen.hypotension is not False)  # «no» beside a vasopressor for hypotension is an input error
    last = max(charted, key=lambda e: e.at)
    assume(seen is last)  # an agent that came and went says something about the later times too
    assert_none_is_lower(course, with_one_changed(course, seen, vasopressors=(*running, another)))


def _earlier(at: datetime, hours: int) -> datetime:
    return at - timedelta(hours=hours)


@st.composite
def one_agent_over_time(draw: st.DrawFn) -> tuple[Course, Course]:
    """The same agent at several times, and the same at rates that are nowhere lower."""
    agent = draw(st.sampled_from(sorted(AGENTS)))
    unit = draw(st.sampled_from(units_of(agent)))
    hours = sorted(draw(st.lists(st.integers(24, 40), min_size=1, max_size=6, unique=True)))
    ladder = sorted(map(Decimal, RATES[unit]))
    less: list[Assessment] = []
    more: list[Assessment] = []
    for hour in hours:
        seen = draw(assessments(STARTED + timedelta(hours=hour)))
        seen = replace(seen, hypotension=None)
        steps = sorted((draw(st.sampled_from(ladder)), draw(st.sampled_from(ladder))))
        since = draw(st.none() | st.integers(1, 5).map(partial(_earlier, seen.at)))
        for course, rate in zip((less, more), steps, strict=True):
            given_ = Vasopressor(agent=agent, rate=rate, unit=unit, since=since)
            course.append(replace(seen, vasopressors=(given_,)))
    patient, infusion = draw(patients()), draw(infusions())
    return (
        Course(patient=patient, infusion=infusion, events=tuple(less)),
        Course(patient=patient, infusion=infusion, events=tuple(more)),
    )


@given(pair=one_agent_over_time())
def test_a_higher_rate_held_as_long_never_lowers_a_grade(pair: tuple[Course, Course]) -> None:
    assert_none_is_lower(*pair)


@pytest.mark.parametrize("field", ["flow_l_min", "fio2_percent"])
@given(course=courses(most=4), data=st.data())
def test_a_higher_flow_or_fio2_on_one_device_never_lowers_a_grade(
    field: str, course: Course, data: st.DataObject
) -> None:
    charted = [
        e
        for e in course.events
        if isinstance(e, Assessment) and e.oxygen is not None and getattr(e.oxygen, field) is not None
    ]
    assume(charted)
    seen = max(charted, key=lambda e: e.at)
    oxygen = seen.oxygen
    assert oxygen is not None
    add = data.draw(decimals("0.1", "0.5", "2", "5", "30"))
    higher = min(getattr(oxygen, field) + add, Decimal(100))
    more = with_one_changed(course, seen, oxygen=replace(oxygen, **{field: higher}))
    assert_none_is_lower(course, more)


# --- No dose is over its limit

# suggestion, drug of a choice, most of one dose, unit
LIMITS = {
    ("tocilizumab", None): (800, "mg"),
    ("repeat-tocilizumab", None): (800, "mg"),
    ("glucocorticoid", "hydrocortisone"): (100, "mg"),
    ("glucocorticoid", "dexamethasone"): (10, "mg"),
    ("dexamethasone", None): (8, "mg"),
    ("high-dose-steroid", None): (1000, "mg"),
    ("resume-infusion", None): (28, "mcg/day"),
}


def doses(suggestion: Suggestion) -> list[Dose]:
    every = (suggestion.dose, suggestion.up_to, suggestion.then, *suggestion.choices)
    return [dose for dose in every if isinstance(dose, Dose)]


@given(course=courses())
def test_no_dose_is_over_its_limit(course: Course) -> None:
    for seen in grade_course(course).assessments:
        for suggestion in seen.suggestions:
            for dose in doses(suggestion):
                _assert_within(suggestion.id, dose, course.protocol)


def _assert_within(step: str, dose: Dose, protocol: str) -> None:
    assert dose.amount > 0
    drug = dose.drug if step == "glucocorticoid" else None
    if drug == "methylprednisolone":  # by weight, no limit printed: 1 mg/kg/day, under `lee-2014` 2
        assert dose.weight_kg is not None
        most, unit = dose.weight_kg * (2 if protocol == "lee-2014" else 1) + Decimal("0.5"), "mg"
    else:
        most, unit = (Decimal(LIMITS[step, drug][0]), LIMITS[step, drug][1])
    assert dose.unit == unit, (step, dose)
    assert dose.amount <= most, (step, dose)


@given(course=courses())
def test_a_dose_shows_its_arithmetic_or_says_what_to_chart(course: Course) -> None:
    for seen in grade_course(course).assessments:
        for suggestion in seen.suggestions:
            assert all(dose.working for dose in doses(suggestion))
            for missing in (suggestion.dose, suggestion.then, *suggestion.choices):
                if isinstance(missing, MissingDose):
                    assert set(missing.missing) <= {"weight_kg", "height_cm"} and missing.missing


# --- What every answer keeps to


@given(course=courses())
def test_every_grade_lies_between_0_and_4_and_at_most_is_never_below_it(course: Course) -> None:
    for seen in grade_course(course).assessments:
        for verdict in seen.verdicts.values():
            if verdict.grade is None:
                assert verdict.at_most is None
                assert verdict.scale == "icans-2019"
                continue
            assert verdict.at_most is not None
            assert 0 <= verdict.grade <= verdict.at_most <= 4
            assert verdict.grade == max((r.grade for r in verdict.met), default=0)
            if verdict.pending is not None:
                assert verdict.grade < verdict.pending.grade <= verdict.at_most
                assert verdict.pending.at > seen.at


@given(course=courses())
def test_an_unknown_criterion_says_what_to_chart_and_a_met_one_shows_its_values(course: Course) -> None:
    for seen in grade_course(course).assessments:
        for verdict in seen.verdicts.values():
            assert not [r for r in verdict.unknown if not (r.chart and all(r.chart))]
            assert not [r for r in verdict.met if not r.evidence or r.chart]
            assert verdict.certain or verdict.grade is None or verdict.to_chart


@given(course=courses())
def test_before_the_infusion_nothing_is_graded_and_the_grade_of_later_times_does_not_hear_of_it(course: Course) -> None:
    graded = grade_course(course)
    for seen in graded.assessments:
        assert bool(seen.verdicts) == (seen.at >= STARTED)
    kept = tuple(e for e in course.events if not (isinstance(e, Assessment) and e.at < STARTED))
    later = [a for a in graded.assessments if a.at >= STARTED]
    assert list(grade_course(replace(course, events=kept)).assessments) == later


@given(course=courses())
def test_a_prefix_of_a_course_is_graded_as_it_was_then(course: Course) -> None:
    whole = grade_course(course).assessments
    for n, seen in enumerate(whole):
        known = tuple(e for e in course.events if e.at <= seen.at)
        assert grade_course(replace(course, events=known)).assessments == whole[: n + 1]


@given(course=courses())
def test_no_drug_is_suggested_before_crs_is_confirmed(course: Course) -> None:
    drugs = {
        "tocilizumab",
        "glucocorticoid",
        "dexamethasone",
        "repeat-tocilizumab",
        "high-dose-steroid",
        "other-agents",
        "discontinue-permanently",
    }
    for seen in grade_course(course).assessments:
        ids = {s.id for s in seen.suggestions}
        if "confirm-crs" in ids:
            assert not ids & drugs


@given(course=courses())
def test_suggestions_of_the_protocols_never_mix(course: Course) -> None:
    own = {
        "lee-2014": {"echocardiogram", "stress-dose"},
        "review-2024": {
            "consult-label",
            "dexamethasone",
            "discontinue-permanently",
            "resume-infusion",
            "high-dose-steroid",
            "look-again",
        },
    }
    other = own["review-2024" if course.protocol == "lee-2014" else "lee-2014"]
    for seen in grade_course(course).assessments:
        ids = [s.id for s in seen.suggestions]
        assert len(ids) == len(set(ids))
        assert not set(ids) & other
        assert all(len(s.headline) < 140 for s in seen.suggestions)


def _tocilizumab(hours: float) -> Treatment:
    return Treatment(at=STARTED + timedelta(hours=hours), drug="tocilizumab", dose=Decimal(568), unit="mg", route="iv")


@given(course=courses(), hours=st.lists(st.integers(0, 100), min_size=4, max_size=6, unique=True))
def test_after_four_tocilizumab_doses_no_fifth_is_suggested(course: Course, hours: list[int]) -> None:
    given_ = tuple(_tocilizumab(h) for h in hours)
    fourth = sorted(t.at for t in given_)[3]
    for seen in grade_course(replace(course, events=(*course.events, *given_))).assessments:
        if seen.at >= fourth:
            assert not {"tocilizumab", "repeat-tocilizumab"} & {s.id for s in seen.suggestions}
