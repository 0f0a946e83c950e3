"""Who opened a patient of another ward, why, and until when?"""

from datetime import datetime, timedelta
from typing import Final, Self

from django.db import models
from django.db.models import F, Q

from patients.models.constraints import not_blank, one_of
from patients.models.patient import Patient
from patients.models.submission import EnteredRow, EnteredRows
from patients.models.ward import Ward

# How long a patient of another ward stays open. A call to the bedside, a consult or a transfer is over within the hour;
# who needs longer gives the reason once more, so that no opening outlives what it was for.
OPEN_FOR: Final = timedelta(minutes=60)

GLASS_REASONS: Final = {
    "emergency": "Emergency: called to the bedside",
    "consult": "Consult that the ward asked for",
    "covering": "Covering for the ward's own staff",
    "transfer": "Transfer to or from my ward",
    "other": "Other",
}


class BrokenGlasses(EnteredRows["BrokenGlass"]):
    def open(self, now: datetime) -> Self:
        """Those that neither their time nor their user has ended."""
        return self.filter(until__gt=now, ending__isnull=True)


class GlassRows(models.Model):
    """What the openings are read by."""

    objects = BrokenGlasses.as_manager()

    class Meta:
        abstract = True


class BrokenGlass(GlassRows, EnteredRow):
    """`entered_by` opened the patient of another ward at `entered_at`; open to that person until `until`. Append-only.

    `ward` is where the patient lay then: its auditor's chain tells of it.
    """

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="openings")
    ward = models.ForeignKey(Ward, models.PROTECT, related_name="+")
    reason = models.CharField(max_length=20, choices=list(GLASS_REASONS.items()))
    text = models.TextField()
    until = models.DateTimeField()

    class Meta:
        indexes = (
            models.Index(fields=("entered_by", "-until"), name="glass_of_whom"),
            models.Index(fields=("patient", "-id"), name="glass_of_patient"),
        )
        constraints = (
            one_of("reason", GLASS_REASONS, name="glass_reason_known"),
            not_blank("text", name="glass_has_words"),
            models.CheckConstraint(
                condition=Q(until__gt=F("entered_at")) & Q(until__lte=F("entered_at") + OPEN_FOR),
                name="glass_within_its_time",
                violation_error_message=f"until: within {OPEN_FOR // timedelta(minutes=1)} min.",
            ),
        )

    def __str__(self) -> str:
        return f"patient {self.patient_id} opened by {self.entered_by_id}"


class GlassEnd(EnteredRow):
    """Whoever opened the patient closed them before the time was over. Append-only."""

    glass = models.OneToOneField(BrokenGlass, models.PROTECT, related_name="ending")

    def __str__(self) -> str:
        return f"end of opening {self.glass_id}"
