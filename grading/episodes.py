"""When did CRS begin, is it quiet, and when is it over? (rules 3.1)"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from grading.fever import fever
from grading.oxygen import counted_oxygen
from grading.pressure import hypotension
from grading.result import Episode
from grading.situation import Situation
from grading.terms import Truth
from grading.words import INOTROPES

QUIET_FOR: Final = timedelta(hours=24)  # [H]: «sustained» [R24]
NO_GAP_OVER: Final = timedelta(hours=12)  # [H]
BEFORE_ONSET: Final = timedelta(minutes=60)  # [H]: what was given shortly before the onset belongs to the episode

# Expected onset after the start of the infusion [R24]; other cells are not checked
EXPECTED_ONSET: Final = {
    "car-t": (timedelta(days=1), timedelta(days=14), "1 to 14 days"),
    "haplo-hct": (timedelta(days=1), timedelta(days=3), "1 to 3 days"),
    "bispecific": (timedelta(0), timedelta(hours=24), "24 hours [H]"),
    "antibody": (timedelta(0), timedelta(hours=24), "24 hours [H]"),
}


def quiet(s: Situation) -> Truth:
    """Yes: no fever, hypotension, counted oxygen or running vasopressor, all known. No: one of them is known."""
    charted = s.values.vasopressors
    running = Truth.UNKNOWN if charted is None else Truth.of(any(v.agent not in INOTROPES for v in charted.value))
    present = [fever.find(s).truth, hypotension.find(s).truth, counted_oxygen.find(s).truth, running]
    return ~max(present)


@dataclass(slots=True)
class Episodes:
    """The episodes of a course while its assessments are folded in, in time order."""

    started_at: datetime  # of the infusion
    all: list[Episode] = field(default_factory=list)
    first_onset_at: datetime | None = None
    _run_from: datetime | None = None  # start of the quiet run
    _run_to: datetime | None = None  # its latest assessment

    def take(self, s: Situation) -> None:
        match quiet(s):
            case Truth.YES:
                if self._run_to is None or s.at - self._run_to > NO_GAP_OVER:
                    self._run_from = s.at
                self._run_to = s.at
            case Truth.NO:
                self._run_from = self._run_to = None
        if self.open is None:
            if fever.find(s).truth is Truth.YES:
                self.all.append(Episode(s.at, None, None))
                self.first_onset_at = self.first_onset_at or s.at
        elif self._run_from is not None and self._run_to == s.at and s.at - self._run_from >= QUIET_FOR:
            self.all[-1] = replace(self.all[-1], resolved_at=self._run_from, completed_at=s.at)

    @property
    def open(self) -> Episode | None:
        return self.all[-1] if self.all and self.all[-1].completed_at is None else None

    @property
    def resolved(self) -> bool:
        return bool(self.all) and self.open is None

    def begins_at(self) -> datetime:
        """From when on something belongs to «this episode»."""
        finished = [e.completed_at for e in self.all if e.completed_at is not None]
        earliest = finished[-1] if finished else self.started_at
        return max(earliest, self.open.onset_at - BEFORE_ONSET) if self.open else earliest

    def quiet_run_from(self, at: datetime) -> datetime | None:
        """The start of the quiet run that reaches up to the assessment at `at`, if one does."""
        return self._run_from if self._run_to == at else None

    def onset_notice(self, cause: str) -> str | None:
        """A notice to weigh other causes, when the open episode began outside the expected time."""
        expected = EXPECTED_ONSET.get(cause)
        if self.open is None or expected is None:
            return None
        earliest, latest, words = expected
        if earliest <= self.open.onset_at - self.started_at <= latest:
            return None
        return f"The onset lies outside the expected {words} after the infusion: weigh other causes [R24]."
