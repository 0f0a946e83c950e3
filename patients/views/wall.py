"""What does a screen on the wall show? One ward by bed, without names, to a screen that was let in; and nothing else.

No person is signed in there: the cookie of the display opens these two addresses, and no other view knows it.
"""

from collections.abc import Mapping
from datetime import timedelta
from hashlib import sha256
from typing import Any, Final

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import parse_etags
from django.views.decorators.http import require_safe

from crsweb.middleware import SIGN_IN_HEADER
from patients import actions
from patients.board import board_patients, board_rows, board_version
from patients.displays import COOKIE, display_with
from patients.forms.display import CodeForm
from patients.models import WallDisplay
from patients.permissions import patients_on_wall
from patients.views.act_page import open_and_post, posted

COOKIE_LASTS: Final = timedelta(days=400)  # the longest that browsers take; renewed whenever the page is opened
ROWS: Final = 40  # more fit on no screen; static/wall.js hides what does not fit, and says how many


@login_not_required
@open_and_post
def wall(request: HttpRequest) -> HttpResponse:
    """The ward, on a screen that was let in; on any other the form that asks for a code."""
    display = display_with(request.COOKIES.get(COOKIE, ""))
    if display is not None:
        if request.method == "POST":
            return redirect("wall")
        with timezone.override(display.ward.zone):
            response = render(request, "patients/wall.html", _context(display))
        return _with_cookie(response, request.COOKIES[COOKIE])
    form = CodeForm(posted(request))
    if form.is_bound and form.ready:
        try:
            token = actions.pair_display(
                submission_id=form.cleaned_data["submission_id"], code=form.cleaned_data["code"]
            )
            return _with_cookie(redirect("wall"), token)
        except actions.Refused as refused:
            for name, sentence in refused.errors.items():
                form.add_error(form.field_for(name), sentence)
    return render(request, "patients/wall_code.html", {"form": form}, status=422 if form.errors else 200)


@login_not_required
@require_safe
def wall_rows(request: HttpRequest) -> HttpResponse:
    """The rows alone: 304 while what the screen has is what would be drawn now; 401 once it is revoked."""
    display = display_with(request.COOKIES.get(COOKIE, ""))
    if display is None:
        return HttpResponse(status=401, headers={SIGN_IN_HEADER: reverse("wall")})
    tag = _tag(display)
    if tag in parse_etags(request.headers.get("If-None-Match", "")):
        return HttpResponse(status=304, headers={"ETag": tag})
    context = _context(display)
    with timezone.override(display.ward.zone):
        response = render(request, "patients/_wall_rows.html", context)
    response.headers["ETag"] = context["tag"]
    return response


def _tag(display: WallDisplay) -> str:
    version = board_version([display.ward], timezone.now())
    return f'"{sha256(f"{display.pk} {version}".encode()).hexdigest()[:32]}"'


def _context(display: WallDisplay) -> Mapping[str, Any]:
    tag = _tag(display)  # before the rows are read: a write in between is fetched again
    now = timezone.now()
    rows = board_rows(board_patients(patients_on_wall(display), [display.ward]), now)
    return {
        "display": display,
        "ward": display.ward,
        "wards": [display.ward],
        "rows": rows[:ROWS],
        "total": len(rows),
        "more": len(rows) - ROWS,
        "tag": tag,
        "now": now,
    }


def _with_cookie(response: HttpResponse, token: str) -> HttpResponse:
    response.set_cookie(
        COOKIE,
        token,
        max_age=COOKIE_LASTS,
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )
    return response
