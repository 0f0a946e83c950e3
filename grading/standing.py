"""How does the patient stand at an assessment, as the protocols need to know it? (rules 4)"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from grading.dosing import Body
from grading.drugs import METHYLPREDNISOLONE, generic
from grading.given import Given
from grading.in_force import Charted
from grading.pressure import any_hypotension
from grading.record import Laboratory, Treatment
from grading.response import GradeHistory
from grading.result import Verdict
from grading.situation import KnownWeight, Situation
from grading.terms import Truth
from grading.units import D_DIMER
from grading.words import INOTROPES, POSITIVE_PRESSURE

GLUCOCORTICOID_RUNS: Final = timedelta(hours=24)  # [H]
BEFORE_FIRST_GRADE: Final = timedelta(minutes=60)
ANC_COUNTS: Final = timedelta(hours=48)  # [H]
ANC_LIMIT: Final = Decimal("0.5")  # 10^9/L [H]
HIGH_DOSE_MG_PER_KG: Final = 2  # methylprednisolone, a single dose [R24]
RESULTS_DUE: Final = timedelta(hours=24)


@dataclass(slots=True, kw_only=True)
class Standing:
    """One graded assessment with the course up to it. `history` ends with this assessment."""

    situation: Situation
    verdicts: Mapping[str, Verdict]
    governing: str
    history: GradeHistory
    given: Given
    episode_begins_at: datetime
    onset_seen: bool
    quiet_run_from: datetime | None
    interrupted_at: datetime | None
    discontinued: bool
    severe: Charted[bool] | None  # `severe_grade_2` in force
    weights: list[KnownWeight]
    results: Mapping[str, Laboratory]  # the latest of each analyte since the infusion started, with a value
    anc: Laboratory | None  # the latest, also from before the infusion
    reassess_after: timedelta  # when the next assessment is due (rules 6)

    @property
    def at(self) -> datetime:
        return self.situation.at

    @property
    def cause(self) -> str:
        return self.situation.infusion.cause

    @property
    def verdict(self) -> Verdict:
        return self.verdicts[self.governing]

    @property
    def grade(self) -> int:
        return self.history.points[-1].grade

    @property
    def certain(self) -> bool:
        return self.history.points[-1].certain

    @property
    def icans(self) -> Verdict:
        return self.verdicts["icans-2019"]

    @property
    def icans_grade(self) -> int:
        """The known ICANS grade; 0 while it was not assessed (then it is not clear either)."""
        return self.icans.grade or 0

    @property
    def icans_clear(self) -> bool:
        return self.icans.grade == 0 and self.icans.at_most == 0

    # What is in force, attributed elsewhere or not

    @property
    def vasopressor_running(self) -> Truth:
        charted = self.situation.values.vasopressors
        if charted is None:
            return Truth.UNKNOWN
        return Truth.of(any(v.agent not in INOTROPES for v in charted.value))

    @property
    def positive_pressure_in_use(self) -> bool:
        charted = self.situation.values.oxygen
        return charted is not None and charted.value.device in POSITIVE_PRESSURE

    @property
    def unwell(self) -> bool:
        """Hypotension, any vasopressor running, or any oxygen but room air in force, attributed elsewhere or not."""
        oxygen = self.situation.values.oxygen
        return (
            any_hypotension.find(self.situation).truth is Truth.YES
            or self.vasopressor_running is Truth.YES
            or (oxygen is not None and oxygen.value.device != "room-air")
        )

    @property
    def graded_or_unwell(self) -> bool:
        return self.grade >= 1 or self.unwell

    # Judgements

    @property
    def confirmed(self) -> bool:
        word = self.situation.values.crs_confirmed
        return self.onset_seen or (word is not None and word.value)

    @property
    def denied(self) -> bool:
        """The clinician's word is that this is not CRS."""
        word = self.situation.values.crs_confirmed
        return word is not None and not word.value

    @property
    def judged_severe(self) -> bool:
        return self.severe is not None and self.severe.value

    @property
    def judged_not_severe(self) -> bool:
        return self.severe is not None and not self.severe.value

    # Doses

    @property
    def body(self) -> Body:
        return Body(self.at, self.weight_at(self.at), self.situation.patient.height_cm)

    def weight_at(self, at: datetime) -> KnownWeight | None:
        """The latest weight charted at or before `at`."""
        return next((w for w in reversed(self.weights) if w.at <= at), None)

    @property
    def tocilizumab_here(self) -> list[Treatment]:
        """This episode's doses."""
        return self.given.tocilizumab_since(self.episode_begins_at)

    @property
    def glucocorticoids_here(self) -> list[Treatment]:
        return self.given.glucocorticoids_since(self.episode_begins_at)

    @property
    def tocilizumab_left(self) -> bool:
        """Under `review-2024`: is one allowed yet?"""
        return len(self.given.tocilizumab) < self.given.tocilizumab_allowed

    @property
    def glucocorticoid_running(self) -> bool:
        first = self.history.first_graded_at
        if first is None:
            return False
        earliest = max(self.at - GLUCOCORTICOID_RUNS, first - BEFORE_FIRST_GRADE)
        return any(t.at >= earliest for t in reversed(self.given.glucocorticoids))

    def high_dose_methylprednisolone(self) -> Truth:
        """Was a single dose of 2 mg/kg or more given in the last 24 h, by the weight at the dose?

        Unknown where a dose was given whose size or whose weight is not known.
        """
        brands = self.situation.settings.brands
        return max(
            (
                self._is_high_dose(t)
                for t in self.given.glucocorticoids
                if self.at - t.at <= GLUCOCORTICOID_RUNS and generic(t.drug, brands) == METHYLPREDNISOLONE
            ),
            default=Truth.NO,
        )

    def _is_high_dose(self, given: Treatment) -> Truth:
        unit = (given.unit or "").strip().lower().removesuffix("/day").removesuffix("/d")
        if given.dose is None:
            return Truth.UNKNOWN
        if unit == "mg/kg":
            return Truth.of(given.dose >= HIGH_DOSE_MG_PER_KG)
        weight = self.weight_at(given.at)
        milligrams = {"mg": given.dose, "g": given.dose * 1000, "mcg": given.dose / 1000}.get(unit)
        if milligrams is None or weight is None:
            return Truth.UNKNOWN
        return Truth.of(milligrams >= HIGH_DOSE_MG_PER_KG * weight.weight_kg)

    def failed(self, dose: Treatment | None, hours: int) -> str | None:
        """Why `dose` has failed by now, in words; None if it has not or there is none."""
        return self.history.failure(dose.at, hours) if dose is not None else None

    def grade_at(self, dose: Treatment) -> int | None:
        return self.history.grade_at_dose(dose.at)

    # Results

    def missing_results(self, wanted: tuple[str, ...]) -> tuple[str, ...]:
        """Those of `wanted` without a result in the last 24 hours; a D-dimer of either kind is one."""

        def taken(analyte: str) -> bool:
            return analyte in self.results and self.at - self.results[analyte].at <= RESULTS_DUE

        return tuple(a for a in wanted if not any(map(taken, D_DIMER if a in D_DIMER else (a,))))

    @property
    def neutropenic(self) -> Truth:
        """By the patient's record, or an ANC no older than 48 hours; unknown without either."""
        if self.situation.patient.neutropenic:
            return Truth.YES
        if self.anc is None or self.anc.value is None or self.at - self.anc.at > ANC_COUNTS:
            return Truth.UNKNOWN
        return Truth.of(self.anc.value < ANC_LIMIT)
