"""What does a decision on a suggestion rest on, and has that changed since?

A decided step stays decided while its basis stands: the governing grade and its certainty, the met criteria, the dose
number, the weight used and a blocking fact. A reading is no part of it. A new episode, a rise of grade and a newly
failed dose always bring the step back, and the card says what changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from decimal import Decimal
from typing import Any, Final

from grading.numbers import measurement
from grading.result import Dose, GradedAssessment, GradedCourse, Reason, Suggestion
from grading.words import PROTOCOLS, SCALES

NEUROLOGIC: Final = frozenset({"neurologic-steroid", "intensive-care", "interrupt-infusion", "glucocorticoid"})
COUNTED_DOSES: Final = frozenset({"tocilizumab", "repeat-tocilizumab"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """Facts only, comparable and storable. `criteria` are keys of the governing scale's met criteria."""

    protocol: str
    scale: str
    grade: int
    at_most: int
    criteria: tuple[str, ...]
    icans: int | None = None  # only for steps that rest on ICANS
    dose_number: int | None = None
    weight_kg: str | None = None  # exact, as text
    blocked: str | None = None
    episode: int = 0
    failed: tuple[str, ...] = ()  # doses that have failed: «tocilizumab 1»

    def document(self) -> dict[str, Any]:
        """A JSON object that `from_document` reads back."""
        return {k: list(v) if isinstance(v, tuple) else v for k, v in asdict(self).items()}

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Basis:
        """The basis a document holds. Raises `KeyError` for an unknown key, as it is of another edition."""
        known = {f.name for f in fields(cls)}
        for key in document:
            if key not in known:
                raise KeyError(key)
        values: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in document.items()}
        return cls(**values)


def basis_of(course: GradedCourse, graded: GradedAssessment, suggestion: Suggestion, protocol: str) -> Basis:
    """What `suggestion`, made at `graded` of `course`, rests on. `graded` is an assessment of the course itself.

    Raises `ValueError` for an assessment from before the infusion: nothing is suggested there.
    """
    verdict = graded.verdict
    if verdict is None or verdict.grade is None or verdict.at_most is None:
        raise ValueError("an assessment without a governing grade has no suggestions")
    weight = suggestion.dose.weight_kg if isinstance(suggestion.dose, Dose) else None
    given = [e for e in course.tocilizumab if e.at <= graded.at]
    ledgers = (("tocilizumab", course.tocilizumab), ("glucocorticoid", course.glucocorticoids))
    return Basis(
        protocol=protocol,
        scale=verdict.scale,
        grade=verdict.grade,
        at_most=verdict.at_most,
        criteria=tuple(sorted(r.key for r in verdict.met)),
        icans=graded.verdicts["icans-2019"].grade if suggestion.id in NEUROLOGIC else None,
        dose_number=len(given) + 1 if suggestion.id in COUNTED_DOSES else None,
        weight_kg=f"{weight.normalize():f}" if weight is not None else None,
        blocked=suggestion.blocked,
        episode=sum(e.onset_at <= graded.at for e in course.episodes),
        failed=tuple(f"{name} {e.number}" for name, doses in ledgers for e in doses if e.failed and e.at <= graded.at),
    )


def changes(before: Basis, now: Basis) -> tuple[str, ...]:
    """What changed, in words; empty while the decision stands."""
    said = []
    if now.protocol != before.protocol:
        said.append(f"the protocol is now {PROTOCOLS[now.protocol]}")
    if now.scale != before.scale:
        said.append(f"the governing scale is now {SCALES[now.scale]}")
    if now.episode != before.episode:
        said.append("a new episode began")
    if now.grade != before.grade:
        said.append(f"the grade {'rose' if now.grade > before.grade else 'fell'} from {before.grade} to {now.grade}")
    if now.at_most != before.at_most and (now.grade == now.at_most) != (before.grade == before.at_most):
        said.append("the grade is certain now" if now.grade == now.at_most else "the grade is no longer certain")
    elif now.at_most != before.at_most and now.grade != now.at_most:
        said.append(f"the grade is at most {now.at_most}, was at most {before.at_most}")
    if now.grade == before.grade and now.criteria != before.criteria:
        said.append("other criteria are met")
    if now.icans != before.icans:
        said.append(f"ICANS is {_known(now.icans)}, was {_known(before.icans)}")
    newly = [dose for dose in now.failed if dose not in before.failed]
    said.extend(f"{dose.rsplit(' ', 1)[0]} dose {dose.rsplit(' ', 1)[1]} has failed" for dose in newly)
    if now.dose_number != before.dose_number:
        said.append(f"it is dose {now.dose_number} now")
    if now.weight_kg != before.weight_kg:
        said.append(f"the weight used is {_kg(now.weight_kg)}, was {_kg(before.weight_kg)}")
    if now.blocked != before.blocked:
        said.append(now.blocked or f"no longer: {before.blocked}")
    return tuple(said)


def _known(grade: int | None) -> str:
    return "not assessed" if grade is None else f"grade {grade}"


def _kg(weight: str | None) -> str:
    return "not known" if weight is None else f"{measurement(Decimal(weight))} kg"


def signed_facts(graded: GradedAssessment) -> dict[str, Any]:
    """What a signature of the governing grade at this assessment rests on: the grade, the criteria and their values,
    and what was left out as attributed elsewhere.

    A JSON object; a signature is open again when the same assessment, computed anew, gives another one.
    Raises `ValueError` for an assessment from before the infusion.
    """
    verdict = graded.verdict
    if verdict is None:
        raise ValueError("an assessment from before the infusion has no grade to sign")
    return {
        "scale": verdict.scale,
        "grade": verdict.grade,
        "at_most": verdict.at_most,
        "met": [_reason(r) for r in verdict.met],
        "unknown": sorted(r.key for r in verdict.unknown),
        "left_out": list(verdict.left_out),
    }


def _reason(reason: Reason) -> dict[str, Any]:
    values = [f"{e.text} @ {e.at.isoformat() if e.at else ''}" for e in reason.evidence]
    return {"key": reason.key, "values": sorted(values)}
