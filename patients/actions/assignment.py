"""A patient becomes a nurse's for a shift, or nobody's again. An assignment ends by itself with its shift."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied

from patients.actions.act import WHOLE, Entry, Refused, perform
from patients.actions.checks import still_holds
from patients.assignments import of_shift
from patients.models import Assignment, Patient, Placement, Role, User, Ward
from patients.permissions import ASSIGNED
from patients.shifts import Shift, shift_after, shift_of


def assign(
    *, by: User, submission_id: UUID, patient: Patient, nurse: User, shift: datetime, opened_on: int | None = None
) -> Assignment:
    """The patient is this nurse's in the shift that starts at `shift`, in the place of whoever had them.

    A nurse takes a patient herself; a charge nurse gives one to anybody of the ward. `opened_on` is the key of the
    shift's assignment that the form showed (0: none). Raises `Refused`, and `PermissionDenied` to a nurse for another.
    """
    if by.role == Role.NURSE and nurse != by:
        raise PermissionDenied("A nurse takes patients for herself.")

    def write(entry: Entry) -> Assignment:
        ward, of = _where(patient), _shift(patient, shift, entry.now)
        _may_have(nurse, ward)
        still_holds(of_shift([patient], of).get(patient.pk), opened_on)
        return _row(entry, patient, ward, nurse, of)

    return perform(
        "assign",
        by=by,
        submission_id=submission_id,
        patient=patient,
        values={"nurse": nurse, "shift": shift, "opened_on": opened_on},
        write=write,
        again=lambda submission: Assignment.objects.get(submission=submission),
        regrade=lambda row: [],
    )


def unassign(
    *, by: User, submission_id: UUID, patient: Patient, shift: datetime, opened_on: int | None = None
) -> Assignment:
    """The patient is nobody's in that shift any more. A nurse hands back her own patients only."""

    def write(entry: Entry) -> Assignment:
        ward, of = _where(patient), _shift(patient, shift, entry.now)
        holds = of_shift([patient], of).get(patient.pk)
        still_holds(holds, opened_on)
        if holds is None or holds.nurse is None:
            raise Refused({WHOLE: "Nobody has this patient in this shift."})
        if by.role == Role.NURSE and holds.nurse != by:
            raise Refused({WHOLE: f"{holds.nurse} has this patient: a nurse hands back her own."})
        return _row(entry, patient, ward, None, of)

    return perform(
        "unassign",
        by=by,
        submission_id=submission_id,
        patient=patient,
        values={"shift": shift, "opened_on": opened_on},
        write=write,
        again=lambda submission: Assignment.objects.get(submission=submission),
        regrade=lambda row: [],
    )


def assign_ward(
    *,
    by: User,
    submission_id: UUID,
    ward: Ward,
    shift: datetime,
    to: Mapping[Patient, User | None],
    opened_on: Mapping[Patient, int],
) -> list[Assignment]:
    """The whole ward's shift in one write: each patient's nurse, or nobody. What stays as it was is not written again.

    `opened_on` are the keys of the assignments that the form showed (0: none). Raises `Refused` naming every patient
    whom somebody else assigned meanwhile; then nothing is written.
    """
    patients = list(to)

    def write(entry: Entry) -> list[Assignment]:
        of = _shift_of(ward, shift, entry.now)
        hold = of_shift(patients, of)
        meanwhile = []
        for patient, nurse in to.items():
            if _where(patient) != ward:
                raise Refused({WHOLE: f"{patient} does not lie on {ward} any more. Open this page anew."})
            if nurse is not None:
                _may_have(nurse, ward, f"nurse_{patient.pk}")
            row = hold.get(patient.pk)
            if row is not None and row.pk != opened_on[patient]:
                meanwhile.append(f"{patient} to {row.nurse or 'nobody'}, by {row.entered_by}")
        if meanwhile:
            raise Refused({WHOLE: f"Assigned meanwhile: {'; '.join(meanwhile)}. Nothing was recorded."})
        had = {patient: row.nurse if (row := hold.get(patient.pk)) else None for patient in patients}
        return [_row(entry, patient, ward, nurse, of) for patient, nurse in to.items() if nurse != had[patient]]

    return perform(
        "assign_ward",
        by=by,
        submission_id=submission_id,
        also=patients,
        wards=[ward],
        values={
            "ward": ward,
            "shift": shift,
            "to": {patient.pk: nurse for patient, nurse in to.items()},
            "opened_on": {patient.pk: key for patient, key in opened_on.items()},
        },
        write=write,
        again=lambda submission: list(Assignment.objects.filter(submission=submission).order_by("id")),
        regrade=lambda rows: [],
    )


def nurses_of(ward: Ward) -> Sequence[User]:
    """Who may have patients of this ward, by name."""
    return sorted(ward.staff.filter(is_active=True, role__in=ASSIGNED), key=lambda one: (str(one).casefold(), one.pk))


def _row(entry: Entry, patient: Patient, ward: Ward, nurse: User | None, of: Shift) -> Assignment:
    return Assignment.objects.create(
        patient=patient, ward=ward, nurse=nurse, starts_at=of.start, ends_at=of.end, **entry.columns
    )


def _where(patient: Patient) -> Ward:
    """The ward that the patient lies on, read anew: another may have moved them meanwhile."""
    last = patient.placements.standing().select_related("ward").order_by("-at", "-id").first()
    if last is None or last.kind == Placement.Kind.DISCHARGE:
        raise Refused({WHOLE: f"{patient} was discharged: nobody is assigned."})
    return last.ward


def _may_have(nurse: User, ward: Ward, field: str = "nurse") -> None:
    if not (nurse.is_active and nurse.role in ASSIGNED and nurse.wards.filter(pk=ward.pk).exists()):
        raise Refused({field: f"{nurse} is no nurse of {ward}."})


def _shift(patient: Patient, start: datetime, now: datetime) -> Shift:
    return _shift_of(_where(patient), start, now)


def _shift_of(ward: Ward, start: datetime, now: datetime) -> Shift:
    """The shift that starts then: the one that runs, or the next."""
    runs = shift_of(ward, now)
    for shift in (runs, shift_after(ward, runs)):
        if shift.start == start:
            return shift
    raise Refused({WHOLE: "The shift changed since this page was opened. Open it anew: nothing was recorded."})
