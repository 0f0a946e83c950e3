"""How do the cases of the demo get into the record? Through the same actions as everything else, in time order."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from uuid import UUID, uuid4

from grading import record
from grading.casefile import Case, read_line
from patients import actions
from patients.demo.people import PASSWORD, PEOPLE, Person
from patients.demo.ward import GUESTS, NAMES, WARDS, DemoWard, Guest
from patients.models import Bed, Infusion, Patient, User, Ward

ENTERED_AFTER = timedelta(minutes=1)
ADMITTED_BEFORE = timedelta(hours=3)


def cases() -> Iterator[Case]:
    """The courses of the demo, at the times that the files give them."""
    for name in NAMES:
        for line in (Path(__file__).parent / name).read_bytes().splitlines():
            case = read_line(line)
            assert isinstance(case, Case), case
            yield case


def load(now: datetime) -> dict[UUID, datetime]:
    """Everybody and everything of the demo, laid before `now`; by submission, when it is to stand as entered.

    The actions enter at the server's time; `patients.demo.time.lay` moves the entries to theirs.
    """
    laid = Laid({name: add(name, person) for name, person in PEOPLE.items()})
    wards = {name: laid.ward(name, ward, now - timedelta(days=30)) for name, ward in WARDS.items()}
    for case in cases():
        guest = GUESTS[case.name]
        laid.guest(case.course, guest, wards[guest.ward], now - timedelta(minutes=guest.minutes_ago))
    return laid.entered


def add(name: str, person: Person) -> User:
    """An account of the demo, on every ward that there is."""
    user = User.objects.create_user(
        username=name, password=PASSWORD, role=person.role, display_name=person.display_name
    )
    user.wards.set(Ward.objects.all())
    return user


def add_whoever_is_new() -> None:
    """Gives a demo that was loaded before the people who came into it since."""
    for name, person in PEOPLE.items():
        if not User.objects.filter(username=name).exists():
            add(name, person)


class Laid:
    """The demo as it is being laid. `entered`: by submission, when it is to stand as entered."""

    def __init__(self, people: dict[str, User]) -> None:
        self.people = people
        self.entered: dict[UUID, datetime] = {}

    def _submission(self, at: datetime) -> UUID:
        submission = uuid4()
        self.entered[submission] = at + ENTERED_AFTER
        return submission

    def ward(self, name: str, ward: DemoWard, at: datetime) -> Ward:
        row = actions.open_ward(
            by=self.people["admin"],
            submission_id=self._submission(at),
            name=name,
            time_zone=ward.time_zone,
            default_protocol=ward.default_protocol,
            beds=[str(number + 1) for number in range(ward.beds)],
        )
        for person in self.people.values():
            person.wards.add(row)
        return row

    def guest(self, course: record.Course, guest: Guest, ward: Ward, ends_at: datetime) -> None:
        """One patient with the whole course, its last event at `ends_at`."""
        last = max((event.at for event in course.events), default=course.infusion.started_at)
        shift = ends_at - last
        infusion = replace(course.infusion, started_at=course.infusion.started_at + shift)
        events = sorted((replace(event, at=event.at + shift) for event in course.events), key=_in_order)
        admitted_at = min(infusion.started_at, *(event.at for event in events)) - ADMITTED_BEFORE
        nurse, physician = self.people["nurse"], self.people["physician"]
        patient = actions.admit_patient(
            by=nurse,
            submission_id=self._submission(admitted_at),
            mrn=guest.mrn,
            family_name=guest.family_name,
            given_name=guest.given_name,
            facts=_facts(course, guest, infusion.started_at),
            ward=ward,
            bed=Bed.objects.get(ward=ward, label=guest.bed),
            at=admitted_at,
            weight_kg=course.patient.weight_kg,
            height_cm=course.patient.height_cm,
        )
        if guest.reason:
            actions.choose_protocol(
                by=physician,
                submission_id=self._submission(admitted_at),
                patient=patient,
                protocol=course.protocol,
                reason=guest.reason,
                at=admitted_at,
            )
        row: Infusion | None = None
        for event in events:
            if row is None and event.at >= infusion.started_at:
                row = self._infusion(patient, infusion, guest)
            self._event(patient, row, event)

    def _infusion(self, patient: Patient, infusion: record.Infusion, guest: Guest) -> Infusion:
        return actions.start_infusion(
            by=self.people["nurse"],
            submission_id=self._submission(infusion.started_at),
            patient=patient,
            infusion=actions.NewInfusion(
                cause=infusion.cause,
                product=infusion.product or "not named",
                lot=guest.lot,
                started_at=infusion.started_at,
            ),
        )

    def _event(self, patient: Patient, infusion: Infusion | None, event: record.Event) -> None:
        by, submission_id = self.people["nurse"], self._submission(event.at)
        match event:
            case record.Assessment():
                judges = self.people["physician" if event.severe_grade_2 is not None else "nurse"]
                actions.record_assessment(
                    by=judges, submission_id=submission_id, patient=patient, assessment=event, at=event.at
                )
            case record.Treatment():
                actions.give_treatment(
                    by=by,
                    submission_id=submission_id,
                    patient=patient,
                    drug=event.drug,
                    dose=event.dose,
                    unit=event.unit,
                    route=event.route,
                    purpose=event.purpose,
                    at=event.at,
                )
            case record.Laboratory():
                assert event.value is not None
                actions.enter_result(
                    by=by,
                    submission_id=submission_id,
                    patient=patient,
                    analyte=event.analyte,
                    value=event.value,
                    unit=event.unit,
                    lower_limit=event.lower_limit,
                    upper_limit=event.upper_limit,
                    at=event.at,
                )
            case record.InfusionEvent():
                assert infusion is not None
                actions.record_infusion_event(
                    by=by, submission_id=submission_id, infusion=infusion, action=event.action, at=event.at
                )
            case record.Weight():
                actions.record_measurement(
                    by=by, submission_id=submission_id, patient=patient, weight_kg=event.weight_kg, at=event.at
                )
            case record.Death():
                actions.record_death(
                    by=self.people["physician"],
                    submission_id=submission_id,
                    patient=patient,
                    due_to_crs=event.due_to_crs,
                    at=event.at,
                )


def _in_order(event: record.Event) -> tuple[datetime, bool]:
    """As the grading takes them: an assessment after the rest of its time (rules, 3)."""
    return event.at, isinstance(event, record.Assessment)


def _facts(course: record.Course, guest: Guest, started_at: datetime) -> actions.Facts:
    """The facts of the case; an age in years is given a birthday about a quarter of a year before the infusion."""
    patient = course.patient
    born = patient.birth_date
    if born is None:
        assert patient.age_years is not None
        days = (patient.age_years + Decimal("0.25")) * Decimal("365.25")
        born = (started_at - timedelta(days=int(days))).date()
    return actions.Facts(
        birth_date=born,
        sex=patient.sex or "unknown",
        baseline_systolic=patient.baseline_systolic,
        baseline_diastolic=patient.baseline_diastolic,
        home_oxygen_l_min=patient.home_oxygen_l_min,
        extensive_comorbidities=patient.extensive_comorbidities,
        long_term_glucocorticoid=patient.long_term_glucocorticoid,
        neutropenic=patient.neutropenic,
        allergies=guest.allergies,
        allergies_to=guest.allergies_to,
    )
