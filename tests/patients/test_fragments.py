"""Does each part that a page fetches while it is open say what the page says when it is read anew?

The board's rows and the corrected assessment's grade are compared where these pages are tested; «My patients» fetches
its own page.
"""

import re
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from patients import actions
from patients.displays import COOKIE, code_of
from patients.models import Patient, User, Ward
from patients.urls import urlpatterns
from tests.patients.assess import Form
from tests.patients.deciding import PRESSOR, seen

COMPARED = {"worklist_rows", "wall_rows", "patient_changed", "assess_verdict"}  # here
ELSEWHERE = {"board_rows", "correct_assessment_verdict"}


def spaced(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def test_every_part_that_is_fetched_is_compared() -> None:
    names = {str(pattern.name) for pattern in urlpatterns}
    parts = {name for name in names if name.endswith(("_rows", "_verdict", "_changed"))}
    assert parts == COMPARED | ELSEWHERE


@pytest.mark.parametrize("of", ["worklist", "wall"])
def test_the_rows_are_those_of_the_page(
    of: str, client: Client, nurse: User, physician: User, admin: User, ward: Ward, patient: Patient
) -> None:
    seen(nurse, patient, 1, PRESSOR)
    actions.raise_concern(by=nurse, submission_id=uuid4(), patient=patient, why="Mottled knees")
    if of == "worklist":
        client.force_login(physician)
    else:
        display = actions.open_display(by=admin, submission_id=uuid4(), ward=ward, label="Corridor")
        client.cookies[COOKIE] = actions.pair_display(submission_id=uuid4(), code=code_of(display))
    with time_machine.travel(timezone.now(), tick=False):
        page = client.get(reverse(of)).content.decode()
        part = client.get(reverse(f"{of}_rows")).content.decode()
    assert "Concern" in part
    assert spaced(part) in spaced(page)


def test_the_line_about_a_change_leads_to_a_page_that_is_up_to_date(
    client: Client, nurse: User, patient: Patient
) -> None:
    client.force_login(nurse)
    page, line = reverse("patient_detail", args=[patient.pk]), reverse("patient_changed", args=[patient.pk])
    read = re.search(r'data-etag="([^"]*)"', client.get(page).content.decode())
    actions.raise_concern(by=nurse, submission_id=uuid4(), patient=patient, why="Mottled knees")
    told = client.get(line).content.decode()
    assert "read again" in told
    again = re.search(r'data-etag="([^"]*)"', told)
    assert read is not None and again is not None and read[1] != again[1]
    assert f'data-etag="{again[1]}"' in client.get(page).content.decode()


def test_the_grade_beside_the_form_is_that_of_the_form_sent_and_refused(nurse: User, patient: Patient) -> None:
    seen(nurse, patient, 1, PRESSOR)
    form = Form(nurse, patient).fill(temperature="33.0", spo2="97")
    with time_machine.travel(timezone.now(), tick=False):
        live = form.verdict()
        refused = form.record()
    assert refused.status_code == 422
    assert spaced(live.split("<template")[0]) in spaced(refused.content.decode())
