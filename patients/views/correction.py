"""How is a row corrected, marked as entered in error, undone, or moved to the patient it belongs to?

Every page shows the row as it stands. Where somebody else was first, the page shows both versions to choose from.
"""

import uuid
from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from crsweb import step_up
from patients import actions
from patients.actions.amending import given_beside
from patients.actions.seeing import saw_wards
from patients.drafts import STEP_UP, draft_of
from patients.forms.correction import FORMS, CorrectionForm, ErrorForm, MoveForm
from patients.models import Correction, Height, LaboratoryResult, Patient, Weight
from patients.models.correction import KINDS, CorrectedRow, correction_of, patient_of
from patients.permissions import patients_for, require_amending
from patients.views.act_page import Group, Page, open_and_post, patient_act, posted
from patients.views.banner import two_identifiers
from patients.views.bedside import Bedside, bedside
from patients.views.found import Found, found_by
from patients.views.history import restore_of
from patients.views.laboratory import before_of
from patients.views.names import ANALYTE_NAMES, DRUGS, PRODUCTS, UNITS
from patients.views.pressed import ASKED, asked_first
from patients.views.regraded import tell_regraded
from patients.views.rows import Viewer, acts_of, moment_of
from patients.views.said import KIND_NAMES, MOMENTS, Pairs, pairs

LISTS: Final = {"drugs": DRUGS, "units": UNITS, "products": PRODUCTS, "analytes": ANALYTE_NAMES}
OF_REQUEST: Final = frozenset({"csrfmiddlewaretoken", "submission_id", "sequence", "digest", STEP_UP})


class Overtaken(Exception):
    """Somebody else corrected the row first: `correction`. Nothing was recorded."""

    def __init__(self, correction: Correction) -> None:
        self.correction = correction
        super().__init__()


@open_and_post
@bedside("correct_row")
def correct(request: HttpRequest, here: Bedside, row: int, kind: str) -> HttpResponse:
    """Any row that was seen or done but an assessment, through the form it was charted with."""
    found: Any = row_of(here, kind, row)
    if request.method != "POST" and (gone := correction_of(found)) is not None:
        return no_longer(request, here, kind, found, gone)
    form = FORMS[kind](posted(request), row=found, **_beside(here, found))
    page = Page(
        heading=f"Correct: {KIND_NAMES[kind].lower()}",
        done="a correction",
        lead="What you record holds in the place of the row. The row itself stays in the history, with the reason.",
        groups=(
            Group([form[name] for name in form.values], wide=("drug", "note", "analyte")),
            Group([form["reason"], form["text"]], "Why", wide=("text",)),
        ),
        lists=LISTS,
        template="patients/correct.html",
    )

    def record(entry: Mapping[str, Any]) -> object:
        why = {name: form.cleaned_data[name] for name in ("reason", "text")}
        return actions.correct_row(row=found, values=form.said(), **why, **entry)

    return _act(request, here, form, page, kind, found, record, mine=lambda: _mine(form))


@open_and_post
@step_up.or_sign_in
@bedside("mark_entered_in_error")
def enter_in_error(request: HttpRequest, here: Bedside, row: int, kind: str) -> HttpResponse:
    """Takes the row out of everything computed."""
    found = row_of(here, kind, row)
    if request.method != "POST" and (gone := correction_of(found)) is not None:
        return no_longer(request, here, kind, found, gone)
    form = ErrorForm(posted(request))
    again = step_up.fields(request, form, needed=kind in ASKED)
    page = Page(
        heading=f"Entered in error: {KIND_NAMES[kind].lower()}",
        done="a row as entered in error",
        lead="It is taken out of every grade, suggestion and list at once. It stays in the history, struck through.",
        grave=True,
        groups=(Group([form["reason"], form["text"], *again], wide=("text",)),),
        template="patients/correct.html",
    )

    def record(entry: Mapping[str, Any]) -> object:
        why = {name: form.cleaned_data[name] for name in ("reason", "text")}
        return actions.mark_entered_in_error(row=found, **why, **entry)

    return _act(request, here, form, page, kind, found, record, mine=lambda: ((("", "Entered in error"),), None))


