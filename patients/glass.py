"""Is this patient open to this person by broken glass, and whom did they open so?"""

from datetime import datetime

from patients.models import BrokenGlass, Patient, User, Ward


def glass_of(user: User, patient: Patient, ward: Ward | None, now: datetime) -> BrokenGlass | None:
    """The opening that lets the user see the patient, who lies on `ward`; None where that is a ward of the user's, who
    sees them anyway."""
    found = BrokenGlass.objects.open(now).filter(entered_by=user, patient=patient)
    opening = found.select_related("ward").order_by("-until").first()
    if opening is None or (ward is not None and user.wards.filter(pk=ward.pk).exists()):
        return None
    return opening


def opened_by(user: User, now: datetime) -> list[BrokenGlass]:
    """What the user has open now, each patient once, what ends last first."""
    openings: dict[int, BrokenGlass] = {}
    for one in (
        BrokenGlass.objects.open(now).filter(entered_by=user).select_related("patient", "ward").order_by("-until")
    ):
        openings.setdefault(one.patient_id, one)
    return list(openings.values())


def lapsed_for(user: User, patient: int, since: datetime) -> BrokenGlass | None:
    """The last opening of this patient by the user, from `since` on: one that they know of, whether or not it holds."""
    openings = BrokenGlass.objects.filter(entered_by=user, patient_id=patient, entered_at__gte=since)
    return openings.select_related("patient", "ward", "ending").order_by("-id").first()
