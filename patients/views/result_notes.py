"""What stands beside a result in a table: its amount in the reckoning unit, its rise, its CTCAE grade, its doubts?"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from grading.drugs import TOCILIZUMAB, generic
from grading.organs import CTCAE_4
from grading.plausible import crp_beside_ferritin
from grading.record import Laboratory, Treatment
from grading.units import CYTOKINES, FACTORS, UnitError, quantity, reckoned, rounded, shown
from grading.watch import Readings
from grading.words import ORGANS
from patients.formats import shown_date, shown_measurement
from patients.models import LaboratoryResult
from patients.record import Charted
from patients.views.laboratory import as_typed

RISES = ("crp", "ferritin", *CYTOKINES)  # whose rise over the patient's own baseline is shown


class ResultNotes:
    """The notes of one patient's results. Without a course there is no baseline, and no dose before it."""

    def __init__(self, course: Charted | None, rows: Iterable[LaboratoryResult], now: datetime) -> None:
        """`rows`: all results that stand, so that a CRP finds its ferritin."""
        self._results = [as_typed(row) for row in rows]
        started_at = course.infusion.started_at if course else now
        self._readings = Readings(self._results, started_at, now)
        self._tocilizumab = _doses(course)

    def of(self, row: LaboratoryResult) -> tuple[str, ...]:
        result = as_typed(row)
        found = (
            _reckoned(result),
            self._rise(result),
            _organ(result),
            self._after_tocilizumab(result),
            self._doubt(result),
        )
        return tuple(note for note in found if note)

    def _rise(self, result: Laboratory) -> str:
        baseline = self._readings.baseline(result.analyte)
        rise = self._readings.rise(result) if result.analyte in RISES else None
        if rise is None or baseline is None or baseline.result.value is None:
            return ""
        of = shown_measurement(baseline.result.value, baseline.result.unit or "")
        return f"{rounded(rise)} × own baseline ({of}, {shown_date(baseline.at)})"

    def _after_tocilizumab(self, result: Laboratory) -> str:
        given = result.analyte == "crp" and any(at <= result.at for at in self._tocilizumab)
        return "after tocilizumab: no longer tracks severity" if given else ""

    def _doubt(self, result: Laboratory) -> str:
        others = (r for r in self._results if r.analyte == "ferritin") if result.analyte == "crp" else ()
        outcome = next((found for other in others if (found := crp_beside_ferritin(result, other))), None)
        return outcome.message.partition(" beside ")[2].join(("beside ", "")) if outcome else ""


def _doses(course: Charted | None) -> tuple[datetime, ...]:
    if course is None:
        return ()
    brands: Mapping[str, str] = course.settings.brands
    given = (event for event in course.course.events if isinstance(event, Treatment))
    return tuple(event.at for event in given if generic(event.drug, brands) == TOCILIZUMAB)


def _reckoned(result: Laboratory) -> str:
    """«= 215 mg/L»; of a unit that no rule can read it says so."""
    if result.analyte not in FACTORS or result.value is None or result.analyte == "inr":
        return ""
    if quantity(result.analyte, result.unit or "") is None:
        return "FEU or DDU not said: compared with no other"
    try:
        amount = shown(result.analyte, result.value, result.unit or "")
        reckoned(result.analyte, result.value, result.unit or "")
    except UnitError:
        return "unit not known: unknown to every rule that needs it"
    return f"= {amount}" if amount and not amount.startswith("about") else amount


def _organ(result: Laboratory) -> str:
    """«transaminitis grade 3 [C4]»: by the limit charted with it; grade 0 says nothing."""
    row = CTCAE_4.get(result.analyte)
    grade = row.grade(result) if row else None
    if row is None or grade == 0:
        return ""
    if grade is None:
        side = "lower" if row.falling else "upper"
        return f"no {side} limit: gives no organ grade"
    return f"{ORGANS[row.system].split(' (')[0].lower()} grade {grade} [C4]"
