"""Do the patients that Lee 2014 prints, charted act by act, get at each step what Lee's protocol suggests?

The worked cases say what to expect after each assessment. It is asked twice: of the course as the pages read it, and of
what was stored with the act. The laboratory evaluation is left out: which results are missing is not the paper's.
"""

import json
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from grading import record
from grading.casefile import Case, read_line
from grading.result import Dose, MissingDose
from tests.patients.replay import Replay, in_time_order

pytestmark = pytest.mark.django_db

LINES = (Path(__file__).parents[1] / "grading" / "cases" / "lee-2014.ndjson").read_bytes().splitlines()
PRINTED = {"lee-2014-case-1": 1, "lee-2014-case-2": 3, "lee-2014-case-3": 3, "lee-2014-figure-3": 3}
LEFT_OUT = "evaluate"

Step = tuple[object, datetime | None]  # the dose or what it lacks, and not before when


def case_and_expected(line: bytes) -> tuple[record.Course, dict[str, Any]]:
    case = read_line(line)
    assert isinstance(case, Case)
    return case.course, json.loads(line)["expect"]


def moment(text: str | None, replay: Replay) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text) + replay.shift


def wanted(details: dict[str, Any], replay: Replay) -> Step:
    return stored_dose(details.get("dose")), moment(details.get("not_before"), replay)


def stored_dose(dose: dict[str, Any] | None) -> object:
    if dose is None:
        return None
    return tuple(dose["missing"]) if "missing" in dose else (Decimal(str(dose["amount"])), dose["unit"])


def computed_dose(dose: Dose | MissingDose | None) -> object:
    if dose is None:
        return None
    return dose.missing if isinstance(dose, MissingDose) else (dose.amount, dose.unit)


def suggested_now(replay: Replay) -> dict[str, Step]:
    found = replay.graded().suggestions
    assert [one.id for one in found] == list(replay.cards())
    return {one.id: (computed_dose(one.dose), one.not_before) for one in found if one.id != LEFT_OUT}


def suggested_as_stored(replay: Replay) -> dict[str, Step]:
    return {
        one["id"]: (stored_dose(one["dose"]), one["not_before"] and datetime.fromisoformat(one["not_before"]))
        for one in replay.stored_suggestions()
        if one["id"] != LEFT_OUT
    }


@pytest.mark.parametrize("line", LINES, ids=[json.loads(line)["case"] for line in LINES])
def test_each_assessment_of_a_printed_patient_brings_what_lee_2014_suggests_there(line: bytes) -> None:
    course, expect = case_and_expected(line)
    replay = Replay(course, course.events)
    after = iter(expect["assessments"])
    for event in in_time_order(course.events):
        replay.chart(event)
        if not isinstance(event, record.Assessment):
            continue
        want = next(after)
        assert event.at == datetime.fromisoformat(want["at"])
        steps = {step: wanted(details, replay) for step, details in want["suggestions"].items()}
        assert suggested_now(replay) == steps, want["at"]
        assert suggested_as_stored(replay) == steps, want["at"]
        latest = replay.latest()
        assert latest.governing == want["governing"] == "lee-2014"
        grades = {scale: (grade["grade"], grade["at_most"]) for scale, grade in want["grades"].items()}
        assert {scale: (v.grade, v.at_most) for scale, v in latest.verdicts.items()} == grades, want["at"]
        assert replay.stored_grades() == grades, want["at"]
    assert next(after, None) is None


@pytest.mark.parametrize("line", LINES, ids=[json.loads(line)["case"] for line in LINES])
def test_at_the_end_a_printed_patient_has_the_printed_grade(line: bytes) -> None:
    course, expect = case_and_expected(line)
    replay = Replay(course, course.events)
    replay.chart(*in_time_order(course.events))
    maxima = replay.graded().maxima
    assert maxima["lee-2014"].grade == PRINTED[json.loads(line)["case"]]
    assert maxima["lee-2014"].grade == expect["published"]["lee-2014"]["max_grade"]
    for scale in maxima:
        want = expect["course"][scale]
        assert (maxima[scale].grade, maxima[scale].at) == (want["max_grade"], moment(want["max_grade_at"], replay))


def test_the_patients_replayed_are_the_four_that_lee_2014_prints() -> None:
    assert {json.loads(line)["case"] for line in LINES} == set(PRINTED)
