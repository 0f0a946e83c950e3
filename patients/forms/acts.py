"""What do all forms that record one act share?

The submission id that makes a double tap or a retry one record, the questions about improbable values with their
answers, and the offers that fill in what was plainly meant. A form is `ready` when nothing is wrong, nothing is still
asked and nothing was just filled in.
"""

import uuid
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from django import forms
from django.http import QueryDict
from django.utils import timezone

from patients.drafts import FRESH, MOMENTS, Left, changed_beside
from patients.forms.fields import NumberField, Offer, offers_of
from patients.forms.questions import Question, Questions, questions

CONFIRMED: Final = "confirmed"  # the checkbox of a question posts its token under this name
FILL: Final = "fill"  # the button of an offer posts «field=value» under this name
ASKED_OF_DRAFT: Final = "This time was filled in from the draft, and what is typed has changed since: was it all then?"


class ActForm(forms.Form):
    """A form of one bedside act."""

    submission_id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    stands_for: Mapping[str, str] = {}  # by parameter of the action: the field that it is typed in, where names differ

    def __init__(self, data: QueryDict | None = None, **options: Any) -> None:
        self.filled = isinstance(data, Left)  # a draft comes back as it was typed: nothing was asked to be recorded
        if data is not None and FILL in data:
            data, self.filled = _filled(data), True
        super().__init__(data, **options)
        for field in self.fields.values():
            field.error_messages["required"] = f"{field.label} is needed."

    def full_clean(self) -> None:
        self.unfinished = False  # a draft in which something needed is not typed yet
        super().full_clean()
        if isinstance(self.data, Left):  # what was not typed yet is no error of a draft
            for name, found in self.errors.as_data().items():
                if all(error.code == "required" for error in found):
                    del self.errors[name]
                    self.unfinished = True

    def field_for(self, parameter: str) -> str | None:
        """The field where a refusal of the action belongs; None for the whole form."""
        name = self.stands_for.get(parameter, parameter)
        return name if name in self.fields else None

    def go_on_as(self, submission_id: uuid.UUID) -> None:
        """Sent again as it comes back, it is this submission: the one that it was records nothing any more."""
        assert isinstance(self.data, QueryDict)
        data = self.data.copy()
        data["submission_id"] = str(submission_id)
        self.data = data

    def asked(self) -> Iterable[Question]:
        """The questions that the cleaned values raise. A form that asks says so here."""
        return ()

    def asked_of_draft(self) -> Iterator[Question]:
        """Is the time that a draft was given also that of what was typed after it came back? Not asked of a time that
        is no late entry: within 15 minutes the one stands for the other."""
        for name in MOMENTS:
            if name in self.fields and isinstance(self.data, QueryDict) and changed_beside(self.data, name):
                moment = self.cleaned_data.get(name)
                if moment is not None and timezone.now() - moment <= FRESH:
                    continue
                time = self.data.get(name, "").strip()
                yield Question(name, ASKED_OF_DRAFT, time, (Offer("No, it was seen now", {"": ""}, meant=False),))

    @property
    def questions(self) -> Questions:
        posted = self.data.getlist(CONFIRMED) if isinstance(self.data, QueryDict) else ()
        whole = self.is_bound and self.is_valid() and not self.unfinished
        return questions((*self.asked_of_draft(), *self.asked()) if whole else (), posted)

    @property
    def ready(self) -> bool:
        """May this be recorded?"""
        return not self.filled and self.is_valid() and not self.questions.open

    @property
    def confirmed(self) -> list[dict[str, str]]:
        """The answered questions, as they are kept with the record."""
        return [{"field": q.field, "value": q.value, "question": q.text} for q in self.questions.confirmed]

    @property
    def problems(self) -> list[tuple[str, str]]:
        """What the summary lists: the id to go to (empty for none), and the sentence, which names its field once."""
        found = [("", str(error)) for error in self.non_field_errors()]
        for field in self:
            for error in field.errors:
                named = str(error).startswith(str(field.label)) or field.is_hidden
                found.append((field.auto_id, str(error) if named else f"{field.label}: {error}"))
        return found

    @property
    def typed(self) -> dict[str, dict[str, str]]:
        """The numbers as they were typed, with the unit they were typed in, kept beside the exact values."""
        return {
            name: {"text": self[name].data.strip(), "unit": field.unit}
            for name, field in self.fields.items()
            if isinstance(field, NumberField) and self.cleaned_data.get(name) is not None
        }

    def questions_at(self, field: str) -> Iterator[tuple[Question, bool]]:
        """The questions at one field, each with whether it has been answered."""
        found = self.questions
        return ((q, found.is_confirmed(q)) for q in found.asked if q.field == field)

    def offers_at(self, field: str) -> Iterator[Offer]:
        """What was probably meant at one field, its values under the names that the form posts."""
        refused = [o for e in self.errors.get(field, forms.utils.ErrorList()).as_data() for o in offers_of(e)]
        for offer in (*refused, *(o for question, _ in self.questions_at(field) for o in question.offers)):
            values = {name or field: value for name, value in offer.values.items()}
            yield Offer(offer.words or _only(offer), values, offer.meant)


def _only(offer: Offer) -> str:
    return " ".join(offer.values.values())


def _filled(data: QueryDict) -> QueryDict:
    """The posted values with the offer that was pressed put into its fields."""
    data = data.copy()
    for pair in data.pop(FILL):
        name, mark, value = str(pair).partition("=")
        if mark:
            data[name] = value
    return data
