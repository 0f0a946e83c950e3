"""Which shapes does a timeline have: points, spans, limits, steps? Times and values only, no pixel."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple


class Point(NamedTuple):
    """One charted value. `value` is its height in the unit of its series; None where it has no place on the scale."""

    at: datetime
    value: Decimal | None
    text: str  # as charted, with the recorded precision: «38.0 °C»
    short: str  # the number alone, for the latest value: «88/46 (60)»
    low: Decimal | None = None  # the bar of a pressure: diastolic
    high: Decimal | None = None  # systolic
    estimated: bool = False  # calculated, estimated, or known in part only («or more»)
    beyond: bool = False  # on the wrong side of the limit that applied
    gap: bool = False  # too long after the point before: no line leads to it
    ref: object = None  # the row that it was charted in


class Span(NamedTuple):
    """Something that held from `at` to `until`: a device, the agents running, an attribution."""

    at: datetime
    until: datetime
    text: str
    ref: object = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A limit that applied from `at` to `until`."""

    at: datetime
    until: datetime
    value: Decimal
    words: str


class Step(NamedTuple):
    """The grade of one scale, from the assessment that gave it on. A grade of None was not to be had."""

    at: datetime
    until: datetime
    grade: int | None
    at_most: int | None
    ref: object = None
    left_out: tuple[str, ...] = ()  # as of `Verdict`


@dataclass(frozen=True, slots=True, kw_only=True)
class HighDose:
    """A run of high vasopressor doses [L14 Table 3]. `counts_at`: three hours after it began.

    `reached` once an assessment at or after `counts_at` still had it in force while hypotension was not attributed
    elsewhere; where it was for a time, `counts_at` is the first such assessment. `attributed`: it was at the
    latest one, and the dose counts for no scale. `ended`: a later charting was not high or not known, its window is
    over, or the course is.
    """

    at: datetime
    last_at: datetime
    counts_at: datetime
    reached: bool
    ended: bool
    attributed: bool
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """The signs and grades of a course up to `ends_at`. Everything stands in time order."""

    begins_at: datetime
    ends_at: datetime
    over: bool  # the course is, or the patient died: nothing is in force now
    temperature: tuple[Point, ...]  # °C
    pressure: tuple[Point, ...]  # mmHg; the value is the mean
    systolic_limits: tuple[Limit, ...]
    mean_limits: tuple[Limit, ...]  # from 18 years
    heart_rate: tuple[Point, ...]
    spo2: tuple[Point, ...]  # percent
    fio2: tuple[Point, ...]  # percent
    oxygen: tuple[Span, ...]
    vasopressors: tuple[Point, ...]  # norepinephrine equivalent of what counts, mcg/min
    agents: tuple[Span, ...]
    high_doses: tuple[HighDose, ...]
    markers: Mapping[str, tuple[Point, ...]]  # `crp` in mg/L, `ferritin` in ng/mL
    ice: tuple[Point, ...]
    grades: Mapping[str, tuple[Step, ...]]  # by scale id
    attributions: tuple[Span, ...]
