"""What cannot be recorded, and does each refusal say at which field, and why?"""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from grading import record
from patients import actions
from patients.models import Assessment, Bed, Patient, Role, User, Ward, WardSettings
from tests.patients.cast import NOW, a_patient, a_user, a_ward, an_assessment, charted, hours_ago, the_infusion

pytestmark = pytest.mark.django_db


@pytest.fixture
def nurse(db: None) -> User:
    return a_user()


@pytest.fixture
def physician(db: None) -> User:
    return a_user("bo", Role.PHYSICIAN)


@pytest.fixture
def ward(nurse: User) -> Ward:
    return a_ward(nurse)


@pytest.fixture
def patient(nurse: User, ward: Ward) -> Patient:
    return a_patient(nurse, ward)


def errors(act: Any, **given: Any) -> dict[str, str]:
    with pytest.raises(actions.Refused) as refused:
        act(submission_id=uuid4(), **given)
    return refused.value.errors


@pytest.mark.parametrize(
    ("values", "field", "allowed"),
    [
        ({"temperature_c": Decimal(60)}, "temperature_c", "25 to 45 °C"),
        ({"spo2_percent": Decimal(101)}, "spo2_percent", "0 to 100%"),
        ({"systolic": Decimal(80), "diastolic": Decimal(90)}, "diastolic", "above the systolic"),
        ({"oxygen": record.Oxygen(device="cpap", fio2_percent=Decimal("0.4"))}, "oxygen_fio2_percent", "21 to 100%"),
        ({"neurology_not_assessed": "asleep", "ice_score": 10}, "neurology_not_assessed", "one or the other"),
        ({"consciousness": "drowsy"}, "consciousness", "One of spontaneous, to-voice"),
        ({"organ_toxicity": {"renal": 5}}, "grade", "0 to 4"),
        (
            {"hypotension": False, "vasopressors": (record.Vasopressor(agent="dopamine"),)},
            "hypotension",
            "beside a vasopressor",
        ),
        (
            {"vasopressors": (record.Vasopressor(agent="dopamine", rate=Decimal(60), unit="mcg/kg/min"),)},
            "rate",
            "the agent's limit",
        ),
        (
            {"vasopressors": (record.Vasopressor(agent="dopamine"), record.Vasopressor(agent="dopamine"))},
            "vasopressors",
            "once",
        ),
        (
            {"vasopressors": (record.Vasopressor(agent="dopamine", since=NOW),)},
            "vasopressors",
            "after the assessment",
        ),
    ],
)
def test_an_impossible_assessment_is_refused_at_its_field(
    nurse: User, patient: Patient, values: dict[str, Any], field: str, allowed: str
) -> None:
    found = errors(actions.record_assessment, by=nurse, patient=patient, assessment=charted(**values), at=hours_ago(1))
    assert found.keys() == {field}
    assert allowed in found[field]
    assert not Assessment.objects.exists()


@pytest.mark.parametrize("minutes", [3, 60 * 24])
def test_a_time_ahead_of_the_clock_is_refused(nurse: User, patient: Patient, minutes: int) -> None:
    ahead = datetime.now(UTC) + timedelta(minutes=minutes)
    found = errors(actions.record_assessment, by=nurse, patient=patient, assessment=charted(), at=ahead)
    assert "2 minutes" in found["at"]


def test_two_minutes_ahead_is_a_clock_that_runs_fast(nurse: User, patient: Patient) -> None:
    ahead = datetime.now(UTC) + timedelta(minutes=1, seconds=50)
    row = actions.record_assessment(
        by=nurse, submission_id=uuid4(), patient=patient, assessment=charted(heart_rate=Decimal(80)), at=ahead
    )
    assert row.at == ahead


def test_nothing_is_charted_before_the_birth(nurse: User, patient: Patient) -> None:
    before = datetime(1980, 8, 13, 9, tzinfo=UTC)
    for act, given in (
        (actions.record_assessment, {"assessment": charted(), "at": before}),
        (actions.give_treatment, {"drug": "tocilizumab", "at": before}),
        (actions.enter_result, {"analyte": "crp", "value": Decimal(5), "at": before}),
        (actions.record_measurement, {"weight_kg": Decimal(70), "at": before}),
    ):
        assert errors(act, by=nurse, patient=patient, **given) == {"at": "Before the birth on 14-Aug-1980."}


def test_nothing_is_charted_after_a_death(nurse: User, physician: User, patient: Patient) -> None:
    actions.record_death(by=physician, submission_id=uuid4(), patient=patient, at=hours_ago(2))
    for act, given in (
        (actions.record_assessment, {"assessment": charted(), "at": hours_ago(1)}),
        (actions.give_treatment, {"drug": "tocilizumab", "at": hours_ago(1)}),
        (actions.transfer, {"ward": patient.ward, "at": hours_ago(1)}),
        (actions.record_infusion_event, {"action": "interrupt", "at": hours_ago(1)}),
    ):
        if act is actions.record_infusion_event:
            found = errors(act, by=nurse, infusion=the_infusion(patient), **given)
        else:
            found = errors(act, by=nurse, patient=patient, **given)
        assert "death" in found["at"]
    an_assessment(nurse, patient, 3, heart_rate=Decimal(80))  # what was seen before it is still charted


