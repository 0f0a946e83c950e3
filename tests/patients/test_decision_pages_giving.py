"""Is a dose given on a decision with its arithmetic, asked about where it is unusual, and always recordable?"""

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from patients import actions
from patients.models import Decision, Patient, Treatment, User
from tests.patients.cast import a_patient, hours_ago
from tests.patients.deciding import PRESSOR, answer, card, hidden, page_of, seen, words
from tests.patients.pages import Answer, seen_in


@pytest.fixture
def accepted(client: Client, patient: Patient, nurse: User, physician: User) -> Decision:
    """Tocilizumab 560 mg, accepted at grade 3."""
    seen(nurse, patient, 1, PRESSOR)
    answer(client, patient, physician, "tocilizumab", answer="accepted")
    client.force_login(nurse)
    return Decision.objects.get()


def address(patient: Patient, decision: Decision | None) -> str:
    if decision is None:
        return reverse("give_treatment", args=[patient.pk])
    return reverse("give_accepted", args=[patient.pk, decision.pk])


def give(client: Client, patient: Patient, decision: Decision | None = None, **said: Any) -> Answer:
    """What the form posts that is open now, with these values in it."""
    form = client.get(address(patient, decision)).content.decode()
    fields = hidden(form) | {"drug": "tocilizumab", "dose": "560", "unit": "mg", "route": "iv", "purpose": "crs"}
    return client.post(address(patient, decision), fields | said)


def tokens(page: str) -> list[str]:
    return [part.split('"')[0] for part in page.split('name="confirmed" value="')[1:]]


def a_dose(by: User, patient: Patient, hours: float) -> Treatment:
    return actions.give_treatment(
        by=by,
        submission_id=uuid4(),
        patient=patient,
        drug="Actemra",
        dose=Decimal(560),
        unit="mg",
        route="iv",
        purpose="crs",
        at=hours_ago(hours),
    )


def test_the_form_opens_with_the_accepted_dose_and_its_arithmetic(
    client: Client, patient: Patient, accepted: Decision, physician: User
) -> None:
    page = client.get(address(patient, accepted)).content.decode()
    for value in ("tocilizumab", "560", "mg"):
        assert f'value="{value}"' in page
    assert '<option value="iv" selected' in page
    assert "8 mg/kg × 70 kg = 560 mg; limit 800 mg" in page
    assert f"Accepted by {physician}" in words(page)


def test_giving_is_a_second_act_with_the_actual_dose_by_whoever_gives_it(
    client: Client, patient: Patient, accepted: Decision, nurse: User
) -> None:
    assert give(client, patient, accepted, dose="540").status_code == 302
    row = Treatment.objects.get()
    assert (row.dose, row.entered_by, row.accepted_decision) == (Decimal(540), nurse, accepted)
    said = words(card(page_of(client, patient, nurse), "tocilizumab"))
    assert f"given {row.at:%H}"[:5] in said
    assert "540 mg" in said
    assert "Give tocilizumab" not in said


@pytest.mark.parametrize(("dose", "unit"), [("450", "mg"), ("620", "mg"), ("0.4", "g"), ("28", "mL")])
def test_a_dose_more_than_a_tenth_off_is_asked_about_not_refused(
    dose: str, unit: str, client: Client, patient: Patient, accepted: Decision
) -> None:
    asked = give(client, patient, accepted, dose=dose, unit=unit)
    assert asked.status_code == 422
    assert "Computed is 560 mg" in words(asked.content.decode())
    assert not Treatment.objects.exists()
    confirmed = give(client, patient, accepted, dose=dose, unit=unit, confirmed=tokens(asked.content.decode()))
    assert confirmed.status_code == 302
    assert Treatment.objects.get().confirmed[0]["field"] == "dose"


@pytest.mark.parametrize(("dose", "unit"), [("504", "mg"), ("616", "mg"), ("0.56", "g")])
def test_a_dose_within_a_tenth_is_not_asked_about(
    dose: str, unit: str, client: Client, patient: Patient, accepted: Decision
) -> None:
    assert give(client, patient, accepted, dose=dose, unit=unit).status_code == 302


def test_the_dose_is_compared_without_a_decision_too(client: Client, patient: Patient, nurse: User) -> None:
    seen(nurse, patient, 1, PRESSOR)
    client.force_login(nurse)
    assert give(client, patient, drug="RoActemra", dose="800").status_code == 422
    assert give(client, patient, drug="RoActemra").status_code == 302


