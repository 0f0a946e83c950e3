"""Are the verdicts of all scales stored at every write that can change them, and only where they changed?"""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import uuid4

import pytest

from grading import RULES_VERSION, record
from grading.words import SCALES
from patients import actions
from patients.known import as_known_then
from patients.models import (
    Assessment,
    Infusion,
    Patient,
    Role,
    StoredSuggestions,
    StoredVerdict,
    User,
    Ward,
)
from patients.record import charted, course_of
from tests.patients.cast import a_patient, a_user, a_ward, an_assessment, hours_ago, the_infusion

pytestmark = pytest.mark.django_db

FEVER: dict[str, Any] = {"temperature_c": Decimal("38.6")}
CANNULA: dict[str, Any] = {"oxygen": record.Oxygen(device="nasal-cannula", flow_l_min=Decimal(2))}


@pytest.fixture
def nurse(db: None) -> User:
    return a_user()


@pytest.fixture
def ward(nurse: User) -> Ward:
    return a_ward(nurse)


@pytest.fixture
def patient(nurse: User, ward: Ward) -> Patient:
    return a_patient(nurse, ward)


def last(assessment: Assessment, scale: str = "astct-2019") -> StoredVerdict:
    return StoredVerdict.objects.filter(assessment=assessment, scale=scale).latest("id")


def assert_stored_is_what_is_computed() -> None:
    """The latest stored row of each assessment and scale is today's answer."""
    for course in charted(Infusion.objects.all()):
        for graded in course.graded().assessments:
            row = graded.assessment.ref
            assert isinstance(row, Assessment)
            for verdict in graded.verdicts.values():
                stored = last(row, verdict.scale)
                assert (stored.grade, stored.at_most, stored.governing) == (
                    verdict.grade,
                    verdict.at_most,
                    verdict.scale == graded.governing,
                )
                assert [one["key"] for one in stored.met] == [one.key for one in verdict.met]
                assert [one["key"] for one in stored.unknown] == [one.key for one in verdict.unknown]
                assert stored.protocol == course.course.protocol
            if graded.verdicts:
                suggested = StoredSuggestions.objects.filter(assessment=row).latest("id")
                assert [one["id"] for one in suggested.suggestions] == [one.id for one in graded.suggestions]


def test_an_assessment_stores_every_scale_with_rules_settings_and_protocol(nurse: User, patient: Patient) -> None:
    row = an_assessment(nurse, patient, **FEVER)
    stored = StoredVerdict.objects.filter(assessment=row)
    assert {one.scale for one in stored} == set(SCALES)
    assert {(one.rules_version, one.settings_version, one.protocol) for one in stored} == {
        (RULES_VERSION, "Ward 7, version 1", "review-2024")
    }
    assert {(one.known_at, one.submission_id) for one in stored} == {(row.entered_at, row.submission_id)}
    assert [one.scale for one in stored if one.governing] == ["astct-2019"]
    assert last(row).met[0]["key"] == "fever"


def test_before_the_infusion_nothing_is_graded(nurse: User, patient: Patient) -> None:
    an_assessment(nurse, patient, 60, **FEVER)
    assert not StoredVerdict.objects.exists()


def test_a_write_that_changes_nothing_stores_nothing(nurse: User, patient: Patient) -> None:
    an_assessment(nurse, patient, 2, **FEVER)
    before = StoredVerdict.objects.count(), StoredSuggestions.objects.count()
    actions.enter_result(
        by=nurse, submission_id=uuid4(), patient=patient, analyte="osmolality", value=Decimal(290), at=hours_ago(3)
    )
    assert (StoredVerdict.objects.count(), StoredSuggestions.objects.count()) == before


def test_a_pending_grade_is_stored_with_its_time(nurse: User, patient: Patient) -> None:
    fast = record.Vasopressor(agent="norepinephrine", rate=Decimal(22), unit="mcg/min")
    row = an_assessment(
        nurse, patient, 1, **FEVER, hypotension=True, pressure_restored=True, vasopressors=(fast,),
        oxygen=record.Oxygen(device="room-air"), organ_toxicity={},
    )  # fmt: skip
    stored = last(row, "lee-2014")
    assert (stored.grade, stored.at_most) == (2, 3)
    assert (stored.pending_grade, stored.pending_at) == (3, row.at + timedelta(hours=3))


