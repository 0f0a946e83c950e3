"""A patient comes, gets another bed, goes, dies: which form leads to which act?"""

from collections.abc import Mapping
from datetime import tzinfo
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from patients import actions
from patients.forms.admission import AdmissionForm, RenameForm
from patients.forms.placement import DeathForm, DischargeForm, ReadmissionForm, TransferForm
from patients.models import User, Ward
from patients.permissions import require
from patients.views.act_page import Group, Page, act_page, open_and_post, patient_act, posted
from patients.views.bedside import Bedside, allowed, bedside, signed_in
from patients.views.names import PRODUCTS

WHO: Final = ("family_name", "given_name", "mrn", "birth_date", "sex", "place", "at")
BODY: Final = ("allergies", "allergies_to", "weight_kg", "height_cm")
INFUSION: Final = ("cause", "product", "lot", "started_at")
BEFORE_THERAPY: Final = (
    "baseline_systolic",
    "baseline_diastolic",
    "home_oxygen_l_min",
    "extensive_comorbidities",
    "long_term_glucocorticoid",
    "neutropenic",
    "neurology_baseline",
)
WIDE: Final = ("neurology_baseline", "ceilings_of_care")
NOT_CHARTED: Final = "What is left blank is not charted; it is never read as normal."


def wards_of(user: User) -> list[Ward]:
    """The wards that the user works on, with their beds."""
    return list(user.wards.prefetch_related("beds"))


def _zone(wards: list[Ward], place: str) -> tzinfo:
    """The zone of the ward of a posted place; before one is chosen, of the first."""
    chosen = [ward for ward in wards if place.partition(":")[0] == str(ward.pk)]
    return next((ward.zone for ward in (*chosen, *wards)), timezone.get_default_timezone())


@open_and_post
def admit_patient(request: HttpRequest) -> HttpResponse:
    """A new patient, with the infusion when there was one. Times are in the zone of the ward that is chosen."""
    user = signed_in(request)
    require(user, "admit_patient")
    wards = wards_of(user)
    with timezone.override(_zone(wards, request.POST.get("place", ""))):
        form = AdmissionForm(posted(request), wards=wards)

        def record() -> str:
            said = form.cleaned_data
            ward, bed = said["place"]
            patient = actions.admit_patient(
                by=user,
                submission_id=said["submission_id"],
                mrn=said["mrn"],
                family_name=said["family_name"],
                given_name=said["given_name"],
                facts=actions.Facts(**form.facts),
                ward=ward,
                bed=bed,
                at=said["at"],
                weight_kg=said["weight_kg"],
                height_cm=said["height_cm"],
                infusion=actions.NewInfusion(**{name: said[name] for name in INFUSION}) if form.has_infusion else None,
                typed=form.typed,
                confirmed=form.confirmed,
            )
            return reverse("patient_detail", args=[patient.pk])

        page = Page(
            heading="New patient",
            done="the new patient",
            groups=(
                Group([form[name] for name in WHO], "Who and where", wide=("place",)),
                Group([form[name] for name in BODY], "Allergies, weight and height", wide=("allergies_to",)),
                Group([form[name] for name in INFUSION], "Infusion", "Leave all of it blank when none was given yet."),
                Group([form[name] for name in BEFORE_THERAPY], "Before therapy", NOT_CHARTED, wide=WIDE),
                Group([form["ceilings_of_care"]], "Ceilings of care", wide=WIDE),
            ),
            lists={"products": PRODUCTS},
        )
        context = {"may": allowed(user), "back": reverse("patient_list"), "save": "Record the new patient"}
        return act_page(request, form, page, record, context)


@open_and_post
@bedside("rename_patient")
def rename_patient(request: HttpRequest, here: Bedside) -> HttpResponse:
    patient = here.patient
    now = {"mrn": patient.mrn, "family_name": patient.family_name, "given_name": patient.given_name}
    form = RenameForm(posted(request), initial=now)
    page = Page(
        heading="Name and number",
        done="name and number",
        lead="The name and number before stay in the history.",
        groups=(Group([form["family_name"], form["given_name"], form["mrn"]]),),
    )

    def record(entry: Mapping[str, Any]) -> object:
        names = {name: form.cleaned_data[name] for name in now}
        return actions.rename_patient(patient=patient, **names, **entry)

    return patient_act(request, here, form, page, record)


@open_and_post
@bedside("transfer")
def transfer(request: HttpRequest, here: Bedside) -> HttpResponse:
    form = TransferForm(posted(request), wards=wards_of(here.user))
    page = Page(
        heading="Transfer",
        done="the transfer",
        lead=f"A transfer to your ward takes the patient off the board of {here.ward}, and your ward sees them from "
        "then on, not for this hour alone."
        if here.glass
        else "",
        groups=(Group([form["place"], form["at"]], wide=("place",)),),
    )

    def record(entry: Mapping[str, Any]) -> object:
        ward, bed = form.cleaned_data["place"]
        return actions.transfer(patient=here.patient, ward=ward, bed=bed, at=form.cleaned_data["at"], **entry)

    return patient_act(request, here, form, page, record)


@open_and_post
@bedside("readmit")
def readmit(request: HttpRequest, here: Bedside) -> HttpResponse:
    form = ReadmissionForm(posted(request), wards=wards_of(here.user))
    page = Page(
        heading="Admit again", done="the admission", groups=(Group([form["place"], form["at"]], wide=("place",)),)
    )

    def record(entry: Mapping[str, Any]) -> object:
        ward, bed = form.cleaned_data["place"]
        return actions.readmit(patient=here.patient, ward=ward, bed=bed, at=form.cleaned_data["at"], **entry)

    return patient_act(request, here, form, page, record)


@open_and_post
@bedside("discharge")
def discharge(request: HttpRequest, here: Bedside) -> HttpResponse:
    form = DischargeForm(posted(request))
    page = Page(
        heading="Discharge",
        done="the discharge",
        lead="The record stays with the ward that is left; the bed becomes free.",
        grave=True,
        groups=(Group([form["at"]]),),
    )

    def record(entry: Mapping[str, Any]) -> object:
        return actions.discharge(patient=here.patient, at=form.cleaned_data["at"], **entry)

    return patient_act(request, here, form, page, record)


@open_and_post
@bedside("record_death")
def record_death(request: HttpRequest, here: Bedside) -> HttpResponse:
    form = DeathForm(posted(request))
    page = Page(
        heading="Death",
        done="the death",
        lead="After a charted death nothing more is graded or suggested.",
        grave=True,
        groups=(Group([form["at"], form["due_to_crs"]]),),
    )

    def record(entry: Mapping[str, Any]) -> object:
        said = form.cleaned_data
        return actions.record_death(patient=here.patient, at=said["at"], due_to_crs=said["due_to_crs"], **entry)

    return patient_act(request, here, form, page, record)
