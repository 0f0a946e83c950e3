"""On which people of some wards were wrong passwords typed just now, where from, and who of them is locked out?"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Max, Sum
from django.utils import timezone

from patients.models import User, Ward


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """A person at an address. `locked_until` is None while more tries are possible."""

    person: User
    address: str
    errors: int
    last_at: datetime
    locked_until: datetime | None


def tried_on(wards: Iterable[Ward]) -> list[Tried]:
    """The people of these wards, those locked out first, then the latest."""
    now = timezone.now()
    people = {user.username: user for user in User.objects.filter(wards__in=wards).distinct()}
    counts = (
        AccessAttempt.objects.filter(username__in=people, attempt_time__gt=now - settings.AXES_COOLOFF_TIME)
        .order_by()
        .values("username", "ip_address")
        .annotate(errors=Sum("failures_since_start"), last_at=Max("attempt_time"))
    )
    found = [
        Tried(
            person=people[one["username"]],
            address=one["ip_address"] or "",
            errors=one["errors"],
            last_at=one["last_at"],
            locked_until=one["last_at"] + settings.AXES_COOLOFF_TIME
            if one["errors"] >= settings.AXES_FAILURE_LIMIT
            else None,
        )
        for one in counts
    ]
    return sorted(found, key=lambda one: (one.locked_until is None, -one.last_at.timestamp()))
