"""A patient comes, moves and goes."""

from datetime import datetime
from uuid import UUID

from patients.actions.act import WHOLE, Entry, Refused, perform
from patients.actions.checks import shown, while_alive
from patients.models import Bed, Patient, Placement, User, Ward


def readmit(
    *, by: User, submission_id: UUID, patient: Patient, ward: Ward, bed: Bed | None = None, at: datetime | None = None
) -> Placement:
    """A patient known here comes back after a discharge."""
    return _place("readmit", Placement.Kind.ADMISSION, by, submission_id, patient, ward, bed, at)


def transfer(
    *, by: User, submission_id: UUID, patient: Patient, ward: Ward, bed: Bed | None = None, at: datetime | None = None
) -> Placement:
    """To another ward, or another bed. The settings and default protocol of the new ward hold from then on."""
    return _place("transfer", Placement.Kind.TRANSFER, by, submission_id, patient, ward, bed, at)


def discharge(*, by: User, submission_id: UUID, patient: Patient, at: datetime | None = None) -> Placement:
    """Away from the ward; the record stays with the ward that was left."""
    return _place("discharge", Placement.Kind.DISCHARGE, by, submission_id, patient, None, None, at)


def write_placement(
    entry: Entry, patient: Patient, kind: Placement.Kind, ward: Ward, bed: Bed | None, at: datetime
) -> Placement:
    """The row, once it fits the rows before it: nobody lies in the bed, and a move follows the last one."""
    last = Placement.objects.standing().filter(patient=patient).order_by("-at", "-id").first()
    here = last is not None and last.kind != Placement.Kind.DISCHARGE
    if kind == Placement.Kind.ADMISSION and here:
        raise Refused({WHOLE: f"The patient lies on {last.ward if last else ward} already: transfer them."})
    if kind != Placement.Kind.ADMISSION and not here:
        raise Refused({WHOLE: "The patient was discharged: admit them again first."})
    if last is not None and at < last.at:
        raise Refused({"at": f"Before the last move, at {shown(patient, last.at)}."})
    if bed is not None:
        bed_is_free(patient, ward, bed)
    return Placement.objects.create(patient=patient, kind=kind, ward=ward, bed=bed, at=at, **entry.columns)


def bed_is_free(patient: Patient, ward: Ward, bed: Bed, instead: str = "") -> None:
    """Raises `Refused` where somebody else lies in the bed."""
    others = Patient.objects.lying_on([ward]).exclude(pk=patient.pk).present()
    if any(other.bed == bed for other in others):
        raise Refused({"bed": f"Somebody lies in bed {bed} of {ward}{instead}."})


def _place(
    act: str,
    kind: Placement.Kind,
    by: User,
    submission_id: UUID,
    patient: Patient,
    ward: Ward | None,
    bed: Bed | None,
    at: datetime | None,
) -> Placement:
    """`ward` None: the one where the patient lies, read once nobody else moves them."""

    def write(entry: Entry) -> Placement:
        moved_at = entry.at(at)
        if kind != Placement.Kind.DISCHARGE:
            while_alive(patient, moved_at)
        where = ward or Patient.objects.get(pk=patient.pk).ward
        if where is None:
            raise Refused({WHOLE: "The patient was never admitted."})
        return write_placement(entry, patient, kind, where, bed, moved_at)

    return perform(
        act,
        by=by,
        submission_id=submission_id,
        patient=patient,
        wards=[ward] if ward is not None else [],
        values={"ward": ward, "bed": bed, "at": at},
        write=write,
        again=lambda submission: Placement.objects.get(submission=submission),
    )
