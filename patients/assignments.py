"""Who has which patient in the shift that runs: mine, and everybody's?"""

from collections.abc import Iterable
from datetime import datetime

from patients.models import Assignment, Patient, Placement, User
from patients.permissions import ward_patients
from patients.shifts import Shift


def mine(user: User, now: datetime) -> frozenset[int]:
    """The keys of the patients who are this user's in the shift of `now`, and lie on the ward of that. Two queries."""
    rows = {row.patient_id: row for row in _latest(now) if row.nurse_id == user.pk}
    places = Placement.objects.standing().filter(patient__in=ward_patients(user).filter(pk__in=rows))
    return frozenset(
        place.patient_id
        for place in places.order_by("patient_id", "-at", "-id").distinct("patient_id")
        if place.kind != Placement.Kind.DISCHARGE and place.ward_id == rows[place.patient_id].ward_id
    )


def assignments(patients: Iterable[Patient], now: datetime) -> dict[int, Assignment]:
    """By the key of each patient who is somebody's in the shift of `now`: the assignment, its `nurse` read.

    One query, where the patients were read as `present()`.
    """
    by_key = {patient.pk: patient for patient in patients}

    def holds(row: Assignment) -> bool:
        patient = by_key[row.patient_id]
        return row.nurse_id is not None and _lies_on(patient) == row.ward_id

    return {row.patient_id: row for row in _latest(now, by_key) if holds(row)}


def assigned(patients: Iterable[Patient], now: datetime) -> dict[int, str]:
    """By the key of each patient who is somebody's in the shift of `now`: the nurse's name."""
    return {pk: str(row.nurse) for pk, row in assignments(patients, now).items()}


def of_shift(patients: Iterable[Patient], shift: Shift) -> dict[int, Assignment]:
    """The latest assignment of each patient in this shift, those to nobody too, as at its last moment."""
    rows = (
        Assignment.objects.standing()
        .filter(patient__in=list(patients), starts_at=shift.start)
        .order_by("patient_id", "-id")
    )
    return {row.patient_id: row for row in rows.distinct("patient_id").select_related("nurse", "entered_by")}


def _latest(now: datetime, patients: Iterable[int] | None = None) -> list[Assignment]:
    """The latest row of each patient in the shift that runs; by the shift as it was then."""
    rows = Assignment.objects.standing().filter(starts_at__lte=now, ends_at__gt=now)
    if patients is not None:
        rows = rows.filter(patient__in=patients)
    return list(rows.select_related("nurse").order_by("patient_id", "-id").distinct("patient_id"))


def _lies_on(patient: Patient) -> int | None:
    """The key of the ward that the patient lies on now."""
    return None if patient.discharged or patient.ward is None else patient.ward.pk
