"""A dose is given, perhaps on an accepted decision: with which values does the form open, and what is asked?"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from grading import record
from grading.numbers import dose as plain_dose
from grading.prescribing import Computed
from patients import actions
from patients.actions.marks import doses_of_drug, marks
from patients.decisions import suggested
from patients.forms.treatment import GivingForm
from patients.models import Decision, Infusion, Treatment
from patients.record import charted, versions_of
from patients.views.act_page import Group, Page, open_and_post, patient_act, posted
from patients.views.bedside import Bedside, bedside
from patients.views.cards import cards
from patients.views.names import DRUGS, UNITS
from patients.views.paper_entry import from_paper, people_of

FIELDS: Final = ("drug", "dose", "unit", "route", "purpose", "at", "note")


@open_and_post
@bedside("give_treatment")
def give_treatment(request: HttpRequest, here: Bedside, decision: int | None = None) -> HttpResponse:
    """`decision` is the key of the accepted decision that the dose is given on; the form opens with its dose."""
    accepted = _accepted(here, decision) if decision is not None else None
    key = _submission(request)
    form = GivingForm(
        posted(request),
        computed=_computed(here, accepted),
        accepted=str(accepted.shown.get("drug") or "") if accepted else "",
        since=lambda drug, seen: [
            one for one in doses_of_drug(here.patient, drug) if one.pk > seen and one.submission_id != key
        ],
        unusual=lambda drug, at: _unusual(here, drug, at, key),
        brands=here.ward.current.as_settings().brands,
        initial=_initial(here, accepted),
    )
    page = Page(
        heading=f"Give {accepted.shown.get('drug')}" if accepted else "Give a treatment",
        done="a treatment given",
        lead="What was given, as it was given. This records; it orders nothing.",
        groups=(Group([form[name] for name in FIELDS], wide=("drug", "note")), from_paper(form)),
        lists={"drugs": DRUGS, "units": UNITS, "people": people_of(here.ward)},
        template="patients/give.html",
    )

    def write(entry: Mapping[str, Any]) -> object:
        said = {name: form.cleaned_data[name] for name in FIELDS}
        return actions.give_treatment(
            patient=here.patient,
            accepted_decision=accepted,
            doses_seen=_seen(here, form.cleaned_data["seen"]),
            confirmed_after=[one.pk for one in form.new_doses],
            observed_by=form.cleaned_data["observed_by"],
            typed=form.typed,
            confirmed=form.confirmed,
            **said,
            **entry,
        )

    about = {"accepted": accepted, "came_back": _came_back(here, accepted) if accepted else ()}
    return patient_act(request, here, form, page, write, about)


def _accepted(here: Bedside, key: int) -> Decision:
    """The accepted decision of this patient; 404 for any other."""
    rows = Decision.objects.standing().filter(infusion__patient=here.patient, answer="accepted")
    return get_object_or_404(rows.select_related("entered_by", "infusion"), pk=key)


def _initial(here: Bedside, accepted: Decision | None) -> dict[str, Any]:
    """What the form opens with: the accepted dose, to be changed to the one given. A range is left to who gives it."""
    last = Treatment.objects.filter(patient=here.patient).aggregate(last=Max("pk"))["last"]
    initial: dict[str, Any] = {"seen": last or 0}
    dose = accepted.shown.get("dose") if accepted else None
    if accepted is None or not isinstance(dose, dict):
        return initial
    initial |= {"drug": accepted.shown.get("drug"), "unit": dose["unit"], "route": accepted.shown.get("route")}
    initial["purpose"] = "crs"
    if not accepted.shown.get("up_to"):
        initial["dose"] = plain_dose(Decimal(dose["amount"])).replace(",", "")
    return initial


def _computed(here: Bedside, accepted: Decision | None) -> tuple[Computed, ...]:
    """The doses to compare with: the accepted one, else those that are suggested now."""
    if accepted is not None:
        kept = Computed.from_document(accepted.shown)
        return (kept,) if kept is not None else ()
    if here.infusion is None or not here.open:
        return ()
    course = charted([here.infusion])[0]
    return tuple(Computed.of(one) for card in cards(here, course, course.graded()) for one in card.doses)


def _submission(request: HttpRequest) -> UUID | None:
    """The form's own id: what it recorded already, a retry is not asked about."""
    try:
        return UUID(request.POST.get("submission_id", ""))
    except ValueError:
        return None


def _unusual(here: Bedside, drug: str, at: datetime | None, key: UUID | None) -> dict[str, str]:
    """The marks that a dose of this drug at this time will get by the ledger, in words."""
    given = record.Treatment(at=at or here.now, drug=drug)
    found = marks(here.patient, given, None)
    # Read after the marks: a first tap that is recorded meanwhile and was counted by them is found here.
    before = Treatment.objects.filter(patient=here.patient, submission=key).first() if key else None
    if before is not None:
        found = marks(here.patient, given, None, instead_of=before)
    return {mark["key"]: mark["words"] for mark in found}


def _seen(here: Bedside, last: int | None) -> list[int] | None:
    """The keys of the treatments that the form was shown with: one patient's are written one after the other."""
    if last is None:
        return None
    return list(Treatment.objects.filter(patient=here.patient, pk__lte=last).values_list("pk", flat=True))


def _is_of(decision: Decision, infusion: Infusion) -> bool:
    """Was it made in this course? Also where the infusion was corrected since."""
    return decision.infusion_id in versions_of([infusion])


def _came_back(here: Bedside, accepted: Decision) -> tuple[str, ...]:
    """What changed since the decision, in words."""
    infusion = here.infusion if here.infusion is not None and _is_of(accepted, here.infusion) else accepted.infusion
    course = charted([infusion])[0]
    step = next((s for s in suggested(course, course.graded(), here.now) if s.suggestion.id == accepted.step), None)
    if step is None:
        return ("it is no longer suggested",)
    if step.decision is not None and step.decision != accepted:
        return (f"a later decision says {step.decision.get_answer_display().lower()}",)
    return step.came_back
