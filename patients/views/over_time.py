"""How did the scales go side by side over a course, where did each change, and why do they differ?"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from grading.differing import differing
from grading.result import GradedAssessment, Verdict
from grading.words import SCALES
from patients.record import charted
from patients.views.bedside import Bedside, bedside

PAGE: Final = 100


@dataclass(frozen=True, slots=True)
class Cell:
    """One scale at one assessment. `was` is the verdict before it, where this is another; None where it is the same."""

    name: str
    verdict: Verdict
    was: Verdict | None


@dataclass(frozen=True, slots=True)
class Line:
    """One assessment on every scale. `why`: why the CRS scales differ; `as_above` where it is as on the line above."""

    at: datetime
    cells: tuple[Cell, ...]
    why: tuple[str, ...]
    as_above: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    governing: bool


@require_safe
@bedside()
def scales_over_time(request: HttpRequest, here: Bedside, course: int | None = None) -> HttpResponse:
    """Every graded assessment of the course that is open now, or of an earlier one, 100 a page, the latest first."""
    infusion = here.infusion if course is None else get_object_or_404(here.patient.infusions.standing(), pk=course)
    graded = charted([infusion])[0].graded().assessments if infusion is not None else ()
    lines = lines_of([one for one in graded if one.verdicts])
    page = Paginator(tuple(reversed(lines)), PAGE).get_page(request.GET.get("page"))
    governing = next((one.governing for one in reversed(graded) if one.governing), None)
    context = here.context() | {
        "page": page,
        "lines": on_page(list(page.object_list)),
        "columns": [Column(name, scale == governing) for scale, name in SCALES.items()],
        "shown": infusion,
        "earlier": infusion != here.infusion,
    }
    return render(request, "patients/scales_over_time.html", context)


def lines_of(graded: Sequence[GradedAssessment]) -> list[Line]:
    """In time order. The first has nothing before it."""
    lines: list[Line] = []
    before: GradedAssessment | None = None
    for one in graded:
        cells = tuple(_cell(scale, one, before) for scale in SCALES)
        lines.append(Line(one.at, cells, differing(one)))
        before = one
    return lines


def on_page(lines: Sequence[Line]) -> list[Line]:
    """The lines of one page from its top: the reasons stand in full on the first of those that share them."""
    above = (None, *lines)[: len(lines)]
    return [
        replace(line, as_above=before is not None and bool(line.why) and before.why == line.why)
        for before, line in zip(above, lines, strict=True)
    ]


def _cell(scale: str, one: GradedAssessment, before: GradedAssessment | None) -> Cell:
    now = one.verdicts[scale]
    was = before.verdicts[scale] if before is not None else None
    same = was is None or (was.grade, was.at_most) == (now.grade, now.at_most)
    return Cell(SCALES[scale], now, None if same else was)
