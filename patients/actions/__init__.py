"""What can be done? Everything that writes is here, says `by` whom, and is recorded once (see `act`).

Each action is one transaction: it refuses with a sentence a field (`Refused`), or returns the row; it ends with storing
the verdicts that follow. A submission id that comes again with the same values returns the same row, with others it is
a `SubmissionConflict`.
"""

from patients.actions.act import WHOLE, Refused, SubmissionConflict
from patients.actions.assessment import record_assessment
from patients.actions.infusion import NewInfusion, record_dose_step, record_infusion_event, start_infusion
from patients.actions.laboratory import enter_result
from patients.actions.patient import (
    Facts,
    admit_patient,
    change_facts,
    choose_protocol,
    record_death,
    record_measurement,
    rename_patient,
)
from patients.actions.people import add_person
from patients.actions.placement import discharge, readmit, transfer
from patients.actions.treatment import give_treatment
from patients.actions.ward import change_ward_settings, open_ward

__all__ = [
    "WHOLE",
    "Facts",
    "NewInfusion",
    "Refused",
    "SubmissionConflict",
    "add_person",
    "admit_patient",
    "change_facts",
    "change_ward_settings",
    "choose_protocol",
    "discharge",
    "enter_result",
    "give_treatment",
    "open_ward",
    "readmit",
    "record_assessment",
    "record_death",
    "record_dose_step",
    "record_infusion_event",
    "record_measurement",
    "rename_patient",
    "start_infusion",
    "transfer",
]
