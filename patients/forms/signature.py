"""How does a physician confirm the computed grade, or override it?

The form carries the assessment and the facts that were looked at: a grade that changed meanwhile is not signed unseen.
"""

from typing import Any, Final

from django import forms

from grading.words import GRADE_WORDS
from patients.forms.acts import ActForm
from patients.forms.fields import WordField
from patients.models.words import OVERRIDE_REASONS

CONFIRM: Final = "confirm"
OVERRIDE: Final = "override"
GRADES: Final = {str(grade): f"Grade {grade}, {GRADE_WORDS[grade]}" for grade in range(5)}


class SignatureForm(ActForm):
    assessment = forms.IntegerField(widget=forms.HiddenInput)
    basis = forms.JSONField(widget=forms.HiddenInput)
    signed = forms.IntegerField(widget=forms.HiddenInput, required=False)
    answer = forms.ChoiceField(
        label="Your grade",
        choices=((CONFIRM, "Confirm the computed grade"), (OVERRIDE, "Another grade")),
        widget=forms.RadioSelect,
    )
    confirmed_grade = WordField(GRADES, label="Grade instead", blank="None")
    reason = WordField(OVERRIDE_REASONS, label="Reason", blank="None")
    text = forms.CharField(
        label="In words",
        required=False,
        max_length=2000,
        help_text="Needed with another grade. The computed grade stays in the record beside yours.",
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
    )

    def clean_basis(self) -> dict[str, Any]:
        basis = self.cleaned_data["basis"]
        if not isinstance(basis, dict) or not isinstance(basis.get("grade"), int):
            raise forms.ValidationError("The page is of an earlier version: open it again.")
        return basis

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        answer, basis = cleaned.get("answer"), cleaned.get("basis")
        if answer == CONFIRM:
            for name in ("confirmed_grade", "reason"):
                if cleaned.get(name) is not None:
                    self.add_error(name, "«Confirm the computed grade» is chosen beside this: choose one of the two.")
        elif answer == OVERRIDE and basis:
            self._needed(cleaned, "confirmed_grade", "Choose the grade.")
            self._needed(cleaned, "reason", "A reason is needed with another grade.")
            self._needed(cleaned, "text", "Say in words why the grade is another.")
            if cleaned.get("confirmed_grade") == str(basis["grade"]):
                self.add_error("confirmed_grade", "This is the computed grade: confirm it, or choose another.")
        return cleaned

    def _needed(self, cleaned: dict[str, Any], name: str, sentence: str) -> None:
        if name not in self.errors and not cleaned.get(name):
            self.add_error(name, sentence)

    @property
    def grade(self) -> int:
        """The confirmed grade, of a valid form."""
        said = self.cleaned_data
        return int(said["basis"]["grade"] if said["answer"] == CONFIRM else said["confirmed_grade"])
