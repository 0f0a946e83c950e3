"""What is asked before a value is recorded, and has it been answered?

A value that is possible but improbable is asked about: «Yes, 2 mcg/kg/min». The answer is bound to the value: the token
names field and value, so that another value is another question. An open question holds back recording, nothing else.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from patients.forms.fields import Offer


@dataclass(frozen=True, slots=True)
class Question:
    """One question at one field. `value` is the value asked about, as shown; `answer` stands on the button.

    `offers` are what may have been meant instead.
    """

    field: str
    text: str
    value: str
    offers: tuple[Offer, ...] = ()

    @property
    def token(self) -> str:
        """What the form posts as `confirmed` when this question is answered with yes."""
        return f"{self.field}={self.value}"

    @property
    def answer(self) -> str:
        return f"Yes, {self.value}"


@dataclass(frozen=True, slots=True)
class Questions:
    """The questions of one form, with the tokens that were posted as `confirmed`."""

    asked: tuple[Question, ...]
    tokens: frozenset[str]

    @property
    def open(self) -> tuple[Question, ...]:
        """Those still to be answered. A token of a value that is no longer typed answers nothing."""
        return tuple(question for question in self.asked if question.token not in self.tokens)

    @property
    def confirmed(self) -> tuple[Question, ...]:
        """Those answered with yes, to be kept with the record."""
        return tuple(question for question in self.asked if question.token in self.tokens)

    def is_confirmed(self, question: Question) -> bool:
        return question.token in self.tokens


def questions(asked: Iterable[Question], posted: Iterable[str]) -> Questions:
    """The questions `asked` against the `confirmed` values that were `posted`."""
    return Questions(tuple(asked), frozenset(posted))
