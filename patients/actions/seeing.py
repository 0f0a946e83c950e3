"""How is it noted that somebody saw a patient, or a list of a ward? Each in a transaction of its own."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from patients.actions.audit import Event, note, note_all
from patients.models import AuditEntry, Placement, User, Ward

EVERY_TIME = frozenset({"printed", "exported"})  # else a list is noted once an hour


@transaction.atomic
def saw_patient(*, by: User, patient: int, event: str, page: str) -> None:
    """On the chain of the ward where the patient with this key lies, or lay last; `page`: the name of the address."""
    placements = Placement.objects.standing().filter(patient=patient).select_related("patient", "ward")
    place = placements.latest("at", "id")
    note(event, by=by, ward=place.ward, patient=place.patient, details={"page": page})


@transaction.atomic
def saw_wards(*, by: User, wards: Sequence[Ward], event: str, page: str) -> None:
    """On the chain of each ward. A list that is not printed: once per person, ward, page and hour of the clock, UTC."""
    unnoted = list(wards) if event in EVERY_TIME else _unnoted(by, wards, event, page)
    if unnoted and event not in EVERY_TIME:
        with connection.cursor() as cursor:  # of two pages that are opened together one notes it
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('seen by ' || %s, 0))", [by.pk])
        unnoted = _unnoted(by, unnoted, event, page)
    note_all(Event(event=event, by=by, ward=ward, details={"page": page}) for ward in unnoted)


def _unnoted(by: User, wards: Sequence[Ward], event: str, page: str) -> list[Ward]:
    hour = timezone.now().replace(minute=0, second=0, microsecond=0)
    seen = AuditEntry.objects.filter(chain__in=[ward.pk for ward in wards], by=by, at__gte=hour, event=event)
    noted = set(seen.filter(details__page=page).values_list("chain", flat=True))
    return [ward for ward in wards if ward.pk not in noted]


@transaction.atomic
def exported(*, ward: Ward, page: str) -> None:
    """On the ward's chain: a command wrote patients of it into a file."""
    note("exported", by=None, ward=ward, details={"page": page})


@transaction.atomic
def saw_audit(*, by: User, event: str, search: Mapping[str, Any]) -> None:
    """On the site's chain: who read the audit trail, or exported it, and what they asked for."""
    note(event, by=by, details=search)
