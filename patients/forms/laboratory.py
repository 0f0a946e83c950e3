"""How is a laboratory result typed?"""

from typing import Any, Final

from django import forms

from grading.words import ANALYTES
from patients.forms.acts import ActForm
from patients.forms.fields import MomentField, NumberField
from patients.forms.limits import possible

UNIT_OF_ANC: Final = "10^9/L"


class LaboratoryForm(ActForm):
    """One result with its unit and limits of normal, as printed."""

    analyte = forms.CharField(
        label="Analyte",
        max_length=40,
        help_text="A name from the list, or any other",
        widget=forms.TextInput(attrs={"autocomplete": "off", "list": "analytes", "spellcheck": "false"}),
    )
    value = NumberField(label="Value", required=True, check=possible("value"))
    unit = forms.CharField(
        label="Unit", max_length=30, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    lower_limit = NumberField(label="Lower limit of normal", check=possible("lower_limit"))
    upper_limit = NumberField(label="Upper limit of normal", check=possible("upper_limit"))
    at = MomentField(label="Taken at", help_text="Blank: the moment of recording")

    def clean_analyte(self) -> str:
        """The stored name for a name on the list, however it is written; any other as typed."""
        typed = " ".join(self.cleaned_data["analyte"].split())
        by_words = {words.lower(): name for name, words in ANALYTES.items()}
        return by_words.get(typed.lower(), typed.lower() if typed.lower() in ANALYTES else typed)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        low, high = cleaned.get("lower_limit"), cleaned.get("upper_limit")
        if low is not None and high is not None and low > high:
            self.add_error("lower_limit", f"The lower limit, {low:f}, is above the upper, {high:f}")
        if cleaned.get("analyte") == "anc" and cleaned.get("unit") not in ("", UNIT_OF_ANC):
            self.add_error("unit", f"ANC is charted in {UNIT_OF_ANC} (1 × {UNIT_OF_ANC} is 1,000 per microliter)")
        return cleaned
