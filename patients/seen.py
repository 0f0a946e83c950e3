"""Which pages show patients, and how is it noted who saw them?

A page under the address of a patient is noted every time that it is opened, unless `OTHERS` says otherwise: a new page
of a patient is audited without a word. Every other address of the ward has its row in `OTHERS`.

A page is noted when its view has made it and before it is sent, in a transaction of its own; where that fails the page
does too: nothing is seen unaudited. An answer with errors shows the patient again and is noted like the page. What is
asked for again and again while a page is open (`Shows.PART`) shows no more than the page, and is not noted by itself.
A print is what leaves as a PDF, whatever was asked for.

A list of a ward is noted once per person, ward, list and hour, also where it is left open: its rows are fetched anew
whenever they change.
"""

from collections.abc import Callable, Mapping
from enum import Enum
from types import MappingProxyType
from typing import Any, Final

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from patients.actions.seeing import saw_patient, saw_wards
from patients.drafts import OF_A_PATIENT
from patients.models import User, Ward
from patients.pdf import PDF

ANSWERED: Final = frozenset({200, 406, 409, 422})  # with a page; else it leads elsewhere, or shows nobody


class Shows(Enum):
    """What a page shows, and so how it is noted."""

    PATIENT = "one patient: every time"
    HISTORY = "what was ever recorded of a patient, or known of them: every time"
    WARD = "the patients of wards: once an hour"
    PART = "a part of a page that is open: with it"
    NOBODY = "no patient: not at all"


OTHERS: Final[Mapping[str, Shows]] = MappingProxyType(
    {
        "history": Shows.HISTORY,
        "known": Shows.HISTORY,
        "assess_verdict": Shows.PART,
        "correct_assessment_verdict": Shows.PART,
        "patient_changed": Shows.PART,
        "keep_draft": Shows.PART,
        "drop_draft": Shows.PART,
        "leave_for_concern": Shows.PART,
        "board": Shows.WARD,
        "board_rows": Shows.WARD,
        "patient_list": Shows.WARD,
        "worklist": Shows.WARD,
        "worklist_rows": Shows.WARD,
        "my_patients": Shows.WARD,
        "ward_assignments": Shows.WARD,
        "next_assignments": Shows.WARD,
        "copy_assignments": Shows.WARD,
        "ward_handover": Shows.WARD,
        "admit_patient": Shows.NOBODY,
        "ward_settings": Shows.NOBODY,
        "wall": Shows.NOBODY,  # without names, to whoever stands there
        "wall_rows": Shows.NOBODY,
        "wall_displays": Shows.NOBODY,
        "revoke_display": Shows.NOBODY,
        "choose_theme": Shows.NOBODY,
        "audit": Shows.NOBODY,  # but numbers of patients: its view notes who reads it, and what was asked for
        "audit_export": Shows.NOBODY,
        "blank_sheet": Shows.NOBODY,
        "wards": Shows.NOBODY,
        "break_glass": Shows.NOBODY,  # asks for a number; what it opens is noted where it is opened
        "locked_names": Shows.NOBODY,
        "unlock": Shows.NOBODY,
        "entry": Shows.NOBODY,
        "presence": Shows.NOBODY,
        "lock": Shows.NOBODY,
        "change_user": Shows.NOBODY,
    }
)
OF_ONE_WARD: Final = frozenset({"board", "board_rows", "ward_handover"})  # narrowed by `?ward=`; no other list is
ROWS_OF: Final[Mapping[str, str]] = MappingProxyType({"board_rows": "board", "worklist_rows": "worklist"})


def shows(page: str, route: str) -> Shows:
    """By the name of an address and its pattern."""
    return OTHERS.get(page, Shows.PATIENT if route.startswith(OF_A_PATIENT) else Shows.NOBODY)


def noted(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware: no page that shows a patient leaves without an entry in the audit trail."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if response.status_code in ANSWERED and isinstance(request.user, User):
            _note(request, request.user, printed=response.headers.get("Content-Type") == PDF)
        return response

    return middleware


def _note(request: HttpRequest, user: User, *, printed: bool) -> None:
    match = request.resolver_match
    assert match is not None  # an address that leads nowhere is answered with 404
    page, keys = match.url_name or "", match.kwargs
    match shows(page, match.route):
        case Shows.PATIENT:
            saw_patient(by=user, patient=keys["pk"], event="printed" if printed else "opened", page=page)
        case Shows.HISTORY:
            saw_patient(by=user, patient=keys["pk"], event="opened-history", page=page)
        case Shows.WARD:
            event = "printed" if printed else "board" if page in ("board", "board_rows") else "listed"
            saw_wards(by=user, wards=_wards(request, user, page, keys), event=event, page=ROWS_OF.get(page, page))


def _wards(request: HttpRequest, user: User, page: str, keys: Mapping[str, Any]) -> list[Ward]:
    """Those of the user's wards that a list is about: the one in the address where the list heeds it, else all."""
    wards = list(user.wards.all())
    asked = str(keys.get("pk") or (request.GET.get("ward", "") if page in OF_ONE_WARD else ""))
    return [ward for ward in wards if str(ward.pk) == asked] or wards
