"""What is charted at the bedside beside the assessment: which form leads to which act?"""

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from patients import actions
from patients.forms.facts import FactsForm
from patients.forms.infusion import InfusionDoseForm, InfusionEventForm, InfusionForm
from patients.forms.measurement import MeasuringForm
from patients.forms.placement import ProtocolForm
from patients.models import Infusion, PatientFacts, ProtocolChoice
from patients.views.act_page import Group, Page, open_and_post, patient_act, posted
from patients.views.bedside import Bedside, bedside
from patients.views.names import PRODUCTS, UNITS
from patients.views.paper_entry import from_paper, people_of
from patients.views.replaced import HoldsAnother, asked_once_more, changed_since_opened
from patients.views.said import pairs
from patients.views.stay import BEFORE_THERAPY, INFUSION, NOT_CHARTED, WIDE


@open_and_post
@bedside("record_measurement")
def record_measurement(request: HttpRequest, here: Bedside) -> HttpResponse:
    height = here.patient.height
    before_cm = height.height_cm if height else None
    form = MeasuringForm(posted(request), before_kg=here.patient.weight_kg, before_cm=before_cm)
    page = Page(
        heading="Weight and height",
        done="weight and height",
        groups=(Group([form["weight_kg"], form["height_cm"], form["at"]]), from_paper(form)),
        lists={"people": people_of(here.ward)},
    )

    def record(entry: Mapping[str, Any]) -> object:
        said = {name: form.cleaned_data[name] for name in ("weight_kg", "height_cm", "at", "observed_by")}
        return actions.record_measurement(
            patient=here.patient, typed=form.typed, confirmed=form.confirmed, **said, **entry
        )

    return patient_act(request, here, form, page, record)


@open_and_post
@bedside("change_facts")
def change_facts(request: HttpRequest, here: Bedside) -> HttpResponse:
    return asked_once_more(lambda: _facts_page(request, here))


def _facts_page(request: HttpRequest, here: Bedside) -> HttpResponse:
    rows = PatientFacts.objects.filter(patient=here.patient)
    facts = rows.standing().select_related("entered_by").latest("id")
    form = FactsForm(
        posted(request),
        holds=facts,
        changed=changed_since_opened(request, rows, facts, here.now, pairs),
        initial=FactsForm.initial_of(facts),
    )
    page = Page(
        heading="Facts and allergies",
        done="facts and allergies",
        lead="They hold for the whole course: its grades are computed anew. What was shown before stays stored.",
        groups=(
            Group([form["birth_date"], form["sex"]], "Who"),
            Group([form["allergies"], form["allergies_to"]], "Allergies", wide=("allergies_to",)),
            Group([form[name] for name in BEFORE_THERAPY], "Before therapy", NOT_CHARTED, wide=WIDE),
            Group([form["ceilings_of_care"]], "Ceilings of care", wide=WIDE),
        ),
    )

    def record(entry: Mapping[str, Any]) -> object:
        try:
            return actions.change_facts(
                patient=here.patient,
                facts=actions.Facts(**form.facts),
                opened_on=form.cleaned_data["opened_on"] or 0,
                **entry,
            )
        except actions.HoldsNoMore as another:
            raise HoldsAnother from another

    return patient_act(request, here, form, page, record)


@open_and_post
@bedside("choose_protocol")
def choose_protocol(request: HttpRequest, here: Bedside) -> HttpResponse:
    return asked_once_more(lambda: _protocol_page(request, here))


def _protocol_page(request: HttpRequest, here: Bedside) -> HttpResponse:
    rows = ProtocolChoice.objects.filter(patient=here.patient)
    choice = rows.standing().select_related("entered_by").order_by("id").last()
    form = ProtocolForm(
        posted(request),
        holds=choice,
        changed=changed_since_opened(request, rows, choice, here.now, pairs),
        default=here.ward.current.default_protocol,
        initial={"protocol": (choice.protocol if choice else None) or ""},
    )
    page = Page(
        heading="Protocol",
        done="the protocol",
        lead="It decides what is suggested and which scale governs. Doses of one never stand beside the other's.",
        groups=(Group([form["protocol"], form["reason"]], wide=("reason",)),),
    )

    def record(entry: Mapping[str, Any]) -> object:
        said = form.cleaned_data
        try:
            return actions.choose_protocol(
                patient=here.patient,
                protocol=said["protocol"],
                reason=said["reason"],
                opened_on=said["opened_on"] or 0,
                **entry,
            )
        except actions.HoldsNoMore as another:
            raise HoldsAnother from another

    return patient_act(request, here, form, page, record)


@open_and_post
@bedside("start_infusion")
def start_infusion(request: HttpRequest, here: Bedside) -> HttpResponse:
    form = InfusionForm(posted(request))
    page = Page(
        heading="New infusion",
        done="a new infusion",
        lead="It starts a course of its own and ends the one before. "
        "A further dose of the same product belongs to the course that is open.",
        groups=(Group([form[name] for name in INFUSION]),),
        lists={"products": PRODUCTS},
    )

    def record(entry: Mapping[str, Any]) -> object:
        new = actions.NewInfusion(**{name: form.cleaned_data[name] for name in INFUSION})
        return actions.start_infusion(patient=here.patient, infusion=new, **entry)

    return patient_act(request, here, form, page, record)


@open_and_post
@bedside("record_dose_step")
def record_dose_step(request: HttpRequest, here: Bedside) -> HttpResponse:
    infusion = _infusion(here)
    form = InfusionDoseForm(posted(request))
    names = ("dose", "unit", "lot", "at", "note")
    page = Page(
        heading="Dose of the infusion",
        done="a dose of the infusion",
        lead=f"A dose of {infusion.product}, within its course.",
        groups=(Group([form[name] for name in names], wide=("note",)),),
        lists={"units": UNITS},
    )

    def record(entry: Mapping[str, Any]) -> object:
        said = {name: form.cleaned_data[name] for name in names}
        return actions.record_dose_step(infusion=infusion, **said, **entry)

    return patient_act(request, here, form, page, record)


@open_and_post
@bedside("record_infusion_event")
def record_infusion_event(request: HttpRequest, here: Bedside) -> HttpResponse:
    infusion = _infusion(here)
    form = InfusionEventForm(posted(request))
    page = Page(
        heading="Interrupt, resume or discontinue",
        done="what happened to the infusion",
        lead=f"{infusion.product}. Nothing undoes a discontinuation.",
        groups=(Group([form["action"], form["at"], form["note"]], wide=("note",)),),
    )

    def record(entry: Mapping[str, Any]) -> object:
        said = {name: form.cleaned_data[name] for name in ("action", "at", "note")}
        return actions.record_infusion_event(infusion=infusion, **said, **entry)

    return patient_act(request, here, form, page, record)


def _infusion(here: Bedside) -> Infusion:
    """The infusion whose course is open; 404 where none is charted."""
    if here.infusion is None:
        raise Http404("No infusion is charted for this patient.")
    return here.infusion
