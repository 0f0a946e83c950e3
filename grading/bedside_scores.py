"""What is the ICE score, item by item, and the CAPD score? (rules 2.5) [A19]"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a score: what is asked, and its most points."""

    key: str
    words: str
    most: int


ICE: Final = (
    Item("year", "Oriented to year", 1),
    Item("month", "Oriented to month", 1),
    Item("city", "Oriented to city", 1),
    Item("hospital", "Oriented to hospital", 1),
    Item("naming", "Names three objects: clock, pen, button", 3),
    Item("command", "Follows a command: «show me two fingers»", 1),
    Item("writing", "Writes a standard sentence", 1),
    Item("counting", "Counts backwards from 100 by tens", 1),
)
CAPD_ANSWERS: Final = ("never", "rarely", "sometimes", "often", "always")
_FALLING: Final = (  # never 4 … always 0
    Item("eye-contact", "Makes eye contact with the caregiver", 4),
    Item("purposeful", "Actions are purposeful", 4),
    Item("aware", "Aware of the surroundings", 4),
    Item("communicates", "Communicates needs and wants", 4),
)
_RISING: Final = (  # never 0 … always 4
    Item("restless", "Restless", 4),
    Item("inconsolable", "Inconsolable", 4),
    Item("underactive", "Underactive: very little movement while awake", 4),
    Item("slow", "Takes long to respond to interactions", 4),
)
CAPD: Final = (*_FALLING, *_RISING)
CAPD_UNDER_YEARS: Final = 12
MOST: Final = MappingProxyType({"ice_score": 10, "capd_score": 32})


def capd_in_words() -> tuple[str, ...]:
    """The points of each answer with the items that they are for, for a sheet of paper."""
    points = range(len(CAPD_ANSWERS))

    def said(items: tuple[Item, ...], points: Iterable[int]) -> str:
        answers = ", ".join(f"{answer} {n}" for answer, n in zip(CAPD_ANSWERS, points, strict=True))
        return f"{answers}: {'; '.join(item.words[0].lower() + item.words[1:] for item in items)}"

    return said(_FALLING, reversed(points)), said(_RISING, points)


class ScoreError(ValueError):
    """Items that give no score: `faults` says by item what is missing or not allowed."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{item}: {fault}" for item, fault in faults.items()))
        self.faults = MappingProxyType(dict(faults))


def ice_score(points: Mapping[str, int]) -> int:
    """The sum of the ten points. Raises `ScoreError` unless every item is scored: a missing one is not zero."""
    faults: dict[str, str] = {}
    for item in ICE:
        given = points.get(item.key)
        if given is None:
            faults[item.key] = f"score it, 0 to {item.most}: a missing item is not zero"
        elif not 0 <= given <= item.most:
            faults[item.key] = f"0 to {item.most}"
    faults |= {key: "not an item of the score" for key in points if key not in {i.key for i in ICE}}
    if faults:
        raise ScoreError(faults)
    return sum(points[item.key] for item in ICE)


def capd_score(answers: Mapping[str, str]) -> int:
    """The sum of eight items answered with `CAPD_ANSWERS`. Raises `ScoreError` unless every item is answered."""
    faults = {item.key: "answer it: a missing item is not zero" for item in CAPD if item.key not in answers}
    faults |= {k: f"one of {', '.join(CAPD_ANSWERS)}" for k, a in answers.items() if a not in CAPD_ANSWERS}
    faults |= {key: "not an item of the score" for key in answers if key not in {i.key for i in CAPD}}
    if faults:
        raise ScoreError(faults)
    falling = sum(4 - CAPD_ANSWERS.index(answers[item.key]) for item in _FALLING)
    return falling + sum(CAPD_ANSWERS.index(answers[item.key]) for item in _RISING)


def points_lost(points: Mapping[str, int]) -> tuple[str, ...]:
    """What cost points, in the score's order: «naming 2 of 3», «writing 0 of 1». `points` by key of `ICE`."""
    return tuple(f"{i.key} {points[i.key]} of {i.most}" for i in ICE if i.key in points and points[i.key] < i.most)
