"""What started a course, in which doses was it given, and was it stopped?"""

from django.db import models
from django.db.models import Q

from grading.words import CAUSES, INFUSION_ACTIONS
from patients.models.constraints import not_ahead, not_blank, one_of, within
from patients.models.fields import ExactDecimalField
from patients.models.patient import Patient
from patients.models.submission import ClinicalRow, Correctable, EnteredRow


class Infusion(Correctable, EnteredRow):
    """A course: from `started_at` to the start of the patient's next infusion, which is of another product.

    Append-only. Of those that stand no two start at one time (a trigger). The step-up doses of one product are
    `doses` of one infusion.
    """

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="infusions")
    cause = models.CharField(max_length=20, choices=list(CAUSES.items()))
    product = models.CharField(max_length=120)
    lot = models.CharField(max_length=60, blank=True)
    started_at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=("patient", "started_at"), name="infusion_in_order"),)
        constraints = (
            not_ahead("infusion_started_at_not_ahead", "started_at"),
            one_of("cause", CAUSES, name="infusion_cause_known"),
            not_blank("product", name="infusion_product_not_blank"),
        )

    def __str__(self) -> str:
        return f"{self.product} of patient {self.patient_id}"


class InfusionDose(Correctable, ClinicalRow):
    """A dose of the product within its infusion: a step-up dose, or the dose infused. Append-only."""

    infusion = models.ForeignKey(Infusion, models.PROTECT, related_name="doses")
    dose = ExactDecimalField(null=True, blank=True)
    unit = models.CharField(max_length=30, null=True, blank=True)
    lot = models.CharField(max_length=60, blank=True)
    note = models.TextField(blank=True)

    class Meta:
        constraints = (
            not_ahead("infusion_dose_at_not_ahead"),
            within("dose", name="infusion_dose_possible"),
            models.CheckConstraint(
                condition=Q(dose__isnull=True) | Q(unit__isnull=False), name="infusion_dose_has_its_unit"
            ),
            not_blank("unit", name="infusion_dose_unit_not_blank"),
        )

    def __str__(self) -> str:
        return f"dose of infusion {self.infusion_id}"


class InfusionEvent(Correctable, ClinicalRow):
    """The infusion was interrupted, resumed, or discontinued for good. Append-only."""

    infusion = models.ForeignKey(Infusion, models.PROTECT, related_name="events")
    action = models.CharField(max_length=20, choices=list(INFUSION_ACTIONS.items()))
    note = models.TextField(blank=True)

    class Meta:
        constraints = (
            not_ahead("infusion_event_at_not_ahead"),
            one_of("action", INFUSION_ACTIONS, name="infusion_event_action_known"),
        )

    def __str__(self) -> str:
        return f"{self.action} infusion {self.infusion_id}"
