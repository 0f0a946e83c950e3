"""What of signing in and out, and of accounts, goes into the audit trail?

Connected to the signals of Django, axes and allauth.
"""

from typing import Any, Final

from allauth.account.signals import authentication_step_completed, password_changed
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authentication_failed
from axes.signals import user_locked_out
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db import transaction
from django.db.models.signals import post_delete, post_save, pre_save
from django.dispatch import receiver
from django.http import HttpRequest

from crsweb import presence
from crsweb.lockout import NO_NAME
from patients.actions.audit import note
from patients.models import User
from patients.origin import NOWHERE, origin

OF_AN_ACCOUNT: Final = frozenset({"username", "role", "is_active", "password"})


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


@receiver(pre_save, sender=User)
@transaction.atomic
def changed_account(instance: User, update_fields: frozenset[str] | None, **kwargs: Any) -> None:
    """What an administrator changes at a shell or by `manage.py changepassword`: which of it, never the values. Noted
    before it is saved, so that nothing is changed unnoted. A password that is saved while a request is answered is its
    owner's (`changed_password`), or the same one, hashed anew."""
    watched = OF_AN_ACCOUNT if update_fields is None else OF_AN_ACCOUNT & update_fields
    if origin() is not NOWHERE:
        watched -= {"password"}
    before = User.objects.filter(pk=instance.pk).values(*watched).first() if watched and instance.pk else None
    changed = sorted(name for name, value in (before or {}).items() if getattr(instance, name) != value)
    if changed:
        note("account-changed", by=None, details={"of": instance, "changed": changed})
