"""What waits for a physician: concerns that nobody acknowledged, and grades that nobody signed?"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.core.cache import cache
from django.db.models import Max

from grading import RULES_VERSION
from patients.concerns import OpenConcern, open_concerns
from patients.models import Correction, Infusion, Patient, Signature, StoredVerdict
from patients.record import charted
from patients.signatures import ToSign, signatures_of, to_sign, worklist

KEPT: Final = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Waiting:
    """One patient of the worklist."""

    patient: Patient
    concerns: tuple[OpenConcern, ...]  # the longest waiting first
    asked: ToSign | None


def waiting_for(patients: Sequence[Patient], now: datetime) -> list[Waiting]:
    """Unacknowledged concerns first, the longest waiting before; then the highest grade, the longest unseen before.

    `patients` were read as `present()`.
    """
    by_key = {patient.pk: patient for patient in patients}
    concerns: dict[int, list[OpenConcern]] = {}
    for concern in open_concerns(patients, now=now):
        concerns.setdefault(concern.patient.pk, []).append(concern)
    asked: dict[int, ToSign] = {}
    for one in worklist((course.infusion, course.graded()) for course in charted(_courses(patients, now))):
        asked.setdefault(one.infusion.patient_id, one)
    keys = dict.fromkeys((*concerns, *asked))
    return [Waiting(by_key[key], tuple(concerns.get(key, ())), asked.get(key)) for key in keys]


def how_many_wait(patients: Sequence[Patient], now: datetime) -> int:
    """How many patients `waiting_for` names. A course is graded again only after a write that can change the answer."""
    courses = list(_courses(patients, now))
    keys = dict(zip((course.pk for course in courses), _keys(courses), strict=True))
    known: dict[str, bool] = cache.get_many(keys.values())
    new = {keys[c.pk]: _waits(c) for c in courses if keys[c.pk] not in known}
    cache.set_many(new, KEPT.total_seconds())
    waits = known | new
    called = {concern.patient.pk for concern in open_concerns(patients, now=now)}
    return len(called | {course.patient_id for course in courses if waits[keys[course.pk]]})


def _courses(patients: Iterable[Patient], now: datetime) -> Iterable[Infusion]:
    return Infusion.objects.standing().filter(patient__in=patients, started_at__lte=now).order_by("started_at")


def _waits(course: Infusion) -> bool:
    (of,) = charted([course])
    return to_sign(course, of.graded(), signatures_of([course]).get(course.pk, [])) is not None


def _keys(courses: Sequence[Infusion]) -> list[str]:
    """What the answer rests on: every write that changes a grade stores a verdict, or withdraws a row."""
    verdicts = StoredVerdict.objects.filter(infusion__in=courses).values_list("infusion").annotate(Max("known_at"))
    signatures = Signature.objects.filter(infusion__in=courses).values_list("infusion").annotate(Max("entered_at"))
    of_patients = {course.patient_id for course in courses}
    corrections = Correction.objects.filter(patient__in=of_patients).values_list("patient").annotate(Max("entered_at"))
    known, signed, corrected = dict(verdicts), dict(signatures), dict(corrections)

    def key(course: Infusion) -> str:
        times = (known.get(course.pk), signed.get(course.pk), corrected.get(course.patient_id))
        return "_".join(["waits", RULES_VERSION, str(course.pk), *(at.isoformat() if at else "never" for at in times)])

    return [key(course) for course in courses]
