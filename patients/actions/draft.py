"""What somebody has typed and not recorded is kept, or let go. No clinical row, and never graded into the record."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from patients.models import Draft, Patient, User
from patients.permissions import require


def keep_draft(*, by: User, patient: Patient, form: str, fields: Mapping[str, Any]) -> Draft:
    """The form as typed now, in place of the draft before; one a user, patient and form."""
    require(by, "keep_draft")
    now = timezone.now()
    draft, _ = Draft.objects.update_or_create(
        user=by, patient=patient, form=form, defaults={"fields": dict(fields), "updated_at": now}
    )
    return draft


def drop_draft(*, by: User, patient: Patient, form: str) -> None:
    """It was recorded, or is no longer wanted."""
    require(by, "drop_draft")
    Draft.objects.filter(user=by, patient=patient, form=form).delete()
