"""How is «Escalate now» answered: the draft kept, the concern recorded, and acknowledged by a physician?

Nothing is sent from here, and each page says so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from patients import actions
from patients.concerns import OpenConcern, open_concerns
from patients.drafts import draft_for
from patients.formats import shown_moment_near
from patients.forms.concern import AcknowledgementForm, ConcernForm
from patients.models import Concern, Patient
from patients.views.act_page import Group, Page, open_and_post, patient_act, posted
from patients.views.assess import DRAFT_OF, kept_of, mixed_up, work_of
from patients.views.banner import family_given
from patients.views.bedside import Bedside, bedside

NOTHING_SENT: Final = "No sound or message is sent from here: call."


@bedside("raise_concern")
@require_POST
def leave_for_concern(request: HttpRequest, here: Bedside) -> HttpResponse:
    """«Escalate now» on the assessment form: what is typed is kept as a draft, then the concern is asked."""
    refused = mixed_up(request, here)
    if refused is not None:
        return refused
    form = work_of(here, request.POST).form
    if not form.is_valid() or not form.draft().empty:
        actions.keep_draft(
            by=here.user,
            patient=here.patient,
            form=DRAFT_OF,
            fields=kept_of(request.POST),
            submission_id=UUID(request.POST["submission_id"]),
        )
    to = reverse("raise_concern", args=[here.patient.pk])
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=204, headers={"HX-Redirect": to})
    return redirect(to)


@bedside("drop_draft")
@require_POST
def drop_draft(request: HttpRequest, here: Bedside) -> HttpResponse:
    actions.drop_draft(by=here.user, patient=here.patient, form=DRAFT_OF)
    messages.success(request, "The draft was dropped.")
    return redirect("assess", here.patient.pk)


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
        "draft": draft_for(here.user, here.patient, DRAFT_OF),
        "contacts": here.ward.current.concern_contacts,
    }
    return patient_act(request, here, form, page, record, extra)


@open_and_post
@bedside("acknowledge_concern")
def acknowledge_concern(request: HttpRequest, here: Bedside, concern: int) -> HttpResponse:
    """A physician's word that one concern of this patient was seen. Who raised it sees by whom and when."""
    raised = get_object_or_404(here.patient.concerns.select_related("entered_by"), pk=concern)
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

    return patient_act(request, here, form, page, record, {"concern": raised})


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
        raised = shown_moment_near(one.concern.entered_at, now)
    late_at = one.concern.entered_at + timedelta(minutes=one.overdue_after)
    return ConcernShown(patient, family_given(patient), ward_and_bed(patient), raised, late_at, one)


def ward_and_bed(patient: Patient) -> str:
    if patient.discharged:
        return f"Discharged from {patient.ward}"
    return f"{patient.ward}, bed {patient.bed}" if patient.bed else f"{patient.ward}, no bed"


def acknowledged_concerns(here: Bedside) -> list[Concern]:
    """The last concerns about this patient that a physician acknowledged, the latest first."""
    rows = here.patient.concerns.filter(acknowledgement__isnull=False)
    return list(rows.select_related("entered_by", "acknowledgement__entered_by").order_by("-id")[:5])
