"""What waits for a physician: concerns nobody acknowledged, grades nobody signed, watches whose time has come?

Of a patient who was discharged a concern waits as before, and a signature whose facts changed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.core.cache import cache
from django.db.models import Max, Q

from grading import RULES_VERSION
from patients.concerns import OpenConcern, open_concerns
from patients.models import Correction, Decision, Infusion, Patient, Signature, StoredVerdict
from patients.record import charted, versions_of
from patients.signatures import ToSign, signatures_of, to_sign, worklist
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
    graded = [
        (course.infusion, course.graded())
        for course in charted(c for c in courses if waits[c.pk] or not by_key[c.patient_id].discharged)
    ]
    asked: dict[int, ToSign] = {}
    for one in worklist(graded):
        if one.reopened is not None or not by_key[one.infusion.patient_id].discharged:
            asked.setdefault(one.infusion.patient_id, one)
    over = {of.patient_id: found for of, course in graded if (found := watches_over(course, lapses.get(of.pk, ())))}
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
        course.pk: "_".join(
            (key, "gone" if gone[course.pk] else "here", *(str(d.pk) for d in lapses.get(course.pk, ())))
        )
        for course, key in zip(courses, _keys(courses), strict=True)
    }
    known: dict[str, bool] = cache.get_many(keys.values())
    new = {
        keys[course.pk]: _waits(course, gone[course.pk], lapses.get(course.pk, ()))
        for course in courses
        if keys[course.pk] not in known
    }
    cache.set_many(new, KEPT.total_seconds())
    waits = known | new
    return {course.pk: waits[keys[course.pk]] for course in courses}


def _waits(course: Infusion, gone: bool, watches: Sequence[Decision]) -> bool:
    (of,) = charted([course])
    graded = of.graded()
    asked = to_sign(course, graded, signatures_of([course]).get(course.pk, []))
    if gone:
        return asked is not None and asked.reopened is not None
    return asked is not None or bool(watches_over(graded, watches))


def _keys(courses: Sequence[Infusion]) -> list[str]:
    """What the answer rests on: every write that changes a grade stores a verdict, or withdraws a row."""
    versions = versions_of(courses)
    verdicts = StoredVerdict.objects.filter(infusion__in=courses).values_list("infusion").annotate(Max("known_at"))
    signatures = Signature.objects.standing().filter(infusion__in=versions.keys()).values_list("infusion", "entered_at")
    of_patients = {course.patient_id for course in courses}
    corrections = Correction.objects.filter(patient__in=of_patients).values_list("patient").annotate(Max("entered_at"))
    known, corrected = dict(verdicts), dict(corrections)
    signed = {versions[infusion]: at for infusion, at in signatures.order_by("id")}

    def key(course: Infusion) -> str:
        times = (known.get(course.pk), signed.get(course.pk), corrected.get(course.patient_id))
        return "_".join(["waits", RULES_VERSION, str(course.pk), *(at.isoformat() if at else "never" for at in times)])

    return [key(course) for course in courses]
