"""Whose patient is this in this shift?"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from patients.models.patient import Patient
from patients.models.submission import Correctable, EnteredRow
from patients.models.ward import Ward


class Assignment(Correctable, EnteredRow):
    """From `entered_at` on `nurse` has the patient on this ward, to the end of the shift; null: nobody any more.

    Append-only: of a patient and a moment the latest row of the shift holds. The shift is kept as it was then: a change
    of the ward's shift times moves no assignment.
    """

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="assignments")
    ward = models.ForeignKey(Ward, models.PROTECT, related_name="assignments")
    nurse = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=("patient", "-id"), name="assignment_latest"),)
        constraints = (
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="assignment_ends_after_its_start"),
        )

    def __str__(self) -> str:
        return f"patient {self.patient_id}: {self.nurse or 'nobody'}"
