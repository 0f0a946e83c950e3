"""How is an event written into the audit trail? At the end of its ward's chain, in the transaction of what it tells.

The chain is held from then to the end of the transaction, so that its numbers have no gap and each entry follows the
one before. So that no two transactions wait for each other: locks on chains are the last that a transaction takes
(after `perform`'s), and who writes into several chains takes them in the order of their wards' keys, the site's first.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from patients.actions.plain import plain
from patients.audit_chain import VERSION, hash_of, written
from patients.glass import glass_of
from patients.models import AuditEntry, Patient, User, Ward
from patients.models.audit import EVENTS, SITE
from patients.origin import origin


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One event of `EVENTS`, and the chain that it goes into: the ward's, or the site's."""

    event: str
    by: User | None
    ward: Ward | None = None
    patient: Patient | None = None
    name: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def chain(self) -> int:
        return SITE if self.ward is None else self.ward.pk


def note(
    event: str,
    *,
    by: User | None,
    ward: Ward | None = None,
    patient: Patient | None = None,
    name: str = "",
    details: Mapping[str, Any] | None = None,
) -> None:
    """Writes one entry at the end of the chain of `ward` (None: the site's), with the address of the request.

    `name` is what was typed as a name; it is kept only where an account has it: people type passwords there.
    `details`: keys and codes, never a clinical value. Raises `TransactionManagementError` outside a transaction and
    `ValueError` for an event that `EVENTS` does not name.
    """
    note_all([Event(event=event, by=by, ward=ward, patient=patient, name=name, details=details or {})])


def note_all(events: Iterable[Event]) -> None:
    """Writes each at the end of its chain, the chains in the order in which they are locked."""
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError(
            "An event is noted in the transaction of the act that it tells of."
        )
    for one in sorted(events, key=lambda one: one.chain):
        _append(one)


def _append(event: Event) -> None:
    if event.event not in EVENTS:
        raise ValueError(f"{event.event}: no event of patients.models.audit.EVENTS")
    details = plain({**event.details, **_under_glass(event)})
    number, key, at, previous = _end_of(event.chain)
    came = origin()
    told: dict[str, Any] = {
        "number": number,
        "id": key,
        "name": event.name if event.name and _is_known(event.name) else "",
        "event": event.event,
        "address": came.address,
        "session": came.session,
        "details": details,
        "previous": previous,
    }
    keys: dict[str, Any] = {
        "ward": event.ward.pk if event.ward else None,
        "by": event.by.pk if event.by else None,
        "patient": event.patient.pk if event.patient else None,
    }
    columns = {f"{name}_id": key for name, key in keys.items()}
    its_hash = hash_of(at=written(at), **told, **keys)
    AuditEntry.objects.create(version=VERSION, at=at, hash=its_hash, **told, **columns)


def _under_glass(event: Event) -> dict[str, int]:
    """The key of the opening under which somebody is with a patient of another ward; nothing on their own wards."""
    if event.by is None or event.patient is None:
        return {}
    opening = glass_of(event.by, event.patient, event.ward, timezone.now())
    return {} if opening is None else {"glass": opening.pk}


def _end_of(chain: int) -> tuple[int, int, datetime, str]:
    """Holds the chain to the end of the transaction: the number, the key and the time of the next entry, and the hash
    of the last."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT number, id, at, previous FROM patients_audit_next(%s)", [chain])
        number, key, at, previous = cursor.fetchone()
        return number, key, at, previous


def _is_known(name: str) -> bool:
    return "\0" not in name and User.objects.filter(username=name).exists()
