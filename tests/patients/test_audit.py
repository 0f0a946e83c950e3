"""Is every act in the audit trail of its ward, in one unbroken chain, in the transaction of the act?"""

from datetime import datetime, timedelta, timezone
from hashlib import sha256
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.test import Client, RequestFactory
from django.urls import reverse
from pytest_django import Settings

from patients import actions
from patients.actions.audit import note
from patients.audit_chain import FIRST, VERSION, hash_of, written
from patients.models import AuditEntry, Role, Submission, User, Ward
from patients.origin import address_of
from tests.patients.cast import a_patient, a_user, a_ward, an_assessment

pytestmark = pytest.mark.django_db


def entries(ward: Ward | None) -> list[AuditEntry]:
    return list(AuditEntry.objects.filter(ward=ward).order_by("number"))


def its_hash(entry: AuditEntry) -> str:
    keys: dict[str, Any] = {"ward": entry.ward_id, "by": entry.by_id, "patient": entry.patient_id}
    names = ("number", "id", "name", "event", "address", "session", "details", "previous")
    return hash_of(at=written(entry.at), **keys, **{name: getattr(entry, name) for name in names})


def test_an_act_is_noted_at_the_end_of_its_wards_chain_by_whom_of_whom_and_as_which_submission() -> None:
    nurse = a_user()
    ward = a_ward(nurse)
    patient = a_patient(nurse, ward)
    assessment = an_assessment(nurse, patient, temperature_c=None)
    admitted, charted = entries(ward)
    assert [(one.number, one.event, one.by, one.patient) for one in (admitted, charted)] == [
        (1, "recorded", nurse, patient),
        (2, "recorded", nurse, patient),
    ]
    assert charted.details == {"act": "record_assessment", "submission": str(assessment.submission_id)}
    assert (admitted.version, admitted.previous, charted.previous) == (VERSION, FIRST, admitted.hash)
    assert [one.hash for one in (admitted, charted)] == [its_hash(one) for one in (admitted, charted)]
    assert entries(None) == []


def test_the_hash_is_the_one_that_is_written_down() -> None:
    """Made without the code: the array of `patients.audit_chain`, typed, through `sha256sum`."""
    assert (
        hash_of(
            ward=3,
            number=17,
            id=901,
            at=written(datetime(2026, 11, 21, 19, 3, 21, 250, tzinfo=timezone(timedelta(hours=1)))),
            by=5,
            name="\u00c5sa",
            event="sign-in-failed",
            patient=None,
            address="10.0.0.7",
            session="0123456789abcdef",
            details={"b": "x", "a": [1, None]},
            previous=FIRST,
        )
        == "7191933a584422c12756ddbbf82e87474e32186e471207e44f26ee5d4432b605"
    )


def test_a_retry_and_a_refusal_add_no_entry() -> None:
    nurse = a_user()
    ward = a_ward(nurse)
    patient = a_patient(nurse, ward)
    once: dict[str, Any] = {"by": nurse, "submission_id": uuid4(), "patient": patient, "why": "grey", "called": ""}
    actions.raise_concern(**once)
    actions.raise_concern(**once)
    with pytest.raises(actions.SubmissionConflict):
        actions.raise_concern(**once | {"why": "blue"})
    with pytest.raises(PermissionDenied):
        actions.record_death(by=nurse, submission_id=uuid4(), patient=patient, due_to_crs=False)
    assert [one.details["act"] for one in entries(ward)] == ["admit_patient", "raise_concern"]


def test_a_move_stands_in_the_chains_of_both_wards_and_what_belongs_to_none_in_the_sites() -> None:
    nurse, admin = a_user(), a_user("root", Role.ADMIN)
    here, there = a_ward(nurse), a_ward(nurse, "Ward 8")
    patient = a_patient(nurse, here)
    actions.transfer(by=nurse, submission_id=uuid4(), patient=patient, ward=there)
    an_assessment(nurse, patient, None, temperature_c=None)
    protocol = "review-2024"
    actions.open_ward(by=admin, submission_id=uuid4(), name="Ward 9", time_zone="UTC", default_protocol=protocol)
    acts = {ward: [one.details["act"] for one in entries(ward)] for ward in (here, there, None)}
    assert acts == {here: ["admit_patient", "transfer"], there: ["transfer", "record_assessment"], None: ["open_ward"]}


