"""Is one press enough where both versions were shown, also when the other was first by a moment only? Two sessions."""

import threading
import time
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from patients import actions
from patients.models import Patient, PatientFacts, User
from tests.patients.pages import recorded, words_of


def somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted)")
        return bool(cursor.fetchone()[0])


@pytest.mark.django_db(transaction=True)
def test_who_is_overtaken_while_recording_is_shown_both_versions_at_once_and_presses_once(
    client: Client, nurse: User, physician: User, patient: Patient
) -> None:
    opened = patient.facts
    held = threading.Event()

    def first() -> None:
        """Holds the patient until the second one waits, and writes before letting go."""
        facts = actions.Facts(birth_date=opened.birth_date, allergies="known", allergies_to=["penicillin"])
        try:
            with transaction.atomic():
                with connection.cursor() as cursor:
                    key = f"patient {patient.pk}"
                    cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])
                held.set()
                until = time.monotonic() + 20
                while not somebody_waits() and time.monotonic() < until:
                    time.sleep(0.01)
                actions.change_facts(by=nurse, submission_id=uuid4(), patient=patient, facts=facts)
        finally:
            connection.close()

    client.force_login(physician)
    page = reverse("change_facts", args=[patient.pk])
    typed = {"birth_date": "14-Aug-1980", "sex": "female", "allergies": "none-known", "neutropenic": "yes"}
    other = threading.Thread(target=first)
    other.start()
    held.wait(20)
    answer = client.post(page, {"submission_id": str(uuid4()), "opened_on": opened.pk} | typed)
    other.join()
    assert answer.status_code == 422
    assert "Nurse One changed this at" in words_of(answer)
    assert "Allergies: penicillin, was None known" in words_of(answer)
    assert "Record again to see what" not in words_of(answer)
    again = {name: answer.context["form"][name].value() for name in ("submission_id", "opened_on")}
    assert recorded(client.post(page, again | typed), patient)
    assert PatientFacts.objects.filter(patient=patient).count() == 3
