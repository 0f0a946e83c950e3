"""What runs through a course on one time axis: the signs, the limits that applied to each, and the grades?

Values as charted, without a pixel. Two points are joined only where the second came within twice the round that was
due after the first (rules 6): a gap stays a gap. A grade holds until the next assessment where that came within twice
its round, else only until it was overdue; the last one never past its own due time: what is stale does not run on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import zip_longest
from types import MappingProxyType
from typing import Final

from grading import timeline_signs as signs
from grading.age import age_at
from grading.course import DEATH, in_order
from grading.oxygen import described
from grading.reassessment import LABORATORY_ROUND
from grading.record import Assessment, Course, Death, Laboratory
from grading.result import GradedAssessment, GradedCourse
from grading.settings import Settings
from grading.so_far import SoFar
from grading.terms import Truth
from grading.timeline_shapes import HighDose, Point, Span, Step, Timeline
from grading.vasopressors import HELD_FOR, Held
from grading.words import ATTRIBUTABLE, SCALES, spoken

GAP: Final = 2  # charting intervals: no line is drawn across a longer time
MARKERS: Final = ("crp", "ferritin")


def timeline(
    course: Course,
    graded: GradedCourse,
    settings: Settings,
    begins_at: datetime,
    ends_at: datetime,
    *,
    over: bool = False,
) -> Timeline:
    """What there is to draw of a graded course between two times (both taken). `graded` is `course` graded.

    `over`: the course is, and nothing that was charted last is in force now. After a death nothing is either.
    """
    over = over or graded.died_at is not None
    held_until = min(ends_at, graded.died_at or ends_at)
    shown = [one for one in graded.assessments if begins_at <= one.at <= ends_at]
    seen = [one.assessment for one in shown]
    rounds = [_round(one, settings) for one in shown]
    untils = _untils(shown, rounds, held_until)
    known = SoFar(course, settings)
    high_doses = tuple(_high_doses(known, course, None if over else ends_at))

    def points(sign: Callable[[Assessment], Point | None]) -> tuple[Point, ...]:
        found = ((point, round_) for one, round_ in zip(seen, rounds, strict=True) if (point := sign(one)) is not None)
        return tuple(_apart(found))

    return Timeline(
        begins_at=begins_at,
        ends_at=ends_at,
        over=over,
        temperature=points(signs.temperature),
        pressure=points(lambda one: signs.pressure(course, one)),
        systolic_limits=tuple(signs.pressure_limits(course, begins_at, ends_at, mean=False)),
        mean_limits=tuple(signs.pressure_limits(course, begins_at, ends_at, mean=True)),
        heart_rate=points(signs.heart_rate),
        spo2=points(lambda one: signs.spo2(one, settings)),
        fio2=points(signs.fio2),
        oxygen=tuple(_held(seen, "oxygen", _device, settings.windows["oxygen"], held_until)),
        vasopressors=points(lambda one: signs.vasopressors(one, _weight(known, one.at))),
        agents=tuple(
            span
            for span in _held(seen, "vasopressors", signs.agents_text, settings.windows["vasopressors"], held_until)
            if span.text
        ),
        high_doses=tuple(run for run in high_doses if run.last_at >= begins_at and run.at <= ends_at),
        markers=MappingProxyType({name: tuple(_marker(course, name, begins_at, ends_at)) for name in MARKERS}),
        ice=points(signs.ice),
        grades=MappingProxyType({scale: tuple(_steps(scale, shown, untils, graded)) for scale in SCALES}),
        attributions=tuple(
            _held(seen, "attributed_elsewhere", _attributed, settings.windows["attributed_elsewhere"], held_until)
        ),
    )


def _round(one: GradedAssessment, settings: Settings) -> timedelta:
    """How long after this assessment the next was due; before the infusion the round of grade 0."""
    if one.due_at is None or one.observed_at is None:
        return settings.reassess_after[0]
    return one.due_at - one.observed_at


def _apart(points: Iterable[tuple[Point, timedelta]]) -> Iterator[Point]:
    """Marks the points that came more than twice the round after the one before."""
    before: tuple[datetime, timedelta] | None = None
    for point, round_ in points:
        far = before is not None and point.at - before[0] > GAP * before[1]
        yield point._replace(gap=True) if far else point
        before = point.at, round_


def _held(
    seen: Iterable[Assessment], name: str, words: Callable[[Assessment], str], window: timedelta, over: datetime
) -> Iterator[Span]:
    """What each charting of a field said, until the next one or the end of its window; empty where it said none."""
    charted = [one for one in seen if getattr(one, name) is not None]
    for one, after in zip_longest(charted, charted[1:]):
        until = min(one.at + window, after.at if after is not None else over, over)
        yield Span(at=one.at, until=max(until, one.at), text=words(one), ref=one.ref)


def _device(seen: Assessment) -> str:
    return described(seen.oxygen) if seen.oxygen is not None else ""


def _attributed(seen: Assessment) -> str:
    return ", ".join(spoken(ATTRIBUTABLE[what]) for what in seen.attributed_elsewhere or ())


def _weight(known: SoFar, at: datetime) -> Decimal | None:
    """The weight that was known at the charting: the grade of that moment knew no later one either."""
    weight = known.weight_at(at)
    return weight.weight_kg if weight else None


@dataclass(slots=True)
class _Run:
    """A run of high doses while it is folded."""

    held: Held  # its latest standing
    since: datetime
    looks: list[tuple[datetime, bool]] = field(default_factory=list)  # assessments; was hypotension elsewhere then?


def _high_doses(known: SoFar, course: Course, now: datetime | None) -> Iterator[HighDose]:
    """The runs of high doses, folded as `SoFar.assess` folds them; `known` has every weight afterwards.

    `now` is the moment at which the last one may still be in force; None where nothing is.
    """
    window = known.settings.windows["vasopressors"]
    events = in_order(course.events)
    attributes = any(isinstance(one, Assessment) and one.attributed_elsewhere for one in events)
    runs: list[_Run] = []
    ended = False
    for event in events:
        if isinstance(event, Death):
            continue
        if not isinstance(event, Assessment):
            known.take(event)
            continue
        if event.at < known.started_at:
            continue
        elsewhere = False
        if attributes:
            known.chart.take(event, None)
            elsewhere = known.chart.at(event.at).elsewhere("hypotension")
        if event.vasopressors is not None:
            weight, age = known.weight_at(event.at), age_at(course.patient, course.infusion, event.at)
            known.dose_run.chart(event.at, event.vasopressors, weight.weight_kg if weight else None, age.adult)
        held = known.dose_run.held
        if held is None or held.level.high is Truth.UNKNOWN or event.at - held.charted_at > window:
            continue
        if held.since is None:
            ended = True
            continue
        if runs and not ended and held.since <= runs[-1].held.charted_at:
            runs[-1].held, runs[-1].since = held, min(held.since, runs[-1].since)
        else:
            runs.append(_Run(held, held.since))
            ended = False
        runs[-1].looks.append((event.at, elsewhere))
    last = known.dose_run.held
    in_force = now is not None and last is not None and last.since is not None and now - last.charted_at <= window
    for number, run in enumerate(runs, 1):
        yield _high_dose(run, ended=not in_force or number < len(runs))


def _high_dose(run: _Run, *, ended: bool) -> HighDose:
    held_at = run.since + HELD_FOR
    counting = [at for at, elsewhere in run.looks if at >= held_at and not elsewhere]
    late = counting and any(elsewhere for _, elsewhere in run.looks)
    return HighDose(
        at=run.since,
        last_at=run.held.charted_at,
        counts_at=counting[0] if late else held_at,
        reached=bool(counting),
        ended=ended,
        attributed=run.looks[-1][1],
        words=run.held.level.words,
    )


def _marker(course: Course, analyte: str, begins_at: datetime, ends_at: datetime) -> Iterator[Point]:
    found = (
        (point, LABORATORY_ROUND)
        for event in in_order(course.events)
        if isinstance(event, Laboratory) and event.analyte == analyte and begins_at <= event.at <= ends_at
        if (point := signs.marker(event)) is not None
    )
    yield from _apart(found)


def _untils(shown: list[GradedAssessment], rounds: list[timedelta], over: datetime) -> list[datetime]:
    """Until when the grades of each assessment stand: the next one, or where that is far or missing their due time."""
    found = []
    for one, round_, after in zip_longest(shown, rounds, shown[1:]):
        if after is not None and after.at - one.at <= GAP * round_:
            found.append(after.at)
        else:
            due_at = one.due_at or one.at + round_
            found.append(max(min(due_at, after.at if after is not None else over), one.at))
    return found


def _steps(scale: str, shown: list[GradedAssessment], untils: list[datetime], graded: GradedCourse) -> Iterator[Step]:
    for one, until in zip(shown, untils, strict=True):
        verdict = one.verdicts.get(scale)
        if verdict is not None:
            ref = one.assessment.ref
            yield Step(
                at=one.at, until=until, grade=verdict.grade, at_most=verdict.at_most, ref=ref, left_out=verdict.left_out
            )
    if graded.died_at is not None and graded.maxima[scale].grade == DEATH:
        yield Step(at=graded.died_at, until=graded.died_at, grade=DEATH, at_most=DEATH)
