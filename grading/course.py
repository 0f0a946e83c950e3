"""What grade did a course have at each assessment, and what was suggested? The one way into grading.

Grades are folded over the time-ordered course of one infusion, never computed from one row alone (rules 3). What was
known at each assessment is folded by `grading.so_far`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from grading import protocols, reassessment
from grading.fever import fever_or_waiver
from grading.given import ledger
from grading.in_force import Charted
from grading.record import Assessment, Course, Death, Event, InfusionEvent, Laboratory, Treatment, Weight
from grading.response import GradeHistory, GradePoint
from grading.result import GradedAssessment, GradedCourse, Maximum, Verdict
from grading.scales import verdicts
from grading.settings import DEFAULT, Settings
from grading.situation import Situation
from grading.so_far import SoFar
from grading.standing import ANC_LIMIT, Standing
from grading.terms import Truth
from grading.words import CRS_SCALES, SCALES

DEATH: Final = 5

# At one same time: weights, treatments, results and infusion events, then the assessment, then death (rules 3)
_RANK: Final[dict[type, int]] = {Weight: 0, Treatment: 1, Laboratory: 2, InfusionEvent: 3, Assessment: 4, Death: 5}


def grade_course(course: Course, settings: Settings = DEFAULT) -> GradedCourse:
    """Grade every assessment of one course, on every scale, with the protocol's suggestions.

    Pure: no clock is read. Raises `ValueError` if the patient has neither an age nor a birth date.
    """
    fold = Fold(course, settings)
    for event in in_order(course.events):
        fold.take(event)
    return fold.graded()


def in_order(events: Iterable[Event]) -> list[Event]:
    """Events by time and rank. Assessments of one time keep their order; for the rest order carries no meaning."""

    def key(event: Event) -> tuple[datetime, int, str]:
        tie = "" if isinstance(event, Assessment) else _tie(event)
        return event.at, _RANK[type(event)], tie

    return sorted(events, key=key)


def _tie(event: Treatment | Laboratory | InfusionEvent | Weight | Death) -> str:
    """Orders events of one kind and time by what they say, so that the file's order cannot matter."""
    match event:
        case Treatment():
            return f"{event.drug}|{event.dose}|{event.unit}|{event.route}|{event.purpose}"
        case Laboratory():
            return f"{event.analyte}|{event.value}|{event.lower_limit}|{event.upper_limit}|{event.unit}"
        case InfusionEvent():
            return str({"resume": 0, "interrupt": 1, "discontinue": 2}[event.action])
        case Weight():
            return f"{event.weight_kg:>12}"
        case Death():
            return str(event.due_to_crs)


