"""Which signs were not recorded in the shift that is handed over, and what was last charted of those with no window?"""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, Final

from grading.in_force import NEUROLOGY
from grading.record import Assessment
from patients.formats import shown_measurement
from patients.handover.case import Case, Sentence, row_of
from patients.models.submission import EnteredRow

Sign = Callable[[Assessment], object]


def _any_of(*names: str) -> Sign:
    return lambda seen: next((value for name in names if (value := getattr(seen, name)) is not None), None)


# In the order of charting.
SIGNS: Final[dict[str, Sign]] = {
    "temperature": _any_of("temperature_c"),
    "pressure": _any_of("systolic", "diastolic", "mean"),
    "heart rate": _any_of("heart_rate"),
    "respiratory rate": _any_of("respiratory_rate"),
    "SpO2": _any_of("spo2_percent"),
    "oxygen": _any_of("oxygen"),
    "vasopressors": _any_of("vasopressors"),
    "neurology": _any_of(*NEUROLOGY, "neurology_not_assessed"),
}
UNGRADED: Final = ("heart rate", "respiratory rate")  # no scale reads them: they have no window


def last_charted(case: Case) -> Iterator[Sentence]:
    """Heart rate and respiratory rate as last charted, each with its time: they are never said to count now."""
    at: dict[datetime, list[str]] = {}
    rows: dict[datetime, tuple[EnteredRow, ...]] = {}
    for name in UNGRADED:
        seen = _last(case, name)
        if seen is not None and case.shift.start <= seen.at:
            value: Any = SIGNS[name](seen)
            at.setdefault(seen.at, []).append(f"{name} {shown_measurement(value, '/min')}")
            rows[seen.at] = row_of(seen.ref)
    for time, parts in at.items():
        yield Sentence(text=f"Charted last {case.when(time)}: {'; '.join(parts)}.", rows=rows[time])


def not_recorded(case: Case) -> Iterator[Sentence]:
    """Every sign without a charting since the shift began, with its last time; nothing for who is no longer here."""
    if not case.here:
        return
    parts: list[str] = []
    rows: list[EnteredRow] = []
    for name in SIGNS:
        seen = _last(case, name)
        if seen is None:
            parts.append(f"{name}, never")
        elif seen.at < case.shift.start:
            parts.append(f"{name}, since {case.clock(seen.at)}")
            rows += row_of(seen.ref)
    if not parts:
        return
    words = f"Not recorded this shift (from {case.clock(case.shift.start)}): {'; '.join(parts)}."
    yield Sentence(text=words, rows=tuple(dict.fromkeys(rows)), short=True, missing=True)


def _last(case: Case, name: str) -> Assessment | None:
    return next((seen for seen in reversed(case.assessments) if SIGNS[name](seen) is not None), None)
