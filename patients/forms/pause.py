"""How is it typed that a patient leaves the ward, until when, and that they are back?"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django import forms
from django.http import QueryDict

from patients.forms.acts import ActForm
from patients.forms.fields import MomentField, Refused, active_zone
from patients.forms.moments import Unreadable, read_coming
from patients.forms.questions import Question
from patients.models.words import PAUSE_REASONS

LENGTHS: Final = (30, 60, 120, 240)  # minutes


class PauseForm(ActForm):
    """Why, and for how long or until when. `began` is when the pause began that this one makes longer or shorter;
    `warnings` are asked about, and nothing is refused for them."""

    reason = forms.ChoiceField(label="Where to", choices=tuple(PAUSE_REASONS.items()), widget=forms.RadioSelect)
    minutes = forms.TypedChoiceField(
        label="For about", required=False, coerce=int, empty_value=None, widget=forms.RadioSelect
    )
    until = forms.CharField(
        label="Or expected back at",
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": "15:30"}),
    )
    text = forms.CharField(
        label="In words",
        max_length=200,
        required=False,
        help_text="Needed where it is another place",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    at = MomentField(label="Left at", help_text="Blank: the moment of recording")
    opened_on = forms.IntegerField(widget=forms.HiddenInput, min_value=0, required=False)

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        now: datetime,
        began: datetime | None,
        longest: timedelta,
        warnings: Sequence[Question],
        **options: Any,
    ) -> None:
        super().__init__(data, **options)
        self.now, self.began, self.warnings = now, began, warnings
        most = int(longest.total_seconds() // 60)
        lengths = self.fields["minutes"]
        assert isinstance(lengths, forms.TypedChoiceField)
        lengths.choices = [(one, words_of(one)) for one in LENGTHS if one <= most]
        self.fields["until"].help_text = f"A time like 15:30. From then on the patient is overdue. {_limit(most)}"
        if began is not None:
            del self.fields["at"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        text, length = cleaned.get("until"), cleaned.get("minutes")
        cleaned["until"] = None
        if text and length:
            self.add_error("until", "Choose one of the two: for how long, or until when")
        elif text:
            try:
                cleaned["until"] = read_coming(text, active_zone(), cleaned.get("at") or self.began or self.now)
            except Unreadable as error:
                self.add_error("until", Refused(str(error)))
        elif not length and not {"until", "minutes"} & self.errors.keys():
            self.add_error("until", "For how long, or until when, is needed")
        if cleaned.get("reason") == "other" and not cleaned.get("text"):
            self.add_error("text", "Say where, when it is another place")
        return cleaned

    def asked(self) -> Iterable[Question]:
        return self.warnings


class BackForm(ActForm):
    """The patient is back on the ward."""

    at = MomentField(label="Back at", help_text="Blank: the moment of recording")


def words_of(minutes: int) -> str:
    """«30 min», «2 h»."""
    return f"{minutes // 60} h" if minutes % 60 == 0 else f"{minutes} min"


def _limit(minutes: int) -> str:
    return f"On this ward a pause lasts {words_of(minutes)} at most."
