"""A result comes back."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from patients.actions.act import Entry, perform
from patients.actions.checks import while_alive
from patients.actions.paper import observer
from patients.models import LaboratoryResult, Patient, User


def enter_result(
    *,
    by: User,
    submission_id: UUID,
    patient: Patient,
    analyte: str,
    value: Decimal,
    unit: str | None = None,
    lower_limit: Decimal | None = None,
    upper_limit: Decimal | None = None,
    at: datetime | None = None,
    observed_by: str = "",
    typed: Mapping[str, Any] | None = None,
    confirmed: Sequence[Mapping[str, Any]] = (),
) -> LaboratoryResult:
    """One result; `at` is when the sample was taken (None: the moment of recording). Limits in the value's unit.

    `observed_by` names whose entry on paper it is.
    """
    values = {
        "analyte": analyte,
        "value": value,
        "unit": unit or None,
        "lower_limit": lower_limit,
        "upper_limit": upper_limit,
        "typed": dict(typed or {}),
        "confirmed": list(confirmed),
    }

    def write(entry: Entry) -> LaboratoryResult:
        paper = observer(patient, observed_by, at)
        taken_at = entry.at(at)
        while_alive(patient, taken_at)
        return LaboratoryResult.objects.create(patient=patient, at=taken_at, **values, **paper, **entry.columns)

    return perform(
        "enter_result",
        by=by,
        submission_id=submission_id,
        patient=patient,
        values=values | {"at": at, "observed_by": observed_by},
        write=write,
        again=lambda submission: LaboratoryResult.objects.get(submission=submission),
        since=lambda row: row.at,
    )