@dataclass(slots=True)
class Fold:
    """The state of a course after some of its events. Takes the next in time order."""

    course: Course
    settings: Settings
    so_far: SoFar = field(init=False)
    history: GradeHistory = field(default_factory=GradeHistory)
    died_at: datetime | None = None
    severe: Charted[bool] | None = None
    latest: dict[str, Laboratory] = field(default_factory=dict)  # since the infusion started
    anc: Laboratory | None = None
    assessed: list[GradedAssessment] = field(default_factory=list)
    observed_at: datetime | None = None  # since the infusion started
    maxima: dict[str, Maximum] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.so_far = SoFar(self.course, self.settings)
        self.maxima = dict.fromkeys(SCALES, Maximum(None, None))

    @property
    def started_at(self) -> datetime:
        return self.course.infusion.started_at

    def take(self, event: Event) -> None:
        """Fold the next event in."""
        match event:
            case Weight() | Treatment() | InfusionEvent():
                self.so_far.take(event)
            case Laboratory():
                self.so_far.take(event)
                self._result(event)
            case Assessment():
                self.assessed.append(self._assess(event) if event.at >= self.started_at else _ungraded(event))
            case Death():
                self.died_at = event.at
                if event.due_to_crs:
                    self._reach(dict.fromkeys(CRS_SCALES, DEATH), event.at)

    def _result(self, result: Laboratory) -> None:
        counted = result.value is not None or result.unit is not None  # with a unit alone it could not be read
        if result.analyte == "anc" and counted and not _same_time_and_better(result, self.anc):
            self.anc = result
        if result.value is None:
            return
        if result.at >= self.started_at:
            self.latest[result.analyte] = result

    def _assess(self, seen: Assessment) -> GradedAssessment:
        s, episodes = self.so_far.assess(seen), self.so_far.episodes
        if seen.observes:
            self.observed_at = seen.at
        # A judgement alone is no reassessment; while nothing was observed, the round counts from the first assessment
        observed_from = self.observed_at or next((one.at for one in self.assessed if one.verdicts), seen.at)
        found = verdicts(s)
        governing = protocols.governing_scale(self.course.protocol, self.course.infusion.cause)
        self._reach({scale: v.grade for scale, v in found.items() if v.grade is not None}, seen.at)
        point = _point(found[governing], seen.at)
        self.history.add(point)
        self._judge_severity(seen, point)
        due = reassessment.interval(found, governing, episodes.resolved, self.settings)
        standing = self._standing(s, found, governing, due)
        notice = episodes.onset_notice(self.course.infusion.cause)
        return GradedAssessment(
            at=seen.at,
            assessment=seen,
            verdicts=found,
            governing=governing,
            suggestions=protocols.suggestions(self.course.protocol, standing),
            in_force=reassessment.in_force(s, standing.severe, due),
            notices=(notice,) if notice else (),
            due_at=observed_from + due,
            observed_at=self.observed_at,
            without_fever=fever_or_waiver.find(s).truth is Truth.NO,
        )

    def _judge_severity(self, seen: Assessment, point: GradePoint) -> None:
        """`severe_grade_2` holds where the grade may be 2 and is not above, until it has been above 2 (rules 1.1)."""
        if point.grade > 2:
            self.severe = None
        elif seen.severe_grade_2 is not None and point.at_most >= 2:
            self.severe = Charted(seen.severe_grade_2, seen.at)

    def _severe_in_force(self, at: datetime) -> Charted[bool] | None:
        word = self.severe
        if word is None or word.at < self.so_far.episodes.begins_at():
            return None
        if not word.value and at - word.at > self.settings.windows["severe_grade_2_no"]:
            return None
        return word

    def _standing(self, s: Situation, found: Mapping[str, Verdict], governing: str, due: timedelta) -> Standing:
        known, episodes = self.so_far, self.so_far.episodes
        return Standing(
            situation=s,
            verdicts=found,
            governing=governing,
            history=self.history,
            given=known.given,
            episode_begins_at=episodes.begins_at(),
            onset_seen=episodes.first_onset_at is not None,
            quiet_run_from=episodes.quiet_run_from(s.at),
            interrupted_at=known.interrupted_at,
            discontinued=known.discontinued,
            severe=self._severe_in_force(s.at),
            weights=known.weights,
            results=self.latest,
            anc=self.anc,
            reassess_after=due,
        )

    def _reach(self, grades: dict[str, int], at: datetime) -> None:
        for scale, grade in grades.items():
            highest = self.maxima[scale].grade
            if highest is None or grade > highest:
                self.maxima[scale] = Maximum(grade, at)

    def graded(self) -> GradedCourse:
        """The course as it stands after the events taken so far."""
        hours, given = protocols.failure_hours(self.course.protocol), self.so_far.given
        return GradedCourse(
            assessments=tuple(self.assessed),
            died_at=self.died_at,
            maxima=MappingProxyType(dict(self.maxima)),
            episodes=tuple(self.so_far.episodes.all),
            tocilizumab=ledger(given.tocilizumab, self.history, self.started_at, hours),
            tocilizumab_next_from=given.tocilizumab_next_from(),
            tocilizumab_allowed=protocols.tocilizumab_allowed(self.course.protocol, given),
            glucocorticoids=ledger(given.glucocorticoids, self.history, self.started_at, hours),
        )


def _point(verdict: Verdict, at: datetime) -> GradePoint:
    if verdict.grade is None or verdict.at_most is None:
        raise ValueError(f"{verdict.scale}: a governing scale always has a grade")
    return GradePoint(at, verdict.grade, verdict.at_most)


def _same_time_and_better(anc: Laboratory, known: Laboratory | None) -> bool:
    """Of two counts of one time the lower stands; one that cannot be read is below every count but a low one."""
    if known is None or known.at != anc.at:
        return False

    def rank(count: Laboratory) -> tuple[Decimal, bool]:
        return (ANC_LIMIT, False) if count.value is None else (count.value, True)

    return rank(anc) > rank(known)


def _ungraded(seen: Assessment) -> GradedAssessment:
    """An assessment from before the infusion: shown, never graded."""
    return GradedAssessment(seen.at, seen, MappingProxyType({}), None, (), (), (), None, None)
