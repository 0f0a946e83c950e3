"""Has the patient died, and of what?"""

from django.db import models

from patients.models.constraints import not_ahead
from patients.models.patient import Patient
from patients.models.submission import ClinicalRow, Correctable


class Death(Correctable, ClinicalRow):
    """The patient died. `due_to_crs`: yes is grade 5 of the course on every CRS scale (rules 2).

    Of a patient's deaths one stands at most (a trigger).
    """

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="deaths")
    due_to_crs = models.BooleanField(null=True, blank=True)

    class Meta:
        constraints = (not_ahead("death_at_not_ahead"),)

    def __str__(self) -> str:
        return f"death of patient {self.patient_id}"
