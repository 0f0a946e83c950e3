"""Who of the site's identity provider is let in? Whom an administrator knows here, by a claim that was verified.

The claim is the address of an account (`email`, which the provider must call verified), or another one that the site
names and answers for (`OPENID_CONNECT_CLAIM`), which is then the user name here. Nobody gets an account by it.

A browser at the ward is many people's, and the provider may know the last of them still. So it is told to ask each
time, and only its word that it did (`auth_time`) lets anybody in: what it is told goes through the browser.
"""

from typing import Any, Final

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.base.constants import AuthProcess
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.shortcuts import render

from patients.actions.audit import note
from patients.models import User

EMAIL: Final = "email"
JUST_NOW: Final = 60.0  # seconds between the provider's question and its token, both by its own clock


class WardSingleSignOn(DefaultSocialAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Finds the account at each sign-in anew: who is no longer known by the claim is let in no more, nor whom the
        provider did not ask."""
        if not asked_just_now(sociallogin):
            with transaction.atomic():
                note("sign-in-failed", by=None, details={"method": "openid-connect", "reason": "not-asked"})
            raise ImmediateHttpResponse(render(request, "account/not_asked.html", status=403))
        person = known_by(claims_of(sociallogin))
        anothers = sociallogin.is_existing and sociallogin.user != person
        if person is None or anothers or sociallogin.state.get("process") != AuthProcess.LOGIN:
            with transaction.atomic():
                note("sign-in-failed", by=None, details={"method": "openid-connect"})
            raise ImmediateHttpResponse(render(request, "account/signup_closed.html", status=403))
        if not sociallogin.is_existing:
            sociallogin.connect(request, person)

    def on_authentication_error(self, request: HttpRequest, provider: Any, *args: Any, **what: Any) -> None:
        with transaction.atomic():
            note("sign-in-failed", by=None, details={"method": "openid-connect"})

    def send_notification_mail(self, *args: Any, **options: Any) -> None:
        """No mail leaves the ward."""


def asked_just_now(sociallogin: SocialLogin) -> bool:
    """Does the provider's token say that it asked the person itself, right before it was made? What says nothing, says
    no."""
    token = sociallogin.account.extra_data.get("id_token", {})
    asked, made = token.get("auth_time"), token.get("iat")
    if type(asked) not in (int, float) or type(made) not in (int, float):
        return False
    return bool(abs(made - asked) <= JUST_NOW)


def claims_of(sociallogin: SocialLogin) -> dict[str, Any]:
    """What the provider says of who signed in: in its token, else where it is asked."""
    said = sociallogin.account.extra_data
    return {**said.get("userinfo", {}), **said.get("id_token", {})}


def known_by(claims: dict[str, Any]) -> User | None:
    """The one active account that the claim names."""
    value = claims.get(settings.OPENID_CONNECT_CLAIM)
    if not isinstance(value, str) or not value or "\0" in value:
        return None
    if settings.OPENID_CONNECT_CLAIM == EMAIL:
        if claims.get("email_verified") is not True:
            return None
        people = User.objects.filter(email__iexact=value, is_active=True)
    else:
        people = User.objects.filter(username=value, is_active=True)
    found = list(people[:2])
    return found[0] if len(found) == 1 else None
