"""How long do 2,000 assessments take to draw: on the server, and in Chromium when the window changes?

    .venv/bin/python -m benchmarks.timeline

Drawing is everything after the course was read and graded: the series, the strips, the words, the page, and what the
browser does with it until it is painted. Grading is timed beside it. The best of several runs counts, since other work
on the machine only ever adds. Ends with 1 where drawing, or showing another window, takes 300 ms or more.
"""

import os
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from time import process_time
from typing import Any, Final, TypeVar

from django.template.loader import render_to_string
from django.utils import timezone
from playwright.sync_api import Page, sync_playwright

from crsweb import warmed
from grading.course import grade_course
from grading.record import Assessment, Course, Infusion, Oxygen, Patient, Treatment, Vasopressor
from grading.settings import DEFAULT
from grading.timeline import timeline
from patients.models import Assessment as Row
from patients.models import User
from patients.timeline import LANES, Lane, Mark
from patients.views.timeline import SECOND_SHEET, chart_context
from patients.views.timeline_axis import Axis
from patients.views.timeline_moments import moments
from patients.views.timeline_strips import Drawing
from tests import chromium

ASSESSMENTS: Final = 2_000
LIMIT_MS: Final = 300
RUNS: Final = 7
STARTED: Final = datetime(2026, 3, 1, 10, tzinfo=UTC)
STATIC: Final = Path(__file__).parent.parent / "static"
PAINTED: Final = """async (act) => {
    const painted = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    await painted();
    const before = performance.now();
    const key = new KeyboardEvent("keydown", { key: act.slice(4), bubbles: true });
    if (act.startsWith("key:")) document.querySelector("[data-chart]").dispatchEvent(key);
    else document.querySelector(act).click();
    await painted();
    await painted();
    return performance.now() - before;
}"""
ANOTHER: Final = "[data-window='48']"  # shown before each act: what is drawn already is not drawn again
Answer = TypeVar("Answer")


def course() -> Course:
    """Three weeks, an assessment each quarter of an hour, nothing the same for long, every tenth entered late."""
    nurse = User(username="ada", display_name="Ada One")
    events: list[Assessment | Treatment] = []
    for number in range(ASSESSMENTS):
        at = STARTED + timedelta(minutes=15 * number)
        entered_at = at + timedelta(minutes=40 if number % 10 == 0 else 1)
        agent = Vasopressor(agent="norepinephrine", rate=Decimal(number % 30 + 1), unit="mcg/min")
        events.append(
            Assessment(
                at=at,
                temperature_c=Decimal(365 + number * 7 % 40) / 10,
                heart_rate=Decimal(70 + number * 11 % 80),
                systolic=Decimal(80 + number * 13 % 60),
                diastolic=Decimal(40 + number * 5 % 30),
                spo2_percent=Decimal(88 + number * 3 % 12),
                oxygen=Oxygen(device="nasal-cannula", flow_l_min=Decimal(1 + number % 8)),
                vasopressors=(agent,) if number % 40 < 25 else (),
                ice_score=number % 11,
                ref=Row(at=at, entered_at=entered_at, entered_by=nurse),
            )
        )
    who = Patient(birth_date=date(1980, 8, 14), weight_kg=Decimal(70))
    return Course(patient=who, infusion=Infusion(cause="car-t", started_at=STARTED), events=tuple(events))


def lanes() -> tuple[Lane, ...]:
    """A hundred marks in each lane."""
    marks = tuple(
        Mark(at=STARTED + timedelta(hours=4 * number), text=f"mark {number}", short="tocilizumab 560 mg", row=None)
        for number in range(100)
    )
    return tuple(Lane(key=key, name=name, marks=marks) for key, name in LANES.items())


def page_of(charted: Course, graded: Any, ends_at: datetime) -> str:
    """The drawing as the page has it."""
    drawn = timeline(charted, graded, DEFAULT, STARTED, ends_at)
    events = lanes()
    axis = Axis(STARTED, ends_at)
    chart = Drawing(axis, drawn, DEFAULT, "astct-2019", timedelta(hours=1))
    context = chart_context(chart, events, moments(drawn, events), axis.window(None), ends_at)
    context |= {"current": True, "identifiers": "A Patient, 1001", "second_sheet": SECOND_SHEET}
    return render_to_string("patients/_timeline_chart.html", context)


