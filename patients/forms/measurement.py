"""How are a weight and a height typed?"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django import forms

from grading.limits import check_height_change, check_weight_change
from patients.forms.acts import ActForm
from patients.forms.fields import MomentField, NumberField
from patients.forms.limits import possible, question
from patients.forms.paper import PaperFields
from patients.forms.questions import Question


class MeasurementFields(forms.Form):
    weight_kg = NumberField(label="Weight", unit="kg", check=possible("weight_kg"))
    height_cm = NumberField(label="Height", unit="cm", check=possible("height_cm"))


class MeasurementForm(MeasurementFields, ActForm):
    """A weight, a height or both, measured at one moment. `before_kg` and `before_cm` are those charted before."""

    at = MomentField(label="Measured at", help_text="Blank: the moment of recording")

    def __init__(
        self, *args: Any, before_kg: Decimal | None = None, before_cm: Decimal | None = None, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.before_kg, self.before_cm = before_kg, before_cm

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and cleaned.get("weight_kg") is None and cleaned.get("height_cm") is None:
            self.add_error("weight_kg", "Type a weight, a height or both")
        return cleaned

    def asked(self) -> Iterator[Question]:
        weight, height = self.cleaned_data.get("weight_kg"), self.cleaned_data.get("height_cm")
        if weight is not None and self.before_kg is not None:
            outcome = check_weight_change(self.before_kg, weight)
            if outcome is not None:
                yield question("weight_kg", outcome)
        if height is not None and self.before_cm is not None:
            outcome = check_height_change(self.before_cm, height)
            if outcome is not None:
                yield question("height_cm", outcome)


class MeasuringForm(PaperFields, MeasurementForm):
    """A weight or height that is charted for the first time, perhaps from paper."""
