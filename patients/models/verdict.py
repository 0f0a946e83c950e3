"""Which grades and suggestions were shown, as known at which moment?"""

from django.db import models
from django.db.models import Q

from grading.words import PROTOCOLS, SCALES
from patients.models.assessment import Assessment
from patients.models.constraints import grade, one_of
from patients.models.infusion import Infusion
from patients.models.submission import Submission


class StoredRow(models.Model):
    """What a write made known about one assessment of one course, under which rules and settings. Append-only.

    The latest by key is what was known last; `known_at` is when the write that caused it was entered.
    """

    infusion = models.ForeignKey(Infusion, models.PROTECT, related_name="+")
    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="+")
    submission = models.ForeignKey(Submission, models.PROTECT, related_name="+")
    known_at = models.DateTimeField()
    rules_version = models.CharField(max_length=40)
    settings_version = models.CharField(max_length=60)
    protocol = models.CharField(max_length=20, choices=list(PROTOCOLS.items()))

    class Meta:
        abstract = True


class StoredVerdict(StoredRow):
    """The verdict of one scale. `met`, `unknown` are lists of `grading.result.Reason` as objects."""

    scale = models.CharField(max_length=20, choices=list(SCALES.items()))
    governing = models.BooleanField()
    grade = models.SmallIntegerField(null=True)
    at_most = models.SmallIntegerField(null=True)
    pending_grade = models.SmallIntegerField(null=True)
    pending_at = models.DateTimeField(null=True)
    met = models.JSONField(default=list)
    unknown = models.JSONField(default=list)
    notices = models.JSONField(default=list)

    class Meta:
        indexes = (models.Index(fields=("infusion", "assessment", "scale", "-id"), name="verdict_latest"),)
        constraints = (
            one_of("scale", SCALES, name="verdict_scale_known"),
            one_of("protocol", PROTOCOLS, name="verdict_protocol_known"),
            grade("grade", 5, name="verdict_grade_possible"),
            grade("at_most", 5, name="verdict_at_most_possible"),
            grade("pending_grade", 5, name="verdict_pending_grade_possible"),
            models.CheckConstraint(
                condition=Q(grade__isnull=True, at_most__isnull=True)
                | Q(grade__isnull=False, at_most__isnull=False, at_most__gte=models.F("grade")),
                name="verdict_at_most_not_below_grade",
            ),
            models.CheckConstraint(
                condition=Q(pending_grade__isnull=True, pending_at__isnull=True)
                | Q(pending_grade__isnull=False, pending_at__isnull=False),
                name="verdict_pending_grade_with_its_time",
            ),
        )

    def __str__(self) -> str:
        return f"{self.scale} {self.grade} to {self.at_most} at assessment {self.assessment_id}"


class StoredSuggestions(StoredRow):
    """The suggestions at one assessment: a list of `grading.result.Suggestion` as objects."""

    suggestions = models.JSONField(default=list)

    class Meta:
        indexes = (models.Index(fields=("infusion", "assessment", "-id"), name="suggestions_latest"),)
        constraints = (one_of("protocol", PROTOCOLS, name="suggestions_protocol_known"),)

    def __str__(self) -> str:
        return f"suggestions at assessment {self.assessment_id}"
