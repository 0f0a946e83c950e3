"""What does the 2024 review suggest after bispecifics, haploidentical transplant and other antibodies? (rules 4.4)"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from grading.dosing import by_size
from grading.numbers import dose as shown
from grading.protocols import wording
from grading.protocols.common import severe
from grading.protocols.review_every_cause import FAILED_H, PERSISTENT, first_of, review_dose, steroid_due
from grading.protocols.row import Row, Said
from grading.result import Dose
from grading.sources import R24
from grading.standing import Standing

QUIET_BEFORE_RESUMING: Final = timedelta(hours=24)


def _discontinue(s: Standing) -> bool:
    return s.confirmed and s.cause == "bispecific" and s.grade == 4 and not s.discontinued


def _say_discontinue(s: Standing) -> Said:
    return Said(
        headline="Stop the infusion for good: never restart after grade 4",
        steps=("Once the clinician agrees that grade 4 is CRS",),
    )


def _interrupt(s: Standing) -> bool:
    if s.interrupted_at is not None or s.discontinued:
        return False
    if s.cause == "bispecific":
        return (severe(s) or s.icans_grade >= 3) and not _discontinue(s)
    return s.cause == "antibody" and severe(s)


def _say_interrupt(s: Standing) -> Said:
    by_icans = not severe(s)
    return Said(
        headline="Interrupt the infusion for now",
        because=(f"ICANS grade {s.icans_grade} [H, label]",) if by_icans else (),
        house=by_icans or s.cause == "antibody",
    )


def _say_dexamethasone(s: Standing) -> Said:
    return Said(
        headline="Dexamethasone every 8 h for up to 3 days, then taper over 4 days",
        steps=("Intravenously or by mouth; 8 mg, or below 45 kg 5 mg/m² (8 mg at most)",),
        dose=by_size(8, "5", s.body, drug="dexamethasone", every_h=8),
    )


def _tocilizumab_second(s: Standing) -> bool:
    return (
        severe(s)
        and not s.tocilizumab_here
        and s.tocilizumab_left
        and s.failed(first_of(s.glucocorticoids_here), FAILED_H) is not None
    )


def _say_tocilizumab_second(s: Standing) -> Said:
    once = ("With blinatumomab once in the course",) if s.given.blinatumomab else ()
    number, allowed = len(s.given.tocilizumab) + 1, s.given.tocilizumab_allowed
    seems = ("It seems less effective than glucocorticoids after bispecifics",) if s.cause == "bispecific" else ()
    return Said(
        headline=f"Add tocilizumab: dose {number} of {allowed}",
        steps=(wording.TOCILIZUMAB_HOW, *once, *seems, wording.WATCH_AFTER_TOCILIZUMAB, wording.FAILURE_HOURS),
        because=(
            f"first glucocorticoid: {s.failed(first_of(s.glucocorticoids_here), FAILED_H)}",
            wording.GRADE_IS_BLIND,
        ),
        house=True,
        dose=review_dose(s),
        not_before=s.given.tocilizumab_next_from(),
    )


def _resume(s: Standing) -> bool:
    if not s.given.blinatumomab or s.interrupted_at is None or s.quiet_run_from is None:
        return False
    quiet_since = max(s.quiet_run_from, s.interrupted_at)
    return (
        s.at - quiet_since >= QUIET_BEFORE_RESUMING
        and s.certain
        and s.grade == 0
        and s.icans_clear
        and s.history.highest < 4
    )


def _say_resume(s: Standing) -> Said:
    start = by_size(9, "5", s.body, unit="mcg/day", drug="blinatumomab")
    then = by_size(28, "15", s.body, unit="mcg/day", drug="blinatumomab")
    second = f"then {shown(then.amount)} mcg/day" if isinstance(then, Dose) else "then the full dose"
    return Said(
        headline="Blinatumomab may be resumed at the low dose",
        steps=(f"After 7 days without recurrence, {second}",),
        because=("quiet for 24 hours or more since the interruption",),
        house=True,
        dose=start,
        then=then,
    )


_BISPECIFIC = R24.at("Bi-specific antibody-associated CRS")

STEPS: Final = (
    Row("discontinue-permanently", _BISPECIFIC, _discontinue, _say_discontinue, drug=True),
    Row("interrupt-infusion", _BISPECIFIC, _interrupt, _say_interrupt),
    Row("dexamethasone", _BISPECIFIC, steroid_due, _say_dexamethasone, drug=True),
    Row("tocilizumab", PERSISTENT, _tocilizumab_second, _say_tocilizumab_second, drug=True),
    Row("resume-infusion", _BISPECIFIC, _resume, _say_resume),
)
