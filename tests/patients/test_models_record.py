"""Do the rows read back as what was charted, and does a course hold what belongs to it?"""

from dataclasses import fields
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from grading import record
from patients import actions
from patients.models import Assessment, Infusion, Patient, Role, User, Ward
from patients.record import SAME, assessment_record, charted, course_of, infusion_at, settings_of, with_draft
from tests.patients.cast import NOW, a_patient, a_user, a_ward, an_assessment, hours_ago, the_infusion
from tests.patients.cast import charted as seen

pytestmark = pytest.mark.django_db

EVERYTHING: dict[str, Any] = {
    "temperature_c": Decimal("38.60"),
    "heart_rate": Decimal(142),
    "respiratory_rate": Decimal(30),
    "spo2_percent": Decimal(89),
    "systolic": Decimal(70),
    "diastolic": Decimal(40),
    "mean": Decimal("50.5"),
    "fluid_bolus": True,
    "hypotension": True,
    "pressure_restored": False,
    "vasopressors": (
        record.Vasopressor(agent="norepinephrine", rate=Decimal("0.10"), unit="mcg/kg/min", since=hours_ago(6)),
        record.Vasopressor(agent="vasopressin", for_hypotension=False),
    ),
    "oxygen": record.Oxygen(device="cpap", flow_l_min=Decimal("4.5"), fio2_percent=Decimal(40), for_hypoxia=False),
    "constitutional": ("headache", "nausea"),
    "organ_toxicity": {"renal": 1, "skin": 0},
    "attributed_elsewhere": ("fever", "renal"),
    "life_threatening": False,
    "symptomatic_response": "prompt",
    "crs_confirmed": True,
    "severe_grade_2": False,
    "ice_score": 7,
    "capd_score": 12,
    "consciousness": "to-voice",
    "seizure": "none",
    "motor_weakness": False,
    "raised_icp": "focal-edema",
    "note": "Streptococcus mitis in blood",
}


@pytest.fixture
def nurse(db: None) -> User:
    return a_user()


@pytest.fixture
def ward(nurse: User) -> Ward:
    return a_ward(nurse)


@pytest.fixture
def patient(nurse: User, ward: Ward) -> Patient:
    return a_patient(nurse, ward)


def test_the_values_here_are_all_that_an_assessment_can_hold() -> None:
    names = {field.name for field in fields(record.Assessment)} - {"at", "ref", "neurology_not_assessed"}
    assert set(EVERYTHING) == names
    assert set(SAME) <= names | {"at", "neurology_not_assessed"}


@pytest.mark.parametrize(
    "values",
    [
        EVERYTHING,
        {},
        {"neurology_not_assessed": "sedated"},
        {"vasopressors": (), "organ_toxicity": {}, "constitutional": (), "attributed_elsewhere": ()},
        {"oxygen": record.Oxygen(device="room-air")},
        *({name: value} for name, value in EVERYTHING.items()),
    ],
)
def test_an_assessment_reads_back_as_charted(physician: User, patient: Patient, values: dict[str, Any]) -> None:
    given = seen(**values)
    row = actions.record_assessment(
        by=physician, submission_id=uuid4(), patient=patient, assessment=given, at=NOW - timedelta(minutes=1)
    )
    read = assessment_record(Assessment.objects.get(pk=row.pk))
    for name in {field.name for field in fields(record.Assessment)} - {"at", "ref"}:
        assert getattr(read, name) == getattr(given, name), name
    assert (read.at, read.ref) == (row.at, row)


@pytest.mark.parametrize("typed", ["38.0", "38", "38.00", "36.95", "38.055555555555555556"])
def test_a_number_keeps_the_digits_that_were_charted(nurse: User, patient: Patient, typed: str) -> None:
    row = an_assessment(nurse, patient, temperature_c=Decimal(typed))
    assert str(Assessment.objects.get(pk=row.pk).temperature_c) == typed


