"""How is one act recorded once, by somebody who may, in one transaction?

Every action of this package goes through `perform`. It holds the patient against other writers, finds out whether the
act was recorded before (a double tap, a retry), writes, stores the verdicts that follow, lets go of the form's draft,
notes the act in the audit trail of every ward that it concerns, and commits. What cannot be recorded is `Refused`, with
a sentence for each field; then nothing has been written.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final, TypeVar
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import Max

from patients.actions.audit import note_all
from patients.actions.concerned import recorded, wards_of
from patients.actions.constraints import broken
from patients.actions.plain import plain
from patients.actions.telling import tell
from patients.actions.verdicts import store_verdicts
from patients.fate import is_recorded
from patients.models import ClosedSubmission, Draft, Patient, Submission, User, Ward
from patients.permissions import require

Result = TypeVar("Result")
WHOLE: Final = ""  # the key of an error that belongs to no one field
NOT_AHEAD: Final = timedelta(minutes=2)


class Refused(Exception):
    """The act cannot be recorded. `errors`: a sentence by parameter name; `WHOLE` for what belongs to no one field."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        self.errors = dict(errors)
        super().__init__("; ".join(f"{field}: {words}" if field else words for field, words in self.errors.items()))


class SubmissionConflict(Refused):
    """The submission id was used before, for other values: nothing was recorded this time."""

    def __init__(self) -> None:
        super().__init__(
            {
                WHOLE: "This form was already recorded with other values. Nothing was recorded now: "
                "look at what stands in the record, and open a new form for what is missing."
            }
        )


class SubmissionClosed(Refused):
    """Somebody was told that nothing is recorded under this submission id: it stays so. `goes_on_as` is the id under
    which the same form can be sent again."""

    def __init__(self, goes_on_as: UUID) -> None:
        self.goes_on_as = goes_on_as
        super().__init__(
            {
                WHOLE: "Nothing was recorded now: it was said of this form that it is not recorded, and that stays so. "
                "Look at what stands in the record, and press again for what is missing."
            }
        )


@dataclass(frozen=True, slots=True)
class Entry:
    """The act being recorded: who, when (the server's clock once nobody else writes), and as which submission.

    `now` is what the clock says; `entered_at` of the submission is later than every entry of the patient before.
    """

    submission: Submission
    by: User
    now: datetime

    @property
    def columns(self) -> dict[str, Any]:
        """What every row of the act says of its entry."""
        return {"submission": self.submission, "entered_by": self.by, "entered_at": self.submission.entered_at}

    def at(self, at: datetime | None, field: str = "at") -> datetime:
        """When it was seen; blank is the moment of recording. Raises `Refused` on a time ahead of the clock."""
        if at is None:
            return self.now
        if at > self.now + NOT_AHEAD:
            raise Refused({field: "In the future: not more than 2 minutes ahead of the clock."})
        return at


def perform(
    act: str,
    *,
    by: User,
    submission_id: UUID,
    values: Mapping[str, Any],
    write: Callable[[Entry], Result],
    again: Callable[[Submission], Result],
    patient: Patient | None = None,
    also: Sequence[Patient] = (),
    wards: Sequence[Ward] = (),
    regrade: Callable[[Result], Sequence[Patient]] | None = None,
    since: Callable[[Result], datetime | None] = lambda result: None,
) -> Result:
    """Records one act and returns its row; for a submission recorded before with the same values, that row.

    `write` writes the rows and returns the main one; `again` finds it by its submission. Verdicts are stored for
    `patient` or for those that `regrade` names, at their assessments from `since` on (None: all).
    `also` are other patients whose records the act writes: held and graded anew like `patient`.
    Raises `Refused`, `SubmissionConflict`, `SubmissionClosed` where somebody was told meanwhile that nothing is
    recorded under this id, and `PermissionDenied` where the role does not allow the act.
    """
    require(by, act)
    plain_values = plain(dict(values))
    try:
        with transaction.atomic():
            held = [*also, patient] if patient is not None else [*also]
            now = _alone(submission_id, held, wards, settings_change=act == "change_ward_settings")
            Draft.objects.filter(user=by, submission_id=submission_id).delete()
            earlier = Submission.objects.filter(pk=submission_id).first()
            if earlier is not None:
                same = (act, patient.pk if patient else None, by.pk, plain_values)
                if (earlier.act, earlier.patient_id, earlier.entered_by_id, earlier.values) != same:
                    raise SubmissionConflict
                is_recorded(submission_id)
                return again(earlier)
            closed = ClosedSubmission.objects.filter(pk=submission_id).first()
            if closed is not None:
                raise SubmissionClosed(closed.goes_on_as)
            transaction.on_commit(partial(is_recorded, submission_id))
            submission = Submission.objects.create(
                id=submission_id,
                act=act,
                patient=patient,
                values=plain_values,
                entered_by=by,
                entered_at=_after_all_of(held, now),
            )
            before = wards_of(held)
            result = write(Entry(submission, by, now))
            of = regrade(result) if regrade is not None else held
            store_verdicts(of, submission, since=since(result))
            tell([*held, *of], wards)
            note_all(recorded(submission, before, [*held, result] if isinstance(result, Patient) else held, wards))
            return result
    except IntegrityError as error:
        raise Refused(broken(error)) from error


def alone_with(submission_id: UUID) -> datetime:
    """Waits until nobody else writes under this submission, to the end of the transaction; the time then."""
    with connection.cursor() as cursor:
        return _locked(cursor, f"submission {submission_id}")


def alone_with_the_last(submission_id: UUID) -> tuple[UUID, datetime]:
    """The same of the id under which this submission goes on, where it was closed: that id, and the time then."""
    while True:
        now = alone_with(submission_id)
        closed = ClosedSubmission.objects.filter(pk=submission_id).first()
        if closed is None:
            return submission_id, now
        submission_id = closed.goes_on_as


def _alone(
    submission_id: UUID, patients: Sequence[Patient], wards: Sequence[Ward], *, settings_change: bool
) -> datetime:
    """Waits until nobody else writes this submission, patients or wards, to the end of the transaction; the time then.

    Advisory locks: the application has no right to UPDATE clinical rows, so it may not lock them either. Writers of
    patients share the settings' lock, which a change of settings takes alone: no grade is stored that it would miss.
    """
    keys = [f"submission {submission_id}"]
    keys += [f"patient {patient.pk}" for patient in sorted(patients, key=lambda patient: patient.pk)]
    keys += [f"ward {ward.pk}" for ward in sorted(wards, key=lambda ward: ward.pk)]
    with connection.cursor() as cursor:
        mode = "" if settings_change else "_shared"
        cursor.execute(f"SELECT pg_advisory_xact_lock{mode}(hashtextextended('ward settings', 0))")
        return [_locked(cursor, key) for key in keys][-1]


def _after_all_of(patients: Sequence[Patient], now: datetime) -> datetime:
    """When an act counts as entered: now, or just after the last entry where the clock was set back since. Else what
    was known then would follow the clock, and not the order in which it was recorded."""
    last: datetime | None = Submission.objects.filter(patient__in=patients).aggregate(last=Max("entered_at"))["last"]
    return now if last is None else max(now, last + timedelta.resolution)


def _locked(cursor: CursorWrapper, key: str) -> datetime:
    """The time once the lock is held."""
    cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0)), clock_timestamp()", [key])
    now: datetime = cursor.fetchone()[1]
    return now
