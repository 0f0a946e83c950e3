"""Do results already there look like tumor lysis, or like HLH? Watch panels: they inform and grade nothing.

Each panel names its criteria, what each rests on, and what is missing. Tumor lysis: Cairo and Bishop's laboratory
criteria, two of four. The HLH-like picture: after ASTCT 2023; its numbers are a house interpretation [H].
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Final

from grading.numbers import measurement, shown_unit
from grading.record import Laboratory
from grading.result import Evidence, GradedCourse
from grading.terms import Finding, Truth, no, unknown, yes
from grading.units import UnitError, reckoned, units_of
from grading.words import ANALYTES

COUNTS_FOR: Final = timedelta(hours=24)  # [H]: results of one day are read together
RISING_FAST: Final = timedelta(hours=24)  # [H]: ferritin doubled within this time


@dataclass(frozen=True, slots=True)
class Reading:
    """A result in its reckoning unit, and as it was typed."""

    at: datetime
    amount: Fraction
    result: Laboratory

    @property
    def evidence(self) -> Evidence:
        name = ANALYTES.get(self.result.analyte, self.result.analyte)
        value = measurement(self.result.value) if self.result.value is not None else ""
        return Evidence(f"{name} {value} {shown_unit(self.result.unit or '')}".strip(), self.at)

    def beside(self, side: str, limit: Decimal) -> Evidence:
        """The result with the limit that it is held against."""
        return Evidence(f"{self.evidence.text}, {side} limit {measurement(limit)}", self.at)


@dataclass(frozen=True, slots=True)
class Watched:
    """One criterion of a panel, judged."""

    words: str
    finding: Finding


@dataclass(frozen=True, slots=True)
class Panel:
    """A panel: is its picture there, by which criteria, and what is missing?"""

    id: str
    name: str
    source: str
    needed: int  # how many criteria make the picture
    criteria: tuple[Watched, ...]

    @property
    def truth(self) -> Truth:
        met = sum(c.finding.truth is Truth.YES for c in self.criteria)
        possible = sum(c.finding.truth is not Truth.NO for c in self.criteria)
        return Truth.YES if met >= self.needed else Truth.UNKNOWN if possible >= self.needed else Truth.NO

    @property
    def missing(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(m for c in self.criteria for m in c.finding.chart))


class Readings:
    """One patient's results at a moment: the day's latest by analyte, and the baseline before the infusion."""

    def __init__(self, results: Iterable[Laboratory], started_at: datetime, now: datetime) -> None:
        self.now = now
        self.started_at = started_at
        self._by_analyte: dict[str, list[Reading]] = {}
        for result in sorted(results, key=lambda r: (r.at, r.analyte)):
            if result.value is None or result.at > now:
                continue
            try:
                amount = reckoned(result.analyte, result.value, result.unit or "")
            except UnitError:
                continue  # kept as typed, and nothing is reckoned from it
            self._by_analyte.setdefault(result.analyte, []).append(Reading(result.at, amount, result))

    def latest(self, analyte: str) -> Reading | None:
        """The latest since the infusion started, no older than a day."""
        since = max(self.started_at, self.now - COUNTS_FOR)
        found = [r for r in self._by_analyte.get(analyte, ()) if r.at >= since]
        return found[-1] if found else None

    def baseline(self, analyte: str) -> Reading | None:
        """The latest from before the infusion."""
        found = [r for r in self._by_analyte.get(analyte, ()) if r.at < self.started_at]
        return found[-1] if found else None

    def earlier(self, analyte: str, within: timedelta) -> list[Reading]:
        """Since the infusion started and within the time before the latest, the latest left out."""
        latest = self.latest(analyte)
        if latest is None:
            return []
        since = max(self.started_at, latest.at - within)
        return [r for r in self._by_analyte[analyte] if since <= r.at < latest.at]

    def fold_rise(self, analyte: str) -> Fraction | None:
        """The latest over the patient's own baseline; None without both, or with a baseline of zero."""
        latest = self.latest(analyte)
        return self.rise(latest.result) if latest else None

    def rise(self, result: Laboratory) -> Fraction | None:
        """This result over the patient's own baseline; None before the infusion, without both, or over zero."""
        baseline = self.baseline(result.analyte)
        if result.value is None or result.at < self.started_at or baseline is None or baseline.amount <= 0:
            return None
        try:
            return reckoned(result.analyte, result.value, result.unit or "") / baseline.amount
        except UnitError:
            return None


