"""What may be said in the sections that open: symptoms, organs, neurology, judgement, CTCAE v4, other causes?"""

from typing import Any, Final

from django import forms

from grading.words import (
    ATTRIBUTABLE,
    CONSCIOUSNESS,
    NOT_ASSESSED,
    ORGANS,
    RAISED_ICP,
    SEIZURES,
    SYMPTOMATIC_RESPONSES,
    SYMPTOMS,
)
from patients.forms.fields import Refused, WordField, WordsField, YesNoField
from patients.forms.neurology import NeurologyPart

ORGAN_GRADES: Final = {str(grade): f"Grade {grade}" for grade in range(5)}
NEUROLOGY: Final = ("ice_score", "capd_score", "consciousness", "seizure", "motor_weakness", "raised_icp")


class _ListsPart(forms.Form):
    """Lists that can be empty in two ways: not charted, or «none of these»."""

    attributed_elsewhere = WordsField(ATTRIBUTABLE, label="Attributed elsewhere")
    attributed_none = forms.BooleanField(required=False, label="Nothing attributed elsewhere")
    attribution_reason = forms.CharField(required=False, max_length=400, label="Reason")
    symptoms = WordsField(SYMPTOMS, label="Symptoms")
    symptoms_none = forms.BooleanField(required=False, label="None of these symptoms")
    organs_none = forms.BooleanField(required=False, label="No organ toxicity")

    def _charted(self, field: str, none: str) -> tuple[str, ...] | None:
        ticked: tuple[str, ...] = self.cleaned_data.get(field) or ()
        return ticked if ticked or self.cleaned_data.get(none) else None

    def _refuse_both(self, field: str, none: str) -> None:
        if self.cleaned_data.get(field) and self.cleaned_data.get(none):
            label = self.fields[none].label
            self.add_error(field, Refused(f"«{label}» is ticked beside others: untick one or the other."))


class SectionsPart(_ListsPart, NeurologyPart):
    neurology_not_assessed = WordField(NOT_ASSESSED, label="Cannot be assessed", blank="Not charted")
    consciousness = WordField(CONSCIOUSNESS, label="Consciousness")
    seizure = WordField(SEIZURES, label="Seizure")
    motor_weakness = YesNoField(label="Motor weakness")
    raised_icp = WordField(RAISED_ICP, label="Raised ICP")
    life_threatening = YesNoField(label="Life-threatening")
    severe_grade_2 = YesNoField(label="Managed as severe")
    crs_confirmed = YesNoField(label="This is CRS")
    symptomatic_response = WordField(SYMPTOMATIC_RESPONSES, label="Response to symptomatic treatment")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for system, label in ORGANS.items():
            self.fields[organ_field(system)] = WordField(ORGAN_GRADES, label=label)

    @property
    def organ_fields(self) -> list[forms.BoundField]:
        return [self[organ_field(system)] for system in ORGANS]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        self._refuse_both("attributed_elsewhere", "attributed_none")
        if cleaned.get("attribution_reason") and self._charted("attributed_elsewhere", "attributed_none") is None:
            self.add_error("attribution_reason", Refused("Tick what has another cause, or clear the reason."))
        self._refuse_both("symptoms", "symptoms_none")
        if cleaned.get("organs_none"):
            for system in ORGANS:
                if cleaned.get(organ_field(system)) not in (None, "0"):
                    message = "«No organ toxicity» is ticked beside a grade: untick it or clear the grade."
                    self.add_error(organ_field(system), Refused(message))
        if cleaned.get("neurology_not_assessed"):
            for name in NEUROLOGY:
                if cleaned.get(name) is not None:
                    message = "«Cannot be assessed» is chosen beside this: clear one of the two."
                    self.add_error(name, Refused(message))
        return cleaned

    def sections_in_record(self) -> dict[str, Any]:
        """What the sections say, by its names in `grading.record.Assessment`."""
        typed = self.cleaned_data
        organs = {s: int(typed[organ_field(s)]) for s in ORGANS if typed.get(organ_field(s)) is not None}
        names = (
            "neurology_not_assessed",
            *NEUROLOGY,
            "life_threatening",
            "severe_grade_2",
            "crs_confirmed",
            "symptomatic_response",
        )
        return {
            **{name: typed.get(name) for name in names},
            "attributed_elsewhere": self._charted("attributed_elsewhere", "attributed_none"),
            "constitutional": self._charted("symptoms", "symptoms_none"),
            "organ_toxicity": organs if organs or typed.get("organs_none") else None,
        }


def organ_field(system: str) -> str:
    """The form's field for an organ system."""
    return f"organ_{system}"
