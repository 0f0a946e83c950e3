"""Which act was this, who did it, and has it been recorded already?"""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now


class Submission(models.Model):
    """One act of one person, in the values that were sent.

    A form carries the id; a double tap or a retry arrives with the same one and is answered with what was recorded.
    Append-only.
    """

    id = models.UUIDField(primary_key=True)
    act = models.CharField(max_length=40)
    patient = models.ForeignKey("patients.Patient", models.PROTECT, null=True, related_name="+")
    values = models.JSONField()
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"{self.act} {self.id}"


class EnteredRow(models.Model):
    """A row that says when and by whom it was entered, and in which act. Append-only."""

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="+")
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(db_default=Now())

    class Meta:
        abstract = True


class ClinicalRow(EnteredRow):
    """A row that also says when it was seen: given, taken, measured or happened, by `at`."""

    at = models.DateTimeField()

    class Meta:
        abstract = True
