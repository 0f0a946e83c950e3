"""How is what somebody types kept as a draft: while typing, on «Escalate now», and after the sign-in has expired?

A draft is of the one whom the form's ticket names, whoever stands at the workstation now; nobody else reads it.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from patients import actions
from patients.drafts import (
    MOST_TYPED,
    Left,
    Ticket,
    address_of,
    charted_since,
    filled_in,
    form_of,
    read_ticket,
    typed_in,
)
from patients.formats import shown_moment_near, shown_time
from patients.glass import lapsed_for
from patients.models import Draft, Patient, User
from patients.models.glass import OPEN_FOR as GLASS_OPEN_FOR
from patients.permissions import may, patients_for
from patients.views.bedside import Bedside, bedside

KEPT_HEADER: Final = "X-Draft"  # on every answer to a form: «kept», «recorded» before, or «lost»
KEPT_AT_HEADER: Final = "X-Draft-At"  # the clock of the ward
REFUSED_HEADER: Final = "X-Refused"
EXPIRED: Final[Mapping[str, str]] = MappingProxyType(  # by what became of the draft (`keep_typed`)
    {
        "kept": "Your sign-in has expired: nothing was recorded. What you typed is kept as your draft. "
        "Sign in with the same user name, and it is in the form again.",
        "recorded": "Your sign-in has expired. This form was recorded before; nothing was recorded now. "
        "Look at the record before you chart it again.",
        "lost": "Your sign-in has expired: nothing was recorded now, and no draft was kept.",
    }
)
NAMED: Final = 5  # of what was charted since; the rest is counted
ACTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "record_assessment": "an assessment",
        "give_treatment": "a treatment",
        "enter_result": "a result",
        "record_measurement": "weight or height",
        "change_facts": "facts or allergies",
        "correct_row": "a correction",
        "mark_entered_in_error": "a row entered in error",
        "decide": "a decision",
        "sign": "a signature",
        "raise_concern": "a concern",
    }
)


def about_draft(request: HttpRequest, here: Bedside, data: object) -> dict[str, Any]:
    """What a page with a form takes: its ticket, and the draft that is in the form (`data`), if any."""
    form = form_of(request)
    ticket = read_ticket(request.POST) if request.method == "POST" else None
    if ticket is None or (ticket.user, ticket.patient, ticket.form) != (here.user.pk, here.patient.pk, form):
        ticket = Ticket(here.user.pk, here.patient.pk, form, here.now)
    draft = data.draft if isinstance(data, Left) else None
    return {
        "ticket": ticket.signed(),
        "draft": draft,
        "since": _since(here, draft) if draft is not None else "",
        "time_filled": data.filled if isinstance(data, Left) else "",
        "filled_in": filled_in(data) if isinstance(data, QueryDict) else "",
    }


def _since(here: Bedside, draft: Draft) -> str:
    """What was charted for the patient since the form was opened, in words; empty for nothing."""
    found = charted_since(draft)
    said = []
    for one in found[:NAMED]:
        act = ACTS.get(one.act, one.act.replace("_", " "))
        said.append(f"{act} ({one.entered_by}, {shown_moment_near(one.entered_at, here.now)})")
    if len(found) > NAMED:
        said.append(f"and {len(found) - NAMED} more")
    return "; ".join(said)


def keep_typed(request: HttpRequest, ticket: Ticket) -> str:
    """Keeps what was posted as a draft of who opened the form: «kept», «recorded» before, or «lost»."""
    author = User.objects.filter(pk=ticket.user).first()
    patient = _patient_of(ticket, author) if author is not None else None
    fields = typed_in(request.POST)
    long = sum(len(name) + sum(map(len, values)) for name, values in fields.items())
    if author is None or patient is None or not may(author, "keep_draft") or long > MOST_TYPED:
        return "lost"
    try:
        submission_id = UUID(request.POST.get("submission_id", ""))
    except ValueError:
        return "lost"
    kept = actions.keep_draft(
        by=author,
        patient=patient,
        form=ticket.form,
        fields=fields,
        submission_id=submission_id,
        opened_at=ticket.opened_at,
    )
    return "recorded" if kept is None else "kept"


def _patient_of(ticket: Ticket, author: User) -> Patient | None:
    """The patient whose form it is: open to its author now, or by broken glass when the form was opened."""
    patient = patients_for(author).filter(pk=ticket.patient).first()
    if patient is None:
        opening = lapsed_for(author, ticket.patient, ticket.opened_at - GLASS_OPEN_FOR)
        patient = opening.patient if opening is not None else None
    return patient


@require_POST
@bedside("keep_draft")
def keep_draft(request: HttpRequest, here: Bedside) -> HttpResponse:
    """What is in the form now, from the script that keeps it while it is typed in."""
    ticket = read_ticket(request.POST)
    if ticket is None or ticket.patient != here.patient.pk:
        return HttpResponse(status=409, headers={REFUSED_HEADER: "patient", KEPT_HEADER: "lost"})
    headers = {KEPT_HEADER: keep_typed(request, ticket), KEPT_AT_HEADER: shown_time(here.now)}
    if ticket.user != here.user.pk:
        return HttpResponse(status=409, headers=headers | {REFUSED_HEADER: "user"})
    return HttpResponse(status=204, headers=headers)


@require_POST
@bedside("drop_draft")
def drop_draft(request: HttpRequest, here: Bedside) -> HttpResponse:
    form = request.POST.get("form", "")
    actions.drop_draft(by=here.user, patient=here.patient, form=form)
    messages.success(request, "The draft was dropped.")
    return redirect(address_of(here.patient.pk, form))


def keep_signed_out(request: HttpRequest) -> HttpResponse | None:
    """A form sent after the sign-in has expired: what was typed is kept, and after signing in it is in the form again.

    None where nothing was typed in a form of ours.
    """
    ticket = read_ticket(request.POST) if request.method == "POST" else None
    if ticket is None:
        return None
    kept = keep_typed(request, ticket)
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=401, headers={KEPT_HEADER: kept})
    messages.info(request, EXPIRED[kept])
    match = request.resolver_match
    leaves = match is not None and match.url_name == "leave_for_concern"
    return redirect_to_login(reverse("raise_concern", args=[ticket.patient]) if leaves else _goes_on(ticket, kept))


def _goes_on(ticket: Ticket, kept: str) -> str:
    """Where a form that was refused is gone on with: the form, or the record that it stands in already."""
    if kept == "recorded":
        return reverse("patient_detail", args=[ticket.patient])
    return address_of(ticket.patient, ticket.form)


def refused_token(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form from before the last sign-in: refused, and what was typed in it kept for who opened it."""
    ticket = read_ticket(request.POST)
    kept = keep_typed(request, ticket) if ticket is not None else "lost"
    context = {"kept": kept, "to": _goes_on(ticket, kept) if ticket is not None else ""}
    response = render(request, "403_csrf.html", context, status=403)
    response.headers[KEPT_HEADER] = kept
    return response