def test_a_death_is_not_charted_before_what_was_seen_after_it(nurse: User, physician: User, patient: Patient) -> None:
    an_assessment(nurse, patient, 1, heart_rate=Decimal(80))
    found = errors(actions.record_death, by=physician, patient=patient, at=hours_ago(2))
    assert "Assessments were charted after" in found["at"]


def test_a_patient_dies_once(physician: User, patient: Patient) -> None:
    actions.record_death(by=physician, submission_id=uuid4(), patient=patient, at=hours_ago(2))
    assert "already" in errors(actions.record_death, by=physician, patient=patient, at=hours_ago(1))["at"]


def test_a_number_belongs_to_one_patient(nurse: User, ward: Ward, patient: Patient) -> None:
    with pytest.raises(actions.Refused) as refused:
        a_patient(nurse, ward, mrn=patient.mrn)
    assert refused.value.errors == {"mrn": "This number is another patient's."}
    other = a_patient(nurse, ward, mrn="1002")
    names = {"mrn": "1001", "family_name": "Berg", "given_name": "Ada"}
    assert errors(actions.rename_patient, by=nurse, patient=other, **names).keys() == {"mrn"}
    assert Patient.objects.get(pk=other.pk).mrn == "1002"


def test_a_birth_after_what_was_charted_is_refused(nurse: User, patient: Patient) -> None:
    facts = actions.Facts(birth_date=datetime.now(UTC).date() + timedelta(days=3))
    assert errors(actions.change_facts, by=nurse, patient=patient, facts=facts).keys() == {"birth_date"}
    facts = actions.Facts(birth_date=hours_ago(0).date())  # the infusion was two days ago
    assert errors(actions.change_facts, by=nurse, patient=patient, facts=facts).keys() == {"birth_date"}


def test_a_bed_holds_one_patient(nurse: User, ward: Ward) -> None:
    bed = ward.beds.get()
    first = a_patient(nurse, ward, bed=bed)
    with pytest.raises(actions.Refused) as refused:
        a_patient(nurse, ward, mrn="1002", bed=bed)
    assert refused.value.errors == {"bed": "Somebody lies in bed 1 of Ward 7."}
    actions.discharge(by=nurse, submission_id=uuid4(), patient=first)
    assert a_patient(nurse, ward, mrn="1002", bed=bed).bed == bed


def test_a_bed_of_another_ward_is_refused(nurse: User, ward: Ward, patient: Patient) -> None:
    elsewhere = Bed.objects.get(ward=a_ward(nurse, "Ward 9"))
    found = errors(actions.transfer, by=nurse, patient=patient, ward=ward, bed=elsewhere)
    assert found == {"bed": "This bed is on another ward."}


def test_moves_follow_each_other(nurse: User, ward: Ward, patient: Patient) -> None:
    assert "transfer" in errors(actions.readmit, by=nurse, patient=patient, ward=ward)[actions.WHOLE]
    assert "Before the last move" in errors(
        actions.transfer, by=nurse, patient=patient, ward=ward, at=hours_ago(100)
    )["at"]  # fmt: skip
    actions.discharge(by=nurse, submission_id=uuid4(), patient=patient)
    for act, given in ((actions.transfer, {"ward": ward}), (actions.discharge, {})):
        assert "admit" in errors(act, by=nurse, patient=patient, **given)[actions.WHOLE]
    actions.readmit(by=nurse, submission_id=uuid4(), patient=patient, ward=ward)
    assert not Patient.objects.get(pk=patient.pk).discharged


@pytest.mark.parametrize("product", ["axicabtagene ciloleucel", " Axicabtagene  Ciloleucel"])
def test_a_further_dose_of_one_product_is_no_new_course(nurse: User, patient: Patient, product: str) -> None:
    for started_at in (hours_ago(1), hours_ago(60)):
        new = actions.NewInfusion(cause="car-t", product=product, started_at=started_at)
        found = errors(actions.start_infusion, by=nurse, patient=patient, infusion=new)
        assert "chart a further dose" in found["product"]


def test_a_dose_or_event_lies_within_its_course(nurse: User, patient: Patient) -> None:
    infusion = the_infusion(patient)
    new = actions.NewInfusion(cause="bispecific", product="teclistamab", started_at=hours_ago(10))
    actions.start_infusion(by=nurse, submission_id=uuid4(), patient=patient, infusion=new)
    for act, given in ((actions.record_dose_step, {}), (actions.record_infusion_event, {"action": "interrupt"})):
        assert "Before" in errors(act, by=nurse, infusion=infusion, at=hours_ago(50), **given)["at"]
        assert "this course is over" in errors(act, by=nurse, infusion=infusion, at=hours_ago(9), **given)["at"]


