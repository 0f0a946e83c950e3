"""Which concerns wait for a physician, how long already, and whom else to call?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from patients.models import Concern, ConcernAcknowledgement, Patient, Ward, WardSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenConcern:
    """A concern that no physician has acknowledged. `contacts` are to be called besides once it is `overdue`."""

    concern: Concern
    patient: Patient
    raised_at: datetime
    minutes: int  # since it was raised
    overdue: bool
    overdue_after: int  # minutes, the ward's setting
    contacts: str


def waiting_rows() -> QuerySet[Concern]:
    """The concerns that stand and that no physician has acknowledged."""
    seen = ConcernAcknowledgement.objects.standing().filter(concern=OuterRef("pk"))
    return Concern.objects.standing().filter(~Exists(seen))


def raised_at(concern: Concern) -> datetime:
    """Since when it waits: one that was moved from another patient's record waits since it was raised there."""
    first = concern
    while (moved := getattr(first, "reentered_from", None)) is not None:
        first = moved.concern
    return first.entered_at


def open_concerns(patients: Sequence[Patient], *, now: datetime) -> list[OpenConcern]:
    """Those of these patients, the longest waiting first. Two queries, where the patients were read as `present()`."""
    by_key = {patient.pk: patient for patient in patients}
    rows = waiting_rows().filter(patient__in=by_key).select_related("entered_by", "reentered_from__concern")
    waiting = [(raised_at(row), row) for row in rows]
    waiting.sort(key=lambda one: (one[0], one[1].pk))
    wards = {ward.pk for patient in patients if (ward := patient.ward) is not None}
    settings = {
        row.ward_id: row
        for row in WardSettings.objects.standing().filter(ward__in=wards).order_by("ward_id", "-id").distinct("ward_id")
    }

    def one(since: datetime, concern: Concern) -> OpenConcern:
        patient = by_key[concern.patient_id]
        ward: Ward | None = patient.ward
        of_ward = settings[ward.pk] if ward is not None else WardSettings()
        minutes = max(int((now - since).total_seconds() // 60), 0)
        return OpenConcern(
            concern=concern,
            patient=patient,
            raised_at=since,
            minutes=minutes,
            overdue=minutes >= of_ward.concern_minutes,
            overdue_after=of_ward.concern_minutes,
            contacts=of_ward.concern_contacts,
        )

    return [one(since, concern) for since, concern in waiting]
