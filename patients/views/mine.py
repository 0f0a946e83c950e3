"""What is due for me? Everything that waits for the patients who are mine in this shift, overdue first."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import parse_etags
from django.views.decorators.http import require_safe

from grading.reassessment import passed
from grading.result import Verdict
from patients.assignments import mine
from patients.formats import shown_moment_near
from patients.models import Death, Infusion, Patient, User, Ward
from patients.pauses import Paused, pauses_of
from patients.permissions import require, ward_patients
from patients.places import alike_where_they_lie, by_bed
from patients.record import Charted, charted
from patients.shifts import shift_of
from patients.tasks import Kind, Task, tasks
from patients.views.assigning import words_of
from patients.views.banner import family_given
from patients.views.bedside import allowed, signed_in
from patients.views.concern import waiting_concerns
from patients.views.due import Due, due_of
from patients.views.worklist import tag_of_wards

OVERDUE: Final = frozenset({Kind.RESULT, Kind.WATCH})  # their time has come; the others wait without one
ACTS: Final = {
    Kind.RESULT: "Enter a result",
    Kind.WATCH: "Look at the watch",
    Kind.POINTS: "Tick the points",
    Kind.DOSE: "Give",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mine:
    """One of my patients: who, where, and the grade with its time."""

    pk: int
    name: str
    number: str
    bed: str
    ward: str
    alike: bool
    infused: bool
    verdict: Verdict | None
    seen_at: datetime | None  # what the grade rests on
    overtaken_at: datetime | None  # since when the clock has overtaken a value behind the grade


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """Something due for one patient, and the page that does it. `due` is the round; else `since` says since when."""

    patient: Mine
    at: datetime
    overdue: bool
    what: str
    act: str
    url: str
    due: Due | None = None
    since: str = ""


@dataclass(frozen=True, slots=True)
class OfWard:
    """A ward of mine, with the shift that runs there."""

    ward: Ward
    words: str


@require_safe
def my_patients(request: HttpRequest) -> HttpResponse:
    """The page, which while it is open asks for itself again: 304 while it is what would be drawn now."""
    user = signed_in(request)
    require(user, "assign")
    now = timezone.now()
    tag = tag_of_wards(user, now)  # before anything is read: a write in between is fetched again
    if tag in parse_etags(request.headers.get("If-None-Match", "")):
        return HttpResponse(status=304, headers={"ETag": tag})
    patients = _patients(user, now)
    shown, items = _read(patients, now)
    context = {
        "patients": shown,
        "items": sorted(items, key=lambda item: (not item.overdue, item.at)),
        "concerned": waiting_concerns(patients, now),
        "wards": [_of_ward(ward, now) for ward in user.wards.all()],
        "on_wards": list(user.wards.all()),
        "tag": tag,
        "may": allowed(user),
        "now": now,
        "on_mine": True,
    }
    return render(request, "patients/mine.html", context)


def _patients(user: User, now: datetime) -> list[Patient]:
    """Who is mine in this shift, by ward and bed."""
    found = list(ward_patients(user).filter(pk__in=mine(user, now)).present())
    died = set(Death.objects.standing().filter(patient__in=found).values_list("patient_id", flat=True))
    return sorted((one for one in found if one.pk not in died), key=by_bed)


def _of_ward(ward: Ward, now: datetime) -> OfWard:
    with timezone.override(ward.zone):
        return OfWard(ward, words_of(shift_of(ward, now)))


def _read(patients: Sequence[Patient], now: datetime) -> tuple[list[Mine], list[Item]]:
    """Each patient with the grade, and everything that waits for them."""
    open_ = Infusion.objects.standing().filter(patient__in=patients, started_at__lte=now)
    latest = open_.order_by("patient_id", "-started_at").distinct("patient_id")
    courses = {course.infusion.patient_id: course for course in charted(latest)}
    like, paused = alike_where_they_lie(patients), pauses_of(patients, now)
    shown: list[Mine] = []
    items: list[Item] = []
    for patient in patients:
        assert patient.ward is not None
        with timezone.override(patient.ward.zone):
            course = courses.get(patient.pk)
            graded = course.graded() if course else None
            last = graded.latest if graded else None
            overtaken = passed(last, now) if last and last.verdict else ()
            one = Mine(
                pk=patient.pk,
                name=family_given(patient),
                number=patient.mrn,
                bed=patient.bed.label if patient.bed else "",
                ward=patient.ward.name,
                alike=patient.pk in like,
                infused=course is not None,
                verdict=last.verdict if last else None,
                seen_at=last.observed_at if last else None,
                overtaken_at=overtaken[0].at if overtaken else None,
            )
            shown.append(one)
            if course is not None:
                items += _items(one, course, paused.get(patient.pk), now)
    return shown, items


def _items(one: Mine, course: Charted, paused: Paused | None, now: datetime) -> Iterator[Item]:
    graded = course.graded()
    due = due_of(graded.latest, now, paused)
    if due is not None:
        what = "Reassess" if not due.away else "Reassess when back"
        yield Item(
            patient=one,
            at=due.at,
            overdue=due.overdue,
            what=what,
            act="Chart an assessment",
            url=reverse("assess", args=[one.pk]),
            due=due,
        )
    elif graded.latest is None and graded.died_at is None:
        started = course.infusion.started_at
        yield Item(
            patient=one,
            at=started,
            overdue=True,
            what="First assessment: nothing was charted since the infusion",
            act="Chart an assessment",
            url=reverse("assess", args=[one.pk]),
            since=shown_moment_near(started, now),
        )
    for task in tasks(course, graded, now):
        yield Item(
            patient=one,
            at=task.at,
            overdue=task.kind in OVERDUE,
            what=task.what,
            act=ACTS[task.kind],
            url=_address(one, task),
            since=shown_moment_near(task.at, now),
        )


def _address(one: Mine, task: Task) -> str:
    """Where it is done: a form, or the card of the step on the patient's page."""
    match task.kind:
        case Kind.RESULT:
            return reverse("enter_result", args=[one.pk])
        case Kind.DOSE:
            return reverse("give_accepted", args=[one.pk, task.decision])
        case _:
            return f"{reverse('patient_detail', args=[one.pk])}#suggestion-{task.step}"
