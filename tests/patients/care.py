"""What do tests of the care around the grade need? Courses at a grade, and the acts of a physician on them."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

from grading import record
from grading.basis import Basis, basis_of, signed_facts
from grading.result import GradedCourse
from patients import actions
from patients.decisions import latest_decisions
from patients.models import Assessment, Decision, Infusion, Patient, Role, Signature, User
from patients.record import Charted, charted
from patients.signatures import graded_at, signatures_of
from tests.patients.cast import a_patient, a_user, a_ward, an_assessment, hours_ago

ROOM_AIR = record.Oxygen(device="room-air")
CALM: dict[str, Any] = {
    "temperature_c": Decimal("37.0"),
    "systolic": Decimal(120),
    "mean": Decimal(85),
    "vasopressors": (),
    "fluid_bolus": False,
    "oxygen": ROOM_AIR,
    "ice_score": 10,
    "consciousness": "spontaneous",
    "seizure": "none",
    "motor_weakness": False,
    "raised_icp": "none",
}
FEVER: dict[str, Any] = CALM | {"temperature_c": Decimal("39.0")}  # grade 1
CANNULA: dict[str, Any] = FEVER | {  # grade 2
    "oxygen": record.Oxygen(device="nasal-cannula", flow_l_min=Decimal(2))
}
PRESSOR: dict[str, Any] = FEVER | {  # grade 3
    "systolic": Decimal(85),
    "mean": Decimal(60),
    "vasopressors": (record.Vasopressor(agent="norepinephrine", rate=Decimal("0.1"), unit="mcg/kg/min"),),
}


class Care:
    """A nurse, a physician and a patient with CAR-T cells two days ago, under `review-2024`."""

    def __init__(self, **patient: Any) -> None:
        self.nurse = a_user()
        self.physician = a_user("bo", Role.PHYSICIAN)
        self.ward = a_ward(self.nurse)
        self.physician.wards.add(self.ward)
        self.patient: Patient = a_patient(self.nurse, self.ward, **patient)

    @property
    def infusion(self) -> Infusion:
        return self.patient.infusions.standing().get()

    def assess(self, hours: float | None, **values: Any) -> Assessment:
        return an_assessment(self.nurse, self.patient, hours, **values)

    def course(self) -> Charted:
        return charted([self.infusion])[0]

    def graded(self) -> GradedCourse:
        return self.course().graded()

    def basis(self, step: str) -> Basis:
        course, graded = self.course(), self.graded()
        assert graded.latest is not None
        suggestion = next(one for one in graded.suggestions if one.id == step)
        return basis_of(graded, graded.latest, suggestion, course.course.protocol)

    def decide(self, assessment: Assessment, step: str, answer: str = "accepted", **given: Any) -> Decision:
        values = given if "basis" in given else {"basis": self.basis(step).document()} | given
        shown = latest_decisions(self.infusion).get(step)
        values = {"decided": shown.pk if shown else None} | values
        return actions.decide(
            by=self.physician,
            submission_id=uuid4(),
            infusion=self.infusion,
            assessment=assessment,
            step=step,
            answer=answer,
            **values,
        )

    def facts(self, assessment: Assessment) -> dict[str, Any]:
        graded = graded_at(self.graded(), assessment.pk)
        assert graded is not None
        return signed_facts(graded)

    def sign(self, assessment: Assessment, confirmed_grade: int, **given: Any) -> Signature:
        values = given if "basis" in given else {"basis": self.facts(assessment)} | given
        before = signatures_of([self.infusion]).get(self.infusion.pk)
        values = {"signed": before[-1].pk if before else None} | values
        return actions.sign(
            by=self.physician,
            submission_id=uuid4(),
            assessment=assessment,
            confirmed_grade=confirmed_grade,
            **values,
        )

    def correct(self, row: Any, by: User | None = None, reason: str = "typing", **values: Any) -> Any:
        return actions.correct_row(by=by or self.nurse, submission_id=uuid4(), row=row, values=values, reason=reason)

    def withdraw(self, row: Any, by: User | None = None) -> Any:
        return actions.mark_entered_in_error(by=by or self.nurse, submission_id=uuid4(), row=row, reason="not-done")

    def give(self, drug: str = "tocilizumab", hours: float = 1, **given: Any) -> Any:
        values: dict[str, Any] = {"patient": self.patient, "dose": Decimal(560), "unit": "mg", "route": "iv"}
        return actions.give_treatment(
            by=self.nurse,
            submission_id=uuid4(),
            drug=drug,
            at=hours_ago(hours),
            **(values | given),
        )

    def grades(self) -> list[tuple[datetime, int | None]]:
        return [(one.at, one.verdict.grade if one.verdict else None) for one in self.graded().assessments]
