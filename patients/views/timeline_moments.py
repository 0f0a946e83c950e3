"""What was charted, or happened, at each moment of the timeline, in words? The readout and the table say the same."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import zip_longest
from typing import Final, NamedTuple

from grading.attribution import without_words
from grading.course import DEATH
from grading.timeline_shapes import Point, Timeline
from grading.words import SCALES
from patients.formats import shown_moment
from patients.models.submission import EnteredRow, Transcribed
from patients.timeline import LANES, Lane
from patients.views.rows import is_late
from patients.views.timeline_strips import graded_words

SIGNS: Final = {
    "temperature": "Temperature",
    "pressure": "Pressure",
    "heart_rate": "Heart rate",
    "spo2": "SpO2",
    "fio2": "Oxygen",
    "vasopressors": "Vasopressors",
    "crp": "CRP",
    "ferritin": "Ferritin",
    "ice": "ICE",
}
ENDS: Final = "ends"
NAMES: Final = {**SIGNS, **SCALES, **LANES, ENDS: "No longer in force"}


class Item(NamedTuple):
    """One thing of a moment. `key` is a key of `NAMES`."""

    key: str
    text: str

    @property
    def name(self) -> str:
        return NAMES[self.key]


@dataclass(slots=True)
class Moment:
    at: datetime
    items: list[tuple[str, str]] = field(default_factory=list)  # as `Item`, of which a course has very many
    by: tuple[str, ...] = ()  # who, each once
    entered: tuple[str, ...] = ()  # late entries: when

    @property
    def when(self) -> str:
        return shown_moment(self.at)

    @property
    def who(self) -> str:
        return ", ".join(self.by)

    @property
    def late(self) -> str:
        """«entered late, 05-Jan-2026 06:10»; empty where everything was entered in time."""
        return f"entered late, {' and '.join(self.entered)}" if self.entered else ""

    def of(self, *keys: str) -> list[Item]:
        return [Item(key, text) for key, text in self.items if key in keys]

    @property
    def graded(self) -> list[Item]:
        return self.of(*SCALES)

    @property
    def events(self) -> list[Item]:
        return self.of(*LANES, ENDS)

    @property
    def cells(self) -> list[list[Item]]:
        """Of each sign, in the order of `SIGNS`."""
        return [self.of(sign) for sign in SIGNS]


@dataclass(slots=True)
class Who:
    """Who saw, who entered, and was it late: once a row, since a row says many things."""

    found: dict[int, tuple[str, str]] = field(default_factory=dict)

    def of(self, row: EnteredRow) -> tuple[str, str]:
        """By whom; and when it was entered where that was late, else an empty text."""
        known = self.found.get(id(row))
        if known is None:
            known = self.found[id(row)] = _by(row), shown_moment(row.entered_at) if is_late(row) else ""
        return known


def moments(drawn: Timeline, lanes: tuple[Lane, ...]) -> list[Moment]:
    """In time order; what was charted at one time stands together. Reads in the active zone."""
    found: dict[datetime, Moment] = {}
    who = Who()
    for key, at, text, ref in _said(drawn, lanes):
        moment = found.get(at)
        if moment is None:
            moment = found[at] = Moment(at)
        if isinstance(ref, EnteredRow):
            by, entered = who.of(ref)
            if by not in moment.by:
                moment.by += (by,)
            if entered and entered not in moment.entered:
                moment.entered += (entered,)
        moment.items.append((key, text))
    return [found[at] for at in sorted(found)]


def _said(drawn: Timeline, lanes: tuple[Lane, ...]) -> Iterator[tuple[str, datetime, str, object]]:
    """Each thing: its key in `NAMES`, its moment, its words, its row."""
    for key, points in _series(drawn):
        for point in points:
            yield key, point.at, point.text, point.ref
    for run in drawn.high_doses:
        if run.reached:
            yield "vasopressors", run.counts_at, "counts as high dose: held for 3 hours", None
        elif run.attributed:
            words = "high dose, hypotension of another cause: counts for no scale"
            yield "vasopressors", run.last_at, words, None
        elif not run.ended:
            yield "vasopressors", run.counts_at, "high dose, if not lowered: 3 hours", None
    for scale, steps in drawn.grades.items():
        for step in steps:
            said = (graded_words(step.grade, step.at_most), without_words(step.left_out))
            yield scale, step.at, ", ".join(filter(None, said)), step.ref
    for lane in lanes:
        for mark in lane.marks:
            yield lane.key, mark.at, mark.text, mark.row
    for at, text in _ends(drawn):
        yield ENDS, at, text, None


def _ends(drawn: Timeline) -> Iterator[tuple[datetime, str]]:
    """Where a bar ends and no other begins: a device or an agent not charted again, grades not assessed again."""
    for spans, points in ((drawn.oxygen, drawn.fio2), (drawn.agents, drawn.vasopressors)):
        charted = {point.at for point in points}
        for span in spans:
            if span.until < drawn.ends_at and span.until not in charted:
                yield span.until, span.text
    ended: dict[datetime, list[str]] = {}
    for scale, steps in drawn.grades.items():
        for step, after in zip_longest(steps, steps[1:]):
            until = after.at if after is not None else drawn.ends_at
            if step.until < until and step.grade not in (None, DEATH):
                ended.setdefault(step.until, []).append(SCALES[scale])
    for at, scales in ended.items():
        yield at, f"grade of {', '.join(scales)}"


def _series(drawn: Timeline) -> Iterator[tuple[str, tuple[Point, ...]]]:
    for key in SIGNS:
        yield key, drawn.markers[key] if key in drawn.markers else getattr(drawn, key)


def _by(row: EnteredRow) -> str:
    if isinstance(row, Transcribed) and row.observed_by_text:
        return f"{row.observed_by_text}, transcribed by {row.entered_by}"
    return str(row.entered_by)
