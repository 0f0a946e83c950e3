"""What does an entry of the audit trail cost, how fast is a chain verified, and a page of a million entries read?

`python -m pytest -s benchmarks/audit.py` prints a table; nothing is asserted but that the pages answer and the chains
hold. The database is the embedded one; `AUDIT_ENTRIES` sets another length than a million.
"""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from time import perf_counter
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from benchmarks.board import taken, told
from patients import actions
from patients.actions.audit import note
from patients.actions.seeing import saw_patient, saw_wards
from patients.audit_chain import FIRST, VERSION, Walk, hash_of, written
from patients.models import AuditEntry, Patient, User, Ward
from tests.patients.cast import a_patient, a_user, a_ward
from tests.patients.pages import at

LENGTH = int(os.environ.get("AUDIT_ENTRIES", 1_000_000))
COLUMNS = (
    *("id", "version", "ward_id", "number", "at", "by_id", "name", "event", "patient_id", "address", "session"),
    *("details", "previous", "hash"),
)
RARE = 25_000  # one entry in so many is of the rare patient, person and event


def entries(ward: Ward | None, people: list[User], patients: list[Patient], length: int, first: int) -> Iterator[Any]:
    """A chain of valid entries, one a second until now."""
    begun = datetime.now(UTC).replace(microsecond=0) - timedelta(seconds=length + 60)
    previous = FIRST
    for number in range(1, length + 1):
        rare = number % RARE == 0
        one: dict[str, Any] = {
            "ward": ward.pk if ward else None,
            "number": number,
            "id": first + number,
            "by": people[0 if rare else 1 + number % (len(people) - 1)].pk,
            "name": "",
            "event": "break-glass" if rare else "opened" if number % 4 else "recorded",
            "patient": patients[0 if rare else 1 + number % (len(patients) - 1)].pk,
            "address": "10.0.0.7",
            "session": "0123456789abcdef",
            "previous": previous,
        }
        then = begun + timedelta(seconds=number)
        previous = hash_of(at=written(then), details={"page": "patient_detail"}, **one)
        details = '{"page": "patient_detail"}'
        yield (
            *(one["id"], VERSION, one["ward"], number, then, one["by"], "", one["event"], one["patient"]),
            *(one["address"], one["session"], details, one["previous"], previous),
        )


@pytest.mark.django_db(transaction=True)
def test_a_long_trail(client: Client, postgresql: str, auditor: User) -> None:
    nurse = a_user()
    wards = [a_ward(nurse), a_ward(nurse, "Ward 8")]
    people = [a_user(f"person-{number}") for number in range(9)]
    patients = [a_patient(nurse, wards[0], mrn=f"90{number}") for number in range(9)]
    patient = a_patient(nurse, wards[1], mrn="800")
    auditor.wards.set(wards)

    def see() -> None:
        saw_patient(by=nurse, patient=patient.pk, event="opened", page="patient_detail")

    def many() -> None:
        with transaction.atomic():
            for _ in range(100):
                note("opened", by=nurse, ward=wards[1], patient=patient, details={"page": "patient_detail"})

    def act() -> None:
        actions.raise_concern(by=nurse, submission_id=uuid4(), patient=patient, why="grey", called="")

    def again() -> None:
        saw_wards(by=nurse, wards=wards, event="board", page="board")

    print()
    told("opening noted, in its own transaction", *(taken(see) for _ in range(100)))
    told("100 entries within one transaction", *(taken(many) for _ in range(10)))
    told("a list that was noted this hour", *(taken(again) for _ in range(100)))
    told("an act (raise_concern), with its entry", *(taken(act) for _ in range(30)))

    with psycopg.connect(psycopg.conninfo.make_conninfo(postgresql, dbname=connection.settings_dict["NAME"])) as admin:
        admin.execute("ALTER TABLE patients_auditentry DISABLE TRIGGER ALL")
        admin.execute("DELETE FROM patients_auditentry")
        first = 10_000_000
        for ward, share in ((None, 0.1), (wards[0], 0.8), (wards[1], 0.1)):
            length = int(LENGTH * share)
            with admin.cursor().copy(f"COPY patients_auditentry ({', '.join(COLUMNS)}) FROM STDIN") as copy:
                for row in entries(ward, people, patients, length, first):
                    copy.write_row(row)
            first += length
        admin.execute("ALTER TABLE patients_auditentry ENABLE TRIGGER ALL")
    with psycopg.connect(
        psycopg.conninfo.make_conninfo(postgresql, dbname=connection.settings_dict["NAME"]), autocommit=True
    ) as admin:
        admin.execute("VACUUM ANALYZE patients_auditentry")
        admin.execute("SELECT setval('patients_auditentry_id_seq', 20000000)")
    print(f"{AuditEntry.objects.count():,} entries")

    walk = Walk(wards[1].pk)
    began = perf_counter()
    assert list(walk.problems()) == []
    passed = perf_counter() - began
    print(f"verified {walk.length:,} entries in {passed:.1f} s, {walk.length / passed:,.0f}/s", flush=True)
    told("verify_audit, all of it", taken(lambda: call_command("verify_audit")))
    told("opening noted, at the end of a long chain", *(taken(see) for _ in range(100)))

    client.force_login(auditor)
    searches: dict[str, dict[str, str]] = {
        "the latest": {},
        "a rare patient": {"patient": patients[0].mrn},
        "a rare person": {"person": people[0].username},
        "a rare event": {"event": "break-glass"},
        "an event that never was": {"event": "regrade"},
        "a busy patient and a rare event": {"patient": patients[1].mrn, "event": "break-glass"},
        "one ward, a busy person": {"ward": str(wards[0].pk), "person": people[1].username},
        "two days ago": {"until": (datetime.now(UTC) - timedelta(days=2)).strftime("%d-%b-%Y %H:%M")},
        "far back": {"before": f"{datetime.now(UTC) - timedelta(seconds=LENGTH * 0.7)} 1".replace(" ", "T", 1)},
    }
    for name, search in searches.items():
        typed = dict(search)

        def ask(typed: dict[str, str] = typed) -> None:
            assert client.post(reverse("audit"), typed).status_code == 200

        ask()
        told(f"the auditor's page, {name}", *(taken(ask) for _ in range(10)))
    since = at(4, wards[0])

    def export() -> None:
        answer: Any = client.post(reverse("audit_export"), {"since": since})
        assert answer.status_code == 200 and len(answer.getvalue()) > 1000

    told("export of 4 h of three chains", taken(export))
