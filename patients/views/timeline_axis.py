"""Where does a moment stand on the time axis, and which hours are written at it?

The one place that turns times into places. A place is minutes since `origin`; the browser only chooses which of them
it shows, by the drawing's `viewBox`.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from django.utils import timezone

from patients.formats import shown_date, shown_time

WINDOWS: Final = (6, 12, 24, 48, 72)  # hours
FIRST_WINDOW: Final = 24
MARGIN: Final = 0.02  # of what is shown, right of its end: the last point is drawn whole
NOMINAL_WIDTH: Final = 1_000  # pixels, where no script measures the page
TICK_ROOM: Final = 70  # pixels of a written tick
TICK_STEPS: Final = (1, 2, 3, 4, 6, 12, 24, 48, 96, 168, 336)  # hours


@dataclass(frozen=True, slots=True)
class Tick:
    """A whole hour of the ward's clock. `hour` counts from the midnight before the origin, by the clock."""

    x: float
    hour: int
    label: str
    midnight: bool


@dataclass(frozen=True, slots=True)
class Window:
    """What is shown: from `low` to `high`, minutes since the origin. `hours` is None for all."""

    low: float
    high: float
    hours: int | None
    back: int  # how many windows before the last one

    @property
    def width(self) -> float:
        return self.high - self.low


@dataclass(frozen=True, slots=True)
class Axis:
    origin: datetime
    ends_at: datetime
    _known: dict[datetime, float] = field(
        default_factory=dict, compare=False
    )  # each moment is asked for by many strips

    def x(self, at: datetime) -> float:
        """Minutes since the origin, to six seconds."""
        known = self._known.get(at)
        if known is None:
            known = self._known[at] = round((at - self.origin).total_seconds() / 60, 1)
        return known

    @property
    def end(self) -> float:
        return self.x(self.ends_at)

    def window(self, hours: int | None, back: int = 0) -> Window:
        """The last `hours`, or those before, `back` times; all for None. It never ends before the beginning."""
        width = max(self.end, 60.0) if hours is None else hours * 60.0
        most = 0 if hours is None else max(int((self.end - 1) // width), 0)
        back = min(max(back, 0), most)
        end = self.end - back * width
        margin = width * MARGIN
        return Window(round(end - width - margin * (hours is None), 1), round(end + margin, 1), hours, back)

    def earlier(self, window: Window) -> bool:
        """Is there anything before what is shown?"""
        return window.low > 0

    def ticks(self) -> list[Tick]:
        """Every whole hour from a day before the origin to a day after the end, by the clock of the active zone."""
        local = timezone.localtime(self.origin)
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
        at = midnight.astimezone(self.origin.tzinfo) - timedelta(hours=24)
        found = []
        while at <= self.ends_at + timedelta(hours=24):
            shown = timezone.localtime(at)
            first = shown.hour == 0
            hour = (shown.date() - local.date()).days * 24 + shown.hour
            found.append(Tick(self.x(at), hour, shown_date(shown)[:6] if first else shown_time(at), first))
            at += timedelta(hours=1)
        return found


def step_of(window: Window, width: int = NOMINAL_WIDTH) -> int:
    """Hours between two written ticks."""
    hours = window.width / 60
    return next((step for step in TICK_STEPS if hours / step * TICK_ROOM <= width), TICK_STEPS[-1])


def written(ticks: list[Tick], window: Window) -> list[Tick]:
    """The ticks that are written in what is shown."""
    step = step_of(window)
    return [tick for tick in ticks if tick.hour % step == 0 and window.low <= tick.x <= window.high]


def first_day(ticks: list[Tick], window: Window) -> str:
    """The date at the left edge."""
    days = [tick.label for tick in ticks if tick.midnight and tick.x <= window.low]
    return days[-1] if days else ""
