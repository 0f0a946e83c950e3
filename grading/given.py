"""Which doses with a meaning were given so far? (rules 3.2, 5)"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from grading.drugs import (
    BLINATUMOMAB,
    TOCILIZUMAB,
    generic,
    is_anticytokine,
    is_antipyretic,
    is_treating_glucocorticoid,
)
from grading.numbers import dose as dose_text
from grading.record import Infusion, Treatment
from grading.response import AFTER, GradeHistory
from grading.result import LedgerEntry
from grading.settings import Settings

LEDGER_BEFORE: Final = timedelta(days=30)  # [H]: earlier tocilizumab that still counts in the ledger
TOCILIZUMAB_DOSES: Final = 4  # in a course at most [R24]
TOCILIZUMAB_INTERVAL: Final = timedelta(hours=8)  # [R24]


@dataclass(slots=True)
class Given:
    """Doses while they are folded in, in time order. Lists hold treatments, earliest first."""

    infusion: Infusion
    settings: Settings
    tocilizumab: list[Treatment] = field(default_factory=list)  # the ledger
    glucocorticoids: list[Treatment] = field(default_factory=list)  # those that count
    last_anticytokine_at: datetime | None = None
    last_antipyretic_at: datetime | None = None

    def take(self, given: Treatment) -> None:
        brands = self.settings.brands
        if generic(given.drug, brands) == TOCILIZUMAB and given.at >= self.infusion.started_at - LEDGER_BEFORE:
            self.tocilizumab.append(given)
        if given.at < self.infusion.started_at:
            return
        if is_treating_glucocorticoid(given, brands):
            self.glucocorticoids.append(given)
        if is_anticytokine(given, brands):
            self.last_anticytokine_at = given.at
        if is_antipyretic(given, brands):
            self.last_antipyretic_at = given.at

    @property
    def blinatumomab(self) -> bool:
        """Is the infusion itself blinatumomab?"""
        product = self.infusion.product
        return product is not None and generic(product, self.settings.brands) == BLINATUMOMAB

    @property
    def tocilizumab_allowed(self) -> int:
        """Doses in this course at most: once for blinatumomab [R24], else four."""
        return 1 if self.blinatumomab else TOCILIZUMAB_DOSES

    def tocilizumab_next_from(self) -> datetime | None:
        return self.tocilizumab[-1].at + TOCILIZUMAB_INTERVAL if self.tocilizumab else None

    def tocilizumab_since(self, begins_at: datetime) -> list[Treatment]:
        """The tocilizumab of an episode that begins at `begins_at`, none from before the infusion."""
        return [t for t in self.tocilizumab if t.at >= max(begins_at, self.infusion.started_at)]

    def glucocorticoids_since(self, begins_at: datetime) -> list[Treatment]:
        return [t for t in self.glucocorticoids if t.at >= begins_at]


def ledger(doses: list[Treatment], history: GradeHistory, started_at: datetime, hours: int) -> tuple[LedgerEntry, ...]:
    """The doses numbered, with the grade at each and whether it has failed; `hours` as in `response.failure`."""
    entries = []
    for number, given in enumerate(doses, 1):
        amount = f"{dose_text(given.dose)} {given.unit or ''}".strip() if given.dose is not None else "dose not charted"
        during = given.at >= started_at
        judged = history.points and history.points[-1].at - given.at >= AFTER
        graded = bool(history.points) and history.points[-1].grade >= 1  # at grade 0 there is nothing left to fail at
        entries.append(
            LedgerEntry(
                at=given.at,
                drug=given.drug,
                number=number,
                dose_text=amount,
                grade_at_dose=history.grade_at_dose(given.at) if during else None,
                failed=(graded and history.failure(given.at, hours) is not None) if judged else None,
                ref=given.ref,
            )
        )
    return tuple(entries)
