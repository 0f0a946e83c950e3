"""What of signing in and out goes into the audit trail? Connected to the signals of Django, axes and allauth."""

from typing import Any

from allauth.account.signals import authentication_step_completed, password_changed
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authentication_failed
from axes.signals import user_locked_out
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from django.http import HttpRequest

from crsweb import presence
from crsweb.lockout import NO_NAME
from patients.actions.audit import note
from patients.models import User


@receiver(user_logged_in)
@transaction.atomic
def signed_in(request: HttpRequest, user: User, **kwargs: Any) -> None:
    note("signed-in", by=user)


@receiver(user_logged_out)
@transaction.atomic
def signed_out(request: HttpRequest, user: User | None, **kwargs: Any) -> None:
    if user is not None:
        note("signed-out", by=user)


@receiver(user_login_failed)
@transaction.atomic
def failed(credentials: dict[str, Any], **kwargs: Any) -> None:
    note("sign-in-failed", by=None, name=str(credentials.get(User.USERNAME_FIELD) or ""))


@receiver(user_locked_out)
@transaction.atomic
def locked_out(request: HttpRequest, username: str | None, **kwargs: Any) -> None:
    """By the error that locks; the tries after it are failed sign-ins."""
    if username and getattr(request, "axes_failures_since_start", None) is not None:
        note("locked-out", by=None, name="" if username.startswith(NO_NAME) else username)


@receiver(authentication_step_completed)
@transaction.atomic
def confirmed(request: HttpRequest, user: User, method: str, **kwargs: Any) -> None:
    if kwargs.get("reauthenticated"):
        presence.authenticated(request)
        note("reauthenticated", by=user, details={"method": method})


@receiver(post_save, sender=Authenticator)
@transaction.atomic
def added_factor(instance: Authenticator, created: bool, **kwargs: Any) -> None:
    if created:
        note("factor-added", by=instance.user, details={"type": instance.type})


@receiver(post_delete, sender=Authenticator)
@transaction.atomic
def removed_factor(instance: Authenticator, **kwargs: Any) -> None:
    note("factor-removed", by=instance.user, details={"type": instance.type})


@receiver(authentication_failed)
@transaction.atomic
def failed_factor(request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    """Of a sign-in; who is signed in is noted where they are asked again (`crsweb.step_up`)."""
    if not request.user.is_authenticated:
        note("sign-in-failed", by=None, name=user.username, details={"method": authenticator.type})


@receiver(password_changed)
@transaction.atomic
def changed_password(user: User, **kwargs: Any) -> None:
    note("password-changed", by=user)
