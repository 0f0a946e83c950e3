"""One row of each kind that no form corrects: what marking is tested with."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from patients import actions
from patients.models import Bed, Role, User
from patients.shifts import shift_of
from tests.patients.care import PRESSOR, Care
from tests.patients.cast import hours_ago

# A word of each row that stands on a page of the patient while the row stands
SAYS = {
    "facts": "penicillin",
    "identity": "NYSTRÖM",
    "placement": "Bed 22",
    "protocol": "in the umbrella study",
    "decision": "wait for the culture",
    "tick": "",
    "signature": "worse than it is charted",
    "concern": "gray and sweating",
    "acknowledgement": "seen with the fellow",
    "pause": "",
    "pause_end": "",
    "assignment": "",
}
CHARTS = frozenset({Role.NURSE, Role.CHARGE_NURSE, Role.PHYSICIAN})
MAY_MARK = {
    kind: frozenset({Role.PHYSICIAN}) for kind in ("protocol", "decision", "signature", "acknowledgement", "death")
} | {"assignment": frozenset({Role.NURSE, Role.CHARGE_NURSE})}


def rows_that_no_form_corrects(care: Care) -> dict[str, Any]:
    """By kind, as charted in this order; the physician's are hers, the others the nurse's."""

    def by_nurse() -> dict[str, Any]:
        return {"by": care.nurse, "submission_id": uuid4()}

    def by_physician() -> dict[str, Any]:
        return {"by": care.physician, "submission_id": uuid4()}

    patient = care.patient
    assessment = care.assess(1, **PRESSOR)
    facts = actions.Facts(
        birth_date=patient.facts.birth_date, sex="female", allergies="known", allergies_to=[SAYS["facts"]]
    )
    rows: dict[str, Any] = {"facts": actions.change_facts(patient=patient, facts=facts, **by_nurse())}
    rows["decision"] = care.decide(assessment, "tocilizumab", "declined", reason="other", text=SAYS["decision"])
    rows["tick"] = actions.tick(
        infusion=care.infusion, step="exclude-infection", item="blood-cultures", done=True, **by_nurse()
    )
    rows["signature"] = care.sign(assessment, 4, reason="clinical-picture", text=SAYS["signature"])
    rows["concern"] = actions.raise_concern(patient=patient, why=SAYS["concern"], **by_nurse())
    bed = Bed.objects.create(ward=care.ward, label="22")
    rows["placement"] = actions.transfer(patient=patient, ward=care.ward, bed=bed, at=hours_ago(0.5), **by_nurse())
    rows["identity"] = actions.rename_patient(
        patient=patient, mrn=patient.mrn, family_name="Nyström", given_name=patient.given_name, **by_nurse()
    )
    rows["protocol"] = actions.choose_protocol(
        patient=patient, protocol="lee-2014", reason=SAYS["protocol"], **by_physician()
    )
    other = actions.raise_concern(patient=patient, why="asked again", **by_nurse())
    rows["acknowledgement"] = actions.acknowledge_concern(concern=other, text=SAYS["acknowledgement"], **by_physician())
    rows["pause"] = actions.pause_monitoring(
        patient=patient, reason="imaging", minutes=60, at=hours_ago(0.4), **by_nurse()
    )
    rows["pause_end"] = actions.end_pause(pause=rows["pause"], at=hours_ago(0.2), **by_nurse())
    shift = shift_of(care.ward, datetime.now(UTC)).start
    rows["assignment"] = actions.assign(patient=patient, nurse=care.nurse, shift=shift, **by_nurse())
    return rows


def who_marks(care: Care, kind: str) -> User:
    """Who may mark a row of this kind: the physician, but for who has a patient in a shift."""
    return care.nurse if kind == "assignment" else care.physician