def test_a_late_entry_regrades_what_follows_and_keeps_what_was_known(nurse: User, patient: Patient) -> None:
    afebrile = an_assessment(nurse, patient, 1, temperature_c=Decimal("37.2"), **CANNULA)
    assert last(afebrile).grade == 0
    then = last(afebrile).known_at
    earlier = an_assessment(nurse, patient, 5, **FEVER)  # a fever before it: the waiver holds between spikes
    assert last(afebrile).grade == 2
    assert last(afebrile).submission_id == earlier.submission_id
    as_known_then = StoredVerdict.objects.filter(assessment=afebrile, scale="astct-2019", known_at__lte=then)
    assert as_known_then.latest("id").grade == 0
    assert_stored_is_what_is_computed()


def test_an_assessment_before_the_write_is_not_stored_anew(nurse: User, patient: Patient) -> None:
    first = an_assessment(nurse, patient, 6, **FEVER)
    an_assessment(nurse, patient, 1, **FEVER, **CANNULA)
    assert StoredVerdict.objects.filter(assessment=first).count() == len(SCALES)


def _new_settings(nurse: User, ward: Ward) -> None:
    actions.change_ward_settings(
        by=a_user("admin", Role.ADMIN),
        submission_id=uuid4(),
        ward=ward,
        document={"windows": {"temperature": 30}},
        default_protocol="review-2024",
    )


WRITES: dict[str, Callable[[User, Patient, Ward], Any]] = {
    "a result": lambda by, patient, ward: actions.enter_result(
        by=by, submission_id=uuid4(), patient=patient, analyte="alt", value=Decimal(400), unit="U/L",
        upper_limit=Decimal(45), at=hours_ago(3),
    ),
    "tocilizumab": lambda by, patient, ward: actions.give_treatment(
        by=by, submission_id=uuid4(), patient=patient, drug="Actemra", dose=Decimal(560), unit="mg", at=hours_ago(3)
    ),
    "a weight": lambda by, patient, ward: actions.record_measurement(
        by=by, submission_id=uuid4(), patient=patient, weight_kg=Decimal(60), at=hours_ago(3)
    ),
    "a height": lambda by, patient, ward: actions.record_measurement(
        by=by, submission_id=uuid4(), patient=patient, height_cm=Decimal(160)
    ),
    "a baseline pressure": lambda by, patient, ward: actions.change_facts(
        by=by, submission_id=uuid4(), patient=patient,
        facts=actions.Facts(birth_date=patient.birth_date, baseline_systolic=Decimal(150)),
    ),
    "another birth date": lambda by, patient, ward: actions.change_facts(
        by=by, submission_id=uuid4(), patient=patient,
        facts=actions.Facts(birth_date=patient.birth_date.replace(year=2022)),
    ),
    "another protocol": lambda by, patient, ward: actions.choose_protocol(
        by=a_user("bo", Role.PHYSICIAN), submission_id=uuid4(), patient=patient, protocol="lee-2014", reason="a study"
    ),
    "the infusion interrupted": lambda by, patient, ward: actions.record_infusion_event(
        by=by, submission_id=uuid4(), infusion=the_infusion(patient), action="interrupt", at=hours_ago(3)
    ),
    "a further infusion": lambda by, patient, ward: actions.start_infusion(
        by=by, submission_id=uuid4(), patient=patient,
        infusion=actions.NewInfusion(cause="bispecific", product="teclistamab", started_at=hours_ago(3)),
    ),
    "the ward's settings": lambda by, patient, ward: _new_settings(by, ward),
    "a ward with another protocol": lambda by, patient, ward: actions.transfer(
        by=by, submission_id=uuid4(), patient=patient, ward=a_ward(by, "Ward 9", "lee-2014")
    ),
}  # fmt: skip


@pytest.mark.parametrize("write", WRITES)
def test_what_changes_the_verdicts_stores_them(
    nurse: User, physician: User, patient: Patient, ward: Ward, write: str
) -> None:
    an_assessment(nurse, patient, 4, **FEVER)
    an_assessment(
        physician,
        patient,
        2,
        systolic=Decimal(100),
        diastolic=Decimal(70),
        severe_grade_2=True,
        organ_toxicity={},
        **CANNULA,
    )
    before = StoredVerdict.objects.count() + StoredSuggestions.objects.count()
    WRITES[write](nurse, patient, ward)
    if write != "a height":  # which no dose of this patient rests on
        assert StoredVerdict.objects.count() + StoredSuggestions.objects.count() > before
    assert_stored_is_what_is_computed()


