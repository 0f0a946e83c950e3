"""Is there fever or a constitutional symptom, and is fever required? (rules 1, 2.1)"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from grading.numbers import measurement
from grading.record import Assessment
from grading.result import Evidence
from grading.terms import Finding, Truth, fact, no, unknown, yes
from grading.words import SYMPTOMS, spoken

if TYPE_CHECKING:
    from grading.situation import Situation

FEVER_C: Final = Decimal("38.0")  # at or above [R24]


def febrile(temperature_c: Decimal) -> bool:
    return temperature_c >= FEVER_C


@fact("fever")
def fever(s: Situation) -> Finding:
    """A temperature of 38.0 °C or more in force, fever not attributed elsewhere."""
    if s.values.elsewhere("fever"):
        return no(s.attribution("fever"))
    charted = s.values.temperature
    if charted is None:
        return unknown("the temperature")
    return Finding(
        Truth.of(febrile(charted.value)), (Evidence(f"temperature {measurement(charted.value)} °C", charted.at),)
    )


@fact("fever is not required")
def waiver(s: Situation) -> Finding:
    """CRS confirmed, or after an onset a drug or a recent fever that explains a normal temperature."""
    return s.waiver


@fact("fever, or fever is not required")
def fever_or_waiver(s: Situation) -> Finding:
    """Fever, else the waiver: one reason is enough to show."""
    feverish, waived = fever.find(s), waiver.find(s)
    return waived if waived.truth > feverish.truth else feverish


@fact("a constitutional symptom")
def constitutional(s: Situation) -> Finding:
    charted = s.values.constitutional
    if charted is None:
        return unknown("the symptoms")
    if not charted.value:
        return no(Evidence("no symptoms", charted.at))
    return yes(Evidence(", ".join(spoken(SYMPTOMS[name]) for name in charted.value), charted.at))


def charts_fever(seen: Assessment) -> bool:
    """Did this assessment itself chart a fever?"""
    return seen.temperature_c is not None and febrile(seen.temperature_c)
