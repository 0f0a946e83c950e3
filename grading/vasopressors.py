"""Which vasopressors count, what is the norepinephrine equivalent, and is the dose high for three hours? (rules 1.3)

Source: Lee 2014 Table 3, with the VASST equation. Rates are exact fractions; dopamine is kept in mcg/kg/min.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import ROUND_DOWN, Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from grading.numbers import dose, measurement
from grading.record import Vasopressor
from grading.result import Evidence
from grading.terms import Condition, Fact, Finding, Truth, fact, no, unknown, yes
from grading.words import AGENTS, INOTROPES, spoken

if TYPE_CHECKING:
    from grading.situation import Situation

HELD_FOR: Final = timedelta(hours=3)  # [L14 Table 3]: all doses are required for 3 hours or more
BREAK_AFTER: Final = timedelta(hours=4)  # [H]: two chartings further apart break the run
ADULT_REFERENCE_KG: Final = 70  # [H]: the table is in adult units

# [L14 Table 3]: the lone agent's rate from which its dose is high; dopamine in mcg/kg/min, the others in mcg/min
LONE_HIGH: Final = {"norepinephrine": 20, "dopamine": 10, "phenylephrine": 200, "epinephrine": 10}
WITH_VASOPRESSIN_HIGH: Final = 10  # norepinephrine equivalent, mcg/min
SEVERAL_HIGH: Final = 20  # norepinephrine equivalent, mcg/min
# VASST: what one unit of the agent's own rate is worth, in mcg/min of norepinephrine
EQUIVALENT: Final = {
    "norepinephrine": Fraction(1),
    "dopamine": Fraction(1, 2),
    "epinephrine": Fraction(1),
    "phenylephrine": Fraction(1, 10),
}


_ON_CHANGE = "the vasopressors as soon as they change"


def table_rate(given: Vasopressor, weight_kg: Decimal | None) -> Fraction | None:
    """The rate in the unit of Table 3: mcg/min, dopamine mcg/kg/min. None where no rate, or no weight it needs.

    Vasopressin has no place in the table: its rate is never asked for.
    """
    if given.rate is None or given.unit is None:
        return None
    rate = Fraction(given.rate)
    if given.unit == "mg/h":
        rate = rate * 1000 / 60
    per_kg = given.unit == "mcg/kg/min"
    if per_kg == (given.agent == "dopamine"):
        return rate
    if weight_kg is None:
        return None
    return rate * Fraction(weight_kg) if per_kg else rate / Fraction(weight_kg)


def norepinephrine_equivalent(given: Sequence[Vasopressor], weight_kg: Decimal | None) -> tuple[Fraction, bool]:
    """The equivalent of the known parts in mcg/min, and whether every part of it is known."""
    known, whole = Fraction(0), True
    for one in given:
        if one.agent in EQUIVALENT:
            rate = table_rate(one, weight_kg)
            if rate is None:
                whole = False
            else:
                known += rate * EQUIVALENT[one.agent]
    return known, whole


def equivalent_in_words() -> tuple[str, ...]:
    """How the equivalent is computed by hand, for a sheet of paper."""
    parts = []
    for agent, worth in EQUIVALENT.items():
        unit = " (mcg/kg/min)" if agent == "dopamine" else ""
        parts.append(f"{spoken(AGENTS[agent])}{unit}{'' if worth == 1 else f' ÷ {1 / worth}'}")
    return (
        f"norepinephrine equivalent, mcg/min: {' + '.join(parts)}; no other agent is in it",
        "mcg/kg/min × weight in kg = mcg/min; mg/h × 1,000 ÷ 60 = mcg/min",
    )


def equivalent_words(given: Sequence[Vasopressor], weight_kg: Decimal | None) -> str:
    """«norepinephrine equivalent 21 mcg/min»; of the known parts «… or more». Empty where no agent has one, or where
    none of those that have one has a known rate."""
    return said_equivalent(*norepinephrine_equivalent(given, weight_kg))


def said_equivalent(known: Fraction, whole: bool) -> str:
    """As `equivalent_words`, of an equivalent that is reckoned already."""
    if not known:
        return ""
    return f"norepinephrine equivalent {_shown(known)} mcg/min{'' if whole else ' or more'}"


@dataclass(frozen=True, slots=True)
class Level:
    """The row of Table 3 that applies to the counted vasopressors of one moment, and whether its dose is reached."""

    high: Truth
    lone: str | None  # the agent, when it is alone and has a row
    since: datetime | None  # since when a lone agent has run at this rate or more, as charted
    chart: str = ""  # what to chart, when it is unknown
    words: str = ""  # the row and the dose, for people


def counted(given: Sequence[Vasopressor]) -> tuple[Vasopressor, ...]:
    """Those that count outside ASTCT: no inotropes, for hypotension; vasopressin either way."""
    return tuple(
        v for v in given if v.agent not in INOTROPES and (v.for_hypotension is not False or v.agent == "vasopressin")
    )


def level(given: Sequence[Vasopressor], weight_kg: Decimal | None, adult: bool) -> Level:
    """Judge the counted vasopressors of one moment against Table 3. None running is not high."""
    if not given:
        return Level(Truth.NO, None, None)
    if len(given) == 1:
        return _lone_level(given[0], weight_kg, adult)
    vasopressin = any(v.agent == "vasopressin" for v in given)
    limit = WITH_VASOPRESSIN_HIGH if vasopressin else SEVERAL_HIGH
    known, whole = norepinephrine_equivalent(given, weight_kg)
    words = f"norepinephrine equivalent {_shown(known)} mcg/min{'' if whole else ' or more'}, high from {limit} mcg/min"
    high = Truth.YES if known >= limit else Truth.NO if whole else Truth.UNKNOWN
    return Level(high, None, None, "the rate of each vasopressor, and the weight", words)


def _lone_level(given: Vasopressor, weight_kg: Decimal | None, adult: bool) -> Level:
    name = spoken(AGENTS[given.agent])
    limit = LONE_HIGH.get(given.agent)
    if limit is None:
        return Level(Truth.UNKNOWN, None, None, f"{_ON_CHANGE} ({name} alone has no row in the table of high doses)")
    unit = "mcg/kg/min" if given.agent == "dopamine" else "mcg/min"
    rate = table_rate(given, weight_kg)
    if rate is None:
        missing = f"the rate of {name}" if given.rate is None else "the weight"
        return Level(Truth.UNKNOWN, given.agent, given.since, missing)
    words = f"{name} {_shown(rate)} {unit}, high from {limit} {unit}"
    high = Truth.of(rate >= limit)
    if high is Truth.NO and not adult and given.agent != "dopamine":
        if weight_kg is None:
            return Level(Truth.UNKNOWN, given.agent, given.since, "the weight", words)
        if rate >= Fraction(limit) * Fraction(weight_kg) / ADULT_REFERENCE_KG:
            chart = f"{_ON_CHANGE} (the table is in adult units, and by weight the dose is high [H])"
            return Level(Truth.UNKNOWN, given.agent, given.since, chart, words)
    return Level(high, given.agent, given.since, words=words)


def _shown(rate: Fraction) -> str:
    """At most two decimals, cut off and not rounded: a rate below a limit never reads as the limit."""
    exact = Decimal(rate.numerator) / Decimal(rate.denominator)
    return dose(exact.quantize(Decimal("0.01"), rounding=ROUND_DOWN))


@dataclass(frozen=True, slots=True)
class Held:
    """The level in force and, while it is high, since when it has been held."""

    level: Level
    charted_at: datetime
    since: datetime | None  # start of the run; None unless high


@dataclass(frozen=True, slots=True)
class _Charting:
    """The vasopressors of one assessment that charted them."""

    at: datetime
    given: tuple[Vasopressor, ...]
    weight_kg: Decimal | None
    adult: bool


@dataclass(slots=True)
class DoseRun:
    """The look-back: folds the assessments that charted vasopressors, in time order (rules 1.3).

    A rate is converted with the weight at its own charting. While none was known yet, the first one charted after it
    serves: it was measured, not assumed. A run is of what was given: hypotension attributed elsewhere for a while
    does not break it, since the vasopressor ran on.
    """

    _unweighed: list[_Charting] = field(default_factory=list)  # all so far, until a weight is known
    _held: Held | None = None  # as of the latest charting
    _started: datetime | None = None  # start of the run of high levels, extended by `since`
    _last: datetime | None = None  # the run's latest high charting
    _broken_at: datetime | None = None  # the latest charting with a level known not to be high

    def copy(self) -> DoseRun:
        """What goes on by itself: what either takes, the other does not see."""
        return replace(self, _unweighed=list(self._unweighed))

    def chart(self, at: datetime, given: tuple[Vasopressor, ...], weight_kg: Decimal | None, adult: bool) -> None:
        """Fold in an assessment that charted vasopressors. A level that is unknown is passed over."""
        if weight_kg is None:
            self._unweighed.append(_Charting(at, given, weight_kg, adult))
        self._fold(at, level(counted(given), weight_kg, adult))

    def first_weight(self, weight_kg: Decimal) -> None:
        """The patient's first weight is known: judge again what was charted without one."""
        again, self._unweighed = self._unweighed, []
        self._started = self._last = self._broken_at = None
        for one in again:
            self._fold(one.at, level(counted(one.given), weight_kg, one.adult))

    def _fold(self, at: datetime, now: Level) -> None:
        if now.high is Truth.NO:
            self._started, self._last, self._broken_at = None, None, at
        elif now.high is Truth.YES:
            start = self._start_at(at)
            if now.lone and now.since is not None:
                earliest = now.since if self._broken_at is None else max(now.since, self._broken_at)
                start = min(start, earliest)
            self._started, self._last = start, at
        self._held = Held(now, at, self._started if now.high is Truth.YES else None)

    def _start_at(self, at: datetime) -> datetime:
        if self._started is None or self._last is None or at - self._last > BREAK_AFTER:
            return at
        return self._started

    @property
    def held(self) -> Held | None:
        """How the vasopressors charted last stand. Whether they are still in force is for the caller to know."""
        return self._held


