"""How is a course of the grading charted into real rows, act by act, as a ward would?

Rows are entered at the server's clock, so the course is laid in the past: its last moment was an hour ago.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

from grading import record
from grading.result import GradedAssessment, GradedCourse
from patients import actions
from patients.decisions import Suggested, suggested
from patients.models import Assessment, Decision, Patient, Role, StoredSuggestions, StoredVerdict
from patients.record import Charted, charted
from tests.patients.cast import a_user, a_ward, hours_ago, the_infusion

Act = record.Event | record.Patient  # facts charted anew are an act too
ADMITTED_BEFORE = timedelta(hours=3)


class Replay:
    """A nurse, a physician and a ward, and a patient whose course is charted from `course`.

    `events` are all that will ever be charted: they decide how far back the course lies.
    """

    def __init__(self, course: record.Course, events: Iterable[Act]) -> None:
        of_course = [course.infusion.started_at, *(one.at for one in events if not isinstance(one, record.Patient))]
        self.shift = hours_ago(1) - max(of_course)
        self.nurse = a_user()
        self.physician = a_user("bo", Role.PHYSICIAN)
        ward = a_ward(self.nurse, protocol=course.protocol)
        self.physician.wards.add(ward)
        self.started_at = course.infusion.started_at + self.shift
        self.patient: Patient = actions.admit_patient(
            by=self.nurse,
            submission_id=uuid4(),
            mrn="1001",
            family_name="Lindqvist",
            given_name="Maja",
            facts=self._facts(course.patient),
            ward=ward,
            at=min(of_course) + self.shift - ADMITTED_BEFORE,
            weight_kg=course.patient.weight_kg,
            height_cm=course.patient.height_cm,
        )
        self.infusion = actions.start_infusion(
            by=self.nurse,
            submission_id=uuid4(),
            patient=self.patient,
            infusion=actions.NewInfusion(
                cause=course.infusion.cause,
                product=course.infusion.product or "not named",
                started_at=self.started_at,
            ),
        )

    def chart(self, *acts: Act) -> None:
        """Each as its own act, in this order."""
        for act in acts:
            self._chart(act)

    def decide(self, step: str, answer: str, **given: Any) -> Decision:
        """The physician answers the card as it stands."""
        card = self.cards()[step]
        return actions.decide(
            by=self.physician,
            submission_id=uuid4(),
            infusion=the_infusion(self.patient),
            assessment=self.latest_row(),
            step=step,
            answer=answer,
            basis=card.basis.document(),
            decided=card.decision.pk if card.decision else None,
            **given,
        )

    # What the pages read

    def course(self) -> Charted:
        return charted([the_infusion(self.patient)])[0]

    def graded(self) -> GradedCourse:
        return self.course().graded()

    def latest(self) -> GradedAssessment:
        latest = self.graded().latest
        assert latest is not None
        return latest

    def latest_row(self) -> Assessment:
        row = self.latest().assessment.ref
        assert isinstance(row, Assessment)
        return row

    def cards(self) -> dict[str, Suggested]:
        """The suggestions of the last assessment with their decisions, by step."""
        course = self.course()
        return {one.suggestion.id: one for one in suggested(course, course.graded(), hours_ago(0))}

    def stored_suggestions(self) -> list[dict[str, Any]]:
        """What was last stored for the last assessment."""
        rows = StoredSuggestions.objects.filter(assessment=self.latest_row()).order_by("-id")
        found: list[dict[str, Any]] = rows[0].suggestions
        return found

    def stored_grades(self) -> dict[str, tuple[int | None, int | None]]:
        """By scale, grade and at most, last stored for the last assessment."""
        rows = StoredVerdict.objects.filter(assessment=self.latest_row()).order_by("id")
        return {row.scale: (row.grade, row.at_most) for row in rows}

    def _chart(self, act: Act) -> None:
        own: dict[str, Any] = {"by": self.nurse, "submission_id": uuid4()}
        of = own | {"patient": self.patient}
        if isinstance(act, record.Patient):
            actions.change_facts(**of, facts=self._facts(act))
            return
        at = act.at + self.shift
        match act:
            case record.Assessment():
                judges = self.physician if act.severe_grade_2 is not None else self.nurse
                actions.record_assessment(**of | {"by": judges}, assessment=self._shifted(act), at=at)
            case record.Treatment():
                given = {name: getattr(act, name) for name in ("drug", "dose", "unit", "route", "purpose")}
                actions.give_treatment(**of, **given, at=at)
            case record.Laboratory():
                names = ("analyte", "value", "unit", "lower_limit", "upper_limit")
                actions.enter_result(**of, **{name: getattr(act, name) for name in names}, at=at)
            case record.InfusionEvent():
                actions.record_infusion_event(**own, infusion=self.infusion, action=act.action, at=at)
            case record.Weight():
                actions.record_measurement(**of, weight_kg=act.weight_kg, at=at)
            case record.Death():
                actions.record_death(**of | {"by": self.physician}, due_to_crs=act.due_to_crs, at=at)

    def _shifted(self, charted: record.Assessment) -> record.Assessment:
        running = charted.vasopressors
        if running is not None:
            running = tuple(replace(one, since=one.since and one.since + self.shift) for one in running)
        return replace(charted, at=charted.at + self.shift, vasopressors=running)

    def _facts(self, patient: record.Patient) -> actions.Facts:
        """An age in years is given a birthday a quarter of a year before the infusion."""
        assert patient.age_years is not None
        born = self.started_at - timedelta(days=int((patient.age_years + Decimal("0.25")) * Decimal("365.25")))
        return actions.Facts(
            birth_date=born.date(),
            sex=patient.sex or "unknown",
            baseline_systolic=patient.baseline_systolic,
            baseline_diastolic=patient.baseline_diastolic,
            home_oxygen_l_min=patient.home_oxygen_l_min,
            extensive_comorbidities=patient.extensive_comorbidities,
            long_term_glucocorticoid=patient.long_term_glucocorticoid,
            neutropenic=patient.neutropenic,
        )


def in_time_order(events: Iterable[record.Event]) -> list[record.Event]:
    """An assessment after the rest of its time."""

    def place(event: record.Event) -> tuple[datetime, bool]:
        return event.at, isinstance(event, record.Assessment)

    return sorted(events, key=place)
