"""Does every course, however it was charted, get a grade that keeps to the rules? And every line of a case file?

The properties of tests/grading/test_properties.py look at one rule each, on courses made for it. Here each course is
asked all that holds for every course, so that what only many together bring about is found too.
"""

import copy
import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crsweb.spreadsheet import written
from grading.casefile import Case, Rejected, read_line
from grading.casefile_output import csv_columns, csv_rows, graded_document, line_of, rejected_document
from grading.course import grade_course
from grading.record import Assessment, Course, Death, Event, InfusionEvent, Laboratory, Treatment, Weight
from grading.result import Verdict
from grading.words import CRS_SCALES, SCALES
from tests.fuzz.conftest import FULL
from tests.fuzz.odd import texts
from tests.grading.courses import courses
from tests.grading.test_properties import TAKEN_AWAY, graded_by_name

ALL: Final = 100_000
COURSES: Final = (ALL if FULL else ALL // 10) * 7 // 10 // 10  # each is graded at least ten times, changed a little
LINES: Final = (ALL if FULL else ALL // 10) * 3 // 10 // 5  # and each written as five lines
CHECKS: Final = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
TYPES: Final[Mapping[type[Event], str]] = {
    Assessment: "assessment",
    Treatment: "treatment",
    Laboratory: "laboratory",
    InfusionEvent: "infusion",
    Weight: "weight",
    Death: "death",
}


@settings(max_examples=COURSES, derandomize=not FULL, suppress_health_check=CHECKS)
@given(course=courses(most=4))
def test_every_course_is_graded_as_the_rules_say_of_all(course: Course) -> None:
    graded = grade_course(course)
    for seen in graded.assessments:
        assert set(seen.verdicts) in (set(), set(SCALES))
        assert bool(seen.verdicts) == (seen.at >= course.infusion.started_at)
        for verdict in seen.verdicts.values():
            explained(verdict)
    assert grade_course(replace(course, events=course.events[::-1])) == graded  # the order of the rows says nothing
    for what in TAKEN_AWAY:
        what_is_no_longer_known_leaves_the_true_grade_possible(course, what)


def explained(verdict: Verdict) -> None:
    """A grade lies within its scale and says what led to it, and what is missing says what to chart."""
    if verdict.grade is None:
        assert (verdict.scale, verdict.at_most) == ("icans-2019", None)
        return
    assert verdict.at_most is not None and 0 <= verdict.grade <= verdict.at_most <= 4
    assert verdict.grade == max((reason.grade for reason in verdict.met), default=0)
    assert all(reason.evidence and not reason.chart and reason.source for reason in verdict.met)
    assert all(reason.chart and all(reason.chart) and reason.source for reason in verdict.unknown)
    assert all(reason.sentence() for reason in (*verdict.met, *verdict.unknown))
    if verdict.at_most > verdict.grade:
        assert verdict.to_chart or verdict.pending is not None, verdict


def what_is_no_longer_known_leaves_the_true_grade_possible(course: Course, what: str) -> None:
    """The last assessment alone, with one thing taken away: never a lower maximum, never a higher grade."""
    last = max((one for one in course.events if isinstance(one, Assessment)), key=lambda one: one.at)
    others = tuple(one for one in course.events if not isinstance(one, Assessment | Weight))
    if last.at < course.infusion.started_at or (what == "flow" and graded_by_name(last.oxygen)):
        return
    fewer, patient = TAKEN_AWAY[what](last, course.patient)
    before = grade_course(replace(course, events=(*others, last))).latest
    after = grade_course(replace(course, patient=patient, events=(*others, fewer))).latest
    assert before is not None and after is not None
    for scale in CRS_SCALES:
        was, now = before.verdicts[scale], after.verdicts[scale]
        assert now.grade is not None and was.grade is not None and was.at_most is not None and now.at_most is not None
        assert now.grade <= was.grade, (scale, what)
        assert now.at_most >= was.at_most, (scale, what)


# --- The case file


def grades(course: Course) -> list[dict[str, tuple[int | None, int | None]]]:
    seen = grade_course(course).assessments
    return [{scale: (one.grade, one.at_most) for scale, one in each.verdicts.items()} for each in seen]


def document_of(course: Course) -> dict[str, Any]:
    """The course as a line of a case file."""
    patient = _plain(course.patient)
    patient["baseline"] = {
        "systolic": patient.pop("baseline_systolic"),
        "diastolic": patient.pop("baseline_diastolic"),
        "home_oxygen_l_min": patient.pop("home_oxygen_l_min"),
    }
    events = [{"type": TYPES[type(one)], **_plain(one)} for one in course.events]
    for one in events:
        one.pop("ref", None)
    infusion = _plain(course.infusion)
    return {"case": "any", "protocol": course.protocol, "patient": patient, "infusion": infusion, "events": events}


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {one.name: _plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, Mapping):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if isinstance(value, datetime):
        return value.isoformat()
    return float(value) if isinstance(value, Decimal) else value


def places(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a JSON value."""
    found = [at] if at else []
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        found += places(inner, (*at, key))
    return found


SCALARS: Final = st.none() | st.booleans() | st.integers() | st.floats() | texts().filter(lambda text: len(text) < 2000)
JSON: Final = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=5,
)


@settings(max_examples=LINES, derandomize=not FULL, suppress_health_check=CHECKS)
@given(course=courses(most=3), data=st.data())
def test_every_line_of_a_case_file_is_graded_or_told_what_is_wrong(course: Course, data: st.DataObject) -> None:
    written = document_of(course)
    everywhere = places(written)
    for _ in range(5):
        document = copy.deepcopy(written)
        *way, last = data.draw(st.sampled_from(everywhere))
        inner: Any = document
        for step in way:
            inner = inner[step]
        inner[last] = data.draw(JSON)
        answered(json.dumps(document).encode())


def answered(line: bytes) -> None:
    case = read_line(line)
    if isinstance(case, Case):
        graded = grade_course(case.course)
        for seen in graded.assessments:
            for verdict in seen.verdicts.values():
                explained(verdict)
        answer = graded_document(case.name, graded)
    else:
        assert isinstance(case, Rejected) and case.faults
        assert all(fault.message for fault in case.faults)
        answer = rejected_document(case, "line 1")
    line_of(answer).encode()
    for row in csv_rows(answer, tuple(SCALES)):
        assert len(row) == len(csv_columns(tuple(SCALES)))
        cells = [written(cell) for cell in row]
        "".join(cells).encode()
        assert not [cell for cell in cells if cell[:1] in ("=", "+", "@", "\t", "\r", "\n")]


def test_a_course_that_is_written_as_a_line_is_read_as_the_same_course() -> None:
    @settings(max_examples=100, suppress_health_check=CHECKS)
    @given(course=courses(most=3))
    def written_and_read(course: Course) -> None:
        case = read_line(json.dumps(document_of(course)).encode())
        if isinstance(case, Case):
            assert grades(case.course) == grades(course)

    written_and_read()