def test_an_entry_says_from_which_address_and_session_it_came(client: Client, nurse: User) -> None:
    patient = a_patient(nurse, a_ward(nurse))
    client.force_login(nurse)
    typed = {"submission_id": uuid4(), "why": "grey", "called": ""}
    sent = client.post(reverse("raise_concern", args=[patient.pk]), typed, REMOTE_ADDR="10.0.0.7")
    assert sent.status_code == 302
    entry = AuditEntry.objects.latest("id")
    key = client.cookies["sessionid"].value
    assert (entry.address, entry.session) == ("10.0.0.7", sha256(key.encode()).hexdigest()[:16])
    with transaction.atomic():
        note("backup", by=None)
    entry = AuditEntry.objects.latest("id")
    assert (entry.address, entry.session) == ("", "")


@pytest.mark.parametrize(
    ("proxies", "passed", "address"),
    [
        (0, "6.6.6.6", "10.0.0.1"),
        (1, "6.6.6.6, 10.1.1.1", "10.1.1.1"),
        (2, "6.6.6.6, 10.1.1.1", "6.6.6.6"),
        (2, "10.1.1.1", "10.1.1.1"),
        (1, "nonsense", "10.0.0.1"),
        (1, "", "10.0.0.1"),
        (1, "2001:DB8::1", "2001:db8::1"),
    ],
)
def test_the_address_is_the_one_that_the_sites_own_proxies_saw(
    settings: Settings, proxies: int, passed: str, address: str
) -> None:
    settings.PROXIES = proxies
    request = RequestFactory().get("/", REMOTE_ADDR="10.0.0.1", headers={"X-Forwarded-For": passed})
    assert address_of(request) == address


def test_a_name_is_kept_only_where_an_account_has_it() -> None:
    a_user("ada")
    with transaction.atomic():
        for typed in ("ada", "my secret password", "ada\0"):
            note("sign-in-failed", by=None, name=typed)
    assert [one.name for one in entries(None)] == ["ada", "", ""]


@pytest.mark.django_db(transaction=True)
def test_nothing_is_noted_outside_a_transaction_nor_under_a_code_that_is_not_in_the_table() -> None:
    with pytest.raises(transaction.TransactionManagementError):
        note("backup", by=None)
    with pytest.raises(ValueError, match="tampered: no event"), transaction.atomic():
        note("tampered", by=None)
    with pytest.raises(TypeError), transaction.atomic():
        note("backup", by=None, details={"seconds": 1.5})  # another number when it is read again
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        "number = 3",
        "number = 1",
        "previous = repeat('0', 64)",
        "at = at - interval '1 second'",
        "at = at + interval '1 hour'",
    ],
)
def test_the_database_takes_no_entry_that_does_not_follow_the_one_before(wrong: str) -> None:
    with transaction.atomic():
        note("backup", by=None)
    column, value = wrong.split(" = ")
    columns = "version, number, at, name, event, address, session, details, previous, hash"
    values = {"number": "2", "previous": "hash", "at": "at", column: value}
    given = ", ".join(values.get(name, name) for name in columns.split(", "))
    with pytest.raises(IntegrityError, match="does not follow"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO patients_auditentry ({columns}) SELECT {given} FROM patients_auditentry")


def test_the_entry_is_written_in_the_transaction_of_the_act_or_neither_is(monkeypatch: pytest.MonkeyPatch) -> None:
    nurse = a_user()
    patient = a_patient(nurse, a_ward(nurse))
    before = Submission.objects.count()
    monkeypatch.setattr("patients.actions.act.note_all", _fail)
    with pytest.raises(ConnectionError), transaction.atomic():
        an_assessment(nurse, patient, temperature_c=None)
    assert (Submission.objects.count(), patient.assessments.count()) == (before, 0)


def _fail(events: object) -> None:
    raise ConnectionError("the trail cannot be written")
