"""What of a course do the board and the lists show? Graded once after each write about its patient, then kept.

Nothing here depends on the clock: what does (an age, due, a value past its window, a watch that is over) is reckoned
from it when a page is drawn. A glance is kept with the key of all that it rests on, and read by that key alone: once
something was written it is graded anew, whoever wrote and whichever process kept it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from django.core.cache import cache

from grading import record
from grading.pressure import Pressure
from grading.result import (
    GradedAssessment,
    GradedCourse,
)
from patients.decisions import suggested
from patients.models import Infusion, Patient, WardSettings
from patients.record import Charted, charted
from patients.release import release
from patients.signatures import ToSign, signatures_of, to_sign
from patients.writes import writes_of

KEPT: Final = timedelta(hours=12)
NEVER: Final = datetime(1, 1, 1, tzinfo=UTC)  # no watch is over yet


@dataclass(frozen=True, slots=True)
class Sign:
    """A sign as it was charted last. `runs_out_at`: until when it counts; null where it counted no more at the last
    assessment. `old_at`: from when it is older than the patient's round."""

    value: Any
    at: datetime
    runs_out_at: datetime | None
    old_at: datetime | None


@dataclass(frozen=True, slots=True)
class Step:
    """A step that the last assessment suggests. `decided` until `watch_until`, where a physician watches it."""

    id: str
    headline: str
    decided: bool
    watch_until: datetime | None

    def open(self, now: datetime) -> bool:
        """Has nobody decided on it, or is the watch over?"""
        return not self.decided or (self.watch_until is not None and self.watch_until <= now)


@dataclass(frozen=True, slots=True)
class Change:
    """The last change of the governing grade: from which, charted last when, and since when it is the present one."""

    since: datetime
    was: int | None  # null where it was the same from the first assessment on
    was_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """One course at its last assessment.

    `graded` is the course with that assessment alone, `course` with the results and deaths alone: as much as
    `grading.reassessment` and `patients.watches` ask for.
    """

    graded: GradedCourse
    course: record.Course
    change: Change | None  # null where nothing is graded
    temperature: Sign | None  # °C
    pressure: Sign | None  # grading.pressure.Pressure
    spo2: Sign | None  # percent
    oxygen: Sign | None  # grading.record.Oxygen
    vasopressors: Sign | None  # grading.record.Vasopressor, each; none running is empty
    weight_kg: Decimal | None  # that the vasopressors' rates are reckoned with
    steps: tuple[Step, ...]
    asked: ToSign | None  # what a physician is asked to sign

    @property
    def latest(self) -> GradedAssessment | None:
        """The last assessment, where it was graded: not one from before the infusion."""
        last = self.graded.latest
        return last if last is not None and last.verdict is not None else None


def glances(infusions: Iterable[Infusion], patients: Iterable[Patient]) -> dict[int, Glance]:
    """By the key of each infusion. `patients` are those of the infusions, read as `present()`."""
    wanted = list(infusions)
    keys = keys_of(wanted, {patient.pk: patient for patient in patients})
    places = {infusion.pk: f"glance_{release()}_{infusion.pk}" for infusion in wanted}
    kept: dict[str, tuple[str, Glance]] = cache.get_many(places.values())
    known = {
        infusion: kept[place][1]
        for infusion, place in places.items()
        if place in kept and kept[place][0] == keys[infusion]
    }
    new = {
        course.infusion.pk: glance_of(course)
        for course in charted(infusion for infusion in wanted if infusion.pk not in known)
    }
    cache.set_many({places[pk]: (keys[pk], glance) for pk, glance in new.items()}, KEPT.total_seconds())
    return known | new


def keys_of(infusions: Sequence[Infusion], patients: Mapping[int, Patient]) -> dict[int, str]:
    """By the key of each infusion, all that a glance rests on: the release with its rules, the ward's settings, and how
    much was written about the patient. Whatever else is kept of a course is kept under it too."""
    written = writes_of({infusion.patient_id for infusion in infusions})
    wards = {ward.pk for patient in patients.values() if (ward := patient.ward) is not None}
    settings = dict(
        WardSettings.objects.standing()
        .filter(ward__in=wards)
        .order_by("ward_id", "-id")
        .distinct("ward_id")
        .values_list("ward", "pk")
    )

    def key(infusion: Infusion) -> str:
        ward = patients[infusion.patient_id].ward
        parts = (infusion.pk, written[infusion.patient_id], settings[ward.pk] if ward else 0)
        return "_".join((release(), *map(str, parts)))

    return {infusion.pk: key(infusion) for infusion in infusions}


