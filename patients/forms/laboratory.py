"""How is a laboratory result typed: with the unit and the limits of normal that the laboratory printed?

The known units of the analyte are offered first, any other can be typed; the unit and limits of the patient's last
result of it are offered, never carried over. Nothing is converted here: what is typed is what is stored.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.http import QueryDict
from django.utils import timezone

from grading.numbers import measurement
from grading.plausible import TOGETHER, crp_beside_ferritin
from grading.record import Laboratory
from grading.units import FACTORS, UnitError, quantity, reckoned, units_of
from grading.words import ANALYTES
from patients.forms.acts import ActForm
from patients.forms.fields import MomentField, NumberField, Offer, Refused
from patients.forms.limits import possible
from patients.forms.paper import PaperFields
from patients.forms.questions import Question

USE: Final = "use"  # the button that takes over unit and limits of the last result posts the analyte under this name
WITHOUT_UNIT: Final = frozenset({"inr"})  # a ratio


@dataclass(frozen=True, slots=True)
class Before:
    """The results that the patient has, as typed, the earliest first, and when tocilizumab was given."""

    results: Sequence[Laboratory] = ()
    tocilizumab: Sequence[datetime] = ()

    def last(self, analyte: str) -> Laboratory | None:
        """The latest of an analyte that says a unit or a limit."""
        found = [r for r in self.results if r.analyte == analyte and (r.unit or r.lower_limit or r.upper_limit)]
        return found[-1] if found else None

    def near(self, analyte: str, at: datetime) -> Laboratory | None:
        """The result of an analyte nearest to `at`, within a day."""
        found = [r for r in self.results if r.analyte == analyte and abs(r.at - at) <= TOGETHER]
        return min(found, key=lambda r: abs(r.at - at), default=None)


def known_as(typed: str) -> str:
    """The stored name for a name on the list, however it is written; any other as typed."""
    typed = " ".join(typed.split())
    by_words = {words.lower(): name for name, words in ANALYTES.items()}
    return by_words.get(typed.lower(), typed.lower() if typed.lower() in ANALYTES else typed)


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
        label="Unit",
        max_length=30,
        required=False,
        help_text="As printed; kept as typed",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}),
    )
    lower_limit = NumberField(label="Lower limit of normal", check=possible("lower_limit"))
    upper_limit = NumberField(label="Upper limit of normal", check=possible("upper_limit"))
    at = MomentField(label="Taken at", help_text="Blank: the moment of recording")

    def __init__(self, data: QueryDict | None = None, *, before: Before | None = None, **options: Any) -> None:
        self.before = before or Before()
        used = data.get(USE, "") if data is not None else ""
        last = self.before.last(used)
        if data is not None and last is not None:
            data = data.copy()
            data["unit"] = last.unit or ""
            for name, limit in (("lower_limit", last.lower_limit), ("upper_limit", last.upper_limit)):
                data[name] = "" if limit is None else f"{limit:f}"
        super().__init__(data, **options)
        self.filled = self.filled or bool(used)

    @property
    def of(self) -> str:
        """The analyte in the form, by its stored name; empty for none."""
        return known_as(str(self["analyte"].value() or ""))

    def clean_analyte(self) -> str:
        return known_as(self.cleaned_data["analyte"])

    def clean_unit(self) -> str:
        return " ".join(self.cleaned_data["unit"].split())

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        low, high = cleaned.get("lower_limit"), cleaned.get("upper_limit")
        if low is not None and high is not None and low > high:
            self.add_error("lower_limit", f"The lower limit, {low:f}, is above the upper, {high:f}")
        analyte, unit = cleaned.get("analyte"), cleaned.get("unit")
        if analyte is not None and unit is not None:
            cleaned["analyte"] = quantity(analyte, unit) or analyte
            if unit == "" and analyte in FACTORS and analyte not in WITHOUT_UNIT:
                offers = [Offer(known, {"": known}) for known in self._offered(analyte)]
                message = f"Type the unit that is printed: {ANALYTES.get(analyte, analyte)} is not read without one"
                self.add_error("unit", Refused(message, offers))
        if self.filled:
            self._ask_for_nothing_yet()
        return cleaned

    def _ask_for_nothing_yet(self) -> None:
        """What is still blank is no error where a button filled something in: nothing was to be recorded."""
        for name, errors in list(self.errors.items()):
            if all(error.code == "required" for error in errors.as_data()) or not self[name].data:
                del self.errors[name]

    @staticmethod
    def _offered(analyte: str) -> tuple[str, ...]:
        if analyte in ("d-dimer", "d-dimer-ddu"):
            return (*units_of("d-dimer"), *units_of("d-dimer-ddu"))
        return units_of(analyte)

    def asked(self) -> Iterator[Question]:
        if all(self.cleaned_data.get(name) is not None for name in ("analyte", "value", "unit")):
            yield from self._asked_of_unit()
            yield from self._asked_of_crp()

    def _asked_of_unit(self) -> Iterator[Question]:
        analyte, unit = self.cleaned_data["analyte"], self.cleaned_data["unit"]
        if analyte not in FACTORS or not unit:
            return
        name = ANALYTES.get(analyte, analyte)
        if quantity(analyte, unit) is None:
            offers = tuple(Offer(f"{unit} {kind}", {"": f"{unit} {kind}"}) for kind in ("FEU", "DDU"))
            text = f"«{unit}» does not say FEU or DDU. Kept as typed, it is compared with no other D-dimer."
            yield Question("unit", text, unit, offers)
            return
        try:
            reckoned(analyte, Decimal(1), unit)
        except UnitError:
            known = ", ".join(units_of(analyte))
            text = (
                f"«{unit}» is not a unit known here for {name} ({known}). Kept as typed, it is unknown to every rule."
            )
            yield Question("unit", text, unit, tuple(Offer(one, {"": one}) for one in units_of(analyte)))

    def _asked_of_crp(self) -> Iterator[Question]:
        analyte, at = self.cleaned_data["analyte"], self.cleaned_data.get("at") or timezone.now()
        if analyte not in ("crp", "ferritin"):
            return
        typed = Laboratory(at=at, analyte=analyte, value=self.cleaned_data["value"], unit=self.cleaned_data["unit"])
        beside = self.before.near("ferritin" if analyte == "crp" else "crp", at)
        if beside is None:
            return
        outcome = crp_beside_ferritin(*((typed, beside) if analyte == "crp" else (beside, typed)))
        if outcome is None:
            return
        crp_at = at if analyte == "crp" else beside.at
        given = any(dose <= crp_at for dose in self.before.tocilizumab)
        text = f"{outcome.message}.{' After tocilizumab a low CRP is expected.' if given else ''}"
        if analyte == "crp":
            assert outcome.meant is not None
            yield Question("value", text, outcome.value, (Offer(outcome.meant.text, {"unit": outcome.meant.unit}),))
        else:
            value = f"{measurement(self.cleaned_data['value'])} {self.cleaned_data['unit']}"
            yield Question("value", f"{text} If it was, correct that CRP.", value)


class ResultForm(PaperFields, LaboratoryForm):
    """A result that is entered for the first time, perhaps from paper."""


def last_words(last: Laboratory) -> str:
    """«mg/L, up to 5»: what taking over the last result's unit and limits would fill in."""
    limits = limit_words(last.lower_limit, last.upper_limit)
    return ", ".join(part for part in (last.unit or "", limits) if part)


def limit_words(low: Decimal | None, high: Decimal | None) -> str:
    """«0.6 to 1.2», «up to 5», «from 150»; empty without limits."""
    if low is not None and high is not None:
        return f"{measurement(low)} to {measurement(high)}"
    if high is not None:
        return f"up to {measurement(high)}"
    return "" if low is None else f"from {measurement(low)}"