def _named(analyte: str) -> str:
    units = units_of(analyte)
    return f"{ANALYTES.get(analyte, analyte)}{f' in {units[0]}' if units else ''}"


def _judged(reading: Reading | None, analyte: str, meets: Callable[[Fraction], bool]) -> Finding:
    if reading is None:
        return unknown(_named(analyte))
    return yes(reading.evidence) if meets(reading.amount) else no(reading.evidence)


def _changed(readings: Readings, analyte: str, factor: Fraction) -> Finding:
    """Up by a quarter over the baseline (`factor` above 1), or down by one (below 1)."""
    latest, baseline = readings.latest(analyte), readings.baseline(analyte)
    if latest is None:
        return unknown(_named(analyte))
    if baseline is None:
        return unknown(f"{_named(analyte)} from before the infusion")
    limit = baseline.amount * factor
    met = latest.amount >= limit if factor > 1 else latest.amount <= limit
    return Finding(Truth.of(met), (latest.evidence, Evidence(f"baseline {baseline.evidence.text}", baseline.at)))


def _either(*found: Finding) -> Finding:
    """The first that is met; else unknown if any is; else not met."""
    best = max(found, key=lambda f: f.truth)
    if best.truth is Truth.UNKNOWN:
        chart = tuple(dict.fromkeys(c for f in found for c in f.chart))
        return unknown(*chart, evidence=tuple(e for f in found for e in f.evidence))
    return best


_UP, _DOWN = Fraction(5, 4), Fraction(3, 4)


def _corrected_calcium(readings: Readings) -> Finding:
    """Measured + 0.8 × (4.0 − albumin), mg/dL and g/dL; low at 7.0 mg/dL or less."""
    calcium, albumin = readings.latest("calcium"), readings.latest("albumin")
    missing = [_named(a) for a, r in (("calcium", calcium), ("albumin", albumin)) if r is None]
    if calcium is None or albumin is None:
        return unknown(*missing, evidence=(calcium.evidence,) if calcium else ())
    corrected = calcium.amount + Fraction(4, 5) * (4 - albumin.amount)
    shown = (Decimal(corrected.numerator) / Decimal(corrected.denominator)).quantize(Decimal("0.1"))
    evidence = Evidence(f"corrected calcium {measurement(shown)} mg/dL", calcium.at)
    return Finding(Truth.of(corrected <= 7), (evidence, calcium.evidence, albumin.evidence))


def tumor_lysis(readings: Readings, *, adult: bool) -> Panel:
    """Cairo-Bishop, laboratory: two of four, each by its limit or a 25% change from the baseline."""
    phosphate = Fraction(9, 2) if adult else Fraction(13, 2)
    limit = "4.5" if adult else "6.5"

    def high(analyte: str, from_: Fraction) -> Finding:
        reached = _judged(readings.latest(analyte), analyte, lambda amount: amount >= from_)
        return _either(reached, _changed(readings, analyte, _UP))

    return Panel(
        id="tumor-lysis",
        name="Tumor lysis, laboratory",
        source="Cairo-Bishop laboratory criteria: two of four",
        needed=2,
        criteria=(
            Watched("Uric acid 8 mg/dL or more, or up 25%", high("uric-acid", Fraction(8))),
            Watched("Potassium 6.0 mmol/L or more, or up 25%", high("potassium", Fraction(6))),
            Watched(f"Phosphate {limit} mg/dL or more, or up 25%", high("phosphate", phosphate)),
            Watched(
                "Corrected calcium 7.0 mg/dL or less, or calcium down 25%",
                _either(_corrected_calcium(readings), _changed(readings, "calcium", _DOWN)),
            ),
        ),
    )


def _ferritin(readings: Readings) -> Finding:
    latest, baseline = readings.latest("ferritin"), readings.baseline("ferritin")
    if latest is None:
        return unknown(_named("ferritin"))
    parts = []
    upper = latest.result.upper_limit
    if upper is not None and upper > 0 and latest.result.value is not None:
        parts.append(Finding(Truth.of(latest.result.value > 2 * upper), (latest.beside("upper", upper),)))
    else:
        parts.append(unknown("the upper limit of ferritin", evidence=(latest.evidence,)))
    if baseline is not None:
        was = Evidence(f"baseline {baseline.evidence.text}", baseline.at)
        parts.append(Finding(Truth.of(latest.amount > 2 * baseline.amount), (latest.evidence, was)))
    else:
        parts.append(unknown("Ferritin from before the infusion"))
    earlier = readings.earlier("ferritin", RISING_FAST)
    if earlier:
        lowest = min(earlier, key=lambda r: r.amount)
        risen = Evidence(f"from {lowest.evidence.text}", lowest.at)
        parts.append(Finding(Truth.of(latest.amount >= 2 * lowest.amount), (latest.evidence, risen)))
    return _either(*parts)