def glance_of(charted: Charted) -> Glance:
    """The course graded, and what is shown of it."""
    course, graded = charted.course, charted.graded()
    last = graded.latest if graded.latest is not None and graded.latest.verdict is not None else None
    pressors = _sign("vasopressors", graded, last, lambda seen: seen.vasopressors)
    return Glance(
        graded=replace(
            graded,
            assessments=tuple(_without_row(one) for one in graded.assessments[-1:]),
            maxima=dict(graded.maxima),
            tocilizumab=tuple(replace(entry, ref=None) for entry in graded.tocilizumab),
            glucocorticoids=(),
        ),
        course=replace(course, events=tuple(_kept(course.events))),
        change=_change(graded.assessments) if last else None,
        temperature=_sign("temperature_c", graded, last, lambda seen: seen.temperature_c),
        pressure=_sign("systolic", graded, last, _pressure),
        spo2=_sign("spo2_percent", graded, last, lambda seen: seen.spo2_percent),
        oxygen=_sign("oxygen", graded, last, lambda seen: seen.oxygen),
        vasopressors=pressors,
        weight_kg=_weight(course, pressors.at) if pressors else None,
        steps=tuple(
            Step(
                id=step.suggestion.id,
                headline=step.suggestion.headline,
                decided=step.decided,
                watch_until=step.decision.watch_until if step.decision else None,
            )
            for step in suggested(charted, graded, NEVER)
        ),
        asked=_asked(charted.infusion, graded),
    )


def _asked(infusion: Infusion, graded: GradedCourse) -> ToSign | None:
    """Who signed is not read: nobody's account is kept with a glance."""
    found = to_sign(infusion, graded, signatures_of([infusion], signers=False).get(infusion.pk, []))
    return replace(found, graded=replace(found.graded, verdicts=dict(found.graded.verdicts))) if found else None


def _without_row(one: GradedAssessment) -> GradedAssessment:
    return replace(one, assessment=replace(one.assessment, ref=None), verdicts=dict(one.verdicts))


def _kept(events: Iterable[record.Event]) -> list[record.Event]:
    """The latest result and the deaths, without their rows."""
    results = [event for event in events if isinstance(event, record.Laboratory)]
    deaths = [event for event in events if isinstance(event, record.Death)]
    latest = [max(results, key=lambda result: result.at)] if results else []
    return [*(replace(one, ref=None) for one in latest), *(replace(one, ref=None) for one in deaths)]


def _change(assessments: Sequence[GradedAssessment]) -> Change | None:
    points = [(one.at, one.verdict.grade) for one in assessments if one.verdict is not None]
    since, grade = points[-1]
    for at, before in reversed(points):
        if before != grade:
            return Change(since, before, at)
        since = at
    return Change(since, None, None)


def _pressure(seen: record.Assessment) -> Pressure | None:
    charted = Pressure(seen.systolic, seen.diastolic, seen.mean)
    return charted if charted != Pressure(None, None, None) else None


def _sign(
    field: str,
    graded: GradedCourse,
    last: GradedAssessment | None,
    of: Callable[[record.Assessment], Any],
) -> Sign | None:
    """The sign as charted last since the infusion; `field` is its name among the values in force."""
    if last is None:
        return None
    charted = next(
        (
            (one.at, of(one.assessment))
            for one in reversed(graded.assessments)
            if one.verdict and of(one.assessment) is not None
        ),
        None,
    )
    if charted is None:
        return None
    at, value = charted
    counts = next((one for one in last.in_force if one.field == field), None)
    round_ = last.due_at - last.observed_at if last.due_at and last.observed_at else None
    return Sign(
        value=value,
        at=at,
        runs_out_at=counts.runs_out_at if counts else None,
        old_at=at + round_ if round_ is not None else None,
    )


def _weight(course: record.Course, at: datetime) -> Decimal | None:
    """The latest at or before `at`; while none was known yet, the first after it (grading.vasopressors.DoseRun)."""
    weights = sorted((e for e in course.events if isinstance(e, record.Weight)), key=lambda e: e.at)
    before = [one for one in weights if one.at <= at]
    chosen = before[-1] if before else next(iter(weights), None)
    return chosen.weight_kg if chosen else None