def test_an_antipyretic_charted_late_stands_for_the_fever_it_hides(nurse: User, patient: Patient) -> None:
    an_assessment(nurse, patient, 30, **FEVER)
    afebrile = an_assessment(nurse, patient, 1, temperature_c=Decimal("37.2"), **CANNULA)
    assert last(afebrile).grade == 0
    actions.give_treatment(by=nurse, submission_id=uuid4(), patient=patient, drug="acetaminophen", at=hours_ago(3))
    assert last(afebrile).grade == 2
    assert_stored_is_what_is_computed()


def test_an_infusion_charted_late_grades_what_was_already_charted(nurse: User, ward: Ward) -> None:
    patient = a_patient(nurse, ward, infusion=False)
    row = an_assessment(nurse, patient, 1, **FEVER)
    assert not StoredVerdict.objects.exists()
    new = actions.NewInfusion(cause="car-t", product="tisagenlecleucel", started_at=hours_ago(30))
    actions.start_infusion(by=nurse, submission_id=uuid4(), patient=patient, infusion=new)
    assert last(row).grade == 1
    assert last(row).known_at > row.entered_at


def test_an_assessment_that_loses_its_grade_is_known_without_one_from_then_on(nurse: User, patient: Patient) -> None:
    row, kept = an_assessment(nurse, patient, 20, **FEVER), an_assessment(nurse, patient, 1, **FEVER)
    before = last(row).known_at
    infusion = actions.correct_row(
        by=nurse,
        submission_id=uuid4(),
        row=the_infusion(patient),
        values={"started_at": hours_ago(10)},
        reason="typing",
    )
    assert isinstance(infusion, Infusion)
    assert {(one.grade, one.governing) for one in map(partial(last, row), SCALES)} == {(None, False)}
    assert StoredSuggestions.objects.filter(assessment=row).latest("id").suggestions == []
    assert as_known_then(infusion, before).keys() == {row.pk}
    assert as_known_then(infusion, infusion.entered_at).keys() == {kept.pk}
    stored = StoredVerdict.objects.filter(assessment=row).count()
    an_assessment(nurse, patient, None, **FEVER)
    assert StoredVerdict.objects.filter(assessment=row).count() == stored  # once is enough
    actions.correct_row(
        by=nurse, submission_id=uuid4(), row=infusion, values={"started_at": hours_ago(40)}, reason="typing"
    )
    assert last(row).grade == 1


def test_new_settings_regrade_every_patient_of_the_ward_and_no_other(nurse: User, ward: Ward, patient: Patient) -> None:
    second = a_patient(nurse, ward, mrn="1002")
    elsewhere = a_patient(nurse, a_ward(nurse, "Ward 9"), mrn="1003")
    rows = []
    for one in (patient, second, elsewhere):
        an_assessment(nurse, one, 3, **FEVER)
        rows.append(an_assessment(nurse, one, 2, heart_rate=Decimal(90)))  # the fever is in force here
    _new_settings(nurse, ward)  # a temperature counts for half an hour
    assert [last(row, "lee-2014").settings_version for row in rows] == [
        f"ward {ward.pk}, version 2",
        f"ward {ward.pk}, version 2",
        "Ward 9, version 1",
    ]
    assert_stored_is_what_is_computed()


def test_the_course_as_known_then_is_built_from_the_rows_entered_by_then(nurse: User, patient: Patient) -> None:
    infusion = the_infusion(patient)
    first = an_assessment(nurse, patient, 5, **FEVER)
    an_assessment(nurse, patient, 6, **CANNULA)
    actions.change_facts(
        by=nurse,
        submission_id=uuid4(),
        patient=patient,
        facts=actions.Facts(birth_date=patient.birth_date, baseline_systolic=Decimal(120)),
    )
    then = course_of(infusion, known_at=first.entered_at)
    assert [event.ref for event in then.events if isinstance(event, record.Assessment)] == [first]
    assert then.patient.baseline_systolic is None
    assert course_of(infusion).patient.baseline_systolic == 120
