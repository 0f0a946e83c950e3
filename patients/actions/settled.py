"""What did a submission record, once nobody writes it any more?"""

from uuid import UUID

from django.db import transaction

from patients.actions.act import alone_with
from patients.models import Submission


def settled(submission_id: UUID) -> Submission | None:
    """What was recorded as this submission; None: nothing, and nothing that was sent before can still be.

    Whoever records holds the submission from before the first row until PostgreSQL has committed it or let go of it,
    also where the browser's answer was lost. Raises `OperationalError` where that lasts longer than a lock is waited
    for: it is not known yet.
    """
    with transaction.atomic():
        alone_with(submission_id)
        return Submission.objects.filter(pk=submission_id).first()
