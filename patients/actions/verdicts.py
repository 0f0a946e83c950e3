"""Which verdicts follow from a write? All of them are stored with it, append-only, where they differ from the last.

What is stored is what was shown: «as known then» is the latest row by then, «as known now» is computed. An assessment
that is no longer graded in a course, since the infusion is now known to be later, say, gets rows without a grade, of
which none governs.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from grading import RULES_VERSION, record
from grading.result import GradedAssessment, Verdict
from patients.actions.plain import plain
from patients.models import Assessment, Infusion, Patient, StoredSuggestions, StoredVerdict, Submission
from patients.record import Charted, charted, versions_of


def store_verdicts(patients: Sequence[Patient], submission: Submission, *, since: datetime | None) -> None:
    """Stores the verdicts and suggestions of these patients' courses that this submission made different.

    `since`: a write about that moment changes no assessment before it, since an assessment is graded from what was
    charted up to it (rules, 3). None: any may have changed.
    """
    infusions = Infusion.objects.standing().filter(patient__in=patients).order_by("patient_id", "started_at")
    verdicts: list[StoredVerdict] = []
    suggestions: list[StoredSuggestions] = []
    courses = charted(infusions)
    versions = versions_of(course.infusion for course in courses)
    for course in courses:
        lost = _no_longer_graded(course, [key for key, now in versions.items() if now == course.infusion.pk], since)
        for assessment, scales in lost.items():
            common = _common(course, assessment, submission)
            verdicts += (StoredVerdict(scale=scale, governing=False, **common) for scale in scales)
            suggestions.append(StoredSuggestions(suggestions=[], **common))
        if not any(isinstance(one, record.Assessment) and _from(since, one.at) for one in course.course.events):
            continue
        graded = [one for one in course.graded().assessments if one.verdicts and _from(since, one.at)]
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
            row = _row(one)
            common = _common(course, row, submission)
            for verdict in one.verdicts.values():
                shown = _shown(verdict, one.governing)
                if _differs(last_verdicts.get((row.pk, verdict.scale)), shown | {"protocol": common["protocol"]}):
                    verdicts.append(StoredVerdict(scale=verdict.scale, **shown, **common))
            suggested = {"suggestions": plain(list(one.suggestions))}
            if _differs(last_suggestions.get(row.pk), suggested | {"protocol": common["protocol"]}):
                suggestions.append(StoredSuggestions(**suggested, **common))
    StoredVerdict.objects.bulk_create(verdicts)
    StoredSuggestions.objects.bulk_create(suggestions)


def _no_longer_graded(course: Charted, versions: Sequence[int], since: datetime | None) -> dict[Assessment, list[str]]:
    """The assessments that stand and were last stored with a grade in this course, and are not in it now; by scale."""
    began, events = course.course.infusion.started_at, course.course.events
    graded = [_charted(one).pk for one in events if isinstance(one, record.Assessment) and one.at >= began]
    stored = StoredVerdict.objects.filter(infusion__in=versions, assessment__in=Assessment.objects.standing())
    if since is not None:
        stored = stored.filter(assessment__at__gte=since)
    last = stored.exclude(assessment__in=graded).order_by("assessment_id", "scale", "-id")
    lost: dict[Assessment, list[str]] = defaultdict(list)
    for row in last.distinct("assessment_id", "scale").select_related("assessment"):
        if row.grade is not None:
            lost[row.assessment].append(row.scale)
    return lost


def _from(since: datetime | None, at: datetime) -> bool:
    return since is None or at >= since


def _row(graded: GradedAssessment) -> Assessment:
    return _charted(graded.assessment)


def _charted(assessment: record.Assessment) -> Assessment:
    row = assessment.ref
    assert isinstance(row, Assessment)
    return row


def _common(course: Charted, row: Assessment, submission: Submission) -> dict[str, Any]:
    return {
        "infusion": course.infusion,
        "assessment": row,
        "submission": submission,
        "known_at": submission.entered_at,
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


def _differs(last: StoredVerdict | StoredSuggestions | None, shown: Mapping[str, Any]) -> bool:
    return last is None or any(getattr(last, name) != value for name, value in shown.items())
