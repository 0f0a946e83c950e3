"""What is known of a course so far, and so at its next assessment?

Folds the course in time order, without grading it: that is `grading.course`. Any assessment can be looked at as the
next one, also one that nobody charted: what would be known, had it been seen so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from grading.age import age_at
from grading.episodes import BEFORE_ONSET, Episodes
from grading.fever import charts_fever, fever
from grading.given import Given
from grading.in_force import Chart, Values
from grading.organs import Results
from grading.pressure import Pressure
from grading.record import Assessment, Course, InfusionEvent, Laboratory, Treatment, Weight
from grading.result import Evidence
from grading.settings import Settings
from grading.situation import KnownWeight, Situation
from grading.terms import Finding, Truth, no, yes
from grading.vasopressors import DoseRun

WAIVER_WINDOW: Final = timedelta(hours=24)  # [H]: an antipyretic, or a fever between spikes

Other = Weight | Treatment | Laboratory | InfusionEvent


def waivers_in_words() -> str:
    """When fever is not required, for a sheet of paper (rules 2.1)."""
    before, hours = BEFORE_ONSET // timedelta(minutes=1), WAIVER_WINDOW // timedelta(hours=1)
    return (
        f"an anticytokine drug was given since {before} min before the first onset (for the rest of the course); after "
        f"an onset, an antipyretic was given, or there was fever without another cause, in the last {hours} h [H]; "
        "or «This is CRS» is charted"
    )


@dataclass(slots=True)
class SoFar:
    """The record of a course after some of its events. Takes the next in time order."""

    course: Course
    settings: Settings
    chart: Chart = field(init=False)
    results: Results = field(init=False)
    episodes: Episodes = field(init=False)
    given: Given = field(init=False)
    dose_run: DoseRun = field(init=False)
    weights: list[KnownWeight] = field(init=False)
    interrupted_at: datetime | None = field(init=False, default=None)
    discontinued: bool = field(init=False, default=False)
    last_fever_at: datetime | None = field(init=False, default=None)  # charted, and not attributed elsewhere then

    def __post_init__(self) -> None:
        self.chart = Chart(self.settings)
        self.results = Results()
        self.episodes = Episodes(self.started_at)
        self.given = Given(self.course.infusion, self.settings)
        self.dose_run = DoseRun()
        own = self.course.patient.weight_kg
        self.weights = [] if own is None else [KnownWeight(own, self.started_at)]

    @property
    def started_at(self) -> datetime:
        return self.course.infusion.started_at

    def take(self, event: Other) -> None:
        """Fold in an event that is no assessment."""
        match event:
            case Weight():
                self._weigh(KnownWeight(event.weight_kg, event.at))
            case Treatment():
                self.given.take(event)
            case Laboratory():
                self.results.take(event, self.started_at)
            case InfusionEvent():
                self._infusion(event)

    def assess(self, seen: Assessment) -> Situation:
        """Fold in an assessment from after the start of the infusion: what is known at it."""
        s = self._situation(seen)
        self.episodes.take(s)
        if charts_fever(seen) and not s.values.elsewhere("fever"):
            self.last_fever_at = seen.at
        return s

    def supposing(self, seen: Assessment, *events: Laboratory | InfusionEvent) -> Situation:
        """What would be known, had the next assessment been `seen`, after these events. Changes nothing here."""
        other = SoFar(self.course, self.settings)
        other.chart, other.results, other.dose_run = self.chart.copy(), self.results.copy(), self.dose_run.copy()
        other.episodes, other.given, other.weights = self.episodes, self.given, self.weights  # no look changes them
        other.interrupted_at, other.discontinued = self.interrupted_at, self.discontinued
        other.last_fever_at = self.last_fever_at
        for event in events:
            other.take(event)
        return other._situation(seen)

    def _weigh(self, weight: KnownWeight) -> None:
        if not self.weights:
            self.dose_run.first_weight(weight.weight_kg)
        self.weights.append(weight)
        self.weights.sort(key=lambda w: w.at)

    def _infusion(self, event: InfusionEvent) -> None:
        if event.at < self.started_at or self.discontinued:
            return
        match event.action:
            case "interrupt":
                self.interrupted_at = self.interrupted_at or event.at
            case "resume":
                self.interrupted_at = None
            case "discontinue":
                self.interrupted_at, self.discontinued = None, True

    def weight_at(self, at: datetime) -> KnownWeight | None:
        return next((w for w in reversed(self.weights) if w.at <= at), None)

    def _situation(self, seen: Assessment) -> Situation:
        patient, infusion = self.course.patient, self.course.infusion
        age = age_at(patient, infusion, seen.at)
        pressure = Pressure(seen.systolic, seen.diastolic, seen.mean)
        charted = (seen.systolic, seen.diastolic, seen.mean) != (None, None, None)
        self.chart.take(seen, pressure.low(age, patient.baseline_systolic) if charted else None)
        values = self.chart.at(seen.at)
        weight = self.weight_at(seen.at)
        if seen.vasopressors is not None:
            self.dose_run.chart(seen.at, seen.vasopressors, weight.weight_kg if weight else None, age.adult)
        return Situation(
            at=seen.at,
            patient=patient,
            infusion=infusion,
            age=age,
            settings=self.settings,
            values=values,
            lab_grades=self.results.at(seen.at, self.settings.windows["organ_toxicity"]),
            held=self.dose_run.held if values.vasopressors is not None else None,
            interrupted_at=self.interrupted_at,
            waiver=self._waiver(seen.at, values),
        )

    def _waiver(self, at: datetime, values: Values) -> Finding:
        """Why fever is not required now, if it is not (rules 2.1). The sources' reasons outrank the house's."""
        reason = next(self.waivers(at, values), None)
        return yes(reason.evidence) if reason else no()

    def waivers(self, at: datetime, values: Values) -> Iterator[Waiver]:
        """Every reason for which fever is not required at the next assessment, the one that is shown first."""
        return self._waivers(at, values, self.episodes.first_onset_at, self.last_fever_at)

    def waivers_after(self, s: Situation) -> Iterator[Waiver]:
        """Every reason for which fever is not required once `s` has been seen: its own fever may be one, as the onset
        or between spikes."""
        onset, last_fever_at, charted = self.episodes.first_onset_at, self.last_fever_at, s.values.temperature
        if charted is not None and fever.find(s).truth is Truth.YES:
            onset = onset or s.at
            last_fever_at = s.at if charted.at == s.at else last_fever_at
        return self._waivers(s.at, s.values, onset, last_fever_at)

    def _waivers(
        self, at: datetime, values: Values, onset: datetime | None, last_fever_at: datetime | None
    ) -> Iterator[Waiver]:
        word = values.crs_confirmed
        if word is not None and word.value:
            yield Waiver(Evidence("confirmed as CRS", word.at), None)
        if onset is None:
            return
        anticytokine, antipyretic = self.given.last_anticytokine_at, self.given.last_antipyretic_at
        if anticytokine is not None and anticytokine >= onset - BEFORE_ONSET:
            yield Waiver(Evidence("an anticytokine drug was given", anticytokine), None)
        for what, since in (("an antipyretic was given", antipyretic), ("fever", last_fever_at)):
            if since is not None and at - since <= WAIVER_WINDOW:
                yield Waiver(Evidence(f"{what} in the last 24 h [H]", since), since + WAIVER_WINDOW)


@dataclass(frozen=True, slots=True)
class Waiver:
    """One reason for which fever is not required."""

    evidence: Evidence
    until: datetime | None  # the last moment at which it counts; None where time does not end it
