"""Whom does a physician see first, who is left out, and does the count beside the link say the same as the list?"""

import re
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from grading import record
from patients import actions
from patients.models import Patient, User, Ward
from tests.patients.cast import a_patient, a_ward, an_assessment
from tests.patients.deciding import PRESSOR, answer, seen
from tests.patients.pages import words_of
from tests.patients.test_signing import GRADE_1, GRADE_2, sign

CALM: dict[str, Any] = GRADE_1 | {"temperature_c": Decimal("36.9")}
GRADE_3 = GRADE_2 | {"vasopressors": (record.Vasopressor(agent="norepinephrine", rate=Decimal(5), unit="mcg/min"),)}


def listed(client: Client, physician: User) -> Sequence[str]:
    """The family names on the worklist, in order."""
    client.force_login(physician)
    return [row.name.partition(",")[0] for row in client.get(reverse("worklist")).context["rows"]]


def counted(client: Client) -> int:
    found = re.search(r"Worklist , (\d+) waiting", words_of(client.get(reverse("patient_list"))).replace("  ", " "))
    assert found is not None
    return int(found[1])


def another(nurse: User, ward: Ward, name: str) -> Patient:
    return a_patient(nurse, ward, mrn=name, family_name=name)


def test_the_highest_grade_stands_first_and_of_one_grade_the_longest_unseen(
    client: Client, nurse: User, physician: User, ward: Ward
) -> None:
    an_assessment(nurse, another(nurse, ward, "Early"), 5, **GRADE_2)
    an_assessment(nurse, another(nurse, ward, "Late"), 1, **GRADE_2)
    an_assessment(nurse, another(nurse, ward, "Worst"), 0.5, **GRADE_3)
    an_assessment(nurse, another(nurse, ward, "Risen"), 6, **GRADE_1)
    an_assessment(nurse, another(nurse, ward, "Calm"), 1, **CALM)
    another(nurse, ward, "Unseen")
    assert listed(client, physician) == ["WORST", "EARLY", "LATE", "RISEN"]
    assert counted(client) == 4


@pytest.mark.parametrize(
    ("courses", "why"),
    [
        ([GRADE_1], "the grade rose to 1"),
        ([CALM, GRADE_2], "grade 2"),
        ([{"temperature_c": Decimal("38.5")}], "the grade is uncertain"),
    ],
)
def test_the_list_says_why(
    courses: list[dict[str, Any]], why: str, client: Client, nurse: User, physician: User, patient: Patient
) -> None:
    for hours, fields in zip((3, 1), courses, strict=False):
        an_assessment(nurse, patient, hours, **fields)
    client.force_login(physician)
    assert why in words_of(client.get(reverse("worklist"))).lower()


def test_a_signed_grade_leaves_the_list_and_the_count(
    client: Client, nurse: User, physician: User, patient: Patient
) -> None:
    an_assessment(nurse, patient, 1, **GRADE_2)
    assert listed(client, physician) == ["LINDQVIST"]
    assert counted(client) == 1
    sign(client, physician, patient)
    assert listed(client, physician) == []
    assert counted(client) == 0
    an_assessment(nurse, patient, 0.5, **GRADE_3)
    assert counted(client) == 1


def test_a_withdrawn_assessment_leaves_the_list_and_the_count(
    client: Client, nurse: User, physician: User, patient: Patient
) -> None:
    row = an_assessment(nurse, patient, 1, **GRADE_2)
    assert listed(client, physician) == ["LINDQVIST"]
    assert counted(client) == 1
    actions.mark_entered_in_error(by=nurse, submission_id=uuid4(), row=row, reason="wrong-patient")
    assert listed(client, physician) == []
    assert counted(client) == 0


def test_a_discharged_patient_and_one_of_another_ward_are_left_out(
    client: Client, nurse: User, physician: User, ward: Ward, patient: Patient
) -> None:
    an_assessment(nurse, patient, 1, **GRADE_2)
    elsewhere = a_patient(nurse, a_ward(nurse, "Another ward"), mrn="2", family_name="Elsewhere")
    an_assessment(nurse, elsewhere, 1, **GRADE_2)
    assert listed(client, physician) == ["LINDQVIST"]
    actions.discharge(by=nurse, submission_id=uuid4(), patient=patient, at=None)
    assert listed(client, physician) == []
    assert counted(client) == 0


