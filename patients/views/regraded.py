"""Which grades did a write change? A late entry or a correction regrades what follows, and the page says so."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest

from grading.attribution import told_by, without_words
from patients.formats import shown_moment
from patients.models import Patient, StoredVerdict

OF_WHOLE_COURSE: Final = frozenset({"change_facts", "choose_protocol", "transfer", "readmit", "regrade"})
NAMED: Final = 5  # of those that changed; the rest is counted


@dataclass(frozen=True, slots=True)
class Regraded:
    """One assessment whose governing grade the write changed."""

    at: datetime
    was: str
    now: str
    later: bool  # than what was written


def regraded_by(submission_id: UUID, patient: Patient | None = None) -> list[Regraded]:
    """In time order. An assessment that was not graded before is not among them: it is new."""
    rows = StoredVerdict.objects.filter(submission=submission_id, governing=True).select_related(
        "assessment", "submission"
    )
    stored = {row.assessment_id: row for row in rows if patient is None or row.assessment.patient_id == patient.pk}
    if not stored:
        return []
    earlier = (
        StoredVerdict.objects.filter(assessment__in=stored, pk__lt=min(row.pk for row in stored.values()))
        .order_by("assessment_id", "scale", "-id")
        .distinct("assessment_id", "scale")
    )
    before = {row.assessment_id: row for row in earlier if row.governing}
    changed = [
        Regraded(row.assessment.at, _words(before[pk]), _words(row), row.submission.act not in OF_WHOLE_COURSE)
        for pk, row in stored.items()
        if pk in before and _shown(before[pk]) != _shown(row)
    ]
    return sorted(changed, key=lambda one: one.at)


def tell_regraded(request: HttpRequest, submission_id: UUID, patient: Patient | None = None) -> None:
    """Says on the next page which grades the act changed, where it changed any; of an act on two records, of one."""
    found = regraded_by(submission_id, patient)
    if not found:
        return
    named = "; ".join(f"{shown_moment(one.at)} {one.now}, was {one.was}" for one in found[-NAMED:])
    count = f"{len(found)}{' later' if found[0].later else ''} {'grade' if len(found) == 1 else 'grades'} changed"
    messages.info(request, f"{count}: {named}{'.' if len(found) <= NAMED else '; the others before.'}")


def _shown(row: StoredVerdict) -> tuple[object, ...]:
    return row.scale, row.grade, row.at_most


def _words(row: StoredVerdict) -> str:
    if row.grade is None:
        return "not assessed"
    words = f"grade {row.grade}" if row.grade == row.at_most else f"at least grade {row.grade}, at most {row.at_most}"
    left_out = without_words(told_by(row.notices))
    return f"{words} {left_out}" if left_out else words
