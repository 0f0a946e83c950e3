"""How is a name or an address slowed that somebody tries passwords on, without shutting anybody out?

After many errors on a name, from wherever, and after many errors from an address, on whichever names, each pair of name
and address may try once a minute. Whoever knows the password needs one try; whoever guesses gets sixty an hour, until
the pair is locked (`crsweb.lockout`). Counted by allauth in the cache that all processes share.
"""

from collections.abc import Iterable
from typing import Final

from allauth.core import ratelimit
from django.http import HttpRequest

from patients.models import User
from patients.origin import address_of

ERRORS_OF_NAME: Final = "login_failed"  # keys of settings.ACCOUNT_RATE_LIMITS
ERRORS_OF_ADDRESS: Final = "login_failed_address"
ONE_TRY: Final = "login_slowed"


def must_wait(request: HttpRequest, name: str) -> bool:
    """Has this pair had its try of this minute, while its name or its address is tried on?"""
    quiet = ratelimit.consume(request, action=ERRORS_OF_NAME, key=name, dry_run=True) and ratelimit.consume(
        request, action=ERRORS_OF_ADDRESS, key=address_of(request), dry_run=True
    )
    return not quiet and not ratelimit.consume(request, action=ONE_TRY, key=_pair(name, address_of(request)))


def failed(request: HttpRequest, name: str) -> None:
    """Counts one error."""
    ratelimit.consume(request, action=ERRORS_OF_NAME, key=name)
    ratelimit.consume(request, action=ERRORS_OF_ADDRESS, key=address_of(request))


def forget(person: User, addresses: Iterable[str]) -> None:
    """Every counter of allauth's on this person is cleared: of the name, its second factor, and at these addresses."""
    request = HttpRequest()  # none of these counters is one of the address that asks
    for action in ("reauthenticate", "step_up"):
        ratelimit.clear(request, action=action, user=person)
    for key in (person.username, f"mfa-auth-user-{person.pk}"):
        ratelimit.clear(request, action=ERRORS_OF_NAME, key=key)
    for address in addresses:
        ratelimit.clear(request, action=ERRORS_OF_ADDRESS, key=address)
        ratelimit.clear(request, action=ONE_TRY, key=_pair(person.username, address))


def _pair(name: str, address: str) -> str:
    return f"{name} at {address}"
