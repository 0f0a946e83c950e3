"""What somebody has typed and not recorded is kept, or let go. No clinical row, and never graded into the record."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from patients.actions.act import alone_with_the_last
from patients.models import Draft, Patient, Submission, User
from patients.permissions import require

SUBMISSION: Final = "submission_id"  # the form's own field


def keep_draft(
    *,
    by: User,
    patient: Patient,
    form: str,
    fields: Mapping[str, Any],
    submission_id: UUID,
    opened_at: datetime | None = None,
) -> Draft | None:
    """The form as typed now, in place of the draft before; one a user, patient and form.

    None where the form was recorded meanwhile: what was typed stands in the record, and a draft that arrives late does
    not come back beside it. `opened_at` is when the form was opened (None: now). Drafts too old to be offered are
    removed, whoever's they are.
    """
    require(by, "keep_draft")
    with transaction.atomic():
        submission_id, now = alone_with_the_last(submission_id)
        Draft.objects.past(now).delete()
        if Submission.objects.filter(pk=submission_id).exists():
            return None
        values = {
            "fields": {**fields, SUBMISSION: [str(submission_id)]} if SUBMISSION in fields else dict(fields),
            "submission_id": submission_id,
            "opened_at": opened_at or now,
            "updated_at": now,
        }
        draft, _ = Draft.objects.update_or_create(user=by, patient=patient, form=form, defaults=values)
        return draft


def drop_draft(*, by: User, patient: Patient, form: str) -> None:
    """It is no longer wanted. One that is recorded goes with the recording (`perform`)."""
    require(by, "drop_draft")
    Draft.objects.filter(user=by, patient=patient, form=form).delete()


def remove_old_drafts() -> int:
    """Those past their twelve hours are removed, whoever's they are; how many there were."""
    return Draft.objects.past(timezone.now()).delete()[0]
