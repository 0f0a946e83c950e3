"""What does a browser get when the program fails? A page that touches no database, no session and no user."""

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string


def server_error(request: HttpRequest) -> HttpResponse:
    """500, in the workstation's theme: the cookie is all that is read."""
    return HttpResponse(render_to_string("500.html", {"request": request}), status=500)
