"""Does each criterion take each truth value that the rules allow it, and are those it cannot take known by name?"""

import json
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest

from grading.casefile import Case, read_line
from grading.course import grade_course
from grading.scales import ALL
from tests.grading.ward import course, on, seen, well

CASES = Path(__file__).parent / "cases"

# What a criterion can never be, and why (rules 1, 2.1, 2.3, 2.4, 2.5)
NEVER = {
    ("astct-2019", "pressure-not-restored", "met"): "it may require a vasopressor: open or refuted, never met",
    ("ctcae-5", "pressure-not-restored", "met"): "as ASTCT",
    ("ctcae-5", "life-threatening", "unknown"): "not charted means not judged so",
    ("ctcae-4", "life-threatening", "unknown"): "not charted means not judged so",
    ("icans-2019", "motor-weakness", "unknown"): "not in force it is absent",
    ("icans-2019", "focal-edema", "unknown"): "not in force it is absent",
    ("icans-2019", "raised-icp", "unknown"): "not in force it is absent",
}
EVERY = [
    (scale.id, criterion.key, truth)
    for scale in ALL
    for criterion in scale.criteria
    for truth in ("met", "unknown", "refuted")
]


@cache
def taken() -> frozenset[tuple[str, str, str]]:
    """Every truth value that a criterion took over the worked cases and a few assessments more."""
    found = defaultdict(set)
    more = (
        course(well(1, raised_icp="diffuse-edema-or-raised-icp"), well(20, seizure="prolonged")),
        course(well(1, motor_weakness=True), well(20, capd_score=9, ice_score=None), well(40, capd_score=0)),
        course(seen(1, ice_score=10), seen(30, raised_icp="focal-edema"), well(60, oxygen=on("bipap"))),
    )
    lines = [line for file in sorted(CASES.glob("*.ndjson")) for line in file.read_bytes().splitlines()]
    read = [read_line(line) for line in lines]
    for one in [*(case.course for case in read if isinstance(case, Case)), *more]:
        for graded in grade_course(one).assessments:
            for scale in ALL:
                verdict = graded.verdicts.get(scale.id)
                if verdict is None or verdict.grade is None:
                    continue
                met = {reason.key for reason in verdict.met}
                unknown = {reason.key for reason in verdict.unknown}
                for criterion in scale.criteria:
                    key = criterion.key
                    truth = "met" if key in met else "unknown" if key in unknown else "refuted"
                    found[scale.id].add((scale.id, key, truth))
    return frozenset(triple for triples in found.values() for triple in triples)


@pytest.mark.parametrize(("scale", "key", "truth"), EVERY)
def test_a_criterion_takes_each_truth_value_but_those_named(scale: str, key: str, truth: str) -> None:
    assert ((scale, key, truth) in taken()) is ((scale, key, truth) not in NEVER)


def test_the_table_of_what_cannot_be_names_only_criteria_that_exist() -> None:
    assert set(NEVER) <= set(EVERY)


def test_every_worked_case_can_be_read() -> None:
    for file in sorted(CASES.glob("*.ndjson")):
        for line in file.read_bytes().splitlines():
            assert isinstance(read_line(line), Case), json.loads(line)["case"]
