"""How is «Escalate now» answered: the draft kept, the concern recorded, and acknowledged by a physician?

Nothing is sent from here, and each page says so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from patients import actions
from patients.concerns import OpenConcern, open_concerns, raised_at
from patients.drafts import read_ticket
from patients.formats import shown_moment_near
from patients.forms.concern import AcknowledgementForm, ConcernForm
from patients.models import ConcernAcknowledgement, Patient
from patients.views.act_page import Group, Page, open_and_post, patient_act, posted
from patients.views.assess import refused, work_of
from patients.views.banner import family_given
from patients.views.bedside import Bedside, bedside
from patients.views.drafts import keep_typed

NO_DRAFT: Final = (
    "No draft was kept: this form was opened for another patient, by somebody else, or over a day ago. "
    "No concern is recorded yet."
)
OF_ASSESSMENT: Final = ("assess", "chart_value")  # untouched, they hold nothing to keep
NOTHING_SENT: Final = "No sound or message is sent from here: call."


@require_POST
@bedside("raise_concern")
def leave_for_concern(request: HttpRequest, here: Bedside) -> HttpResponse:
    """«Escalate now» on a form: what is typed is kept as a draft, then the concern is asked."""
    ticket = read_ticket(request.POST)
    if ticket is None or (ticket.patient, ticket.user) != (here.patient.pk, here.user.pk):
        whose = "user" if ticket is not None and ticket.user != here.user.pk else "patient"
        return refused(request, here, whose, NO_DRAFT, escalate=True)
    if not ticket.form.startswith(OF_ASSESSMENT) or _typed_something(request, here):
        keep_typed(request, ticket)
    to = reverse("raise_concern", args=[here.patient.pk])
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=204, headers={"HX-Redirect": to})
    return redirect(to)


def _typed_something(request: HttpRequest, here: Bedside) -> bool:
    form = work_of(here, request.POST).form
    return not form.is_valid() or not form.draft().empty


@open_and_post
@bedside("raise_concern")
def raise_concern(request: HttpRequest, here: Bedside) -> HttpResponse:
    form = ConcernForm(posted(request))
    page = Page(
        heading="Escalate now",
        done="the concern. No message was sent: call",
        lead=f"{NOTHING_SENT} The concern stands first on the patient list and on the worklist, at any grade, "
        "until a physician acknowledges it.",
        groups=(Group([form["why"], form["called"], form["answered"]], wide=("why",)),),
        template="patients/concern.html",
    )

    def record(entry: Mapping[str, Any]) -> object:
        said = form.cleaned_data
        return actions.raise_concern(
            patient=here.patient, why=said["why"], called=said["called"], answered=said["answered"], **entry
        )

    extra = {
        "contacts": here.ward.current.concern_contacts,
    }
    return patient_act(request, here, form, page, record, extra)


@open_and_post
@bedside("acknowledge_concern")
def acknowledge_concern(request: HttpRequest, here: Bedside, concern: int) -> HttpResponse:
    """A physician's word that one concern of this patient was seen. Who raised it sees by whom and when."""
    raised = get_object_or_404(here.patient.concerns.standing().select_related("entered_by"), pk=concern)
    form = AcknowledgementForm(posted(request))
    page = Page(
        heading="Acknowledge a concern",
        done="the concern is acknowledged",
        lead="It then no longer stands first. Who raised it sees on the patient's page who acknowledged it, and when.",
        groups=(Group([form["text"]], wide=("text",)),),
        template="patients/concern_acknowledge.html",
    )

    def record(entry: Mapping[str, Any]) -> object:
        return actions.acknowledge_concern(concern=raised, text=form.cleaned_data["text"], **entry)

    return patient_act(request, here, form, page, record, {"concern": raised, "raised_at": raised_at(raised)})


@dataclass(frozen=True, slots=True)
class ConcernShown:
    """A concern that waits, with its patient; the clock is that of the patient's ward."""

    patient: Patient
    name: str
    place: str
    raised: str
    late_at: datetime  # from then on somebody else is to be called
    waits: OpenConcern


def waiting_concerns(patients: Sequence[Patient], now: datetime) -> list[ConcernShown]:
    """The concerns about these patients that no physician has acknowledged, the longest waiting first."""
    return [shown_concern(one, now) for one in open_concerns(patients, now=now)]


def shown_concern(one: OpenConcern, now: datetime) -> ConcernShown:
    patient = one.patient
    assert patient.ward is not None
    with timezone.override(patient.ward.zone):
        raised = shown_moment_near(one.raised_at, now)
    late_at = one.raised_at + timedelta(minutes=one.overdue_after)
    return ConcernShown(patient, family_given(patient), ward_and_bed(patient), raised, late_at, one)


def ward_and_bed(patient: Patient) -> str:
    if patient.discharged:
        return f"Discharged from {patient.ward}"
    return f"{patient.ward}, bed {patient.bed}" if patient.bed else f"{patient.ward}, no bed"


def acknowledged_concerns(here: Bedside) -> list[ConcernAcknowledgement]:
    """The last concerns about this patient that a physician acknowledged, each by its acknowledgement, the latest
    first."""
    rows = ConcernAcknowledgement.objects.standing().filter(concern__in=here.patient.concerns.standing())
    return list(rows.select_related("entered_by", "concern__entered_by").order_by("-concern_id")[:5])
