"""What does Lee 2014 suggest, for every cause? (rules 4.5; Figure 2 and text)"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from grading.dosing import per_kg, tocilizumab_lee, tocilizumab_review
from grading.given import TOCILIZUMAB_DOSES
from grading.organs import organ_grade
from grading.oxygen import counted_oxygen, positive_pressure
from grading.protocols import wording
from grading.protocols.review_every_cause import improved_enough
from grading.protocols.row import Row, Said
from grading.record import Treatment
from grading.result import Dose
from grading.sources import L14
from grading.standing import Standing
from grading.terms import Truth
from grading.vasopressors import at_least

FAILED_H: Final = 24  # «within 24 to 48 hours»
REPEAT_AFTER: Final = timedelta(hours=24)
_ANY_VASOPRESSOR = at_least(1)


def early(s: Standing) -> Truth:
    """Extensive comorbidities or older age; unknown under that age with comorbidities not charted."""
    if s.situation.patient.extensive_comorbidities:
        return Truth.YES
    if s.situation.age.completed_years >= s.situation.settings.older_age_years:
        return Truth.YES
    return Truth.UNKNOWN if s.situation.patient.extensive_comorbidities is None else Truth.NO


def treated(s: Standing) -> bool:
    return s.grade >= 3 or (s.grade == 2 and early(s) is Truth.YES)


def _early_because(s: Standing) -> tuple[str, ...]:
    if s.grade != 2:
        return ()
    if s.situation.patient.extensive_comorbidities:
        return ("extensive comorbidities: treated early",)
    return (f"{s.situation.age.completed_years} years: treated early at older age [H for the limit]",)


def _last_here(s: Standing) -> Treatment | None:
    return s.tocilizumab_here[-1] if s.tocilizumab_here else None


def _one_left(s: Standing) -> bool:
    """At most three so far in the course, whatever the product [H, label]."""
    return len(s.given.tocilizumab) < TOCILIZUMAB_DOSES


def repeat_tocilizumab(s: Standing) -> bool:
    return (
        s.confirmed
        and s.grade >= 2
        and len(s.tocilizumab_here) == 1
        and _one_left(s)
        and s.failed(_last_here(s), FAILED_H) is not None
    )


def _no_immunosuppression(s: Standing) -> bool:
    mild = s.grade == 1 or (s.grade == 2 and early(s) is Truth.NO)
    return mild and s.certain and s.icans_clear and not s.glucocorticoid_running and not repeat_tocilizumab(s)


def _say_no_immunosuppression(s: Standing) -> Said:
    watch = ("At grade 2 watch cardiac and other organ function closely",) if s.grade == 2 else ()
    return Said(headline="Vigilant supportive care, no immunosuppression", steps=watch)


def _judge_severity(s: Standing) -> bool:
    return s.grade == 2 and early(s) is Truth.UNKNOWN


def _say_judge_severity(s: Standing) -> Said:
    return Said(
        headline="Grade 2: chart whether the patient has extensive comorbidities",
        steps=("With extensive comorbidities or at older age, immunosuppression starts at grade 2",),
    )


def _tocilizumab(s: Standing) -> bool:
    return treated(s) and not s.tocilizumab_here and _one_left(s)


def _say_tocilizumab(s: Standing) -> Said:
    # The labelled dose is named, never computed beside this protocol's own: doses of two protocols never stand together
    higher = ("The labelled dose of tocilizumab is higher than this protocol's",) if _below_label(s) else ()
    return Said(
        headline=f"Tocilizumab over 1 hour: dose {len(s.given.tocilizumab) + 1} of {TOCILIZUMAB_DOSES}",
        steps=(wording.TOCILIZUMAB_HOW, *higher, wording.WATCH_AFTER_TOCILIZUMAB),
        because=_early_because(s),
        house=True,
        dose=tocilizumab_lee(s.body, adult=s.situation.age.adult),
        not_before=s.given.tocilizumab_next_from(),
    )


def _below_label(s: Standing) -> bool:
    """Is this protocol's dose below the labelled one? Said when not known, too."""
    ours = tocilizumab_lee(s.body, adult=s.situation.age.adult)
    labelled = tocilizumab_review(s.body, blinatumomab=s.given.blinatumomab)
    if isinstance(ours, Dose) and isinstance(labelled, Dose):
        return ours.amount < labelled.amount
    return True


def _neurologic(s: Standing) -> int:
    """The higher of ICANS and the neurologic organ grade, where not attributed elsewhere."""
    if s.situation.values.elsewhere("neurologic"):
        return s.icans_grade
    return max(s.icans_grade, organ_grade(s.situation, "neurologic")[0])


def _first_line(s: Standing) -> bool:
    """Glucocorticoid first: neurologic toxicity of 3 or more, no vasopressor or positive pressure counting."""
    counting = _ANY_VASOPRESSOR | (counted_oxygen & positive_pressure)
    return _neurologic(s) >= 3 and counting.find(s.situation).truth is Truth.NO


