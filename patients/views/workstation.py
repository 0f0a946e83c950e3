"""How is the theme of a workstation chosen where no script runs?"""

from typing import Final

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from patients.templatetags.workstation import COOKIE, THEMES

A_YEAR: Final = 365 * 24 * 60 * 60  # seconds


@login_not_required
@require_POST
def choose_theme(request: HttpRequest) -> HttpResponse:
    """Keeps the theme in a cookie of this browser, and leads back to the page it was chosen on."""
    theme = request.POST.get("theme", "")
    if theme not in THEMES:
        return HttpResponseBadRequest(f"theme: one of {', '.join(THEMES)}")
    back = request.POST.get("next", "")
    here = back.startswith("/") and url_has_allowed_host_and_scheme(back, None)  # a word alone would name a view
    response = redirect(back if here else "board")
    response.set_cookie(COOKIE, theme, max_age=A_YEAR, secure=settings.SESSION_COOKIE_SECURE, samesite="Lax")
    return response
