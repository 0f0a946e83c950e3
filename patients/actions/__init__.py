"""What can be done? Everything that writes is here, says `by` whom, and is recorded once (see `act`).

Each action is one transaction: it refuses with a sentence a field (`Refused`), or returns the row; it ends with storing
the verdicts that follow. A submission id that comes again with the same values returns the same row, with others it is
a `SubmissionConflict`.
"""

from patients.actions.act import WHOLE, Refused, SubmissionClosed, SubmissionConflict
from patients.actions.amending import Conflict
from patients.actions.assessment import record_assessment
from patients.actions.assignment import assign, assign_ward, unassign
from patients.actions.checks import HoldsNoMore
from patients.actions.concern import acknowledge_concern, raise_concern
from patients.actions.correction import correct_row, move_to_patient
from patients.actions.decision import CardChanged, decide, tick
from patients.actions.display import open_display, pair_display, revoke_display
from patients.actions.draft import drop_draft, keep_draft
from patients.actions.glass import break_glass, mend_glass
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
from patients.actions.pause import end_pause, pause_monitoring
from patients.actions.people import add_person
from patients.actions.placement import discharge, readmit, transfer
from patients.actions.regrade import regrade
from patients.actions.settled import settle
from patients.actions.signature import FactsChanged, sign
from patients.actions.treatment import NewDoseSince, give_treatment
from patients.actions.unlocking import unlock
from patients.actions.ward import change_ward_settings, open_ward
from patients.actions.withdrawal import mark_entered_in_error, take_back, undo

__all__ = [
    "WHOLE",
    "CardChanged",
    "Conflict",
    "Facts",
    "FactsChanged",
    "HoldsNoMore",
    "NewDoseSince",
    "NewInfusion",
    "Refused",
    "SubmissionClosed",
    "SubmissionConflict",
    "acknowledge_concern",
    "add_person",
    "admit_patient",
    "assign",
    "assign_ward",
    "break_glass",
    "change_facts",
    "change_ward_settings",
    "choose_protocol",
    "correct_row",
    "decide",
    "discharge",
    "drop_draft",
    "end_pause",
    "enter_result",
    "give_treatment",
    "keep_draft",
    "mark_entered_in_error",
    "mend_glass",
    "move_to_patient",
    "open_display",
    "open_ward",
    "pair_display",
    "pause_monitoring",
    "raise_concern",
    "readmit",
    "record_assessment",
    "record_death",
    "record_dose_step",
    "record_infusion_event",
    "record_measurement",
    "regrade",
    "rename_patient",
    "revoke_display",
    "settle",
    "sign",
    "start_infusion",
    "take_back",
    "tick",
    "transfer",
    "unassign",
    "undo",
    "unlock",
]