@fact("high dose of a vasopressor, held for 3 hours")
def high_dose(s: Situation) -> Finding:
    """Table 3's row met for three hours or more. High but not yet so long is unknown, with when it will be met."""
    if s.values.elsewhere("hypotension"):
        return no(s.attribution("hypotension"))
    if s.held is None:
        return unknown("the vasopressors")
    now = s.held.level
    evidence = (Evidence(now.words, s.held.charted_at),) if now.words else ()
    if now.high is Truth.NO:
        return no(*evidence)
    if now.high is Truth.UNKNOWN or s.held.since is None:
        return unknown(now.chart, evidence=evidence)
    if s.at - s.held.since >= HELD_FOR:
        return yes(*evidence, Evidence("held for 3 hours or more", s.held.since))
    return unknown(
        "how long the vasopressor has run at this rate or more",
        evidence=evidence,
        pending_at=s.held.since + HELD_FOR if now.lone else None,
    )


def at_least(number: int, *, astct: bool = False, leaving_out_vasopressin: bool = False) -> Condition:
    """At least `number` counted vasopressors. Under ASTCT vasopressin counts only when it answers hypotension."""
    text = {1: "at least one counted vasopressor", 2: "at least two counted vasopressors"}[number]

    def look(s: Situation) -> Finding:
        if s.values.elsewhere("hypotension"):
            return no(s.attribution("hypotension"))
        charted = s.values.vasopressors
        if charted is None:
            return unknown("the vasopressors")
        given = [
            v
            for v in counted(charted.value)
            if not (v.agent == "vasopressin" and (leaving_out_vasopressin or (astct and v.for_hypotension is False)))
        ]
        evidence = [Evidence(running(v), charted.at) for v in given]
        return yes(*evidence) if len(given) >= number else no(*evidence)

    return Fact(f"{text}, vasopressin left out" if leaving_out_vasopressin else text, look)


def running(given: Vasopressor) -> str:
    """«norepinephrine 5 mcg/min»; «dopamine, rate not charted»."""
    name = spoken(AGENTS[given.agent])
    return f"{name} {measurement(given.rate)} {given.unit}" if given.rate is not None else f"{name}, rate not charted"
