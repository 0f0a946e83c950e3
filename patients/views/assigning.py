"""Whose are the patients in this shift and the next? A table for the ward, and one press at a patient."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid4

from django.contrib import messages
from django.forms import BoundField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from patients import actions
from patients.actions.assignment import nurses_of
from patients.assignments import of_shift
from patients.formats import shown_moment_near, shown_time
from patients.forms.assignment import ShiftForm, WardShiftForm
from patients.models import Assignment, Death, Patient, Submission, User, Ward
from patients.permissions import may, require, ward_patients
from patients.places import alike_on_ward, by_bed
from patients.shifts import Shift, shift_after, shift_before, shift_of
from patients.views.act_page import Page, act_page, open_and_post, posted
from patients.views.banner import family_given
from patients.views.bedside import Bedside, allowed, bedside, signed_in


@dataclass(frozen=True, slots=True, kw_only=True)
class NurseShown:
    """Whose a patient is in the shift that runs, and what can be pressed about it."""

    nurse: str  # empty: nobody's
    own: bool
    words: str  # «07:00 to 19:00»
    shift: str  # when it starts, as the forms carry it
    opened_on: int
    submission_id: UUID = field(default_factory=uuid4)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One patient of the ward's table. `chosen` is the select; null where nobody but a charge nurse may change it."""

    pk: int
    bed: str
    name: str
    number: str
    alike: bool
    nurse: str
    before: str  # who had the patient in the shift before
    chosen: BoundField | None


def shown_nurse(here: Bedside) -> NurseShown | None:
    """Nothing after a discharge or a death: nobody is assigned then."""
    if not here.open:
        return None
    shift = shift_of(here.ward, here.now)
    row = of_shift([here.patient], shift).get(here.patient.pk)
    holds = row is not None and row.ward_id == here.ward.pk and row.nurse is not None
    return NurseShown(
        nurse=str(row.nurse) if row is not None and holds else "",
        own=row is not None and row.nurse == here.user,
        words=words_of(shift),
        shift=shift.start.isoformat(),
        opened_on=row.pk if row is not None else 0,
    )


def words_of(shift: Shift) -> str:
    """«07:00 to 19:00», in the active zone."""
    return f"{shown_time(shift.start)} to {shown_time(shift.end)}"


@require_POST
@bedside("assign")
def take_patient(request: HttpRequest, here: Bedside) -> HttpResponse:
    """«Take»: the patient is the user's for the shift, in the place of whoever had them."""
    return _pressed(request, here, "assign")


@require_POST
@bedside("unassign")
def hand_back(request: HttpRequest, here: Bedside) -> HttpResponse:
    return _pressed(request, here, "unassign")


def _pressed(request: HttpRequest, here: Bedside, act: str) -> HttpResponse:
    form = ShiftForm(request.POST)
    if not form.is_valid():
        messages.error(request, "That could not be recorded: press it anew on this page.")
        return redirect("patient_detail", here.patient.pk)
    said = {"patient": here.patient, **form.cleaned_data}
    try:
        if act == "assign":
            actions.assign(by=here.user, nurse=here.user, **said)
            messages.success(request, f"Recorded: {here.name} is yours until the end of this shift.")
        else:
            actions.unassign(by=here.user, **said)
            messages.success(request, f"Recorded: {here.name} is nobody's in this shift.")
    except actions.Refused as refused:
        messages.error(request, f"Not recorded. {' '.join(refused.errors.values())}")
    return redirect("patient_detail", here.patient.pk)


@open_and_post
def ward_assignments(request: HttpRequest, pk: int, following: bool = False) -> HttpResponse:
    """The shift that runs, or the one that follows. Who may not assign reads it. Another ward is 404."""
    return _table(request, pk, following=following, copied=False)


@require_safe
def copy_assignments(request: HttpRequest, pk: int) -> HttpResponse:
    """The form with the nurses of the shift before chosen where nobody is yet. Opening it writes nothing."""
    require(signed_in(request), "assign_ward")
    return _table(request, pk, following=False, copied=True)


