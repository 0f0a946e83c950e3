"""What did a submission record, once nobody writes it any more?"""

from dataclasses import dataclass
from uuid import UUID, uuid4

from django.db import transaction

from patients.actions.act import alone_with, alone_with_the_last
from patients.actions.draft import SUBMISSION
from patients.models import ClosedSubmission, Draft, Submission, User


@dataclass(frozen=True, slots=True)
class Settled:
    """What was recorded; else None, and the id under which the same form can be sent again."""

    recorded: Submission | None
    goes_on_as: UUID


def settle(submission_id: UUID, *, by: User) -> Settled:
    """What was recorded as this submission. Where that is nothing, nothing ever is: the id is closed for good.

    Whoever records holds the submission from before the first row until PostgreSQL has committed it or let go of it,
    also where the browser's answer was lost. A try that has not begun to record, since it waits for a worker or is
    being read, holds nothing yet: it finds the id closed, and records nothing. A draft of the form goes on under the
    new id. Raises `OperationalError` where somebody records longer than a lock is waited for: it is not known yet.
    """
    with transaction.atomic():
        alone_with(submission_id)
        of_this = Submission.objects.filter(pk=submission_id), ClosedSubmission.objects.filter(pk=submission_id)
        if not any(rows.exists() for rows in of_this):
            _close(submission_id, by)
        last, _ = alone_with_the_last(submission_id)
        return Settled(Submission.objects.filter(pk=last).first(), last)


def _close(submission_id: UUID, by: User) -> None:
    closed = ClosedSubmission.objects.create(id=submission_id, goes_on_as=uuid4(), closed_by=by)
    for draft in Draft.objects.filter(submission_id=submission_id):
        draft.submission_id = closed.goes_on_as
        if SUBMISSION in draft.fields:
            draft.fields[SUBMISSION] = [str(closed.goes_on_as)]
        draft.save(update_fields=["submission_id", "fields"])
