"""What is due for me: does everything that waits stand there, overdue first, each with the page that does it?"""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from patients import actions
from patients.models import Decision, Patient, Role, User, Ward
from patients.shifts import shift_after, shift_of
from patients.views.mine import Item
from tests.patients.cast import a_patient, a_user, hours_ago
from tests.patients.deciding import PRESSOR, answer, seen
from tests.patients.pages import words_of
from tests.patients.test_pauses import paused


def take(nurse: User, *patients: Patient) -> None:
    """For this shift and the next: an hour later may be another shift."""
    for one in patients:
        assert one.ward is not None
        shift = shift_of(one.ward, datetime.now(UTC))
        for of in (shift, shift_after(one.ward, shift)):
            actions.assign(by=nurse, submission_id=uuid4(), patient=one, nurse=nurse, shift=of.start)


def due_for(client: Client, nurse: User) -> list[Item]:
    client.force_login(nurse)
    items: list[Item] = client.get(reverse("my_patients")).context["items"]
    return items


def test_only_my_patients_are_there_and_without_any_the_page_says_how_to_take_one(
    client: Client, nurse: User, ward: Ward, patient: Patient
) -> None:
    other = a_user("other", Role.NURSE)
    other.wards.add(ward)
    take(nurse, patient)
    assert [item.patient.pk for item in due_for(client, nurse)][:1] == [patient.pk]
    assert due_for(client, other) == []
    assert "No patient is yours in this shift." in words_of(client.get(reverse("my_patients")))


def test_a_patient_whom_nobody_assessed_since_the_infusion_is_overdue(
    client: Client, nurse: User, patient: Patient
) -> None:
    take(nurse, patient)
    (item,) = due_for(client, nurse)
    assert (item.overdue, item.at) == (True, patient.infusions.get().started_at)
    assert item.what.startswith("First assessment")
    assert item.url == reverse("assess", args=[patient.pk])


def test_everything_that_waits_is_listed_overdue_first_then_by_its_time_with_the_page_that_does_it(
    client: Client, nurse: User, physician: User, ward: Ward, patient: Patient
) -> None:
    later = a_patient(nurse, ward, mrn="2", family_name="Ahlgren", given_name="Eva")
    seen(nurse, later, 0.01)
    seen(nurse, patient, 1, PRESSOR)
    answer(client, patient, physician, "tocilizumab", answer="accepted")
    decision = Decision.objects.get()
    take(nurse, patient, later)
    items = due_for(client, nurse)
    assert [item.overdue for item in items] == sorted((item.overdue for item in items), reverse=True)
    times = [(not item.overdue, item.at) for item in items]
    assert times == sorted(times)
    mine = {(item.what.split(":")[0], item.url) for item in items if item.patient.pk == patient.pk}
    page = reverse("patient_detail", args=[patient.pk])
    assert ("Reassess", reverse("assess", args=[patient.pk])) in mine
    assert ("No result for 24 h", reverse("enter_result", args=[patient.pk])) in mine
    assert ("Accepted, not given yet", reverse("give_accepted", args=[patient.pk, decision.pk])) in mine
    points = [what for what, url in mine if url == f"{page}#suggestion-exclude-infection"]
    assert len(points) == 1
    assert "points open" in points[0]
    overdue = {item.what for item in items if item.overdue}
    assert {"Reassess", "No result for 24 h"} <= overdue
    assert not any("points" in what or "Accepted" in what for what in overdue)
    waiting = [item for item in items if item.patient.pk == later.pk and item.what == "Reassess"]
    assert [item.overdue for item in waiting] == [False]


def test_what_is_done_is_gone(client: Client, nurse: User, physician: User, patient: Patient) -> None:
    seen(nurse, patient, 1, PRESSOR)
    answer(client, patient, physician, "tocilizumab", answer="accepted")
    take(nurse, patient)
    before = {item.what for item in due_for(client, nurse)}
    actions.give_treatment(
        by=nurse, submission_id=uuid4(), patient=patient, drug="tocilizumab", accepted_decision=Decision.objects.get()
    )
    actions.enter_result(by=nurse, submission_id=uuid4(), patient=patient, analyte="crp", value=5, unit="mg/L")  # type: ignore[arg-type]
    after = {item.what for item in due_for(client, nurse)}
    assert {what.split(":")[0] for what in before - after} >= {"No result for 24 h", "Accepted, not given yet"}
    actions.record_death(by=physician, submission_id=uuid4(), patient=patient, due_to_crs=False)
    assert due_for(client, nurse) == []


def test_a_watch_that_is_over_is_listed_with_its_card(
    client: Client, nurse: User, physician: User, patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen(nurse, patient, 1, PRESSOR)
    until = (datetime.now(UTC) + timedelta(hours=1)).replace(second=0, microsecond=0)
    local = until.astimezone(patient.ward.zone) if patient.ward else until
    answer(client, patient, physician, "tocilizumab", answer="watching", watch_until=f"{local:%d-%b-%Y %H:%M}")
    take(nurse, patient)
    assert not [item for item in due_for(client, nurse) if item.what.startswith("Watch over")]
    monkeypatch.setattr("django.utils.timezone.now", lambda: until + timedelta(seconds=1))
    (item,) = [item for item in due_for(client, nurse) if item.what.startswith("Watch over")]
    assert (item.at, item.overdue) == (until, True)
    assert item.url == f"{reverse('patient_detail', args=[patient.pk])}#suggestion-tocilizumab"


def test_off_the_ward_the_round_says_where_and_a_concern_stands_first(
    client: Client, nurse: User, patient: Patient
) -> None:
    seen(nurse, patient, 1, PRESSOR)
    take(nurse, patient)
    assert due_for(client, nurse)[0].overdue
    paused(nurse, patient, 0, -1)
    actions.raise_concern(by=nurse, submission_id=uuid4(), patient=patient, why="Mottled knees")
    (item,) = [item for item in due_for(client, nurse) if item.what.startswith("Reassess")]
    assert (item.what, item.overdue, item.at) == ("Reassess when back", False, hours_ago(-1))
    page = client.get(reverse("my_patients")).content.decode()
    assert page.index("Mottled knees") < page.index("In imaging")


def test_a_grade_stands_with_when_it_was_seen_and_that_its_values_ran_out(
    client: Client, nurse: User, ward: Ward, patient: Patient
) -> None:
    ungraded = a_patient(nurse, ward, mrn="2", family_name="Ahlgren", infusion=False)
    seen(nurse, patient, 20, PRESSOR)
    take(nurse, patient, ungraded)
    client.force_login(nurse)
    page = words_of(client.get(reverse("my_patients")))
    table = page[page.index("Mine in this shift") :]
    assert "20 h ago" in table
    assert "Values ran out since" in table
    assert "Not graded: no infusion" in table


def test_an_open_page_is_told_of_what_is_recorded_and_asks_for_nothing_else(
    client: Client, nurse: User, patient: Patient
) -> None:
    take(nurse, patient)
    client.force_login(nurse)
    address = reverse("my_patients")
    page = client.get(address)
    assert f'data-url="{address}" data-etag="{escape(page.context["tag"])}"' in page.content.decode()
    asked = {"If-None-Match": page.context["tag"], "HX-Request": "true"}
    with time_machine.travel(timezone.now(), tick=False):
        asked["If-None-Match"] = client.get(address).context["tag"]
        assert client.get(address, headers=asked).status_code == 304
        actions.raise_concern(by=nurse, submission_id=uuid4(), patient=patient, why="Mottled knees")
        answer = client.get(address, headers=asked)
    assert answer.status_code == 200
    assert "Mottled knees" in words_of(answer)
