"""How is a patient of another ward opened, with a reason and for a time, and closed again?

Nothing is listed and nothing is found by a part of a name: the exact number and birth date are typed.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from patients import actions
from patients.drafts import read_ticket
from patients.formats import shown_moment_near
from patients.forms.glass import BreakGlassForm, MendForm
from patients.glass import lapsed_for, opened_by
from patients.models import BrokenGlass, Patient, User
from patients.models.glass import OPEN_FOR
from patients.permissions import DECIDES, LEADS, may, require
from patients.views.act_page import Group, Page, act_page, open_and_post
from patients.views.banner import two_identifiers
from patients.views.bedside import Bedside, allowed, bedside, signed_in
from patients.views.drafts import KEPT_HEADER, keep_typed

MINUTES: Final = OPEN_FOR // timedelta(minutes=1)
REMEMBERED: Final = timedelta(hours=12)  # a shift: whoever had opened the patient is told that the time is over
READ_BY: Final = LEADS | DECIDES  # who sees on a history that the glass was broken: they answer for the ward
MOST: Final = 100


@dataclass(frozen=True, slots=True)
class Opened:
    """One of the patients that the user has open."""

    pk: int
    who: str
    ward: str
    until: str


@dataclass(frozen=True, slots=True)
class Opening:
    """A line on the history of a patient: who broke the glass, when, until when, why."""

    by: str
    role: str
    since: str
    until: str
    ended_early: bool
    reason: str
    text: str


def openings_of(user: User, patient: Patient, now: datetime) -> list[Opening]:
    """The last openings of a patient, for who answers for the ward; none for anybody else."""
    if user.role not in READ_BY:
        return []
    rows = patient.openings.select_related("entered_by", "ending").order_by("-id")[:MOST]
    return [_opening(one, now) for one in rows]


def _opening(row: BrokenGlass, now: datetime) -> Opening:
    early = row.ending.entered_at if hasattr(row, "ending") else None
    return Opening(
        by=str(row.entered_by),
        role=row.entered_by.get_role_display().lower(),
        since=shown_moment_near(row.entered_at, now),
        until=shown_moment_near(early or row.until, now),
        ended_early=early is not None,
        reason=row.get_reason_display(),
        text=row.text,
    )


@open_and_post
def break_glass(request: HttpRequest) -> HttpResponse:
    """The form, and what the user has open. A patient who is found is opened, and shown."""
    user = signed_in(request)
    require(user, "break_glass")
    now = timezone.now()
    form = BreakGlassForm(request.POST if request.method == "POST" else None)

    def record() -> str:
        said = {name: form.cleaned_data[name] for name in ("submission_id", "mrn", "birth_date", "reason", "text")}
        opening = actions.break_glass(by=user, **said)
        return reverse("patient_detail", args=[opening.patient_id])

    page = Page(
        heading="A patient of another ward",
        done=f"why you opened this patient, who is open to you for {MINUTES} min",
        lead="Break the glass only to care for this patient. They are then open to you, and to nobody else, for "
        f"{MINUTES} min: to be read and charted as on your own ward.",
        groups=(Group([form["mrn"], form["birth_date"], form["reason"], form["text"]], wide=("text",)),),
        save=f"Open the patient for {MINUTES} min",
        template="patients/break_glass.html",
    )
    context = {
        "may": allowed(user),
        "back": reverse("patient_list"),
        "save": page.save,
        "opened": [_opened(one, now) for one in opened_by(user, now)],
        "on_glass": True,
    }
    return act_page(request, form, page, record, context)


def _opened(one: BrokenGlass, now: datetime) -> Opened:
    with timezone.override(one.ward.zone):
        until = shown_moment_near(one.until, now)
    return Opened(one.patient_id, two_identifiers(one.patient), str(one.ward), until)


@require_POST
@bedside("mend_glass")
def mend_glass(request: HttpRequest, here: Bedside) -> HttpResponse:
    """«Close now», in the banner of a patient who is open by broken glass."""
    form = MendForm(request.POST)
    if here.glass is not None and form.is_valid():
        try:
            actions.mend_glass(by=here.user, submission_id=form.cleaned_data["submission_id"], opening=here.glass)
            messages.success(request, f"Closed: {two_identifiers(here.patient)} is no longer open to you.")
        except actions.Refused as refused:
            messages.warning(request, str(refused))
    return redirect("break_glass")


def told_of_the_end(request: HttpRequest, patient: int) -> HttpResponse | None:
    """Instead of «not found», for who had this patient open by broken glass today: that it is over, and what became of
    what they typed. None for anybody else, who learns nothing, and for a part of a page."""
    user = signed_in(request)
    now = timezone.now()
    opening = lapsed_for(user, patient, now - REMEMBERED)
    if opening is None or not may(user, "break_glass"):
        return None
    ticket = read_ticket(request.POST)
    kept = keep_typed(request, ticket) if ticket is not None and ticket.user == user.pk else "lost"
    if request.resolver_match is not None and request.resolver_match.url_name == "keep_draft":
        return HttpResponse(status=204, headers={KEPT_HEADER: kept})
    if request.headers.get("HX-Request") == "true":
        return None
    with timezone.override(opening.ward.zone):
        over = shown_moment_near(opening.ending.entered_at if hasattr(opening, "ending") else opening.until, now)
    said = f"The patient of {opening.ward} was open to you until {over}."
    if request.method == "POST":
        said += " Nothing was recorded now."
        if kept == "kept":
            said += " What you typed is kept as your draft: open the patient again, and it is in its form."
    messages.warning(request, said)
    return redirect("break_glass")
