"""How is a concern typed, and a physician's word that it was seen?"""

from django import forms

from patients.forms.acts import ActForm


class ConcernForm(ActForm):
    """«Escalate now», at any grade."""

    why = forms.CharField(
        label="What worries you", max_length=2000, widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"})
    )
    called = forms.CharField(
        label="Who was called",
        required=False,
        max_length=200,
        help_text="Blank: nobody yet. Name, and the number called.",
    )
    answered = forms.CharField(
        label="Who answered", required=False, max_length=200, help_text="Blank: nobody has answered yet."
    )


class AcknowledgementForm(ActForm):
    text = forms.CharField(
        label="What follows from it",
        required=False,
        max_length=2000,
        help_text="May stay blank.",
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
    )
