"""Which organ toxicity is in force, charted or from the laboratory? (rules 1.5)

Thresholds are CTCAE v4, as Lee 2014 asks, in multiples of the charted limit of normal. A value on a threshold
belongs to the lower grade.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from grading.numbers import measurement, shown_unit
from grading.record import Laboratory
from grading.result import Evidence
from grading.terms import Condition, Fact, Finding, no, unknown, yes
from grading.words import ANALYTES, ORGANS

if TYPE_CHECKING:
    from grading.situation import Situation


@dataclass(frozen=True, slots=True)
class Thresholds:
    """One analyte's row: its system, and the multiples beyond which each grade starts, grade 1 first."""

    system: str
    multiples: tuple[Decimal, ...]
    falling: bool = False  # graded below the lower limit, not above the upper one

    def grade(self, result: Laboratory) -> int | None:
        """The CTCAE v4 grade, 0 to 4. None without a value, or without the limit it needs, above 0."""
        limit = result.lower_limit if self.falling else result.upper_limit
        if result.value is None or limit is None or limit <= 0:
            return None
        value = result.value
        return sum(value < m * limit if self.falling else value > m * limit for m in self.multiples)


def _row(system: str, *multiples: str, falling: bool = False) -> Thresholds:
    return Thresholds(system, tuple(Decimal(m) for m in multiples), falling)


# [C4], investigations
CTCAE_4: Final[Mapping[str, Thresholds]] = {
    "alt": _row("transaminitis", "1", "3", "5", "20"),
    "ast": _row("transaminitis", "1", "3", "5", "20"),
    "bilirubin": _row("hepatic", "1", "1.5", "3", "10"),
    "creatinine": _row("renal", "1", "1.5", "3", "6"),
    "inr": _row("coagulation", "1", "1.5", "2.5"),
    "aptt": _row("coagulation", "1", "1.5", "2.5"),
    "fibrinogen": _row("coagulation", "1", "0.75", "0.5", "0.25", falling=True),
}


@dataclass(frozen=True, slots=True)
class LabGrade:
    """The laboratory's grade for a system, above the patient's own from before the infusion."""

    grade: int
    evidence: Evidence


@dataclass(slots=True)
class Results:
    """The latest gradable result of each analyte while results are folded in, in time order."""

    _baseline: dict[str, tuple[int, datetime]] = field(default_factory=dict)
    _latest: dict[str, tuple[int, Laboratory]] = field(default_factory=dict)

    def copy(self) -> Results:
        """What goes on by itself: what either takes, the other does not see."""
        return Results(dict(self._baseline), dict(self._latest))

    def take(self, result: Laboratory, started_at: datetime) -> None:
        thresholds = CTCAE_4.get(result.analyte)
        if thresholds is None or result.value is None:
            return
        grade = thresholds.grade(result)
        if result.at < started_at:
            self._take_baseline(result, grade)
        elif grade is not None:
            known = self._latest.get(result.analyte)
            if known is None or known[1].at < result.at or known[0] < grade:  # of two at one time the worse stands
                self._latest[result.analyte] = (grade, result)

    def _take_baseline(self, result: Laboratory, grade: int | None) -> None:
        """The latest from before the infusion. One that cannot be graded leaves no baseline to hide behind."""
        known = self._baseline.get(result.analyte)
        if known is not None and known[1] == result.at and (grade is None or known[0] < grade):
            return  # of two at one time the milder stands
        if grade is None:
            self._baseline.pop(result.analyte, None)
        else:
            self._baseline[result.analyte] = (grade, result.at)

    def _baseline_grade(self, analyte: str) -> int:
        known = self._baseline.get(analyte)
        return known[0] if known else 0

    def graded(self, moment: datetime, window: timedelta) -> Iterator[tuple[Laboratory, int]]:
        """Each result that counts at `moment`, no older than `window` and above its own baseline, with its grade."""
        for analyte, (grade, result) in self._latest.items():
            if moment - result.at <= window and grade > self._baseline_grade(analyte):
                yield result, grade

    def at(self, moment: datetime, window: timedelta) -> dict[str, LabGrade]:
        """By system, the highest laboratory grade no older than `window` and above its own baseline."""
        found: dict[str, LabGrade] = {}
        for result, grade in self.graded(moment, window):
            system = CTCAE_4[result.analyte].system
            if system not in found or grade > found[system].grade:
                found[system] = LabGrade(grade, Evidence(_described(result), result.at))
        return found


def _described(result: Laboratory) -> str:
    thresholds = CTCAE_4[result.analyte]
    limit = result.lower_limit if thresholds.falling else result.upper_limit
    assert limit is not None and result.value is not None  # graded, so both are known
    side = "lower" if thresholds.falling else "upper"
    unit = f" {shown_unit(result.unit)}" if result.unit else ""
    shown = f"{measurement(result.value)}{unit}, {side} limit {measurement(limit)}"
    return f"{ANALYTES[result.analyte]} {shown}"


def organ_grade(s: Situation, system: str) -> tuple[int, bool, tuple[Evidence, ...]]:
    """A system's highest known grade in force, whether its charted part is known, and the evidence."""
    charted, lab = s.values.organs.get(system), s.lab_grades.get(system)
    grades: list[tuple[int, Evidence]] = []
    if charted is not None:
        grades.append((charted.value, Evidence(f"{ORGANS[system]} grade {charted.value}, charted", charted.at)))
    if lab is not None:
        grades.append(
            (lab.grade, Evidence(f"{ORGANS[system]} grade {lab.grade}: {lab.evidence.text}", lab.evidence.at))
        )
    highest = max((g for g, _ in grades), default=0)
    known = charted is not None or s.values.organ_map_at is not None
    return highest, known, tuple(e for g, e in grades if g == highest and g > 0)


def organ_toxicity_at_least(grade: int, *, leaving_out: Iterable[str] = ()) -> Condition:
    """Any system, but those left out, at `grade` or more and not attributed elsewhere."""
    left_out = frozenset(leaving_out)

    def look(s: Situation) -> Finding:
        reached: list[Evidence] = []
        open_ = False
        for system in ORGANS:
            if system in left_out or s.values.elsewhere(system):
                continue
            highest, known, evidence = organ_grade(s, system)
            if highest >= grade:
                reached.extend(evidence)
            elif not known:
                open_ = True
        if reached:
            return yes(*reached)
        return unknown("the organ toxicity") if open_ else no()

    but = f", {' and '.join(sorted(left_out))} left out" if left_out else ""
    return Fact(f"organ toxicity of grade {grade}{' or more' if grade < 4 else ''}{but}", look)
