"""Since when is somebody signed in, when did they last type or press something, and is it over?

Kept in the session, and decided here: what the page's own lock does is for whoever stands before it. A page that is
opened counts as activity, and so does word from the page that something was typed or pressed. What pages do by
themselves does not: fragments, polls, drafts, streams, a browser's reports. Twelve hours after the sign-in it is over
in any case.
"""

import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Final

from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.signals import user_logged_in
from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction
from django.dispatch import receiver
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from crsweb.browser import REPORTS
from patients.actions.audit import note
from patients.idle import idle_minutes
from patients.models import User

# In the session: seconds since 1970, and minutes.
SIGNED_IN: Final = "signed_in_at"
AUTHENTICATED: Final = "authenticated_at"
ACTIVE: Final = "active_at"
IDLE_MINUTES: Final = "idle_minutes"

AT_MOST: Final = timedelta(hours=12).total_seconds()
TOLD_EVERY: Final = 15.0  # seconds: activity is written down, and told by a page, no oftener

ASKED_BY_NOBODY: Final = ("/health/", REPORTS)  # beginnings of addresses that no person opens


@receiver(user_logged_in)
def begin(request: HttpRequest, user: User, **kwargs: Any) -> None:
    now = time.time()
    request.session[SIGNED_IN] = request.session[AUTHENTICATED] = now
    _active(request.session, user, now)


def authenticated(request: HttpRequest) -> None:
    """Who is signed in has just shown again who they are."""
    request.session[AUTHENTICATED] = time.time()


def authenticated_within(request: HttpRequest, seconds: float) -> bool:
    at = request.session.get(AUTHENTICATED)
    return isinstance(at, float) and 0 <= time.time() - at < seconds


def active(request: HttpRequest, user: User) -> None:
    """Somebody typed, pressed or opened a page."""
    now = time.time()
    if now - request.session[ACTIVE] >= TOLD_EVERY:
        _active(request.session, user, now)


def left(session: SessionBase) -> int:
    """Seconds until the page locks itself, if nothing is typed or pressed."""
    idle = float(session[IDLE_MINUTES]) * 60 - (time.time() - session[ACTIVE])
    return max(0, int(min(idle, session[SIGNED_IN] + AT_MOST - time.time())))


def is_over(session: Mapping[str, Any], now: float) -> bool:
    """`session` as it is stored. One without these times is of before they were kept: over. What the page has not told
    yet is allowed for."""
    try:
        idle = session[IDLE_MINUTES] * 60 + TOLD_EVERY
        return bool(now - session[ACTIVE] >= idle or now - session[SIGNED_IN] >= AT_MOST)
    except KeyError:
        return True


def end(request: HttpRequest, event: str) -> None:
    """Ends the session of who is signed in, and notes it as `event`."""
    with transaction.atomic():
        note(event, by=request.user if isinstance(request.user, User) else None)
        request.session.flush()
    request.user = AnonymousUser()


class Present:
    """Before any page: whose time is over is signed in no more."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if isinstance(request.user, User):
            if is_over(dict(request.session.items()), time.time()):
                end(request, "idle-locked")
            elif not _by_itself(request):
                active(request, request.user)
        return self.get_response(request)


def _by_itself(request: HttpRequest) -> bool:
    """Did a page or a browser ask, and no person?"""
    return request.headers.get("HX-Request") == "true" or request.path_info.startswith(ASKED_BY_NOBODY)


def _active(session: SessionBase, user: User, now: float) -> None:
    session[ACTIVE] = now
    session[IDLE_MINUTES] = idle_minutes(user)
