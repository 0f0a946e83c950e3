"""Who saw, wrote, decided, exported or signed in, from where and when? Entries in chains, one a ward, never changed.

Each entry holds the hash of the one before it in its chain, and its own hash over all of it (`patients.audit_chain`): a
change, a gap or another order breaks the chain (`manage.py verify_audit`).
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from django.conf import settings
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce

from patients.models.patient import Patient
from patients.models.ward import Ward

# Every event that is written down, with the words for it.
EVENTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "signed-in": "Signed in",
        "sign-in-failed": "Failed to sign in",
        "signed-out": "Signed out",
        "locked-out": "Was locked out",
        "unlocked": "Unlocked a person",
        "factor-added": "Added a second factor",
        "factor-removed": "Removed a second factor",
        "session-revoked": "Ended a session",
        "password-changed": "Changed a password",
        "account-added": "Added an account",
        "account-changed": "Changed an account",
        "reauthenticated": "Confirmed who they are",
        "reauthentication-failed": "Failed to confirm who they are",
        "user-changed": "Passed the workstation to another user",
        "idle-locked": "The workstation locked itself",
        "opened": "Opened a patient",
        "opened-history": "Opened a history",
        "printed": "Printed",
        "exported": "Exported",
        "board": "Saw the board",
        "listed": "Saw a list of the ward",
        "break-glass": "Broke glass",
        "glass-mended": "Closed a patient opened by breaking glass",
        "refused": "Was refused a patient",
        "recorded": "Recorded",
        "audit-seen": "Saw the audit trail",
        "audit-exported": "Exported the audit trail",
        "backup": "Backed up",
        "regrade": "Compared the grades of another version",
    }
)
SITE: Final = 0  # the chain of what belongs to no ward
SITE_NAME: Final = "the site"


class AuditEntry(models.Model):
    """One event. Written by `patients.actions.audit.note` only. Append-only.

    `by` is None for what nobody signed in did; `name` is then the name that was typed, where an account has it.
    `details` holds keys and codes: never a clinical value, never a password.
    """

    version = models.SmallIntegerField()  # of the way in which the hash is made
    ward = models.ForeignKey(Ward, models.PROTECT, null=True, related_name="+", db_index=False)  # None: the site's
    chain = models.GeneratedField(
        expression=Coalesce(F("ward_id"), Value(SITE)), output_field=models.BigIntegerField(), db_persist=True
    )
    number = models.BigIntegerField()  # in its chain, from 1
    at = models.DateTimeField()  # the server's clock; never before the entry before
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    name = models.CharField(max_length=150, blank=True)
    event = models.CharField(max_length=30)  # of EVENTS
    patient = models.ForeignKey(Patient, models.PROTECT, null=True, related_name="+", db_index=False)
    address = models.CharField(max_length=45, blank=True)
    session = models.CharField(max_length=16, blank=True)  # the beginning of the hash of the session's key
    details = models.JSONField(default=dict)
    previous = models.CharField(max_length=64)  # the hash of the entry before; 64 zeros before the first
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("chain", "number"), name="audit_number_once_a_chain"),
            models.CheckConstraint(condition=Q(number__gte=1), name="audit_number_from_one"),
            # Which codes there are is the table's to say, at once: a new one is no change of the database.
            models.CheckConstraint(condition=Q(event__regex="^[a-z]+(-[a-z]+)*$"), name="audit_event_is_a_code"),
        )
        # The auditor reads the chains of some wards, the latest first, by patient, person or event.
        indexes = (
            models.Index(fields=("chain", "at", "id"), name="audit_by_time"),
            models.Index(fields=("chain", "patient", "at", "id"), name="audit_by_patient"),
            models.Index(fields=("chain", "by", "at", "id"), name="audit_by_person"),
            models.Index(fields=("chain", "event", "at", "id"), name="audit_by_event"),
            models.Index(fields=("chain", "name", "at", "id"), name="audit_by_name", condition=~Q(name="")),
        )

    def __str__(self) -> str:
        return f"{self.event} {self.number} of {chain_name(self.ward)}"

    @property
    def words(self) -> str:
        return EVENTS.get(self.event, self.event)


def chain_name(ward: Ward | None) -> str:
    return SITE_NAME if ward is None else f"ward {ward.pk} ({ward.name})"
