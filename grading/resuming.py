"""Blinatumomab was resumed at the low dose: when, and to what, may it be raised? (rules 4.4)

After 7 days without recurrence [R24]. A recurrence is an assessment of grade 1 or more since the resumption, or an
interruption.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from grading.dosing import Body, by_size
from grading.drugs import BLINATUMOMAB, generic
from grading.record import Course, InfusionEvent, Weight
from grading.result import Dose, GradedCourse, MissingDose
from grading.settings import Settings
from grading.situation import KnownWeight

WITHOUT_RECURRENCE: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Increase:
    """The second step of a resumption. `recurred_at`: a recurrence, with which the dose is not raised."""

    resumed_at: datetime
    due_at: datetime
    dose: Dose | MissingDose
    recurred_at: datetime | None


def increase(course: Course, graded: GradedCourse, settings: Settings, now: datetime) -> Increase | None:
    """The step that follows the last resumption; None unless blinatumomab runs again under `review-2024`."""
    product = course.infusion.product
    if course.protocol != "review-2024" or product is None or generic(product, settings.brands) != BLINATUMOMAB:
        return None
    events = sorted((e for e in course.events if isinstance(e, InfusionEvent) and e.at <= now), key=lambda e: e.at)
    if not events or events[-1].action != "resume":
        return None
    resumed_at = events[-1].at
    later = (a for a in graded.assessments if a.at > resumed_at and a.verdict is not None)
    recurred_at = next((a.at for a in later if a.verdict is not None and (a.verdict.grade or 0) >= 1), None)
    weights = [KnownWeight(e.weight_kg, e.at) for e in course.events if isinstance(e, Weight) and e.at <= now]
    weight = max(weights, key=lambda w: w.at, default=None)
    body = Body(now, weight, course.patient.height_cm)
    dose = by_size(28, "15", body, unit="mcg/day", drug=BLINATUMOMAB)
    return Increase(resumed_at, resumed_at + WITHOUT_RECURRENCE, dose, recurred_at)
