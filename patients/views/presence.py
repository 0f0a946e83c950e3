"""How does an open page tell that somebody is there, lock itself, and pass to another user?"""

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.urls import Resolver404, resolve, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST

from crsweb import presence as person
from patients.drafts import OF_A_PATIENT
from patients.views.bedside import signed_in


@require_http_methods(["GET", "POST"])
def presence(request: HttpRequest) -> HttpResponse:
    """Who is signed in, for how many seconds more, and the token for the forms of the page. A POST says that something
    was typed or pressed; a GET says nothing."""
    user = signed_in(request)
    if request.method == "POST":
        person.active(request, user)
    return JsonResponse({"user": user.pk, "left": person.left(request.session), "token": get_token(request)})


@require_POST
def lock(request: HttpRequest) -> HttpResponse:
    """The page has locked itself: from here on the session is over, whatever the page shows."""
    person.end(request, "idle-locked")
    return HttpResponse(status=204)


@require_POST
def change_user(request: HttpRequest) -> HttpResponse:
    """Signs the one out, and asks for another, who comes to the same patient or page. Never into a form: what the
    first one typed there is the first one's draft."""
    person.end(request, "user-changed")
    return redirect_to_login(same_place(request.POST.get("next", "")))


def same_place(path: str) -> str:
    """The patient's page for a page of a patient; else the page itself; the board for what is no page of ours."""
    if not url_has_allowed_host_and_scheme(path, None):
        return reverse("board")
    try:
        match = resolve(path.partition("?")[0])
    except Resolver404:
        return reverse("board")
    if match.route.startswith(OF_A_PATIENT):
        return reverse("patient_detail", args=[match.kwargs["pk"]])
    return path
