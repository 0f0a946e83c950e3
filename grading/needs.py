"""What does a criterion need beyond what is known now? And which small facts is a condition built from?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from grading.numbers import measurement
from grading.oxygen import cannula_fio2_percent, fio2_high
from grading.result import Evidence
from grading.situation import Situation
from grading.terms import All, AskedWhen, Condition, Fact, NeverMet, Not, Some, Truth
from grading.vasopressors import HELD_FOR


@dataclass(frozen=True, slots=True)
class Need:
    """A part of a criterion that is not met now, in words, with the values that stand against it.

    `chart` names what to chart where it is unknown; `met_at` is when it is met if nothing changes until then.
    """

    words: str
    now: tuple[Evidence, ...] = ()
    chart: tuple[str, ...] = ()
    met_at: datetime | None = None

    @property
    def since(self) -> datetime | None:
        """Since when it runs so, where it is met once it has run long enough: only a high dose waits (rules 1.3)."""
        return None if self.met_at is None else self.met_at - HELD_FOR


def needs(condition: Condition, s: Situation) -> tuple[Need, ...]:
    """All that has to become true; of alternatives one is enough, so they stand in one need. Empty when met."""
    found = condition.find(s)
    if found.truth is Truth.YES:
        return ()
    if isinstance(condition, All):
        return tuple(need for part in condition.parts for need in needs(part, s))
    if isinstance(condition, Some):
        able = [part for part in condition.parts if not isinstance(part, NeverMet)]
        if len(able) == 1:
            return needs(able[0], s)
        now = tuple(dict.fromkeys(e for part in able for e in _against(part, s)))
        return (Need(", or ".join(_words(part) for part in able), now, found.chart, found.pending_at),)
    return (Need(_words(condition), _against(condition, s), found.chart, found.pending_at),)


def can_be_met(condition: Condition) -> bool:
    """No for what may leave a criterion open and never meets it."""
    return not isinstance(condition, NeverMet)


def facts_of(condition: Condition, *, asking: bool = True) -> Iterator[Fact]:
    """The small facts that a condition is built from, each as often as it stands there.

    `asking`: also those that say only whether it is asked.
    """
    match condition:
        case Fact():
            yield condition
        case All() | Some():
            for part in condition.parts:
                yield from facts_of(part, asking=asking)
        case Not() | NeverMet():
            yield from facts_of(condition.part, asking=asking)
        case AskedWhen():
            yield from facts_of(condition.part, asking=asking)
            if asking:
                yield from facts_of(condition.when)


def _words(condition: Condition) -> str:
    if isinstance(condition, Not):
        return f"no longer so: {condition.part.text}"
    if isinstance(condition, All):
        return " with ".join(_words(part) for part in condition.parts)
    return condition.text


def _against(condition: Condition, s: Situation) -> tuple[Evidence, ...]:
    """The values behind what is not met; a cannula's flow also as the oxygen that it gives, about."""
    evidence = condition.find(s).evidence
    charted = s.values.oxygen
    if condition is fio2_high and charted is not None and charted.value.fio2_percent is None:
        flow = charted.value.flow_l_min
        if charted.value.device == "nasal-cannula" and flow is not None:
            about = f"about {measurement(cannula_fio2_percent(flow))}% by the flow"
            return (*evidence, Evidence(about, charted.at))
    return evidence
