"""What does one row of the record say, in words? The history, a correction and its conflict show the same ones.

A row is pairs of a label and a text; what was not charted has no pair.
"""

from collections.abc import Iterator
from typing import Final

from grading import record
from grading.attribution import without_words
from grading.checklists import CHECKLISTS
from grading.words import CAUSES, INFUSION_ACTIONS, PROTOCOLS, SCALES, SEXES
from patients.formats import shown_date, shown_dose, shown_measurement, shown_moment
from patients.models import (
    Assessment,
    Assignment,
    ChecklistTick,
    Concern,
    ConcernAcknowledgement,
    Death,
    Decision,
    Height,
    Infusion,
    InfusionDose,
    InfusionEvent,
    LaboratoryResult,
    PatientFacts,
    PatientIdentity,
    Pause,
    PauseEnd,
    Placement,
    ProtocolChoice,
    Signature,
    Treatment,
    Weight,
)
from patients.models.submission import EnteredRow
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
    "facts": "Facts",
    "identity": "Name and number",
    "placement": "Bed",
    "protocol": "Protocol",
    "decision": "Decision",
    "tick": "Checklist",
    "signature": "Signature",
    "concern": "Concern",
    "acknowledgement": "Concern acknowledged",
    "assignment": "Nurse of the shift",
    "pause": "Off the ward",
    "pause_end": "Back on the ward",
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
    "facts": "of",
    "placement": "at",
    "protocol": "from",
    "pause": "since",
    "pause_end": "at",
}

YES_NO: Final = {True: "yes", False: "no", None: "not charted"}

Pairs = tuple[tuple[str, str], ...]


def pairs(row: EnteredRow) -> Pairs:
    """The row as label and text, in the order of its form."""
    return tuple((label, text) for label, text in _pairs(row) if text)


def pairs_of(seen: record.Assessment) -> Pairs:
    """An assessment that is not stored, as `pairs` says a row."""
    return tuple((label, text) for label, text in _assessment(seen) if text)


def line(row: EnteredRow) -> str:
    """The row in one line: «Temperature 39.5 °C; SpO2 97%». A row without any value says so."""
    return "; ".join(f"{label} {text}" if label else text for label, text in pairs(row)) or "Nothing charted"


def _pairs(row: EnteredRow) -> Iterator[tuple[str, str]]:
    match row:
        case Assessment():
            yield from _assessment(assessment_record(row))
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
            yield "Due to CRS", YES_NO[row.due_to_crs]
        case _:
            yield from _other(row)


def _other(row: EnteredRow) -> Iterator[tuple[str, str]]:
    match row:
        case PatientFacts():
            yield from _facts(row)
        case PatientIdentity():
            yield "", str(row)
        case Placement():
            yield "", row.get_kind_display()
            yield from (("Ward", str(row.ward)), ("Bed", str(row.bed or "")))
        case ProtocolChoice():
            yield from (("", PROTOCOLS.get(row.protocol or "", "The ward's")), ("Reason", row.reason))
        case Decision():
            yield "", str(row.shown.get("headline", row.step))
            until = f" {shown_moment(row.watch_until)}" if row.watch_until else ""
            yield "", f"{row.get_answer_display()}{until}"
            yield from (("Reason", row.get_reason_display() or ""), ("", row.text))
        case ChecklistTick():
            words = next((one.words for one in CHECKLISTS.get(row.step, ()) if one.key == row.item), row.item)
            yield "", f"{words}: {'done' if row.done else 'taken back'}"
        case Signature():
            yield "", SCALES[row.scale]
            computed = ", ".join(filter(None, (str(row.computed_grade), without_words(row.basis.get("left_out", ())))))
            yield from (("Computed grade", computed), ("Confirmed grade", str(row.confirmed_grade)))
            yield from (("Reason", row.get_reason_display() or ""), ("", row.text))
        case Concern():
            yield from (("Why", row.why), ("Called", row.called), ("Answered", row.answered))
        case ConcernAcknowledgement():
            yield "", row.text or "Seen by a physician"
        case Assignment():
            shift = f"{shown_moment(row.starts_at)} to {shown_moment(row.ends_at)}"
            yield from (("", str(row.nurse or "Nobody any more")), ("Shift", shift))
        case Pause():
            yield from (("", row.get_reason_display()), ("", row.text), ("Until", shown_moment(row.until)))
            yield "Asked and confirmed", "; ".join(one["value"] for one in row.confirmed)
        case PauseEnd():
            yield "", f"After {row.pause.get_reason_display().lower()}"


def _facts(row: PatientFacts) -> Iterator[tuple[str, str]]:
    yield from (("Born", shown_date(row.birth_date)), ("Sex", SEXES[row.sex]))
    yield "Allergies", ", ".join(row.allergies_to) or row.get_allergies_display()
    systolic, diastolic, home = row.baseline_systolic, row.baseline_diastolic, row.home_oxygen_l_min
    yield "Baseline systolic", "" if systolic is None else shown_measurement(systolic, "mmHg")
    yield "Baseline diastolic", "" if diastolic is None else shown_measurement(diastolic, "mmHg")
    yield "Home oxygen", "" if home is None else shown_measurement(home, "L/min")
    for name, label in (
        ("extensive_comorbidities", "Extensive comorbidities"),
        ("long_term_glucocorticoid", "Long-term glucocorticoid"),
        ("neutropenic", "Neutropenic"),
    ):
        value = getattr(row, name)
        yield label, "" if value is None else YES_NO[value]
    yield from (("Ceilings of care", row.ceilings_of_care), ("Neurology before therapy", row.neurology_baseline))


def _assessment(seen: record.Assessment) -> Iterator[tuple[str, str]]:
    read = signs(seen)
    yield "Temperature", read.temperature
    yield "Pressure (mean)", pressure(seen)
    yield "Heart rate", read.heart_rate
    yield "Respiratory rate", read.respiratory_rate
    yield "SpO2", read.spo2
    yield "Oxygen", read.oxygen
    yield "Vasopressors", ", ".join(read.vasopressors)
    yield "Also", "; ".join(also(seen))
