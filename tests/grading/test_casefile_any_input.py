"""Does any line whatever get an answer: graded, or an error with a path, and never a crash?"""

import copy
import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from grading.casefile import Case, Rejected, read_line
from grading.casefile_output import csv_columns, csv_rows, graded_document, line_of, rejected_document
from grading.course import grade_course
from grading.words import SCALES
from tests.grading.lines import EXAMPLE

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(("2026-03-05T08:00:00Z", "2014-08-30", "car-t", "norepinephrine", "mcg/min", "\ud800", "1e9"))
)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


def paths(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a JSON value."""
    found = [at] if at else []
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        found += paths(inner, (*at, key))
    return found


PATHS = paths(EXAMPLE)


def answered(line: bytes) -> None:
    """Reads, grades and writes one line both ways."""
    case = read_line(line)
    if isinstance(case, Case):
        document = graded_document(case.name, grade_course(case.course))
    else:
        assert isinstance(case, Rejected)
        assert case.faults
        assert all(fault.message for fault in case.faults)
        document = rejected_document(case, "line 1")
    line_of(document).encode("utf-8")
    for row in csv_rows(document, tuple(SCALES)):
        assert len(row) == len(csv_columns(tuple(SCALES)))
        "".join(row).encode("utf-8")


@given(data=st.data())
def test_anything_in_place_of_a_few_values_is_answered(data: st.DataObject) -> None:
    document = copy.deepcopy(EXAMPLE)
    for path in data.draw(st.lists(st.sampled_from(PATHS), min_size=1, max_size=3)):
        inner: Any = document
        try:
            for step in path[:-1]:
                inner = inner[step]
            inner[path[-1]] = data.draw(JSON)
        except (KeyError, IndexError, TypeError):
            continue  # an earlier change has taken the place away
    answered(json.dumps(document).encode())


@given(line=st.binary(max_size=60) | JSON.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_are_answered(line: bytes) -> None:
    answered(line)


@given(at=st.integers(0, 3000), other=st.binary(max_size=4))
def test_a_line_with_some_bytes_changed_is_answered(at: int, other: bytes) -> None:
    line = json.dumps(EXAMPLE).encode()
    at %= len(line)
    answered(line[:at] + other + line[at + len(other) + 1 :])
