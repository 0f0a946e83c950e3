"""Which signs may be typed: temperature, pressure, heart rate, breathing, SpO2?"""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.http import QueryDict

from grading import limits
from grading.numbers import round_half_up
from grading.pressure import Pressure
from patients.forms.fields import NumberField, Refused, YesNoField
from patients.forms.limits import possible, question, refused
from patients.forms.questions import Question

RECORD_NAMES: Final = {  # the form's field: the record's
    "systolic": "systolic",
    "diastolic": "diastolic",
    "mean": "mean",
    "heart_rate": "heart_rate",
    "respiratory_rate": "respiratory_rate",
    "spo2": "spo2_percent",
}


_PRESSURE: Final = re.compile(r"\s*([0-9.,]+)\s*/\s*([0-9.,]+)\s*", re.ASCII)


def pressure_split(data: QueryDict) -> QueryDict:
    """«120/80» typed as the systolic is both pressures, where no diastolic is typed beside it."""
    both = _PRESSURE.fullmatch(data.get("systolic", ""))
    if both is None or data.get("diastolic", "").strip():
        return data
    split = data.copy()
    split["systolic"], split["diastolic"] = both.groups()
    return split


def _temperature_possible(typed: Decimal) -> Refused | None:
    read = limits.read_temperature(typed)
    return refused(read) if isinstance(read, limits.Refused) else None


class VitalsPart(forms.Form):
    """The signs. A temperature of 25 to 45 is °C, of 77 to 113 is °F; a pressure may be typed in one field."""

    temperature = NumberField(label="Temperature", unit="°C or °F", check=_temperature_possible)
    systolic = NumberField(label="Systolic", unit="mmHg", check=possible("systolic"))
    systolic.widget.attrs["placeholder"] = "or 120/80"
    diastolic = NumberField(label="Diastolic", unit="mmHg", check=possible("diastolic"))
    mean = NumberField(label="Mean", unit="mmHg", check=possible("mean"))
    heart_rate = NumberField(label="Heart rate", unit="/min", check=possible("heart_rate"))
    respiratory_rate = NumberField(label="Respiratory rate", unit="/min", check=possible("respiratory_rate"))
    spo2 = NumberField(label="SpO2", unit="%", check=possible("spo2_percent"))
    fluid_bolus = YesNoField(label="Fluid bolus")
    hypotension = YesNoField(label="Hypotension")
    pressure_restored = YesNoField(label="Pressure restored")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        above = limits.check_pressures(cleaned.get("systolic"), cleaned.get("diastolic"))
        if above is not None:
            self.add_error("diastolic", refused(above))
        return cleaned

    @property
    def read_temperature(self) -> limits.Temperature | None:
        """The temperature as understood, when one is typed that can be."""
        typed = self.cleaned_data.get("temperature")
        read = None if typed is None else limits.read_temperature(typed)
        return read if isinstance(read, limits.Temperature) else None

    @property
    def pressure(self) -> Pressure:
        typed = self.cleaned_data
        return Pressure(typed.get("systolic"), typed.get("diastolic"), typed.get("mean"))

    def vitals_in_record(self) -> dict[str, Any]:
        """The signs by their names in `grading.record.Assessment`."""
        read = self.read_temperature
        signs = {name: self.cleaned_data.get(field) for field, name in RECORD_NAMES.items()}
        words = {name: self.cleaned_data.get(name) for name in ("fluid_bolus", "hypotension", "pressure_restored")}
        return {"temperature_c": read.celsius if read else None, **signs, **words}

    def asked_of_vitals(self) -> Iterator[Question]:
        read = self.read_temperature
        if read is not None:
            shown = read.celsius if read.unit == "°C" else round_half_up(read.celsius, Decimal("0.1"))
            outcome = limits.check("temperature_c", shown)
            if isinstance(outcome, limits.Asked):
                yield question("temperature", outcome)
        for field, name in RECORD_NAMES.items():
            value = self.cleaned_data.get(field)
            outcome = None if value is None else limits.check(name, value)
            if isinstance(outcome, limits.Asked):
                yield question(field, outcome)
