"""Does the command give the worked cases the grades, suggestions, doses, episodes and maxima they expect?

The four patients that Lee 2014 prints, the edges of the rules, and invented courses; `published` is what the paper
prints and outranks all else.
"""

import json
import subprocess
import sys
from datetime import datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
CASES = Path(__file__).parent / "cases"
ORIGINALS = ROOT.parent / "shared" / "cases"
FILES = ("lee-2014", "edges", "courses")


@cache
def expected(file: str) -> dict[str, Any]:
    lines = (CASES / f"{file}.ndjson").read_text(encoding="utf-8").splitlines()
    return {case["case"]: case["expect"] for case in map(json.loads, lines)}


@cache
def answers(file: str) -> dict[str, Any]:
    """The command's answers to one file, run once."""
    command = [sys.executable, "manage.py", "grade", str(CASES / f"{file}.ndjson")]
    run = subprocess.run(command, cwd=ROOT, env={}, capture_output=True, text=True, encoding="utf-8", timeout=300)
    assert run.returncode == 0, run.stderr
    return {answer["case"]: answer for answer in map(json.loads, run.stdout.splitlines())}


def moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def pending(value: dict[str, Any] | None) -> tuple[int, datetime | None] | None:
    return None if value is None else (value["grade"], moment(value["at"]))


def dose(value: dict[str, Any] | None) -> object:
    if not value:
        return None
    return tuple(value["missing"]) if "missing" in value else (Decimal(str(value["amount"])), value["unit"])


def every_case() -> list[Any]:
    return [pytest.param(file, name, id=name) for file in FILES for name in expected(file)]


@pytest.mark.parametrize(("file", "name"), every_case())
def test_a_worked_case_is_graded_as_expected(file: str, name: str) -> None:
    expect, answer = expected(file)[name], answers(file)[name]
    assert [moment(a["at"]) for a in answer["assessments"]] == [moment(e["at"]) for e in expect["assessments"]]
    for want, found in zip(expect["assessments"], answer["assessments"], strict=True):
        grades = {s: (g["grade"], g["at_most"], pending(g["pending"])) for s, g in found["grades"].items()}
        assert grades == {s: (g["grade"], g["at_most"], pending(g["pending"])) for s, g in want["grades"].items()}, (
            want["at"]
        )
        if want["grades"]:
            assert found["governing"] == want["governing"], want["at"]
        suggested = {s["id"]: s for s in found["suggestions"] if s["id"] != "evaluate"}
        assert sorted(suggested) == sorted(want["suggestions"]), want["at"]
        for step, details in want["suggestions"].items():
            if "dose" in details:
                assert dose(suggested[step]["dose"]) == dose(details["dose"]), (want["at"], step)
            if "not_before" in details:
                assert moment(suggested[step]["not_before"]) == moment(details["not_before"]), (want["at"], step)


@pytest.mark.parametrize(("file", "name"), every_case())
def test_a_worked_case_has_the_expected_episodes_and_maxima(file: str, name: str) -> None:
    course = answers(file)[name]["course"]
    for key, want in expected(file)[name]["course"].items():
        if key == "episodes":
            assert [(moment(e["onset_at"]), moment(e["resolved_at"])) for e in course[key]] == [
                (moment(e["onset_at"]), moment(e["resolved_at"])) for e in want
            ]
        else:
            assert (course[key]["max_grade"], moment(course[key]["max_grade_at"])) == (
                want["max_grade"],
                moment(want["max_grade_at"]),
            ), key


@pytest.mark.parametrize(
    ("name", "grade"),
    [("lee-2014-case-1", 1), ("lee-2014-case-2", 3), ("lee-2014-case-3", 3), ("lee-2014-figure-3", 3)],
)
def test_a_patient_that_lee_2014_prints_has_the_printed_grade(name: str, grade: int) -> None:
    assert answers("lee-2014")[name]["course"]["lee-2014"]["max_grade"] == grade
    assert expected("lee-2014")[name]["published"]["lee-2014"]["max_grade"] == grade


@pytest.mark.parametrize("file", FILES)
def test_the_copies_of_the_worked_cases_agree_with_the_originals(file: str) -> None:
    original = ORIGINALS / f"{file}.ndjson"
    if not original.exists():
        pytest.skip("the originals are not beside this checkout")
    assert (CASES / original.name).read_bytes() == original.read_bytes()
