"""How are a ward's settings typed?

What is allowed is `grading.settings.from_document`'s to say: the form builds the document, asks it, and puts its answer
at the field that it names.
"""

import re
from datetime import time
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.forms import BoundField

from grading.settings import ROUNDS, WINDOWS, Settings, SettingsError, from_document, to_document
from grading.words import PROTOCOLS
from patients.forms.fields import NumberField
from patients.forms.replacing import ReplacingForm
from patients.models import WardSettings
from patients.models.ward import (
    CONCERN_MINUTES_AT_MOST,
    IDLE_MINUTES_AT_MOST,
    PAUSE_MINUTES_AT_MOST,
    SHIFTS_AT_MOST,
)

WINDOW_LABELS: Final = {
    "temperature": "Temperature",
    "spo2": "SpO2",
    "pressure": "Blood pressure",
    "fluid_bolus": "Fluid bolus",
    "hypotension": "Hypotension",
    "pressure_restored": "Pressure restored",
    "vasopressors": "Vasopressors",
    "oxygen": "Oxygen",
    "life_threatening": "Life-threatening",
    "constitutional": "Symptoms",
    "symptomatic_response": "Symptomatic response",
    "attributed_elsewhere": "Attributed elsewhere",
    "neurology": "Neurology",
    "organ_toxicity": "Organ toxicity",
    "severe_grade_2_no": "Managed as severe: no",
}


