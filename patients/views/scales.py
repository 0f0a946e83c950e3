"""What do the scales say side by side: now, and at most so far?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from grading.changing import Changing
from grading.result import GradedAssessment, GradedCourse, Verdict
from grading.words import ATTRIBUTABLE, GRADE_WORDS, SCALES


@dataclass(frozen=True, slots=True)
class MaximumShown:
    """The maximum so far as the chip shows it: a lower bound by itself, so never «at least».

    `left_out` is all that any assessment of the course left out as attributed elsewhere.
    """

    grade: int | None
    at: datetime | None
    left_out: tuple[str, ...] = ()
    certain: bool = True

    @property
    def word(self) -> str:
        return GRADE_WORDS[self.grade] if self.grade is not None else "not assessed"


@dataclass(frozen=True, slots=True)
class ScaleRow:
    name: str
    governing: bool
    verdict: Verdict | None
    maximum: MaximumShown
    changing: Changing | None


def scale_rows(
    last: GradedAssessment | None, graded: GradedCourse, would_change: Mapping[str, Changing]
) -> list[ScaleRow]:
    """The governing scale first, then the others in their order."""
    governing = last.governing if last else None
    rows = [
        ScaleRow(
            name=name,
            governing=scale == governing,
            verdict=last.verdicts.get(scale) if last else None,
            maximum=maximum_of(scale, graded),
            changing=would_change.get(scale),
        )
        for scale, name in SCALES.items()
    ]
    return sorted(rows, key=lambda row: not row.governing)


def maximum_of(scale: str, graded: GradedCourse) -> MaximumShown:
    """The maximum of one scale in the course so far, with all that was left out on the way to it."""
    maximum = graded.maxima[scale]
    verdicts = [one.verdicts[scale] for one in graded.assessments if one.verdicts]
    left_out = dict.fromkeys(what for verdict in verdicts for what in verdict.left_out)
    return MaximumShown(maximum.grade, maximum.at, tuple(what for what in ATTRIBUTABLE if what in left_out))
