"""How is each kind of typed value read: a number, a yes or no, a choice of words, a moment?

Every field may stay blank, which is «not charted» (`None`), unless it is told to be required. What cannot be read is
refused with what is allowed; nothing is rounded, clipped or guessed, and the typed text stays in the form.

A refusal that can tell what was probably meant carries it as `offers`: values that a button can put into the form.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from grading.numbers import NumberError, parse_typed
from patients.forms.moments import AHEAD, Unreadable, read_date, read_moment, typed

BLANK = ("", "Not charted")
YES_NO = (BLANK, ("yes", "Yes"), ("no", "No"))


@dataclass(frozen=True, slots=True)
class Offer:
    """What was probably meant: `values` by field name, to be filled in at one press, with `words` on the button.

    The button reads «Did you mean 40%?»; where `words` are an answer of their own (not `meant`) it reads them alone.
    """

    words: str
    values: Mapping[str, str]
    meant: bool = True


class Refused(ValidationError):
    """A refusal that may carry `offers`."""

    def __init__(self, message: str, offers: Sequence[Offer] = (), code: str = "refused") -> None:
        super().__init__(message, code=code)
        self.offers = tuple(offers)


def offers_of(error: ValidationError) -> tuple[Offer, ...]:
    """The offers that an error carries; none for an error of another kind."""
    return error.offers if isinstance(error, Refused) else ()


def _unassisted(attributes: dict[str, str]) -> dict[str, str]:
    """Attributes of an input that no browser completes, corrects or capitalizes."""
    return {"autocomplete": "off", "autocapitalize": "off", "autocorrect": "off", "spellcheck": "false", **attributes}


class NumberField(forms.CharField):
    """A typed number. Cleans to a `Decimal` with the decimals that were typed, or `None`.

    `check` (a number to its refusal, or `None`) says what is possible. It gets the parsed number only.
    """

    def __init__(
        self,
        *,
        unit: str = "",
        check: Callable[[Decimal], Refused | str | None] | None = None,
        whole: bool = False,
        required: bool = False,
        **options: Any,
    ) -> None:
        mode = "numeric" if whole else "decimal"
        options.setdefault("widget", forms.TextInput(attrs=_unassisted({"inputmode": mode})))
        super().__init__(required=required, **options)
        self.unit, self.check, self.whole = unit, check, whole

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if not text:
            return None
        try:
            number = parse_typed(text)
        except NumberError as error:
            raise Refused(str(error)) from None
        if self.whole and number != number.to_integral_value():
            raise Refused(f"«{text}» is not a whole number: a whole number is needed")
        refusal = self.check(number) if self.check else None
        if refusal is not None:
            raise refusal if isinstance(refusal, Refused) else Refused(refusal)
        return number

    def validate(self, value: Any) -> None:
        if self.required and value is None:
            raise ValidationError(self.error_messages["required"], code="required")


class ScoreField(NumberField):
    """A whole number from `low` to `high`. Cleans to an `int`, or `None`."""

    def __init__(self, *, low: int, high: int, **options: Any) -> None:
        super().__init__(whole=True, check=self._in_range, **options)
        self.low, self.high = low, high

    def _in_range(self, number: Decimal) -> str | None:
        if self.low <= number <= self.high:
            return None
        return f"{number:f} is not possible: a whole number from {self.low} to {self.high} is allowed"

    def to_python(self, value: Any) -> Any:
        number = super().to_python(value)
        return None if number is None else int(number)


class YesNoField(forms.ChoiceField):
    """Yes, no or not charted. Cleans to `True`, `False` or `None`: a blank is never a no."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("required", False)
        super().__init__(choices=YES_NO, **options)

    def clean(self, value: Any) -> Any:
        return {"yes": True, "no": False, "": None}[super().clean(value)]


class WordField(forms.ChoiceField):
    """One of a table of `grading.words`, or not charted. Cleans to the stored name, or `None`."""

    def __init__(self, words: Mapping[str, str], *, blank: str = BLANK[1], **options: Any) -> None:
        options.setdefault("required", False)
        super().__init__(choices=(("", blank), *words.items()), **options)

    def clean(self, value: Any) -> Any:
        return super().clean(value) or None


class WordsField(forms.MultipleChoiceField):
    """Any of a table of `grading.words`. Cleans to a tuple of stored names in the table's order.

    An unticked list is not «none»: the form asks for that with a choice of its own.
    """

    def __init__(self, words: Mapping[str, str], **options: Any) -> None:
        options.setdefault("required", False)
        options.setdefault("widget", forms.CheckboxSelectMultiple)
        super().__init__(choices=tuple(words.items()), **options)
        self.names = tuple(words)

    def clean(self, value: Any) -> Any:
        ticked = set(super().clean(value))
        return tuple(name for name in self.names if name in ticked)


class MomentField(forms.CharField):
    """A date and time in the ward's zone, or a time of the last hours. Cleans to an aware `datetime` in UTC, or `None`.

    The zone is the active one. `now` is the clock; tests set another. A moment over 2 minutes in the future is refused
    unless `future` is allowed; the hour that the autumn night repeats is asked for.
    """

    def __init__(
        self,
        *,
        future: bool = False,
        now: Callable[[], datetime] = timezone.now,
        required: bool = False,
        **options: Any,
    ) -> None:
        options.setdefault("widget", forms.TextInput(attrs=_unassisted({"placeholder": "04:28 or 05-Jan-2026 04:28"})))
        super().__init__(required=required, max_length=40, **options)
        self.future, self.now = future, now

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        zone, now = active_zone(), self.now()
        try:
            moment = read_moment(text, zone, now)
        except Unreadable as error:
            raise Refused(str(error), [Offer(meant, {"": meant}) for meant in error.meant]) from None
        if not self.future and moment > now + AHEAD:
            raise Refused(f"{typed(moment, zone)} is in the future: a time up to now can be charted")
        return moment


class DayField(forms.CharField):
    """A date («14-Aug-1980»). Cleans to a `date`, or `None`. A date in the future is refused unless allowed."""

    def __init__(
        self,
        *,
        future: bool = False,
        now: Callable[[], datetime] = timezone.now,
        required: bool = False,
        **options: Any,
    ) -> None:
        options.setdefault("widget", forms.TextInput(attrs=_unassisted({"placeholder": "14-Aug-1980"})))
        super().__init__(required=required, max_length=40, **options)
        self.future, self.now = future, now

    def clean(self, value: Any) -> date | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            day = read_date(text)
        except Unreadable as error:
            raise Refused(str(error)) from None
        if not self.future and day > self.now().astimezone(active_zone()).date():
            raise Refused("the date is in the future")
        return day


def active_zone() -> ZoneInfo:
    """The zone that is active for this request, the ward's."""
    zone = timezone.get_current_timezone()
    return zone if isinstance(zone, ZoneInfo) else ZoneInfo(str(zone))