class WardSettingsForm(ReplacingForm):
    """A new version of a ward's settings. Times are whole minutes."""

    default_protocol = forms.ChoiceField(
        label="Default protocol", choices=tuple(PROTOCOLS.items()), widget=forms.RadioSelect
    )
    spo2_limit_percent = NumberField(label="SpO2 limit", unit="%", required=True)
    older_age_years = NumberField(label="Older age from", unit="years", required=True)
    reassess_after_resolved = NumberField(label="Once resolved", unit="min", whole=True, required=True)
    concern_minutes = NumberField(
        label="Call somebody else after",
        unit="min",
        whole=True,
        required=True,
        check=lambda number: (
            None
            if 1 <= number <= CONCERN_MINUTES_AT_MOST
            else f"{number:f} is not possible: 1 to {CONCERN_MINUTES_AT_MOST} is allowed"
        ),
        help_text="From then on a concern that no physician acknowledged says whom else to call.",
    )
    concern_contacts = forms.CharField(
        label="Whom else to call",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text="Names and numbers, one a line. No message is sent from here.",
    )
    shift_starts = forms.CharField(
        label="Shifts begin at",
        max_length=80,
        widget=forms.TextInput(attrs={"spellcheck": "false"}),
        help_text="Times by the ward's clock, like 07:00, 19:00. An assignment ends with its shift.",
    )
    pause_minutes = NumberField(
        label="A pause lasts at most",
        unit="min",
        whole=True,
        required=True,
        check=lambda number: (
            None
            if 1 <= number <= PAUSE_MINUTES_AT_MOST
            else f"{number:f} is not possible: 1 to {PAUSE_MINUTES_AT_MOST} is allowed"
        ),
        help_text="Of monitoring, while a patient is off the ward. From then on the patient is overdue.",
    )
    idle_minutes = NumberField(
        label="A workstation locks after",
        unit="min",
        whole=True,
        required=True,
        check=lambda number: (
            None
            if 1 <= number <= IDLE_MINUTES_AT_MOST
            else f"{number:f} is not possible: 1 to {IDLE_MINUTES_AT_MOST} is allowed"
        ),
        help_text="Without a key or a press. What is typed is kept. Who works on several wards has the shortest.",
    )
    brands = forms.CharField(
        label="Brand names",
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        help_text="The site's own, one a line: Brand = generic name",
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in WINDOWS:
            self.fields[f"window_{name}"] = _minutes(WINDOW_LABELS[name])
        for grade in range(len(ROUNDS)):
            self.fields[f"round_{grade}"] = _minutes(f"Grade {grade}")

    @staticmethod
    def initial_of(current: WardSettings) -> dict[str, Any]:
        """The settings that hold, as they can be typed back."""
        settings: Settings = current.as_settings()
        document = to_document(settings)
        return {
            "default_protocol": current.default_protocol,
            "concern_minutes": current.concern_minutes,
            "concern_contacts": current.concern_contacts,
            "shift_starts": ", ".join(f"{start:%H:%M}" for start in current.shift_starts),
            "pause_minutes": current.pause_minutes,
            "idle_minutes": current.idle_minutes,
            "spo2_limit_percent": settings.spo2_limit_percent,
            "older_age_years": settings.older_age_years,
            "reassess_after_resolved": document["reassess_after_resolved"],
            "brands": "\n".join(f"{brand} = {generic}" for brand, generic in settings.brands.items()),
            **{f"window_{name}": minutes for name, minutes in document["windows"].items()},
            **{f"round_{grade}": minutes for grade, minutes in enumerate(document["reassess_after"])},
        }

    def clean_shift_starts(self) -> list[time]:
        text = self.cleaned_data["shift_starts"]
        starts = [_clock(part) for part in text.replace(",", " ").split()]
        if not 1 <= len(starts) <= SHIFTS_AT_MOST:
            raise forms.ValidationError(f"1 to {SHIFTS_AT_MOST} times a day are needed, like 07:00, 19:00")
        if len(set(starts)) < len(starts):
            raise forms.ValidationError(f"«{text}»: each time once")
        return sorted(starts)

    @classmethod
    def said(cls, version: WardSettings) -> tuple[tuple[str, str], ...]:
        """The settings of a version as label and text, in the order of the form."""
        form = cls(holds=version, initial=cls.initial_of(version))
        shown = {**form.initial, "default_protocol": version.get_default_protocol_display()}
        return tuple((str(form[name].label), str(shown[name])) for name in form.fields if name in shown)

    def clean_brands(self) -> dict[str, str]:
        brands: dict[str, str] = {}
        for line in self.cleaned_data["brands"].splitlines():
            brand, mark, generic = (part.strip() for part in line.partition("="))
            if not line.strip():
                continue
            if not (brand and mark and generic):
                raise forms.ValidationError(f"«{line.strip()}»: write Brand = generic name, one a line")
            brands[brand] = generic
        return brands

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors:
            try:
                from_document(self.document)
            except SettingsError as error:
                path, _, allowed = str(error).partition(": ")
                self.add_error(_field_of(path), allowed)
        return cleaned

    @property
    def document(self) -> dict[str, Any]:
        """The settings document, as `from_document` reads it."""
        cleaned = self.cleaned_data
        return {
            "windows": {name: int(cleaned[f"window_{name}"]) for name in WINDOWS},
            "spo2_limit_percent": _plain(cleaned["spo2_limit_percent"]),
            "older_age_years": _plain(cleaned["older_age_years"]),
            "reassess_after": [int(cleaned[f"round_{grade}"]) for grade in range(len(ROUNDS))],
            "reassess_after_resolved": int(cleaned["reassess_after_resolved"]),
            "brands": cleaned["brands"],
        }

    def windows(self) -> list[BoundField]:
        return [self[f"window_{name}"] for name in WINDOWS]

    def rounds(self) -> list[BoundField]:
        return [*(self[f"round_{grade}"] for grade in range(len(ROUNDS))), self["reassess_after_resolved"]]


def _minutes(label: str) -> NumberField:
    return NumberField(label=label, unit="min", whole=True, required=True)


def _clock(text: str) -> time:
    found = re.fullmatch("([0-9]{1,2}):([0-9]{2})", text, re.ASCII)
    if found is None or int(found[1]) > 23 or int(found[2]) > 59:
        raise forms.ValidationError(f"«{text}» is no time of day: write it like 07:00")
    return time(int(found[1]), int(found[2]))


def _plain(number: Decimal) -> int | float:
    """As JSON writes it: a settings document is JSON."""
    return int(number) if number == number.to_integral_value() else float(number)


def _field_of(path: str) -> str | None:
    """The form's field for a path of the document: `settings.windows.oxygen` is `window_oxygen`."""
    name = path.removeprefix("settings.")
    if name.startswith("windows."):
        return f"window_{name.removeprefix('windows.')}"
    if name.startswith("reassess_after["):
        return f"round_{name.removeprefix('reassess_after[').rstrip(']')}"
    return "brands" if name.startswith("brands") else name
