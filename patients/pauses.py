"""Who is off the ward, where, until when, and who should be back by now?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from patients.models import Patient, Pause, PauseEnd
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
    """The last pause of each of these patients that has one, by the patient's key; some are long over. Two queries."""
    rows = Pause.objects.standing().filter(patient__in=patients, at__lte=now).select_related("entered_by")
    latest = list(rows.order_by("patient_id", "-id").distinct("patient_id"))
    ends = PauseEnd.objects.standing().filter(pause__in=latest).order_by("-id")
    back_at = {end.pause_id: end.at for end in ends}  # the first of a pause
    return {row.patient_id: Paused(row, back_at.get(row.pk), now) for row in latest}
