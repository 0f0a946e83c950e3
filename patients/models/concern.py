"""Who is worried about a patient, and has a physician seen it?"""

from django.db import models

from patients.models.constraints import not_blank
from patients.models.patient import Patient
from patients.models.submission import Correctable, EnteredRow


class Concern(Correctable, EnteredRow):
    """«Escalate now», at any grade: why, who was called, who answered. Append-only; no message is sent from here."""

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="concerns")
    why = models.TextField()
    called = models.TextField(blank=True)
    answered = models.TextField(blank=True)

    class Meta:
        indexes = (models.Index(fields=("patient", "-id"), name="concern_latest"),)
        constraints = (not_blank("why", name="concern_says_why"),)

    def __str__(self) -> str:
        return f"concern about patient {self.patient_id}"


class ConcernAcknowledgement(Correctable, EnteredRow):
    """A physician has seen the concern. Append-only; the first one counts: of a concern's one stands at most (a
    trigger)."""

    concern = models.ForeignKey(Concern, models.PROTECT, related_name="acknowledgements")
    text = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"concern {self.concern_id} acknowledged"
