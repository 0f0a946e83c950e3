"""Which courses show the rows of `review-2024` after bispecifics, haploidentical transplant, antibodies? (rules 4.4)"""

from typing import Final

from tests.grading.ward import febrile, infusion, patient, well
from tests.patients.row_courses import LOW, MASK, VENTILATED, RowCourse, dexa, toci

ANTIBODIES: Final = (
    RowCourse(
        step="interrupt-infusion",
        words="at grade 3",
        cause="bispecific",
        before=[febrile(5)],
        brings=[febrile(6, **MASK)],
        stands=[febrile(7, **MASK)],
        ends={
            "interrupted": [infusion(7.25, "interrupt"), febrile(7.5, **MASK)],
            "grade 4: to be stopped for good": [febrile(8, **VENTILATED)],
            "grade 1": [febrile(8)],
        },
    ),
    RowCourse(
        step="interrupt-infusion",
        words="at ICANS 3",
        cause="bispecific",
        before=[febrile(6, ice_score=3)],
        brings=[febrile(7, ice_score=2)],
        stands=[febrile(8, ice_score=1)],
        ends={
            "interrupted": [infusion(8.25, "interrupt"), febrile(8.5, ice_score=1)],
            "ICANS 2": [febrile(9, ice_score=6)],
        },
    ),
    RowCourse(
        step="interrupt-infusion",
        words="of another antibody, resumed too early",
        cause="antibody",
        before=[febrile(2, **MASK), infusion(2.25, "interrupt"), febrile(3, **MASK)],
        brings=[infusion(3.25, "resume"), febrile(4, **VENTILATED)],
        answer="declined: other",
        stands=[febrile(4.25, **VENTILATED)],
        ends={
            "discontinued": [infusion(4.5, "discontinue"), febrile(5, **VENTILATED)],
            "grade 2": [febrile(5, **LOW)],
        },
    ),
    RowCourse(
        step="discontinue-permanently",
        words="once grade 4 is said to be CRS",
        cause="bispecific",
        before=[well(6, **VENTILATED)],
        brings=[well(6.25, **VENTILATED, crs_confirmed=True)],
        stands=[well(6.5, **VENTILATED)],
        ends={
            "discontinued": [infusion(6.75, "discontinue"), well(7, **VENTILATED)],
            "said not to be CRS": [well(7, **VENTILATED, crs_confirmed=False)],
            "grade 3": [well(7, **MASK)],
        },
    ),
    RowCourse(
        step="dexamethasone",
        words="at grade 3",
        cause="haplo-hct",
        before=[febrile(46)],
        brings=[febrile(48, **MASK)],
        doses=("8 mg",),
        stands=[febrile(49, **MASK)],
        ends={"given": [dexa(49.25), febrile(49.5, **MASK)], "grade 1": [febrile(50)]},
    ),
    RowCourse(
        step="dexamethasone",
        words="by body surface below 45 kg, with a repeated tocilizumab",
        cause="antibody",
        who=patient(8, 25, 125),
        before=[febrile(2, **LOW), toci(2), febrile(6, **LOW)],
        brings=[febrile(10, **LOW)],
        answer="declined: contraindicated",
        doses=("4.7 mg",),  # 5 mg/m² × 0.93 m²
        stands=[febrile(11, **LOW)],
        ends={"judged no": [febrile(12, **LOW, severe_grade_2=False)]},
    ),
    RowCourse(
        step="tocilizumab",
        words="8 hours after the first glucocorticoid",
        cause="haplo-hct",
        before=[febrile(48, **MASK), dexa(48), febrile(52, **MASK)],
        brings=[febrile(56, **MASK)],
        doses=("560 mg",),
        stands=[febrile(57, **MASK)],
        ends={
            "given": [toci(57.25), febrile(57.5, **MASK)],
            "grade 2 judged no": [febrile(58, **LOW, severe_grade_2=False)],
        },
    ),
    RowCourse(
        step="tocilizumab",
        words="once with blinatumomab",
        cause="bispecific",
        product="Blincyto",
        before=[febrile(6, **MASK), dexa(6), febrile(10, **MASK)],
        brings=[febrile(14, **MASK)],
        answer="declined: contraindicated",
        doses=("560 mg",),
        stands=[febrile(15, **MASK)],
        ends={"given, and for good": [toci(15.25), febrile(24, **MASK)], "grade 1": [febrile(16)]},
    ),
    RowCourse(
        step="resume-infusion",
        words="24 quiet hours after the interruption",
        cause="bispecific",
        product="Blincyto",
        before=[febrile(6, **MASK), infusion(6.5, "interrupt"), well(10), well(20), well(30)],
        brings=[well(34)],
        doses=("9 mcg/day", "28 mcg/day"),
        stands=[well(38)],
        ends={
            "resumed": [infusion(39, "resume"), well(40)],
            "fever": [febrile(40)],
            "ICANS 1": [well(40, ice_score=9)],
            "discontinued": [infusion(39, "discontinue"), well(40)],
            "a late entry of grade 4": [febrile(7, **VENTILATED)],
        },
    ),
    RowCourse(
        step="resume-infusion",
        words="by body surface below 45 kg",
        cause="bispecific",
        product="Blincyto",
        who=patient(8, 25, 125),
        before=[febrile(5), well(10), infusion(12, "interrupt"), well(20), well(30), well(35)],
        brings=[well(36)],
        answer="watching",
        doses=("4.7 mcg/day", "14 mcg/day"),  # 5 and 15 mcg/m²/day × 0.93 m²
        stands=[well(37)],
        ends={"a grade above 0": [febrile(38)]},
    ),
)