def _fibrinogen(readings: Readings) -> Finding:
    latest = readings.latest("fibrinogen")
    if latest is None:
        return unknown(_named("fibrinogen"))
    lower, value = latest.result.lower_limit, latest.result.value
    low = latest.amount < 150 or (lower is not None and value is not None and value < lower)
    return yes(latest.evidence) if low else no(latest.evidence)


def _transaminases(readings: Readings) -> Finding:
    parts = []
    for analyte in ("alt", "ast"):
        latest = readings.latest(analyte)
        upper = latest.result.upper_limit if latest else None
        if latest is None or latest.result.value is None:
            parts.append(unknown(_named(analyte)))
        elif upper is None or upper <= 0:
            parts.append(unknown(f"the upper limit of {ANALYTES[analyte]}", evidence=(latest.evidence,)))
        else:
            parts.append(Finding(Truth.of(latest.result.value > 5 * upper), (latest.beside("upper", upper),)))
    return _either(*parts)


def _new_cytopenia(readings: Readings) -> Finding:
    """Below the lower limit now and not before the infusion; without a baseline it is unknown whether it is new."""
    parts = []
    for analyte in ("hemoglobin", "platelets", "anc"):
        latest, baseline = readings.latest(analyte), readings.baseline(analyte)
        lower = latest.result.lower_limit if latest else None
        if latest is None or latest.result.value is None:
            parts.append(unknown(_named(analyte)))
        elif lower is None:
            parts.append(unknown(f"the lower limit of {ANALYTES[analyte]}", evidence=(latest.evidence,)))
        elif latest.result.value >= lower:
            parts.append(no(latest.evidence))
        elif baseline is None or baseline.result.value is None or baseline.result.lower_limit is None:
            parts.append(unknown(f"{ANALYTES[analyte]} from before the infusion", evidence=(latest.evidence,)))
        else:
            new = baseline.result.value >= baseline.result.lower_limit
            parts.append(Finding(Truth.of(new), (latest.beside("lower", lower),)))
    return _either(*parts)


def resolving(course: GradedCourse) -> Finding:
    """Is CRS on its way out [H]? Resolved, or the governing grade below the highest since the last onset; not with
    no onset. Unknown while the grade is uncertain and may still be as high."""
    episode, latest = course.episodes[-1] if course.episodes else None, course.latest
    if episode is None or latest is None or latest.verdict is None:
        return no(Evidence("no onset in this course"))
    if episode.completed_at is not None:
        return yes(Evidence("resolved", episode.completed_at))
    grades = [
        one.verdict.grade
        for one in course.assessments
        if one.at >= episode.onset_at and one.verdict is not None and one.verdict.grade is not None
    ]
    highest, now, at_most = max(grades, default=0), latest.verdict.grade, latest.verdict.at_most
    evidence = Evidence(f"grade {'' if latest.verdict.certain else 'at least '}{now}, highest {highest}", latest.at)
    if now is None or (now < highest and (at_most is None or at_most >= highest)):
        return unknown(*latest.verdict.to_chart, evidence=(evidence,))
    return Finding(Truth.of(now < highest), (evidence,))


def hlh_like(readings: Readings, *, phase: Finding) -> Panel:
    """After ASTCT 2023, as CRS resolves (`phase`): ferritin, with at least one of the others [H]."""
    return Panel(
        id="hlh-like",
        name="HLH-like picture",
        source="ASTCT 2023 [H for the numbers]",
        needed=3,
        criteria=(
            Watched("CRS is resolving or resolved", phase),
            Watched("Ferritin over 2 × the upper limit or the baseline, or doubled in 24 h", _ferritin(readings)),
            Watched(
                "Fibrinogen below 150 mg/dL or the lower limit, or transaminases over 5 × the upper limit, "
                "or a new cytopenia",
                _either(_fibrinogen(readings), _transaminases(readings), _new_cytopenia(readings)),
            ),
        ),
    )
