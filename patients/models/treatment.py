"""Which doses were given?"""

from django.db import models
from django.db.models import Q

from grading.words import PURPOSES, ROUTES
from patients.models.constraints import not_ahead, not_blank, one_of, within
from patients.models.fields import ExactDecimalField
from patients.models.patient import Patient
from patients.models.submission import ClinicalRow, Correctable, Transcribed


class Treatment(Correctable, Transcribed, ClinicalRow):
    """A dose given at `at`. Any name is a drug; `grading` knows which have a meaning. Append-only.

    What was done is recorded whatever it was; `marked` holds what is unusual about it, as known when it was recorded:
    `[{"key": "over-the-count", "words": "Dose 5 of tocilizumab in this course: 4 at most."}]`.
    """

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="treatments")
    drug = models.CharField(max_length=120)
    dose = ExactDecimalField(null=True, blank=True)
    unit = models.CharField(max_length=30, null=True, blank=True)
    route = models.CharField(max_length=12, null=True, blank=True, choices=list(ROUTES.items()))
    purpose = models.CharField(max_length=20, null=True, blank=True, choices=list(PURPOSES.items()))
    note = models.TextField(blank=True)
    accepted_decision = models.ForeignKey(
        "patients.Decision", models.PROTECT, null=True, blank=True, related_name="treatments"
    )
    marked = models.JSONField(default=list, blank=True)
    typed = models.JSONField(default=dict, blank=True)
    confirmed = models.JSONField(default=list, blank=True)

    class Meta:
        indexes = (models.Index(fields=("patient", "at", "id"), name="treatment_in_order"),)
        constraints = (
            models.UniqueConstraint(fields=("submission",), name="treatment_once_a_submission"),
            not_ahead("treatment_at_not_ahead"),
            not_blank("drug", name="treatment_drug_not_blank"),
            within("dose", name="treatment_dose_possible"),
            models.CheckConstraint(
                condition=Q(dose__isnull=True) | Q(unit__isnull=False), name="treatment_dose_has_its_unit"
            ),
            not_blank("unit", name="treatment_unit_not_blank"),
            one_of("route", ROUTES, name="treatment_route_known"),
            one_of("purpose", PURPOSES, name="treatment_purpose_known"),
        )

    def __str__(self) -> str:
        return f"{self.drug} for patient {self.patient_id}"
