"""From where does the request come that is being answered: which address, which session?

`crsweb.middleware.origin_known` keeps it for as long as the request is answered, so that no action has to be handed it.
A command is no request: its origin is empty.
"""

import ipaddress
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest

SESSION_DIGITS: Final = 16  # hexadecimal digits of the hash: enough to tell sessions apart


@dataclass(frozen=True, slots=True)
class Origin:
    """`address` is an IP address, or empty where there is none."""

    address: str = ""
    of_session: SessionBase | None = None

    @property
    def session(self) -> str:
        """The beginning of the SHA-256 of the session's key, in hexadecimal; empty where there is no session yet.

        Asked for when it is written down: signing in gives the session another key.
        """
        key = self.of_session.session_key if self.of_session is not None else None
        return sha256(key.encode()).hexdigest()[:SESSION_DIGITS] if key else ""


NOWHERE: Final = Origin()
_now: ContextVar[Origin] = ContextVar("origin", default=NOWHERE)


def origin() -> Origin:
    """Of the request that is being answered."""
    return _now.get()


@contextmanager
def answering(request: HttpRequest) -> Iterator[None]:
    """Within: this request is being answered."""
    token = _now.set(Origin(address_of(request), getattr(request, "session", None)))
    try:
        yield
    finally:
        _now.reset(token)


def address_of(request: HttpRequest) -> str:
    """The address of the browser, past as many proxies as `settings.PROXIES` says; what else a header claims, anybody
    could have written. Empty where there is none (a Unix socket)."""
    passed = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    near = request.META.get("REMOTE_ADDR", "")
    told = passed[-min(settings.PROXIES, len(passed))] if settings.PROXIES and passed != [""] else near
    return _an_address(told) or _an_address(near)


def place_of(address: str) -> str:
    """Where an address counts as the same: of IPv6 the network of 64 bits, all of which a single machine may have; an
    IPv4 address is itself, also where it is written as IPv6. Empty where there is none."""
    known = ipaddress.ip_address(address) if address else None
    if not isinstance(known, ipaddress.IPv6Address):
        return address
    return str(known.ipv4_mapped or ipaddress.ip_network((known, 64), strict=False).network_address)


def _an_address(text: str) -> str:
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        return ""
