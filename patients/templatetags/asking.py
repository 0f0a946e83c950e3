"""Which questions and offers stand at a field? What its form says (`patients.forms.acts`)."""

from collections.abc import Iterator

from django import template
from django.forms import BoundField

from patients.forms.acts import ActForm
from patients.forms.fields import Offer
from patients.forms.questions import Question

register = template.Library()


@register.filter
def questions_at(field: BoundField) -> Iterator[tuple[Question, bool]]:
    return field.form.questions_at(field.name) if isinstance(field.form, ActForm) else iter(())


@register.filter
def offers_at(field: BoundField) -> Iterator[Offer]:
    return field.form.offers_at(field.name) if isinstance(field.form, ActForm) else iter(())


@register.filter
def unit_of(field: BoundField) -> str:
    """The unit that a number is typed in, to stand behind the input."""
    return getattr(field.field, "unit", "")
