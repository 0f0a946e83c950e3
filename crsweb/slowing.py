"""How is a name or an address slowed that somebody tries passwords or codes on, without shutting anybody out?

After many errors on a name, from wherever, and after many errors from an address, on whichever names, each pair of name
and address may try once a minute. Whoever knows the password needs one try; whoever guesses gets sixty an hour, until
the pair is locked (`crsweb.lockout`). Who has many addresses has no more: those from which the name did not sign in
lately share a few tries an hour. Counted by allauth in the cache that all processes share.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from allauth.core import ratelimit
from django.http import HttpRequest
from django.utils import timezone

from patients.models import AuditEntry, User
from patients.models.audit import SITE
from patients.origin import address_of, place_of


@dataclass(frozen=True, slots=True)
class Secret:
    """What is guessed, by the keys of settings.ACCOUNT_RATE_LIMITS under which it is counted. A code is counted apart:
    only who has the password can try one, and a try of the one takes none of the other."""

    errors: str
    elsewhere: str  # tries of a name that is tried on, of all addresses together from which it did not sign in lately
    one_try: str


PASSWORD: Final = Secret("password_failed", "password_elsewhere", "password_slowed")
CODE: Final = Secret("code_failed", "code_elsewhere", "code_slowed")
ERRORS_OF_ADDRESS: Final = "failed_of_address"
LATELY: Final = timedelta(days=30)


def must_wait(request: HttpRequest, secret: Secret, name: str) -> bool:
    """Has this pair had its try of this minute, or have new addresses had theirs of this hour, while the name or the
    address is tried on?"""
    place = place_of(address_of(request))
    quiet = ratelimit.consume(request, action=secret.errors, key=name, dry_run=True)
    if quiet and ratelimit.consume(request, action=ERRORS_OF_ADDRESS, key=place, dry_run=True):
        return False
    if not ratelimit.consume(request, action=secret.one_try, key=_pair(name, place)):
        return True
    return not (
        quiet or _signed_in_lately(name, place) or ratelimit.consume(request, action=secret.elsewhere, key=name)
    )


def failed(request: HttpRequest, secret: Secret, name: str) -> None:
    """Counts one error."""
    ratelimit.consume(request, action=secret.errors, key=name)
    ratelimit.consume(request, action=ERRORS_OF_ADDRESS, key=place_of(address_of(request)))


def forget(person: User, addresses: Iterable[str]) -> None:
    """Every counter of allauth's on this person is cleared: of the name, its second factor, and at these addresses."""
    request = HttpRequest()  # none of these counters is one of the address that asks
    for action in ("reauthenticate", "step_up"):
        ratelimit.clear(request, action=action, user=person)
    places = {place_of(address) for address in addresses}
    for secret in (PASSWORD, CODE):
        for action in (secret.errors, secret.elsewhere):
            ratelimit.clear(request, action=action, key=person.username)
        for place in places:
            ratelimit.clear(request, action=secret.one_try, key=_pair(person.username, place))
    for place in places:
        ratelimit.clear(request, action=ERRORS_OF_ADDRESS, key=place)


def _signed_in_lately(name: str, place: str) -> bool:
    entries = AuditEntry.objects.filter(
        chain=SITE, event="signed-in", by__username=name, at__gt=timezone.now() - LATELY
    )
    return place in {place_of(address) for address in entries.order_by().values_list("address", flat=True).distinct()}


def _pair(name: str, place: str) -> str:
    return f"{name} at {place}"
