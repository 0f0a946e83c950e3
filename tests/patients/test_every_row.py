"""Does each row of the protocols, by an invented course for it, appear, get decided, stay decided, and go? (rules 4.2
to 4.5)"""

import pytest

from grading.protocols import common, rows
from grading.words import CAUSES
from tests.patients.row_courses import RowCourse, appears_is_decided_and_goes
from tests.patients.rows_antibodies import ANTIBODIES
from tests.patients.rows_lee import OF_LEE
from tests.patients.rows_review import CELLS, every_cause

EVERY_CAUSE = tuple(every_cause())
BY_ASTCT = {"car-t", "other-cells"}
IN_BOTH_PROTOCOLS = {row.id for row in (*common.FIRST, *common.LAST)}  # rules 4.1

# The rows by the sections of the rules, typed from them
SECTION_4_2 = {
    "no-immunosuppression",
    "judge-severity",
    "repeat-tocilizumab",
    "look-again",
    "high-dose-steroid",
    "other-agents",
    "taper-steroid",
}
SECTION_4_3 = {"tocilizumab", "glucocorticoid", "consult-label"}
SECTION_4_4 = {"interrupt-infusion", "discontinue-permanently", "dexamethasone", "tocilizumab", "resume-infusion"}
SECTION_4_5 = {
    "no-immunosuppression",
    "judge-severity",
    "tocilizumab",
    "glucocorticoid",
    "repeat-tocilizumab",
    "echocardiogram",
    "stress-dose",
    "interrupt-infusion",
    "other-agents",
    "taper-steroid",
}


@pytest.mark.django_db
@pytest.mark.parametrize("row", [*EVERY_CAUSE, *CELLS, *ANTIBODIES, *OF_LEE], ids=str)
def test_a_row_appears_is_decided_and_goes(row: RowCourse) -> None:
    appears_is_decided_and_goes(row)


@pytest.mark.parametrize("cause", CAUSES)
def test_the_protocols_have_the_rows_of_the_rules_and_no_other(cause: str) -> None:
    review = SECTION_4_2 | (SECTION_4_3 if cause in BY_ASTCT else SECTION_4_4)
    for protocol, own in (("review-2024", review), ("lee-2014", SECTION_4_5)):
        ids = [row.id for row in rows(protocol, cause)]
        assert len(ids) == len(set(ids))
        assert set(ids) == own | IN_BOTH_PROTOCOLS


@pytest.mark.parametrize(
    ("shown", "section", "protocol", "causes"),
    [
        (EVERY_CAUSE, SECTION_4_2, "review-2024", {"car-t", "bispecific"}),
        (CELLS, SECTION_4_3, "review-2024", BY_ASTCT),
        (ANTIBODIES, SECTION_4_4, "review-2024", set(CAUSES) - BY_ASTCT),
        (OF_LEE, SECTION_4_5, "lee-2014", set(CAUSES)),
    ],
    ids=["4.2", "4.3", "4.4", "4.5"],
)
def test_every_row_of_a_section_has_a_course_and_every_cause_has_one(
    shown: tuple[RowCourse, ...], section: set[str], protocol: str, causes: set[str]
) -> None:
    assert {row.step for row in shown} == section
    assert {row.protocol for row in shown} == {protocol}
    assert {row.cause for row in shown} == causes


def test_each_course_has_something_that_ends_it_and_is_accepted_declined_or_watched() -> None:
    every = [*EVERY_CAUSE, *CELLS, *ANTIBODIES, *OF_LEE]
    assert all(row.stands and row.ends for row in every)
    for section in (EVERY_CAUSE, CELLS, ANTIBODIES, OF_LEE):
        assert {row.answer.partition(":")[0] for row in section} == {"accepted", "declined", "watching"}
