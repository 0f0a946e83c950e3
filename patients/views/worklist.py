"""Whom does the physician see first?

Concerns that wait, then grades to review: the highest, and of one grade the longest unseen; then watches that are over.
"""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import parse_etags
from django.views.decorators.http import require_safe

from patients.formats import shown_age, shown_moment_near
from patients.models import User
from patients.permissions import require, ward_patients
from patients.places import alike_on_ward
from patients.signatures import ToSign
from patients.views.banner import family_given
from patients.views.bedside import allowed, signed_in
from patients.views.concern import ConcernShown, shown_concern, ward_and_bed
from patients.views.signing import Impression, impression_of
from patients.waiting import Waiting, waiting_for
from patients.writes import writes_of

MINUTE: Final = 60  # seconds: how soon the clock alone shows
WAITING_HEADER: Final = "X-Waiting"  # how many wait: what the navigation of an open page says


@dataclass(frozen=True, slots=True)
class Watch:
    """A step watched until a time that has come."""

    step: str
    headline: str
    since: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One patient as the worklist shows them, times by the clock of the patient's ward."""

    pk: int
    name: str
    age: str
    number: str
    place: str
    alike: bool
    concerns: tuple[ConcernShown, ...]
    asked: ToSign | None
    seen: str
    impression: Impression | None
    watches: tuple[Watch, ...]


@require_safe
def worklist(request: HttpRequest) -> HttpResponse:
    """The patients of the user's wards who wait for a physician, the discharged too."""
    user = signed_in(request)
    require(user, "sign")
    return render(request, "patients/worklist.html", _context(user))


@require_safe
def worklist_rows(request: HttpRequest) -> HttpResponse:
    """The rows alone, for a worklist that is open: 304 while what it has is what would be drawn now."""
    user = signed_in(request)
    require(user, "sign")
    tag = tag_of_wards(user, timezone.now())
    if tag in parse_etags(request.headers.get("If-None-Match", "")):
        return HttpResponse(status=304, headers={"ETag": tag})
    context = _context(user)
    response = render(request, "patients/_worklist_rows.html", context)
    response.headers["ETag"] = context["tag"]
    response.headers[WAITING_HEADER] = str(len(context["rows"]))
    return response


def tag_of_wards(user: User, now: datetime) -> str:
    """Of every write about a patient of the user's wards, the wards' settings, and the clock by the minute."""
    written = writes_of(ward_patients(user).values_list("pk", flat=True))
    settings = sorted(ward.current.pk for ward in user.wards.all())
    parts = (user.pk, sorted(written.items()), settings, int(now.timestamp()) // MINUTE)
    return f'"{sha256(repr(parts).encode()).hexdigest()[:32]}"'


def _context(user: User) -> dict[str, Any]:
    now = timezone.now()
    tag = tag_of_wards(user, now)  # before the rows are read: a write in between is fetched again
    patients = list(ward_patients(user).present())
    like = alike_on_ward(one for one in patients if not one.discharged)
    return {
        "rows": [_row(one, one.patient.pk in like) for one in waiting_for(patients, now)],
        "wards": list(user.wards.all()),
        "tag": tag,
        "may": allowed(user),
        "on_worklist": True,
        "now": now,
    }


def _row(one: Waiting, is_alike: bool) -> Row:
    patient, now = one.patient, timezone.now()
    assert patient.ward is not None
    with timezone.override(patient.ward.zone):
        return Row(
            pk=patient.pk,
            name=family_given(patient),
            age=shown_age(patient.birth_date, timezone.localtime(now).date()),
            number=patient.mrn,
            place=ward_and_bed(patient),
            alike=is_alike,
            concerns=tuple(shown_concern(concern, now) for concern in one.concerns),
            asked=one.asked,
            seen=shown_moment_near(one.asked.graded.at, now) if one.asked else "",
            impression=impression_of(one.asked.graded) if one.asked else None,
            watches=tuple(Watch(w.step, w.headline, shown_moment_near(w.since, now)) for w in one.watches),
        )
