"""What do the present rules and settings grade otherwise than what was stored, and which signatures would that open?

Every course, a few patients at a time, each few in a transaction that sees one moment and that PostgreSQL lets change
nothing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from crsweb.backups.contents import one_moment
from grading.words import SCALES
from patients.actions.verdicts import Change, Regraded, Stored, differing, regraded
from patients.models import Infusion, Patient, StoredSuggestions, StoredVerdict
from patients.signatures import signature_views, signatures_of

AT_ONCE: Final = 20  # patients
SUGGESTIONS: Final = "Suggestions"
# What may differ, by the column, in words
PARTS: Final = {
    "governing": "whether it governs",
    "grade": "grade",
    "at_most": "at most",
    "pending_grade": "pending grade",
    "pending_at": "time of the pending grade",
    "met": "criteria met",
    "unknown": "unknown facts",
    "notices": "notices",
    "suggestions": "suggestions",
    "protocol": "protocol",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One scale's verdict, or the suggestions, at one assessment: as stored last, and as graded now.

    `signature` is the key of the signature at this assessment that is open while the grade is the present one.
    """

    ward: str
    patient: int
    infusion: int
    assessment: int
    at: datetime
    scale: str  # its name, or `SUGGESTIONS`
    was: str
    now: str
    parts: tuple[str, ...]  # what differs, in words
    rules_was: str
    rules_now: str
    settings_was: str
    settings_now: str
    signature: int | None


def differences() -> Iterator[Difference]:
    """All of the site, in the order of patients."""
    for patients in _some_at_a_time():
        yield from _of(patients)


def patients_with_differences() -> Iterator[Patient]:
    """Whom the present rules or settings grade otherwise than was stored."""
    for patients in _some_at_a_time():
        for key in dict.fromkeys(one.patient for one in _of(patients)):
            yield Patient.objects.get(pk=key)


def _some_at_a_time() -> Iterator[list[int]]:
    """All who have a course, by their keys: what grows with the site is a list of numbers."""
    of_courses = Infusion.objects.standing().order_by("patient_id")
    keys = list(of_courses.values_list("patient_id", flat=True).distinct())
    for start in range(0, len(keys), AT_ONCE):
        yield keys[start : start + AT_ONCE]


def _of(patients: Sequence[int]) -> list[Difference]:
    with one_moment():
        known = {one.pk: one for one in Patient.objects.present().filter(pk__in=patients)}
        courses = list(regraded(list(known.values())))
        changed = (course for course in courses if course.changes)
        return [one for course in changed for one in _told(course, known[course.course.infusion.patient_id])]


def _told(of: Regraded, patient: Patient) -> Iterator[Difference]:
    open_again = _open_signatures(of)
    for change in of.changes:
        after, before = change.after, change.before
        if before is None and not _says_anything(after):
            continue
        scale = SCALES[after.scale] if isinstance(after, StoredVerdict) else SUGGESTIONS
        signs = isinstance(after, StoredVerdict) and (after.governing or bool(before and _governed(before)))
        yield Difference(
            ward=str(patient.ward),
            patient=patient.pk,
            infusion=of.course.infusion.pk,
            assessment=after.assessment_id,
            at=after.assessment.at,
            scale=scale,
            was=_words(before),
            now=_words(after),
            parts=_parts(change),
            rules_was=before.rules_version if before else "",
            rules_now=after.rules_version,
            settings_was=before.settings_version if before else "",
            settings_now=after.settings_version,
            signature=open_again.get(after.assessment_id) if signs else None,
        )


def _open_signatures(of: Regraded) -> dict[int, int]:
    """By assessment, the signature whose facts are other ones by the present grading."""
    if of.graded is None:
        return {}
    given = signatures_of([of.course.infusion], signers=False).get(of.course.infusion.pk, [])
    views = signature_views(given, of.graded)
    return {view.signature.assessment_id: view.signature.pk for view in views if view.open_again}


def _parts(change: Change) -> tuple[str, ...]:
    shown = {name: getattr(change.after, name) for name in PARTS if hasattr(change.after, name)}
    return tuple(PARTS[name] for name in differing(change.before, shown))


def _words(row: Stored | None) -> str:
    """«2 to 3, 3 pending from …», or the steps; what is compared by eye."""
    if row is None:
        return "not stored"
    if isinstance(row, StoredSuggestions):
        return ", ".join(str(one["id"]) for one in row.suggestions) or "none"
    if row.grade is None:
        return "no grade"
    words = str(row.grade) if row.grade == row.at_most else f"{row.grade} to {row.at_most}"
    return f"{words}, {row.pending_grade} from {row.pending_at:%Y-%m-%d %H:%M} UTC" if row.pending_at else words


def _says_anything(row: Stored) -> bool:
    return row.grade is not None if isinstance(row, StoredVerdict) else bool(row.suggestions)


def _governed(row: Stored) -> bool:
    return isinstance(row, StoredVerdict) and row.governing
