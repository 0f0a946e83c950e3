"""What do all acts on a row that was recorded share: a correction, a move, a withdrawal, and one that is taken back?"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar
from uuid import UUID

from patients.actions.act import WHOLE, Entry, Refused, perform
from patients.models import (
    Assessment,
    Correction,
    Height,
    Infusion,
    InfusionDose,
    InfusionEvent,
    Patient,
    PatientFacts,
    Placement,
    ProtocolChoice,
    Submission,
    Treatment,
    User,
)
from patients.models.correction import MOVED, SEEN, CorrectedRow, SeenRow, correction_of, kind_of, patient_of
from patients.models.submission import ClinicalRow
from patients.permissions import require_amending

Result = TypeVar("Result")
UNDO_WITHIN: Final = timedelta(minutes=10)
# No scale and no protocol reads these: the doses of the product, a name, what was decided, ticked, signed, feared
GRADES_NOTHING: Final = frozenset(
    {"infusion_dose", "identity", "decision", "tick", "signature", "concern", "acknowledgement"}
    | {"assignment", "pause", "pause_end"}
)


class Conflict(Refused):
    """Somebody corrected the row already: `correction` is what stands. Nothing was recorded."""

    def __init__(self, correction: Correction) -> None:
        self.correction = correction
        super().__init__({WHOLE: f"{correction.entered_by} corrected this already. Look at both, and choose."})


def perform_on(
    act: str,
    by: User,
    submission_id: UUID,
    row: CorrectedRow,
    values: Mapping[str, Any],
    write: Callable[[Entry], Result],
    again: Callable[[Submission], Result],
    *,
    earliest: Callable[[Result], datetime | None],
    also: Patient | None = None,
) -> Result:
    """`perform` of an act on one row, by who may; graded anew from `earliest` on where a grade rests on such rows."""
    kind = kind_of(row)
    require_amending(by, kind)
    return perform(
        act,
        by=by,
        submission_id=submission_id,
        patient=patient_of(row),
        also=[also] if also is not None else [],
        values={"kind": kind, "row": row, **values},
        write=write,
        again=again,
        regrade=(lambda result: []) if kind in GRADES_NOTHING else None,
        since=earliest,
    )


def refuse_unless_standing(row: CorrectedRow) -> None:
    """Raises `Conflict` where the row was corrected. Asked once the patient is held: nobody corrects it meanwhile."""
    earlier = correction_of(row)
    if earlier is not None:
        raise Conflict(earlier)


def refuse_late(by: User, recorded_by: int, recorded_at: datetime, now: datetime, instead: str) -> None:
    """Raises `Refused` where it is no slip of one's own of the last ten minutes."""
    if recorded_by != by.pk:
        raise Refused({WHOLE: f"Only what you recorded yourself is undone: {instead}"})
    if now - recorded_at > UNDO_WITHIN:
        raise Refused({WHOLE: f"Recorded more than 10 minutes ago: {instead}"})


def write_correction(
    entry: Entry,
    row: CorrectedRow,
    kind: str,
    reason: str,
    text: str,
    *,
    by: SeenRow | None = None,
    reentered_as: CorrectedRow | None = None,
) -> Correction:
    """`by` holds in the row's place; `reentered_as` was written on the right patient's record."""
    of = kind_of(row)
    beside: dict[str, CorrectedRow] = {}
    if by is not None:
        beside[f"by_{of}"] = by
    if reentered_as is not None:
        beside[f"reentered_{of}"] = reentered_as
    return Correction.objects.create(
        patient=patient_of(row),
        kind=kind,
        reason=reason,
        text=text,
        turn=Correction.objects.filter(**{of: row}).count(),
        **{of: row},
        **beside,
        **entry.columns,
    )


def before(row: CorrectedRow) -> SeenRow | None:
    """What the row replaced."""
    kind = kind_of(row)
    replaced = Correction.objects.filter(**{f"by_{kind}": row}).first() if kind in SEEN else None
    old: Any = replaced.row if replaced is not None else None
    return old if old is None or isinstance(old, SeenRow) else None


def came_from_another(row: CorrectedRow) -> bool:
    """Was it moved here from another patient's record?"""
    kind = kind_of(row)
    return kind in MOVED and Correction.objects.filter(**{f"reentered_{kind}": row}).exists()


def given_beside(row: CorrectedRow) -> list[Treatment]:
    """The antipyretic that was charted as given with an assessment, as it stands; the first version names the act."""
    if not isinstance(row, Assessment):
        return []
    first: SeenRow = row
    while (earlier := before(first)) is not None:
        first = earlier
    given = Treatment.objects.filter(submission=first.submission_id, patient=row.patient_id)
    return [one for one in map(_as_it_stands, given) if isinstance(one, Treatment)]


def _as_it_stands(row: CorrectedRow | None) -> CorrectedRow | None:
    """The row, or what holds in its place; None where nothing does."""
    while row is not None and (gone := correction_of(row)) is not None:
        row = gone.replacement
    return row


def with_its_own(row: CorrectedRow) -> list[CorrectedRow]:
    """The row first, then what does not stand without it."""
    return [row, *given_beside(row), *(of_infusion(row) if isinstance(row, Infusion) else ())]


def of_infusion(infusion: Infusion) -> list[InfusionEvent | InfusionDose]:
    """What stands on it: its events and doses."""
    return [
        *InfusionEvent.objects.standing().filter(infusion=infusion).order_by("at", "id"),
        *InfusionDose.objects.standing().filter(infusion=infusion).order_by("at", "id"),
    ]


def since(row: CorrectedRow) -> datetime | None:
    """From when on the row counts; None: for the whole course."""
    if isinstance(row, Height | PatientFacts | Placement | ProtocolChoice) or not isinstance(row, ClinicalRow):
        return None
    return row.at


def earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    return None if one is None or other is None else min(one, other)


def first_of(rows: Iterable[CorrectedRow]) -> datetime | None:
    times = [since(row) for row in rows]
    return None if None in times else min(time for time in times if time is not None)