def timed(act: Callable[[], Answer]) -> tuple[float, Answer]:
    """Milliseconds of this process, and the answer: what others do on the machine meanwhile does not count."""
    before = process_time()
    answer = act()
    return (process_time() - before) * 1_000, answer


def best(act: Callable[[], float]) -> float:
    return min(act() for _ in range(RUNS))


def document(chart: str) -> str:
    sheets = (f'<link rel="stylesheet" href="{(STATIC / name).as_uri()}">' for name in ("crsweb.css", "timeline.css"))
    script = f'<script src="{(STATIC / "timeline.js").as_uri()}" defer></script>'
    head = f'<!doctype html><html lang="en"><head><meta charset="utf-8">{"".join(sheets)}</head>'
    return f'{head}<body><main class="timeline-page">{chart}</main>{script}</body></html>'


def opened(page: Page, address: str) -> float:
    """From the answer's first byte until the drawing is painted, its script done."""
    page.goto(address)
    page.wait_for_selector("[data-scripted]:not([hidden])")
    first: float = page.evaluate(
        "() => new Promise((done) => requestAnimationFrame(() => setTimeout(() => done(performance.now() - "
        "performance.getEntriesByType('navigation')[0].responseStart))))"
    )
    return first


def anew(page: Page, act: str) -> float:
    """Milliseconds until an act is painted that shows another window than the one before."""
    page.evaluate(PAINTED, ANOTHER)
    took: float = page.evaluate(PAINTED, act)
    return took


def processor_time() -> float:
    """Milliseconds of processor time that the browser's processes, the children of this one, have used so far."""
    parents, used = {}, {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            pid, _, rest = stat.read_text().partition(" (")
        except FileNotFoundError:  # gone meanwhile
            continue
        of = rest.rpartition(") ")[2].split()
        parents[int(pid)], used[int(pid)] = int(of[1]), int(of[11]) + int(of[12])

    def ours(pid: int) -> bool:
        return pid in parents and (parents[pid] == os.getpid() or ours(parents[pid]))

    return sum(ticks for pid, ticks in used.items() if ours(pid)) * 1_000 / os.sysconf("SC_CLK_TCK")


def work_of(page: Page, act: str) -> float:
    """Milliseconds of the processor for one act, all threads of the browser together: drawing has several."""
    used = 0.0
    for _ in range(RUNS):
        page.evaluate(PAINTED, ANOTHER)
        before = processor_time()
        page.evaluate(PAINTED, act)
        used += processor_time() - before
    return used / RUNS


def main() -> int:
    warmed.prepare()  # as a process that serves
    charted = course()
    ends_at = charted.events[-1].at
    grading, graded = timed(lambda: grade_course(charted))
    with timezone.override("America/Chicago"):
        opening, html = timed(lambda: page_of(charted, graded, ends_at))
        build = best(lambda: timed(lambda: page_of(charted, graded, ends_at))[0])
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        file = Path(folder) / "timeline.html"
        file.write_text(document(html), encoding="utf-8")
        browser = playwright.chromium.launch(executable_path=chromium.system(), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1366, "height": 768})
        first = best(lambda: opened(page, file.as_uri()))
        acts = (
            "[data-window='24']",
            "[data-window='72']",
            "[data-window='all']",
            "key:PageUp",
            "key:+",
            "key:ArrowLeft",
        )
        shown = {act: best(partial(anew, page, act)) for act in acts}
        worked = {act: work_of(page, act) for act in acts}
        browser.close()
    print(f"{ASSESSMENTS:,} assessments, best of {RUNS}; the page is {len(html) / 1_000:,.0f} kB")
    print(f"  grading, once               {grading:8.0f} ms")
    print(f"  drawing on the server       {build:8.0f} ms, {opening:.0f} ms the first time in a process")
    print(f"  first paint in the browser  {first:8.0f} ms")
    for act, took in shown.items():
        print(f"  then {act:22} {took:8.0f} ms, processor {worked[act]:.0f} ms in all threads")
    return int(build >= LIMIT_MS or max(first, *shown.values()) >= LIMIT_MS)


if __name__ == "__main__":
    sys.exit(main())
