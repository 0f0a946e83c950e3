"""Does the blank sheet ask what the form asks, in its order, and hold the tables that grade?"""

import re

import pytest
from django.test import Client
from django.urls import reverse

from grading.scales import ALL
from patients.models import Patient, User
from patients.sheet import HOURS, ORDER, blank_sheet
from tests.patients.pages import words_of
from tests.patients.pdfs import needs_pdf, pages_of


@pytest.mark.django_db
def test_the_rows_of_the_sheet_stand_in_the_tab_order_of_the_form(
    client: Client, physician: User, patient: Patient
) -> None:
    client.force_login(physician)
    page = client.get(reverse("assess", args=[patient.pk])).content.decode()
    names = list(dict.fromkeys(re.findall(r'<(?:input|select|textarea)[^>]* name="([a-z0-9_]+)"', page)))
    signs = ORDER[: ORDER.index("pressure_restored") + 1]
    places = [names.index(name) for name in signs]
    assert places == sorted(places)
    assert set(ORDER) <= set(names)


@pytest.mark.django_db
def test_the_sheet_has_eight_hours_two_boxes_to_name_the_patient_and_who_saw_and_wrote(
    client: Client, nurse: User
) -> None:
    client.force_login(nurse)
    answer = client.get(reverse("blank_sheet"))
    page = words_of(answer)
    for label in (
        "Name",
        "Number",
        "Born",
        "Allergies",
        "Temperature °C or °F",
        "Agent 1",
        "Observed by",
        "Transcribed by",
    ):
        assert label in page, label
    row = answer.content.decode().partition('<th scope="row">Temperature')[2].partition("</tr>")[0]
    assert row.count("<td></td>") == HOURS == 8


def test_every_criterion_of_every_scale_stands_in_its_table() -> None:
    sheet = blank_sheet()
    assert len(sheet.tables) == len(ALL)
    for scale, table in zip(ALL, sheet.tables, strict=True):
        assert [row.grade for row in table.rows] == sorted({criterion.grade for criterion in scale.criteria})
        listed = [(row.grade, words) for row in table.rows for words, _ in row.criteria]
        assert sorted(listed) == sorted((criterion.grade, criterion.words) for criterion in scale.criteria)


def test_a_criterion_that_is_never_met_by_itself_is_marked_so() -> None:
    astct = blank_sheet().tables[0]
    marked = [words for row in astct.rows for words, open_only in row.criteria if open_only]
    assert marked == ["Hypotension that fluids have not restored may require a vasopressor"]


def test_the_high_doses_are_those_of_lee_2014_table_3() -> None:
    assert blank_sheet().high == (
        "norepinephrine alone from 20 mcg/min",
        "dopamine alone from 10 mcg/kg/min",
        "phenylephrine alone from 200 mcg/min",
        "epinephrine alone from 10 mcg/min",
        "vasopressin with another: norepinephrine equivalent from 10 mcg/min",
        "several, no vasopressin: norepinephrine equivalent from 20 mcg/min",
        "each for 3 h or more",
    )


@pytest.mark.django_db
def test_the_sheet_is_one_page_to_write_on_and_one_to_grade_by(client: Client, nurse: User) -> None:
    needs_pdf()
    client.force_login(nurse)
    pages = pages_of(client.get(reverse("blank_sheet"), {"format": "pdf"}).content)
    assert len(pages) == 2
    assert "Transcribed by" in pages[0]
    assert pages[1].startswith("Grade by hand")
