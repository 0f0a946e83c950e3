"""What follows from results already there: organ toxicity, and the watch panels? They inform, and grade nothing."""

from dataclasses import dataclass
from datetime import datetime

from grading.age import age_at
from grading.organs import Results
from grading.record import Laboratory
from grading.result import Evidence, GradedCourse
from grading.terms import Truth
from grading.watch import Panel, Readings, hlh_like, resolving, tumor_lysis
from grading.words import ORGANS
from patients.record import Charted

STATES = {Truth.YES: "met", Truth.UNKNOWN: "unknown", Truth.NO: "not met"}


@dataclass(frozen=True, slots=True)
class CriterionShown:
    words: str
    state: str  # «met», «unknown», «not met»
    evidence: tuple[Evidence, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PanelShown:
    """One watch panel, its criteria in the order of its source."""

    panel: Panel
    criteria: tuple[CriterionShown, ...]

    @property
    def state(self) -> str:
        return STATES[self.panel.truth]

    @property
    def met(self) -> int:
        return sum(one.state == "met" for one in self.criteria)

    @property
    def headline(self) -> str:
        """«Criteria met: look», «Not met by what is known», «Cannot be told: what is missing»."""
        of = f"{self.met} of {self.panel.needed} needed"
        return {
            Truth.YES: f"Criteria met ({of}): look",
            Truth.UNKNOWN: f"Cannot be told yet ({of} met)",
            Truth.NO: f"Not met ({of} met)",
        }[self.panel.truth]


@dataclass(frozen=True, slots=True)
class OrganShown:
    """A system's grade that follows from results of the last day, above the patient's own before the infusion."""

    name: str
    grade: int
    evidence: Evidence


def watched(course: Charted, graded: GradedCourse, now: datetime) -> list[PanelShown]:
    """Both panels as they stand at `now`."""
    results = [event for event in course.course.events if isinstance(event, Laboratory)]
    readings = Readings(results, course.infusion.started_at, now)
    age = age_at(course.course.patient, course.course.infusion, now)
    panels = (tumor_lysis(readings, adult=age.adult), hlh_like(readings, phase=resolving(graded)))
    return [PanelShown(panel, tuple(_criteria(panel))) for panel in panels]


def _criteria(panel: Panel) -> list[CriterionShown]:
    return [
        CriterionShown(
            words=one.words,
            state=STATES[one.finding.truth],
            evidence=tuple(dict.fromkeys(one.finding.evidence)),
            missing=one.finding.chart,
        )
        for one in panel.criteria
    ]


def organs(course: Charted, now: datetime) -> list[OrganShown]:
    """By system, what results make of it at `now`, as the next assessment will count it."""
    results = Results()
    taken = (event for event in course.course.events if isinstance(event, Laboratory) and event.at <= now)
    for result in sorted(taken, key=lambda r: r.at):
        results.take(result, course.infusion.started_at)
    found = results.at(now, course.settings.windows["organ_toxicity"])
    return [
        OrganShown(ORGANS[system], found[system].grade, found[system].evidence)
        for system in ORGANS
        if system in found and found[system].grade > 0
    ]
