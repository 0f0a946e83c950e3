"""Who is off the ward, where, until when, and who should be back by now?"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from patients.models import Patient, Pause, PauseEnd, Placement
from patients.models.words import PAUSED


@dataclass(frozen=True, slots=True)
class Paused:
    """The last pause of a patient: `row` says why and until when, `back_at` since when the patient is back (None: no
    word of it). `now` is when it is looked at."""

    row: Pause
    back_at: datetime | None
    now: datetime

    @property
    def away(self) -> bool:
        """Does the pause hold: neither is the patient back, nor is the time over?"""
        return self.back_at is None and self.now < self.row.until

    @property
    def over(self) -> bool:
        """Is the time over without a word that the patient is back?"""
        return self.back_at is None and self.now >= self.row.until

    @property
    def where(self) -> str:
        """«In imaging»."""
        return f"{PAUSED[self.row.reason]}: {self.row.text}" if self.row.reason == "other" else PAUSED[self.row.reason]


def pauses_of(patients: Sequence[Patient] | Sequence[int], now: datetime) -> dict[int, Paused]:
    """The last pause of each of these patients that has one, by the patient's key; some are long over. Three queries.

    It is a pause of the ward that the patient lies on: none outlives a transfer to another ward, or a discharge.
    """
    rows = Pause.objects.standing().filter(patient__in=patients, at__lte=now).select_related("entered_by")
    paused = list(rows.order_by("-id"))
    came = _came_at({row.patient_id for row in paused}, now)
    latest: dict[int, Pause] = {}
    for row in paused:
        if row.patient_id not in came or row.at >= came[row.patient_id]:
            latest.setdefault(row.patient_id, row)
    ends = PauseEnd.objects.standing().filter(pause__in=latest.values()).order_by("-id")
    back_at = {end.pause_id: end.at for end in ends}  # the first of a pause
    return {patient: Paused(row, back_at.get(row.pk), now) for patient, row in latest.items()}


def _came_at(patients: Collection[int], now: datetime) -> dict[int, datetime]:
    """Since when each of them lies on the ward they lie on, or is discharged. Another bed of a ward is no coming."""
    rows = Placement.objects.standing().filter(patient__in=patients, at__lte=now).order_by("at", "id")
    came: dict[int, datetime] = {}
    lies_on: dict[int, int] = {}
    for patient, kind, ward, at in rows.values_list("patient_id", "kind", "ward_id", "at"):
        if kind != Placement.Kind.TRANSFER or lies_on.get(patient) != ward:
            came[patient] = at
        lies_on[patient] = ward
    return came
