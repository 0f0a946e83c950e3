"""A row is marked as entered in error, or undone as one's own slip; and a mark that was itself a slip is taken back."""

from uuid import UUID

from patients.actions.act import WHOLE, Entry, Refused
from patients.actions.amending import (
    before,
    came_from_another,
    first_of,
    given_beside,
    of_infusion,
    perform_on,
    refuse_late,
    refuse_unless_standing,
    with_its_own,
    write_correction,
)
from patients.actions.reentry import reentered
from patients.actions.without import refuse_back, refuse_gone, settle
from patients.models import Correction, Infusion, Submission, User
from patients.models.correction import CorrectedRow, SeenRow, kind_of


def mark_entered_in_error(
    *, by: User, submission_id: UUID, row: CorrectedRow, reason: str, text: str = ""
) -> Correction:
    """Out of everything computed, everywhere, with what stands on it or was charted with it; it stays in the history.

    Raises `Conflict`, `Refused`.
    """
    together: list[CorrectedRow] = []

    def write(entry: Entry) -> Correction:
        refuse_unless_standing(row)
        refuse_gone(by, row)
        together.extend(with_its_own(row))
        first = [write_correction(entry, one, "entered-in-error", reason, text) for one in together][0]
        settle(row)
        return first

    return perform_on(
        "mark_entered_in_error",
        by,
        submission_id,
        row,
        {"reason": reason, "text": text},
        write,
        lambda submission: _of(submission, row),
        earliest=lambda correction: first_of(together),
    )


def undo(*, by: User, submission_id: UUID, row: CorrectedRow) -> Correction:
    """One's own slip of the last ten minutes: the antipyretic beside an assessment goes too; what `row` replaced is
    back.

    Raises `Conflict`, `Refused`.
    """
    together: list[CorrectedRow] = []

    def write(entry: Entry) -> Correction:
        refuse_unless_standing(row)
        together.extend([row, *(one for one in given_beside(row) if one.submission_id == row.submission_id)])
        refuse_late(by, row.entered_by_id, row.entered_at, entry.now, "correct or mark it, with a reason.")
        if came_from_another(row):
            raise Refused({WHOLE: "It came from another patient's record: move it back there."})
        if isinstance(row, Infusion) and of_infusion(row):
            raise Refused({WHOLE: "Something was charted on this infusion since: correct it, with a reason."})
        refuse_gone(by, row)
        first = [_undone(entry, one) for one in together][0]
        settle(row)
        return first

    return perform_on(
        "undo",
        by,
        submission_id,
        row,
        {},
        write,
        lambda submission: _of(submission, row),
        earliest=lambda correction: first_of([*together, *(old for old in map(before, together) if old is not None)]),
    )


def take_back(*, by: User, submission_id: UUID, correction: Correction) -> Correction:
    """One's own mark of the last ten minutes, pressed on the wrong row: the row stands again as it stood, where it
    stood, and so does what was marked with it. That it was marked stays in the history.

    Raises `Refused`.
    """
    row = correction.row
    together: list[Correction] = []

    def write(entry: Entry) -> Correction:
        back = Correction.objects.filter(withdrawal=correction).select_related("entered_by").first()
        if back is not None:
            raise Refused({WHOLE: f"{back.entered_by} has taken this back already: the row stands."})
        if not can_be_taken_back(correction):
            raise Refused({WHOLE: "Another row holds in its place, here or on another record: correct that one."})
        refuse_late(by, correction.entered_by_id, correction.entered_at, entry.now, "chart the row anew.")
        marked = Correction.objects.in_force().filter(submission=correction.submission_id).order_by("id")
        together.extend([correction, *(one for one in marked if one != correction)])
        written = []
        for one in together:
            refuse_back(one.row)
            written.append(
                Correction.objects.create(
                    patient=one.patient, kind="undone", reason="own-slip", withdrawal=one, **entry.columns
                )
            )
        settle(row)
        return written[0]

    return perform_on(
        "take_back",
        by,
        submission_id,
        row,
        {"withdrawal": correction},
        write,
        lambda submission: Correction.objects.get(submission=submission, withdrawal=correction),
        earliest=lambda made: first_of(one.row for one in together),
    )


def can_be_taken_back(correction: Correction) -> bool:
    """Does nothing hold in the row's place? Else the mark is undone by undoing or moving what does."""
    return correction.kind in ("entered-in-error", "undone") and correction.replacement is None


def _of(submission: Submission, row: CorrectedRow) -> Correction:
    return Correction.objects.get(submission=submission, **{kind_of(row): row})


def _undone(entry: Entry, row: CorrectedRow) -> Correction:
    """Withdrawn; where the row had replaced another, that one is said again."""
    earlier = before(row)
    again = reentered(entry, earlier, {}, instead_of=row) if earlier is not None and isinstance(row, SeenRow) else None
    return write_correction(entry, row, "undone", "own-slip", "", by=again)
