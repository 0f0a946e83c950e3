"""Rules of another version grade a patient's courses anew, after somebody looked at what they change."""

from uuid import UUID

from grading import RULES_VERSION
from patients.actions.act import Refused, perform
from patients.models import Patient, Submission, User


def regrade(*, by: User, submission_id: UUID, patient: Patient, reason: str) -> Submission:
    """Stores what the present rules and settings grade otherwise than was stored, under an act that says why.

    What was stored stays, as known then. No signature is written or changed: one whose grade is another now is open
    again, as after a correction.
    """
    if not reason.strip():
        raise Refused({"reason": "Needed: what was changed in the rules or settings, and who decided it."})
    return perform(
        "regrade",
        by=by,
        submission_id=submission_id,
        patient=patient,
        values={"reason": reason, "rules_version": RULES_VERSION},
        write=lambda entry: entry.submission,
        again=lambda submission: submission,
    )
