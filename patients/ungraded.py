"""What was charted last of a patient who has no grade: before the infusion, or without one?

The board shows these signs as it shows others: with their age, and past the ward's window as not known. There is no
round without a grade, so none is drawn as old before that.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Q

from grading.pressure import Pressure
from grading.record import Assessment as Seen
from grading.settings import DEFAULT, Settings
from patients.glance import Sign
from patients.models import Assessment, Patient, WardSettings
from patients.record import assessment_record

# Of each sign: the name of its window, and which rows charted it.
CHARTED: Final = {
    "temperature": ("temperature", Q(temperature_c__isnull=False)),
    "pressure": ("pressure", Q(systolic__isnull=False) | Q(diastolic__isnull=False) | Q(mean__isnull=False)),
    "spo2": ("spo2", Q(spo2_percent__isnull=False)),
    "oxygen": ("oxygen", Q(oxygen_device__isnull=False)),
    "vasopressors": ("vasopressors", Q(vasopressors_charted=True)),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ungraded:
    """The signs charted last, named as in `glance.Glance`; `at` is when anything was."""

    at: datetime
    temperature: Sign | None = None
    pressure: Sign | None = None
    spo2: Sign | None = None
    oxygen: Sign | None = None
    vasopressors: Sign | None = None


def ungraded_of(patients: Collection[Patient], now: datetime) -> dict[int, Ungraded]:
    """By the key of each of these patients who was ever assessed, in as many queries for any number of them."""
    if not patients:
        return {}
    rows = Assessment.objects.standing().filter(patient__in=patients, at__lte=now)
    rows = rows.order_by("patient_id", "-at", "-id").distinct("patient_id")
    found: dict[int, dict[str, Any]] = {row.patient_id: {"at": row.at} for row in rows}
    if not found:
        return {}
    settings = _settings(patients)
    for name, (window, charted) in CHARTED.items():
        for row in rows.filter(charted).prefetch_related("vasopressors", "organ_toxicities"):
            until = row.at + settings[row.patient_id].windows[window]
            value = _value(name, assessment_record(row))
            found[row.patient_id][name] = Sign(value=value, at=row.at, runs_out_at=until, old_at=None)
    return {patient: Ungraded(**signs) for patient, signs in found.items()}


def _value(name: str, seen: Seen) -> Any:
    if name == "pressure":
        return Pressure(seen.systolic, seen.diastolic, seen.mean)
    return getattr(seen, {"temperature": "temperature_c", "spo2": "spo2_percent"}.get(name, name))


def _settings(patients: Collection[Patient]) -> dict[int, Settings]:
    """Of the ward on which each lies."""
    wards = {patient.pk: patient.ward.pk for patient in patients if patient.ward is not None}
    standing = WardSettings.objects.standing().filter(ward__in=set(wards.values()))
    of_wards = {row.ward_id: row.as_settings() for row in standing.order_by("ward_id", "-id").distinct("ward_id")}
    return {patient.pk: of_wards.get(wards.get(patient.pk, 0), DEFAULT) for patient in patients}
