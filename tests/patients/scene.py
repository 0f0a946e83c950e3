"""Which values make each row valid? The constraint tests break one at a time, past every form and action."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from django.db import connection, models

from patients.models import (
    Assessment,
    AssessmentOrganToxicity,
    AssessmentVasopressor,
    Assignment,
    Bed,
    BrokenGlass,
    BrowserReport,
    ChecklistTick,
    Concern,
    ConcernAcknowledgement,
    Correction,
    Death,
    Decision,
    DisplayPairing,
    DisplayRevocation,
    Draft,
    Height,
    Infusion,
    InfusionDose,
    InfusionEvent,
    LaboratoryResult,
    Patient,
    PatientFacts,
    PatientIdentity,
    Pause,
    PauseEnd,
    Placement,
    ProtocolChoice,
    Signature,
    StoredSuggestions,
    StoredVerdict,
    Treatment,
    User,
    WallDisplay,
    Ward,
    WardSettings,
    Weight,
)
from patients.models.glass import OPEN_FOR
from tests.patients.cast import NOW, a_submission, a_user, a_ward, hours_ago

STARTED_AT = NOW - timedelta(hours=48)


class Scene:
    """A nurse, a ward and a patient with an infusion, and what a valid row of each model needs."""

    def __init__(self) -> None:
        self.nurse = a_user()
        self.ward = a_ward(self.nurse)
        self.bed = self.ward.beds.get()
        names = {"mrn": "1001", "family_name": "Lindqvist", "given_name": "Maja"}
        self.patient = Patient.objects.create(**names)
        PatientIdentity.objects.create(patient=self.patient, **names, **self.entered())
        PatientFacts.objects.create(birth_date=date(1980, 8, 14), **self.clinical())
        self.infusion = Infusion.objects.create(
            patient=self.patient, cause="car-t", product="cells", started_at=STARTED_AT, **self.entered()
        )
        connection.check_constraints()

    def entered(self) -> dict[str, Any]:
        return {"submission": a_submission(self.nurse), "entered_by": self.nurse, "entered_at": NOW}

    def clinical(self) -> dict[str, Any]:
        return {"patient": self.patient, "at": hours_ago(1), **self.entered()}

    def assessment(self, **values: Any) -> Assessment:
        return Assessment.objects.create(**self.clinical(), vasopressors_charted=True, organs_charted=True, **values)

    def stored(self) -> dict[str, Any]:
        return {
            "infusion": self.infusion,
            "assessment": self.assessment(),
            "submission": a_submission(self.nurse),
            "known_at": NOW,
            "rules_version": "1",
            "settings_version": "1",
            "protocol": "lee-2014",
        }

    def treatment(self) -> Treatment:
        return Treatment.objects.create(drug="tocilizumab", **self.clinical())

    def result(self) -> LaboratoryResult:
        return LaboratoryResult.objects.create(analyte="crp", value=5, **self.clinical())

    def concern(self) -> Concern:
        return Concern.objects.create(patient=self.patient, why="drowsy", **self.entered())

    def pause(self) -> Pause:
        return Pause.objects.create(reason="imaging", until=NOW, **self.clinical())

    def display(self) -> WallDisplay:
        return WallDisplay.objects.create(ward=self.ward, label="Corridor", **self.entered())

    def valid(self, model: type[models.Model]) -> dict[str, Any]:
        names = {"mrn": "2002", "family_name": "Berg", "given_name": "Ada"}
        values: dict[type[models.Model], Callable[[], dict[str, Any]]] = {
            Ward: lambda: {"name": "Ward 8", "time_zone": "UTC"},
            WardSettings: lambda: {
                "ward": self.ward,
                "version": "another",
                "default_protocol": "lee-2014",
                **self.entered(),
            },
            Bed: lambda: {"ward": self.ward, "label": "2"},
            WallDisplay: lambda: {"ward": self.ward, "label": "Corridor", **self.entered()},
            DisplayPairing: lambda: {"display": self.display(), "token_hash": "0" * 64, **self.entered()},
            DisplayRevocation: lambda: {"display": self.display(), **self.entered()},
            User: lambda: {"username": "eve", "role": "nurse"},
            Patient: lambda: names,
            PatientIdentity: lambda: {"patient": self.patient, **names, **self.entered()},
            PatientFacts: lambda: {"birth_date": date(1980, 8, 14), **self.clinical()},
            Placement: lambda: {"kind": "transfer", "ward": self.ward, "bed": self.bed, **self.clinical()},
            ProtocolChoice: lambda: {"protocol": "lee-2014", "reason": "a study", **self.clinical()},
            Weight: lambda: {"weight_kg": 70, **self.clinical()},
            Height: lambda: {"height_cm": 170, **self.clinical()},
            Death: self.clinical,
            Assessment: self.clinical,
            AssessmentVasopressor: lambda: {"assessment": self.assessment(), "agent": "norepinephrine"},
            AssessmentOrganToxicity: lambda: {"assessment": self.assessment(), "system": "renal", "grade": 1},
            Infusion: lambda: {
                "patient": self.patient,
                "cause": "car-t",
                "product": "another product",
                "started_at": hours_ago(2),
                **self.entered(),
            },
            InfusionDose: lambda: {"infusion": self.infusion, "at": hours_ago(1), **self.entered()},
            InfusionEvent: lambda: {
                "infusion": self.infusion,
                "at": hours_ago(1),
                "action": "interrupt",
                **self.entered(),
            },
            LaboratoryResult: lambda: {"analyte": "crp", "value": 5, **self.clinical()},
            Treatment: lambda: {"drug": "tocilizumab", **self.clinical()},
            StoredVerdict: lambda: {"scale": "lee-2014", "governing": True, "grade": 1, "at_most": 1, **self.stored()},
            StoredSuggestions: self.stored,
            Correction: lambda: {
                "patient": self.patient,
                "kind": "entered-in-error",
                "reason": "typing",
                "treatment": self.treatment(),
                **self.entered(),
            },
            Decision: lambda: {
                "infusion": self.infusion,
                "assessment": self.assessment(),
                "step": "tocilizumab",
                "answer": "accepted",
                "basis": {},
                "shown": {},
                **self.entered(),
            },
            ChecklistTick: lambda: {
                "infusion": self.infusion,
                "step": "differential",
                "item": "sepsis",
                "done": True,
                **self.entered(),
            },
            Signature: lambda: {
                "infusion": self.infusion,
                "assessment": self.assessment(),
                "scale": "lee-2014",
                "computed_grade": 2,
                "computed_at_most": 3,
                "confirmed_grade": 2,
                "basis": {},
                "rules_version": "1",
                "settings_version": "1",
                "protocol": "lee-2014",
                **self.entered(),
            },
            Concern: lambda: {"patient": self.patient, "why": "drowsy", **self.entered()},
            ConcernAcknowledgement: lambda: {"concern": self.concern(), **self.entered()},
            Assignment: lambda: {
                "patient": self.patient,
                "ward": self.ward,
                "nurse": self.nurse,
                "starts_at": hours_ago(1),
                "ends_at": NOW,
                **self.entered(),
            },
            Pause: lambda: {"reason": "imaging", "until": NOW, **self.clinical()},
            PauseEnd: lambda: {"pause": self.pause(), "at": NOW, **self.entered()},
            BrokenGlass: lambda: {
                "patient": self.patient,
                "ward": self.ward,
                "reason": "consult",
                "text": "asked by the ward",
                "until": NOW + OPEN_FOR,
                **self.entered(),
            },
            BrowserReport: lambda: {
                "directive": "script-src",
                "blocked": "inline",
                "page": "/",
                "first_at": NOW,
                "last_at": NOW,
            },
            Draft: lambda: {
                "user": self.nurse,
                "patient": self.patient,
                "form": "assess",
                "fields": {},
                "submission_id": uuid4(),
                "opened_at": NOW,
                "updated_at": NOW,
            },
        }
        return values[model]()
