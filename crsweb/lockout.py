"""When is a name locked at an address, for how long, and what does who is locked out read?

django-axes counts the errors of each pair of name and address in the database: wrong passwords by itself, wrong codes
of a second factor as it is told of them (`crsweb.code_forms`). It locks the pair, never the name alone (anybody could
lock a physician out from elsewhere) and never the address alone (a ward shares it).
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from allauth.account.adapter import get_adapter
from axes.handlers.proxy import AxesProxyHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.db.models.signals import pre_save
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.crypto import salted_hmac

from patients.models import User
from patients.origin import address_of, place_of

NO_NAME: Final = "no account: "


def name_of(request: HttpRequest | None, credentials: Mapping[str, Any] | None) -> str | None:
    """Under which name an error is counted: the account's. What is the name of no account may be a password, typed
    into the wrong field, and is counted under a digest of it."""
    typed = str((credentials or {}).get(User.USERNAME_FIELD) or "")
    return counted_name(typed) if typed else None


def counted_name(typed: str) -> str:
    if "\0" not in typed and User.objects.filter(username=typed).exists():
        return typed
    return NO_NAME + salted_hmac("crsweb.lockout", typed).hexdigest()[:32]


def address(request: HttpRequest) -> str | None:
    """The address as axes counts it: the one that the audit trail names too, of IPv6 its network."""
    return place_of(address_of(request)) or None


def is_locked(request: HttpRequest, name: str) -> bool:
    """Is the name of an account locked at the address of the request?"""
    return not AxesProxyHandler.is_allowed(request, {User.USERNAME_FIELD: name})


def count_error(request: HttpRequest, name: str) -> None:
    """Counts one as axes counts a wrong password; where it is the last, the answer becomes `locked_page`."""
    AxesProxyHandler.user_login_failed(None, {User.USERNAME_FIELD: name}, request=request)


@receiver(pre_save, sender=AccessAttempt)
def keep_nothing_posted(instance: AccessAttempt, **kwargs: Any) -> None:
    """Axes keeps what was posted beside its count; here it keeps nothing of it."""
    instance.get_data = instance.post_data = ""


def locked_page(request: HttpRequest, credentials: Mapping[str, Any] | None = None) -> HttpResponse:
    """Says who unlocks, and until when it is locked."""
    name = name_of(request, credentials)
    last = AccessAttempt.objects.filter(username=name, ip_address=address(request)).order_by("-attempt_time").first()
    opens_at = last.attempt_time + cool_off() if last is not None else timezone.now() + cool_off()
    context = {
        "minutes": max(1, round((opens_at - timezone.now()).total_seconds() / 60)),
        "limit": settings.AXES_FAILURE_LIMIT,
        "next": get_adapter(request).is_safe_url(request.POST.get("next", "")) and request.POST["next"],
    }
    return render(request, "account/locked.html", context, status=429)


def cool_off() -> timedelta:
    """How long after the last error a pair stays locked."""
    lasts: timedelta = settings.AXES_COOLOFF_TIME
    return lasts