def _table(request: HttpRequest, pk: int, *, following: bool, copied: bool) -> HttpResponse:
    user = signed_in(request)
    ward = get_object_or_404(user.wards, pk=pk)
    if request.method == "POST":
        require(user, "assign_ward")
    with timezone.override(ward.zone):
        now = timezone.now()
        runs = shift_of(ward, now)
        shift = shift_after(ward, runs) if following else runs
        patients = _lying(user, ward)
        held, had = of_shift(patients, shift), of_shift(patients, shift_before(ward, shift))
        nurses = nurses_of(ward)
        form = WardShiftForm(
            posted(request),
            patients=patients,
            nurses=nurses,
            held=held,
            proposed=_proposed(held, had if copied else {}, nurses),
            recorded=_recorded_before(request, user),
            initial={"shift": shift.start.isoformat()},
        )
        to = "next_assignments" if following else "ward_assignments"

        def record() -> str:
            actions.assign_ward(
                by=user,
                submission_id=form.cleaned_data["submission_id"],
                ward=ward,
                shift=form.cleaned_data["shift"],
                to=form.to,
                opened_on=form.opened_on,
            )
            return reverse(to, args=[ward.pk])

        page = Page(
            heading=f"{'Next' if following else 'This'} shift of {ward}",
            done=f"who has which patient, {words_of(shift)}",
            groups=(),
            template="patients/assignments.html",
        )
        context = {
            "may": allowed(user),
            "ward": ward,
            "shift": _shift_words(shift, now),
            "following": following,
            "copied": copied,
            "rows": _rows(patients, held, had, form if may(user, "assign_ward") else None),
            "action": reverse(to, args=[ward.pk]),
            "save": f"Record the shift of {ward}",
            "back": reverse("patient_list"),
        }
        return act_page(request, form, page, record, context)


def _recorded_before(request: HttpRequest, user: User) -> bool:
    """Was this submission recorded already: a retry, or a second tap?"""
    try:
        submission = UUID(request.POST.get("submission_id", ""))
    except ValueError:
        return False
    return Submission.objects.filter(pk=submission, act="assign_ward", entered_by=user).exists()


def _lying(user: User, ward: Ward) -> list[Patient]:
    """Who lies on the ward, by bed."""
    patients = list(ward_patients(user).lying_on([ward]).present())
    died = set(Death.objects.standing().filter(patient__in=patients).values_list("patient_id", flat=True))
    return sorted((one for one in patients if one.pk not in died), key=by_bed)


def _proposed(held: Mapping[int, Assignment], had: Mapping[int, Assignment], nurses: Sequence[User]) -> dict[int, User]:
    """By patient: who has them in the shift, else who had them before, where that is a nurse of the ward still."""
    found = {pk: row.nurse for pk, row in held.items() if row.nurse is not None}
    before = {pk: row.nurse for pk, row in had.items() if row.nurse in nurses and row.nurse is not None}
    return {**before, **found}


def _rows(
    patients: Sequence[Patient],
    held: Mapping[int, Assignment],
    had: Mapping[int, Assignment],
    form: WardShiftForm | None,
) -> list[Row]:
    like = alike_on_ward(patients)

    def nurse(rows: Mapping[int, Assignment], pk: int) -> str:
        row = rows.get(pk)
        return str(row.nurse) if row is not None and row.nurse is not None else ""

    return [
        Row(
            pk=one.pk,
            bed=one.bed.label if one.bed else "",
            name=family_given(one),
            number=one.mrn,
            alike=one.pk in like,
            nurse=nurse(held, one.pk),
            before=nurse(had, one.pk),
            chosen=form.nurse_of(one) if form is not None else None,
        )
        for one in patients
    ]


def _shift_words(shift: Shift, now: datetime) -> str:
    return f"{shown_moment_near(shift.start, now)} to {shown_moment_near(shift.end, now)}"
