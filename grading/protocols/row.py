"""What is a row of a protocol: when it applies, and what it then says?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from grading.result import Dose, MissingDose, Suggestion
from grading.sources import Source
from grading.standing import Standing

HOUSE_MARK = "[H"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a row says once it applies. `because` holds what it rests on besides the grade."""

    headline: str  # under 140 characters
    steps: tuple[str, ...] = ()
    because: tuple[str, ...] = ()
    house: bool = False
    dose: Dose | MissingDose | None = None
    up_to: Dose | None = None
    then: Dose | MissingDose | None = None
    choices: tuple[Dose | MissingDose, ...] = ()
    not_before: datetime | None = None
    blocked: str | None = None
    source: Source | None = None  # where it differs from the row's


@dataclass(frozen=True, slots=True)
class GradeReason:
    """The governing grade and the criteria that drove it, in words; `house` when it rests on house readings alone.

    A criterion rests on one by itself, or by its evidence: an estimated FiO2, a fever that is waived.
    """

    sentences: tuple[str, ...]
    house: bool

    @classmethod
    def of(cls, s: Standing) -> GradeReason:
        verdict = s.verdict
        top = [r for r in verdict.met if r.grade == s.grade]
        at_least = "" if s.certain else f", at most {verdict.at_most}"
        by = f"; ASTCT governs other cells {HOUSE_MARK}]" if _governed_by_house(s) else ""
        named = f"{verdict.name} grade {s.grade}{at_least}{by}"
        readings = [r.house or any(HOUSE_MARK in e.text for e in r.evidence) for r in top]
        return cls((named, *(r.sentence() for r in top)), bool(by) or (bool(top) and all(readings)))


def _governed_by_house(s: Standing) -> bool:
    """Under `review-2024` it is a house reading that ASTCT grades cells other than CAR-T."""
    return s.cause == "other-cells" and s.governing == "astct-2019"


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a protocol's table. `drug` marks what is not suggested before CRS is confirmed (rules, °)."""

    id: str
    source: Source
    when: Callable[[Standing], bool]
    say: Callable[[Standing], Said]
    drug: bool = False

    def applies(self, s: Standing) -> bool:
        return (s.confirmed or not self.drug) and self.when(s)

    def suggestion(self, s: Standing, grade: GradeReason) -> Suggestion:
        """What this row says; `grade` is the reason that all rows share."""
        said = self.say(s)
        because = (*grade.sentences, *said.because)
        source = said.source or self.source
        house = source.house or said.house or grade.house or any(HOUSE_MARK in b for b in said.because)
        return Suggestion(
            id=self.id,
            headline=said.headline,
            steps=said.steps,
            because=because,
            source=str(source.with_house if house else source),
            house=house,
            dose=said.dose,
            up_to=said.up_to,
            then=said.then,
            choices=said.choices,
            not_before=said.not_before,
            blocked=said.blocked,
        )
