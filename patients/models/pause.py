"""Is the patient off the ward, why, and until when?"""

from datetime import timedelta

from django.db import models
from django.db.models import F, Q

from patients.models.constraints import not_ahead, one_of
from patients.models.patient import Patient
from patients.models.submission import ClinicalRow, Correctable
from patients.models.ward import PAUSE_MINUTES_AT_MOST
from patients.models.words import PAUSE_REASONS


class Pause(Correctable, ClinicalRow):
    """Monitoring pauses from `at` to `until`, as expected, or to its `end`. Append-only.

    A later row of the same absence, with the same `at`, holds in the place of an earlier one: it is longer, or shorter.
    `confirmed` keeps what was asked about and answered. No value and no grade rests on a pause.
    """

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="pauses")
    reason = models.CharField(max_length=20, choices=list(PAUSE_REASONS.items()))
    text = models.TextField(blank=True)
    until = models.DateTimeField()
    confirmed = models.JSONField(default=list, blank=True)

    class Meta:
        indexes = (models.Index(fields=("patient", "-id"), name="pause_latest"),)
        constraints = (
            not_ahead("pause_at_not_ahead"),
            one_of("reason", PAUSE_REASONS, name="pause_reason_known"),
            models.CheckConstraint(
                condition=~Q(reason="other") | ~Q(text__regex=r"^\s*$"),
                name="pause_other_needs_a_text",
                violation_error_message="text: say where, when it is another place.",
            ),
            models.CheckConstraint(
                condition=Q(until__gt=F("at")),
                name="pause_ends_after_its_start",
                violation_error_message="until: after it began.",
            ),
            models.CheckConstraint(
                condition=Q(until__lte=F("at") + timedelta(minutes=PAUSE_MINUTES_AT_MOST)),
                name="pause_within_a_day",
                violation_error_message="until: within 24 hours.",
            ),
        )

    def __str__(self) -> str:
        return f"pause of patient {self.patient_id}"


class PauseEnd(Correctable, ClinicalRow):
    """The patient is back since `at`. Append-only; of a pause's the first that stands counts."""

    pause = models.ForeignKey(Pause, models.PROTECT, related_name="ends")

    class Meta:
        constraints = (not_ahead("pause_end_at_not_ahead"),)

    def __str__(self) -> str:
        return f"end of pause {self.pause_id}"