def test_another_drug_than_the_accepted_one_is_asked_about(
    client: Client, patient: Patient, accepted: Decision
) -> None:
    asked = give(client, patient, accepted, drug="anakinra", dose="100")
    assert "Accepted was tocilizumab" in words(asked.content.decode())
    assert give(client, patient, accepted, drug="Tyenne").status_code == 302


def test_of_two_first_doses_on_two_screens_the_second_is_told_of_the_first(
    client: Client, patient: Patient, accepted: Decision, physician: User
) -> None:
    form = client.get(address(patient, accepted)).content.decode()
    a_dose(physician, patient, 0.1)
    fields = hidden(form) | {"drug": "tocilizumab", "dose": "560", "unit": "mg"}
    told = client.post(address(patient, accepted), fields)
    assert told.status_code == 422
    assert f"Recorded while this form was open, by {physician}: Actemra 560 mg" in words(told.content.decode())
    assert Treatment.objects.count() == 1
    confirmed = fields | {"confirmed": tokens(told.content.decode())}
    assert client.post(address(patient, accepted), confirmed).status_code == 302
    assert Treatment.objects.count() == 2


def test_three_taps_give_one_dose(client: Client, patient: Patient, accepted: Decision) -> None:
    fields = hidden(client.get(address(patient, accepted)).content.decode())
    fields |= {"drug": "tocilizumab", "dose": "560", "unit": "mg"}
    for _ in range(3):
        assert client.post(address(patient, accepted), fields).status_code == 302
    assert Treatment.objects.count() == 1


def test_a_fifth_dose_and_one_too_soon_are_recorded_and_marked(client: Client, patient: Patient, nurse: User) -> None:
    for hours in (40, 31, 22, 4):
        a_dose(nurse, patient, hours)
    seen(nurse, patient, 1, PRESSOR)
    client.force_login(nurse)
    asked = give(client, patient)
    said = words(asked.content.decode())
    assert "Dose 5 of tocilizumab in this course: 4 at most" in said
    assert "less than 8 h from another dose" in said
    assert give(client, patient, confirmed=tokens(asked.content.decode())).status_code == 302
    row = Treatment.objects.order_by("id").last()
    assert row is not None
    assert {mark["key"] for mark in row.marked} == {"over-the-count", "too-soon"}
    page = words(page_of(client, patient, nurse))
    assert "Dose 5 of 4 , over the limit" in page or "Dose 5 of 4, over the limit" in page
    assert "No further dose in this course" in page


def test_the_ledger_shows_the_grade_at_each_dose_and_since_and_what_is_next(
    client: Client, patient: Patient, nurse: User
) -> None:
    seen(nurse, patient, 5, PRESSOR)
    a_dose(nurse, patient, 4.5)
    seen(nurse, patient, 2, PRESSOR, temperature_c=Decimal("38.4"))
    seen(nurse, patient, 1)
    actions.give_treatment(
        by=nurse,
        submission_id=uuid4(),
        patient=patient,
        drug="dexamethasone",
        dose=Decimal(10),
        unit="mg",
        at=hours_ago(4),
    )
    page = seen_in(page_of(client, patient, nurse))
    assert "Tocilizumab: 1 of 4 doses in this course" in page
    assert "Grade 3 at the dose; since then 3 at" in page
    assert "Next possible from" in page
    assert "Glucocorticoid: 1 dose against CRS or ICANS" in page
    assert "Running : last dose" in page or "Running: last dose" in page


def test_a_decision_that_no_longer_stands_says_so_where_the_dose_is_given(
    client: Client, patient: Patient, accepted: Decision, nurse: User
) -> None:
    seen(nurse, patient, 0.2)
    page = words(client.get(address(patient, accepted)).content.decode())
    assert "Changed since the decision: it is no longer suggested" in page


def test_no_dose_is_given_on_a_decline_or_on_another_patients_decision(
    client: Client, patient: Patient, nurse: User, physician: User, accepted: Decision
) -> None:
    other = a_patient(nurse, patient.ward, mrn="77")  # type: ignore[arg-type]
    client.force_login(nurse)
    assert client.get(address(other, accepted)).status_code == 404
    answer(client, patient, physician, "glucocorticoid", answer="declined", reason="unavailable")
    client.force_login(nurse)
    declined = Decision.objects.get(answer="declined")
    assert client.get(address(patient, declined)).status_code == 404
