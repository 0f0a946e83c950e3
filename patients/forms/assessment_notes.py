"""What stands below each field of the assessment form: an error with its offers, a question, what was understood?

The page and the live fragment show the same notes. They are the only part of the form that changes by itself, and they
hold no field but the checkbox of a question, which is bound to the value asked about.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.forms import Form
from django.forms.utils import ErrorList

from patients.forms.assessment import AssessmentForm
from patients.forms.fields import Offer, offers_of
from patients.forms.questions import Question

PURPOSE = "Vasopressin: does it answer worsening hypotension? Not answered, it counts as yes."


@dataclass(frozen=True, slots=True)
class Press:
    """A button that fills in what was probably meant; `pair` is «name=value»."""

    words: str
    pair: str
    meant: bool  # «Did you mean …?»


@dataclass(frozen=True, slots=True)
class Note:
    """All that stands below one field. `name` is the field's name in the form, `target` the id of its control."""

    name: str
    target: str
    label: str
    errors: tuple[str, ...] = ()
    presses: tuple[Press, ...] = ()
    asked: tuple[tuple[Question, bool], ...] = ()
    understood: tuple[str, ...] = ()

    @property
    def problems(self) -> tuple[str, ...]:
        """The errors as the summary lists them, naming the field once."""
        return tuple(e if e.startswith(self.label) else f"{self.label}: {e}" for e in self.errors)

    @property
    def open(self) -> tuple[Question, ...]:
        return tuple(question for question, answered in self.asked if not answered)


@dataclass(frozen=True, slots=True)
class Notes:
    """The notes of a whole form, by field name, in the form's order. `general` belongs to no field."""

    by_field: dict[str, Note] = field(default_factory=dict)
    general: tuple[str, ...] = ()

    @property
    def wrong(self) -> tuple[Note, ...]:
        return tuple(note for note in self.by_field.values() if note.errors)

    @property
    def open(self) -> tuple[Note, ...]:
        return tuple(note for note in self.by_field.values() if note.open)


def notes_of(form: AssessmentForm) -> Notes:
    """The notes of a form as it is now; none for one that was not posted."""
    if not form.is_bound:
        return Notes()
    asked = form.questions
    found: dict[str, Note] = {}
    parts: list[Form] = [form, *form.rows.rows]
    for part in parts:
        for name in part.fields:
            bound = part[name]
            raw = part.errors.as_data().get(name, [])
            questions = [(q, asked.is_confirmed(q)) for q in asked.asked if q.field == bound.html_name]
            offers = [o for e in raw for o in offers_of(e)] + [o for q, _ in questions for o in q.offers]
            understood = form.understood.get(bound.html_name) if part is form else None
            if name == "for_hypotension" and getattr(part, "asks_purpose", False):
                understood = PURPOSE
            note = Note(
                name=bound.html_name,
                target=bound.id_for_label or bound.auto_id,
                label=str(bound.label),
                errors=tuple(message for error in raw for message in _messages(error)),
                presses=tuple(_press(bound.html_name, offer) for offer in offers),
                asked=tuple(questions),
                understood=(understood,) if understood else (),
            )
            if note.errors or note.asked or note.understood:
                found[bound.html_name] = note
    return Notes(found, tuple(_all(form.non_field_errors())))


def _messages(error: ValidationError) -> list[str]:
    return [str(message) for message in error.messages]


def _press(name: str, offer: Offer) -> Press:
    """The button of an offer: its one value, under the name that the form posts."""
    ((target, value),) = offer.values.items()
    return Press(offer.words, f"{target or name}={value}", offer.meant)


def _all(errors: ErrorList) -> Iterator[str]:
    yield from (str(error) for error in errors)
