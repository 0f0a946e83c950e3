"""What did a browser refuse to load or run by our content policy? It tells us, signed in or not, and we keep little.

Kept are the directive, what was blocked, and on which kind of page: the pattern of its address, never the address, so
that no patient's key is in it; of another host its origin alone. A line of code that a browser quotes, what stands
after a question mark, who referred and every other field are thrown away. Anybody can send a report, true or made up:
so its size, how many are read a minute and how many kinds are kept have limits, each apart for who is signed in and who
is not, and a text that is not of the known shape becomes «other».
"""

import json
import re
import time
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import urlsplit

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from crsweb.pages import OTHER, page_of
from patients.actions.browser_report import Refusal, keep_refusal

MOST_BYTES: Final = 16_384  # of one message
MOST_READ: Final = 10  # refusals of one message
A_MINUTE: Final = 60  # messages a minute that one process reads, of those signed in, and of all others
TYPES: Final = frozenset({"application/csp-report", "application/reports+json"})
DIRECTIVES: Final = frozenset(
    {
        "base-uri",
        "child-src",
        "connect-src",
        "default-src",
        "font-src",
        "form-action",
        "frame-ancestors",
        "frame-src",
        "img-src",
        "manifest-src",
        "media-src",
        "object-src",
        "script-src",
        "script-src-attr",
        "script-src-elem",
        "style-src",
        "style-src-attr",
        "style-src-elem",
        "worker-src",
    }
)
WORDS: Final = frozenset({"inline", "eval", "wasm-eval", "self", "data", "blob", "about", "filesystem"})
ORIGIN: Final = re.compile(r"(?:https?|wss?)://[a-z0-9.-]{1,80}(?::\d{1,5})?", re.ASCII)
SCHEME: Final = re.compile(r"[a-z][a-z0-9+.-]{0,20}", re.ASCII)


class Pace:
    """So many a minute, at most so many at once: what is over that is not read."""

    def __init__(self, a_minute: int) -> None:
        self._a_minute = a_minute
        self._left = float(a_minute)
        self._at = time.monotonic()

    def allows(self) -> bool:
        now = time.monotonic()
        self._left = min(self._a_minute, self._left + (now - self._at) * self._a_minute / 60)
        self._at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True


PACE: Final = Pace(A_MINUTE)
PACE_OF_STRANGERS: Final = Pace(A_MINUTE)


@csrf_exempt  # a browser sends a report by itself and holds no token; it changes nothing but a count of refusals
@login_not_required
@require_POST
def browser_reports(request: HttpRequest) -> HttpResponse:
    """204 for a report that was read; 413, 415, 400 or 429 for what is none or too much. The answer says no more."""
    signed_in = request.user.is_authenticated
    if not (PACE if signed_in else PACE_OF_STRANGERS).allows():
        return HttpResponse(status=429)
    if request.content_type not in TYPES:
        return HttpResponse(status=415)
    if len(request.body) > MOST_BYTES:
        return HttpResponse(status=413)
    try:
        document = json.loads(request.body)
    except (ValueError, RecursionError):
        return HttpResponse(status=400)
    for refusal in refusals(document, request.get_host()):
        keep_refusal(refusal, signed_in=signed_in)
    return HttpResponse(status=204)


def refusals(document: Any, host: str) -> Iterator[Refusal]:
    """What a message tells, each of its refusals cut to what is kept. `host` is ours, with its port."""
    for body in _bodies(document)[:MOST_READ]:
        directive = _text(body, "effectiveDirective", "effective-directive", "violated-directive").partition(" ")[0]
        page = urlsplit(_text(body, "documentURL", "document-uri"))
        if directive in DIRECTIVES and page.netloc == host:
            yield Refusal(directive, _blocked(_text(body, "blockedURL", "blocked-uri"), host), page_of(page.path))


def _bodies(document: Any) -> list[dict[str, Any]]:
    """Both shapes: one report under `csp-report`, or a list of reports of several kinds."""
    if isinstance(document, dict):
        found = [document.get("csp-report")]
    elif isinstance(document, list):
        found = [one.get("body") for one in document if isinstance(one, dict) and one.get("type") == "csp-violation"]
    else:
        found = []
    return [one for one in found if isinstance(one, dict)]


def _text(body: dict[str, Any], *names: str) -> str:
    """The first of these fields that is a text which can be an address; else nothing."""
    for name in names:
        if isinstance(value := body.get(name), str) and value.isascii() and "[" not in value:
            return value
    return ""


def _blocked(value: str, host: str) -> str:
    if value in WORDS:
        return value
    address = urlsplit(value)
    if address.netloc == host:
        return page_of(address.path)
    origin = f"{address.scheme}://{address.netloc}".lower()
    if ORIGIN.fullmatch(origin):
        return origin
    return f"{address.scheme}:" if SCHEME.fullmatch(address.scheme) else OTHER
