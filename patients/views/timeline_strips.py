"""Which strips and lanes does the timeline have, each on its own fixed scale, and what is the latest value of each?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from grading.fever import FEVER_C
from grading.numbers import measurement
from grading.oxygen import HIGH_FIO2_PERCENT
from grading.reassessment import LABORATORY_ROUND
from grading.settings import Settings
from grading.timeline_shapes import Point, Span, Timeline
from grading.words import SCALES
from patients.formats import shown_moment_near
from patients.models.submission import EnteredRow
from patients.timeline import Lane, Mark
from patients.views import timeline_paths as paths
from patients.views.rows import is_late
from patients.views.timeline_axis import Axis
from patients.views.timeline_paths import DOT, Label, Path, Scale

TEMPERATURE: Final = Scale(34, 42, (36, 40))
PRESSURE: Final = Scale(20, 220, (40, 120, 200))  # no tick at a limit
HEART_RATE: Final = Scale(40, 220, (80, 160))
SPO2: Final = Scale(70, 100, (80,))
FIO2: Final = Scale(20, 150, (80,))  # room above 100 for the devices' names
EQUIVALENT: Final = Scale(0, 90, (20, 40))
CRP: Final = Scale(1, 1_000, (10, 100), logarithmic=True)
FERRITIN: Final = Scale(10, 1_000_000, (1_000, 100_000), logarithmic=True)
ICE: Final = Scale(0, 10, (5,))
GRADES: Final = Scale(-1, 5)
HEIGHTS: Final = {"anticytokine": 18, "glucocorticoid": 50}  # of the doses; the others stand below
CLEAR: Final = 4.5  # percent between words and a line that would strike them through
UPRIGHT: Final = ("anticytokine", "stop", "open")  # the others are dots; a square is a value beyond its limit alone
LASTS: Final = timedelta(hours=2)
MARKS: Final = ("ring", "event", "stop", "open", "glucocorticoid", "anticytokine")  # drawn in this order


@dataclass(frozen=True, slots=True)
class Rule:
    """A line over the whole width with its words. `y` in percent from the top."""

    y: float
    label: str
    kind: str  # `scale`, `limit`


@dataclass(frozen=True, slots=True)
class Latest:
    """The last value and the one before it, in words."""

    text: str
    at: datetime
    before: str
    old: bool  # past the patient's round


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """One row of the page."""

    key: str
    name: str
    unit: str = ""
    size: str = ""  # class of its height
    paths: tuple[Path, ...]
    rules: tuple[Rule, ...] = ()
    labels: tuple[Label, ...] = ()
    latest: Latest | None
    grade: int | None = None  # of a scale: the latest
    count: int
    note: str = ""  # what to watch for, in words
    lane: bool = False


@dataclass(frozen=True, slots=True)
class Drawing:
    """The strips of one timeline on one axis."""

    axis: Axis
    drawn: Timeline
    settings: Settings
    governing: str | None  # the scale that governs
    round: timedelta | None  # the patient's; None where the course is over
    _late: dict[int, bool] = field(default_factory=dict, compare=False)  # by the row's identity

    def strips(self) -> list[Strip]:
        """From the temperature to ICE, in the order of the page."""
        t, limit = self.drawn, self.settings.spo2_limit_percent
        fever, low = f"fever, {measurement(FEVER_C)}", f"low, {measurement(limit)}"
        high = measurement(HIGH_FIO2_PERCENT)
        return [
            self._sign("temperature", "Temperature", "°C", t.temperature, TEMPERATURE, "tall", (FEVER_C, fever)),
            self._pressure(),
            self._sign("heart_rate", "Heart rate", "/min", t.heart_rate, HEART_RATE),
            self._sign("spo2", "SpO2", "%", t.spo2, SPO2, limit=(limit, low)),
            self._sign("fio2", "Oxygen, FiO2", "%", t.fio2, FIO2, "tall", (HIGH_FIO2_PERCENT, high), t.oxygen),
            self._vasopressors(),
            self._sign("crp", "CRP", "mg/L, log", t.markers["crp"], CRP, round_=LABORATORY_ROUND),
            self._sign("ferritin", "Ferritin", "ng/mL, log", t.markers["ferritin"], FERRITIN, round_=LABORATORY_ROUND),
            *(self._grade(scale) for scale in SCALES),
            self._sign("ice", "ICE", "of 10", t.ice, ICE),
        ]

    def _latest(self, points: Sequence[Point], round_: timedelta | None = None) -> Latest | None:
        if not points:
            return None
        before = points[-2].short if len(points) > 1 else ""
        return Latest(points[-1].short, points[-1].at, before, self._old(points[-1].at, round_))

    def _old(self, at: datetime, round_: timedelta | None = None) -> bool:
        """Is a last value older than its round? Not where the course is over."""
        return self.round is not None and self.drawn.ends_at - at > (round_ or self.round)

    def _sign(
        self,
        key: str,
        name: str,
        unit: str,
        points: Sequence[Point],
        scale: Scale,
        size: str = "",
        limit: tuple[Decimal, str] | None = None,
        spans: Sequence[Span] = (),
        round_: timedelta | None = None,
    ) -> Strip:
        x = self.axis.x
        ruled = [Rule(scale.y(tick), f"{tick:,}", "scale") for tick in scale.ticks]
        if limit is not None:
            ruled.append(Rule(scale.y(limit[0]), limit[1], "limit"))
        return Strip(
            key=key,
            name=name,
            unit=unit,
            size=size,
            paths=(
                *paths.spans(spans, 8, x),
                *self._points(points, scale),
            ),
            rules=tuple(ruled),
            labels=tuple(paths.span_labels(spans, 8, x)),
            latest=self._latest(points, round_),
            note=_in_force(spans, self.drawn),
            count=len(points),
        )

    def _points(self, points: Sequence[Point], scale: Scale) -> Iterator[Path]:
        placed = paths.placed(points, scale, self.axis.x)
        yield from paths.line(placed)
        yield from paths.dots(placed, self.late)

    def late(self, ref: object) -> bool:
        """Was the row entered late?"""
        known = self._late.get(id(ref))
        if known is None:
            known = self._late[id(ref)] = isinstance(ref, EnteredRow) and is_late(ref)
        return known

    def _pressure(self) -> Strip:
        """Bars with their means; the limits that applied, the systolic one broken, the mean's dotted."""
        t, x = self.drawn, self.axis.x
        ruled = [Rule(PRESSURE.y(tick), str(tick), "scale") for tick in PRESSURE.ticks]
        written = [
            paths.label(x(one.at), x(one.until), _clear(PRESSURE, one.value, shifts), one.words, "words", 34)
            for limits, shifts in ((t.systolic_limits, (-5, 6)), (t.mean_limits, (6, -5)))
            for one in limits
        ]
        return Strip(
            key="pressure",
            name="Pressure",
            unit="mmHg, (mean)",
            size="taller",
            paths=(
                *paths.limits(t.systolic_limits, PRESSURE, x, "limit-systolic"),
                *paths.limits(t.mean_limits, PRESSURE, x, "limit-mean"),
                *paths.bars(t.pressure, PRESSURE, x),
                *self._points(t.pressure, PRESSURE),
            ),
            rules=tuple(ruled),
            labels=tuple(written),
            latest=self._latest(t.pressure),
            count=len(t.pressure),
        )

    def _vasopressors(self) -> Strip:
        t, x = self.drawn, self.axis.x
        return Strip(
            key="vasopressors",
            name="Vasopressors",
            unit="as norepinephrine, mcg/min",
            size="taller",
            paths=(
                *paths.spans(t.agents, 8, x),
                *self._points(t.vasopressors, EQUIVALENT),
                *paths.high_doses(t.high_doses, x),
            ),
            rules=tuple(Rule(EQUIVALENT.y(tick), str(tick), "scale") for tick in EQUIVALENT.ticks),
            labels=(
                *paths.span_labels(t.agents, 8, x),
                *paths.high_dose_labels(t.high_doses, x),
            ),
            latest=self._latest(t.vasopressors),
            note="; ".join(part for part in (_in_force(t.agents, t), _high_dose_note(t)) if part),
            count=len(t.vasopressors),
        )

    def _grade(self, scale: str) -> Strip:
        steps = self.drawn.grades[scale]
        runs = paths.held(steps, self.axis.x)
        ringed = [
            f"M{self.axis.x(one.at)} {GRADES.y(one.grade)}{DOT}"
            for one in steps
            if one.grade is not None and self.late(one.ref)
        ]
        last = steps[-1] if steps else None
        words = [graded_words(one.grade, one.at_most) for one in steps[-2:]]
        return Strip(
            key=scale,
            name=SCALES[scale],
            unit="governs" if scale == self.governing else "",
            size="grade-strip",
            paths=(*paths.grade_bars(runs, GRADES), *paths.stacked([("ring", ringed)])),
            labels=tuple(paths.grade_labels(runs, GRADES)),
            latest=Latest(words[-1], last.at, words[0] if len(words) > 1 else "", self._old(last.at)) if last else None,
            grade=last.grade if last else None,
            count=len(steps),
        )

    def lane(self, lane: Lane) -> Strip:
        """The marks of one lane, with their words where there is room."""
        x = self.axis.x
        drawn: dict[str, list[str]] = {kind: [] for kind in MARKS}
        nexts: dict[float, float] = {}  # by height, where the next mark stands
        words = []
        for mark in reversed(lane.marks):
            y, rise = (HEIGHTS.get(mark.kind, 82), 13) if lane.key == "doses" else (50, 24)
            words.append(_beside(mark, x(mark.at), nexts.get(y, self.axis.end + paths.A_DAY), y, self.axis))
            nexts[y] = x(mark.at)
            dot = f"M{x(mark.at)} {y}{DOT}"
            drawn[mark.kind].append(f"M{x(mark.at)} {y - rise}v{2 * rise}" if mark.kind in UPRIGHT else dot)
            if self.late(mark.row):
                drawn["ring"].append(dot)
        last = lane.marks[-1] if lane.marks else None
        return Strip(
            key=lane.key,
            name=lane.name,
            size="lane",
            lane=True,
            paths=(*self._held(lane), *paths.stacked(drawn.items())),
            labels=tuple(words),
            latest=Latest(last.short, last.at, "", False) if last else None,
            count=len(lane.marks),
        )

    def _held(self, lane: Lane) -> Iterator[Path]:
        x = self.axis.x
        held = [f"M{x(one.at)} 90H{x(one.until)}" for one in lane.marks if one.until is not None]
        if held:
            yield Path("span", "".join(held))


