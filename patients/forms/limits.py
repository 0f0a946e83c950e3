"""How does the table of possible and usual numbers speak in a form: as a refusal with offers, or as a question?"""

from collections.abc import Callable, Mapping
from decimal import Decimal

from grading import limits
from grading.numbers import dose
from patients.forms.fields import Offer, Refused
from patients.forms.questions import Question


def possible(name: str) -> Callable[[Decimal], Refused | None]:
    """A field's check: refuses what `grading.limits` calls impossible for the record's field `name`."""

    def check(value: Decimal) -> Refused | None:
        outcome = limits.check(name, value)
        return refused(outcome) if isinstance(outcome, limits.Refused) else None

    return check


def refused(outcome: limits.Refused, fills: Mapping[str, str] | None = None) -> Refused:
    """A refusal with the offer of what was probably meant. `fills`: the values to put in by field name, else the
    meant number into the field itself."""
    return Refused(f"{outcome.message}.", _offers(outcome.meant, fills))


def question(field: str, outcome: limits.Asked, fills: Mapping[str, str] | None = None) -> Question:
    """The question at the form's `field`, with the offer of what may have been meant instead."""
    return Question(field, f"{outcome.message}.", outcome.value, _offers(outcome.meant, fills))


def _offers(meant: limits.Meant | None, fills: Mapping[str, str] | None) -> tuple[Offer, ...]:
    if meant is None:
        return ()
    return (Offer(meant.text, fills if fills is not None else {"": dose(meant.value).replace(",", "")}),)
