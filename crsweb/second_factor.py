"""Who needs a second factor here, how are its secrets kept, and what may be done before there is one?"""

from base64 import urlsafe_b64encode
from collections.abc import Callable
from typing import Any, Final

from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from allauth.usersessions.adapter import get_adapter
from allauth.usersessions.models import UserSession
from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.db.models.signals import post_save
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.crypto import salted_hmac

from patients.models import User
from patients.pages import Door, access_to

FACTORS: Final = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
# What is open to somebody who needs a second factor and has none yet
BEFORE: Final = frozenset(
    {
        "mfa_index",
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "mfa_list_webauthn",
        "mfa_view_recovery_codes",
        "account_reauthenticate",
        "presence",
        "lock",
        "change_user",
    }
)


def has_one(user: User) -> bool:
    return bool(is_mfa_enabled(user, list(FACTORS)))


def needs_one(user: User) -> bool:
    return user.role in settings.REQUIRE_SECOND_FACTOR_FOR


class WardSecondFactors(DefaultMFAAdapter):
    """The key of an app is kept encrypted with the site's own; the last factor of who needs one is not removed."""

    def encrypt(self, text: str) -> str:
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Empty for a secret that was kept under another SECRET_KEY: no code fits it."""
        try:
            return _cipher().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            return ""

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        user = authenticator.user
        others = Authenticator.objects.filter(user=user, type__in=FACTORS).exclude(pk=authenticator.pk)
        return not needs_one(user) or others.exists()


@receiver(post_save, sender=Authenticator)
def end_what_showed_none(instance: Authenticator, created: bool, **kwargs: Any) -> None:
    """Whoever signed in elsewhere before there was this factor never showed it: their sessions are over. The one that
    adds it goes on."""
    if created and instance.type in FACTORS:
        here = context.request.session.session_key if context.request is not None else None
        get_adapter().end_sessions(UserSession.objects.filter(user=instance.user).exclude(session_key=here))


class SecondFactorRequired:
    """Before any other page: who needs a second factor adds one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponseBase], args: tuple[Any, ...], keys: dict[str, Any]
    ) -> HttpResponseBase | None:
        page = request.resolver_match.view_name if request.resolver_match is not None else ""
        user = request.user
        if not isinstance(user, User) or page in BEFORE or isinstance(access_to(page), Door):
            return None
        if not needs_one(user) or has_one(user):
            return None
        return HttpResponse(status=403) if request.headers.get("HX-Request") == "true" else redirect("mfa_index")


def _cipher() -> Fernet:
    return Fernet(urlsafe_b64encode(salted_hmac("crsweb.second_factor", "key", algorithm="sha256").digest()))
