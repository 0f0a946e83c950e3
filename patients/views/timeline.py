"""What happened in a course, on one time axis: strips of signs and grades, lanes of events, and the equal table?

The server draws the whole course once. A window is a part of that drawing: without a script a link asks for another
one; with it the page shows another part at once. The table says everything that the drawing shows.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from django.core.paginator import Paginator
from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from grading.fever import FEVER_C
from grading.numbers import celsius, measurement
from grading.oxygen import HIGH_FIO2_PERCENT
from grading.record import Assessment as Seen
from grading.result import GradedCourse
from grading.settings import Settings
from grading.timeline import timeline as timeline_of
from grading.timeline_shapes import Timeline
from grading.words import SCALES
from patients.formats import shown_moment
from patients.models.submission import EnteredRow
from patients.record import Charted, charted
from patients.timeline import Lane, lanes, last_done
from patients.views.banner import two_identifiers
from patients.views.bedside import Bedside, bedside
from patients.views.timeline_axis import (
    FIRST_WINDOW,
    NOMINAL_WIDTH,
    TICK_ROOM,
    TICK_STEPS,
    WINDOWS,
    Axis,
    Tick,
    Window,
    first_day,
    written,
)
from patients.views.timeline_moments import NAMES, SIGNS, Moment, moments
from patients.views.timeline_paths import Label
from patients.views.timeline_strips import Drawing, Strip

PAGE: Final = 100
SECOND_SHEET: Final = next(iter(SCALES))  # the strip that a second printed sheet begins with
BEFORE: Final = timedelta(hours=24)  # doses and results from before the infusion that are drawn


class Written(NamedTuple):
    """Words in the window that the server draws, `x` in percent of its width."""

    x: float
    y: float
    text: str
    kind: str
    after: int  # pixels between the mark and its words


@dataclass(frozen=True, slots=True)
class Row:
    strip: Strip
    written: list[Written]


@dataclass(frozen=True, slots=True)
class Choice:
    """A link to another window."""

    label: str
    query: str
    hours: int | None
    chosen: bool


@require_safe
@bedside()
def timeline(request: HttpRequest, here: Bedside, course: int | None = None) -> HttpResponse:
    """The course that is open now, or an earlier one of the same patient (`course` is the key of its infusion)."""
    infusion = here.infusion if course is None else get_object_or_404(here.patient.infusions.standing(), pk=course)
    context = here.context() | {"now": here.now, "identifiers": two_identifiers(here.patient)}
    if infusion is None:
        return render(request, "patients/timeline.html", context)
    of = charted([infusion])[0]
    graded = of.graded()
    current = infusion == here.infusion and here.open
    if course is not None:
        context["back"] = reverse("earlier_course", args=[here.patient.pk, infusion.pk])
    last = here.now if current else last_done(infusion, followed=infusion != here.infusion)
    drawn = drawn_timeline(of, graded, last, over=not current)
    read_who_entered(of)
    events = lanes(of, drawn)
    found = moments(drawn, events)
    context |= {
        "drawn": drawn,
        "second_sheet": SECOND_SHEET,
        "current": current,
        "course_of": infusion,
        "left_out": _left_out(of, drawn),
    }
    if request.GET.get("view") == "table":
        page = Paginator(found[::-1], PAGE).get_page(request.GET.get("page"))
        context |= {"page": page, "signs": SIGNS.values(), "limits": _limit_words(drawn, of.settings)}
        return render(request, "patients/timeline_table.html", context)
    axis, governing = Axis(_origin(drawn), drawn.ends_at), graded.latest.governing if graded.latest else None
    chart = Drawing(axis, drawn, of.settings, governing, _round(graded, current))
    window = chart.axis.window(*_asked(request, current))
    return render(request, "patients/timeline.html", context | chart_context(chart, events, found, window, here.now))


def drawn_timeline(of: Charted, graded: GradedCourse, last: datetime | None, *, over: bool) -> Timeline:
    """From a day before the infusion, or from its first assessment, to `last`, or its last event if that is later."""
    started = of.infusion.started_at
    near = [one.at for one in of.course.events if isinstance(one, Seen) or one.at >= started - BEFORE]
    ends = [*near, started + timedelta(hours=1), *([last] if last else [])]
    return timeline_of(of.course, graded, of.settings, min([started, *near]), max(ends), over=over)


def read_who_entered(of: Charted) -> None:
    """The people behind the rows of the course, in as many queries as there are kinds of rows."""
    kinds: dict[type, list[EnteredRow]] = {}
    for event in of.course.events:
        if isinstance(event.ref, EnteredRow):
            kinds.setdefault(type(event.ref), []).append(event.ref)
    for rows in kinds.values():
        prefetch_related_objects(rows, "entered_by")


def _left_out(of: Charted, drawn: Timeline) -> int:
    """Doses and results from before the drawing begins."""
    return sum(one.at < drawn.begins_at for one in of.course.events)


def _origin(drawn: Timeline) -> datetime:
    return drawn.begins_at.replace(minute=0, second=0, microsecond=0)


def _round(graded: GradedCourse, current: bool) -> timedelta | None:
    """How often the patient is seen now: a last value older than that is old. None where the course is over."""
    last = graded.latest
    if not current or last is None or last.due_at is None or last.observed_at is None:
        return None
    return last.due_at - last.observed_at


def _asked(request: HttpRequest, current: bool) -> tuple[int | None, int]:
    """The window in the address; anything else is the first one."""
    asked, back = request.GET.get("window", ""), request.GET.get("back", "")
    windows: dict[str, int | None] = {str(hours): hours for hours in WINDOWS} | {"all": None}
    hours = windows.get(asked, FIRST_WINDOW if current else None)
    return hours, int(back) if back.isdecimal() and len(back) < 6 else 0


def chart_context(
    chart: Drawing, events: Iterable[Lane], found: list[Moment], window: Window, now: datetime
) -> dict[str, Any]:
    """What the template draws, and what its script reads."""
    axis, ticks = chart.axis, chart.axis.ticks()
    strips = [*chart.strips(), *(chart.lane(lane) for lane in events)]
    shown = written(ticks, window)
    return {
        "window": window,
        "viewbox": f"{window.low} 0 {round(window.width, 1)} 100",
        "rows": [Row(strip, _written(strip.labels, window)) for strip in strips],
        "ticks": [(round(_percent(tick.x, window), 2), tick) for tick in shown],
        "first_day": first_day(ticks, window),
        "grid": "".join(f"M{tick.x} 0V100" for tick in shown),
        "now_line": f"M{axis.x(now)} 0V100",
        "choices": _choices(window),
        "earlier": _query(window.hours, window.back + 1) if axis.earlier(window) and window.hours else "",
        "later": _query(window.hours, window.back - 1) if window.back else "",
        "island": _island(axis, strips, ticks, found, window),
    }


def _choices(window: Window) -> list[Choice]:
    hours: list[int | None] = [*WINDOWS, None]
    return [Choice(f"{h} h" if h else "All", _query(h), h, h == window.hours) for h in hours]


def _query(hours: int | None, back: int = 0) -> str:
    return f"?window={hours or 'all'}" + (f"&back={back}" if back else "")


def _percent(x: float, window: Window) -> float:
    return (x - window.low) / window.width * 100


def _written(labels: Iterable[Label], window: Window) -> list[Written]:
    """The labels that have room: as far left as what they belong to is in sight."""
    found = []
    begins, ends, width = window.low, window.high, window.width
    for low, high, y, text, kind, room, after, until, over in labels:
        if low < begins:
            if kind == "at":
                continue
            low, until = begins, 0  # over a bar they stand at its beginning only
        # in pixels, of a window as wide as the server takes it to be
        if (min(high, ends) - low) / width * NOMINAL_WIDTH >= room:
            found.append(Written(round(_percent(low, window), 2), y, text, kind, after))
        elif until and (min(until, ends) - low) / width * NOMINAL_WIDTH >= room:
            found.append(Written(round(_percent(low, window), 2), over, text, "over", -2))
    return found


def _island(axis: Axis, strips: list[Strip], ticks: list[Tick], found: list[Moment], window: Window) -> dict[str, Any]:
    """What the script needs to show another part of the drawing: no geometry but places and words."""
    everything = axis.window(None)
    names = list(NAMES)
    places = {key: place for place, key in enumerate(names)}
    return {
        "window": [window.low, window.high, window.hours],
        "all": [everything.low, everything.high],
        "end": axis.end,
        "tickRoom": TICK_ROOM,
        "tickSteps": TICK_STEPS,
        "ticks": [[tick.x, tick.hour, tick.label, int(tick.midnight)] for tick in ticks],
        "labels": {strip.key: strip.labels for strip in strips},  # each label as its fields, in their order
        "names": [NAMES[key] for key in names],
        "moments": [
            (axis.x(one.at), one.when, one.who, one.late, [(places[key], text) for key, text in one.items])
            for one in found
        ],
    }


def _limit_words(drawn: Timeline, settings: Settings) -> list[str]:
    """The limits that applied, with their times where they changed."""
    found = [
        f"fever from {celsius(FEVER_C)} °C",
        f"SpO2 low below {measurement(settings.spo2_limit_percent)}%",
        f"high oxygen from FiO2 {measurement(HIGH_FIO2_PERCENT)}%",
    ]
    for limits in (drawn.systolic_limits, drawn.mean_limits):
        for one in limits:
            when = f" from {shown_moment(one.at)}" if len(limits) > 1 else ""
            found.append(f"{one.words}{when}")
    return found
