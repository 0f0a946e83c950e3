"""What holds for every page: who may see it, from where it was asked for, and that no one keeps it?

Who may see it stands in one table, `patients.pages`.
"""

from collections.abc import Callable
from typing import Any, Final

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, resolve_url

from patients.actions.glass import note_refused
from patients.drafts import OF_A_PATIENT
from patients.origin import answering
from patients.pages import BEGINS, HOME, Door, access_to
from patients.permissions import patients_for
from patients.views.bedside import signed_in
from patients.views.drafts import keep_signed_out
from patients.views.glass import told_of_the_end

SIGN_IN_HEADER: Final = "X-Sign-In"  # on a 401: the address to sign in at


class SignInRequired(LoginRequiredMiddleware):
    """A signed-out browser gets the sign-in page; a signed-out fragment gets 401 and where to sign in.

    A redirect would put the sign-in page into the place of the grade. The form keeps what was typed and opens its
    overlay. What was sent in a form is kept as a draft of who opened it.

    Which pages ask for no sign-in stands in `patients.pages` and nowhere else: what a view says of itself is not heard.
    """

    def process_view(
        self,
        request: HttpRequest,
        view_func: Callable[..., HttpResponseBase],
        view_args: tuple[Any, ...],
        view_kwargs: dict[str, Any],
    ) -> HttpResponseBase | None:
        if request.user.is_authenticated or isinstance(access_to(page_name(request)), Door):
            return None
        refusal = self.handle_no_permission(request, view_func)
        kept = keep_signed_out(request)
        if request.headers.get("HX-Request") != "true":
            return kept or refusal
        answer = kept or HttpResponse(status=401)
        answer.headers[SIGN_IN_HEADER] = resolve_url(settings.LOGIN_URL)
        return answer


def page_name(request: HttpRequest) -> str:
    """The name of the address that was asked for, a key of `patients.pages.PAGES`; empty for an address without one."""
    match = request.resolver_match
    return match.view_name if match is not None else ""


class RoleRequired:
    """Before any view: 403 where the role of who is signed in may not open the page, or the page has no row at all.

    Where a patient was refused, by role or because they lie on another ward, the audit trail says so. Who had the
    patient open by broken glass is told that it is over.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self,
        request: HttpRequest,
        view_func: Callable[..., HttpResponseBase],
        view_args: tuple[Any, ...],
        view_kwargs: dict[str, Any],
    ) -> HttpResponseBase | None:
        page = page_name(request)
        access = access_to(page)
        if isinstance(access, Door):
            return None
        user = signed_in(request)
        if user.role in access:
            return None
        home = HOME.get(user.role)
        if page == BEGINS and home is not None and request.method in ("GET", "HEAD"):
            return redirect(home)
        self._note(request, 403)
        raise PermissionDenied(f"{page or request.path_info}: not for the role {user.role} (patients.pages)")

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        """A view refused. Its own 404 about a patient of the user's is no refusal: there is no such row."""
        if isinstance(exception, PermissionDenied):
            self._note(request, 403)
        elif isinstance(exception, Http404) and (patient := patient_asked_for(request)) is not None:
            if patients_for(request.user).filter(pk=patient).exists():
                return None
            self._note(request, 404)
            return told_of_the_end(request, patient)
        return None

    def _note(self, request: HttpRequest, status: int) -> None:
        patient = patient_asked_for(request)
        if patient is not None:
            note_refused(by=signed_in(request), patient=patient, page=page_name(request), status=status)


def patient_asked_for(request: HttpRequest) -> int | None:
    """The key of the patient whose page it is, for somebody signed in; None for any other page."""
    match = request.resolver_match
    if match is None or not match.route.startswith(OF_A_PATIENT) or not request.user.is_authenticated:
        return None
    return int(match.kwargs["pk"])


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
