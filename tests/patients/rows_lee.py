"""Which courses show each row of `lee-2014`? (rules 4.5)"""

from dataclasses import replace
from typing import Final

from tests.grading.ward import febrile, infusion, patient, runs, well
from tests.patients.row_courses import LOW, MASK, VENTILATED, RowCourse, dexa, pred, toci

EARLY = patient(40, extensive_comorbidities=True)
NOT_EARLY = patient(40, extensive_comorbidities=False)
CHILD = patient(8, 25, 125)
LONG_TERM = patient(40, long_term_glucocorticoid=True)

_OF_LEE = (
    RowCourse(
        step="no-immunosuppression",
        words="at a certain grade 1",
        before=[well(40)],
        brings=[febrile(48)],
        stands=[febrile(52, temperature_c="39.5")],
        ends={
            "grade 2 at a risk not known": [febrile(53, **LOW)],
            "grade 0": [well(53)],
            "no longer certain": [febrile(57, oxygen=None)],
            "ICANS 1": [febrile(53, ice_score=9)],
            "a glucocorticoid runs": [dexa(52.5), febrile(53)],
        },
    ),
    RowCourse(
        step="no-immunosuppression",
        words="at grade 2 without risk",
        cause="other-cells",
        who=NOT_EARLY,
        before=[well(40)],
        brings=[febrile(48, **LOW)],
        answer="declined: not-indicated",
        stands=[febrile(52, **LOW)],
        ends={
            "grade 3": [febrile(53, **MASK)],
            "comorbidities after all": [EARLY],
            "a dose given failed": [toci(52.25), febrile(76.25, **LOW)],
        },
    ),
    RowCourse(
        step="judge-severity",
        words="until comorbidities are charted",
        before=[febrile(46)],
        brings=[febrile(48, **LOW)],
        answer="watching",
        stands=[febrile(49, **LOW)],
        ends={
            "extensive": [EARLY],
            "not extensive": [NOT_EARLY],
            "65 years": [patient(65)],
            "grade 3": [febrile(50, **MASK)],
            "grade 1": [febrile(50)],
        },
    ),
    RowCourse(
        step="tocilizumab",
        words="at grade 2 with comorbidities",
        who=EARLY,
        before=[febrile(46)],
        brings=[febrile(48, **LOW)],
        doses=("280 mg",),
        stands=[febrile(49, **LOW)],
        ends={
            "given": [toci(49.25), febrile(49.5, **LOW)],
            "no comorbidities after all": [NOT_EARLY],
            "grade 1": [febrile(50)],
        },
    ),
    RowCourse(
        step="tocilizumab",
        words="at grade 3 of a child, after a dose from before the infusion",
        cause="haplo-hct",
        who=CHILD,
        before=[toci(-2), febrile(4, **LOW)],
        brings=[febrile(5, **MASK)],
        answer="declined: patients-wishes",
        doses=("200 mg",),
        not_before=6,
        stands=[febrile(5.5, **MASK)],
        ends={"none is left": [toci(-3), toci(-4), toci(-5)], "grade 1": [febrile(6)]},
    ),
    RowCourse(
        step="glucocorticoid",
        words="at grade 3",
        before=[febrile(46, **LOW)],
        brings=[febrile(48, **MASK)],
        doses=("140 mg",),
        stands=[febrile(49, **MASK)],
        ends={"given": [pred(49.25), febrile(49.5, **MASK)], "grade 1": [febrile(50)]},
    ),
    RowCourse(
        step="glucocorticoid",
        words="first line at ICANS 3",
        cause="bispecific",
        who=patient(65),
        before=[febrile(5, ice_score=2)],
        brings=[febrile(6, **LOW, ice_score=2)],
        answer="declined: contraindicated",
        doses=("140 mg", "10 mg"),  # 0.5 mg/kg × 70 kg is 35 mg, and 10 mg at most
        stands=[febrile(7, **LOW, ice_score=1)],
        ends={"given": [dexa(7.25), febrile(7.5, **LOW, ice_score=1)], "grade 1": [febrile(8, ice_score=1)]},
    ),
    RowCourse(
        step="repeat-tocilizumab",
        words="24 hours after the first",
        before=[febrile(50, **MASK), toci(50), febrile(60, **MASK)],
        brings=[febrile(74, **MASK)],
        doses=("280 mg",),
        not_before=74,
        stands=[febrile(75, **MASK)],
        ends={
            "given": [toci(75.25), febrile(75.5, **MASK)],
            "improved": [febrile(76, **LOW)],
            "given, and failed too": [toci(75.25), febrile(100, **MASK)],
        },
    ),
    RowCourse(
        step="repeat-tocilizumab",
        words="worse than at the first, at grade 2",
        cause="antibody",
        who=CHILD,
        before=[febrile(2), toci(2), febrile(4)],
        brings=[febrile(5, **LOW)],
        answer="declined: unavailable",
        doses=("200 mg",),
        not_before=26,
        stands=[febrile(6, **LOW)],
        ends={"grade 1": [febrile(7)]},
    ),
    RowCourse(
        step="echocardiogram",
        words="at grade 2 and 3",
        before=[febrile(46)],
        brings=[febrile(48, **LOW)],
        answer="declined: already-done",
        stands=[febrile(49, **LOW)],
        ends={"grade 4": [febrile(50, **VENTILATED)], "grade 1": [febrile(50)]},
    ),
    RowCourse(
        step="stress-dose",
        words="from grade 2 on long-term glucocorticoid",
        who=LONG_TERM,
        before=[febrile(46)],
        brings=[febrile(48, **LOW)],
        stands=[febrile(49, **LOW)],
        ends={"grade 1": [febrile(50)], "not on it after all": [patient(40, long_term_glucocorticoid=False)]},
    ),
    RowCourse(
        step="interrupt-infusion",
        words="at grade 3",
        cause="antibody",
        before=[febrile(2, **LOW)],
        brings=[febrile(3, **MASK)],
        stands=[febrile(4, **MASK)],
        ends={
            "interrupted": [infusion(4.25, "interrupt"), febrile(4.5, **MASK)],
            "discontinued": [infusion(4.25, "discontinue"), febrile(4.5, **MASK)],
            "grade 2": [febrile(5, **LOW)],
        },
    ),
    RowCourse(
        step="interrupt-infusion",
        words="at ICANS 3",
        cause="bispecific",
        before=[febrile(6, ice_score=3)],
        brings=[febrile(7, ice_score=2)],
        answer="declined: other",
        stands=[febrile(8, ice_score=1)],
        ends={"ICANS 2": [febrile(9, ice_score=6)]},
    ),
    RowCourse(
        step="other-agents",
        words="24 hours after both drugs",
        before=[febrile(50, **MASK), toci(50), pred(50), febrile(60, **MASK)],
        brings=[febrile(74, **MASK)],
        answer="watching",
        stands=[febrile(75, **MASK)],
        ends={
            "a second dose on trial": [toci(75.25), febrile(76.5, **MASK)],
            "grade 2": [febrile(76, **LOW)],
        },
    ),
    RowCourse(
        step="taper-steroid",
        words="once improved to grade 0",
        before=[febrile(50, **MASK), toci(50), pred(50), febrile(54, **MASK)],
        brings=[well(58)],
        stands=[well(60)],
        ends={
            "24 hours after the last dose": [well(74.25)],
            "grade 3 again": [febrile(61, **MASK)],
            "ICANS 1": [well(61, ice_score=9)],
            "a vasopressor for another reason": [
                well(61, vasopressors=(runs("norepinephrine", 2, for_hypotension=False),))
            ],
        },
    ),
    RowCourse(
        step="taper-steroid",
        words="at grade 2 known not early",
        cause="haplo-hct",
        who=NOT_EARLY,
        before=[febrile(50, **MASK), toci(50), pred(50), febrile(54, **MASK)],
        brings=[febrile(56, **LOW)],
        answer="declined: not-indicated",
        stands=[febrile(57, **LOW)],
        ends={"early after all": [EARLY], "not known whether early": [patient(40)], "worse": [febrile(58, **MASK)]},
    ),
)
OF_LEE: Final = tuple(replace(row, protocol="lee-2014") for row in _OF_LEE)
