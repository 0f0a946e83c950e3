"""What holds for every page: who may see it, from where it was asked for, and that no one keeps it?"""

from collections.abc import Callable
from typing import Any, Final

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url

from patients.origin import answering
from patients.views.drafts import keep_signed_out

SIGN_IN_HEADER: Final = "X-Sign-In"  # on a 401: the address to sign in at


class SignInRequired(LoginRequiredMiddleware):
    """A signed-out browser gets the sign-in page; a signed-out fragment gets 401 and where to sign in.

    A redirect would put the sign-in page into the place of the grade. The form keeps what was typed and opens its
    overlay. What was sent in a form is kept as a draft of who opened it.
    """

    def process_view(
        self,
        request: HttpRequest,
        view_func: Callable[..., HttpResponseBase],
        view_args: tuple[Any, ...],
        view_kwargs: dict[str, Any],
    ) -> HttpResponseBase | None:
        refusal = super().process_view(request, view_func, view_args, view_kwargs)
        if refusal is None:
            return None
        kept = keep_signed_out(request)
        if request.headers.get("HX-Request") != "true":
            return kept or refusal
        answer = kept or HttpResponse(status=401)
        answer.headers[SIGN_IN_HEADER] = resolve_url(settings.LOGIN_URL)
        return answer


def never_stored(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Every page says `no-store`: neither browser nor proxy keeps a patient. Static files are served before this."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        response.headers["Cache-Control"] = "no-store"
        return response

    return middleware


def origin_known(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Whatever is noted while a request is answered says from which address and session it came."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        with answering(request):
            return get_response(request)

    return middleware
