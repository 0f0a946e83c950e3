"""How are ICE and CAPD scored item by item at the bedside, or as a score already summed?

A score may be typed, or its eight items answered: then the sum is the score. Items that are not all answered give no
score, and a typed score that differs from its items is refused.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from django import forms

from grading.bedside_scores import CAPD, CAPD_ANSWERS, ICE, Item, ScoreError, capd_score, ice_score
from patients.forms.fields import Refused, ScoreField, WordField

NOT_SCORED: Final = "Not scored"
_FALLING: Final = frozenset({"eye-contact", "purposeful", "aware", "communicates"})  # always is 0


def item_field(score: str, item: Item) -> str:
    """The form's field for an item of `ice_score` or `capd_score`."""
    return f"{score}_{item.key}".replace("-", "_")


def _points(item: Item) -> dict[str, str]:
    if item.most == 1:
        return {"1": "Yes, 1", "0": "No, 0"}
    return {str(points): f"{points} of {item.most}" for points in range(item.most, -1, -1)}


def _answers(item: Item) -> dict[str, str]:
    places = enumerate(CAPD_ANSWERS)
    return {said: f"{said.capitalize()}, {4 - n if item.key in _FALLING else n}" for n, said in places}


_ITEMS: Final[Mapping[str, tuple[Item, ...]]] = {"ice_score": ICE, "capd_score": CAPD}
ITEM_FIELDS: Final = {score: tuple(item_field(score, item) for item in items) for score, items in _ITEMS.items()}
_LABELS: Final = {"ice_score": "ICE", "capd_score": "CAPD"}
_SUMS: Final[Mapping[str, Callable[[Mapping[str, str]], int]]] = {
    "ice_score": lambda said: ice_score({key: int(points) for key, points in said.items()}),
    "capd_score": capd_score,
}


class NeurologyPart(forms.Form):
    """The two scores with their items."""

    ice_score = ScoreField(low=0, high=10, label="ICE score")
    capd_score = ScoreField(low=0, high=32, label="CAPD score")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for score, items in _ITEMS.items():
            for item in items:
                words = _points(item) if score == "ice_score" else _answers(item)
                field = WordField(words, label=item.words, widget=forms.RadioSelect)
                field.choices = [*words.items(), ("", NOT_SCORED)]
                self.fields[item_field(score, item)] = field
        self.sums: dict[str, int] = {}

    @property
    def ice_items(self) -> list[forms.BoundField]:
        return [self[name] for name in ITEM_FIELDS["ice_score"]]

    @property
    def capd_items(self) -> list[forms.BoundField]:
        return [self[name] for name in ITEM_FIELDS["capd_score"]]

    def answered(self, score: str) -> dict[str, str]:
        """The items of a score that are answered, by their key. After cleaning."""
        said = {item.key: self.cleaned_data.get(item_field(score, item)) for item in _ITEMS[score]}
        return {key: answer for key, answer in said.items() if answer is not None}

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for score in _ITEMS:
            self._sum(score, cleaned)
        return cleaned

    def _sum(self, score: str, cleaned: dict[str, Any]) -> None:
        said = self.answered(score)
        if not said or score in self.errors:
            return
        typed = cleaned.get(score)
        try:
            total = _SUMS[score](said)
        except ScoreError:
            left = [item.key.replace("-", " ") for item in _ITEMS[score] if item.key not in said]
            answered = f"{len(said)} of {len(_ITEMS[score])} items are scored"
            self.add_error(score, Refused(f"{answered}; a missing item is not zero. Score too: {', '.join(left)}."))
            return
        self.sums[score] = total
        if typed is not None and typed != total:
            name = _LABELS[score]
            message = f"{typed} is typed, and the items add up to {total}: correct the score or its items."
            self.add_error(score, Refused(f"{name} score: {message}"))
        else:
            cleaned[score] = total

    @property
    def items_typed(self) -> dict[str, dict[str, str]]:
        """The answered items, kept with the assessment beside the score: `{"ice_items": {"year": "1", …}}`."""
        kept = {f"{_LABELS[score].lower()}_items": self.answered(score) for score in _ITEMS}
        return {name: said for name, said in kept.items() if said}


def items_initial(typed: Mapping[str, Any]) -> dict[str, str]:
    """The answered items of a stored assessment (`typed`), under the form's fields: what a correction starts from.

    The score itself is left blank beside its items: it follows from them, also when one is changed.
    """
    found: dict[str, str] = {}
    for score, items in _ITEMS.items():
        kept = typed.get(f"{_LABELS[score].lower()}_items") or {}
        if kept:
            found |= {score: ""} | {item_field(score, item): kept[item.key] for item in items if item.key in kept}
    return found
