"""What did a physician decide about a suggestion, and which points of a checklist were ticked?"""

from django.db import models
from django.db.models import Q

from patients.models.assessment import Assessment
from patients.models.constraints import not_blank, one_of
from patients.models.infusion import Infusion
from patients.models.submission import Correctable, EnteredRow
from patients.models.words import ANSWERS, DECLINE_REASONS


class Decision(Correctable, EnteredRow):
    """A physician's answer to one suggestion of a course, as shown at `assessment`. Append-only.

    The latest on a step counts, while it stands (`patients.decisions`). `basis` is `grading.basis.Basis.document()`;
    `shown` what the card said: headline, dose, working, source. It is a decision recorded here, and orders nothing.
    """

    infusion = models.ForeignKey(Infusion, models.PROTECT, related_name="decisions")
    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="decisions")
    step = models.CharField(max_length=40)
    answer = models.CharField(max_length=10, choices=list(ANSWERS.items()))
    reason = models.CharField(max_length=20, null=True, blank=True, choices=list(DECLINE_REASONS.items()))
    text = models.TextField(blank=True)
    watch_until = models.DateTimeField(null=True, blank=True)
    basis = models.JSONField()
    shown = models.JSONField()

    class Meta:
        indexes = (models.Index(fields=("infusion", "step", "-id"), name="decision_latest"),)
        constraints = (
            not_blank("step", name="decision_step_not_blank"),
            one_of("answer", ANSWERS, name="decision_answer_known"),
            one_of("reason", DECLINE_REASONS, name="decision_reason_known"),
            models.CheckConstraint(
                condition=Q(answer="declined", reason__isnull=False) | (~Q(answer="declined") & Q(reason__isnull=True)),
                name="decision_declined_with_a_reason",
                violation_error_message="reason: one is needed to decline, and only then.",
            ),
            models.CheckConstraint(
                condition=Q(reason__isnull=True) | ~Q(reason="other") | ~Q(text__regex=r"^\s*$"),
                name="decision_other_needs_a_text",
                violation_error_message="text: say why, where the reason is another.",
            ),
            models.CheckConstraint(
                condition=Q(answer="watching", watch_until__isnull=False, watch_until__gt=models.F("entered_at"))
                | (~Q(answer="watching") & Q(watch_until__isnull=True)),
                name="decision_watched_until_later",
                violation_error_message="watch_until: a time still to come is needed to watch, and only then.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.step} {self.answer} in infusion {self.infusion_id}"


class ChecklistTick(Correctable, EnteredRow):
    """One point of a checklist was done, or a tick was taken back. The latest on a point counts. Append-only.

    `step` and `item` are keys of `grading.checklists.CHECKLISTS` and of its points.
    """

    infusion = models.ForeignKey(Infusion, models.PROTECT, related_name="ticks")
    step = models.CharField(max_length=40)
    item = models.CharField(max_length=40)
    done = models.BooleanField()

    class Meta:
        indexes = (models.Index(fields=("infusion", "step", "item", "-id"), name="tick_latest"),)
        constraints = (
            not_blank("step", name="tick_step_not_blank"),
            not_blank("item", name="tick_item_not_blank"),
        )

    def __str__(self) -> str:
        return f"{self.step}: {self.item} in infusion {self.infusion_id}"
