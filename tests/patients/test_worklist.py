"""Whom does a physician see first, who is left out, and does the count beside the link say the same as the list?"""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from grading import record
from patients import actions
from patients.models import Patient, User, Ward
from tests.patients.cast import a_patient, a_ward, an_assessment
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
