"""What does one row of the record say, in words? The history, a correction and its conflict show the same ones.

A row is pairs of a label and a text; what was not charted has no pair.
"""

from collections.abc import Iterator
from typing import Final

from grading.words import CAUSES, INFUSION_ACTIONS
from patients.formats import shown_dose, shown_measurement
from patients.models import (
    Assessment,
    Death,
    Height,
    Infusion,
    InfusionDose,
    InfusionEvent,
    LaboratoryResult,
    Treatment,
    Weight,
)
from patients.models.correction import CorrectedRow
from patients.record import assessment_record
from patients.views.rows import also, pressure, result_row, signs, treatment_row

# What a row of each kind is called, and what the moment of it is.
KIND_NAMES: Final = {
    "assessment": "Assessment",
    "treatment": "Treatment",
    "result": "Result",
    "weight": "Weight",
    "height": "Height",
    "infusion_event": "Infusion event",
    "infusion_dose": "Dose of the infusion",
    "infusion": "Infusion",
    "death": "Death",
}
MOMENTS: Final = {
    "assessment": "seen",
    "treatment": "given",
    "result": "taken",
    "weight": "measured",
    "height": "measured",
    "infusion_event": "at",
    "infusion_dose": "given",
    "infusion": "started",
    "death": "died",
}

Pairs = tuple[tuple[str, str], ...]


def pairs(row: CorrectedRow) -> Pairs:
    """The row as label and text, in the order of its form. An assessment reads its vasopressors and organ toxicities."""
    return tuple((label, text) for label, text in _pairs(row) if text)


def line(row: CorrectedRow) -> str:
    """The row in one line: «Temperature 39.5 °C; SpO2 97%». A row without any value says so."""
    return "; ".join(f"{label} {text}" if label else text for label, text in pairs(row)) or "Nothing charted"


def _pairs(row: CorrectedRow) -> Iterator[tuple[str, str]]:
    match row:
        case Assessment():
            yield from _assessment(row)
        case Treatment():
            shown = treatment_row(row)
            yield from (("Drug", shown.drug), ("Dose", shown.dose), ("Route", shown.route), ("For", shown.purpose))
            yield "Note", shown.note
        case LaboratoryResult():
            result = result_row(row)
            yield from (("Analyte", result.analyte), ("Result", result.value), ("Limits of normal", result.limits))
        case Weight():
            yield "Weight", shown_measurement(row.weight_kg, "kg")
        case Height():
            yield "Height", shown_measurement(row.height_cm, "cm")
        case InfusionEvent():
            yield from (("", INFUSION_ACTIONS[row.action]), ("Note", row.note))
        case InfusionDose():
            yield "Dose", "" if row.dose is None else shown_dose(row.dose, row.unit or "")
            yield from (("Lot", row.lot), ("Note", row.note))
        case Infusion():
            yield from (("Therapy", CAUSES[row.cause]), ("Product", row.product), ("Lot", row.lot))
        case Death():
            yield "Due to CRS", {True: "yes", False: "no", None: "not charted"}[row.due_to_crs]


def _assessment(row: Assessment) -> Iterator[tuple[str, str]]:
    seen = assessment_record(row)
    read = signs(seen)
    yield "Temperature", read.temperature
    yield "Pressure (mean)", pressure(seen)
    yield "Heart rate", read.heart_rate
    yield "Respiratory rate", read.respiratory_rate
    yield "SpO2", read.spo2
    yield "Oxygen", read.oxygen
    yield "Vasopressors", ", ".join(read.vasopressors)
    yield "Also", "; ".join(also(seen))
