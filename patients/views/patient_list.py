"""Who lies on my wards, how ill are they, and who is due?

Names and numbers that are searched for are posted: they never stand in an address.
"""

import re
from collections.abc import Container, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from grading.reassessment import laboratory_due_after
from grading.result import Verdict
from patients.assignments import assigned
from patients.formats import shown_age, shown_moment_near
from patients.glance import glances
from patients.models import Death, Infusion, Patient
from patients.pauses import pauses_of
from patients.permissions import ward_patients
from patients.places import alike_on_ward, by_bed
from patients.views.banner import family_given, therapy_and_day
from patients.views.bedside import allowed, signed_in
from patients.views.concern import waiting_concerns
from patients.views.due import Due, due_of

PAGE: Final = 100
SHOWS: Final = (("here", "On the ward"), ("gone", "Discharged or died"), ("all", "All"))


@dataclass(frozen=True, slots=True)
class Search:
    """What was asked for."""

    text: str = ""
    ward: int | None = None
    show: str = "here"
    page: str = "1"

    @property
    def narrowed(self) -> bool:
        return bool(self.text or self.ward or self.show != "here")

    @classmethod
    def posted(cls, data: QueryDict) -> "Search":
        ward = data.get("ward", "")
        show = data.get("show", "")
        return cls(
            text=data.get("text", "").strip()[:80],
            ward=int(ward) if re.fullmatch("[0-9]{1,9}", ward, re.ASCII) else None,
            show=show if show in dict(SHOWS) else "here",
            page=data.get("page", "1"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One patient as the list shows them."""

    pk: int
    bed: str
    ward: str
    name: str
    age: str
    number: str
    alike: bool
    therapy: str
    verdict: Verdict | None
    ended: str  # «Discharged», «Died»; empty on the ward
    assessed_at: datetime | None  # the last time that anything was observed
    assessed: str  # the clock of the patient's ward
    due: Due | None
    laboratory_due_after: datetime | None  # in CRS: after when there is no result for 24 h
    nurse: str  # whose the patient is in this shift; empty: nobody's


@require_http_methods(["GET", "HEAD", "POST"])
def patient_list(request: HttpRequest) -> HttpResponse:
    """The patients of the user's wards, by ward and bed, 100 a page."""
    user = signed_in(request)
    now = timezone.now()
    search = Search.posted(request.POST) if request.method == "POST" else Search()
    wards = list(user.wards.all())
    everyone = list(ward_patients(user).present())
    died = set(Death.objects.standing().filter(patient__in=everyone).values_list("patient_id", flat=True))
    found = sorted((p for p in everyone if is_sought(p, search, died)), key=by_bed)
    page = Paginator(found, PAGE).get_page(search.page)
    like = alike_on_ward(one for one in everyone if not one.discharged and one.pk not in died)
    concerned = waiting_concerns(everyone, now)
    context = {
        "concerned": concerned,
        "with_concern": {one.patient.pk for one in concerned},
        "rows": _rows(page.object_list, died, like, now),
        "page": page,
        "search": search,
        "shows": SHOWS,
        "wards": wards,
        "now": now,
        "may": allowed(user),
    }
    return render(request, "patients/patient_list.html", context)


def is_sought(patient: Patient, search: Search, died: set[int]) -> bool:
    gone = patient.discharged or patient.pk in died
    if search.show != "all" and gone is not (search.show == "gone"):
        return False
    if search.ward is not None and (patient.ward is None or patient.ward.pk != search.ward):
        return False
    bed = patient.bed.label if patient.bed else ""
    where = f"{patient.family_name} {patient.given_name} {patient.family_name} {patient.mrn} {bed}".casefold()
    close = patient.mrn.replace(" ", "")
    words = search.text.casefold().replace(",", " ").split()
    return all(word in where for word in words) or (bool(words) and "".join(words) in close.casefold())


def _rows(patients: Iterable[Patient], died: set[int], like: Container[int], now: datetime) -> list[Row]:
    """The rows in order, each course graded as known now."""
    shown = list(patients)
    open_ = list(
        Infusion.objects.standing()
        .filter(patient__in=shown, started_at__lte=now)
        .order_by("patient_id", "-started_at")
        .distinct("patient_id")
    )
    infusions, seen = {infusion.patient_id: infusion for infusion in open_}, glances(open_, shown)
    paused = pauses_of([one for one in shown if not one.discharged and one.pk not in died], now)
    nurses = assigned(shown, now)
    rows = []
    for patient in shown:
        infusion = infusions.get(patient.pk)
        found = seen[infusion.pk] if infusion else None
        last = found.graded.latest if found else None
        seen_at = (last.observed_at if last.verdict else last.at) if last else None
        assert patient.ward is not None
        with timezone.override(patient.ward.zone):
            rows.append(
                Row(
                    pk=patient.pk,
                    bed=patient.bed.label if patient.bed else "",
                    ward=patient.ward.name,
                    name=family_given(patient),
                    age=shown_age(patient.birth_date, timezone.localtime(now).date()),
                    number=patient.mrn,
                    alike=patient.pk in like,
                    therapy=therapy_and_day(infusion, now) if infusion else "No infusion charted",
                    verdict=last.verdict if last else None,
                    ended="Died" if patient.pk in died else "Discharged" if patient.discharged else "",
                    assessed_at=seen_at,
                    assessed=shown_moment_near(seen_at, now) if seen_at else "",
                    due=due_of(last, now, paused.get(patient.pk)),
                    laboratory_due_after=laboratory_due_after(found.graded, found.course) if found else None,
                    nurse=nurses.get(patient.pk, ""),
                )
            )
    return rows
