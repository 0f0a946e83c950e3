"""Which points do the standing checklists hold, and which of them are due now? (rules 4.1)

`exclude-infection`, `evaluate` and `differential` are worked off point by point; a tick follows the patient until the
point is done or no longer due. Keys are stable; words may be reworded.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from grading.protocols.common import EITHER_RESULT, WANTED_RESULTS
from grading.result import Suggestion
from grading.words import ANALYTES


@dataclass(frozen=True, slots=True)
class Point:
    """One point of a checklist. `analyte`: done by a result of it, not by a tick."""

    key: str
    words: str
    analyte: str | None = None


_INFECTION: Final = (
    Point("blood-cultures", "Blood cultures"),
    Point("urine", "Urinalysis and urine culture"),
    Point("other-cultures", "Other tests as clinical findings and exposure indicate"),
    Point("antibiotics", "Empiric broad-spectrum antibiotics: given, or decided against"),
)
_EVALUATION: Final = (
    *(Point(a, ANALYTES[a], a) for a in WANTED_RESULTS),
    Point("pt", "PT or INR", "pt"),
    Point("oxygenation", "Oximetry or blood gas"),
    Point("chest-radiograph", "Chest radiograph"),
)
_DIFFERENTIAL: Final = (
    Point("sepsis", "Sepsis"),
    Point("tumor", "Tumor progression and lysis"),
    Point("heart-failure", "Heart failure"),
    Point("thromboembolism", "Thromboembolism"),
    Point("allergy", "Allergic or drug reaction"),
    Point("hlh", "HLH/MAS"),
)
CHECKLISTS: Final[Mapping[str, tuple[Point, ...]]] = MappingProxyType(
    {"exclude-infection": _INFECTION, "evaluate": _EVALUATION, "differential": _DIFFERENTIAL}
)


def due(suggestion: Suggestion, missing: frozenset[str]) -> tuple[Point, ...]:
    """The points due while `suggestion` stands; empty for a step that is no checklist.

    `missing`: the analytes without a result in the last 24 h; PT and INR stand for each other.
    """
    points = CHECKLISTS.get(suggestion.id, ())
    return tuple(p for p in points if p.analyte is None or _wanting(p.analyte, missing))


def _wanting(analyte: str, missing: frozenset[str]) -> bool:
    return missing.issuperset(EITHER_RESULT) if analyte in EITHER_RESULT else analyte in missing
