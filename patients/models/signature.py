"""Which grades has a physician confirmed, or overridden?"""

from django.db import models
from django.db.models import F, Q

from grading.words import PROTOCOLS, SCALES
from patients.models.assessment import Assessment
from patients.models.constraints import grade, one_of
from patients.models.infusion import Infusion
from patients.models.submission import Correctable, EnteredRow
from patients.models.words import OVERRIDE_REASONS


class Signature(Correctable, EnteredRow):
    """A physician's word on the governing grade at one assessment. Append-only; an override erases nothing.

    `basis` is `grading.basis.signed_facts(...)`: when the same assessment computed anew gives another, or no longer
    stands, the signature is open again (`patients.signatures`).
    """

    infusion = models.ForeignKey(Infusion, models.PROTECT, related_name="signatures")
    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="signatures")
    scale = models.CharField(max_length=20, choices=list(SCALES.items()))
    computed_grade = models.SmallIntegerField()
    computed_at_most = models.SmallIntegerField()
    confirmed_grade = models.SmallIntegerField()
    reason = models.CharField(max_length=20, null=True, blank=True, choices=list(OVERRIDE_REASONS.items()))
    text = models.TextField(blank=True)
    basis = models.JSONField()
    rules_version = models.CharField(max_length=40)
    settings_version = models.CharField(max_length=60)
    protocol = models.CharField(max_length=20, choices=list(PROTOCOLS.items()))

    class Meta:
        indexes = (models.Index(fields=("infusion", "-id"), name="signature_latest"),)
        constraints = (
            one_of("scale", SCALES, name="signature_scale_known"),
            one_of("protocol", PROTOCOLS, name="signature_protocol_known"),
            one_of("reason", OVERRIDE_REASONS, name="signature_reason_known"),
            grade("computed_grade", 4, name="signature_computed_grade_possible"),
            models.CheckConstraint(
                condition=Q(computed_at_most__gte=F("computed_grade"), computed_at_most__lte=4),
                name="signature_at_most_not_below_grade",
            ),
            grade("confirmed_grade", 4, name="signature_confirmed_grade_possible"),
            models.CheckConstraint(
                condition=Q(confirmed_grade=F("computed_grade"), reason__isnull=True)
                | (~Q(confirmed_grade=F("computed_grade")) & Q(reason__isnull=False) & ~Q(text__regex=r"^\s*$")),
                name="signature_override_with_reason_and_text",
                violation_error_message="reason: a reason and a text are needed for another grade than the computed "
                "one, and only then.",
            ),
        )

    def __str__(self) -> str:
        return f"grade {self.confirmed_grade} at assessment {self.assessment_id}"

    @property
    def overrides(self) -> bool:
        return self.confirmed_grade != self.computed_grade
