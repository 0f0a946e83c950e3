"""How is a row said again, with other values, or on another patient's record?

`values` are by the names of the row's columns; of an assessment by those of `grading.record.Assessment`, and `at`,
`impression`, `attribution_reason`, `typed`, `confirmed`. What `typed` and `confirmed` say of a value that changes goes
with the old value, unless they are given anew. A value that comes is checked as it was at first.
"""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any, Final, TypeVar

from grading import record
from patients.actions.act import WHOLE, Entry, Refused
from patients.actions.assessment import refuse_judging, write_assessment
from patients.actions.checks import while_alive
from patients.actions.infusion import fits_among, fits_between, in_course
from patients.actions.patient import after_all_else
from patients.actions.plain import plain
from patients.actions.treatment import write_treatment
from patients.models import Assessment, Death, Infusion, InfusionDose, InfusionEvent, Patient, Treatment
from patients.models.correction import SeenRow, patient_of
from patients.models.submission import EnteredRow
from patients.record import assessment_record, infusion_at, treatment_record

Kind = TypeVar("Kind", bound=EnteredRow)
OF_ENTRY: Final = frozenset({"id", "submission", "entered_by", "entered_at"})
PAPER: Final = ("observed_by_text", "observed_by")  # who saw what came from paper: the row says so still
BESIDE: Final = ("impression", "attribution_reason", "typed", "confirmed", *PAPER)  # beside an assessment's record
SAME: Final = "Nothing was changed."


def reentered(
    entry: Entry,
    row: SeenRow,
    values: Mapping[str, Any],
    *,
    to: Patient | None = None,
    instead_of: SeenRow | None = None,
) -> SeenRow:
    """The new row: as `row` but for `values`, on the record of `to`. It takes the place of `instead_of`.

    Raises `Refused` where it cannot be, or where nothing differs; `TypeError` on a name that the row has not.
    """
    patient = to or patient_of(row)
    if "at" in values or "started_at" in values:
        field = "started_at" if isinstance(row, Infusion) else "at"
        values = {**values, field: entry.at(values[field], field)}
    if isinstance(row, Assessment):
        return _assessment(entry, row, values, patient)
    columns = _columns(row)
    unknown = values.keys() - columns.keys()
    if unknown:
        raise TypeError(f"a {row._meta.verbose_name} has no {', '.join(sorted(unknown))}")
    _refuse_the_same(values, columns)
    new = _with_what_was_typed(columns, values)
    match row:
        case Treatment():
            return _treatment(entry, row, new, patient, instead_of)
        case InfusionEvent() | InfusionDose():
            return _of_infusion(entry, row, new, to, instead_of)
        case Infusion():
            replaced = instead_of if isinstance(instead_of, Infusion) else None
            fits_among(patient, new["product"], new["started_at"], instead_of=replaced)
        case Death():
            after_all_else(patient, new["at"], instead_of=instead_of if isinstance(instead_of, Death) else None)
        case _:
            while_alive(patient, new["at"])
    return type(row).objects.create(**(new | {"patient": patient}), **entry.columns)


def _assessment(entry: Entry, row: Assessment, values: Mapping[str, Any], patient: Patient) -> Assessment:
    before = assessment_record(row)
    names = {one.name for one in fields(record.Assessment)} - {"ref"}
    unknown = values.keys() - names - set(BESIDE)
    if unknown:
        raise TypeError(f"an assessment has no {', '.join(sorted(unknown))}")
    after = replace(before, **{name: value for name, value in values.items() if name in names})
    beside = {name: getattr(row, name) for name in BESIDE}
    charted = {one: getattr(before, one) for one in names} | beside
    _refuse_the_same(values, charted)
    refuse_judging(entry.by, after.severe_grade_2, before.severe_grade_2)
    while_alive(patient, after.at)
    kept = _with_what_was_typed(charted, values)
    return write_assessment(entry, after, patient=patient, at=after.at, **{name: kept[name] for name in BESIDE})


def _treatment(
    entry: Entry, row: Treatment, new: Mapping[str, Any], patient: Patient, instead_of: SeenRow | None
) -> Treatment:
    given = replace(
        treatment_record(row), **{name: new[name] for name in ("at", "drug", "dose", "unit", "route", "purpose")}
    )
    return write_treatment(
        entry,
        patient,
        given,
        accepted_decision=new["accepted_decision"] if patient == row.patient else None,
        instead_of=instead_of if isinstance(instead_of, Treatment) else None,
        **{name: new[name] for name in ("note", "typed", "confirmed", *PAPER)},
    )


def _of_infusion(
    entry: Entry,
    row: InfusionEvent | InfusionDose,
    new: Mapping[str, Any],
    to: Patient | None,
    instead_of: SeenRow | None,
) -> SeenRow:
    """On its infusion; moved to another patient, on the one whose course it was then."""
    infusion: Infusion | None = new["infusion"]
    if to is not None and infusion == row.infusion:
        infusion = infusion_at(to, new["at"])
        if infusion is None:
            raise Refused({"to": "This patient had no infusion at that time."})
    assert infusion is not None
    in_course(infusion, new["at"])
    if isinstance(row, InfusionEvent):
        replaced = instead_of if isinstance(instead_of, InfusionEvent) else None
        fits_between(infusion, new["action"], new["at"], instead_of=replaced)
    return type(row).objects.create(**{**new, "infusion": infusion}, **entry.columns)


def _columns(row: EnteredRow) -> dict[str, Any]:
    """What the row says, without who entered it."""
    return {
        field.name: getattr(row, field.name)
        for field in row._meta.concrete_fields
        if field.name not in OF_ENTRY and field.name != "marked"
    }


def _refuse_the_same(values: Mapping[str, Any], before: Mapping[str, Any]) -> None:
    """Raises `Refused` on a correction that says what stands already. Without values the row is said again as it is."""
    if values and all(plain(value) == plain(before[name]) for name, value in values.items()):
        raise Refused({WHOLE: SAME})


def _with_what_was_typed(before: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """`before` with `values`; what was typed and confirmed for a value that changes does not outlive it."""
    new = {**before, **values}
    if "typed" in before and "typed" not in values:
        new["typed"] = {name: text for name, text in before["typed"].items() if name not in values}
    if "confirmed" in before and "confirmed" not in values:
        new["confirmed"] = [one for one in before["confirmed"] if one.get("field") not in values]
    return new
