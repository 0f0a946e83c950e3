"""Which results came back from the laboratory?"""

from django.db import models
from django.db.models import F, Q

from patients.models.constraints import not_ahead, not_blank, within
from patients.models.fields import ExactDecimalField
from patients.models.patient import Patient
from patients.models.submission import ClinicalRow, Correctable, Transcribed


class LaboratoryResult(Correctable, Transcribed, ClinicalRow):
    """One result; `at` is when the sample was taken. Value and limits are in one unit, as printed. Append-only.

    Any name is an analyte; `grading` knows which have a meaning. `anc` is in 10^9/L.
    """

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="results")
    analyte = models.CharField(max_length=40)
    value = ExactDecimalField()
    unit = models.CharField(max_length=30, null=True, blank=True)
    lower_limit = ExactDecimalField(null=True, blank=True)
    upper_limit = ExactDecimalField(null=True, blank=True)
    typed = models.JSONField(default=dict, blank=True)
    confirmed = models.JSONField(default=list, blank=True)

    class Meta:
        indexes = (models.Index(fields=("patient", "at", "id"), name="result_in_order"),)
        constraints = (
            models.UniqueConstraint(fields=("submission", "analyte"), name="result_analyte_once_a_submission"),
            not_ahead("result_at_not_ahead"),
            not_blank("analyte", name="result_analyte_not_blank"),
            not_blank("unit", name="result_unit_not_blank"),
            within("value", name="result_value_possible"),
            within("lower_limit", name="result_lower_limit_possible"),
            within("upper_limit", name="result_upper_limit_possible"),
            models.CheckConstraint(
                condition=Q(lower_limit__lte=F("upper_limit")), name="result_lower_limit_not_above_upper"
            ),
        )

    def __str__(self) -> str:
        return f"{self.analyte} of patient {self.patient_id}"
