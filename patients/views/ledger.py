"""What does the ledger of tocilizumab and glucocorticoids show: each dose, the grade at it and since, what is next?"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import zip_longest
from typing import Any, Final

from grading.result import GradedAssessment, GradedCourse, LedgerEntry
from grading.resuming import increase
from grading.standing import GLUCOCORTICOID_RUNS
from patients.models import Treatment
from patients.record import Charted

STEPS_SHOWN: Final = 6  # changes of grade after one dose
LATEST: Final = 3  # glucocorticoid doses shown at once


@dataclass(frozen=True, slots=True)
class Step:
    """A grade since the dose, from when on. `sure`: it is certain; `left_out` as of `Verdict`."""

    grade: int
    sure: bool
    at: datetime
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerRow:
    """One dose. `since` are the grades after it, only where they changed, up to the next dose of the ledger."""

    entry: LedgerEntry
    left_out: tuple[str, ...]  # by the grade at the dose
    since: tuple[Step, ...]
    more: bool  # earlier changes are left out
    marks: tuple[str, ...]
    by: str


def ledgers(charted: Charted, graded: GradedCourse, now: datetime) -> dict[str, Any]:
    """What the ledger's section takes: both ledgers, whether a glucocorticoid runs, a resumption's second step."""
    glucocorticoids = graded.glucocorticoids
    last = glucocorticoids[-1].at if glucocorticoids else None
    rows = _rows(glucocorticoids, graded.assessments)
    return {
        "tocilizumab_rows": _rows(graded.tocilizumab, graded.assessments),
        "glucocorticoid_rows": rows,
        "glucocorticoid_latest": rows[-LATEST:],
        "glucocorticoid_earlier": rows[:-LATEST],
        "glucocorticoid_last": last,
        "glucocorticoid_runs_until": last + GLUCOCORTICOID_RUNS if last else None,
        "increase": increase(charted.course, graded, charted.settings, now),
    }


def _rows(entries: Sequence[LedgerEntry], assessments: Sequence[GradedAssessment]) -> tuple[LedgerRow, ...]:
    return tuple(
        _row(entry, after.at if after else None, assessments) for entry, after in zip_longest(entries, entries[1:])
    )


def _row(entry: LedgerEntry, end: datetime | None, assessments: Sequence[GradedAssessment]) -> LedgerRow:
    steps: list[Step] = []
    left_out: tuple[str, ...] = ()
    for one in assessments:
        verdict = one.verdict
        if verdict is None or verdict.grade is None or (end is not None and one.at > end):
            continue
        if one.at <= entry.at:
            left_out = verdict.left_out
            continue
        step = Step(verdict.grade, verdict.certain, one.at, verdict.left_out)
        if not steps or replace(steps[-1], at=step.at) != step:
            steps.append(step)
    row = entry.ref
    return LedgerRow(
        entry=entry,
        left_out=left_out,
        since=tuple(steps[-STEPS_SHOWN:]),
        more=len(steps) > STEPS_SHOWN,
        marks=tuple(mark["words"] for mark in row.marked) if isinstance(row, Treatment) else (),
        by=str(row.entered_by) if isinstance(row, Treatment) else "",
    )
