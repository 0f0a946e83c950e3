"""A patient is admitted, renamed, measured, known better, put on a protocol, has died."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from patients.actions.act import WHOLE, Entry, Refused, perform
from patients.actions.checks import after_birth, born_before, still_holds, while_alive
from patients.actions.infusion import NewInfusion, write_infusion
from patients.actions.paper import observer
from patients.actions.placement import write_placement
from patients.models import (
    Assessment,
    Bed,
    Death,
    Height,
    Patient,
    PatientFacts,
    PatientIdentity,
    Placement,
    ProtocolChoice,
    Submission,
    User,
    Ward,
    Weight,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """The facts of a patient, whole, under the names of `PatientFacts`; None is «not charted»."""

    birth_date: date
    sex: str = "unknown"
    baseline_systolic: Decimal | None = None
    baseline_diastolic: Decimal | None = None
    home_oxygen_l_min: Decimal | None = None
    extensive_comorbidities: bool | None = None
    long_term_glucocorticoid: bool | None = None
    neutropenic: bool | None = None
    allergies: str = "not-recorded"
    allergies_to: Sequence[str] = ()
    ceilings_of_care: str = ""
    neurology_baseline: str = ""

    @property
    def columns(self) -> dict[str, Any]:
        return {one.name: getattr(self, one.name) for one in fields(self)} | {"allergies_to": list(self.allergies_to)}


def admit_patient(
    *,
    by: User,
    submission_id: UUID,
    mrn: str,
    family_name: str,
    given_name: str,
    facts: Facts,
    ward: Ward,
    bed: Bed | None = None,
    at: datetime | None = None,
    weight_kg: Decimal | None = None,
    height_cm: Decimal | None = None,
    infusion: NewInfusion | None = None,
    typed: Mapping[str, Any] | None = None,
    confirmed: Sequence[Mapping[str, Any]] = (),
) -> Patient:
    """A patient who is new here, with what is known of them; the infusion, when there is one, opens a course."""
    given = dict(locals())

    def write(entry: Entry) -> Patient:
        admitted_at = entry.at(at)
        if facts.birth_date > entry.now.date() + date.resolution:
            raise Refused({"birth_date": "In the future."})
        patient = Patient.objects.create(mrn=mrn, family_name=family_name, given_name=given_name)
        PatientIdentity.objects.create(
            patient=patient, mrn=mrn, family_name=family_name, given_name=given_name, **entry.columns
        )
        PatientFacts.objects.create(patient=patient, at=admitted_at, **facts.columns, **entry.columns)
        write_placement(entry, patient, Placement.Kind.ADMISSION, ward, bed, admitted_at)
        after_birth(patient, admitted_at)
        _write_measurements(entry, patient, admitted_at, weight_kg, height_cm, typed, confirmed)
        if infusion is not None:
            write_infusion(entry, patient, infusion)
        return patient

    return perform(
        "admit_patient",
        by=by,
        submission_id=submission_id,
        values=_values(given),
        wards=[ward],
        write=write,
        again=lambda submission: PatientIdentity.objects.get(submission=submission).patient,
        regrade=lambda patient: [patient],
    )


def rename_patient(
    *, by: User, submission_id: UUID, patient: Patient, mrn: str, family_name: str, given_name: str
) -> PatientIdentity:
    """Another number or name; the ones before stay in `patient.identities`."""

    def write(entry: Entry) -> PatientIdentity:
        names = {"mrn": mrn, "family_name": family_name, "given_name": given_name}
        if all(getattr(patient, name) == value for name, value in names.items()):
            raise Refused({WHOLE: "Number and name are these already."})
        identity = PatientIdentity.objects.create(patient=patient, **names, **entry.columns)
        Patient.objects.filter(pk=patient.pk).update(**names)
        return identity

    return perform(
        "rename_patient",
        by=by,
        submission_id=submission_id,
        patient=patient,
        values={"mrn": mrn, "family_name": family_name, "given_name": given_name},
        write=write,
        again=lambda submission: PatientIdentity.objects.get(submission=submission),
        regrade=lambda identity: [],
    )


def change_facts(
    *,
    by: User,
    submission_id: UUID,
    patient: Patient,
    facts: Facts,
    at: datetime | None = None,
    opened_on: int | None = None,
) -> PatientFacts:
    """All facts anew; they govern the whole course from now on. `opened_on`: the key of the row that they replace,
    where it must still hold."""

    def write(entry: Entry) -> PatientFacts:
        still_holds(PatientFacts.objects.standing().filter(patient=patient).order_by("id").last(), opened_on)
        row = PatientFacts.objects.create(patient=patient, at=entry.at(at), **facts.columns, **entry.columns)
        if facts.birth_date > entry.now.date() + date.resolution:
            raise Refused({"birth_date": "In the future."})
        born_before(patient, facts.birth_date)
        return row

    return perform(
        "change_facts",
        by=by,
        submission_id=submission_id,
        patient=patient,
        values={"facts": facts, "at": at, "opened_on": opened_on},
        write=write,
        again=lambda submission: PatientFacts.objects.get(submission=submission),
    )


def record_measurement(
    *,
    by: User,
    submission_id: UUID,
    patient: Patient,
    weight_kg: Decimal | None = None,
    height_cm: Decimal | None = None,
    at: datetime | None = None,
    observed_by: str = "",
    typed: Mapping[str, Any] | None = None,
    confirmed: Sequence[Mapping[str, Any]] = (),
) -> tuple[Weight | None, Height | None]:
    """A weight, a height or both, measured at one moment. `observed_by` names who saw what comes from paper."""
    given = dict(locals())

    def write(entry: Entry) -> tuple[Weight | None, Height | None]:
        if weight_kg is None and height_cm is None:
            raise Refused({"weight_kg": "A weight, a height or both are needed."})
        paper = observer(patient, observed_by, at)
        measured_at = entry.at(at)
        while_alive(patient, measured_at)
        return _write_measurements(entry, patient, measured_at, weight_kg, height_cm, typed, confirmed, **paper)

    def again(submission: Submission) -> tuple[Weight | None, Height | None]:
        return (
            Weight.objects.filter(submission=submission).first(),
            Height.objects.filter(submission=submission).first(),
        )

    def since(rows: tuple[Weight | None, Height | None]) -> datetime | None:
        weight, height = rows
        return None if height is not None or weight is None else weight.at  # a height holds for the whole course

    return perform(
        "record_measurement",
        by=by,
        submission_id=submission_id,
        patient=patient,
        values=_values(given),
        write=write,
        again=again,
        since=since,
    )


def choose_protocol(
    *,
    by: User,
    submission_id: UUID,
    patient: Patient,
    protocol: str | None,
    reason: str,
    at: datetime | None = None,
    opened_on: int | None = None,
) -> ProtocolChoice:
    """A protocol for this patient over the ward's; None follows the ward again. `opened_on`: the key of the choice that
    it replaces, where it must still hold; 0 where there was none."""

    def write(entry: Entry) -> ProtocolChoice:
        still_holds(ProtocolChoice.objects.standing().filter(patient=patient).order_by("id").last(), opened_on)
        return ProtocolChoice.objects.create(
            patient=patient, protocol=protocol, reason=reason, at=entry.at(at), **entry.columns
        )

    return perform(
        "choose_protocol",
        by=by,
        submission_id=submission_id,
        patient=patient,
        values={"protocol": protocol, "reason": reason, "at": at, "opened_on": opened_on},
        write=write,
        again=lambda submission: ProtocolChoice.objects.get(submission=submission),
    )


def record_death(
    *,
    by: User,
    submission_id: UUID,
    patient: Patient,
    at: datetime | None = None,
    due_to_crs: bool | None = None,
) -> Death:
    """The patient died; when due to CRS, that is grade 5 of the course on every CRS scale."""

    def write(entry: Entry) -> Death:
        died_at = entry.at(at)
        after_all_else(patient, died_at)
        return Death.objects.create(patient=patient, at=died_at, due_to_crs=due_to_crs, **entry.columns)

    return perform(
        "record_death",
        by=by,
        submission_id=submission_id,
        patient=patient,
        values={"at": at, "due_to_crs": due_to_crs},
        write=write,
        again=lambda submission: Death.objects.get(submission=submission),
        since=lambda death: death.at,
    )


def after_all_else(patient: Patient, died_at: datetime, *, instead_of: Death | None = None) -> None:
    """Raises `Refused` where the patient cannot have died then: born later, dead already, or assessed afterwards."""
    after_birth(patient, died_at)
    deaths = Death.objects.standing().filter(patient=patient)
    if instead_of is not None:
        deaths = deaths.exclude(pk=instead_of.pk)
    if deaths.exists():
        raise Refused({"at": "A death is charted for this patient already."})
    if Assessment.objects.standing().filter(patient=patient, at__gt=died_at).exists():
        raise Refused({"at": "Assessments were charted after this time."})


def _write_measurements(
    entry: Entry,
    patient: Patient,
    at: datetime,
    weight_kg: Decimal | None,
    height_cm: Decimal | None,
    typed: Mapping[str, Any] | None,
    confirmed: Sequence[Mapping[str, Any]],
    **paper: Any,
) -> tuple[Weight | None, Height | None]:
    def kept(field: str) -> dict[str, Any]:
        """What was typed and confirmed at this field."""
        return {
            "patient": patient,
            "at": at,
            "typed": {name: text for name, text in (typed or {}).items() if name == field},
            "confirmed": [one for one in confirmed if one.get("field") == field],
            **paper,
            **entry.columns,
        }

    weight = height = None
    if weight_kg is not None:
        weight = Weight.objects.create(weight_kg=weight_kg, **kept("weight_kg"))
    if height_cm is not None:
        height = Height.objects.create(height_cm=height_cm, **kept("height_cm"))
    return weight, height


def _values(given: Mapping[str, Any]) -> dict[str, Any]:
    """What was sent, without who sent it as what to whom."""
    return {name: value for name, value in given.items() if name not in ("by", "submission_id", "patient")}
