"""Which scale governs, and which steps does a protocol suggest? (rules 3.3, 4)

Doses of one protocol are never shown beside the other's: one protocol speaks at a time.
"""

from __future__ import annotations

from grading.given import TOCILIZUMAB_DOSES, Given
from grading.protocols import common, lee_2014, review_2024, review_every_cause
from grading.protocols.row import GradeReason, Row
from grading.result import Suggestion
from grading.standing import Standing


def governing_scale(protocol: str, cause: str) -> str:
    """The scale whose grade decides: always Lee under Lee; else ASTCT for cells, CTCAE v5 for the rest."""
    if protocol == "lee-2014":
        return "lee-2014"
    return "astct-2019" if cause in review_2024.BY_ASTCT else "ctcae-5"


def failure_hours(protocol: str) -> int:
    """After how many hours an unimproved grade is a failure."""
    return lee_2014.FAILED_H if protocol == "lee-2014" else review_every_cause.FAILED_H


def tocilizumab_allowed(protocol: str, given: Given) -> int:
    """Tocilizumab doses in the course at most. Lee names no product; the review gives it once with blinatumomab."""
    return TOCILIZUMAB_DOSES if protocol == "lee-2014" else given.tocilizumab_allowed


def rows(protocol: str, cause: str) -> tuple[Row, ...]:
    """The protocol's whole table for a cause, in the order in which steps are shown."""
    own = lee_2014.ROWS if protocol == "lee-2014" else review_2024.rows(cause)
    return (*common.FIRST, *own, *common.LAST)


def suggestions(protocol: str, s: Standing) -> tuple[Suggestion, ...]:
    """The steps that apply at this assessment."""
    grade = GradeReason.of(s)
    return tuple(row.suggestion(s, grade) for row in rows(protocol, s.cause) if row.applies(s))