def test_what_was_typed_and_what_was_confirmed_is_kept(nurse: User, patient: Patient) -> None:
    typed = {"temperature_c": {"text": "91,4", "unit": "°F"}}
    confirmed = [{"field": "temperature_c", "value": "33.0 °C", "question": "Temperature 33.0 °C is unusual"}]
    row = actions.record_assessment(
        by=nurse,
        submission_id=uuid4(),
        patient=patient,
        assessment=seen(temperature_c=Decimal(33)),
        at=None,
        typed=typed,
        confirmed=confirmed,
    )
    kept = Assessment.objects.get(pk=row.pk)
    assert (kept.typed, kept.confirmed, kept.entered_by) == (typed, confirmed, nurse)


def test_what_belongs_to_a_measurement_is_kept_with_it(nurse: User, patient: Patient) -> None:
    question = {"field": "weight_kg", "value": "60 kg", "question": "14.3% less than before"}
    weight, height = actions.record_measurement(
        by=nurse,
        submission_id=uuid4(),
        patient=patient,
        weight_kg=Decimal(60),
        height_cm=Decimal(171),
        typed={"weight_kg": {"text": "60", "unit": "kg"}, "height_cm": {"text": "171", "unit": "cm"}},
        confirmed=[question],
    )
    assert weight is not None
    assert height is not None
    assert (weight.typed, weight.confirmed) == ({"weight_kg": {"text": "60", "unit": "kg"}}, [question])
    assert (height.typed, height.confirmed) == ({"height_cm": {"text": "171", "unit": "cm"}}, [])


def test_assessments_of_one_time_stand_in_the_order_of_entry(nurse: User, patient: Patient) -> None:
    rows = [an_assessment(nurse, patient, 1, temperature_c=Decimal(value)) for value in ("39", "37", "38")]
    draft = seen(temperature_c=Decimal(40))
    course = with_draft(course_of(the_infusion(patient)), draft)
    assert [event.ref for event in course.events if isinstance(event, record.Assessment)] == [*rows, None]


def test_a_course_holds_all_that_was_charted_around_it(nurse: User, patient: Patient) -> None:
    physician = a_user("bo", Role.PHYSICIAN)
    infusion = the_infusion(patient)
    given: dict[str, Any] = {"by": nurse, "patient": patient}
    before = [
        actions.give_treatment(submission_id=uuid4(), drug="tocilizumab", at=hours_ago(60), **given),
        actions.enter_result(submission_id=uuid4(), analyte="alt", value=Decimal(20), at=hours_ago(60), **given),
        an_assessment(nurse, patient, 60, systolic=Decimal(118)),
    ]
    after = [
        an_assessment(nurse, patient, 40, temperature_c=Decimal(39)),
        actions.give_treatment(
            submission_id=uuid4(), drug="dexamethasone", dose=Decimal(10), unit="mg", route="iv", purpose="crs",
            at=hours_ago(39), **given,
        ),
        actions.enter_result(
            submission_id=uuid4(), analyte="alt", value=Decimal(90), unit="U/L", lower_limit=Decimal(5),
            upper_limit=Decimal(45), at=hours_ago(38), **given,
        ),
        actions.record_infusion_event(
            by=nurse, submission_id=uuid4(), infusion=infusion, action="interrupt", at=hours_ago(37)
        ),
        actions.record_measurement(submission_id=uuid4(), weight_kg=Decimal(68), at=hours_ago(36), **given)[0],
        actions.record_death(by=physician, submission_id=uuid4(), patient=patient, due_to_crs=True, at=hours_ago(1)),
    ]  # fmt: skip
    course = course_of(infusion)
    weight = patient.weights.earliest("at")
    assert {event.ref for event in course.events} == {*before, *after, weight}
    assert (
        record.Treatment(at=hours_ago(39), drug="dexamethasone", dose=Decimal(10), unit="mg", route="iv", purpose="crs")
        in course.events
    )
    assert (
        record.Laboratory(
            at=hours_ago(38),
            analyte="alt",
            value=Decimal(90),
            unit="U/L",
            lower_limit=Decimal(5),
            upper_limit=Decimal(45),
        )
        in course.events
    )
    assert record.InfusionEvent(at=hours_ago(37), action="interrupt") in course.events
    assert record.Weight(at=hours_ago(36), weight_kg=Decimal(68)) in course.events
    assert record.Death(at=hours_ago(1), due_to_crs=True) in course.events
    assert course.infusion == record.Infusion(
        cause="car-t", product="axicabtagene ciloleucel", started_at=hours_ago(48)
    )  # fmt: skip


