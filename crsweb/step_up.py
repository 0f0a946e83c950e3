"""Has who signs or accepts a treatment shown lately that it is them, and how does a form ask for it?

An open page may be anybody's by now. Where the last time is longer ago than `REAUTHENTICATION_MINUTES`, the form itself
asks, beside its own fields, so that nothing typed is lost: for a code where the person has an app of codes, else for
the password; a key is a page away, and leads back. After five wrong ones in five minutes the session ends; what was
typed is kept as a draft.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, Final, ParamSpec
from urllib.parse import urlencode

from allauth.account.internal.flows.reauthentication import reauthenticate_by_password
from allauth.core import ratelimit
from allauth.mfa.base.forms import ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django import forms
from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.forms import BoundField
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html

from crsweb import presence
from patients.actions.audit import note
from patients.drafts import STEP_UP
from patients.models import User
from patients.views.bedside import signed_in
from patients.views.drafts import keep_signed_out
from patients.views.presence import same_place

P = ParamSpec("P")
TRIES: Final = "step_up"  # key of settings.ACCOUNT_RATE_LIMITS


class SessionEnded(Exception):
    """Too many wrong answers, or no way to answer: who it is has to sign in again."""


class Again(forms.CharField):
    """The question in a form. Its answer is judged before the form is (`fields`); here stands what is wrong with it."""

    def __init__(self, *, code: bool, typed: bool, key: str) -> None:
        """`key`: the address at which a key answers instead; empty for none."""
        label = "Your code" if code else "Your password"
        self._wrong = forms.ValidationError(
            f"{label} is not right. Nothing was recorded." if typed else f"{label} is needed to record this.",
            code="wrong" if typed else "required",
        )
        completes = "one-time-code" if code else "current-password"
        attributes = {"autocomplete": completes, "spellcheck": "false"}
        minutes = settings.REAUTHENTICATION_MINUTES
        since = f"again, since you last showed who you are over {minutes} min ago" if minutes else "each time"
        said = f"{'Of your second factor. ' if code else ''}Asked {since}. It is kept nowhere."
        super().__init__(
            label=label,
            help_text=format_html('{} <a href="{}">Use your security key instead</a>', said, key) if key else said,
            required=False,
            widget=forms.TextInput(attributes | {"inputmode": "numeric"}) if code else forms.PasswordInput(attributes),
        )

    def clean(self, value: Any) -> str:
        raise self._wrong


def recently(request: HttpRequest) -> bool:
    """Signed in, or asked again, within the time that the site sets."""
    return presence.authenticated_within(request, 60 * settings.REAUTHENTICATION_MINUTES)


def fields(request: HttpRequest, form: forms.Form, *, needed: bool = True, back: str = "") -> list[BoundField]:
    """Puts the question into the form and gives its field; nothing where it is not needed, or is answered by this very
    request. `back`: where a person who shows a key comes to, if not to the form's own address. Call it before the form
    is validated. Raises `SessionEnded`, which `or_sign_in` answers."""
    if not needed or recently(request):
        return []
    user = signed_in(request)
    code = has_code(user)
    typed = request.POST.get(STEP_UP, "")
    if request.method == "POST":
        if not code and not user.has_usable_password():
            presence.end(request, "signed-out")
            raise SessionEnded
        if typed and right(request, user, typed, code=code):
            return []
    key = "" if code else _key_for(user, back or request.path)
    form.fields[STEP_UP] = Again(code=code, typed=bool(typed), key=key)
    return [form[STEP_UP]]


def right(request: HttpRequest, user: User, typed: str, *, code: bool) -> bool:
    """Judges an answer, counts it and notes it: a right one answers this request, however short the time is that it
    holds for the next. Raises `SessionEnded` at one too many."""
    if not ratelimit.consume(request, action=TRIES, user=user):
        presence.end(request, "signed-out")
        raise SessionEnded
    if _shown(request, user, typed, code=code):
        ratelimit.clear(request, action=TRIES, user=user)
        return True
    with transaction.atomic():
        note("reauthentication-failed", by=user, details={"method": "code" if code else "password"})
    return False


def _shown(request: HttpRequest, user: User, typed: str, *, code: bool) -> bool:
    """Is the code or the password right? Then the session holds that it was shown now."""
    if code:
        asked = ReauthenticateForm(user=user, data={"code": typed.strip()})
        if not asked.is_valid():
            return False
        asked.save()
        return True
    if not user.check_password(typed):
        return False
    reauthenticate_by_password(request)
    return True


def has_code(user: User) -> bool:
    """Does the person type the codes of an app? A list of codes is no such thing: whoever has a key has one too, and
    each of its codes opens once, for when the key is lost."""
    return bool(is_mfa_enabled(user, [Authenticator.Type.TOTP]))


def _key_for(user: User, back: str) -> str:
    """The address at which the person's key is asked for; empty without one, and where no time is set within which it
    would hold."""
    if not settings.REAUTHENTICATION_MINUTES or not is_mfa_enabled(user, [Authenticator.Type.WEBAUTHN]):
        return ""
    return f"{reverse('mfa_reauthenticate_webauthn')}?{urlencode({REDIRECT_FIELD_NAME: back})}"


def or_sign_in(
    view: Callable[Concatenate[HttpRequest, P], HttpResponse],
) -> Callable[..., HttpResponse]:
    """A view that asks: where the session ends by it, what was typed is kept, and the sign-in page follows."""

    @wraps(view)
    def asking(request: HttpRequest, *args: P.args, **options: P.kwargs) -> HttpResponse:
        try:
            return view(request, *args, **options)
        except SessionEnded:
            return keep_signed_out(request) or redirect_to_login(same_place(request.path))

    return asking
