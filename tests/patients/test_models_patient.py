"""Who is a patient now, who were they before, and who may see them?"""

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.http import Http404
from pytest_django import DjangoAssertNumQueries

from grading.settings import DEFAULT
from patients import actions
from patients.models import Patient, Role, User, Ward
from patients.permissions import patient_for, patients_for
from tests.patients.cast import a_patient, a_user, a_ward, an_assessment, hours_ago

pytestmark = pytest.mark.django_db


@pytest.fixture
def nurse(db: None) -> User:
    return a_user()


@pytest.fixture
def ward(nurse: User) -> Ward:
    return a_ward(nurse)


@pytest.fixture
def patient(nurse: User, ward: Ward) -> Patient:
    return a_patient(nurse, ward, bed=ward.beds.get())


def test_a_new_patient_shows_what_was_given_at_admission(patient: Patient, ward: Ward) -> None:
    found = Patient.objects.present().get()
    assert (str(found), str(found.birth_date), found.sex) == ("LINDQVIST, Maja, 1001", "1980-08-14", "female")
    assert (found.ward, found.bed, found.discharged) == (ward, ward.beds.get(), False)
    assert (found.facts.allergies, found.facts.allergies_to) == ("none-known", [])
    assert found.weight_kg == 70
    assert found.height is not None
    assert found.height.height_cm == 170
    assert found.protocol_choice is None


def test_what_a_list_shows_is_read_in_six_queries(
    nurse: User, ward: Ward, patient: Patient, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    a_patient(nurse, ward, mrn="1002")
    with django_assert_num_queries(6):
        for found in patients_for(nurse).present():
            shown = (found.ward, found.bed, found.birth_date, found.weight_kg, found.height, found.protocol_choice)
            assert shown[0] == ward


def test_prefetched_or_not_a_patient_says_the_same(nurse: User, patient: Patient) -> None:
    actions.record_measurement(by=nurse, submission_id=uuid4(), patient=patient, weight_kg=Decimal(72))
    actions.record_measurement(
        by=nurse, submission_id=uuid4(), patient=patient, weight_kg=Decimal(71), at=hours_ago(5)
    )  # entered last, measured before
    for found in (Patient.objects.present().get(), Patient.objects.get()):
        assert found.weight_kg == 72


def test_names_before_stay_with_who_changed_them(nurse: User, patient: Patient) -> None:
    other = a_user("eve")
    actions.rename_patient(
        by=other, submission_id=uuid4(), patient=patient, mrn="1001", family_name="Lindgren", given_name="Maja"
    )
    assert str(Patient.objects.get()) == "LINDGREN, Maja, 1001"
    history = [(str(row), row.entered_by) for row in patient.identities.order_by("id")]
    assert history == [("LINDQVIST, Maja, 1001", nurse), ("LINDGREN, Maja, 1001", other)]


def test_a_move_is_kept_with_the_ones_before(nurse: User, ward: Ward, patient: Patient) -> None:
    other = a_ward(nurse, "Ward 9")
    actions.transfer(
        by=nurse, submission_id=uuid4(), patient=patient, ward=other, bed=other.beds.get(), at=hours_ago(2)
    )
    actions.discharge(by=nurse, submission_id=uuid4(), patient=patient, at=hours_ago(1))
    moves = [(row.kind, row.ward, row.bed) for row in patient.placements.order_by("at")]
    assert moves == [
        ("admission", ward, ward.beds.get()),
        ("transfer", other, other.beds.get()),
        ("discharge", other, None),
    ]
    assert Patient.objects.get().discharged
    assert not Patient.objects.lying_on([ward, other]).exists()
    assert Patient.objects.on_wards([other]).get() == patient


def test_a_patient_is_found_on_the_wards_of_the_user_only(nurse: User, patient: Patient) -> None:
    stranger = a_user("eve", Role.PHYSICIAN)
    a_ward(stranger, "Ward 9")
    assert patient_for(nurse, patient.pk) == patient
    for user in (stranger, AnonymousUser()):
        with pytest.raises(Http404):
            patient_for(user, patient.pk)
        assert not patients_for(user).exists()
    with pytest.raises(Http404):
        patient_for(nurse, patient.pk + 1)


def test_a_transferred_patient_is_found_by_the_new_ward_only(nurse: User, patient: Patient) -> None:
    other = a_user("eve")
    ward = a_ward(other, "Ward 9")
    actions.transfer(by=nurse, submission_id=uuid4(), patient=patient, ward=ward)
    assert patient_for(other, patient.pk) == patient
    with pytest.raises(Http404):
        patient_for(nurse, patient.pk)


def test_a_discharged_patient_stays_with_the_ward_that_was_left(nurse: User, patient: Patient) -> None:
    actions.discharge(by=nurse, submission_id=uuid4(), patient=patient)
    assert patient_for(nurse, patient.pk).discharged


def test_somebody_who_left_finds_nobody(nurse: User, patient: Patient) -> None:
    nurse.is_active = False
    with pytest.raises(Http404):
        patient_for(nurse, patient.pk)


@pytest.mark.parametrize(
    ("state", "named"),
    [("known", ("penicillin", "latex")), ("none-known", ()), ("not-recorded", ()), ("unavailable", ())],
)
def test_allergies_are_in_one_of_four_states(
    nurse: User, ward: Ward, state: str, named: tuple[str, ...], patient: Patient
) -> None:
    facts = actions.Facts(birth_date=patient.birth_date, allergies=state, allergies_to=named)
    actions.change_facts(by=nurse, submission_id=uuid4(), patient=patient, facts=facts)
    found = Patient.objects.get().facts
    assert (found.allergies, tuple(found.allergies_to)) == (state, named)
    assert patient.facts_rows.count() == 2


def test_settings_of_a_ward_are_versions_and_the_last_holds(nurse: User, ward: Ward, patient: Patient) -> None:
    admin = a_user("cy", Role.ADMIN)
    given: dict[str, Any] = {"by": admin, "ward": ward, "default_protocol": "lee-2014"}
    actions.change_ward_settings(submission_id=uuid4(), document={"older_age_years": 60}, **given)
    actions.change_ward_settings(submission_id=uuid4(), document={}, **given)
    versions = [row.as_settings() for row in ward.settings_rows.order_by("id")]
    assert [version.older_age_years for version in versions] == [65, 60, 65]
    assert len({version.version for version in versions}) == 3
    now = Ward.objects.get(pk=ward.pk).current
    assert (now.default_protocol, now.as_settings().windows) == ("lee-2014", DEFAULT.windows)
    assert an_assessment(nurse, patient, temperature_c=Decimal(39)).pk


def test_a_ward_opens_with_its_beds_and_settings(db: None) -> None:
    admin = a_user("cy", Role.ADMIN)
    opened = actions.open_ward(
        by=admin,
        submission_id=uuid4(),
        name="Ward 8",
        time_zone="America/Chicago",
        default_protocol="lee-2014",
        beds=["1", "2"],
    )
    assert [bed.label for bed in opened.beds.all()] == ["1", "2"]
    assert opened.current.default_protocol == "lee-2014"
    assert opened.zone.key == "America/Chicago"
    assert list(admin.wards.all()) == [opened]


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../etc/passwd"])
def test_a_time_zone_is_one_that_exists(zone: str) -> None:
    with pytest.raises(ValidationError):
        Ward(name="Ward 8", time_zone=zone).clean_fields()
