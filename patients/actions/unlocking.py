"""Somebody who was locked out may sign in again at once."""

from axes.models import AccessAttempt
from axes.utils import reset
from django.db import transaction

from crsweb import slowing
from patients.actions.audit import note
from patients.models import User
from patients.permissions import require


@transaction.atomic
def unlock(*, by: User, person: User) -> None:
    """Clears every counter of wrong passwords on this person: axes', and those by which allauth slows. `person` works
    on a ward of `by`, or was tried on at one of its workstations (`patients.lockouts`)."""
    require(by, "unlock")
    addresses = set(AccessAttempt.objects.filter(username=person.username).values_list("ip_address", flat=True))
    reset(username=person.username)
    slowing.forget(person, {address or "" for address in addresses})
    note("unlocked", by=by, name=person.username, details={"person": person.pk})
