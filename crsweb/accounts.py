"""How does signing in differ from what allauth does by itself?"""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from crsweb import slowing
from crsweb.lockout import counted_name
from patients.origin import address_of


class WardAccounts(DefaultAccountAdapter):
    """Nobody makes an account by themselves: an administrator does."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "too_many_login_attempts": "Too many wrong passwords: one try a minute is possible now. Wait a minute.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Says nothing after signing in or out: every page shows who is signed in."""

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Refuses a try that comes too soon after the one before, on a name or from an address that is tried on."""
        if slowing.must_wait(request, counted_name(credentials.get("username", ""))):
            raise self.validation_error("too_many_login_attempts")

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        slowing.failed(request, counted_name(credentials.get("username", "")))

    def get_client_ip(self, request: HttpRequest) -> str:
        """As the audit trail names it (`settings.PROXIES`)."""
        address = address_of(request)
        if not address:
            raise PermissionDenied("The request has no address.")
        return address
