"""A dose is given."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from grading import record
from patients.actions.act import Entry, perform
from patients.actions.checks import while_alive
from patients.models import Patient, Treatment, User


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
    typed: Mapping[str, Any] | None = None,
    confirmed: Sequence[Mapping[str, Any]] = (),
) -> Treatment:
    """A dose that was given at `at` (None: the moment of recording). Any name is a drug."""
    values = {
        "drug": drug,
        "dose": dose,
        "unit": unit or None,
        "route": route or None,
        "purpose": purpose or None,
    }
    kept = {"note": note, "typed": dict(typed or {}), "confirmed": list(confirmed)}

    def write(entry: Entry) -> Treatment:
        return write_treatment(entry, patient, record.Treatment(at=entry.at(at), **values), **kept)  # type: ignore[arg-type]

    return perform(
        "give_treatment",
        by=by,
        submission_id=submission_id,
        patient=patient,
        values=values | kept | {"at": at},
        write=write,
        again=lambda submission: Treatment.objects.get(submission=submission),
        since=lambda row: row.at,
    )


def write_treatment(entry: Entry, patient: Patient, given: record.Treatment, **kept: Any) -> Treatment:
    while_alive(patient, given.at)
    return Treatment.objects.create(
        patient=patient,
        at=given.at,
        drug=given.drug,
        dose=given.dose,
        unit=given.unit,
        route=given.route,
        purpose=given.purpose,
        **kept,
        **entry.columns,
    )
