"""How is an assessment corrected? On the assessment form, where the live grade shows the course with the corrected row.

The row itself is taken out of the course that the form is graded in, so that nothing counts twice.
"""

from dataclasses import replace

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from patients import actions
from patients.drafts import draft_of
from patients.formats import completed_years
from patients.forms.correction_assessment import AssessmentCorrection, opened, said
from patients.forms.standing import CourseSoFar
from patients.models import Assessment
from patients.models.correction import CorrectedRow, correction_of
from patients.record import Charted, charted, infusion_at
from patients.views.assess import FIELDS, REFUSED_HEADER, Work, context_of, infusion_of, mixed_up, not_opened
from patients.views.banner import two_identifiers
from patients.views.bedside import Bedside, bedside
from patients.views.correction import no_longer, of_row, row_of
from patients.views.regraded import tell_regraded
from patients.views.said import pairs_of

KIND = "assessment"


@bedside("correct_row")
@require_http_methods(["GET", "HEAD", "POST"])
def correct_assessment(request: HttpRequest, here: Bedside, row: int) -> HttpResponse:
    """GET opens the form as it was typed. POST records what holds in the row's place."""
    found = _row(here, row)
    if request.method != "POST":
        gone = correction_of(found)
        if gone is not None:
            return no_longer(request, here, KIND, found, gone)
        return _page(request, here, found, _work(here, found, draft_of(request)), 200)
    refused = mixed_up(request, here)
    if refused is not None:
        return refused
    work, by_script = _work(here, found, request.POST), request.headers.get("HX-Request") == "true"
    form = work.form
    assert isinstance(form, AssessmentCorrection)
    try:
        if _record(form, here, found):
            messages.success(request, "Recorded: a correction.")
            tell_regraded(request, form.cleaned_data["submission_id"])
            to = reverse("patient_detail", args=[here.patient.pk])
            return HttpResponse(status=204, headers={"HX-Redirect": to}) if by_script else redirect(to)
    except actions.Conflict as conflict:
        if by_script:  # the page that shows both versions is posted for, with everything that was typed
            return HttpResponse(status=409, headers={REFUSED_HEADER: "row"})
        mine = pairs_of(form.draft().assessment)
        return no_longer(request, here, KIND, found, conflict.correction, mine=mine, mine_at=form.seen, status=409)
    if by_script:
        return render(request, "patients/_assess_live.html", context_of(request, here, work), status=_status(form))
    return _page(request, here, found, work, _status(form))


@bedside("correct_row")
@require_POST
def correct_assessment_verdict(request: HttpRequest, here: Bedside, row: int) -> HttpResponse:
    """The panel for what is in the form now. Writes nothing."""
    refused = not_opened(request, here)
    if refused is not None:
        return refused
    work = _work(here, _row(here, row), request.POST)
    return render(request, "patients/_assess_live.html", context_of(request, here, work))


def _row(here: Bedside, pk: int) -> Assessment:
    found: CorrectedRow = row_of(here, KIND, pk)
    assert isinstance(found, Assessment)
    return found


def _work(here: Bedside, row: Assessment, data: QueryDict | None) -> Work:
    """The form against the course of its moment without the row."""
    infusion = infusion_of(here, data) if data else infusion_at(here.patient, row.at) or here.infusion
    if infusion is None:
        so_far, course = CourseSoFar(None, here.ward.current.as_settings(), here.now), None
    else:
        whole = charted([infusion])[0]
        kept = tuple(event for event in whole.course.events if event.ref != row)
        course = Charted(infusion=infusion, course=replace(whole.course, events=kept), settings=whole.settings)
        so_far = CourseSoFar(course.course, course.settings, here.now)
    if data is None:
        return Work(opened(row, so_far), course)
    return Work(AssessmentCorrection(data, row=row, so_far=so_far), course)


def _record(form: AssessmentCorrection, here: Bedside, row: Assessment) -> bool:
    """Records the correction. Otherwise the form says why not."""
    if form.is_valid():
        form.demand_reason()
    if not form.ready:
        return False
    draft = form.draft()
    if draft.empty:
        form.add_error(None, "Nothing is left charted: take the row out as entered in error instead.")
        return False
    if draft.unexplained:
        form.add_error("attribution_reason", "Say why it has another cause.")
        return False
    try:
        actions.correct_row(
            by=here.user,
            submission_id=form.cleaned_data["submission_id"],
            row=row,
            values=said(form, draft),
            reason=form.cleaned_data["reason"],
            text=form.cleaned_data["text"],
        )
    except actions.Conflict:
        raise
    except actions.Refused as refused:
        if isinstance(refused, actions.SubmissionClosed):
            form.go_on_as(refused.goes_on_as)
        for name, sentence in refused.errors.items():
            field = FIELDS.get(name, name)
            form.add_error(field if field in form.fields else None, sentence)
        return False
    return True


def _status(form: AssessmentCorrection) -> int:
    return 200 if form.filled else 422


def _page(request: HttpRequest, here: Bedside, row: Assessment, work: Work, status: int) -> HttpResponse:
    today = timezone.localtime(here.now).date()
    child = completed_years(here.patient.birth_date, today) < 12
    shown = {
        **here.context(),
        **context_of(request, here, work),
        **of_row(here, KIND, row),
        "leaves": "assess",
        "save": f"Record correction for {two_identifiers(here.patient)}",
        "child": row.ice_score is None and (child or row.capd_score is not None),
    }
    return render(request, "patients/correct_assessment.html", shown, status=status)
