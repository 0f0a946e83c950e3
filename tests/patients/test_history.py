"""Does the history show every row ever, what became of it, and where what holds in its place stands?"""

from decimal import Decimal
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import DjangoAssertNumQueries

from patients import actions
from patients.models import Patient, Role, User, Ward
from patients.permissions import READS
from tests.patients.cast import a_patient, a_user, a_ward, an_assessment, hours_ago
from tests.patients.pages import words_of


def test_every_row_stands_in_it_the_last_entered_first_with_who_and_when(
    client: Client, nurse: User, physician: User, patient: Patient
) -> None:
    an_assessment(nurse, patient, 5, temperature_c=Decimal("39.5"))
    actions.choose_protocol(
        by=physician, submission_id=uuid4(), patient=patient, protocol="lee-2014", reason="in a study"
    )
    actions.raise_concern(by=nurse, submission_id=uuid4(), patient=patient, why="gray and sweating")
    client.force_login(nurse)
    lines = client.get(reverse("history", args=[patient.pk])).context["lines"]
    assert [line.kind for line in lines[:3]] == ["Concern", "Protocol", "Assessment"]
    assert {"Facts", "Name and number", "Bed", "Weight", "Height", "Infusion"} <= {line.kind for line in lines}
    assessment = lines[2]
    assert assessment.late
    assert assessment.text.startswith("Temperature 39.5 °C")
    assert assessment.by == "Nurse One"
    assert "in a study" in lines[1].text
    assert "gray and sweating" in lines[0].text


def test_a_superseded_row_is_struck_through_with_the_reason_and_leads_to_its_replacement(
    client: Client, nurse: User, patient: Patient
) -> None:
    row = an_assessment(nurse, patient, 1, temperature_c=Decimal("39.5"))
    new = actions.correct_row(
        by=nurse, submission_id=uuid4(), row=row, values={"temperature_c": Decimal("38.5")}, reason="misread", text="38"
    )
    client.force_login(nurse)
    answer = client.get(reverse("history", args=[patient.pk]))
    page = answer.content.decode()
    assert "<del>Temperature 39.5 °C</del>" in page
    assert "misread or misheard, «38»" in page
    old = next(line for line in answer.context["lines"] if line.anchor == f"assessment-{row.pk}")
    assert old.fate is not None
    assert old.fate.link is not None
    assert old.fate.link.url.endswith(f"#assessment-{new.pk}")
    assert old.acts is None
    replacement = next(line for line in answer.context["lines"] if line.anchor == f"assessment-{new.pk}")
    assert replacement.origin is not None
    assert replacement.origin.url.endswith(f"#assessment-{row.pk}")
    assert replacement.acts is not None


def test_it_has_pages_of_a_hundred_and_links_lead_to_the_right_one(
    client: Client, nurse: User, patient: Patient
) -> None:
    first = an_assessment(nurse, patient, 20, temperature_c=Decimal("39.5"))
    for n in range(100):
        an_assessment(nurse, patient, 10 - n / 100, heart_rate=Decimal(80 + n % 20))
    new = actions.correct_row(
        by=nurse, submission_id=uuid4(), row=first, values={"temperature_c": Decimal("38.5")}, reason="misread"
    )
    client.force_login(nurse)
    page = reverse("history", args=[patient.pk])
    one, two = client.get(page), client.get(page, {"page": "2"})
    assert len(one.context["lines"]) == 100
    assert "Page 1 of 2" in words_of(one)
    old = next(line for line in two.context["lines"] if line.anchor == f"assessment-{first.pk}")
    assert old.fate.link.url == f"{page}#assessment-{new.pk}"
    replacement = next(line for line in one.context["lines"] if line.anchor == f"assessment-{new.pk}")
    assert replacement.origin.url == f"{page}?page=2#assessment-{first.pk}"


def test_a_page_reads_no_more_however_many_rows_it_shows(
    client: Client, nurse: User, patient: Patient, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    rows = [an_assessment(nurse, patient, 5 - n / 10, temperature_c=Decimal("39.5")) for n in range(20)]
    for row in rows:
        actions.mark_entered_in_error(by=nurse, submission_id=uuid4(), row=row, reason="twice")
    client.force_login(nurse)
    with django_assert_max_num_queries(70):
        client.get(reverse("history", args=[patient.pk]))


def test_the_record_of_a_patient_whom_the_user_may_not_see_is_named_by_nobody(
    client: Client, nurse: User, physician: User, patient: Patient
) -> None:
    far = a_ward(physician, "Ward 9")
    stranger = a_patient(physician, far, mrn="3003", family_name="Brown")
    row = an_assessment(physician, patient, 1, temperature_c=Decimal("39.5"))
    actions.move_to_patient(by=physician, submission_id=uuid4(), row=row, to=stranger)
    client.force_login(nurse)
    page = client.get(reverse("history", args=[patient.pk]))
    assert "of a patient of another ward" in words_of(page)
    assert "BROWN" not in page.content.decode().upper()


@pytest.mark.parametrize("role", sorted(READS))
def test_who_reads_it_reads_that_of_the_own_ward_and_is_offered_to_correct(
    role: Role, client: Client, nurse: User, patient: Patient, ward: Ward
) -> None:
    an_assessment(nurse, patient, 1, temperature_c=Decimal("39.5"))
    user = a_user(f"a {role}", role)
    page = reverse("history", args=[patient.pk])
    client.force_login(user)
    assert client.get(page).status_code == 404
    user.wards.add(ward)
    answer = client.get(page)
    assert answer.status_code == 200
    assert "Entered in error" in words_of(answer)


def test_what_was_seen_long_before_it_was_entered_is_marked_late(client: Client, nurse: User, patient: Patient) -> None:
    an_assessment(nurse, patient, 0.2, temperature_c=Decimal("39.5"))
    an_assessment(nurse, patient, 0.3, temperature_c=Decimal("39.5"))
    client.force_login(nurse)
    lines = client.get(reverse("history", args=[patient.pk])).context["lines"]
    assert [line.late for line in lines[:2]] == [True, False]
    assert hours_ago(0.3) == lines[0].at
