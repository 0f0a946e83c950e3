"""How is a new patient typed, with the infusion that starts the course?"""

from typing import Any

from django import forms

from patients.forms.acts import ActForm
from patients.forms.facts import FactsFields
from patients.forms.fields import MomentField
from patients.forms.infusion import InfusionFields
from patients.forms.measurement import MeasurementFields
from patients.forms.placement import NOW, PLACE, PlaceFields
from patients.models import Ward

_PLAIN = {"autocomplete": "off", "spellcheck": "false"}


class AdmissionForm(InfusionFields, MeasurementFields, FactsFields, PlaceFields, ActForm):
    """Who, where, with what facts, and after which infusion. The infusion may follow later."""

    stands_for = PLACE
    mrn = forms.CharField(label="Number", max_length=32, widget=forms.TextInput(attrs=_PLAIN))
    family_name = forms.CharField(label="Family name", max_length=80, widget=forms.TextInput(attrs=_PLAIN))
    given_name = forms.CharField(label="Given name", max_length=80, widget=forms.TextInput(attrs=_PLAIN))
    at = MomentField(label="Admitted at", help_text=NOW)

    def __init__(self, *args: Any, wards: list[Ward], **options: Any) -> None:
        super().__init__(*args, **options)
        self.offer_places(wards)
        for name in ("cause", "product", "started_at"):
            self.fields[name].required = False

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self.has_infusion:
            for name, words in (("cause", "the therapy"), ("product", "the product"), ("started_at", "the start")):
                if name in cleaned and not cleaned[name]:
                    self.add_error(name, f"An infusion needs {words}; leave all of it blank when none was given yet")
        born, started = cleaned.get("birth_date"), cleaned.get("started_at")
        if born is not None and started is not None and started.date() < born:
            self.add_error("started_at", "The infusion starts before the birth")
        return cleaned

    @property
    def has_infusion(self) -> bool:
        return any(self.cleaned_data.get(name) for name in ("cause", "product", "started_at", "lot"))


class RenameForm(ActForm):
    """Another number or name; the ones before stay in the history."""

    mrn = forms.CharField(label="Number", max_length=32, widget=forms.TextInput(attrs=_PLAIN))
    family_name = forms.CharField(label="Family name", max_length=80, widget=forms.TextInput(attrs=_PLAIN))
    given_name = forms.CharField(label="Given name", max_length=80, widget=forms.TextInput(attrs=_PLAIN))
