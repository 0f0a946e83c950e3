"""Do the scales stand side by side over time with why they differ, and is a course summed up with nothing made up?"""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from grading import record
from patients import actions
from patients.models import Patient, User
from patients.views import over_time
from patients.views.over_time import lines_of, on_page
from tests.grading.ward import febrile, graded, on, runs, well
from tests.patients.cast import a_patient, an_assessment, hours_ago
from tests.patients.pages import words_of

CANNULA_40 = record.Oxygen(device="nasal-cannula", flow_l_min=Decimal(5), fio2_percent=Decimal(40))
FEVER = Decimal("38.9")


def test_a_change_is_marked_on_the_scale_that_changed_with_what_it_was() -> None:
    lines = lines_of(
        graded(
            febrile(24), febrile(28, organ_toxicity={"renal": 2}), febrile(32, organ_toxicity={"renal": 0})
        ).assessments
    )
    changed = [{cell.name: cell.was.grade for cell in line.cells if cell.was is not None} for line in lines]
    assert changed == [{}, {"Lee 2014": 1}, {"Lee 2014": 2}]
    assert [len(line.why) for line in lines] == [0, 4, 0]


def test_a_grade_that_becomes_uncertain_is_a_change_too() -> None:
    lines = lines_of(graded(febrile(24), febrile(29, vasopressors=None)).assessments)
    assert {cell.name for cell in lines[1].cells if cell.was} >= {"ASTCT 2019", "Lee 2014", "CTCAE v5.0"}


def test_the_same_reasons_are_said_once() -> None:
    pressor = {"vasopressors": (runs("norepinephrine", 5),)}
    lines = lines_of(graded(febrile(24, **pressor), febrile(26, **pressor), well(28, oxygen=on("cpap"))).assessments)
    assert [line.as_above for line in on_page(lines[::-1])] == [False, False, True]


def test_the_page_shows_the_latest_first_with_every_scale_and_why_they_differ(
    client: Client, nurse: User, patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    an_assessment(nurse, patient, 3, temperature_c=FEVER)
    an_assessment(nurse, patient, 2, temperature_c=FEVER, oxygen=CANNULA_40)
    an_assessment(nurse, patient, 1, temperature_c=FEVER)
    client.force_login(nurse)
    monkeypatch.setattr(over_time, "PAGE", 2)
    page = client.get(reverse("scales_over_time", args=[patient.pk]))
    assert [line.at for line in page.context["lines"]] == [hours_ago(1), hours_ago(2)]
    assert "ASTCT 2019 grades 2 for oxygen for hypoxia" in words_of(page).replace("at least 2, at most 4,", "2")
    assert "Changed:" in words_of(page)
    second = client.get(reverse("scales_over_time", args=[patient.pk]), {"page": "2"})
    assert [line.at for line in second.context["lines"]] == [hours_ago(3)]


def test_the_first_line_of_each_page_says_its_reasons_in_full(
    client: Client, nurse: User, patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    for hours in (4, 3, 2, 1):
        an_assessment(nurse, patient, hours, temperature_c=FEVER, oxygen=CANNULA_40)
    client.force_login(nurse)
    monkeypatch.setattr(over_time, "PAGE", 2)
    for page in ("1", "2"):
        answer = client.get(reverse("scales_over_time", args=[patient.pk]), {"page": page})
        assert "it has no criterion «FiO2 at or above 40%»" in words_of(answer)
        assert [line.as_above for line in answer.context["lines"]] == [False, True]


def test_an_earlier_course_has_its_own_scales_and_its_own_summary(
    client: Client, nurse: User, patient: Patient
) -> None:
    first = patient.infusions.get()
    an_assessment(nurse, patient, 30, temperature_c=FEVER)
    actions.start_infusion(
        by=nurse,
        submission_id=uuid4(),
        patient=patient,
        infusion=actions.NewInfusion(cause="bispecific", product="teclistamab", started_at=hours_ago(5)),
    )
    client.force_login(nurse)
    now = words_of(client.get(reverse("scales_over_time", args=[patient.pk])))
    assert "Nothing has been charted since the infusion." in now
    earlier = client.get(reverse("earlier_scales", args=[patient.pk, first.pk]))
    assert "An earlier course: axicabtagene ciloleucel." in words_of(earlier)
    assert len(earlier.context["lines"]) == 1
    summary = client.get(reverse("course_summary", args=[patient.pk]))
    assert [one.infusion.product for one in summary.context["courses"]] == ["teclistamab", "axicabtagene ciloleucel"]
    words = words_of(summary)
    assert "Onset not known: nothing has been charted since the infusion." in words
    assert "Not resolved by the last assessment" in words
    assert "(an earlier course)" in words


def test_the_course_of_another_patient_is_not_found(client: Client, nurse: User, patient: Patient) -> None:
    assert patient.ward is not None
    other = a_patient(nurse, patient.ward, mrn="777")
    client.force_login(nurse)
    address = reverse("earlier_scales", args=[patient.pk, other.infusions.get().pk])
    assert client.get(address).status_code == 404


def test_the_summary_says_when_and_how_long_after_with_two_identifiers_on_each_sheet(
    client: Client, nurse: User, patient: Patient
) -> None:
    an_assessment(nurse, patient, 12, temperature_c=FEVER)
    actions.give_treatment(
        by=nurse,
        submission_id=uuid4(),
        patient=patient,
        drug="Actemra",
        dose=Decimal(560),
        unit="mg",
        route="iv",
        purpose="crs",
        at=hours_ago(10),
    )
    an_assessment(nurse, patient, 8, temperature_c=FEVER, oxygen=CANNULA_40)
    client.force_login(nurse)
    answer = client.get(reverse("course_summary", args=[patient.pk]))
    page = answer.content.decode()
    head = page[page.index("<thead>") : page.index("</thead>")]
    assert "999 123 4567" in head and "14-Aug-1980" in head and "LINDQVIST, Maja" in head
    words = words_of(answer)
    assert "36 h after the start of the infusion" in words
    assert "tocilizumab anticytokine 1" in words
    assert "2 h after" in words
    assert "may have been up to 4: not everything was charted" in words
    assert answer.context["courses"][0].of.since_onset(hours_ago(8)) == timedelta(hours=4)


def test_a_patient_without_an_infusion_has_no_course_to_sum_up(client: Client, nurse: User, patient: Patient) -> None:
    assert patient.ward is not None
    other = a_patient(nurse, patient.ward, mrn="777", infusion=False)
    client.force_login(nurse)
    assert "there is no course yet" in words_of(client.get(reverse("course_summary", args=[other.pk])))
    assert "No infusion is charted" in words_of(client.get(reverse("scales_over_time", args=[other.pk])))
