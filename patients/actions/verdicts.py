"""Which verdicts follow from a write? All of them are stored with it, append-only, where they differ from the last.

What is stored is what was shown: «as known then» is the latest row by then, «as known now» is computed. An assessment
that is no longer graded in a course, since the infusion is now known to be later, say, gets rows without a grade, of
which none governs.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from grading import RULES_VERSION, record
from grading.result import GradedAssessment, GradedCourse, Verdict
from patients.actions.plain import plain
from patients.models import Assessment, Infusion, Patient, StoredSuggestions, StoredVerdict, Submission
from patients.record import Charted, charted, versions_of

Stored = StoredVerdict | StoredSuggestions


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What would be stored of one assessment, unsaved, and what was stored of it last (None: nothing yet)."""

    before: Stored | None
    after: Stored


@dataclass(frozen=True, slots=True, kw_only=True)
class Regraded:
    """One course and what its grading makes other than what was stored. `graded` is None where nothing was graded."""

    course: Charted
    graded: GradedCourse | None
    changes: tuple[Change, ...]


def store_verdicts(patients: Sequence[Patient], submission: Submission, *, since: datetime | None) -> None:
    """Stores the verdicts and suggestions of these patients' courses that this submission made different.

    `since`: a write about that moment changes no assessment before it, since an assessment is graded from what was
    charted up to it (rules, 3). None: any may have changed.
    """
    rows = [change.after for course in regraded(patients, submission, since=since) for change in course.changes]
    StoredVerdict.objects.bulk_create(row for row in rows if isinstance(row, StoredVerdict))
    StoredSuggestions.objects.bulk_create(row for row in rows if isinstance(row, StoredSuggestions))


def regraded(
    patients: Sequence[Patient], submission: Submission | None = None, *, since: datetime | None = None
) -> Iterator[Regraded]:
    """These patients' courses, graded by the present rules and settings, with what differs from what was stored last.

    Stores nothing. Without a submission the rows of a change are not whole, and only to be looked at.
    """
    infusions = Infusion.objects.standing().filter(patient__in=patients).order_by("patient_id", "started_at")
    courses = charted(infusions)
    versions = versions_of(course.infusion for course in courses)
    for course in courses:
        changes: list[Change] = []
        lost = _no_longer_graded(course, [key for key, now in versions.items() if now == course.infusion.pk], since)
        for assessment, rows in lost.items():
            common = _common(course, assessment, submission)
            changes += (
                Change(before=row, after=StoredVerdict(scale=row.scale, governing=False, **common)) for row in rows
            )
            changes.append(Change(before=None, after=StoredSuggestions(suggestions=[], **common)))
        if not any(isinstance(one, record.Assessment) and _from(since, one.at) for one in course.course.events):
            yield Regraded(course=course, graded=None, changes=tuple(changes))
            continue
        of_course = course.graded()
        graded = [one for one in of_course.assessments if one.verdicts and _from(since, one.at)]
        keys = [_row(one).pk for one in graded]
        last_verdicts = {
            (row.assessment_id, row.scale): row
            for row in StoredVerdict.objects.filter(infusion=course.infusion, assessment__in=keys)
            .order_by("assessment_id", "scale", "-id")
            .distinct("assessment_id", "scale")
        }
        last_suggestions = {
            row.assessment_id: row
            for row in StoredSuggestions.objects.filter(infusion=course.infusion, assessment__in=keys)
            .order_by("assessment_id", "-id")
            .distinct("assessment_id")
        }
        for one in graded:
            assessed = _row(one)
            common = _common(course, assessed, submission)
            for verdict in one.verdicts.values():
                shown = _shown(verdict, one.governing)
                last = last_verdicts.get((assessed.pk, verdict.scale))
                if differing(last, shown | {"protocol": common["protocol"]}):
                    changes.append(Change(before=last, after=StoredVerdict(scale=verdict.scale, **shown, **common)))
            suggested = {"suggestions": plain(list(one.suggestions))}
            before = last_suggestions.get(assessed.pk)
            if differing(before, suggested | {"protocol": common["protocol"]}):
                changes.append(Change(before=before, after=StoredSuggestions(**suggested, **common)))
        yield Regraded(course=course, graded=of_course, changes=tuple(changes))


def _no_longer_graded(
    course: Charted, versions: Sequence[int], since: datetime | None
) -> dict[Assessment, list[StoredVerdict]]:
    """The assessments that stand and were last stored with a grade in this course, and are not in it now; with that."""
    began, events = course.course.infusion.started_at, course.course.events
    graded = [_charted(one).pk for one in events if isinstance(one, record.Assessment) and one.at >= began]
    stored = StoredVerdict.objects.filter(infusion__in=versions, assessment__in=Assessment.objects.standing())
    if since is not None:
        stored = stored.filter(assessment__at__gte=since)
    last = stored.exclude(assessment__in=graded).order_by("assessment_id", "scale", "-id")
    lost: dict[Assessment, list[StoredVerdict]] = defaultdict(list)
    for row in last.distinct("assessment_id", "scale").select_related("assessment"):
        if row.grade is not None:
            lost[row.assessment].append(row)
    return lost


def _from(since: datetime | None, at: datetime) -> bool:
    return since is None or at >= since


def _row(graded: GradedAssessment) -> Assessment:
    return _charted(graded.assessment)


def _charted(assessment: record.Assessment) -> Assessment:
    row = assessment.ref
    assert isinstance(row, Assessment)
    return row


def _common(course: Charted, row: Assessment, submission: Submission | None) -> dict[str, Any]:
    return {
        "infusion": course.infusion,
        "assessment": row,
        **({"submission": submission, "known_at": submission.entered_at} if submission is not None else {}),
        "rules_version": RULES_VERSION,
        "settings_version": course.settings.version,
        "protocol": course.course.protocol,
    }


def _shown(verdict: Verdict, governing: str | None) -> dict[str, Any]:
    """What a stored verdict says, beside what it is about."""
    return {
        "governing": verdict.scale == governing,
        "grade": verdict.grade,
        "at_most": verdict.at_most,
        "pending_grade": verdict.pending.grade if verdict.pending else None,
        "pending_at": verdict.pending.at if verdict.pending else None,
        "met": plain(list(verdict.met)),
        "unknown": plain(list(verdict.unknown)),
        "notices": plain(list(verdict.notices)),
    }


def differing(last: Stored | None, shown: Mapping[str, Any]) -> tuple[str, ...]:
    """The names of what was shown otherwise, or not at all."""
    return tuple(name for name, value in shown.items() if last is None or getattr(last, name) != value)