@require_POST
@step_up.or_sign_in
@bedside("undo")
def undo(request: HttpRequest, here: Bedside, row: int, kind: str) -> HttpResponse:
    """One's own slip of the last ten minutes, in one press."""
    found = row_of(here, kind, row)
    if (asked := _asked_first(request, here, kind, found, "Undo")) is not None:
        return asked
    try:
        submission_id = uuid.UUID(request.POST.get("submission_id", ""))
        actions.undo(by=here.user, submission_id=submission_id, row=found)
    except ValueError:
        messages.error(request, "Not undone: press Undo on this page.")
    except actions.Conflict as conflict:
        return no_longer(request, here, kind, found, conflict.correction, status=409)
    except actions.Refused as refused:
        messages.error(request, f"Not undone. {' '.join(refused.errors.values())}")
    else:
        messages.success(request, f"Undone: {KIND_NAMES[kind].lower()}. It stays in the history.")
        tell_regraded(request, submission_id)
    return redirect(after(here))


@require_POST
@step_up.or_sign_in
@bedside("take_back")
def restore(request: HttpRequest, here: Bedside, row: int, kind: str) -> HttpResponse:
    """One's own mark of the last ten minutes, pressed on the wrong row, is taken back in one press."""
    found = row_of(here, kind, row)
    if (asked := _asked_first(request, here, kind, found, "Take the mark back")) is not None:
        return asked
    try:
        submission_id = uuid.UUID(request.POST.get("submission_id", ""))
        mark = found.corrections.order_by("turn").last()
        if mark is None:
            raise actions.Refused({actions.WHOLE: "The row stands."})
        actions.take_back(by=here.user, submission_id=submission_id, correction=mark)
    except ValueError:
        messages.error(request, "Not taken back: press Take the mark back on this page.")
    except actions.Refused as refused:
        messages.error(request, f"Not taken back. {' '.join(refused.errors.values())}")
    else:
        messages.success(
            request,
            f"The mark is taken back, and the row stands again: {KIND_NAMES[kind].lower()}. Both stay in the history.",
        )
        tell_regraded(request, submission_id)
    return redirect(after(here))


def _asked_first(request: HttpRequest, here: Bedside, kind: str, row: CorrectedRow, press: str) -> HttpResponse | None:
    heading, save = f"{press}: {KIND_NAMES[kind].lower()}", f"{press} for {two_identifiers(here.patient)}"
    about = of_row(here, kind, row)
    return asked_first(request, here, kind, about, heading=heading, save=save, back=after(here))


def after(here: Bedside) -> str:
    """The address after an act on a row: the patient, or the list where the patient is on no ward of the user now."""
    seen = patients_for(here.user).filter(pk=here.patient.pk).exists()
    return reverse("patient_detail", args=[here.patient.pk]) if seen else reverse("patient_list")


@open_and_post
@bedside("move_to_patient")
def move(request: HttpRequest, here: Bedside, row: int, kind: str) -> HttpResponse:
    """Charted on the wrong patient: a name is searched for, then the right patient's button pressed."""
    found = row_of(here, kind, row)
    if request.method != "POST" and (gone := correction_of(found)) is not None:
        return no_longer(request, here, kind, found, gone)
    form = MoveForm(request.POST if request.POST.get("to") else None)
    sought = request.POST.get("sought", "").strip()[:80]
    status = 200
    if form.is_bound and form.is_valid():
        to = patients_for(here.user).present().filter(pk=form.cleaned_data["to"]).first()
        if to is None:
            raise Http404("No such patient on your wards.")
        answer = _move(request, here, kind, found, form, to)
        if answer is not None:
            return answer
        status = 422
    context = here.context() | of_row(here, kind, found) | {"form": form, "sought": sought}
    context["found"] = _others(here, sought) if sought else None
    if sought:
        saw_wards(by=here.user, wards=list(here.user.wards.all()), event="listed", page=f"move_{kind}")
    return render(request, "patients/correct_move.html", context, status=status)


def _move(
    request: HttpRequest, here: Bedside, kind: str, row: CorrectedRow, form: MoveForm, to: Patient
) -> HttpResponse | None:
    """None where it was refused: the form says why."""
    said = form.cleaned_data
    try:
        actions.move_to_patient(by=here.user, submission_id=said["submission_id"], row=row, to=to, text=said["text"])
    except actions.Conflict as conflict:
        return no_longer(request, here, kind, row, conflict.correction, status=409)
    except actions.Refused as refused:
        if isinstance(refused, actions.SubmissionClosed):
            form.go_on_as(refused.goes_on_as)
        form.add_error(None, " ".join(refused.errors.values()))
        return None
    messages.success(request, f"Moved to {two_identifiers(to)}. Here it is marked, and stays in the history.")
    tell_regraded(request, said["submission_id"], here.patient)
    return redirect("patient_detail", here.patient.pk)


