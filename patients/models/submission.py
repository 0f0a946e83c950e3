"""Which act was this, who did it, has it been recorded already, and does what it recorded still stand?"""

from datetime import datetime
from typing import Any, Self, TypeVar

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now

Row = TypeVar("Row", bound=models.Model, covariant=True)


class EnteredRows(models.QuerySet[Row]):
    """Rows of the record. Whatever computes, or lists what holds, reads `standing()`; the history reads all."""

    def standing(self, known_at: datetime | None = None) -> Self:
        """The rows that hold; with `known_at` those that held as known then: entered by then."""
        return self.all() if known_at is None else self.filter(entered_at__lte=known_at)


class CorrectableRows(EnteredRows[Row]):
    """Rows that a `Correction` may name: while one does that nobody took back, they do not stand."""

    def standing(self, known_at: datetime | None = None) -> Self:
        naming: Any = self.model._meta.get_field("corrections")
        corrections = naming.related_model.objects.in_force(known_at)
        return super().standing(known_at).filter(~Exists(corrections.filter(**{naming.field.name: OuterRef("pk")})))


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

    class Meta:
        # `patients.writes` asks for them with every look at a board.
        indexes = (models.Index(fields=("act",), name="submission_moves", condition=Q(act="move_to_patient")),)

    def __str__(self) -> str:
        return f"{self.act} {self.id}"


class ClosedSubmission(models.Model):
    """Somebody was told that nothing is recorded under this id: nothing ever is. What they typed goes on under another.

    Append-only.
    """

    id = models.UUIDField(primary_key=True)
    goes_on_as = models.UUIDField(unique=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"{self.id}, gone on as {self.goes_on_as}"


class EnteredRow(models.Model):
    """A row that says when and by whom it was entered, and in which act. Append-only."""

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="+")
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(db_default=Now())

    objects = EnteredRows.as_manager()

    class Meta:
        abstract = True


class Correctable(models.Model):
    """A row that may be marked as wrong: a kind of `patients.models.correction.KINDS`."""

    objects = CorrectableRows.as_manager()

    class Meta:
        abstract = True


class ClinicalRow(EnteredRow):
    """A row that also says when it was seen: given, taken, measured or happened, by `at`."""

    at = models.DateTimeField()

    class Meta:
        abstract = True


class Transcribed(models.Model):
    """A row that may have been entered from paper: `observed_by_text` names who saw it, as written there or chosen.

    `observed_by` is that person where the name is one of the ward's people. Who transcribed it is `entered_by`.
    """

    observed_by_text = models.CharField(max_length=80, blank=True, default="", db_default="")
    observed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        abstract = True
