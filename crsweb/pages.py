"""What is written down of an address where it must name nobody? Its pattern, as `/patients/<int:pk>/`.

A log is read by more people than the record, and kept for longer. The pattern holds neither a patient's key nor
anything that somebody typed after the host's name.
"""

from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve

OTHER: Final = "other"  # no address of ours
NAMED: Final = "crsweb.page"  # in the environment of a request: what the access log says of its address


def page_of(path: str) -> str:
    """The pattern of a path of ours; of a static file the folder; else «other»."""
    if path.startswith(f"/{settings.STATIC_URL.strip('/')}/"):
        return f"/{settings.STATIC_URL.strip('/')}/"
    try:
        return f"/{resolve(path).route}"
    except Resolver404:
        return OTHER


def named(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """The web server finds the pattern beside the request (`crsweb.serving`)."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        try:
            return get_response(request)
        finally:
            match = request.resolver_match
            request.META[NAMED] = f"/{match.route}" if match is not None else page_of(request.path_info)

    return middleware
