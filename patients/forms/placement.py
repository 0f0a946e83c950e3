"""How are admission, transfer, discharge and death typed?"""

from typing import Any

from django import forms

from grading.words import PROTOCOLS
from patients.forms.acts import ActForm
from patients.forms.fields import MomentField, YesNoField
from patients.forms.replacing import ReplacingForm
from patients.models import Bed, Ward

NOW = "Blank: the moment of recording"
PLACE = {"ward": "place", "bed": "place"}


class PlaceFields(forms.Form):
    """A bed on a ward that the person who charts works on, or a ward with no bed yet."""

    place = forms.ChoiceField(label="Ward and bed")

    def offer_places(self, wards: list[Ward]) -> None:
        field = self.fields["place"]
        assert isinstance(field, forms.ChoiceField)
        choices: list[tuple[str, str]] = [("", "Choose")]
        for ward in wards:
            choices += [(f"{ward.pk}:{bed.pk}", f"{ward}, bed {bed}") for bed in ward.beds.all()]
            choices.append((f"{ward.pk}:", f"{ward}, no bed yet"))
        field.choices = choices

    def clean_place(self) -> tuple[Ward, Bed | None]:
        ward, _, bed = self.cleaned_data["place"].partition(":")
        return Ward.objects.get(pk=ward), Bed.objects.get(pk=bed) if bed else None


class TransferForm(PlaceFields, ActForm):
    stands_for = PLACE
    at = MomentField(label="Transferred at", help_text=NOW)

    def __init__(self, *args: Any, wards: list[Ward], **options: Any) -> None:
        super().__init__(*args, **options)
        self.offer_places(wards)


class ReadmissionForm(PlaceFields, ActForm):
    stands_for = PLACE
    at = MomentField(label="Admitted at", help_text=NOW)

    def __init__(self, *args: Any, wards: list[Ward], **options: Any) -> None:
        super().__init__(*args, **options)
        self.offer_places(wards)


class DischargeForm(ActForm):
    at = MomentField(label="Discharged at", help_text=NOW)


class DeathForm(ActForm):
    at = MomentField(label="Died at", help_text=NOW)
    due_to_crs = YesNoField(
        label="Due to CRS", widget=forms.RadioSelect, help_text="Yes is grade 5 of the course on every CRS scale"
    )


class ProtocolForm(ReplacingForm):
    """The ward's protocol, or another for this patient, with the reason."""

    protocol = forms.ChoiceField(label="Protocol", widget=forms.RadioSelect)
    reason = forms.CharField(label="Reason", max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, default: str, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["protocol"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", f"The ward's: {PROTOCOLS[default]}"), *PROTOCOLS.items()]
        field.required = False

    def clean_protocol(self) -> str | None:
        return self.cleaned_data["protocol"] or None
