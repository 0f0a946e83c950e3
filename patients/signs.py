"""How does a sign read where it stands among others, and does it still count?

Past its window a value is unknown: it is said as the last one, never as the present one.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from grading.numbers import celsius, measurement
from grading.oxygen import described
from grading.pressure import Pressure
from grading.record import Oxygen, Vasopressor
from grading.vasopressors import equivalent_words, running
from patients.glance import Sign as Charted


class State(StrEnum):
    """Does a value count?"""

    CURRENT = "current"
    OLD = "old"  # older than the patient's round, and counts still
    PAST = "past"  # past its window: unknown
    NEVER = "never"  # not charted since the infusion


@dataclass(frozen=True, slots=True)
class Sign:
    """A sign in words, and whether it counts. `lines` are the value charted last, also where it counts no more."""

    state: State
    lines: tuple[str, ...] = ()
    at: datetime | None = None
    more: str = ""

    @property
    def counts(self) -> bool:
        return self.state in (State.CURRENT, State.OLD)

    @property
    def old(self) -> bool:
        return self.state is State.OLD


def sign_of(charted: Charted | None, lines: Callable[[Any], tuple[str, ...]], now: datetime, more: str = "") -> Sign:
    if charted is None:
        return Sign(State.NEVER)
    if charted.runs_out_at is None or now > charted.runs_out_at:
        state = State.PAST
    else:
        state = State.OLD if charted.old_at is not None and now > charted.old_at else State.CURRENT
    return Sign(state, lines(charted.value), charted.at, more)


def temperature(value: Decimal) -> tuple[str, ...]:
    return (f"{celsius(value)} °C",)


def mean(value: Pressure) -> tuple[str, ...]:
    """«60 mmHg»; without a mean what was charted: «systolic 90 mmHg»."""
    mean = value.shown_mean
    return (f"{measurement(mean)} mmHg" if mean is not None else str(value),)


def percent(value: Decimal) -> tuple[str, ...]:
    return (f"{measurement(value)}%",)


def oxygen(value: Oxygen) -> tuple[str, ...]:
    return (described(value),)


def agents(value: Iterable[Vasopressor]) -> tuple[str, ...]:
    return tuple(map(running, value)) or ("none running",)


def equivalent(given: Sequence[Vasopressor], weight_kg: Decimal | None) -> str:
    """«equivalent 21 mcg/min»; empty where one norepinephrine rate says it already."""
    if [(one.agent, one.unit) for one in given] == [("norepinephrine", "mcg/min")]:
        return ""
    return equivalent_words(given, weight_kg).removeprefix("norepinephrine ")
