"""How is it typed that something comes from paper: who observed it, as the sheet says?"""

from django import forms


def observed_by() -> forms.CharField:
    """Blank but for what comes from paper. Who transcribes it is who is signed in."""
    return forms.CharField(
        label="Observed by",
        max_length=80,
        required=False,
        help_text="Only for what comes from paper: the name on the sheet. You are kept as who transcribed it, "
        "and the time is the one on the sheet.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "list": "people", "spellcheck": "false"}),
    )


class PaperFields(forms.Form):
    """The section «From paper» of a form."""

    observed_by = observed_by()