def _glucocorticoid(s: Standing) -> bool:
    return treated(s) and not s.glucocorticoid_running


def _say_glucocorticoid(s: Standing) -> Said:
    line = "first line for the neurologic toxicity" if _first_line(s) else "second line, with or after tocilizumab"
    choices = [per_kg("2", s.body, drug="methylprednisolone", every_h=24)]
    steps = ["Methylprednisolone 2 mg/kg/day; weaned over several days once improved"]
    if _neurologic(s) >= 3:
        choices.append(per_kg("0.5", s.body, limit=10, drug="dexamethasone"))
        steps.append("Or dexamethasone 0.5 mg/kg, 10 mg at most: the paper gives no interval, the prescriber sets it")
    return Said(
        headline=f"Glucocorticoid: {line}",
        steps=tuple(steps),
        because=_early_because(s),
        choices=tuple(choices),
    )


def _say_repeat_tocilizumab(s: Standing) -> Said:
    last = _last_here(s)
    return Said(
        headline="Second tocilizumab dose and/or glucocorticoid",
        steps=(wording.TOCILIZUMAB_HOW, "The paper repeats after 24 h in one place, 24 to 48 h in another"),
        because=(f"tocilizumab: {s.failed(last, FAILED_H)}", wording.GRADE_IS_BLIND),
        house=True,  # the limits of 800 mg and of four doses are the label's
        dose=tocilizumab_lee(s.body, adult=s.situation.age.adult),
        not_before=last.at + REPEAT_AFTER if last else None,
    )


def _say_echocardiogram(s: Standing) -> Said:
    return Said(headline="Echocardiogram: cardiac decompensation can be silent")


def _stress_dose(s: Standing) -> bool:
    return s.grade >= 2 and s.situation.patient.long_term_glucocorticoid is True


def _say_stress_dose(s: Standing) -> Said:
    return Said(
        headline="Consider stress doses of hydrocortisone",
        because=("on long-term glucocorticoid: the adrenal response may be deficient",),
    )


def _interrupt(s: Standing) -> bool:
    if s.interrupted_at is not None or s.discontinued or s.cause not in {"bispecific", "antibody"}:
        return False
    return s.grade >= 3 or (s.cause == "bispecific" and s.icans_grade >= 3)


def _say_interrupt(s: Standing) -> Said:
    because = (f"ICANS grade {s.icans_grade}",) if s.grade < 3 else ()
    return Said(headline="Interrupt the infusion for now", because=(*because, "the paper is silent [H]"), house=True)


def _last(s: Standing) -> Treatment | None:
    return s.given.tocilizumab[-1] if s.given.tocilizumab else None


def _first_glucocorticoid(s: Standing) -> Treatment | None:
    return s.glucocorticoids_here[0] if s.glucocorticoids_here else None


def _other_agents(s: Standing) -> bool:
    return (
        s.grade >= 3
        and (bool(s.tocilizumab_here) or not _one_left(s))
        and s.failed(_first_glucocorticoid(s), FAILED_H) is not None
        and s.failed(_last(s), FAILED_H) is not None
    )


def _say_other_agents(s: Standing) -> Said:
    return Said(
        headline="Infliximab, etanercept, anakinra: not routine",
        because=(
            f"last tocilizumab: {s.failed(_last(s), FAILED_H)}",
            f"first glucocorticoid: {s.failed(_first_glucocorticoid(s), FAILED_H)}",
            wording.GRADE_IS_BLIND,
        ),
    )


def _taper_steroid(s: Standing) -> bool:
    failing = repeat_tocilizumab(s) or (s.confirmed and _other_agents(s))
    return improved_enough(s, early(s) is Truth.NO) and not failing


_FIGURE_2 = L14.at("Figure 2")
_TOCILIZUMAB = L14.at("Tocilizumab")
_STEROIDS = L14.at("Corticosteroids and other agents")

ROWS: Final = (
    Row("judge-severity", _FIGURE_2, _judge_severity, _say_judge_severity),
    Row("interrupt-infusion", L14.with_house, _interrupt, _say_interrupt),
    Row("tocilizumab", _TOCILIZUMAB, _tocilizumab, _say_tocilizumab, drug=True),
    Row("glucocorticoid", _STEROIDS, _glucocorticoid, _say_glucocorticoid, drug=True),
    Row("repeat-tocilizumab", _TOCILIZUMAB, repeat_tocilizumab, _say_repeat_tocilizumab, drug=True),
    Row("other-agents", _STEROIDS, _other_agents, _say_other_agents, drug=True),
    Row("echocardiogram", L14.at("Grading system"), lambda s: s.grade in (2, 3), _say_echocardiogram),
    Row("stress-dose", _STEROIDS, _stress_dose, _say_stress_dose),
    Row("no-immunosuppression", _FIGURE_2, _no_immunosuppression, _say_no_immunosuppression),
    Row("taper-steroid", _STEROIDS, _taper_steroid, wording.say_taper),
)
