"""After how many minutes without a key or a press does a workstation lock itself for this person?"""

from typing import Final

from patients.models import User, WardSettings
from patients.models.ward import IDLE_MINUTES

OF_NO_WARD: Final = IDLE_MINUTES


def idle_minutes(user: User) -> int:
    """The smallest that the wards of the user set."""
    latest = WardSettings.objects.filter(ward__in=user.wards.all()).order_by("ward_id", "-id").distinct("ward_id")
    return min(latest.values_list("idle_minutes", flat=True), default=OF_NO_WARD)
