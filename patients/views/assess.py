"""How is an assessment charted: opened, graded while it is typed, recorded once?

The form is bound to its patient and to who opened it. Both views build the panel with one function. What the script
posts is answered with fragments, never with a page in the place of a grade.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from patients import actions
from patients.attribution import attribution_of
from patients.drafts import draft_of, read_ticket, sent
from patients.echo import digest_of
from patients.formats import completed_years
from patients.forms.assessment import AssessmentForm
from patients.forms.assessment_notes import notes_of
from patients.forms.fields import MomentField
from patients.forms.standing import CourseSoFar
from patients.models import Assessment, Infusion
from patients.record import Charted, charted, infusion_at
from patients.verdict_panel import panel_of
from patients.views.banner import two_identifiers
from patients.views.bedside import Bedside, bedside
from patients.views.drafts import about_draft
from patients.views.entry import NEXT_HEADER
from patients.views.paper_entry import people_of
from patients.views.regraded import tell_regraded

# On a 409: «user» or «patient», who the form belongs to and it is not; «page», which was not opened.
REFUSED_HEADER: Final = "X-Refused"
OTHER_PATIENT: Final = "This form was opened for another patient. Nothing was recorded: open the form of this patient."
NOT_OPENED: Final = "A grade is shown in the form it belongs to, for a day after it was opened. Open the form anew."
FIELDS: Final = {"at": "seen_at", "oxygen": "oxygen_device"}  # a parameter of the action: the form's field


@dataclass(frozen=True, slots=True)
class Work:
    """One request's form, and the course it is graded in; `None` before any infusion."""

    form: AssessmentForm
    charted: Charted | None


@bedside("record_assessment")
@require_http_methods(["GET", "POST"])
def assess(request: HttpRequest, here: Bedside) -> HttpResponse:
    """GET opens the form. POST records it once and leads to the patient, or says what stands in the way (422)."""
    if request.method != "POST":
        if not here.open:
            messages.info(request, "Nothing more is charted for this patient.")
            return redirect("patient_detail", here.patient.pk)
        return _page(request, here, work_of(here, draft_of(request)), 200)
    to = reverse("patient_detail", args=[here.patient.pk])

    def page(work: Work, status: int) -> HttpResponse:
        return _page(request, here, work, status)

    return charted_once(request, here, sent(request, here.now), page, to=to, done="Assessment recorded.")


def charted_once(
    request: HttpRequest,
    here: Bedside,
    posted: QueryDict,
    page: Callable[[Work, int], HttpResponse],
    *,
    to: str,
    done: str,
) -> HttpResponse:
    """Records what was posted of the form and leads to `to`, saying `done`; else `page` says what stands in the way."""
    mixed = mixed_up(request, here)
    if mixed is not None:
        return mixed
    recorded = _recorded_before(posted, here)
    work = work_of(here, posted, recorded)
    form, by_script = work.form, request.headers.get("HX-Request") == "true"
    if recorded is not None and not form.ready:
        form.add_error(None, actions.SubmissionConflict().errors[actions.WHOLE])
    elif form.ready and _record(form, here):
        messages.success(request, done)
        tell_regraded(request, form.cleaned_data["submission_id"])
        return HttpResponse(status=204, headers={"HX-Redirect": to}) if by_script else redirect(to)
    status = 200 if form.filled else 422
    if not by_script:
        return page(work, status)
    answer = _fragment(request, here, work, status)
    goes_on_as = form["submission_id"].value()
    if goes_on_as != posted.get("submission_id"):
        answer.headers[NEXT_HEADER] = goes_on_as
    return answer


@bedside("record_assessment")
@require_POST
def assess_verdict(request: HttpRequest, here: Bedside) -> HttpResponse:
    """The panel for what is in the form now. Writes nothing."""
    return not_opened(request, here) or _fragment(request, here, work_of(here, request.POST), 200)


def work_of(here: Bedside, data: QueryDict | None, recorded: Assessment | None = None) -> Work:
    """The form against the course of its moment. A retry is read as of then, without what it recorded itself."""
    now = here.now if recorded is None else recorded.entered_at
    infusion = infusion_of(here, data)
    if infusion is None:
        return Work(AssessmentForm(data, so_far=CourseSoFar(None, here.ward.current.as_settings(), now)), None)
    course = charted([infusion])[0]
    kept = tuple(e for e in course.course.events if recorded is None or e.ref != recorded)
    so_far = CourseSoFar(replace(course.course, events=kept), course.settings, now)
    return Work(AssessmentForm(data, so_far=so_far), course)


