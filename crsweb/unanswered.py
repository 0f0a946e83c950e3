"""What does a browser get when the database does not answer? A page that needs none.

It stands outside everything that asks the database: session, user, audit, cache. What was typed comes back in it, with
what is known of the entry (`patients.fate`), and is sent again under the same submission id: recorded once.
"""

import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, Final

from django.core.signals import got_request_exception
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.utils import timezone

from crsweb.database import watch
from patients.drafts import SAVES, STEP_UP, said_in
from patients.fate import FIRST_SENT, IN_DOUBT, Fate, fate_of, first_sent, learning, submission_in

DATABASE_HEADER: Final = "X-Database"  # «unanswered», on every such answer
ENTRY_HEADER: Final = "X-Entry"  # what is known of the entry: a `Fate`
ASK_AGAIN: Final = 2  # seconds
# Never given back, whatever the form: a page is read by whoever stands there.
# Exact names: whatever else a form holds comes back.
SECRETS: Final = frozenset({STEP_UP, "password", "oldpassword", "password1", "password2"})
_FAILED: Final = "_database_failed"


def answered_anyway(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware: what fails for want of the database is answered by the page that needs none, with 503."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        with watch.request() as met, learning() as recorded:
            response = get_response(request)
        raised = response.status_code >= 500 and getattr(request, _FAILED, False)
        # Django says that of a session which could not be saved: also where the act itself was recorded before.
        misread = response.status_code == 400 and met.failed
        return _answer(request, recorded, met) if raised or misread else response

    return middleware


def note_failure(sender: Any, request: HttpRequest | None = None, **_: Any) -> None:
    """Django turns an error into a page where it arises: the signal is where it can still be seen.

    What counts is what psycopg said (`watch.FAILURES`); Django raises its own error from it.
    """
    error = sys.exc_info()[1]
    said = isinstance(error, OperationalError) or isinstance(getattr(error, "__cause__", None), watch.FAILURES)
    if request is not None and said:
        setattr(request, _FAILED, True)


got_request_exception.connect(note_failure, dispatch_uid="crsweb.unanswered")


def _answer(request: HttpRequest, recorded: set[Any], met: watch.Request) -> HttpResponse:
    data = request.POST if request.method == "POST" else QueryDict()
    submission = submission_in(data)
    fate = fate_of(data, recorded, in_doubt=met.in_doubt) if submission is not None else None
    headers = {DATABASE_HEADER: "unanswered", "Retry-After": str(ASK_AGAIN)}
    if fate is not None:
        headers[ENTRY_HEADER] = fate.value
    if request.headers.get("HX-Request") == "true":
        return HttpResponse("The database does not answer.\n", "text/plain", 503, headers=headers)
    now = timezone.now()
    context = {
        "request": request,  # for the theme; no context processor is run: they know of users and messages
        "fate": fate,
        "submission": submission,
        "posted": request.method == "POST",
        "asked": met.waited > 0,  # else nothing was sent to the database, and nothing can have been done
        "again": request.get_full_path(),
        "fields": list(_fields(data, fate, first_sent(data, now) or now)),
        "said": said_in(kept_open(data)),
        "saves": data.get(SAVES, ""),
    }
    return HttpResponse(render_to_string("unanswered.html", context), status=503, headers=headers)


def kept_open(data: QueryDict) -> QueryDict:
    """What was posted without what is nobody's to read."""
    kept = QueryDict(mutable=True)
    for name, values in data.lists():
        if name not in SECRETS:
            kept.setlist(name, values)
    return kept


def _fields(data: QueryDict, fate: Fate | None, sent: datetime) -> Iterator[tuple[str, str]]:
    """The form to be sent again: as it was typed, and when it was first sent."""
    for name, values in kept_open(data).lists():
        if name not in (FIRST_SENT, IN_DOUBT):
            yield from ((name, value) for value in values)
    yield FIRST_SENT, sent.isoformat()
    if fate is Fate.CHECKING:
        yield IN_DOUBT, "yes"
