"""How are an infusion, its doses and its interruptions typed?"""

from typing import Any

from django import forms

from grading.words import CAUSES, INFUSION_ACTIONS
from patients.forms.acts import ActForm
from patients.forms.fields import MomentField, NumberField, WordField
from patients.forms.limits import possible


class InfusionFields(forms.Form):
    cause = WordField(CAUSES, blank="Choose", label="Therapy", required=True)
    product = forms.CharField(
        label="Product",
        max_length=120,
        help_text="Generic name, like blinatumomab",
        widget=forms.TextInput(attrs={"autocomplete": "off", "list": "products"}),
    )
    lot = forms.CharField(
        label="Lot", max_length=60, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    started_at = MomentField(label="Infusion started at", required=True)


class InfusionForm(InfusionFields, ActForm):
    """A further infusion: it closes the course before it."""


class InfusionDoseForm(ActForm):
    """A step-up dose, or the dose infused."""

    dose = NumberField(label="Dose", check=possible("dose"))
    unit = forms.CharField(
        label="Unit",
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "list": "units"}),
    )
    lot = forms.CharField(
        label="Lot", max_length=60, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    note = forms.CharField(label="Note", required=False, max_length=2000)
    at = MomentField(label="Given at", help_text="Blank: the moment of recording")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        with_its_unit(self)
        return cleaned


class InfusionEventForm(ActForm):
    """Interrupted, resumed or discontinued for good, also before another: the action says what cannot follow."""

    action = forms.ChoiceField(label="What happened", choices=tuple(INFUSION_ACTIONS.items()), widget=forms.RadioSelect)
    at = MomentField(label="At", help_text="Blank: the moment of recording")
    note = forms.CharField(label="Note", required=False, max_length=2000)


def with_its_unit(form: forms.Form) -> None:
    """A dose and its unit come together."""
    cleaned = form.cleaned_data
    if cleaned.get("dose") is not None and "unit" in cleaned and not cleaned["unit"]:
        form.add_error("unit", "A dose needs its unit, like mg")
    if "dose" in cleaned and cleaned["dose"] is None and cleaned.get("unit") and "dose" not in form.errors:
        form.add_error("dose", f"A unit is typed, {cleaned['unit']}: type the dose, or take the unit out")
