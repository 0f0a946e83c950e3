"""What is told at the change of shift: of one patient, of the ward, and the sheets for when nothing runs?"""

from typing import Final
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_safe

from patients.board import board_rows
from patients.handover.case import handed_over, on_ward
from patients.handover.sbar import sbars
from patients.models import User, Ward
from patients.permissions import ward_patients
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
    """A short SBAR of each patient of one ward (`?ward=`, else the first of the user's), 100 a page: by bed, or in the
    board's order, who needs someone first (`?order=need`)."""
    user = signed_in(request)
    wards = list(user.wards.all())
    ward = _ward_asked_for(request, user)
    now = timezone.now()
    lying = on_ward(ward_patients(user), ward) if ward else []
    by_need = request.GET.get("order") == "need"
    if by_need:
        places = {row.pk: place for place, row in enumerate(board_rows(lying, now))}
        lying.sort(key=lambda one: places[one.pk])
    page = Paginator(lying, PAGE).get_page(request.GET.get("page"))
    with timezone.override(ward.zone if ward else None):
        context = {
            "ward": ward,
            "wards": wards,
            "sbars": sbars(list(page.object_list), now, short=True),
            "page": page,
            "by_need": by_need,
            "pdf": f"?{_same_page(ward, page.number, by_need)}&format=pdf" if ward else "",
            "shift": handed_over(ward, now) if ward else None,
            "now": now,
            "may": allowed(user),
        }
        return on_screen_or_paper(
            request, "patients/ward_handover.html", "paper/ward_handover.html", context, "ward-handover"
        )


def _ward_asked_for(request: HttpRequest, user: User) -> Ward | None:
    """`?ward=`, else the first of the user's. 404 where it is none of theirs."""
    asked = request.GET.get("ward", "")
    if asked and not (asked.isascii() and asked.isdecimal()):
        raise Http404("No such ward.")
    return get_object_or_404(user.wards, pk=int(asked)) if asked else user.wards.first()


def _same_page(ward: Ward, page: int, by_need: bool) -> str:
    return urlencode({"ward": ward.pk, "page": page} | ({"order": "need"} if by_need else {}))


@require_safe
def blank_sheet(request: HttpRequest) -> HttpResponse:
    """Paper for eight hours, with the tables of the scales; the rounds and windows are those of one ward (`?ward=`,
    else the first of the user's)."""
    user = signed_in(request)
    ward = _ward_asked_for(request, user)
    context = {
        "sheet": sheet_of(ward.current.as_settings()) if ward else sheet_of(),
        "ward": ward,
        "wards": list(user.wards.all()),
        "pdf": f"?{urlencode({'ward': ward.pk})}&format=pdf" if ward else "?format=pdf",
        "may": allowed(user),
        "now": timezone.now(),
    }
    return on_screen_or_paper(request, "patients/blank_sheet.html", "paper/blank_sheet.html", context, "blank-sheet")