def test_two_infusions_do_not_start_at_one_time(nurse: User, patient: Patient) -> None:
    new = actions.NewInfusion(cause="bispecific", product="teclistamab", started_at=hours_ago(48))
    assert errors(actions.start_infusion, by=nurse, patient=patient, infusion=new).keys() == {"started_at"}


@pytest.mark.parametrize(
    ("charted_before", "action", "allowed"),
    [
        ([], "resume", False),
        (["interrupt"], "interrupt", False),
        (["interrupt"], "resume", True),
        (["interrupt", "resume"], "resume", False),
        (["interrupt"], "discontinue", True),
        (["discontinue"], "resume", False),
        (["discontinue"], "discontinue", False),
        (["discontinue"], "interrupt", False),
        ([], "stop", False),
    ],
)
def test_interruptions_follow_each_other_and_nothing_undoes_a_discontinuation(
    nurse: User, patient: Patient, charted_before: list[str], action: str, allowed: bool
) -> None:
    infusion = the_infusion(patient)
    for place, one in enumerate(charted_before):
        actions.record_infusion_event(
            by=nurse, submission_id=uuid4(), infusion=infusion, action=one, at=hours_ago(20 - place)
        )
    given: dict[str, Any] = {"by": nurse, "infusion": infusion, "action": action, "at": hours_ago(1)}
    if allowed:
        actions.record_infusion_event(submission_id=uuid4(), **given)
    else:
        assert errors(actions.record_infusion_event, **given).keys() == {"action"}


def test_a_late_event_is_held_against_those_after_it(nurse: User, patient: Patient) -> None:
    infusion = the_infusion(patient)
    given: dict[str, Any] = {"by": nurse, "infusion": infusion}
    actions.record_infusion_event(submission_id=uuid4(), action="discontinue", at=hours_ago(10), **given)
    actions.record_infusion_event(submission_id=uuid4(), action="interrupt", at=hours_ago(20), **given)
    found = errors(actions.record_infusion_event, action="discontinue", at=hours_ago(15), **given)
    assert "cannot follow" in found["action"]


@pytest.mark.parametrize(
    ("document", "field"),
    [
        ({"windows": {"oxygen": 0}}, "windows.oxygen"),
        ({"windows": {"pulse": 60}}, "windows.pulse"),
        ({"older_age_years": 5}, "older_age_years"),
        ({"version": "mine"}, "version"),
        ({"colour": "blue"}, "colour"),
    ],
)
def test_a_setting_that_cannot_be_is_named(nurse: User, ward: Ward, document: dict[str, Any], field: str) -> None:
    admin = a_user("cy", Role.ADMIN)
    found = errors(actions.change_ward_settings, by=admin, ward=ward, document=document, default_protocol="lee-2014")
    assert found.keys() == {field}
    assert WardSettings.objects.filter(ward=ward).count() == 1


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": "Ward 7", "time_zone": "UTC"}, "name"),
        ({"name": " ", "time_zone": "UTC"}, "name"),
        ({"name": "Ward 8", "time_zone": "Mars/Olympus"}, "time_zone"),
        ({"name": "Ward 8", "time_zone": "../etc"}, "time_zone"),
        ({"name": "Ward 8", "time_zone": "UTC", "beds": ["1", "1"]}, "beds"),
    ],
)
def test_a_ward_opens_with_a_name_of_its_own_and_a_time_zone(ward: Ward, given: dict[str, Any], field: str) -> None:
    admin = a_user("cy", Role.ADMIN)
    assert errors(actions.open_ward, by=admin, default_protocol="lee-2014", **given).keys() == {field}


def test_the_day_of_birth_begins_on_the_wards_calendar(nurse: User, ward: Ward) -> None:
    """Berlin is two hours ahead of UTC in summer: 22:30 UTC is the next day there."""
    admitted = datetime(2026, 6, 1, 22, 30, tzinfo=UTC)
    facts = actions.Facts(birth_date=admitted.date() + timedelta(days=1))
    born_today = a_patient(nurse, ward, mrn="1002", facts=facts, at=admitted, infusion=False)
    assert born_today.birth_date == facts.birth_date
    with pytest.raises(actions.Refused) as refused:
        a_patient(nurse, ward, mrn="1003", facts=facts, at=admitted - timedelta(hours=1), infusion=False)
    assert refused.value.errors == {"at": "Before the birth on 02-Jun-2026."}


def test_a_refusal_names_times_as_the_ward_reads_them(nurse: User, ward: Ward) -> None:
    admitted = datetime(2026, 6, 1, 22, 30, tzinfo=UTC)
    patient = a_patient(nurse, ward, mrn="1002", at=admitted, infusion=False)
    found = errors(actions.transfer, by=nurse, patient=patient, ward=ward, at=admitted - timedelta(hours=1))
    assert found == {"at": "Before the last move, at 02-Jun-2026 00:30."}
