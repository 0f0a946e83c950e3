"""A row is corrected, withdrawn, undone, or moved to the patient it belongs to. What was there stays in the history."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar
from uuid import UUID

from django.core.exceptions import PermissionDenied

from patients.actions.act import WHOLE, Entry, Refused, perform
from patients.actions.reentry import reentered
from patients.models import (
    Assessment,
    Correction,
    Death,
    Height,
    Infusion,
    InfusionDose,
    InfusionEvent,
    Patient,
    Submission,
    Treatment,
    User,
)
from patients.models.correction import CorrectedRow, kind_of, patient_of
from patients.permissions import patients_for, require

Result = TypeVar("Result")
UNDO_WITHIN: Final = timedelta(minutes=10)
OTHERS_RECORD: Final = "Only what you recorded yourself is undone: correct it, with a reason."


class Conflict(Refused):
    """Somebody corrected the row already: `correction` is what stands. Nothing was recorded."""

    def __init__(self, correction: Correction) -> None:
        self.correction = correction
        super().__init__({WHOLE: f"{correction.entered_by} corrected this already. Look at both, and choose."})


def correct_row(
    *,
    by: User,
    submission_id: UUID,
    row: CorrectedRow,
    values: Mapping[str, Any],
    reason: str,
    text: str = "",
) -> CorrectedRow:
    """Another row in its place: `values` by name, everything else as it was (`reentry` says which names).

    `reason` is a key of `CORRECTION_REASONS`. Raises `Conflict` where the row was corrected before, `Refused`.
    """

    def write(entry: Entry) -> CorrectedRow:
        _standing(row)
        new = reentered(entry, row, values, instead_of=row)
        _correct(entry, row, "superseded", reason, text, by=new)
        if isinstance(row, Infusion):
            for one in _of_infusion(row):
                moved = reentered(entry, one, {"infusion": new}, instead_of=one)
                _correct(entry, one, "superseded", reason, text, by=moved)
        return new

    return _perform(
        "correct_row",
        by,
        submission_id,
        row,
        {"values": values, "reason": reason, "text": text},
        write,
        lambda made: _made(made.replacement),
        earliest=lambda new: _earlier(_since(row), _since(new)),
    )


def mark_entered_in_error(
    *, by: User, submission_id: UUID, row: CorrectedRow, reason: str, text: str = ""
) -> Correction:
    """Out of everything computed, everywhere, with what stands on it or was charted with it; it stays in the history.

    Raises `Conflict`, `Refused`.
    """
    together: list[CorrectedRow] = []

    def write(entry: Entry) -> Correction:
        _standing(row)
        together.extend(_with_its_own(row))
        return [_correct(entry, one, "entered-in-error", reason, text) for one in together][0]

    return _perform(
        "mark_entered_in_error",
        by,
        submission_id,
        row,
        {"reason": reason, "text": text},
        write,
        lambda made: made,
        earliest=lambda correction: _first_of(together),
    )


def undo(*, by: User, submission_id: UUID, row: CorrectedRow) -> Correction:
    """One's own slip of the last ten minutes: the antipyretic beside an assessment goes too; what `row` replaced is
    back.

    Raises `Conflict`, `Refused`.
    """
    together: list[CorrectedRow] = []

    def write(entry: Entry) -> Correction:
        _standing(row)
        together.extend([row, *(one for one in given_beside(row) if one.submission_id == row.submission_id)])
        if row.entered_by_id != by.pk:
            raise Refused({WHOLE: OTHERS_RECORD})
        if entry.now - row.entered_at > UNDO_WITHIN:
            raise Refused({WHOLE: "Recorded more than 10 minutes ago: correct it, with a reason."})
        if Correction.objects.filter(**{f"reentered_{kind_of(row)}": row}).exists():
            raise Refused({WHOLE: "It came from another patient's record: move it back there."})
        if isinstance(row, Infusion) and _of_infusion(row):
            raise Refused({WHOLE: "Something was charted on this infusion since: correct it, with a reason."})
        return [_undone(entry, one) for one in together][0]

    return _perform(
        "undo",
        by,
        submission_id,
        row,
        {},
        write,
        lambda made: made,
        earliest=lambda correction: _first_of([*together, *(old for old in map(_before, together) if old is not None)]),
    )


def move_to_patient(*, by: User, submission_id: UUID, row: CorrectedRow, to: Patient, text: str = "") -> CorrectedRow:
    """Charted on the wrong patient: marked there, and written on `to`, with the antipyretic beside an assessment,
    the events and doses of an infusion.

    Both patients must be on the user's wards. Raises `Conflict`, `Refused`, `PermissionDenied`.
    """
    source = patient_of(row)
    if patients_for(by).filter(pk__in=[source.pk, to.pk]).count() != len({source.pk, to.pk}):
        raise PermissionDenied("Both patients must be on your wards.")
    together: list[CorrectedRow] = []

    def write(entry: Entry) -> CorrectedRow:
        if source.pk == to.pk:
            raise Refused({"to": "It is on this patient's record already."})
        _standing(row)
        together.extend(_with_its_own(row))
        moved: list[CorrectedRow] = []
        for one in together:
            on = {"infusion": moved[0]} if moved and isinstance(moved[0], Infusion) else {}
            new = reentered(entry, one, on, to=to)
            _correct(entry, one, "wrong-patient", "wrong-patient", text, reentered_as=new)
            moved.append(new)
        return moved[0]

    return _perform(
        "move_to_patient",
        by,
        submission_id,
        row,
        {"to": to, "text": text},
        write,
        lambda made: _made(made.reentered),
        earliest=lambda new: _first_of(together),
        also=to,
    )


def _perform(
    act: str,
    by: User,
    submission_id: UUID,
    row: CorrectedRow,
    values: Mapping[str, Any],
    write: Callable[[Entry], Result],
    again: Callable[[Correction], Result],
    *,
    earliest: Callable[[Result], datetime | None],
    also: Patient | None = None,
) -> Result:
    kind = kind_of(row)
    if isinstance(row, Death):
        require(by, "record_death")

    def found(submission: Submission) -> Result:
        return again(Correction.objects.get(submission=submission, **{kind: row}))

    return perform(
        act,
        by=by,
        submission_id=submission_id,
        patient=patient_of(row),
        also=[also] if also is not None else [],
        values={"kind": kind, "row": row, **values},
        write=write,
        again=found,
        # No scale and no protocol reads the doses of the product.
        regrade=(lambda result: []) if isinstance(row, InfusionDose) else None,
        since=earliest,
    )


def _standing(row: CorrectedRow) -> None:
    """Raises `Conflict` where the row was corrected. Asked once the patient is held: nobody corrects it meanwhile."""
    earlier = Correction.objects.filter(**{kind_of(row): row}).select_related("entered_by").first()
    if earlier is not None:
        raise Conflict(earlier)


def _correct(
    entry: Entry,
    row: CorrectedRow,
    kind: str,
    reason: str,
    text: str,
    *,
    by: CorrectedRow | None = None,
    reentered_as: CorrectedRow | None = None,
) -> Correction:
    of = kind_of(row)
    return Correction.objects.create(
        patient=patient_of(row),
        kind=kind,
        reason=reason,
        text=text,
        **{of: row, f"by_{of}": by, f"reentered_{of}": reentered_as},
        **entry.columns,
    )


def _undone(entry: Entry, row: CorrectedRow) -> Correction:
    """Withdrawn; where the row had replaced another, that one is said again."""
    before = _before(row)
    again = reentered(entry, before, {}, instead_of=row) if before is not None else None
    return _correct(entry, row, "undone", "own-slip", "", by=again)


def _before(row: CorrectedRow) -> CorrectedRow | None:
    """What the row replaced."""
    replaced = Correction.objects.filter(**{f"by_{kind_of(row)}": row}).first()
    return replaced.row if replaced is not None else None


def given_beside(row: CorrectedRow) -> list[Treatment]:
    """The antipyretic that was charted as given with an assessment, as it stands; the first version names the act."""
    if not isinstance(row, Assessment):
        return []
    first: CorrectedRow = row
    while (before := _before(first)) is not None:
        first = before
    given = Treatment.objects.filter(submission=first.submission_id, patient=row.patient_id)
    return [one for one in map(_as_it_stands, given) if isinstance(one, Treatment)]


def _as_it_stands(row: CorrectedRow | None) -> CorrectedRow | None:
    """The row, or what holds in its place; None where nothing does."""
    while row is not None and (gone := Correction.objects.filter(**{kind_of(row): row}).first()) is not None:
        row = gone.replacement
    return row


def _with_its_own(row: CorrectedRow) -> list[CorrectedRow]:
    """The row first, then what does not stand without it."""
    return [row, *given_beside(row), *(_of_infusion(row) if isinstance(row, Infusion) else ())]


def _of_infusion(infusion: Infusion) -> list[CorrectedRow]:
    """What stands on it: its events and doses."""
    return [
        *InfusionEvent.objects.standing().filter(infusion=infusion).order_by("at", "id"),
        *InfusionDose.objects.standing().filter(infusion=infusion).order_by("at", "id"),
    ]


def _made(row: CorrectedRow | None) -> CorrectedRow:
    assert row is not None  # the act that made the correction made the row
    return row


def _since(row: CorrectedRow) -> datetime | None:
    """From when on the row counts; None: for the whole course."""
    return None if isinstance(row, Height | Infusion) else row.at


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    return None if one is None or other is None else min(one, other)


def _first_of(rows: Iterable[CorrectedRow]) -> datetime | None:
    times = [_since(row) for row in rows]
    return None if None in times else min(time for time in times if time is not None)
