"""What does the 2024 review suggest, by the cause of the syndrome? (rules 4.2 to 4.4)"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from grading.dosing import by_size, flat, per_kg, tocilizumab_review
from grading.given import TOCILIZUMAB_DOSES
from grading.numbers import dose as shown
from grading.oxygen import beyond_low_flow, counted_oxygen
from grading.protocols import wording
from grading.protocols.common import severe
from grading.protocols.row import Row, Said
from grading.record import Treatment
from grading.result import Dose, MissingDose
from grading.sources import R24
from grading.standing import Standing
from grading.terms import Truth

FAILED_H: Final = 8  # [R24] says 8 to 24 hours once, 24 to 72 twice: 8 prompts here
QUIET_BEFORE_RESUMING: Final = timedelta(hours=24)


def _first(doses: list[Treatment]) -> Treatment | None:
    return doses[0] if doses else None


def _last_tocilizumab(s: Standing) -> Treatment | None:
    return s.given.tocilizumab[-1] if s.given.tocilizumab else None


def _not_judged_mild(s: Standing) -> bool:
    """Grade 3 or more, or 2 that was not judged «no»."""
    return s.grade >= 3 or (s.grade == 2 and not s.judged_not_severe)


# 4.2: every cause


def _no_immunosuppression(s: Standing) -> bool:
    return s.grade == 1 and s.certain and s.icans_clear and not s.glucocorticoid_running


def _say_no_immunosuppression(s: Standing) -> Said:
    return Said(
        headline="Symptomatic care: no tocilizumab, no glucocorticoid, no interruption",
        steps=("At grade 1 symptomatic treatment has the better balance of benefit and harm",),
    )


def _judge_severity(s: Standing) -> bool:
    return s.grade == 2 and s.severe is None


def _say_judge_severity(s: Standing) -> Said:
    car_t = (
        "Some give tocilizumab alone after CAR-T; in one study given early it went with less severe CRS and more ICANS",
    )
    return Said(
        headline="Grade 2: is it managed as severe? The clinician decides",
        steps=(
            "Answer «Managed as severe» under «Judgement»",
            "Deterioration under symptomatic care is managed as severe",
            *(car_t if s.cause == "car-t" else ()),
        ),
    )


def repeat_tocilizumab(s: Standing) -> bool:
    return (
        s.confirmed
        and _not_judged_mild(s)
        and not s.given.blinatumomab
        and bool(s.tocilizumab_here)
        and s.tocilizumab_left
        and s.failed(_last_tocilizumab(s), FAILED_H) is not None
    )


def _say_repeat_tocilizumab(s: Standing) -> Said:
    last = _last_tocilizumab(s)
    return Said(
        headline=f"Repeat tocilizumab: dose {len(s.given.tocilizumab) + 1} of {TOCILIZUMAB_DOSES}",
        steps=(wording.TOCILIZUMAB_HOW, wording.WATCH_AFTER_TOCILIZUMAB, wording.FAILURE_HOURS),
        because=(f"tocilizumab: {s.failed(last, FAILED_H)}", wording.GRADE_IS_BLIND),
        house=True,
        dose=_tocilizumab(s),
        not_before=_next_tocilizumab(s),
    )


def _tocilizumab(s: Standing) -> Dose | MissingDose:
    return tocilizumab_review(s.body, blinatumomab=s.given.blinatumomab)


def _next_tocilizumab(s: Standing) -> datetime | None:
    return s.given.tocilizumab_next_from()


def look_again(s: Standing) -> bool:
    return _not_judged_mild(s) and s.failed(_first_treatment(s), FAILED_H) is not None


def _first_treatment(s: Standing) -> Treatment | None:
    return min([*s.tocilizumab_here[:1], *s.glucocorticoids_here[:1]], key=lambda t: t.at, default=None)


def _say_look_again(s: Standing) -> Said:
    return Said(
        headline="No improvement after the first treatment: look again for another cause",
        steps=(
            "Re-evaluate for infection, heart, thromboembolism and the rest of the differential",
            wording.FAILURE_HOURS,
        ),
        because=(f"first treatment: {s.failed(_first_treatment(s), FAILED_H)}", wording.GRADE_IS_BLIND),
        house=True,
    )


def _both_failed(s: Standing) -> bool:
    enough = len(s.tocilizumab_here) >= 2 or not s.tocilizumab_left
    first = _first(s.glucocorticoids_here)
    return (
        s.confirmed
        and s.grade >= 3
        and enough
        and s.failed(first, FAILED_H) is not None
        and s.failed(_last_tocilizumab(s), FAILED_H) is not None
    )


def high_dose_steroid(s: Standing) -> bool:
    return _both_failed(s) and not s.high_dose_methylprednisolone_given()


def _failed_because(s: Standing) -> tuple[str, ...]:
    return (
        f"last tocilizumab: {s.failed(_last_tocilizumab(s), FAILED_H)}",
        f"first glucocorticoid: {s.failed(_first(s.glucocorticoids_here), FAILED_H)}",
        wording.GRADE_IS_BLIND,
    )


def _say_high_dose_steroid(s: Standing) -> Said:
    ablates = ("After CAR-T it may ablate the cells",) if s.cause == "car-t" else ()
    return Said(
        headline="High-dose methylprednisolone daily for 3 days: the prescriber sets the dose in the range",
        steps=(
            "From 2 mg/kg up to 1,000 mg daily for 3 days: the source prints a range",
            "In place of the running glucocorticoid, and never below its equivalent",
            *ablates,
            wording.FAILURE_HOURS,
        ),
        because=_failed_because(s),
        house=True,
        dose=per_kg("2", s.body, drug="methylprednisolone", every_h=24),
        up_to=flat(1000, "mg", drug="methylprednisolone", every_h=24),
    )


def _say_other_agents(s: Standing) -> Said:
    return Said(
        headline="Other agents: very little experience with any",
        steps=(
            "Siltuximab, clazakizumab (unproven after tocilizumab), anakinra, etanercept",
            "Then alemtuzumab, antithymocyte globulin, cyclophosphamide, ruxolitinib, ibrutinib",
            "Some of them can themselves cause CRS",
        ),
        because=_failed_because(s),
        house=True,
    )


def improved_enough(s: Standing, grade_2_may_wean: bool) -> bool:
    """The conditions that `taper-steroid` shares between the protocols (rules 4.2, 4.5)."""
    first = _first(s.glucocorticoids_here)
    at_dose = s.grade_at(first) if first else None
    better = at_dose is not None and s.grade < at_dose and (s.grade == 1 or (s.grade == 2 and grade_2_may_wean))
    low_flow_at_most = (
        s.situation.values.oxygen is not None and (counted_oxygen & beyond_low_flow).find(s.situation).truth is Truth.NO
    )
    return (
        s.glucocorticoid_running
        and s.icans_clear
        and s.certain
        and (s.grade == 0 or better)
        and s.vasopressor_running is Truth.NO
        and low_flow_at_most
    )


def _taper_steroid(s: Standing) -> bool:
    failing = repeat_tocilizumab(s) or look_again(s) or high_dose_steroid(s)
    return improved_enough(s, s.judged_not_severe) and not failing


# 4.3: CAR-T and other cells


def _tocilizumab_first(s: Standing) -> bool:
    return severe(s) and not s.tocilizumab_here and s.tocilizumab_left


def _say_tocilizumab(s: Standing) -> Said:
    return Said(
        headline=f"Tocilizumab with the glucocorticoid: dose {len(s.given.tocilizumab) + 1} of {TOCILIZUMAB_DOSES}",
        steps=(wording.TOCILIZUMAB_HOW, wording.WATCH_AFTER_TOCILIZUMAB),
        dose=_tocilizumab(s),
        not_before=_next_tocilizumab(s),
    )


def _steroid_due(s: Standing) -> bool:
    """None running; severe, or with `repeat-tocilizumab`; not with `high-dose-steroid`."""
    return not s.glucocorticoid_running and (severe(s) or repeat_tocilizumab(s)) and not high_dose_steroid(s)


def _say_glucocorticoid(s: Standing) -> Said:
    methylprednisolone = per_kg("1", s.body, drug="methylprednisolone", every_h=24)
    adult = s.situation.age.adult
    flat_doses = (
        flat(100, "mg", drug="hydrocortisone", every_h=8),
        flat(10, "mg", drug="dexamethasone", every_h=6),
    )
    return Said(
        headline="Glucocorticoid with tocilizumab, until improved: one of the choices",
        steps=(
            "Hydrocortisone every 8 h; or dexamethasone every 6 h at most; or methylprednisolone daily; until improved",
            *(
                ()
                if adult
                else ("Under 18 years only methylprednisolone has a dose: the flat doses are adult ones [H]",)
            ),
        ),
        house=not adult,
        choices=(*flat_doses, methylprednisolone) if adult else (methylprednisolone,),
    )


def _consult_label(s: Standing) -> bool:
    return s.cause == "car-t" and s.grade >= 1


def _say_consult_label(s: Standing) -> Said:
    product = s.situation.infusion.product
    return Said(
        headline=f"The label of {product} governs" if product else "The product's own label governs: name the product",
        steps=(
            "The review's authors needed one, rarely two doses of tocilizumab after tisagenlecleucel, "
            "up to three or four after axicabtagene ciloleucel",
            "The review sends readers to the REMS programs; FDA ended those of the CAR-T products in June 2025",
        ),
    )


# 4.4: bispecific, haploidentical transplant, other antibodies


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
        and s.failed(_first(s.glucocorticoids_here), FAILED_H) is not None
    )


def _say_tocilizumab_second(s: Standing) -> Said:
    once = ("With blinatumomab once in the course",) if s.given.blinatumomab else ()
    number, allowed = len(s.given.tocilizumab) + 1, s.given.tocilizumab_allowed
    seems = ("It seems less effective than glucocorticoids after bispecifics",) if s.cause == "bispecific" else ()
    return Said(
        headline=f"Add tocilizumab: dose {number} of {allowed}",
        steps=(wording.TOCILIZUMAB_HOW, *once, *seems, wording.WATCH_AFTER_TOCILIZUMAB, wording.FAILURE_HOURS),
        because=(
            f"first glucocorticoid: {s.failed(_first(s.glucocorticoids_here), FAILED_H)}",
            wording.GRADE_IS_BLIND,
        ),
        house=True,
        dose=_tocilizumab(s),
        not_before=_next_tocilizumab(s),
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


_MANAGEMENT = R24.at("CAR-T cell-associated CRS")
_BISPECIFIC = R24.at("Bi-specific antibody-associated CRS")
_PERSISTENT = R24.at("Persistent or worsening CRS")

ALWAYS_FIRST: Final = (Row("judge-severity", _MANAGEMENT, _judge_severity, _say_judge_severity),)
FAILING: Final = (
    Row("repeat-tocilizumab", _PERSISTENT, repeat_tocilizumab, _say_repeat_tocilizumab, drug=True),
    Row("high-dose-steroid", _PERSISTENT, high_dose_steroid, _say_high_dose_steroid, drug=True),
    Row("other-agents", _PERSISTENT, _both_failed, _say_other_agents, drug=True),
    Row("look-again", _PERSISTENT, look_again, _say_look_again),
)
ALWAYS_LAST: Final = (
    Row("no-immunosuppression", R24.at("Mild CRS"), _no_immunosuppression, _say_no_immunosuppression),
    Row("taper-steroid", _BISPECIFIC, _taper_steroid, wording.say_taper),
)
CELLS: Final = (
    Row("tocilizumab", _MANAGEMENT, _tocilizumab_first, _say_tocilizumab, drug=True),
    Row("glucocorticoid", _MANAGEMENT, _steroid_due, _say_glucocorticoid, drug=True),
)
LABEL: Final = (Row("consult-label", _MANAGEMENT, _consult_label, _say_consult_label),)
OTHERS: Final = (
    Row("discontinue-permanently", _BISPECIFIC, _discontinue, _say_discontinue, drug=True),
    Row("interrupt-infusion", _BISPECIFIC, _interrupt, _say_interrupt),
    Row("dexamethasone", _BISPECIFIC, _steroid_due, _say_dexamethasone, drug=True),
    Row("tocilizumab", _PERSISTENT, _tocilizumab_second, _say_tocilizumab_second, drug=True),
    Row("resume-infusion", _BISPECIFIC, _resume, _say_resume),
)

BY_CELLS: Final = (*ALWAYS_FIRST, *CELLS, *FAILING, *LABEL, *ALWAYS_LAST)
BY_OTHERS: Final = (*ALWAYS_FIRST, *OTHERS, *FAILING, *ALWAYS_LAST)


def rows(cause: str) -> tuple[Row, ...]:
    """The table for a cause: cells by ASTCT, the rest by CTCAE v5."""
    return BY_CELLS if cause in {"car-t", "other-cells"} else BY_OTHERS
