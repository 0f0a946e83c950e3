"""How does every form page answer? Open, ask again with what was typed, or record once and lead back to the patient."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.forms import BoundField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from patients.actions import Refused, SubmissionClosed
from patients.drafts import draft_of, sent
from patients.forms.acts import ActForm
from patients.permissions import patients_for
from patients.views.banner import two_identifiers
from patients.views.bedside import Bedside
from patients.views.drafts import about_draft
from patients.views.regraded import tell_regraded

open_and_post = require_http_methods(["GET", "HEAD", "POST"])


@dataclass(frozen=True, slots=True)
class Group:
    """Fields that belong together, under a title of their own where there are several groups."""

    fields: Sequence[BoundField]
    title: str = ""
    hint: str = ""
    wide: Sequence[str] = ()  # names of fields over the whole width
    short: bool = False  # many short fields, in narrow columns
    closed: bool = False  # seldom needed: it opens by its title, and stands open where anything in it is typed

    @property
    def opened(self) -> bool:
        return not self.closed or any(field.form.is_bound and (field.data or field.errors) for field in self.fields)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What stands around the form."""

    heading: str
    done: str  # what was recorded, in the words of the page after it
    groups: Sequence[Group]
    save: str = ""  # the words of the button; for an act at the bedside «Record for» and two identifiers
    lead: str = ""
    grave: bool = False  # the act ends something
    lists: Mapping[str, Sequence[str]] = field(default_factory=dict)  # the choices offered while typing, by list name
    template: str = "patients/form.html"


def posted(request: HttpRequest) -> Any:
    """What was posted; on GET what the user left unrecorded in this form, else None: an empty form says nothing yet."""
    return sent(request, timezone.now()) if request.method == "POST" else draft_of(request)


def act_page(
    request: HttpRequest, form: ActForm, page: Page, record: Callable[[], str], context: Mapping[str, Any]
) -> HttpResponse:
    """GET shows the form. POST records when it is ready and leads to the address that `record` gives; else the form
    comes again with what stands in the way (422), everything typed in it."""
    status = 200
    if request.method == "POST":
        address = _recorded(form, record) if form.ready else None
        if address is not None:
            messages.success(request, f"Recorded: {page.done}.")
            return redirect(address)
        status = 200 if form.filled else 422
    return render(request, page.template, {**context, "form": form, "page": page}, status=status)


def patient_act(
    request: HttpRequest,
    here: Bedside,
    form: ActForm,
    page: Page,
    record: Callable[[Mapping[str, Any]], object],
    shown: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """A form about one patient. `record` gets what every action takes: who by, and as which submission; `shown` is what
    a template of its own takes besides."""

    def at_the_bedside() -> str:
        record({"by": here.user, "submission_id": form.cleaned_data["submission_id"]})
        seen = patients_for(here.user).filter(pk=here.patient.pk).exists()  # not after a transfer to another ward
        return reverse("patient_detail", args=[here.patient.pk]) if seen else reverse("patient_list")

    context = here.context() | {"save": f"Record for {two_identifiers(here.patient)}", "leaves": "act"}
    context |= about_draft(request, here, form.data) | dict(shown or {})
    answer = act_page(request, form, page, at_the_bedside, context)
    if answer.status_code == 302:
        tell_regraded(request, form.cleaned_data["submission_id"])
    return answer


def _recorded(form: ActForm, record: Callable[[], str]) -> str | None:
    """The address to go to; None where the action refused, with its sentences at the fields that it names.

    Sent again, a form whose submission was closed goes on under another."""
    try:
        return record()
    except Refused as refused:
        if isinstance(refused, SubmissionClosed):
            form.go_on_as(refused.goes_on_as)
        for name, sentence in refused.errors.items():
            form.add_error(form.field_for(name), sentence)
        return None
