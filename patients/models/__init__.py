"""What is stored? One module a noun; every clinical row is append-only and says who entered it, and when."""

from patients.models.assessment import Assessment, AssessmentOrganToxicity, AssessmentVasopressor
from patients.models.assignment import Assignment
from patients.models.audit import AuditEntry
from patients.models.browser_report import BrowserReport
from patients.models.concern import Concern, ConcernAcknowledgement
from patients.models.correction import Correction
from patients.models.death import Death
from patients.models.decision import ChecklistTick, Decision
from patients.models.display import DisplayPairing, DisplayRevocation, WallDisplay
from patients.models.draft import Draft
from patients.models.glass import BrokenGlass, GlassEnd
from patients.models.infusion import Infusion, InfusionDose, InfusionEvent
from patients.models.laboratory import LaboratoryResult
from patients.models.patient import (
    Height,
    Patient,
    PatientFacts,
    PatientIdentity,
    Placement,
    ProtocolChoice,
    Weight,
)
from patients.models.pause import Pause, PauseEnd
from patients.models.signature import Signature
from patients.models.submission import ClosedSubmission, Submission
from patients.models.treatment import Treatment
from patients.models.user import Role, User
from patients.models.verdict import StoredSuggestions, StoredVerdict
from patients.models.ward import Bed, Ward, WardSettings

__all__ = [
    "Assessment",
    "AssessmentOrganToxicity",
    "AssessmentVasopressor",
    "Assignment",
    "AuditEntry",
    "Bed",
    "BrokenGlass",
    "BrowserReport",
    "ChecklistTick",
    "ClosedSubmission",
    "Concern",
    "ConcernAcknowledgement",
    "Correction",
    "Death",
    "Decision",
    "DisplayPairing",
    "DisplayRevocation",
    "Draft",
    "GlassEnd",
    "Height",
    "Infusion",
    "InfusionDose",
    "InfusionEvent",
    "LaboratoryResult",
    "Patient",
    "PatientFacts",
    "PatientIdentity",
    "Pause",
    "PauseEnd",
    "Placement",
    "ProtocolChoice",
    "Role",
    "Signature",
    "StoredSuggestions",
    "StoredVerdict",
    "Submission",
    "Treatment",
    "User",
    "WallDisplay",
    "Ward",
    "WardSettings",
    "Weight",
]
