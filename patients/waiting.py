"""What waits for a physician: concerns nobody acknowledged, grades nobody signed, watches whose time has come?

Of a patient who was discharged a concern waits as before, and a signature whose facts changed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.core.cache import cache
from django.db.models import Q

from patients.concerns import OpenConcern, open_concerns
from patients.glance import Glance, glances, keys_of
from patients.models import Decision, Infusion, Patient, Signature
from patients.signatures import ToSign, in_order
from patients.watches import WatchOver, lapsed, watches_over

KEPT: Final = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Waiting:
    """One patient of the worklist."""

    patient: Patient
    concerns: tuple[OpenConcern, ...]  # the longest waiting first
    asked: ToSign | None
    watches: tuple[WatchOver, ...]  # the longest over first


def waiting_for(patients: Sequence[Patient], now: datetime) -> list[Waiting]:
    """Unacknowledged concerns first, the longest waiting before; then the highest grade, the longest unseen before;
    then watches that are over.

    `patients` were read as `present()`.
    """
    by_key = {patient.pk: patient for patient in patients}
    concerns: dict[int, list[OpenConcern]] = {}
    for concern in open_concerns(patients, now=now):
        concerns.setdefault(concern.patient.pk, []).append(concern)
    courses = _courses(patients, now)
    lapses = _lapses(courses, by_key, now)
    waits = _known(courses, by_key, lapses)
    waiting = [one for one in courses if waits[one.pk]]
    seen = glances(waiting, patients)
    asked: dict[int, ToSign] = {}
    for one in in_order(glance.asked for glance in seen.values() if glance.asked is not None):
        if one.reopened is not None or not by_key[one.infusion.patient_id].discharged:
            asked.setdefault(one.infusion.patient_id, one)
    over = {
        of.patient_id: found
        for of in waiting
        if not by_key[of.patient_id].discharged and (found := watches_over(seen[of.pk].graded, lapses.get(of.pk, ())))
    }
    keys = dict.fromkeys((*concerns, *asked, *over))
    return [Waiting(by_key[key], tuple(concerns.get(key, ())), asked.get(key), over.get(key, ())) for key in keys]


def how_many_wait(patients: Sequence[Patient], now: datetime) -> int:
    """How many patients `waiting_for` names. A course is graded again only after a write that can change the answer."""
    by_key = {patient.pk: patient for patient in patients}
    courses = _courses(patients, now)
    waits = _known(courses, by_key, _lapses(courses, by_key, now))
    called = {concern.patient.pk for concern in open_concerns(patients, now=now)}
    return len(called | {course.patient_id for course in courses if waits[course.pk]})


def _courses(patients: Sequence[Patient], now: datetime) -> list[Infusion]:
    """In the order of their start: those of the patients here, and of the discharged those that were signed."""
    here = Q(patient__in=[one for one in patients if not one.discharged])
    signatures = Signature.objects.standing().filter(infusion__patient__in=patients)
    signed = Q(patient__in=signatures.values("infusion__patient"))
    return list(Infusion.objects.standing().filter(here | signed, started_at__lte=now).order_by("started_at"))


def _lapses(courses: Sequence[Infusion], by_key: Mapping[int, Patient], now: datetime) -> dict[int, list[Decision]]:
    """Of the last course of each patient here: nothing is decided on an earlier one."""
    last = {course.patient_id: course for course in courses if not by_key[course.patient_id].discharged}
    return lapsed(last.values(), now)


def _known(
    courses: Sequence[Infusion], by_key: Mapping[int, Patient], lapses: Mapping[int, Sequence[Decision]]
) -> dict[int, bool]:
    """Whether each course waits, by its key; kept until what the answer rests on changes."""
    gone = {course.pk: by_key[course.patient_id].discharged for course in courses}
    keys = {
        course: "_".join(
            ("waits", key, "gone" if gone[course] else "here", *(str(d.pk) for d in lapses.get(course, ())))
        )
        for course, key in keys_of(courses, by_key).items()
    }
    known: dict[str, bool] = cache.get_many(keys.values())
    seen = glances([course for course in courses if keys[course.pk] not in known], by_key.values())
    new = {
        keys[course.pk]: _waits(seen[course.pk], gone[course.pk], lapses.get(course.pk, ()))
        for course in courses
        if keys[course.pk] not in known
    }
    cache.set_many(new, KEPT.total_seconds())
    waits = known | new
    return {course.pk: waits[keys[course.pk]] for course in courses}


def _waits(seen: Glance, gone: bool, watches: Sequence[Decision]) -> bool:
    if gone:
        return seen.asked is not None and seen.asked.reopened is not None
    return seen.asked is not None or bool(watches_over(seen.graded, watches))
