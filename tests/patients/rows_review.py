"""Which courses show the rows of `review-2024` for every cause, and after CAR-T and other cells? (rules 4.2, 4.3)"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from tests.grading.ward import febrile, patient, runs, well
from tests.patients.row_courses import LOW, MASK, VENTILATED, RowCourse, dexa, pred, toci

# Both drugs given at grade 3, and after 8 hours the one of them repeated: neither has helped by hour 66
PERSISTENT = [febrile(50, **MASK), toci(50), dexa(50), febrile(58, **MASK), toci(58), febrile(62, **MASK)]

OF_EVERY_CAUSE: Final = (
    RowCourse(
        step="no-immunosuppression",
        words="at a certain grade 1",
        before=[well(40)],
        brings=[febrile(48)],
        stands=[febrile(52, temperature_c="39.5")],
        ends={
            "grade 2": [febrile(53, **LOW)],
            "grade 0": [well(53)],
            "no longer certain": [febrile(57, oxygen=None)],
            "ICANS 1": [febrile(53, ice_score=9)],
            "a glucocorticoid runs": [dexa(52.5), febrile(53)],
        },
    ),
    RowCourse(
        step="judge-severity",
        words="until somebody judges",
        before=[febrile(46)],
        brings=[febrile(48, **LOW)],
        answer="declined: already-done",
        stands=[febrile(49, **LOW | {"systolic": 110})],
        ends={
            "judged yes": [febrile(50, **LOW, severe_grade_2=True)],
            "judged no": [febrile(50, **LOW, severe_grade_2=False)],
            "grade 3": [febrile(50, **MASK)],
            "grade 1": [febrile(50)],
        },
    ),
    RowCourse(
        step="repeat-tocilizumab",
        words="8 hours after a dose that did not help",
        before=[febrile(50, **MASK), toci(50), febrile(54, **MASK)],
        brings=[febrile(58, **MASK)],
        doses=("560 mg",),
        not_before=58,
        stands=[febrile(58.5, **MASK)],
        ends={
            "given": [toci(59), febrile(59.5, **MASK)],
            "grade 2 judged no": [febrile(59, **LOW, severe_grade_2=False)],
            "improved": [febrile(59, **LOW)],
            "grade 1": [febrile(59)],
            "four given": [toci(58.5), toci(58.5), toci(58.5), febrile(68, **MASK)],
        },
    ),
    RowCourse(
        step="repeat-tocilizumab",
        words="worse after a dose",
        before=[febrile(50, **MASK), toci(50)],
        brings=[febrile(52, **VENTILATED)],
        answer="watching",
        doses=("560 mg",),
        not_before=58,
        stands=[febrile(52.25, **VENTILATED)],
        ends={"given": [toci(58), febrile(58.5, **VENTILATED)]},
    ),
    RowCourse(
        step="look-again",
        words="8 hours after the first treatment",
        before=[febrile(50, **MASK), dexa(50), febrile(54, **MASK)],
        brings=[febrile(58, **MASK)],
        answer="declined: already-done",
        stands=[febrile(59, **MASK)],
        ends={
            "grade 2 judged no": [febrile(60, **LOW, severe_grade_2=False)],
            "improved": [febrile(60, **LOW)],
        },
    ),
    RowCourse(
        step="high-dose-steroid",
        words="after both drugs have failed",
        before=PERSISTENT,
        brings=[febrile(66, **MASK)],
        doses=("140 mg", "1000 mg"),
        stands=[pred(66.5, 139), febrile(67, **MASK)],
        ends={
            "2 mg/kg given": [pred(67.5, 140), febrile(68, **MASK)],
            "a third dose on trial": [toci(67.5), febrile(68, **MASK)],
            "grade 2": [febrile(68, **LOW)],
        },
    ),
    RowCourse(
        step="other-agents",
        words="whatever methylprednisolone was given",
        before=PERSISTENT,
        brings=[febrile(66, **MASK)],
        answer="declined: unavailable",
        stands=[pred(66.5, 140), febrile(67, **MASK)],
        ends={
            "a third dose on trial": [toci(67.5), febrile(68, **MASK)],
            "grade 2": [febrile(68, **LOW)],
        },
    ),
    RowCourse(
        step="taper-steroid",
        words="once improved to grade 0",
        before=[febrile(50, **MASK), toci(50), dexa(50), febrile(54, **MASK)],
        brings=[well(58)],
        stands=[well(60)],
        ends={
            "24 hours after the last dose": [well(74.25)],
            "grade 3 again": [febrile(61, **MASK)],
            "ICANS 1": [well(61, ice_score=9)],
            "a vasopressor for another reason": [
                well(61, vasopressors=(runs("norepinephrine", 2, for_hypotension=False),))
            ],
            "vasopressors no longer known": [well(64.25, vasopressors=None)],
        },
    ),
    RowCourse(
        step="taper-steroid",
        words="at grade 2 judged no",
        before=[febrile(50, **MASK), toci(50), dexa(50), febrile(54, **LOW)],
        brings=[febrile(55, **LOW, severe_grade_2=False)],
        answer="declined: not-indicated",
        stands=[febrile(56, **LOW)],
        ends={
            "the judgement ran out": [febrile(61.25, **LOW)],
            "judged yes": [febrile(57, **LOW, severe_grade_2=True)],
        },
    ),
)


def every_cause() -> Iterator[RowCourse]:
    """Where ASTCT governs and where CTCAE v5 does."""
    for row in OF_EVERY_CAUSE:
        for cause in ("car-t", "bispecific"):
            yield replace(row, cause=cause)


CELLS: Final = (
    RowCourse(
        step="tocilizumab",
        words="at grade 3",
        before=[febrile(46)],
        brings=[febrile(48, **MASK)],
        doses=("560 mg",),
        stands=[febrile(49, **MASK)],
        ends={
            "given": [toci(49.25), febrile(49.5, **MASK)],
            "grade 2 judged no": [febrile(50, **LOW, severe_grade_2=False)],
            "grade 1": [febrile(50)],
        },
    ),
    RowCourse(
        step="tocilizumab",
        words="at grade 2 judged yes",
        cause="other-cells",
        before=[febrile(46, **LOW)],
        brings=[febrile(48, **LOW, severe_grade_2=True)],
        answer="declined: another-cause",
        doses=("560 mg",),
        stands=[febrile(56, **LOW)],
        ends={
            "given": [toci(56.25), febrile(56.5, **LOW)],
            "judged no": [febrile(57, **LOW, severe_grade_2=False)],
        },
    ),
    RowCourse(
        step="tocilizumab",
        words="after a dose from before the infusion, below 30 kg",
        who=patient(8, 25, 125),
        before=[toci(-4), febrile(2)],
        brings=[febrile(3, **MASK)],
        answer="watching",
        doses=("300 mg",),
        not_before=4,
        stands=[febrile(3.5, **MASK)],
        ends={
            "given": [toci(4), febrile(4.5, **MASK)],
            "none is left": [toci(-5), toci(-6), toci(-7), febrile(4.5, **MASK)],
        },
    ),
    RowCourse(
        step="glucocorticoid",
        words="at grade 3, one of three",
        before=[febrile(46)],
        brings=[febrile(48, **MASK)],
        doses=("100 mg", "10 mg", "70 mg"),
        stands=[febrile(49, **MASK)],
        ends={
            "given": [dexa(49.25), febrile(49.5, **MASK)],
            "grade 1": [febrile(50)],
        },
    ),
    RowCourse(
        step="glucocorticoid",
        words="with a repeated tocilizumab at grade 2",
        cause="other-cells",
        who=patient(8, 25, 125),
        before=[febrile(48, **LOW), toci(48), febrile(52, **LOW)],
        brings=[febrile(56, **LOW)],
        answer="declined: patients-wishes",
        doses=("25 mg",),
        stands=[febrile(57, **LOW)],
        ends={
            "judged no": [febrile(58, **LOW, severe_grade_2=False)],
            "the repeat given": [toci(57.5), febrile(58, **LOW)],
        },
    ),
    RowCourse(
        step="glucocorticoid",
        words="not beside the high dose",
        before=[*PERSISTENT, febrile(66, **MASK), toci(70), febrile(72, **MASK)],
        brings=[febrile(74.25, **MASK)],
        answer="watching",
        doses=("100 mg", "10 mg", "70 mg"),
        stands=[febrile(75, **MASK)],
        ends={
            "the third dose failed too": [febrile(78, **MASK)],
            "given": [pred(75.25, 70), febrile(75.5, **MASK)],
        },
    ),
    RowCourse(
        step="consult-label",
        words="from grade 1",
        before=[well(40)],
        brings=[febrile(48)],
        stands=[febrile(52)],
        ends={"grade 0": [well(60)]},
    ),
)
