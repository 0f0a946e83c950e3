"""Somebody is worried about a patient; a physician has seen it. No message is sent from here."""

from uuid import UUID

from patients.actions.act import WHOLE, Entry, Refused, perform
from patients.models import Concern, ConcernAcknowledgement, Patient, User
from patients.models.correction import correction_of


def raise_concern(
    *, by: User, submission_id: UUID, patient: Patient, why: str, called: str = "", answered: str = ""
) -> Concern:
    """«Escalate now», at any grade: why, who was called, who answered."""
    values = {"why": why, "called": called, "answered": answered}
    return perform(
        "raise_concern",
        by=by,
        submission_id=submission_id,
        patient=patient,
        values=values,
        write=lambda entry: Concern.objects.create(patient=patient, **values, **entry.columns),
        again=lambda submission: Concern.objects.get(submission=submission),
        regrade=lambda row: [],
    )


def acknowledge_concern(*, by: User, submission_id: UUID, concern: Concern, text: str = "") -> ConcernAcknowledgement:
    """A physician has seen it; the first one counts."""

    def write(entry: Entry) -> ConcernAcknowledgement:
        marked = correction_of(concern)
        if marked is not None:
            raise Refused({WHOLE: f"{marked.entered_by} has marked this concern: {marked.get_kind_display().lower()}."})
        seen = ConcernAcknowledgement.objects.standing().filter(concern=concern)
        earlier = seen.select_related("entered_by").first()
        if earlier is not None:
            raise Refused({WHOLE: f"{earlier.entered_by} has acknowledged this concern already."})
        return ConcernAcknowledgement.objects.create(concern=concern, text=text, **entry.columns)

    return perform(
        "acknowledge_concern",
        by=by,
        submission_id=submission_id,
        patient=concern.patient,
        values={"concern": concern, "text": text},
        write=write,
        again=lambda submission: ConcernAcknowledgement.objects.get(submission=submission),
        regrade=lambda row: [],
    )
