"""Who may hear that a ward or a patient changed, and does hearing keep a session alive?"""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from patients import actions
from patients.displays import COOKIE, code_of
from patients.hearing import Answer, Asker, asker, hears
from patients.models import Patient, Role, User, WallDisplay, Ward
from patients.topics import Topic
from tests.patients.cast import a_patient, a_user, a_ward, hours_ago

HEARS, SIGNED_OUT, NOT_THEIRS = Answer.HEARS, Answer.SIGNED_OUT, Answer.NOT_THEIRS


def session_of(user: User) -> str:
    client = Client()
    client.force_login(user)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def as_person(session: str, *topics: Topic) -> Asker:
    return asker({settings.SESSION_COOKIE_NAME: session}, topics)


def answer(one: Asker) -> Answer:
    return hears([one])[one]


def of_ward(ward: Ward) -> Topic:
    return Topic("ward", ward.pk)


@pytest.fixture
def elsewhere(db: None) -> Ward:
    return a_ward(a_user("elsewhere"), "Another ward")


@pytest.fixture
def display(ward: Ward, admin: User) -> WallDisplay:
    return actions.open_display(by=admin, submission_id=uuid4(), ward=ward, label="Corridor")


def test_a_person_hears_of_their_own_wards_and_patients_only(
    nurse: User, ward: Ward, patient: Patient, elsewhere: Ward
) -> None:
    session = session_of(nurse)
    other = a_patient(User.objects.get(username="elsewhere"), elsewhere, mrn="2002")
    assert answer(as_person(session, of_ward(ward), Topic("patient", patient.pk))) is HEARS
    assert answer(as_person(session, of_ward(ward), of_ward(elsewhere))) is NOT_THEIRS
    assert answer(as_person(session, Topic("patient", other.pk))) is NOT_THEIRS
    assert answer(as_person(session, Topic("patient", 10**9))) is NOT_THEIRS
    assert answer(as_person(session)) is NOT_THEIRS


def test_a_patient_who_was_moved_away_is_heard_of_no_more(
    nurse: User, ward: Ward, patient: Patient, elsewhere: Ward
) -> None:
    asks = as_person(session_of(nurse), Topic("patient", patient.pk))
    assert answer(asks) is HEARS
    actions.transfer(by=nurse, submission_id=uuid4(), patient=patient, ward=elsewhere, at=hours_ago(0.1))
    assert answer(asks) is NOT_THEIRS


@pytest.mark.parametrize("over", ["signed out", "expired", "inactive", "password changed", "another's key", "no key"])
def test_nobody_hears_without_a_session_that_holds(over: str, nurse: User, ward: Ward) -> None:
    session = session_of(nurse)
    assert answer(as_person(session, of_ward(ward))) is HEARS
    match over:
        case "signed out":
            Session.objects.get(session_key=session).delete()
        case "expired":
            Session.objects.filter(session_key=session).update(expire_date=timezone.now() - timedelta(seconds=1))
        case "inactive":
            User.objects.filter(pk=nurse.pk).update(is_active=False)
        case "password changed":
            nurse.set_password("another ward at night")
            nurse.save()
        case "another's key":
            session = "x" * 32
        case "no key":
            session = ""
    assert answer(as_person(session, of_ward(ward))) is SIGNED_OUT


def test_who_leaves_a_ward_hears_of_it_no_more(nurse: User, ward: Ward) -> None:
    asks = as_person(session_of(nurse), of_ward(ward))
    nurse.wards.clear()
    assert answer(asks) is NOT_THEIRS


def test_a_display_hears_of_its_ward_alone_until_it_is_revoked(
    display: WallDisplay, ward: Ward, patient: Patient, admin: User, elsewhere: Ward
) -> None:
    token = actions.pair_display(submission_id=uuid4(), code=code_of(display))
    asks = asker({COOKIE: token}, [of_ward(ward)])
    assert answer(asks) is HEARS
    assert answer(asker({COOKIE: token}, [of_ward(elsewhere)])) is NOT_THEIRS
    assert answer(asker({COOKIE: token}, [Topic("patient", patient.pk)])) is NOT_THEIRS
    assert answer(asker({COOKIE: "a guess"}, [of_ward(ward)])) is SIGNED_OUT
    actions.revoke_display(by=admin, submission_id=uuid4(), display=display)
    assert answer(asks) is SIGNED_OUT


def test_a_look_at_all_streams_takes_as_many_queries_as_at_one_and_writes_nothing(
    ward: Ward, patient: Patient, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    people = [a_user(f"nurse {number}", Role.NURSE) for number in range(20)]
    for one in people:
        one.wards.add(ward)
    asks = [as_person(session_of(one), of_ward(ward), Topic("patient", patient.pk)) for one in people]
    until = dict(Session.objects.values_list("session_key", "expire_date"))
    with django_assert_num_queries(5):
        assert set(hears(asks).values()) == {HEARS}
    assert dict(Session.objects.values_list("session_key", "expire_date")) == until
