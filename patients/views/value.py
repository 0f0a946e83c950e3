"""How is a single value charted straight from where it is shown? As an assessment that holds nothing else.

The page is the assessment form with the fields of one sign; its grade and its recording are those of `assess`.
"""

from typing import Final
from urllib.parse import urlsplit

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve, reverse
from django.views.decorators.http import require_http_methods

from patients.drafts import draft_of, sent
from patients.forms.one_sign import SIGNS, Sign
from patients.views.assess import Work, charted_once, context_of, work_of
from patients.views.banner import two_identifiers
from patients.views.bedside import Bedside, bedside

CAME_FROM: Final = "came_from"
PLACES: Final = frozenset({"board", "patient_list", "worklist"})  # else the patient's page: nothing else is gone to


class SignConverter:
    """The part of an address that names a sign: one of the table."""

    regex = "|".join(SIGNS)

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


@bedside("record_assessment")
@require_http_methods(["GET", "HEAD", "POST"])
def chart_value(request: HttpRequest, here: Bedside, sign: str) -> HttpResponse:
    """GET opens the form of one sign. POST records it once and leads back to where it was opened from."""
    of = SIGNS[sign]
    if request.method != "POST":
        if not here.open:
            messages.info(request, "Nothing more is charted for this patient.")
            return redirect("patient_detail", here.patient.pk)
        return _page(request, here, of, work_of(here, draft_of(request)), 200)

    def page(work: Work, status: int) -> HttpResponse:
        return _page(request, here, of, work, status)

    done = f"Recorded for {two_identifiers(here.patient)}: {of.name}."
    return charted_once(request, here, of.only(sent(request, here.now)), page, to=_back(request, here), done=done)


def _page(request: HttpRequest, here: Bedside, sign: Sign, work: Work, status: int) -> HttpResponse:
    shown = {
        **here.context(),
        **context_of(request, here, work),
        "save": f"Record for {two_identifiers(here.patient)}",
        "sign": sign,
        "fields": [work.form[name] for name in sign.fields],
        "came_from": _came_from(request),
        "back": _back(request, here),
        "leaves": "assess",
    }
    return render(request, "patients/value.html", shown, status=status)


def _came_from(request: HttpRequest) -> str:
    """The page that led here, of the closed list; empty for the patient's own."""
    if request.method == "POST":
        said = request.POST.get(CAME_FROM, "")
        return said if said in PLACES else ""
    try:
        name = resolve(urlsplit(request.headers.get("Referer", "")).path).url_name or ""
    except (Resolver404, ValueError):
        return ""
    return name if name in PLACES else ""


def _back(request: HttpRequest, here: Bedside) -> str:
    place = _came_from(request)
    return reverse(place) if place else reverse("patient_detail", args=[here.patient.pk])
