"""A dose is given. What was done is always recordable; what is unusual about it is marked beside it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from grading import record
from patients.actions.act import Entry, Refused, perform
from patients.actions.checks import shown, while_alive
from patients.actions.marks import doses_of_drug, marks
from patients.actions.paper import observer
from patients.models import Decision, Patient, Treatment, User
from patients.models.correction import correction_of


class NewDoseSince(Refused):
    """Since the form was opened somebody recorded another dose of the drug: `doses`, earliest first.

    Nothing was recorded. Sent again with their keys in `confirmed_after`, it is.
    """

    def __init__(self, doses: Sequence[Treatment]) -> None:
        self.doses = tuple(doses)
        said = "; ".join(
            f"{one.drug} at {shown(one.patient, one.at)}, recorded by {one.entered_by}" for one in self.doses
        )
        super().__init__({"drug": f"Recorded while this form was open: {said}. Is this another dose?"})


def give_treatment(
    *,
    by: User,
    submission_id: UUID,
    patient: Patient,
    drug: str,
    dose: Decimal | None = None,
    unit: str | None = None,
    route: str | None = None,
    purpose: str | None = None,
    note: str = "",
    at: datetime | None = None,
    accepted_decision: Decision | None = None,
    doses_seen: Collection[int] | None = None,
    confirmed_after: Collection[int] = (),
    observed_by: str = "",
    typed: Mapping[str, Any] | None = None,
    confirmed: Sequence[Mapping[str, Any]] = (),
) -> Treatment:
    """A dose that was given at `at` (None: the moment of recording). Any name is a drug.

    `accepted_decision` is the decision that it follows. `doses_seen` are the keys of the patient's treatments that the
    form was shown with: where another of this drug stands since, that is `NewDoseSince`, unless `confirmed_after` has
    its key. None: nobody was shown anything. `observed_by` names who saw what comes from paper.
    """
    values = {
        "drug": drug,
        "dose": dose,
        "unit": unit or None,
        "route": route or None,
        "purpose": purpose or None,
    }
    kept: dict[str, Any] = {"note": note, "typed": dict(typed or {}), "confirmed": list(confirmed)}

    def write(entry: Entry) -> Treatment:
        given = record.Treatment(at=entry.at(at), **values)  # type: ignore[arg-type]
        if doses_seen is not None:
            known = {*doses_seen, *confirmed_after}
            since = [one for one in doses_of_drug(patient, drug) if one.pk not in known]
            if since:
                raise NewDoseSince(since)
        if accepted_decision is not None and (
            accepted_decision.answer != "accepted"
            or accepted_decision.infusion.patient_id != patient.pk
            or correction_of(accepted_decision) is not None
        ):
            raise Refused({"accepted_decision": "No accepted decision of this patient."})
        paper = observer(patient, observed_by, at)
        return write_treatment(entry, patient, given, accepted_decision=accepted_decision, **kept, **paper)

    return perform(
        "give_treatment",
        by=by,
        submission_id=submission_id,
        patient=patient,
        values=values
        | kept
        | {
            "at": at,
            "accepted_decision": accepted_decision,
            "doses_seen": None if doses_seen is None else sorted(doses_seen),
            "confirmed_after": sorted(confirmed_after),
            "observed_by": observed_by,
        },
        write=write,
        again=lambda submission: Treatment.objects.get(submission=submission),
        since=lambda row: row.at,
    )


def write_treatment(
    entry: Entry,
    patient: Patient,
    given: record.Treatment,
    *,
    accepted_decision: Decision | None = None,
    instead_of: Treatment | None = None,
    **kept: Any,
) -> Treatment:
    """The row with its marks; `instead_of` is the one that it corrects."""
    while_alive(patient, given.at)
    return Treatment.objects.create(
        patient=patient,
        at=given.at,
        drug=given.drug,
        dose=given.dose,
        unit=given.unit,
        route=given.route,
        purpose=given.purpose,
        accepted_decision=accepted_decision,
        marked=marks(patient, given, accepted_decision, instead_of=instead_of),
        **kept,
        **entry.columns,
    )