def _others(here: Bedside, sought: str) -> list[Found]:
    return [one for one in found_by(here.user, sought) if one.pk != here.patient.pk]


def row_of(here: Bedside, kind: str, pk: int) -> CorrectedRow:
    """The row on this patient's record; 404 for any other. 403 for who may not mark such a row."""
    require_amending(here.user, kind)
    model: Any = KINDS[kind]
    found: CorrectedRow | None = model.objects.filter(pk=pk).select_related("entered_by").first()
    if found is None or patient_of(found) != here.patient:
        raise Http404("No such row on this patient's record.")
    return found


def no_longer(
    request: HttpRequest,
    here: Bedside,
    kind: str,
    row: CorrectedRow,
    correction: Correction,
    *,
    mine: Pairs = (),
    mine_at: datetime | None = None,
    status: int = 200,
) -> HttpResponse:
    """What the row said, what stands instead and who said so; with `mine`, what is to be recorded, to choose."""
    theirs = correction.replacement
    standing = theirs is not None and correction_of(theirs) is None
    context = here.context() | of_row(here, kind, row)
    context |= {
        "correction": correction,
        "reentered": correction.reentered is not None,
        "theirs": pairs(theirs) if theirs is not None else (),
        "replacement": theirs,
        "standing": standing,
        "restore": restore_of(correction, Viewer(here.user, here.now)),
        "replacement_at": moment_of(theirs) if theirs is not None else None,
        "mine": mine,
        "mine_at": mine_at,
        "fields": _hidden(request.POST) if mine and standing else (),
        "submission_id": uuid.uuid4(),
        "again": request.resolver_match.view_name if request.resolver_match else "",
        "correct": f"correct_{kind}",
        "save": f"Record mine for {two_identifiers(here.patient)}",
        "left": None if request.method == "POST" else draft_of(request),
    }
    if standing and theirs is not None and mine:
        context["again"] = reverse(context["again"], args=[here.patient.pk, theirs.pk])
    return render(request, "patients/correct_conflict.html", context, status=status)


def _hidden(data: QueryDict) -> list[tuple[str, str]]:
    """What was typed, to be sent again about the other's row."""
    return [(name, value) for name in data if name not in OF_REQUEST for value in data.getlist(name)]


def _act(
    request: HttpRequest,
    here: Bedside,
    form: CorrectionForm | ErrorForm,
    page: Page,
    kind: str,
    row: CorrectedRow,
    record: Callable[[Mapping[str, Any]], object],
    *,
    mine: Callable[[], tuple[Pairs, datetime | None]],
) -> HttpResponse:
    """A form about one row; a conflict shows both versions."""

    def unless_overtaken(entry: Mapping[str, Any]) -> object:
        try:
            return record(entry)
        except actions.Conflict as conflict:
            raise Overtaken(conflict.correction) from conflict

    try:
        return patient_act(request, here, form, page, unless_overtaken, shown=of_row(here, kind, row))
    except Overtaken as overtaken:
        said, at = mine()
        return no_longer(request, here, kind, row, overtaken.correction, mine=said, mine_at=at, status=409)


def of_row(here: Bedside, kind: str, row: CorrectedRow) -> dict[str, Any]:
    """What the pages about a row say of it."""
    return {
        "row": row,
        "kind": kind,
        "kind_name": KIND_NAMES[kind],
        "moment_name": MOMENTS.get(kind, ""),
        "moment": moment_of(row),
        "says": pairs(row),
        "acts": acts_of(row, Viewer(here.user, here.now)),
        "beside": given_beside(row),
    }


def _mine(form: CorrectionForm) -> tuple[Pairs, datetime | None]:
    """What is to be recorded, in the words of a row, and its moment."""
    mine = copy(form.row)
    for name, value in form.said().items():
        setattr(mine, name, value)
    return pairs(mine), moment_of(mine)


def _beside(here: Bedside, row: CorrectedRow) -> dict[str, Any]:
    """What the form compares with: the weights, heights or results without the one that is corrected."""
    match row:
        case Weight():
            last = here.patient.weights.standing().exclude(pk=row.pk).order_by("at", "id").last()
            return {"before_kg": last.weight_kg if last else None}
        case Height():
            before = here.patient.heights.standing().exclude(pk=row.pk).order_by("at", "id").last()
            return {"before_cm": before.height_cm if before else None}
        case LaboratoryResult():
            found = before_of(here.patient, here.ward.current.as_settings().brands)
            return {"before": replace(found, results=tuple(one for one in found.results if one.ref != row))}
    return {}
