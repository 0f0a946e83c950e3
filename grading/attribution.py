"""What did a grade leave out because it was judged to have another cause, and how is that said? (rules 1, 1.1)"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from grading.situation import Situation
from grading.words import ATTRIBUTABLE, ORGANS, spoken

_SIGNS: Final = frozenset({"fever", "hypotension", "hypoxia"})
NEUROLOGIC: Final = ("neurologic",)

# What each scale would count, by its id
COUNTED: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "astct-2019": _SIGNS,
        "lee-2014": _SIGNS | frozenset(ORGANS),
        "ctcae-5": _SIGNS,
        "ctcae-4": _SIGNS,
        "icans-2019": frozenset(NEUROLOGIC),
    }
)

_SAID: Final = "Not counted, attributed elsewhere: "
_SAID_OF_ICANS: Final = "Neurologic findings are attributed elsewhere and not graded."


def left_out(s: Situation, scale: str) -> tuple[str, ...]:
    """The keys of `words.ATTRIBUTABLE` that `scale` would count and leaves out. None where it would count nothing."""
    attributed = s.values.attributed
    return tuple(w for w in ATTRIBUTABLE if attributed and w in attributed.value and w in COUNTED[scale])


def notice(scale: str, names: Sequence[str]) -> tuple[str, ...]:
    """The notice of a verdict that left these out: «Not counted, attributed elsewhere: hypotension.»"""
    if not names:
        return ()
    if scale == "icans-2019":
        return (_SAID_OF_ICANS,)
    return (f"{_SAID}{', '.join(spoken(ATTRIBUTABLE[what]) for what in names)}.",)


def told_by(notices: Iterable[str]) -> tuple[str, ...]:
    """What a stored verdict left out, by the notices that were stored with it."""
    for said in notices:
        if said == _SAID_OF_ICANS:
            return NEUROLOGIC
        if said.startswith(_SAID):
            return tuple(what for what in ATTRIBUTABLE if _names(said, spoken(ATTRIBUTABLE[what])))
    return ()


def _names(said: str, words: str) -> bool:
    listed = said.removeprefix(_SAID)
    return f", {words}," in f", {listed.removesuffix('.')},"


def without_words(names: Sequence[str]) -> str:
    """«without hypotension and fever: other cause»; empty where nothing was left out."""
    if not names:
        return ""
    said = [spoken(ATTRIBUTABLE[what]) for what in names]
    listed = " and ".join((", ".join(said[:-1]), said[-1])) if len(said) > 1 else said[0]
    return f"without {listed}: other cause"
