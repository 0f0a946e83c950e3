"""Which concerns wait for a physician, how long already, and whom else to call?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from patients.models import Concern, Patient, Ward, WardSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenConcern:
    """A concern that no physician has acknowledged. `contacts` are to be called besides once it is `overdue`."""

    concern: Concern
    patient: Patient
    minutes: int  # since it was raised
    overdue: bool
    overdue_after: int  # minutes, the ward's setting
    contacts: str


def open_concerns(patients: Sequence[Patient], *, now: datetime) -> list[OpenConcern]:
    """Those of these patients, the longest waiting first. Two queries, where the patients were read as `present()`."""
    by_key = {patient.pk: patient for patient in patients}
    waiting = (
        Concern.objects.filter(patient__in=by_key, acknowledgement__isnull=True)
        .select_related("entered_by")
        .order_by("entered_at", "id")
    )
    wards = {ward.pk for patient in patients if (ward := patient.ward) is not None}
    settings = {
        row.ward_id: row
        for row in WardSettings.objects.filter(ward__in=wards).order_by("ward_id", "-id").distinct("ward_id")
    }

    def one(concern: Concern) -> OpenConcern:
        patient = by_key[concern.patient_id]
        ward: Ward | None = patient.ward
        of_ward = settings[ward.pk] if ward is not None else WardSettings()
        minutes = max(int((now - concern.entered_at).total_seconds() // 60), 0)
        return OpenConcern(
            concern=concern,
            patient=patient,
            minutes=minutes,
            overdue=minutes >= of_ward.concern_minutes,
            overdue_after=of_ward.concern_minutes,
            contacts=of_ward.concern_contacts,
        )

    return [one(concern) for concern in waiting]