def _beside(mark: Mark, low: float, next_: float, y: float, axis: Axis) -> Label:
    """The words of what lasts stay in sight as long as it does; those of a moment stand at its mark only."""
    if mark.until is not None and mark.until - mark.at > LASTS:
        return paths.label(low, min(axis.x(mark.until), next_), y, mark.short, "beside")
    return paths.label(low, next_, y, mark.short, "at")


def _clear(scale: Scale, value: Decimal, shifts: tuple[float, float]) -> float:
    """Where the words of a limit stand: on the first side of its line where no tick's line goes through them."""
    places = [scale.y(value) + shift for shift in shifts]
    clear = (y for y in places if all(abs(y - scale.y(tick)) >= CLEAR for tick in scale.ticks))
    return next(clear, places[0])


def _in_force(spans: Sequence[Span], drawn: Timeline) -> str:
    """What holds at the end of the drawing; empty where that was charted too long ago, and once the course is over."""
    return spans[-1].text if spans and not drawn.over and spans[-1].until >= drawn.ends_at else ""


def _high_dose_note(drawn: Timeline) -> str:
    """Of a high dose that is in force: since when it counts, or when it will."""
    if not drawn.high_doses or drawn.high_doses[-1].ended:
        return ""
    run, now = drawn.high_doses[-1], drawn.ends_at
    if run.attributed:
        return f"high dose since {shown_moment_near(run.at, now)}, hypotension of another cause: counts for no scale"
    if run.reached:
        return f"high dose held for 3 h since {shown_moment_near(run.counts_at, now)}"
    if run.counts_at > now:
        return f"high dose: 3 h at {shown_moment_near(run.counts_at, now)} if not lowered"
    return f"high dose: 3 h were over at {shown_moment_near(run.counts_at, now)}, not assessed since"


def graded_words(grade: int | None, at_most: int | None) -> str:
    """«3»; «2 to 4» where it is not certain."""
    if grade is None or at_most is None:
        return "not graded"
    return str(grade) if grade == at_most else f"{grade} to {at_most}"
