"""On whom of those whom a ward lets in again were wrong secrets typed just now, where from, and who is locked out?

Those of the ward, wherever it was; and whoever else it was at a workstation of the ward: at night nobody may be there
who leads theirs.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Max, Q, QuerySet, Sum
from django.utils import timezone

from patients.models import AuditEntry, User, Ward
from patients.models.audit import SITE
from patients.origin import place_of

OF_A_SHIFT: Final = timedelta(hours=12)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """A person at an address. `locked_until` is None while more tries are possible."""

    person: User
    address: str
    errors: int
    last_at: datetime
    locked_until: datetime | None


def tried_on(wards: Iterable[Ward]) -> list[Tried]:
    """The people of these wards, and guests at their workstations; those locked out first, then the latest."""
    now = timezone.now()
    theirs = User.objects.filter(wards__in=wards).distinct()
    of_the_wards = Q(username__in=theirs.values("username")) | Q(ip_address__in=_places(theirs, since=now - OF_A_SHIFT))
    attempts = AccessAttempt.objects.filter(of_the_wards, attempt_time__gt=now - settings.AXES_COOLOFF_TIME)
    people = {user.username: user for user in User.objects.filter(username__in=attempts.values("username"))}
    counts = (
        attempts.filter(username__in=people)
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


def _places(people: QuerySet[User], *, since: datetime) -> set[str]:
    """The addresses from which these people signed in, as wrong passwords are counted by them."""
    entries = AuditEntry.objects.filter(chain=SITE, event="signed-in", by__in=people, at__gt=since).exclude(address="")
    return {place_of(address) for address in entries.order_by().values_list("address", flat=True).distinct()}