def infusion_of(here: Bedside, data: QueryDict | None) -> Infusion | None:
    """The infusion whose course is open at «Seen at»: a late entry may belong to an earlier course."""
    try:
        seen_at = MomentField().clean(data.get("seen_at", "")) if data is not None else None
    except ValidationError:
        seen_at = None  # the form says so at the field
    return here.infusion if seen_at is None else infusion_at(here.patient, seen_at) or here.infusion


def mixed_up(request: HttpRequest, here: Bedside) -> HttpResponse | None:
    """Refuses a form of another patient (two tabs), and one that another user opened (a changed sign-in)."""
    if request.POST.get("patient") != str(here.patient.pk):
        return refused(request, here, "patient", OTHER_PATIENT)
    if request.POST.get("opened_by") != str(here.user.pk):
        words = f"This form was opened by somebody else, and you are signed in as {here.user}. Nothing was recorded."
        return refused(request, here, "user", words)
    return None


def not_opened(request: HttpRequest, here: Bedside) -> HttpResponse | None:
    """Refuses what is `mixed_up`, and a grade without the ticket of a page: the page is in the audit trail, by which
    this user opened this patient, and its parts are not (`patients.seen`)."""
    mixed = mixed_up(request, here)
    if mixed is not None:
        return mixed
    ticket = read_ticket(request.POST)
    if ticket is None or (ticket.user, ticket.patient) != (here.user.pk, here.patient.pk):
        return refused(request, here, "page", NOT_OPENED)
    return None


def refused(request: HttpRequest, here: Bedside, whose: str, words: str, *, escalate: bool = False) -> HttpResponse:
    """409: the form belongs to another «patient» or «user», or its «page» was not opened."""
    context = {**here.context(), "words": words, "escalate": escalate}
    response = render(request, "patients/assess_refused.html", context, status=409)
    response.headers[REFUSED_HEADER] = whose
    return response


def _recorded_before(posted: QueryDict, here: Bedside) -> Assessment | None:
    """What this submission recorded already: a retry, or a second tap."""
    try:
        submission = uuid.UUID(posted.get("submission_id", ""))
    except ValueError:
        return None
    found = Assessment.objects.filter(submission=submission, patient=here.patient, entered_by=here.user)
    return found.select_related("submission").first()


def _record(form: AssessmentForm, here: Bedside) -> bool:
    """Records the draft. Otherwise the form says why not."""
    draft = form.draft()
    if not here.open:
        form.add_error(None, "Nothing more is charted for this patient: there is a discharge or a death in the record.")
        return False
    if draft.empty:
        form.add_error(None, "Nothing is charted yet: type a value first.")
        return False
    if draft.unexplained:
        form.add_error("attribution_reason", "Say why it has another cause.")
        return False
    try:
        actions.record_assessment(
            by=here.user,
            submission_id=form.cleaned_data["submission_id"],
            patient=here.patient,
            assessment=draft.assessment,
            at=form.cleaned_data["seen_at"],
            antipyretic=draft.antipyretic,
            impression=draft.impression,
            attribution_reason=draft.attribution_reason,
            observed_by=form.cleaned_data["observed_by"],
            typed=draft.typed,
            confirmed=draft.confirmed,
        )
    except actions.Refused as refused:
        if isinstance(refused, actions.SubmissionClosed):
            form.go_on_as(refused.goes_on_as)
        for name, sentence in refused.errors.items():
            field = FIELDS.get(name, name)
            form.add_error(field if field in form.fields else None, sentence)
        return False
    return True


def context_of(request: HttpRequest, here: Bedside, work: Work) -> dict[str, Any]:
    posted = request.method == "POST"
    return {
        "form": work.form,
        "notes": notes_of(work.form),
        "panel": panel_of(work.form, work.charted),
        "attribution": attribution_of(work.charted, here.now) if work.charted else None,
        "sequence": request.POST.get("sequence", "0")[:12],
        "digest": digest_of(request.POST) if posted else "",
        "patient": here.patient,
        "user_pk": here.user.pk,
        **about_draft(request, here, work.form.data),
    }


def _fragment(request: HttpRequest, here: Bedside, work: Work, status: int) -> HttpResponse:
    return render(request, "patients/_assess_live.html", context_of(request, here, work), status=status)


def _page(request: HttpRequest, here: Bedside, work: Work, status: int) -> HttpResponse:
    today = timezone.localtime(here.now).date()
    shown = {
        **here.context(),
        "people": people_of(here.ward),
        **context_of(request, here, work),
        "save": f"Record for {two_identifiers(here.patient)}",
        "leaves": "assess",
        "child": completed_years(here.patient.birth_date, today) < 12,
    }
    return render(request, "patients/assess.html", shown, status=status)
