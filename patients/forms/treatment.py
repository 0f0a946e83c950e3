"""How is a dose that was given typed, and what is asked about it? What was done is recordable, whatever it was."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.http import QueryDict

from grading.drugs import generic
from grading.prescribing import Computed
from grading.words import PURPOSES, ROUTES
from patients.formats import shown_dose, shown_moment
from patients.forms.acts import ActForm
from patients.forms.fields import MomentField, NumberField, WordField
from patients.forms.infusion import with_its_unit
from patients.forms.limits import possible
from patients.forms.paper import PaperFields
from patients.forms.questions import Question
from patients.models import Treatment

# By mark; a text without the minutes, so that a retry asks the same
UNUSUAL: Final = {"too-soon": "That is less than 8 h from another dose of tocilizumab."}
MARKED: Final = {"over-the-count": "record one more than allowed", "too-soon": "record it as given too soon"}


class TreatmentForm(ActForm):
    """Any name is a drug; brand names are read as their drug by the grading."""

    drug = forms.CharField(
        label="Drug",
        max_length=120,
        help_text="Generic or brand name",
        widget=forms.TextInput(attrs={"autocomplete": "off", "list": "drugs", "spellcheck": "false"}),
    )
    dose = NumberField(label="Dose", check=possible("dose"))
    unit = forms.CharField(
        label="Unit",
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "list": "units"}),
    )
    route = WordField({name: words.capitalize() for name, words in ROUTES.items()}, label="Route")
    purpose = WordField(PURPOSES, label="Given for")
    at = MomentField(label="Given at", help_text="Blank: the moment of recording")
    note = forms.CharField(label="Note", required=False, max_length=2000)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        with_its_unit(self)
        return cleaned


class GivingForm(PaperFields, TreatmentForm):
    """A dose is given now, perhaps on an accepted decision.

    `seen` is the key of the patient's last treatment as the form was opened; what was recorded after it is asked about.
    `computed` are the doses to compare with, by the protocol now or as accepted; `accepted` is the drug accepted, empty
    without a decision. `since` and `unusual` read the record: the doses of a drug recorded after a key, and the marks
    that a dose will get. `brands` are the ward's own names of drugs.
    """

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, required=False)

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        computed: Sequence[Computed] = (),
        accepted: str = "",
        since: Callable[[str, int], Sequence[Treatment]],
        unusual: Callable[[str, datetime | None], Mapping[str, str]],
        brands: Mapping[str, str],
        **options: Any,
    ) -> None:
        super().__init__(data, **options)
        self.computed, self.accepted, self.brands = computed, accepted, brands
        self.since, self.unusual = since, unusual

    @property
    def new_doses(self) -> Sequence[Treatment]:
        """Doses of this drug that somebody recorded while the form was open."""
        seen = self.cleaned_data.get("seen")
        return () if seen is None else self.since(self.cleaned_data["drug"], seen)

    def asked(self) -> Iterable[Question]:
        said = self.cleaned_data
        drug, dose, unit = said["drug"], said["dose"], said["unit"] or ""
        name = generic(drug, self.brands)
        if self.accepted and name != self.accepted:
            yield Question("drug", f"Accepted was {self.accepted}. Was it {drug} that was given?", drug)
        new = self.new_doses
        for one in new:
            amount = f" {shown_dose(one.dose, one.unit or '')}" if one.dose is not None else ""
            yield Question(
                "drug",
                f"Recorded while this form was open, by {one.entered_by}: {one.drug}{amount}, given "
                f"{shown_moment(one.at)}. Is this another dose?",
                f"another dose, beside that of {shown_moment(one.at)}",
            )
        for key, words in self.unusual(drug, said["at"]).items():
            if not (new and key == "too-soon"):
                yield Question("drug", f"{UNUSUAL.get(key, words)} It is recorded and marked.", MARKED[key])
        if dose is not None:
            yield from self._off(name, dose, unit)

    def _off(self, name: str, dose: Decimal, unit: str) -> Iterable[Question]:
        """A dose more than a tenth off every one computed for its drug, or in a unit that cannot be compared."""
        found = [one for one in self.computed if one.drug == name]
        if not found or any(one.fits(dose, unit) for one in found):
            return
        shown = " or ".join(f"{one.amount} ({one.working})" for one in found)
        given = shown_dose(dose, unit)
        comparable = any(one.fits(dose, unit) is False for one in found)
        off = "more than 10% off" if comparable else "in another unit, and not compared"
        yield Question("dose", f"Computed is {shown}; {given} is {off}. Is it what was given?", given)
