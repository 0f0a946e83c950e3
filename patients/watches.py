"""Which watches are over: a physician said «watch until», the time has come, and the step is suggested still?"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from grading.result import GradedCourse
from patients.models import Decision, Infusion
from patients.record import versions_of


@dataclass(frozen=True, slots=True)
class WatchOver:
    """The step waits for a decision since `since`."""

    step: str
    headline: str
    since: datetime


def lapsed(infusions: Iterable[Infusion], now: datetime) -> dict[int, list[Decision]]:
    """By course, the watches whose time has come and after which nothing was decided on the step. Two queries."""
    versions = versions_of(infusions)
    rows = Decision.objects.standing().filter(infusion__in=versions.keys()).order_by("id")
    latest = {(versions[row.infusion_id], row.step): row for row in rows}
    found: dict[int, list[Decision]] = {}
    for (course, _), one in latest.items():
        if one.watch_until is not None and one.watch_until <= now:
            found.setdefault(course, []).append(one)
    return found


def watches_over(graded: GradedCourse, watches: Sequence[Decision]) -> tuple[WatchOver, ...]:
    """Those of the `lapsed` watches of a course whose step its last assessment suggests, the longest over first."""
    if graded.latest is None or graded.died_at is not None:
        return ()
    headlines = {step.id: step.headline for step in graded.latest.suggestions}
    over = [
        WatchOver(one.step, headlines[one.step], one.watch_until)
        for one in watches
        if one.watch_until is not None and one.step in headlines
    ]
    return tuple(sorted(over, key=lambda one: one.since))
