"""Which lines, dots and bars draw a series?

A drawing is 100 high and as wide as the axis has minutes; the page stretches it, and lines and dots keep their width
(`vector-effect`). A dot is a line too short to see: its ends, round or square, are what is seen. No point is ever left
out, however many there are, so no maximum and no change of a grade can be. A long series is many paths, one after the
other along the axis: the browser draws those that are in sight.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import zip_longest
from typing import Final, NamedTuple

from grading.timeline_shapes import HighDose, Limit, Point, Span, Step

Place = Callable[[datetime], float]  # minutes since the origin
LETTER: Final = 6.7  # pixels that a letter of a label takes, about
DOT: Final = "h.01"
IN_A_PATH: Final = 50  # marks: a path is drawn whole or not at all, and many marks in one take long
A_DAY: Final = 1_440.0  # minutes
FLOOR: Final = 97.0  # where a value stands that has no place on the scale


@dataclass(frozen=True, slots=True)
class Path:
    """`kind` is its class in the style sheet."""

    kind: str
    d: str


class Label(NamedTuple):
    """Words that begin at `low` minutes, written where there are `room` pixels until `high`.

    `at` a mark they are written with it only; `inside` a bar and `beside` its beginning as long as it is in sight.
    Where a bar is too narrow they stand over it, at `over`, if there is room until `until`.
    """

    low: float
    high: float
    y: float
    text: str
    kind: str
    room: int
    after: int  # pixels from the beginning to the words
    until: float = 0
    over: float = 0


@dataclass(frozen=True, slots=True)
class Scale:
    """The fixed scale of a sign. What lies beyond it stands at its edge; its number is in the words."""

    low: float
    high: float
    ticks: tuple[int, ...] = ()
    logarithmic: bool = False

    def y(self, value: Decimal | int) -> float:
        """Percent from the top."""
        place, low, high = float(value), self.low, self.high
        if self.logarithmic:
            place, low, high = math.log10(max(place, 1e-9)), math.log10(low), math.log10(high)
        share = min(max((place - low) / (high - low), 0.0), 1.0)
        return round(93 - 86 * share, 1)


def label(low: float, high: float, y: float, text: str, kind: str, after: int = 9) -> Label:
    """Words `after` pixels beside the beginning of what they belong to."""
    return Label(low, high, y, text, kind, math.ceil(len(text) * LETTER) + after + 3, after)


class Placed(NamedTuple):
    """A point with its place; `y` is None where it has no place on the scale."""

    point: Point
    x: float
    y: float | None


def placed(points: Sequence[Point], scale: Scale, x: Place) -> list[Placed]:
    y = _each_once(scale)
    return [Placed(one, x(one.at), None if one.value is None else y(one.value)) for one in points]


def _each_once(scale: Scale) -> Callable[[Decimal], float]:
    """The scale's places, each value reckoned once: a sign has few values and many points."""
    known: dict[Decimal, float] = {}

    def y(value: Decimal) -> float:
        place = known.get(value)
        if place is None:
            place = known[value] = scale.y(value)
        return place

    return y


def line(points: Sequence[Placed]) -> Iterator[Path]:
    """Straight lines between points; none across a gap, nor to what has no place on the scale."""
    found: list[str] = []
    pen = False
    for point, x, y in points:
        if y is None:
            pen = False
            continue
        if len(found) > IN_A_PATH:
            yield Path("line", "".join(found))
            found = [found[-1].replace("L", "M")]  # the next path goes on where this one ends
        found.append(f"{'L' if pen and not point.gap else 'M'}{x} {y}")
        pen = True
    if found:
        yield Path("line", "".join(found))


def bars(points: Sequence[Point], scale: Scale, x: Place) -> Iterator[Path]:
    """From the systolic to the diastolic pressure; where one of them is not charted, a tick at the other."""
    found = []
    y = _each_once(scale)
    for point in points:
        high, low = point.high, point.low
        if high is not None and low is not None:
            found.append(f"M{x(point.at)} {y(high)}V{y(low)}")
        elif (lone := high if high is not None else low) is not None:
            found.append(f"M{x(point.at)} {y(lone)}v1.5")
    yield from in_parts("bar", found)


def in_parts(kind: str, marks: Sequence[str]) -> Iterator[Path]:
    """Marks of one kind, in time order, in as many paths as they are drawn fast with."""
    for first in range(0, len(marks), IN_A_PATH):
        yield Path(kind, "".join(marks[first : first + IN_A_PATH]))


def dots(points: Sequence[Placed], late: Callable[[object], bool]) -> Iterator[Path]:
    """Round within the limit, square beyond it; hollow where estimated or without a place; ringed where late."""
    found: dict[str, list[str]] = {"ring": [], "round": [], "square": [], "hollow": []}
    inside, beyond, hollow, ring = found["round"], found["square"], found["hollow"], found["ring"]
    for point, x, y in points:
        dot = f"M{x} {FLOOR if y is None else y}{DOT}"
        (beyond if point.beyond else inside).append(dot)
        if y is None or point.estimated:
            hollow.append(dot)
        if late(point.ref):
            ring.append(dot)
    yield from stacked(found.items())


