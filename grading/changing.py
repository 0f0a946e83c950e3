"""What would change the grades of an assessment: which criteria come next, and which facts hold the grades up?

Nothing here says a rule again: a fact is charted as gone in the same assessment, and the scales answer anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import combinations
from types import MappingProxyType
from typing import Final

from grading.course import in_order
from grading.holding import Holding, holdings, without
from grading.needs import Need, can_be_met, facts_of, needs
from grading.record import Assessment, Course, Death
from grading.result import Verdict
from grading.scales import ALL, verdict_of
from grading.scales.icans_2019 import ICANS_2019
from grading.settings import DEFAULT, Settings
from grading.situation import Situation
from grading.so_far import SoFar
from grading.terms import Fact, Scale, Truth
from grading.words import ATTRIBUTABLE, spoken

MOST_TOGETHER: Final = 4  # facts in one set that are looked for; a grade that more hold up gets one set of them


@dataclass(frozen=True, slots=True)
class Next:
    """A criterion of a higher grade that is not met, with what it still needs."""

    key: str
    grade: int
    words: str
    source: str
    house: bool
    needs: tuple[Need, ...]


@dataclass(frozen=True, slots=True)
class Lower:
    """A smallest set of facts that, all charted as gone now, lower the grade, and to which."""

    facts: tuple[Holding, ...]
    grade: int | None
    at_most: int | None

    @property
    def until(self) -> datetime | None:
        """The last moment at which they hold, where time alone ends them all."""
        ends = [one.until for one in self.facts if one.until is not None]
        return max(ends) if len(ends) == len(self.facts) else None


@dataclass(frozen=True, slots=True)
class CountedAgain:
    """What is left out as attributed elsewhere, and the grade if it counted. `until`: when the attribution runs out."""

    what: str
    until: datetime
    grade: int | None
    at_most: int | None


@dataclass(frozen=True, slots=True)
class Changing:
    """What would change the verdict of one scale."""

    scale: str
    next: tuple[Next, ...]
    lower: tuple[Lower, ...]
    counted_again: tuple[CountedAgain, ...]


def changing(course: Course, settings: Settings = DEFAULT) -> Mapping[str, Changing]:
    """By scale, for the last assessment of the course. Empty without one from after the start of the infusion."""
    events = in_order(course.events)
    seen = next((event for event in reversed(events) if isinstance(event, Assessment)), None)
    if seen is None or seen.at < course.infusion.started_at:
        return {}
    before = SoFar(course, settings)
    for event in events:
        if event is seen:
            break
        if not isinstance(event, Assessment | Death):
            before.take(event)
        elif isinstance(event, Assessment) and event.at >= course.infusion.started_at:
            before.assess(event)
    looked = _Looked(before, seen)
    return MappingProxyType({scale.id: looked.changing(scale) for scale in ALL})


@dataclass(slots=True)
class _Looked:
    """One assessment on the record before it, looked at with some facts gone; each look is kept."""

    before: SoFar
    seen: Assessment
    charted: Situation = field(init=False)
    held: tuple[Holding, ...] = field(init=False)
    looks: dict[frozenset[str], Situation] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.charted = self.before.supposing(self.seen)
        self.held = holdings(self.before, self.charted)

    def without(self, gone: Iterable[Holding]) -> Situation:
        facts = tuple(gone)
        key = frozenset(one.key for one in facts)
        if key not in self.looks:
            self.looks[key] = without(self.before, self.seen, self.charted, facts)
        return self.looks[key]

    def verdict(self, scale: Scale, gone: Iterable[Holding] = ()) -> Verdict:
        return verdict_of(scale, self.without(gone))

    def changing(self, scale: Scale) -> Changing:
        verdict = self.verdict(scale)
        return Changing(scale.id, self._next(scale, verdict), self._lower(scale, verdict), self._counted_again(scale))

    def _next(self, scale: Scale, verdict: Verdict) -> tuple[Next, ...]:
        if verdict.grade is None or (scale is ICANS_2019 and verdict.left_out):
            return ()
        s, grade = self.without(()), verdict.grade
        above = [c for c in scale.criteria if c.grade > grade and can_be_met(c.condition)]
        return tuple(
            Next(c.key, c.grade, c.words, str(c.source), c.source.house, needs(c.condition, s))
            for c in sorted(above, key=lambda c: c.grade)
        )

    def _lower(self, scale: Scale, verdict: Verdict) -> tuple[Lower, ...]:
        if not verdict.grade:
            return ()
        facts = self._behind(scale, verdict)
        found: list[tuple[Holding, ...]] = []
        for size in range(1, min(MOST_TOGETHER, len(facts)) + 1):
            for together in combinations(facts, size):
                if not any(set(one) <= set(together) for one in found) and self._lowers(scale, verdict, together):
                    found.append(together)
        if not found and self._lowers(scale, verdict, facts):
            found.append(self._smallest(scale, verdict, facts))
        return tuple(self._lowered(scale, together) for together in found)

    def _lowered(self, scale: Scale, gone: tuple[Holding, ...]) -> Lower:
        after = self.verdict(scale, gone)
        return Lower(gone, after.grade, after.at_most)

    def _lowers(self, scale: Scale, verdict: Verdict, gone: Iterable[Holding]) -> bool:
        after = self.verdict(scale, gone).grade
        return after is not None and verdict.grade is not None and after < verdict.grade

    def _smallest(self, scale: Scale, verdict: Verdict, facts: tuple[Holding, ...]) -> tuple[Holding, ...]:
        """Of facts that lower the grade together, those that are needed for it."""
        for one in facts:
            rest = tuple(other for other in facts if other is not one)
            if self._lowers(scale, verdict, rest):
                return self._smallest(scale, verdict, rest)
        return facts

    def _behind(self, scale: Scale, verdict: Verdict) -> tuple[Holding, ...]:
        """The facts that some part of a criterion of this grade rests on: gone alone, or there alone, it is another."""
        met = {reason.key for reason in verdict.met if reason.grade == verdict.grade}
        parts = {part for c in scale.criteria if c.key in met for part in facts_of(c.condition)}
        now, none = _found(parts, self.without(())), _found(parts, self.without(self.held))
        return tuple(
            one
            for one in self.held
            if _found(parts, self.without((one,))) != now
            or _found(parts, self.without(o for o in self.held if o is not one)) != none
        )

    def _counted_again(self, scale: Scale) -> tuple[CountedAgain, ...]:
        """What the verdict leaves out, each by itself and all together, where the grade or its bound would rise."""
        verdict, attributed = self.verdict(scale), self.without(()).values.attributed
        if attributed is None or not verdict.left_out:
            return ()
        until = attributed.at + self.before.settings.windows["attributed_elsewhere"]
        sets: list[tuple[str, ...]] = [(one,) for one in verdict.left_out]
        sets += [verdict.left_out] if len(sets) > 1 else []
        found = []
        for again in sets:
            rest = tuple(one for one in attributed.value if one not in again)
            counted = verdict_of(scale, self.before.supposing(replace(self.seen, attributed_elsewhere=rest)))
            if (counted.grade, counted.at_most) != (verdict.grade, verdict.at_most):
                what = " and ".join(spoken(ATTRIBUTABLE[one]) for one in again)
                found.append(CountedAgain(what, until, counted.grade, counted.at_most))
        return tuple(found)


def _found(parts: Iterable[Fact], s: Situation) -> dict[Fact, Truth]:
    return {part: part.find(s).truth for part in parts}
