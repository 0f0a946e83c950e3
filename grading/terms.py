"""How does a table of criteria become a grade, with its reasons, when some facts are unknown?

Three truth values (Kleene): unknown is a value of its own and never the good one. A condition is built from small
named facts with `&`, `|` and `~`; a finding is its truth with the charted values behind it and, when unknown, what
to chart.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import TYPE_CHECKING

from grading.result import Evidence, Pending, Reason, Verdict
from grading.sources import Source

if TYPE_CHECKING:
    from grading.situation import Situation


class Truth(IntEnum):
    """Ordered so that «and» is the least and «or» the greatest."""

    NO = 0
    UNKNOWN = 1
    YES = 2

    def __invert__(self) -> Truth:
        return Truth(2 - self)

    @staticmethod
    def of(known: bool) -> Truth:
        return Truth.YES if known else Truth.NO


@dataclass(frozen=True, slots=True)
class Finding:
    """A truth, the values it rests on, what to chart when unknown, and when it is met if nothing changes."""

    truth: Truth
    evidence: tuple[Evidence, ...] = ()
    chart: tuple[str, ...] = ()
    pending_at: datetime | None = None


def yes(*evidence: Evidence) -> Finding:
    return Finding(Truth.YES, evidence)


def no(*evidence: Evidence) -> Finding:
    return Finding(Truth.NO, evidence)


def unknown(*chart: str, evidence: tuple[Evidence, ...] = (), pending_at: datetime | None = None) -> Finding:
    """`chart`: what a person can chart to make it known."""
    return Finding(Truth.UNKNOWN, evidence, chart, pending_at)


class Condition(ABC):
    """Something that is met, not met or unknown in a situation."""

    text: str

    @abstractmethod
    def find(self, situation: Situation) -> Finding:
        """Its truth in the situation, with the evidence."""

    def __and__(self, other: Condition) -> Condition:
        return All((self, other))

    def __or__(self, other: Condition) -> Condition:
        return Some((self, other))

    def __invert__(self) -> Condition:
        return Not(self)


class Fact(Condition):
    """A named fact of the situation; looked up once for each situation, however many criteria use it."""

    def __init__(self, text: str, look: Callable[[Situation], Finding]) -> None:
        self.text = text
        self._look = look

    def find(self, situation: Situation) -> Finding:
        found = situation.findings.get(self)
        if found is None:
            found = situation.findings[self] = self._look(situation)
        return found


def fact(text: str) -> Callable[[Callable[[Situation], Finding]], Fact]:
    """Make a `Fact` of a function from a situation to a finding."""
    return lambda look: Fact(text, look)


class All(Condition):
    def __init__(self, parts: Iterable[Condition]) -> None:
        self.parts: tuple[Condition, ...] = tuple(
            p for part in parts for p in (part.parts if isinstance(part, All) else (part,))
        )
        self.text = " AND ".join(f"({p.text})" if isinstance(p, Some) else p.text for p in self.parts)

    def find(self, situation: Situation) -> Finding:
        return _combined([part.find(situation) for part in self.parts], min)


class Some(Condition):
    def __init__(self, parts: Iterable[Condition]) -> None:
        self.parts: tuple[Condition, ...] = tuple(
            p for part in parts for p in (part.parts if isinstance(part, Some) else (part,))
        )
        self.text = " OR ".join(f"({p.text})" if isinstance(p, All) else p.text for p in self.parts)

    def find(self, situation: Situation) -> Finding:
        return _combined([part.find(situation) for part in self.parts], max)


class Not(Condition):
    def __init__(self, part: Condition) -> None:
        self.part = part
        self.text = f"NOT {part.text}" if isinstance(part, Fact) else f"NOT ({part.text})"

    def find(self, situation: Situation) -> Finding:
        found = self.part.find(situation)
        return Finding(~found.truth, found.evidence, found.chart)


class NeverMet(Condition):
    """A condition that may leave a criterion unknown, and refute it, but not meet it («may require a vasopressor»)."""

    def __init__(self, part: Condition, chart: str) -> None:
        self.part = part
        self.chart = chart
        self.text = f"never met, unknown while {part.text}"

    def find(self, situation: Situation) -> Finding:
        found = self.part.find(situation)
        if found.truth is Truth.YES:
            return unknown(self.chart, evidence=found.evidence)
        return found


class AskedWhen(Condition):
    """A condition whose being unknown matters only while `when` is met or unknown; else it is not met."""

    def __init__(self, part: Condition, when: Condition) -> None:
        self.part = part
        self.when = when
        self.text = part.text

    def find(self, situation: Situation) -> Finding:
        found = self.part.find(situation)
        if found.truth is Truth.UNKNOWN and self.when.find(situation).truth is Truth.NO:
            return no()
        return found


def _combined(found: list[Finding], choose: Callable[[Iterable[Truth]], Truth]) -> Finding:
    truth = choose(f.truth for f in found)
    deciding = [f for f in found if f.truth is truth]
    backing = deciding if truth is not Truth.UNKNOWN else [f for f in found if f.truth is not Truth.NO]
    return Finding(
        truth,
        tuple(dict.fromkeys(e for f in backing for e in f.evidence)),
        tuple(dict.fromkeys(c for f in deciding for c in f.chart)) if truth is Truth.UNKNOWN else (),
        min((f.pending_at for f in deciding if f.pending_at), default=None),
    )


@dataclass(frozen=True, slots=True)
class Criterion:
    """A row of a published table. `words` are shown to the nurse; `source` says where the row stands."""

    key: str
    grade: int
    words: str
    source: Source
    condition: Condition

    def reason(self, found: Finding) -> Reason:
        chart = found.chart if found.truth is Truth.UNKNOWN else ()
        return Reason(self.key, self.grade, self.words, found.evidence, chart, str(self.source), self.source.house)


@dataclass(frozen=True, slots=True)
class Scale:
    """A published scale: an id, its edition and its criteria. The rows are cumulative: each stands by itself."""

    id: str
    edition: str
    source: Source
    criteria: tuple[Criterion, ...]

    def verdict(self, situation: Situation, notices: tuple[str, ...] = (), left_out: tuple[str, ...] = ()) -> Verdict:
        """The highest grade with a met criterion, and the highest with a met or unknown one."""
        found = [(criterion, criterion.condition.find(situation)) for criterion in self.criteria]
        met = [(c, f) for c, f in found if f.truth is Truth.YES]
        open_ = [(c, f) for c, f in found if f.truth is Truth.UNKNOWN]
        grade = max((c.grade for c, _ in met), default=0)
        at_most = max((c.grade for c, _ in (*met, *open_)), default=0)
        rising = [Pending(c.grade, f.pending_at) for c, f in open_ if f.pending_at and c.grade > grade]
        return Verdict(
            scale=self.id,
            grade=grade,
            at_most=at_most,
            met=tuple(c.reason(f) for c, f in met),
            unknown=tuple(c.reason(f) for c, f in open_),
            pending=min(rising, key=lambda p: p.at, default=None),
            notices=notices,
            left_out=left_out,
        )