def test_an_unacknowledged_concern_stays_first_after_the_discharge(
    client: Client, nurse: User, physician: User, patient: Patient
) -> None:
    concern = actions.raise_concern(by=nurse, submission_id=uuid4(), patient=patient, why="Mottled knees", called="")
    actions.discharge(by=nurse, submission_id=uuid4(), patient=patient, at=None)
    assert listed(client, physician) == ["LINDQVIST"]
    assert counted(client) == 1
    for address in ("patient_list", "worklist"):
        said = words_of(client.get(reverse(address)))
        assert "Mottled knees" in said and "Discharged from" in said
    address = reverse("acknowledge_concern", args=[patient.pk, concern.pk])
    client.post(address, {"submission_id": str(uuid4()), "text": ""})
    assert listed(client, physician) == []
    assert counted(client) == 0
    assert "Mottled knees" not in words_of(client.get(reverse("patient_list")))


def test_a_signature_that_is_open_again_is_asked_for_after_the_discharge_and_can_be_given(
    client: Client, nurse: User, physician: User, patient: Patient
) -> None:
    row = an_assessment(nurse, patient, 1, **GRADE_2)
    sign(client, physician, patient)
    actions.discharge(by=nurse, submission_id=uuid4(), patient=patient, at=None)
    assert (listed(client, physician), counted(client)) == ([], 0)
    actions.correct_row(
        by=nurse, submission_id=uuid4(), row=row, values={"temperature_c": Decimal("39.9")}, reason="typing"
    )
    assert (listed(client, physician), counted(client)) == (["LINDQVIST"], 1)
    sign(client, physician, patient)
    assert (listed(client, physician), counted(client)) == ([], 0)


def test_a_watch_whose_time_has_come_is_on_the_worklist_until_it_is_decided(
    client: Client, nurse: User, physician: User, patient: Patient, ward: Ward
) -> None:
    seen(nurse, patient, 1, PRESSOR)
    sign(client, physician, patient)
    until = timezone.now().astimezone(ward.zone) + timedelta(hours=1)
    answer(client, patient, physician, "tocilizumab", answer="watching", watch_until=f"{until:%d-%b-%Y %H:%M}")
    assert (listed(client, physician), counted(client)) == ([], 0)
    with time_machine.travel(until + timedelta(minutes=1), tick=False):
        assert (listed(client, physician), counted(client)) == (["LINDQVIST"], 1)
        assert (
            f"{until:%H:%M}: Tocilizumab" in words_of(client.get(reverse("worklist"))).partition("Watch over since")[2]
        )
        answer(client, patient, physician, "tocilizumab", answer="declined", reason="not-indicated")
        assert (listed(client, physician), counted(client)) == ([], 0)


def test_a_nurse_has_no_link_to_the_worklist(client: Client, nurse: User, ward: Ward) -> None:
    client.force_login(nurse)
    assert "Worklist" not in words_of(client.get(reverse("patient_list")))
    assert client.get(reverse("worklist")).status_code == 403


def test_the_count_asks_no_more_of_the_database_for_more_patients_once_it_is_known(
    client: Client, nurse: User, physician: User, ward: Ward, patient: Patient
) -> None:
    def queries() -> int:
        address = reverse("raise_concern", args=[patient.pk])
        client.get(address)
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert client.get(address).status_code == 200
        return len(seen)

    client.force_login(physician)
    an_assessment(nurse, patient, 1, **GRADE_2)
    one = queries()
    for name in ("Two", "Three", "Four"):
        an_assessment(nurse, another(nurse, ward, name), 1, **GRADE_2)
    assert queries() == one


def test_the_count_in_the_navigation_of_an_open_page_comes_with_its_rows(
    client: Client, nurse: User, physician: User, patient: Patient
) -> None:
    actions.raise_concern(by=nurse, submission_id=uuid4(), patient=patient, why="Mottled knees")
    for user, count in ((physician, "1"), (nurse, None)):
        client.force_login(user)
        assert client.get(reverse("board_rows")).headers.get("X-Waiting") == count
    client.force_login(physician)
    assert client.get(reverse("worklist_rows")).headers["X-Waiting"] == "1"
    assert "<span data-waiting>1</span>" in client.get(reverse("board")).content.decode()
