"""How is a row of the record corrected: through the form it was charted with, filled in as it was typed, with a reason?

A time that is not touched stays exactly what it was, to the second; the form shows minutes.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.http import QueryDict

from grading.words import ANALYTES
from patients.forms.acts import ActForm
from patients.forms.fields import NumberField, Refused, WordField, active_zone
from patients.forms.infusion import InfusionDoseForm, InfusionEventForm, InfusionForm
from patients.forms.laboratory import LaboratoryForm
from patients.forms.measurement import MeasurementForm
from patients.forms.moments import typed as typed_moment
from patients.forms.placement import DeathForm
from patients.forms.treatment import TreatmentForm
from patients.models import Infusion
from patients.models.correction import SeenRow
from patients.models.words import CORRECTION_REASONS

TO_CORRECT: Final = ("typing", "misread", "wrong-time", "wrong-unit", "device", "learned-later", "other")
MOMENTS: Final = frozenset({"at", "started_at"})
TO_WITHDRAW: Final = ("not-done", "twice", "device", "typing", "misread", "other")


def _reasons(names: tuple[str, ...]) -> dict[str, str]:
    return {name: CORRECTION_REASONS[name] for name in names}


class ReasonFields(forms.Form):
    """Why: a coded reason, and a text that «Other» needs."""

    reason = WordField(_reasons(TO_CORRECT), blank="Choose", label="Reason")
    text = forms.CharField(
        label="In words",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Needed where the reason is another.",
    )

    def demand_reason(self) -> None:
        """Adds the errors of a reason that is missing. After cleaning."""
        if not self.cleaned_data.get("reason") and "reason" not in self.errors:
            self.add_error("reason", Refused("Choose a reason."))
        if self.cleaned_data.get("reason") == "other" and not self.cleaned_data.get("text"):
            self.add_error("text", Refused("Say why, where the reason is another."))


class ErrorForm(ReasonFields, ActForm):
    """The row was entered in error: nothing holds in its place."""

    reason = WordField(_reasons(TO_WITHDRAW), blank="Choose", label="Reason")

    def clean(self) -> dict[str, Any]:
        super().clean()
        self.demand_reason()
        return self.cleaned_data


class MoveForm(ActForm):
    """The row belongs to another patient, whose key is `to`."""

    to = forms.IntegerField(min_value=1)
    text = forms.CharField(label="In words", required=False, max_length=2000)


class CorrectionForm(ReasonFields, ActForm):
    """What the correction of every row has beside the fields of its form. `values` are the names of what it says."""

    values: tuple[str, ...] = ()

    def __init__(self, data: QueryDict | None = None, *, row: SeenRow, **options: Any) -> None:
        self.row = row
        super().__init__(data, initial=initial_of(row, self.base_fields), **options)
        for name in MOMENTS & self.fields.keys():
            self.fields[name].required, self.fields[name].help_text = True, ""

    def clean_at(self) -> Any:
        return self._moment("at")

    def clean_started_at(self) -> Any:
        return self._moment("started_at")

    def _moment(self, name: str) -> Any:
        untouched = self[name].data.strip() == self[name].initial
        return moment_of(self.row) if untouched else self.cleaned_data[name]

    def clean(self) -> dict[str, Any]:
        super().clean()
        self.demand_reason()
        return self.cleaned_data

    def said(self) -> dict[str, Any]:
        """What the form says, by the names of the row's columns. Of a form that is valid."""
        said = {name: self._or_null(name) for name in self.values}
        changed = any(getattr(self.row, name) != value for name, value in said.items())
        if changed and hasattr(self.row, "typed"):
            said |= {"typed": self.typed, "confirmed": self.confirmed}
        return said

    def _or_null(self, name: str) -> Any:
        """A blank is null in a column that knows null."""
        value = self.cleaned_data[name]
        return None if value == "" and self.row._meta.get_field(name).null else value


class TreatmentCorrection(CorrectionForm, TreatmentForm):
    values = ("drug", "dose", "unit", "route", "purpose", "at", "note")


class ResultCorrection(CorrectionForm, LaboratoryForm):
    values = ("analyte", "value", "unit", "lower_limit", "upper_limit", "at")


class WeightCorrection(CorrectionForm, MeasurementForm):
    values = ("weight_kg", "at")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        del self.fields["height_cm"]
        self.fields["weight_kg"].required = True


class HeightCorrection(CorrectionForm, MeasurementForm):
    values = ("height_cm", "at")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        del self.fields["weight_kg"]
        self.fields["height_cm"].required = True


class InfusionEventCorrection(CorrectionForm, InfusionEventForm):
    values = ("action", "at", "note")


class InfusionDoseCorrection(CorrectionForm, InfusionDoseForm):
    values = ("dose", "unit", "lot", "at", "note")


class InfusionCorrection(CorrectionForm, InfusionForm):
    values = ("cause", "product", "lot", "started_at")


class DeathCorrection(CorrectionForm, DeathForm):
    values = ("at", "due_to_crs")


FORMS: Final[Mapping[str, type[CorrectionForm]]] = {
    "treatment": TreatmentCorrection,
    "result": ResultCorrection,
    "weight": WeightCorrection,
    "height": HeightCorrection,
    "infusion_event": InfusionEventCorrection,
    "infusion_dose": InfusionDoseCorrection,
    "infusion": InfusionCorrection,
    "death": DeathCorrection,
}


def moment_of(row: SeenRow) -> datetime:
    return row.started_at if isinstance(row, Infusion) else row.at


def initial_of(row: SeenRow, fields: Mapping[str, forms.Field]) -> dict[str, Any]:
    """The row as it was typed, by the names of the form's fields, which are those of its columns."""
    said = getattr(row, "typed", {})
    found: dict[str, Any] = {}
    for name, field in fields.items():
        if name == "submission_id":  # the correction is a submission of its own
            continue
        value = getattr(row, name, None)
        if name in MOMENTS:
            found[name] = typed_moment(moment_of(row), active_zone())
        elif isinstance(field, NumberField):
            found[name] = typed_number(said, name, value)
        elif isinstance(value, bool):
            found[name] = "yes" if value else "no"
        elif name == "analyte":
            found[name] = ANALYTES.get(str(value), value)
        elif value is not None:
            found[name] = value
    return found


def typed_number(said: Mapping[str, Any], name: str, value: Decimal | int | None) -> str:
    """The text that was typed for a value, else the value's own digits."""
    if value is None:
        return ""
    text = said.get(name, {}).get("text")
    return str(text) if text else f"{value:f}" if isinstance(value, Decimal) else str(value)
