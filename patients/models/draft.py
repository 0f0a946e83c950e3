"""What has somebody typed and not recorded yet?"""

from datetime import datetime, timedelta
from typing import Final, Self

from django.conf import settings
from django.db import models

from patients.models.constraints import not_blank
from patients.models.patient import Patient

KEPT_FOR: Final = timedelta(hours=12)


class DraftQuerySet(models.QuerySet["Draft"]):
    def kept(self, now: datetime) -> Self:
        """Those not too old to be offered again."""
        return self.filter(updated_at__gt=now - KEPT_FOR)

    def past(self, now: datetime) -> Self:
        """Those to be removed."""
        return self.filter(updated_at__lte=now - KEPT_FOR)


class Draft(models.Model):
    """The fields of one form as typed, one a user, patient and form. No clinical row: it changes, and only its author
    reads it. It is never graded into the record."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="drafts")
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="drafts")
    form = models.CharField(max_length=80)  # the page of the form and, of a page about one row, its key
    fields = models.JSONField()
    submission_id = models.UUIDField()  # of the form: what was recorded under it needs no draft any more
    opened_at = models.DateTimeField()  # when the form was opened: what was charted since, its author has not seen
    updated_at = models.DateTimeField()

    objects = DraftQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("user", "patient", "form"), name="draft_one_a_form"),
            not_blank("form", name="draft_form_not_blank"),
        )

    @property
    def kept_until(self) -> datetime:
        return self.updated_at + KEPT_FOR

    def __str__(self) -> str:
        return f"draft of {self.form} by {self.user_id} for patient {self.patient_id}"