def test_the_next_infusion_ends_a_course_and_starts_one(nurse: User, patient: Patient) -> None:
    first = the_infusion(patient)
    earlier = an_assessment(nurse, patient, 30, temperature_c=Decimal(39))
    dose = actions.give_treatment(
        by=nurse, submission_id=uuid4(), patient=patient, drug="tocilizumab", at=hours_ago(29)
    )
    new = actions.NewInfusion(cause="bispecific", product="teclistamab", started_at=hours_ago(10))
    second = actions.start_infusion(by=nurse, submission_id=uuid4(), patient=patient, infusion=new)
    at_its_start = an_assessment(nurse, patient, 10, temperature_c=Decimal(37))
    of_first, of_second = (
        {event.ref for event in course_of(infusion).events} - set(patient.weights.all()) for infusion in (first, second)
    )
    assert of_first == {earlier, dose}
    assert of_second == {dose, at_its_start}
    assert infusion_at(patient, hours_ago(10)) == second
    assert infusion_at(patient, hours_ago(11)) == first
    assert infusion_at(patient, hours_ago(49)) is None


def test_the_latest_facts_govern_the_whole_course(nurse: User, patient: Patient) -> None:
    facts = actions.Facts(
        birth_date=date(1979, 1, 2),
        sex="male",
        baseline_systolic=Decimal(130),
        baseline_diastolic=Decimal(80),
        home_oxygen_l_min=Decimal(2),
        extensive_comorbidities=True,
        long_term_glucocorticoid=False,
        neutropenic=True,
        allergies="known",
        allergies_to=("latex",),
    )
    actions.change_facts(by=nurse, submission_id=uuid4(), patient=patient, facts=facts, at=hours_ago(1))
    assert course_of(the_infusion(patient)).patient == record.Patient(
        birth_date=date(1979, 1, 2),
        sex="male",
        height_cm=Decimal(170),
        baseline_systolic=Decimal(130),
        baseline_diastolic=Decimal(80),
        home_oxygen_l_min=Decimal(2),
        extensive_comorbidities=True,
        long_term_glucocorticoid=False,
        neutropenic=True,
    )


def test_the_protocol_is_the_wards_unless_one_is_chosen_for_the_patient(nurse: User, patient: Patient) -> None:
    physician = a_user("bo", Role.PHYSICIAN)
    infusion = the_infusion(patient)

    def choose(protocol: str | None) -> None:
        actions.choose_protocol(
            by=physician, submission_id=uuid4(), patient=patient, protocol=protocol, reason="a study"
        )

    assert course_of(infusion).protocol == "review-2024"
    choose("lee-2014")
    assert course_of(infusion).protocol == "lee-2014"
    choose(None)
    assert course_of(infusion).protocol == "review-2024"
    actions.transfer(by=nurse, submission_id=uuid4(), patient=patient, ward=a_ward(nurse, "Ward 9", "lee-2014"))
    assert course_of(infusion).protocol == "lee-2014"
    assert settings_of(infusion).version == "Ward 9, version 1"


def test_many_courses_take_as_many_queries_as_one(
    nurse: User, physician: User, ward: Ward, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(3):
        one = a_patient(nurse, ward, mrn=f"{number}")
        an_assessment(physician, one, 1, **EVERYTHING)
    with CaptureQueriesContext(connection) as of_one:
        charted(Infusion.objects.order_by("pk")[:1])
    with django_assert_num_queries(len(of_one)):
        charted(Infusion.objects.all())
    assert len(of_one) <= 16
