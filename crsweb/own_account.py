"""What does a person's own account do that allauth's views do not?"""

from allauth.account import views as account
from allauth.usersessions import views as usersessions
from allauth.usersessions.internal.flows.sessions import end_sessions
from allauth.usersessions.models import UserSession
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from patients.views.bedside import signed_in


def change_password(request: HttpRequest) -> HttpResponseBase:
    """Who signs in at the site's identity provider alone has no password here to change."""
    if not signed_in(request).has_usable_password():
        return redirect("mfa_index")
    return account.password_change(request)


def sessions(request: HttpRequest) -> HttpResponseBase:
    """One's own sessions; the one that asks is among them."""
    UserSession.objects.create_from_request(request)
    return usersessions.list_usersessions(request)


@require_POST
def end_session(request: HttpRequest, session: int) -> HttpResponse:
    """Ends one of one's own sessions at once, with what it has open; the session that asks, too."""
    found = get_object_or_404(UserSession.objects.filter(user=signed_in(request)), pk=session)
    end_sessions(request, [found])
    return redirect("usersessions_list")
