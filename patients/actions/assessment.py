"""An assessment is recorded, with the antipyretic that was given beside it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from grading import record
from patients.actions.act import Entry, Refused, perform
from patients.actions.checks import while_alive
from patients.actions.paper import observer
from patients.actions.plain import plain
from patients.actions.treatment import write_treatment
from patients.models import Assessment, AssessmentOrganToxicity, AssessmentVasopressor, Patient, User
from patients.permissions import may
from patients.record import assessment_columns


def record_assessment(
    *,
    by: User,
    submission_id: UUID,
    patient: Patient,
    assessment: record.Assessment,
    at: datetime | None,
    antipyretic: record.Treatment | None = None,
    impression: int | None = None,
    attribution_reason: str = "",
    observed_by: str = "",
    typed: Mapping[str, Any] | None = None,
    confirmed: Sequence[Mapping[str, Any]] = (),
) -> Assessment:
    """What was seen, as the preview graded it. `at` is when (None: the moment of recording), not `assessment.at`.

    `impression` is the nurse's own grade, 0 to 4, which no rule reads; `attribution_reason` why something has another
    cause. `antipyretic` is «given now»: a treatment at the time of the assessment, written with it. `observed_by` names
    who saw what comes from paper (`patients.actions.paper`).
    """

    def write(entry: Entry) -> Assessment:
        paper = observer(patient, observed_by, at)
        seen_at = entry.at(at)
        refuse_judging(by, assessment.severe_grade_2, None)
        while_alive(patient, seen_at)
        row = write_assessment(
            entry,
            assessment,
            patient=patient,
            at=seen_at,
            impression=impression,
            attribution_reason=attribution_reason,
            typed=dict(typed or {}),
            confirmed=list(confirmed),
            **paper,
        )
        if antipyretic is not None:
            write_treatment(entry, patient, replace(antipyretic, at=seen_at), **paper)
        return row

    return perform(
        "record_assessment",
        by=by,
        submission_id=submission_id,
        patient=patient,
        values={
            "at": at,
            "assessment": _without_time(assessment),
            "antipyretic": antipyretic and _without_time(antipyretic),
            "impression": impression,
            "attribution_reason": attribution_reason,
            "observed_by": observed_by,
            "typed": typed,
            "confirmed": confirmed,
        },
        write=write,
        again=lambda submission: Assessment.objects.get(submission=submission),
        since=lambda row: row.at,
    )


def refuse_judging(by: User, severe: bool | None, before: bool | None) -> None:
    """Raises `Refused` where somebody charts or changes severity at grade 2 that may not judge it."""
    if severe != before and not may(by, "judge_severity"):
        raise Refused({"severe_grade_2": "Severity at grade 2 is asked of the physician: it was not recorded."})


def write_assessment(entry: Entry, assessment: record.Assessment, *, at: datetime, **columns: Any) -> Assessment:
    """The row, with its vasopressors and organ toxicities. `columns` are those that are not in `assessment`."""
    row = Assessment.objects.create(at=at, **columns, **assessment_columns(assessment), **entry.columns)
    for one in assessment.vasopressors or ():
        if one.since is not None and one.since > at:
            raise Refused({"vasopressors": f"{one.agent}: «since» lies after the assessment."})
        AssessmentVasopressor.objects.create(
            assessment=row,
            agent=one.agent,
            rate=one.rate,
            unit=one.unit,
            since=one.since,
            for_hypotension=one.for_hypotension,
        )
    for system, grade in (assessment.organ_toxicity or {}).items():
        AssessmentOrganToxicity.objects.create(assessment=row, system=system, grade=grade)
    return row


def _without_time(charted: record.Assessment | record.Treatment) -> dict[str, Any]:
    """What was charted, for comparing a retry: the preview's time is not the person's."""
    values: dict[str, Any] = plain(charted)
    del values["at"]
    return values
