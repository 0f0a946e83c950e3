"""How does a graded course go out, as a line of NDJSON or as rows of CSV?

Times go out in UTC, amounts as the JSON numbers that show them exactly, reasons as sentences. The shapes are those of
`docs/case-format.md`.
"""

import json
from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from grading.casefile import Rejected
from grading.result import Dose, GradedAssessment, GradedCourse, MissingDose, Suggestion, Verdict
from grading.words import SCALES


def graded_document(name: str, graded: GradedCourse, scales: Collection[str] = tuple(SCALES)) -> dict[str, Any]:
    """The output object of one case; `scales` narrows `grades` and `course`."""
    course: dict[str, Any] = {
        scale: {"max_grade": maximum.grade, "max_grade_at": _time(maximum.at)}
        for scale, maximum in graded.maxima.items()
        if scale in scales
    }
    course["episodes"] = [
        {"onset_at": _time(episode.onset_at), "resolved_at": _time(episode.resolved_at)} for episode in graded.episodes
    ]
    return {
        "case": name,
        "assessments": [_assessment(assessment, scales) for assessment in graded.assessments],
        "course": course,
    }


def rejected_document(rejected: Rejected, place: str) -> dict[str, Any]:
    """The output object of a line in error; `place` («line 3») opens every message."""
    return {
        "case": rejected.name,
        "error": [{"path": fault.path, "message": f"{place}: {fault.message}"} for fault in rejected.faults],
    }


def line_of(document: dict[str, Any]) -> str:
    """One line of NDJSON, without its end."""
    return json.dumps(document, ensure_ascii=False, allow_nan=False)


def csv_columns(scales: Collection[str]) -> list[str]:
    """The header: a row is an assessment, or one error of a line."""
    of_scales = [f"{scale}_{part}" for scale in SCALES if scale in scales for part in _PARTS]
    return ["case", "at", "governing", *of_scales, "suggestions", "error_path", "error_message"]


_PARTS: Final = ("grade", "at_most", "pending_grade", "pending_at")


def csv_rows(document: dict[str, Any], scales: Collection[str]) -> Iterator[list[str]]:
    """The rows of one output object. Texts of a file stand as they are: who writes them makes them harmless."""
    name = document["case"] or ""
    blank = [""] * (len(_PARTS) * len([scale for scale in SCALES if scale in scales]))
    for error in document.get("error", ()):
        yield [name, "", "", *blank, "", error["path"], error["message"]]
    for assessment in document.get("assessments", ()):
        grades = [cell for scale in SCALES if scale in scales for cell in _cells(assessment["grades"].get(scale))]
        ids = " ".join(suggestion["id"] for suggestion in assessment["suggestions"])
        yield [name, assessment["at"], assessment["governing"] or "", *grades, ids, "", ""]


def _cells(grade: dict[str, Any] | None) -> list[str]:
    if grade is None:
        return [""] * len(_PARTS)
    pending = grade["pending"] or {"grade": None, "at": None}
    values = (grade["grade"], grade["at_most"], pending["grade"], pending["at"])
    return ["" if value is None else str(value) for value in values]


def _assessment(graded: GradedAssessment, scales: Collection[str]) -> dict[str, Any]:
    return {
        "at": _time(graded.at),
        "grades": {scale: _verdict(verdict) for scale, verdict in graded.verdicts.items() if scale in scales},
        "governing": graded.governing,
        "suggestions": [_suggestion(suggestion) for suggestion in graded.suggestions],
    }


def _verdict(verdict: Verdict) -> dict[str, Any]:
    pending = verdict.pending
    return {
        "grade": verdict.grade,
        "at_most": verdict.at_most,
        "met": [reason.sentence() for reason in verdict.met],
        "unknown": [reason.sentence() for reason in verdict.unknown],
        "pending": {"grade": pending.grade, "at": _time(pending.at)} if pending else None,
    }


def _suggestion(suggestion: Suggestion) -> dict[str, Any]:
    document: dict[str, Any] = {"id": suggestion.id}
    if suggestion.choices:
        document["choices"] = [_choice(choice) for choice in suggestion.choices]
    else:
        document["dose"] = _dose(suggestion.dose)
    if suggestion.up_to is not None:
        document["up_to"] = _dose(suggestion.up_to)
    if suggestion.then is not None:
        document["then"] = _dose(suggestion.then)
    document["not_before"] = _time(suggestion.not_before)
    document["because"] = list(suggestion.because)
    document["source"] = suggestion.source
    return document


def _dose(dose: Dose | MissingDose | None) -> dict[str, Any] | None:
    match dose:
        case None:
            return None
        case MissingDose():
            return {"missing": list(dose.missing)}
        case Dose():
            return {"amount": _number(dose.amount), "unit": dose.unit}


def _choice(choice: Dose | MissingDose) -> dict[str, Any]:
    """An alternative: its drug, then the amount a dose, or what to chart for it."""
    document: dict[str, Any] = {"drug": choice.drug, **(_dose(choice) or {})}
    if isinstance(choice, Dose):
        document["every_h"] = choice.every_h
    return document


def _number(value: Decimal) -> int | float:
    """The JSON number that shows `value` exactly; raises on one that no JSON number of Python's does."""
    whole = value.to_integral_value()
    if value == whole:
        return int(whole)
    nearest = float(value)
    if Decimal(repr(nearest)) != value:
        raise ValueError(f"{value} has too many digits for a dose")
    return nearest


def _time(time: datetime | None) -> str | None:
    return None if time is None else time.astimezone(UTC).isoformat()
