"""How does a physician answer a suggestion: accept, decline with a reason, or watch until a time?"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.http import QueryDict
from django.utils import timezone

from grading.dosing import OLD_WEIGHT
from grading.prescribing import Offered, is_off
from patients.formats import shown_date, shown_measurement, shown_moment
from patients.forms.acts import ActForm
from patients.forms.fields import Refused, WordField, active_zone
from patients.forms.moments import Unreadable, read_coming, typed
from patients.forms.questions import Question
from patients.models.words import DECLINE_REASONS

CHOICES: Final = (("", "Choose"), ("accepted", "Accept"), ("declined", "Decline"), ("watching", "Watch until"))
WATCH_AT_MOST: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Weighed:
    """A weight that stands in the record."""

    at: datetime
    weight_kg: Decimal


class UntilField(forms.CharField):
    """A time still to come, in the ward's zone: 18:00 is today's, or tomorrow's once it has passed; a day at most."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        zone, now = active_zone(), timezone.now()
        try:
            moment = read_coming(text, zone, now)
        except Unreadable as error:
            raise Refused(str(error)) from None
        if moment <= now:
            raise Refused(f"{typed(moment, zone)} has passed: a time still to come is needed")
        if moment > now + WATCH_AT_MOST:
            raise Refused(f"{typed(moment, zone)} is over 24 hours ahead: a time within a day is needed")
        return moment


class BasisField(forms.CharField):
    """What the card rested on as it was looked at: a JSON object."""

    widget = forms.HiddenInput

    def clean(self, value: Any) -> dict[str, Any]:
        try:
            document = json.loads(super().clean(value))
        except ValueError:
            document = None
        if not isinstance(document, dict):
            raise forms.ValidationError("This page is incomplete: open the patient's page anew")
        return document


class DecisionForm(ActForm):
    """The answer to one card. `offered` are its doses; `weights` the patient's, earliest first.

    `decided` is the key of the decision that the card shows now, if any.
    `changed` is what changed since the card was looked at: then nothing is recorded, and `basis`, `assessment` and
    `decided` are set to what the card says now, so that it can be decided anew.
    """

    step = forms.CharField(max_length=40, widget=forms.HiddenInput)
    assessment = forms.IntegerField(widget=forms.HiddenInput)
    decided = forms.IntegerField(widget=forms.HiddenInput, required=False)
    basis = BasisField()
    answer = forms.ChoiceField(label="Answer", choices=CHOICES)
    dose = forms.ChoiceField(label="Dose", required=False, widget=forms.RadioSelect)
    reason = WordField(DECLINE_REASONS, blank="Choose", label="Reason to decline")
    text = forms.CharField(
        label="In words",
        max_length=2000,
        required=False,
        help_text="Needed where the reason is another",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    watch_until = UntilField(
        label="Watch until",
        max_length=40,
        required=False,
        help_text="A time like 18:00, within 24 hours",
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": "18:00"}),
    )

    def __init__(
        self,
        data: QueryDict,
        *,
        offered: Sequence[Offered],
        weights: Sequence[Weighed],
        basis: Mapping[str, Any],
        assessment: int,
        decided: int | None,
        changed: Sequence[str] = (),
    ) -> None:
        if changed:
            data = data.copy()
            data["basis"], data["assessment"] = json.dumps(basis), str(assessment)
            data["decided"] = "" if decided is None else str(decided)
        super().__init__(data)
        self.offered, self.weights, self.changed = offered, weights, changed
        choice = self.fields["dose"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = [(str(n), f"{one.drug} {one.amount}") for n, one in enumerate(offered)]
        if len(offered) < 2:
            del self.fields["dose"]

    @property
    def chosen(self) -> Offered | None:
        """The dose that is accepted; None for a step without one."""
        if self.cleaned_data.get("answer") != "accepted" or not self.offered:
            return None
        return self.offered[int(self.cleaned_data["dose"]) if "dose" in self.fields else 0]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.changed:
            self.add_error(
                None, f"The suggestion changed while you looked at it: {'; '.join(self.changed)}. Decide anew."
            )
        answer = cleaned.get("answer")
        if "dose" in self.fields and answer == "accepted" and not cleaned.get("dose") and "dose" not in self.errors:
            self.add_error("dose", "Choose which dose is accepted")
        if answer == "declined":
            if not cleaned.get("reason") and "reason" not in self.errors:
                self.add_error("reason", "A decline needs its reason")
            if cleaned.get("reason") == "other" and not cleaned.get("text"):
                self.add_error("text", "Say why, where the reason is another")
        elif answer and cleaned.get("reason"):
            self.add_error("reason", "Only a decline takes a reason: take it out, or decline")
        if answer == "watching" and not cleaned.get("watch_until") and "watch_until" not in self.errors:
            self.add_error("watch_until", "To watch needs a time, like 18:00")
        elif answer and answer != "watching" and cleaned.get("watch_until"):
            self.add_error("watch_until", "Only watching takes a time: take it out, or watch")
        return cleaned

    def asked(self) -> Iterable[Question]:
        chosen = self.chosen
        return weight_questions("answer", chosen, self.weights, timezone.now()) if chosen is not None else ()


class TickForm(ActForm):
    """One press at a point of a checklist, in the course that was shown."""

    step = forms.CharField(max_length=40, widget=forms.HiddenInput)
    item = forms.CharField(max_length=40, widget=forms.HiddenInput)
    infusion = forms.IntegerField(widget=forms.HiddenInput)
    done = forms.ChoiceField(choices=(("yes", "Done"), ("no", "Take back")))


class JudgeForm(ActForm):
    """One press at the question of grade 2: is it managed as severe?"""

    severe = forms.ChoiceField(choices=(("yes", "Yes"), ("no", "No")))


def weight_questions(field: str, offered: Offered, weights: Sequence[Weighed], now: datetime) -> Iterable[Question]:
    """What is asked about the weight before a dose rests on it: over 7 days old, off by a tenth, or no longer the last.

    A fixed dose rests on none.
    """
    kg, at = offered.dose.weight_kg, offered.dose.weight_at
    if kg is None or at is None:
        return
    used = shown_measurement(kg, "kg")
    if now - at > OLD_WEIGHT:
        yield Question(
            field,
            f"The dose rests on a weight of {used}, charted {shown_date(at)}: over 7 days old. Is it still right?",
            f"{used}, still right",
        )
    before = [one for one in weights if one.at < at]
    if before and is_off(kg, before[-1].weight_kg):
        was = f"{shown_measurement(before[-1].weight_kg, 'kg')} on {shown_date(before[-1].at)}"
        yield Question(
            field,
            f"The dose rests on a weight of {used}; it was {was}, more than 10% off. Is {used} right?",
            f"{used}, not {shown_measurement(before[-1].weight_kg, 'kg')}",
        )
    since = [one for one in weights if at < one.at <= now and one.weight_kg != kg]
    if since:
        newer = shown_measurement(since[-1].weight_kg, "kg")
        yield Question(
            field,
            f"The dose rests on {used}; {newer} was charted since, at {shown_moment(since[-1].at)}. "
            "The next assessment reckons with it. Accept the dose as it is?",
            f"with {used}",
        )
