"""Can the record do without a row, and does a row that was marked fit into it again?

Asked once the patient is held. What marking does beyond «it stands no longer» is here too, a case a kind of row.
"""

from collections.abc import Sequence

from patients.actions.act import WHOLE, Refused
from patients.actions.checks import after_birth, born_before, shown, while_alive
from patients.actions.infusion import fits_among, fits_between, in_course
from patients.actions.patient import after_all_else
from patients.actions.placement import bed_is_free
from patients.models import (
    Assessment,
    Concern,
    ConcernAcknowledgement,
    Death,
    Height,
    Infusion,
    InfusionDose,
    InfusionEvent,
    LaboratoryResult,
    Patient,
    PatientFacts,
    PatientIdentity,
    PauseEnd,
    Placement,
    Treatment,
    User,
    Weight,
)
from patients.models.correction import CorrectedRow
from patients.permissions import may


def refuse_gone(by: User, row: CorrectedRow) -> None:
    """Raises `Refused` where the record cannot do without the row, with what to do instead."""
    match row:
        case PatientFacts():
            _others_hold(row, "facts", "Change the facts: what you record then holds in their place.")
            holds = PatientFacts.objects.standing().filter(patient=row.patient).exclude(pk=row.pk).latest("id")
            born_before(row.patient, holds.birth_date, "With the facts before these, the birth is")
        case PatientIdentity():
            _others_hold(row, "name and number", "Correct name and number: what you record then holds in their place.")
        case Placement():
            _lies_somewhere(row, [one for one in _placements(row.patient) if one != row])
        case Concern():
            seen = ConcernAcknowledgement.objects.standing().filter(concern=row).exists()
            if not seen and row.entered_by_id != by.pk and not may(by, "acknowledge_concern"):
                raise Refused(
                    {WHOLE: f"No physician has seen this concern yet: {row.entered_by} or a physician marks it."}
                )


def refuse_back(row: CorrectedRow) -> None:
    """Raises `Refused` where the row does not fit into what was recorded since it was marked."""
    match row:
        case Assessment() | Treatment() | LaboratoryResult() | Weight() | Height():
            while_alive(row.patient, row.at)
        case Infusion():
            fits_among(row.patient, row.product, row.started_at)
        case InfusionEvent():
            in_course(row.infusion, row.at)
            fits_between(row.infusion, row.action, row.at)
        case InfusionDose():
            in_course(row.infusion, row.at)
        case Death():
            after_all_else(row.patient, row.at)
        case PatientFacts():
            later = PatientFacts.objects.standing().filter(patient=row.patient, pk__gt=row.pk)
            if not later.exists():
                born_before(row.patient, row.birth_date, "With these facts, the birth is")
        case Placement():
            after_birth(row.patient, row.at)
            rows = sorted([*_placements(row.patient), row], key=lambda one: (one.at, one.pk))
            _lies_somewhere(row, rows)
        case ConcernAcknowledgement():
            other = ConcernAcknowledgement.objects.standing().filter(concern=row.concern).first()
            if other is not None:
                raise Refused({WHOLE: f"{other.entered_by} has acknowledged this concern since."})
        case PauseEnd():
            again = PauseEnd.objects.standing().filter(pause=row.pause).select_related("entered_by").first()
            if again is not None:
                raise Refused({WHOLE: f"{again.entered_by} has recorded since that the patient is back."})


def settle(row: CorrectedRow) -> None:
    """What follows in the patient's own row: the last name and number that stand are the present ones."""
    if isinstance(row, PatientIdentity):
        holds = PatientIdentity.objects.standing().filter(patient=row.patient_id).latest("id")
        Patient.objects.filter(pk=row.patient_id).update(
            mrn=holds.mrn, family_name=holds.family_name, given_name=holds.given_name
        )


def _others_hold(row: PatientFacts | PatientIdentity, what: str, instead: str) -> None:
    if not type(row).objects.standing().filter(patient=row.patient).exclude(pk=row.pk).exists():
        raise Refused({WHOLE: f"The patient has no other {what} to go back to. {instead}"})


def _placements(patient: Patient) -> list[Placement]:
    """Those that stand, in their order."""
    return list(Placement.objects.standing().filter(patient=patient).select_related("ward", "bed").order_by("at", "id"))


def _lies_somewhere(changed: Placement, rows: Sequence[Placement]) -> None:
    """Raises `Refused` where `rows` are no stay: it begins with an admission, another follows a discharge only."""
    patient = changed.patient
    if not rows or rows[0].kind != Placement.Kind.ADMISSION:
        only = "It is the patient's only place" if not rows else "Everything after it rests on this admission"
        raise Refused(
            {
                WHOLE: f"{only}: without it the record would stand on no ward and be found by nobody. "
                "Admit the right patient; this one is discharged."
            }
        )
    for one, following in zip(rows, rows[1:], strict=False):
        if (one.kind == Placement.Kind.DISCHARGE) != (following.kind == Placement.Kind.ADMISSION):
            raise Refused(
                {
                    WHOLE: f"«{following.get_kind_display()}» at {shown(patient, following.at)} could not follow "
                    f"«{one.get_kind_display()}» at {shown(patient, one.at)}: mark the later one first."
                }
            )
    if rows[-1].bed is not None:
        bed_is_free(patient, rows[-1].ward, rows[-1].bed, "; move one of the two first")
