"""How is a dose that was given typed?"""

from typing import Any

from django import forms

from grading.words import PURPOSES, ROUTES
from patients.forms.acts import ActForm
from patients.forms.fields import MomentField, NumberField, WordField
from patients.forms.infusion import with_its_unit
from patients.forms.limits import possible


class TreatmentForm(ActForm):
    """Any name is a drug; brand names are read as their drug by the grading."""

    drug = forms.CharField(
        label="Drug",
        max_length=120,
        help_text="Generic or brand name",
        widget=forms.TextInput(attrs={"autocomplete": "off", "list": "drugs", "spellcheck": "false"}),
    )
    dose = NumberField(label="Dose", check=possible("dose"))
    unit = forms.CharField(
        label="Unit",
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "list": "units"}),
    )
    route = WordField({name: words.capitalize() for name, words in ROUTES.items()}, label="Route")
    purpose = WordField(PURPOSES, label="Given for")
    at = MomentField(label="Given at", help_text="Blank: the moment of recording")
    note = forms.CharField(label="Note", required=False, max_length=2000)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        with_its_unit(self)
        return cleaned
