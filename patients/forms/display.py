"""How is a wall display opened, let in and revoked? By a name, by its code, by one press."""

from django import forms

from patients.forms.acts import ActForm


class DisplayForm(ActForm):
    """A display is opened."""

    label = forms.CharField(
        label="Where it hangs",
        max_length=40,
        help_text="Whoever passes reads the screen. It shows beds and grades, and no names.",
        widget=forms.TextInput(attrs={"spellcheck": "false"}),
    )


class CodeForm(ActForm):
    """The screen is let in."""

    code = forms.CharField(
        label="Code",
        max_length=20,
        help_text="From the ward's page «Wall displays».",
        widget=forms.TextInput(attrs={"spellcheck": "false", "autocapitalize": "characters"}),
    )


class RevokeForm(ActForm):
    """The display is revoked."""
