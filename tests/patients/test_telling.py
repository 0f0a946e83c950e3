"""Is everybody told of every act, when it commits and not before, in words that say nothing?"""

import re
from collections.abc import Iterator
from decimal import Decimal
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from crsweb.streams import address
from patients import actions
from patients.models import User, WallDisplay
from patients.topics import CHANNEL, Topic
from tests.patients.cast import a_patient, a_ward, hours_ago

OPAQUE = re.compile("(ward|patient)-[0-9]+ [0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@pytest.fixture
def ear(transactional_db: None) -> Iterator["psycopg.Connection[tuple[object, ...]]"]:
    with psycopg.connect(autocommit=True, **address()) as connection:
        connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(CHANNEL)))
        yield connection


def heard(ear: "psycopg.Connection[tuple[object, ...]]") -> set[str]:
    """The topics that were told of since the last call."""
    ear.execute("SELECT 1")
    payloads = [one.payload for one in ear.notifies(timeout=0)]
    assert all(OPAQUE.fullmatch(one) for one in payloads), payloads
    return {one.partition(" ")[0] for one in payloads}


def test_an_act_tells_of_its_patient_and_wards_and_what_is_not_recorded_of_nothing(
    ear: "psycopg.Connection[tuple[object, ...]]", nurse: User, physician: User, admin: User
) -> None:
    ward, other = a_ward(nurse), a_ward(nurse, "Another ward")
    here, there = f"ward-{ward.pk}", f"ward-{other.pk}"
    heard(ear)
    patient = a_patient(nurse, ward, bed=ward.beds.get())
    them = f"patient-{patient.pk}"
    assert heard(ear) == {here, them}

    submission = uuid4()
    concern = actions.raise_concern(by=nurse, submission_id=submission, patient=patient, why="drowsy")
    assert heard(ear) == {here, them}
    actions.raise_concern(by=nurse, submission_id=submission, patient=patient, why="drowsy")
    assert heard(ear) == set()  # a second tap recorded nothing
    with pytest.raises(actions.Refused):
        actions.raise_concern(by=nurse, submission_id=submission, patient=patient, why="pale")
    assert heard(ear) == set()
    actions.acknowledge_concern(by=physician, submission_id=uuid4(), concern=concern)
    assert heard(ear) == {here, them}

    actions.transfer(by=nurse, submission_id=uuid4(), patient=patient, ward=other, at=hours_ago(0.2))
    assert heard(ear) == {here, there, them}  # a board that they left loses them
    actions.discharge(by=nurse, submission_id=uuid4(), patient=patient, at=hours_ago(0.1))
    assert them in heard(ear)

    second = a_patient(nurse, ward, mrn="1002")
    third = a_patient(nurse, other, mrn="1003")
    heard(ear)
    actions.record_measurement(by=nurse, submission_id=uuid4(), patient=second, height_cm=Decimal(171))
    assert heard(ear) == {here, f"patient-{second.pk}"}
    actions.move_to_patient(by=nurse, submission_id=uuid4(), row=second.heights.latest("id"), to=third)
    assert heard(ear) == {here, there, f"patient-{second.pk}", f"patient-{third.pk}"}

    actions.change_ward_settings(by=admin, submission_id=uuid4(), ward=ward, document={}, default_protocol="lee-2014")
    assert {here, f"patient-{second.pk}"} <= heard(ear)
    display: WallDisplay = actions.open_display(by=admin, submission_id=uuid4(), ward=ward, label="Corridor")
    actions.revoke_display(by=admin, submission_id=uuid4(), display=display)
    assert heard(ear) == {here}


@pytest.mark.parametrize("text", ["", "ward", "ward-", "ward-0", "ward-1x", "bed-1", "patient--1", "ward-1 "])
def test_what_is_no_topic_is_none(text: str) -> None:
    assert Topic.read(text) is None


def test_a_topic_reads_back_as_it_is_written() -> None:
    assert Topic.read(str(Topic("patient", 12))) == Topic("patient", 12)
