"""Does the blank sheet ask what the form asks, in its order, and hold the tables that grade?"""

import re

import pytest
from django.test import Client
from django.urls import reverse

from grading.scales import ALL
from patients.models import Patient, User, Ward, WardSettings
from patients.sheet import HOURS, ORDER, blank_sheet
from tests.patients.cast import a_submission, a_user, a_ward
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
    assert set(ORDER) - {"capd_score"} <= set(names)  # which a patient under 12 years is asked in place of ICE


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


def test_the_definitions_to_grade_by_stand_on_the_sheet() -> None:
    # Typed from the clinical rules 1.2 to 1.4, 2.1 and 2.5
    sheet = blank_sheet()
    assert sheet.hypotension == (
        "hypotension: a low pressure, a fluid bolus for it, or a vasopressor for it",
        "low is a systolic in mmHg below: under 1 month 60; 1 to 11 months 70; "
        "1 to 9 years 70 + 2 × age in completed years; 10 years and over 90",
        "from 18 years also a mean below 65 mmHg, or a systolic more than 40 mmHg below the baseline; "
        "mean: (systolic + 2 × diastolic) ÷ 3",
    )
    assert sheet.equivalent == (
        "norepinephrine equivalent, mcg/min: norepinephrine + dopamine (mcg/kg/min) ÷ 2 + epinephrine + "
        "phenylephrine ÷ 10; no other agent is in it",
        "mcg/kg/min × weight in kg = mcg/min; mg/h × 1,000 ÷ 60 = mcg/min",
    )
    assert sheet.fio2 == (
        "FiO2 not known, is it 40% or more? Nasal cannula up to 4 L/min no, over 4 up to 6 unknown, over 6 yes; "
        "blow-by no; simple mask from 5 L/min yes; non-rebreather yes; every other unknown"
    )
    assert sheet.capd == (
        "never 4, rarely 3, sometimes 2, often 1, always 0: makes eye contact with the caregiver; "
        "actions are purposeful; aware of the surroundings; communicates needs and wants",
        "never 0, rarely 1, sometimes 2, often 3, always 4: restless; inconsolable; "
        "underactive: very little movement while awake; takes long to respond to interactions",
    )
    assert "an anticytokine drug was given since 60 min before the first onset" in sheet.tables[0].note


def test_whatever_a_table_asks_for_has_a_row() -> None:
    labels = {line.label for block in blank_sheet().blocks for line in block.lines}
    assert {"CAPD score", "ICE score", "Organ toxicity", "Response to symptomatic treatment"} <= labels


@pytest.mark.django_db
def test_the_rounds_on_the_sheet_are_those_of_the_ward_that_is_asked_for(
    client: Client, nurse: User, ward: Ward
) -> None:
    quick = a_ward(nurse, "Ward 9")
    WardSettings.objects.create(
        ward=quick,
        version="Ward 9, quicker",
        document={"reassess_after": [240, 240, 120, 60, 10], "windows": {"oxygen": 60}},
        default_protocol="review-2024",
        submission=a_submission(nurse),
        entered_by=nurse,
    )
    client.force_login(nurse)
    first = words_of(client.get(reverse("blank_sheet")))
    assert "grade 4: 15 min" in first and f"[H], {ward}" in first
    answer = client.get(reverse("blank_sheet"), {"ward": quick.pk})
    assert "grade 4: 10 min" in words_of(answer)
    assert "oxygen: 60 min" in words_of(answer) or "oxygen: 1 h" in words_of(answer)
    assert f"?ward={quick.pk}&amp;format=pdf" in answer.content.decode()
    other = a_ward(a_user("someone"), "Ward 8")
    for asked in (other.pk, "x"):
        assert client.get(reverse("blank_sheet"), {"ward": asked}).status_code == 404


@pytest.mark.django_db
def test_the_sheet_is_one_page_to_write_on_and_one_to_grade_by(client: Client, nurse: User) -> None:
    needs_pdf()
    client.force_login(nurse)
    pages = pages_of(client.get(reverse("blank_sheet"), {"format": "pdf"}).content)
    assert len(pages) == 2
    assert "Transcribed by" in pages[0]
    assert pages[1].startswith("Grade by hand")