def stacked(drawn: Iterable[tuple[str, Sequence[str]]]) -> Iterator[Path]:
    """Each kind in its order; a ring is a wide dot, and a narrower one of the page's color over it."""
    for kind, marks in drawn:
        yield from in_parts(kind, marks)
        if kind == "ring":
            yield from in_parts("ring-inside", marks)


def limits(found: Sequence[Limit], scale: Scale, x: Place, kind: str) -> Iterator[Path]:
    steps = [f"M{x(one.at)} {scale.y(one.value)}H{x(one.until)}" for one in found]
    if steps:
        yield Path(kind, "".join(steps))


def spans(found: Sequence[Span], y: float, x: Place) -> Iterator[Path]:
    """Bars of what held, with an upright where each begins."""
    yield from in_parts("span", [f"M{x(one.at)} {y}H{x(one.until)}" for one in found])
    yield from in_parts("start", [f"M{x(one.at)} {y - 7}v14" for one in found])


def span_labels(found: Sequence[Span], y: float, x: Place) -> Iterator[Label]:
    """The same words once, as long as they hold without a gap."""
    for low, high, text in _runs((x(one.at), x(one.until), one.text) for one in found):
        yield label(low, high, y + 15, text, "beside", 5)


def _runs(found: Iterable[tuple[float, float, str]]) -> Iterator[tuple[float, float, str]]:
    run: tuple[float, float, str] | None = None
    for low, high, text in found:
        if run is not None and run[2] == text and run[1] == low:
            run = run[0], high, text
            continue
        if run is not None:
            yield run
        run = low, high, text
    if run is not None:
        yield run


def high_doses(found: Sequence[HighDose], x: Place) -> Iterator[Path]:
    """The run along the top, and an upright where three hours count: whole once reached, broken while it is coming."""
    for kind, chosen in (
        ("run", found),
        ("mark", [one for one in found if one.reached]),
        ("mark-coming", [one for one in found if not (one.reached or one.ended or one.attributed)]),
    ):
        drawn = [
            f"M{x(one.at)} 5H{x(one.last_at)}h.01" if kind == "run" else f"M{x(one.counts_at)} 0V100" for one in chosen
        ]
        if drawn:
            yield Path(kind, "".join(drawn))


def high_dose_labels(found: Sequence[HighDose], x: Place) -> Iterator[Label]:
    for one, after in zip_longest(found, found[1:]):
        if one.reached:
            until = x(after.at) if after is not None else x(one.last_at) + A_DAY
            yield label(x(one.counts_at), until, 22, "3 h of high dose", "at", 5)


class Held(NamedTuple):
    """One grade as long as it held without a change or a gap, in minutes."""

    low: float
    high: float
    grade: int | None
    at_most: int | None


def held(steps: Sequence[Step], x: Place) -> list[Held]:
    runs: list[Held] = []
    run: Held | None = None
    for at, until, grade, at_most, *_ in steps:
        low, high = x(at), x(until)
        if run is not None and run.high == low and run.grade == grade and run.at_most == at_most:
            run = runs[-1] = Held(run.low, high, grade, at_most)
        else:
            run = Held(low, high, grade, at_most)
            runs.append(run)
    return runs


def grade_bars(runs: Sequence[Held], scale: Scale) -> Iterator[Path]:
    """A bar as high as the grade; what it may be besides is hatched above it; a dotted line where there was none."""
    found: dict[str, list[str]] = {}
    for run in runs:
        if run.grade is None or run.at_most is None:
            found.setdefault("none", []).append(f"M{run.low} 80H{run.high}h.01")
            continue
        top = scale.y(run.grade)
        if run.at_most > run.grade:
            box = f"M{run.low} {top}V{scale.y(run.at_most)}H{run.high}V{top}Z"
            found.setdefault(f"up-to g{run.at_most}", []).append(box)
            found.setdefault("hatched", []).append(box)
        found.setdefault(f"g g{run.grade}", []).append(f"M{run.low} 100V{top}H{run.high}V100Z")
        found.setdefault("top", []).append(f"M{run.low} {top}H{run.high}h.01")
    late = ("up-to", "hatched", "g", "top", "none")
    for kind in sorted(found, key=lambda kind: late.index(kind.split(" ")[0])):
        yield from in_parts(kind, found[kind])


def grade_labels(runs: Sequence[Held], scale: Scale) -> Iterator[Label]:
    """The grade's number in its bar, or over one too narrow; «2 to 4» where it is not certain."""
    for run, after in zip_longest(runs, runs[1:]):
        until = after.low if after is not None else run.high + A_DAY
        if run.grade is None or run.at_most is None:
            yield label(run.low, until, 62, "not graded", "beside")
            continue
        text = str(run.grade) if run.at_most == run.grade else f"{run.grade} to {run.at_most}"
        room = math.ceil(len(text) * LETTER) + 7
        over = max(scale.y(run.at_most) - 12, 10)
        yield Label(run.low, run.high, 90, text, f"inside on-g{run.grade}", room, 3, until, over)
