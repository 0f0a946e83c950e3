"""What is told at the change of shift: of one patient, of the ward, and the sheets for when nothing runs?"""

from collections.abc import Iterable
from typing import Final

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_safe

from patients.handover.case import handed_over
from patients.handover.sbar import sbars
from patients.models import Death, Patient, Ward
from patients.permissions import patients_for
from patients.places import by_bed
from patients.sheet import blank_sheet as sheet_of
from patients.views.bedside import Bedside, allowed, bedside, signed_in
from patients.views.paper import on_screen_or_paper

PAGE: Final = 100


@require_safe
@bedside()
def handover(request: HttpRequest, here: Bedside) -> HttpResponse:
    """SBAR of one patient, each sentence with the rows that it rests on."""
    context = here.context() | {
        "sbar": sbars([here.patient], here.now)[0],
        "shift": handed_over(here.ward, here.now),
        "now": here.now,
        "reader": str(here.user),
    }
    return on_screen_or_paper(request, "patients/handover.html", "paper/handover.html", context, "handover")


@require_safe
def ward_handover(request: HttpRequest) -> HttpResponse:
    """A short SBAR of each patient of one ward, by bed, 100 a page; `?ward=` is the key of one of the user's wards."""
    user = signed_in(request)
    wards = list(user.wards.all())
    asked = request.GET.get("ward", "")
    if asked and not (asked.isascii() and asked.isdecimal()):
        raise Http404("No such ward.")
    ward: Ward | None = get_object_or_404(user.wards, pk=int(asked)) if asked else next(iter(wards), None)
    now = timezone.now()
    lying = on_ward(patients_for(user).present(), ward) if ward else []
    page = Paginator(lying, PAGE).get_page(request.GET.get("page"))
    with timezone.override(ward.zone if ward else None):
        context = {
            "ward": ward,
            "wards": wards,
            "sbars": sbars(list(page.object_list), now, short=True),
            "page": page,
            "shift": handed_over(ward, now) if ward else None,
            "now": now,
            "may": allowed(user),
        }
        return on_screen_or_paper(
            request, "patients/ward_handover.html", "paper/ward_handover.html", context, "ward-handover"
        )


def on_ward(patients: Iterable[Patient], ward: Ward) -> list[Patient]:
    """Those of the patients, read as `present()`, who lie on the ward and live; by bed."""
    lying = [one for one in patients if one.ward == ward and not one.discharged]
    died = set(Death.objects.standing().filter(patient__in=lying).values_list("patient_id", flat=True))
    return sorted((one for one in lying if one.pk not in died), key=by_bed)


@require_safe
def blank_sheet(request: HttpRequest) -> HttpResponse:
    """Paper for eight hours, with the tables of the scales."""
    user = signed_in(request)
    context = {"sheet": sheet_of(), "may": allowed(user), "now": timezone.now()}
    return on_screen_or_paper(request, "patients/blank_sheet.html", "paper/blank_sheet.html", context, "blank-sheet")
