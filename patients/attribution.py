"""What is attributed elsewhere, who said so, when and why, and until when does it count? (rules 1.1)"""

from dataclasses import dataclass
from datetime import datetime

from grading.record import Assessment as Seen
from grading.words import ATTRIBUTABLE, spoken
from patients.models import Assessment, User
from patients.record import Charted


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribution:
    """The latest list charted. Once it is `over` it counts no longer and is asked again."""

    what: str
    at: datetime
    by: User
    reason: str
    runs_out_at: datetime
    over: bool


def attribution_of(charted: Charted, now: datetime) -> Attribution | None:
    """As known now; None where nothing was attributed in this course, or the latest list withdrew it."""
    started = charted.infusion.started_at
    lists = [
        event
        for event in charted.course.events
        if isinstance(event, Seen) and event.attributed_elsewhere is not None and started <= event.at <= now
    ]
    last = max(reversed(lists), key=lambda seen: seen.at, default=None)  # of one time the one entered last
    if last is None or not last.attributed_elsewhere or not isinstance(last.ref, Assessment):
        return None
    runs_out_at = last.at + charted.settings.windows["attributed_elsewhere"]
    return Attribution(
        what=", ".join(spoken(ATTRIBUTABLE[what]) for what in last.attributed_elsewhere),
        at=last.at,
        by=last.ref.entered_by,
        reason=last.ref.attribution_reason,
        runs_out_at=runs_out_at,
        over=now > runs_out_at,
    )
