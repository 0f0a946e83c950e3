"""Does the limit of tries hold where many are sent at once?"""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import connection

from patients import actions
from patients.actions.glass import NOBODY, TOO_MANY, TRIES
from patients.models import AuditEntry
from tests.patients.cast import a_user

WHY = {"reason": "consult", "text": "Dr. Ito asked me to look at her"}
MORE = 6  # than may be tried


@pytest.mark.django_db(transaction=True)
def test_of_tries_that_are_sent_at_once_no_more_are_answered_than_one_after_another() -> None:
    nurse = a_user()
    ready = Barrier(TRIES + MORE)

    def tried(day: int) -> str:
        try:
            ready.wait(30)
            actions.break_glass(by=nurse, submission_id=uuid4(), mrn="1001", birth_date=date(1980, 8, day), **WHY)
        except actions.Refused as refused:
            return " ".join(refused.errors.values())
        finally:
            connection.close()
        return "opened"

    with ThreadPoolExecutor(TRIES + MORE) as pool:
        said = list(pool.map(tried, range(1, TRIES + MORE + 1)))
    assert (said.count(NOBODY), said.count(TOO_MANY)) == (TRIES, MORE)
    assert AuditEntry.objects.filter(event="refused", by=nurse).count() == TRIES
