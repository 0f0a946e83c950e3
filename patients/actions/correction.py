"""A row is corrected, or moved to the patient it belongs to. What was there stays in the history."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied

from patients.actions.act import Entry, Refused
from patients.actions.amending import (
    earlier,
    first_of,
    of_infusion,
    perform_on,
    refuse_unless_standing,
    since,
    with_its_own,
    write_correction,
)
from patients.actions.reentry import reentered
from patients.models import Concern, Correction, Infusion, Patient, Submission, User
from patients.models.correction import MOVED, CorrectedRow, SeenRow, kind_of, patient_of
from patients.permissions import patients_for


def correct_row(
    *,
    by: User,
    submission_id: UUID,
    row: SeenRow,
    values: Mapping[str, Any],
    reason: str,
    text: str = "",
) -> SeenRow:
    """Another row in its place: `values` by name, everything else as it was (`reentry` says which names).

    `reason` is a key of `CORRECTION_REASONS`. Raises `Conflict` where the row was corrected before, `Refused`.
    """

    def write(entry: Entry) -> SeenRow:
        refuse_unless_standing(row)
        new = reentered(entry, row, values, instead_of=row)
        write_correction(entry, row, "superseded", reason, text, by=new)
        if isinstance(row, Infusion):
            for one in of_infusion(row):
                moved = reentered(entry, one, {"infusion": new}, instead_of=one)
                write_correction(entry, one, "superseded", reason, text, by=moved)
        return new

    def again(submission: Submission) -> SeenRow:
        made = Correction.objects.get(submission=submission, **{kind_of(row): row}).replacement
        assert made is not None  # the act that made the correction made the row
        return made

    return perform_on(
        "correct_row",
        by,
        submission_id,
        row,
        {"values": values, "reason": reason, "text": text},
        write,
        again,
        earliest=lambda new: earlier(since(row), since(new)),
    )


def move_to_patient(*, by: User, submission_id: UUID, row: CorrectedRow, to: Patient, text: str = "") -> CorrectedRow:
    """Charted on the wrong patient: marked there, and written on `to`, with the antipyretic beside an assessment,
    the events and doses of an infusion. A concern keeps the time since which it waits, and waits on.

    `row` is of a kind of `MOVED`. Both patients must be on the user's wards. Raises `Conflict`, `Refused`,
    `PermissionDenied`.
    """
    source = patient_of(row)
    if patients_for(by).filter(pk__in=[source.pk, to.pk]).count() != len({source.pk, to.pk}):
        raise PermissionDenied("Both patients must be on your wards.")
    if kind_of(row) not in MOVED:
        raise TypeError(f"a {row._meta.verbose_name} is no row of another patient: it is marked, and charted anew")
    together: list[CorrectedRow] = []

    def write(entry: Entry) -> CorrectedRow:
        if source.pk == to.pk:
            raise Refused({"to": "It is on this patient's record already."})
        refuse_unless_standing(row)
        together.extend(with_its_own(row))
        moved: list[CorrectedRow] = []
        for one in together:
            on = {"infusion": moved[0]} if moved and isinstance(moved[0], Infusion) else {}
            new = _on_the_record_of(entry, one, on, to)
            write_correction(entry, one, "wrong-patient", "wrong-patient", text, reentered_as=new)
            moved.append(new)
        return moved[0]

    def again(submission: Submission) -> CorrectedRow:
        made = Correction.objects.get(submission=submission, **{kind_of(row): row}).reentered
        assert made is not None
        return made

    return perform_on(
        "move_to_patient",
        by,
        submission_id,
        row,
        {"to": to, "text": text},
        write,
        again,
        earliest=lambda new: first_of(together),
        also=to,
    )


def _on_the_record_of(entry: Entry, row: CorrectedRow, values: Mapping[str, Any], to: Patient) -> CorrectedRow:
    if isinstance(row, Concern):
        return Concern.objects.create(
            patient=to, why=row.why, called=row.called, answered=row.answered, **entry.columns
        )
    assert isinstance(row, SeenRow)  # `MOVED` has no other
    return reentered(entry, row, values, to=to)
