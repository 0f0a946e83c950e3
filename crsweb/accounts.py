"""How does signing in differ from what allauth does by itself?"""

from collections.abc import Iterable
from typing import Any, Final
from urllib.parse import parse_qs

from allauth.account.adapter import DefaultAccountAdapter
from allauth.usersessions.adapter import DefaultUserSessionsAdapter
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import Resolver404, resolve

from crsweb import slowing
from crsweb.lockout import counted_name
from patients.actions.audit import note
from patients.drafts import OF_A_PATIENT
from patients.models import User
from patients.origin import address_of
from patients.pages import opens
from patients.permissions import patients_for

OF_A_WARD: Final = "wards/<int:pk>/"


class WardAccounts(DefaultAccountAdapter):
    """Nobody makes an account by themselves: an administrator does."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": "The user name or the password is not right.",
        "too_many_login_attempts": "Too many wrong passwords: one try a minute is possible now. Wait a minute, or sign "
        "in at a workstation where you lately did.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Says nothing after signing in or out: every page shows who is signed in."""

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Refuses a try that comes too soon after the one before, on a name or from an address that is tried on."""
        if slowing.must_wait(request, slowing.PASSWORD, counted_name(credentials.get("username", ""))):
            raise self.validation_error("too_many_login_attempts")

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        slowing.failed(request, slowing.PASSWORD, counted_name(credentials.get("username", "")))

    def reauthenticate(self, user: AbstractBaseUser, password: str) -> bool:
        """Before the own account is changed. Not counted as a sign-in: allauth slows it by the person."""
        right = user.check_password(password)
        if not right:
            with transaction.atomic():
                note("reauthentication-failed", by=user if isinstance(user, User) else None)
        return right

    def post_login(self, request: HttpRequest, user: AbstractBaseUser, **kwargs: Any) -> HttpResponse:
        """Whoever signs in on a page that their role does not open, or of a ward or a patient that they do not see,
        comes to the board."""
        assert isinstance(user, User)
        answer = super().post_login(request, user, **kwargs)
        if isinstance(answer, HttpResponseRedirect) and not leads_to_their_own(user, answer.url):
            return redirect(settings.LOGIN_REDIRECT_URL)
        return answer

    def get_client_ip(self, request: HttpRequest) -> str:
        """As the audit trail names it (`settings.PROXIES`)."""
        address = address_of(request)
        if not address:
            raise PermissionDenied("The request has no address.")
        return address


class WardSessions(DefaultUserSessionsAdapter):
    """A session that is ended from elsewhere ends at once, and the audit trail says so."""

    @transaction.atomic
    def end_sessions(self, sessions: Iterable[UserSession]) -> None:
        for session in sessions:
            note("session-revoked", by=session.user, details={"of": session.pk})
            session.end()


def leads_to_their_own(user: User, path: str) -> bool:
    """Is `path` a page that the user's role opens, of a ward and a patient whom the user may see, or of none?"""
    address, _, asked = path.partition("?")
    try:
        match = resolve(address)
    except Resolver404:
        return True
    if not opens(user.role, match.view_name):
        return False
    if match.route.startswith(OF_A_PATIENT):
        return patients_for(user).filter(pk=match.kwargs["pk"]).exists()
    ward = match.kwargs["pk"] if match.route.startswith(OF_A_WARD) else parse_qs(asked).get("ward", [""])[-1]
    return not ward or str(ward) in map(str, user.wards.values_list("pk", flat=True))
