"""What is unusual about a dose that was given? It is recorded all the same, with this beside it."""

from datetime import datetime

from grading import record
from grading.drugs import TOCILIZUMAB, generic
from grading.given import TOCILIZUMAB_INTERVAL
from grading.numbers import dose as shown_dose
from grading.prescribing import Computed
from grading.settings import DEFAULT, Settings
from patients.models import Decision, Patient, Treatment
from patients.record import charted, infusion_at

Mark = dict[str, str]


def doses_of_drug(patient: Patient, drug: str) -> list[Treatment]:
    """The standing doses of this drug, under any of its names, earliest first."""
    brands = _settings(patient).brands
    name = generic(drug, brands)
    rows = Treatment.objects.standing().filter(patient=patient).select_related("entered_by", "patient")
    return [row for row in rows.order_by("at", "id") if generic(row.drug, brands) == name]


def marks(
    patient: Patient, given: record.Treatment, decision: Decision | None, *, instead_of: Treatment | None = None
) -> list[Mark]:
    """As known now: too many doses of tocilizumab, too soon after another, more than 10% from the dose decided on."""
    marked: list[Mark] = []
    if generic(given.drug, _settings(patient).brands) == TOCILIZUMAB:
        marked += _of_ledger(patient, given.at, instead_of)
    marked += _of_decision(given, decision)
    return marked


def _of_ledger(patient: Patient, at: datetime, instead_of: Treatment | None) -> list[Mark]:
    infusion = infusion_at(patient, at)
    if infusion is None:
        return []
    graded = charted([infusion])[0].graded()
    doses = [dose for dose in graded.tocilizumab if dose.ref != instead_of]
    marked: list[Mark] = []
    if len(doses) >= graded.tocilizumab_allowed:
        words = f"Dose {len(doses) + 1} of tocilizumab in this course: {graded.tocilizumab_allowed} at most."
        marked.append({"key": "over-the-count", "words": words})
    near = [dose for dose in doses if abs(dose.at - at) < TOCILIZUMAB_INTERVAL]
    if near:
        nearest = min(near, key=lambda dose: abs(dose.at - at))
        minutes = int(abs(nearest.at - at).total_seconds()) // 60
        side = "after" if nearest.at <= at else "before"
        words = f"{minutes // 60} h {minutes % 60} min {side} another dose of tocilizumab: 8 h at least between doses."
        marked.append({"key": "too-soon", "words": words})
    return marked


def _of_decision(given: record.Treatment, decision: Decision | None) -> list[Mark]:
    computed = Computed.from_document(decision.shown) if decision is not None else None
    if computed is None or given.dose is None or computed.fits(given.dose, given.unit or "") is not False:
        return []
    least, up_to = computed.least, computed.up_to
    decided = shown_dose(least) if up_to is None else f"{shown_dose(least)} to {shown_dose(up_to)}"
    words = f"{shown_dose(given.dose)} {given.unit} given, {decided} {computed.unit} decided on: more than 10% apart."
    return [{"key": "off-dose", "words": words}]


def _settings(patient: Patient) -> Settings:
    return patient.ward.current.as_settings() if patient.ward is not None else DEFAULT
