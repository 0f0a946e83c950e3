"""What is known at one assessment: the values in force and the course so far, as the small facts need them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from grading.age import Age
from grading.in_force import Values
from grading.organs import LabGrade
from grading.record import Infusion, Patient
from grading.result import Evidence
from grading.settings import Settings
from grading.terms import Fact, Finding
from grading.vasopressors import Held
from grading.words import ATTRIBUTABLE, spoken


@dataclass(frozen=True, slots=True)
class KnownWeight:
    """A weight and when it was charted."""

    weight_kg: Decimal
    at: datetime


@dataclass(slots=True, kw_only=True)
class Situation:
    """One assessment of a course, ready to be judged. `findings` remembers each fact once it was looked up."""

    at: datetime
    patient: Patient
    infusion: Infusion
    age: Age
    settings: Settings
    values: Values
    lab_grades: Mapping[str, LabGrade]  # by organ system, above the patient's own from before the infusion
    held: Held | None  # the counted vasopressors' dose and how long it was high; None when not in force
    interrupted_at: datetime | None  # since when the infusion is interrupted now
    waiver: Finding  # fever is not required (rules 2.1)
    findings: dict[Fact, Finding] = field(default_factory=dict)

    def attribution(self, what: str) -> Evidence:
        """The evidence that `what` was judged to have another cause."""
        charted = self.values.attributed
        return Evidence(f"{spoken(ATTRIBUTABLE[what])} attributed elsewhere", charted.at if charted else None)
