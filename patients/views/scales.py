"""What do the scales say side by side: now, and at most so far?"""

from collections.abc import Mapping
from dataclasses import dataclass

from grading.changing import Changing
from grading.result import GradedAssessment, GradedCourse, Verdict
from grading.summary import ScaleCourse, scale_course
from grading.words import SCALES


@dataclass(frozen=True, slots=True)
class ScaleRow:
    name: str
    governing: bool
    verdict: Verdict | None
    maximum: ScaleCourse
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
            maximum=scale_course(scale, graded),
            changing=would_change.get(scale),
        )
        for scale, name in SCALES.items()
    ]
    return sorted(rows, key=lambda row: not row.governing)
