"""What is typed to open a patient of another ward: who exactly, and why?"""

from django import forms

from patients.forms.acts import ActForm
from patients.forms.fields import DayField
from patients.models.glass import GLASS_REASONS

_PLAIN = {"autocomplete": "off", "spellcheck": "false"}


class BreakGlassForm(ActForm):
    """Nothing is looked up before all four are there."""

    mrn = forms.CharField(
        label="Hospital number",
        max_length=32,
        help_text="The whole number, with or without blanks",
        widget=forms.TextInput(attrs=_PLAIN),
    )
    birth_date = DayField(label="Birth date", required=True, help_text="Like 14-Aug-1980")
    reason = forms.ChoiceField(label="Why", choices=tuple(GLASS_REASONS.items()), widget=forms.RadioSelect)
    text = forms.CharField(
        label="In words",
        max_length=200,
        help_text="Who asked you, and what for. The auditor reads it",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class MendForm(ActForm):
    """One press: the patient is closed again."""
