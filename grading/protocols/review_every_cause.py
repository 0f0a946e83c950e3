"""What does the 2024 review suggest whatever the cause? (rules 4.2)"""

from __future__ import annotations

from typing import Final

from grading.dosing import flat, per_kg, tocilizumab_review
from grading.given import TOCILIZUMAB_DOSES
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


def first_of(doses: list[Treatment]) -> Treatment | None:
    return doses[0] if doses else None


def last_tocilizumab(s: Standing) -> Treatment | None:
    return s.given.tocilizumab[-1] if s.given.tocilizumab else None


def _not_judged_mild(s: Standing) -> bool:
    """Grade 3 or more, or 2 that was not judged «no»."""
    return s.grade >= 3 or (s.grade == 2 and not s.judged_not_severe)


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
        and s.failed(last_tocilizumab(s), FAILED_H) is not None
    )


def _say_repeat_tocilizumab(s: Standing) -> Said:
    last = last_tocilizumab(s)
    return Said(
        headline=f"Repeat tocilizumab: dose {len(s.given.tocilizumab) + 1} of {TOCILIZUMAB_DOSES}",
        steps=(wording.TOCILIZUMAB_HOW, wording.WATCH_AFTER_TOCILIZUMAB, wording.FAILURE_HOURS),
        because=(f"tocilizumab: {s.failed(last, FAILED_H)}", wording.GRADE_IS_BLIND),
        house=True,
        dose=review_dose(s),
        not_before=s.given.tocilizumab_next_from(),
    )


def review_dose(s: Standing) -> Dose | MissingDose:
    return tocilizumab_review(s.body, blinatumomab=s.given.blinatumomab)


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
    first = first_of(s.glucocorticoids_here)
    return (
        s.confirmed
        and s.grade >= 3
        and enough
        and s.failed(first, FAILED_H) is not None
        and s.failed(last_tocilizumab(s), FAILED_H) is not None
    )


def high_dose_steroid(s: Standing) -> bool:
    return _both_failed(s) and s.high_dose_methylprednisolone() is not Truth.YES


def _failed_because(s: Standing) -> tuple[str, ...]:
    return (
        f"last tocilizumab: {s.failed(last_tocilizumab(s), FAILED_H)}",
        f"first glucocorticoid: {s.failed(first_of(s.glucocorticoids_here), FAILED_H)}",
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
        blocked=(
            "a methylprednisolone dose was given in the last 24 h, and it is not known whether it was 2 mg/kg or more"
            if s.high_dose_methylprednisolone() is Truth.UNKNOWN
            else None
        ),
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
    first = first_of(s.glucocorticoids_here)
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


def steroid_due(s: Standing) -> bool:
    """None running; severe, or with `repeat-tocilizumab`; not with `high-dose-steroid`."""
    return not s.glucocorticoid_running and (severe(s) or repeat_tocilizumab(s)) and not high_dose_steroid(s)


PERSISTENT: Final = R24.at("Persistent or worsening CRS")

JUDGE: Final = Row("judge-severity", R24.at("CAR-T cell-associated CRS"), _judge_severity, _say_judge_severity)
FAILING: Final = (
    Row("repeat-tocilizumab", PERSISTENT, repeat_tocilizumab, _say_repeat_tocilizumab, drug=True),
    Row("high-dose-steroid", PERSISTENT, high_dose_steroid, _say_high_dose_steroid, drug=True),
    Row("other-agents", PERSISTENT, _both_failed, _say_other_agents, drug=True),
    Row("look-again", PERSISTENT, look_again, _say_look_again),
)
WEANING: Final = (
    Row("no-immunosuppression", R24.at("Mild CRS"), _no_immunosuppression, _say_no_immunosuppression),
    Row("taper-steroid", R24.at("Bi-specific antibody-associated CRS"), _taper_steroid, wording.say_taper),
)
