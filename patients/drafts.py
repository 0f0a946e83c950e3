"""What did this person leave unrecorded in this form?"""

from django.utils import timezone

from patients.models import Draft, Patient, User


def draft_for(user: User, patient: Patient, form: str) -> Draft | None:
    """The user's own draft, for twelve hours."""
    return Draft.objects.kept(timezone.now()).filter(user=user, patient=patient, form=form).first()
