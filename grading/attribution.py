"""What did a grade leave out because it was judged to have another cause? (rules 1, 1.1)"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from grading.situation import Situation
from grading.words import ATTRIBUTABLE, ORGANS, spoken

_SIGNS: Final = frozenset({"fever", "hypotension", "hypoxia"})

# What each scale would count, by its id. ICANS says of itself that it left neurologic findings out.
COUNTED: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "astct-2019": _SIGNS,
        "lee-2014": _SIGNS | frozenset(ORGANS),
        "ctcae-5": _SIGNS,
        "ctcae-4": _SIGNS,
        "icans-2019": frozenset(),
    }
)


def left_out(s: Situation, scale: str) -> tuple[str, ...]:
    """The notice of `scale`: «Not counted, attributed elsewhere: hypotension.» None where it would count nothing."""
    attributed = s.values.attributed
    named = [what for what in ATTRIBUTABLE if attributed and what in attributed.value and what in COUNTED[scale]]
    if not named:
        return ()
    return (f"Not counted, attributed elsewhere: {', '.join(spoken(ATTRIBUTABLE[what]) for what in named)}.",)
