"""Does an auditor find who saw and did what, in the chains they may read, and is that noted too?"""

import csv
import io
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from patients.actions.audit import note
from patients.models import AuditEntry, BrokenGlass, Patient, Role, User, Ward
from patients.models.glass import OPEN_FOR
from patients.views import audit as page
from tests.patients.cast import a_patient, a_submission, a_user, a_ward, an_assessment
from tests.patients.pages import Answer, at, words_of

pytestmark = pytest.mark.django_db
BEGUN: list[int] = []
ALL = {"patient": "", "person": "", "event": "", "ward": "", "since": "", "until": ""}


@pytest.fixture(autouse=True)
def signed_in(client: Client, auditor: User, ward: Ward) -> None:
    auditor.wards.add(ward)
    client.force_login(auditor)
    BEGUN[:] = [AuditEntry.objects.latest("id").pk]  # of the signing in


@pytest.fixture
def elsewhere(patient: Patient) -> Patient:
    """A patient of a ward that is none of the auditor's, seen there."""
    other = a_user("bo")
    return a_patient(other, a_ward(other, "Ward 8"), mrn="800 800")


def searched(client: Client, to: str = "audit", **typed: Any) -> Answer:
    return client.post(reverse(to), ALL | typed)


def shown(answer: Answer) -> list[AuditEntry]:
    return [line.entry for line in answer.context["lines"] if line.entry.pk > BEGUN[0]]


def test_the_latest_come_first_of_the_auditors_wards_and_of_the_site_and_none_of_another_ward(
    client: Client, patient: Patient, nurse: User, elsewhere: Patient
) -> None:
    with transaction.atomic():
        note("signed-in", by=nurse)
    answer = client.get(reverse("audit"))
    assert [(one.event, one.patient) for one in shown(answer)] == [("signed-in", None), ("recorded", patient)]
    said = words_of(answer)
    assert "Admit patient" in said and "999 123 4567" in said and "Nurse One" in said
    assert patient.family_name not in said  # the number is enough
    assert "800 800" not in said and "Ward 8" not in said


def test_each_filter_finds_its_own_and_all_together_too(
    client: Client, patient: Patient, nurse: User, physician: User, ward: Ward, elsewhere: Patient
) -> None:
    other = a_patient(nurse, ward, mrn="1002")
    an_assessment(physician, other, temperature_c=None)
    with transaction.atomic():
        note("sign-in-failed", by=None, name="nurse")
    everything = shown(searched(client))
    assert len(everything) == 4

    def found(**typed: Any) -> list[tuple[str, User | None, Patient | None]]:
        return [(one.event, one.by, one.patient) for one in shown(searched(client, **typed)) if one in everything]

    assert found(patient="1002") == [("recorded", physician, other), ("recorded", nurse, other)]
    assert found(patient=" 9991234567 ") == [("recorded", nurse, patient)]
    failed = ("sign-in-failed", None, None)
    assert found(person="nurse") == [failed, ("recorded", nurse, other), ("recorded", nurse, patient)]
    assert found(event="sign-in-failed") == found(ward="0", until=at(-1, ward)) == [failed]
    assert len(found(ward=str(ward.pk))) == 3
    assert found(person="nurse", patient="1002", event="recorded", ward=str(ward.pk)) == [("recorded", nurse, other)]
    assert found(until=at(1, ward)) == []
    assert len(found(since=at(1, ward))) == 4
    for nobody in ("800 800", "no such number", "100"):  # of another ward, and of nobody: said alike
        answer = searched(client, patient=nobody)
        assert (shown(answer), "No entry is found." in words_of(answer)) == ([], True)


def test_what_cannot_be_searched_for_is_said_and_what_was_typed_stays(client: Client, ward: Ward) -> None:
    wrong = {"person": "nobody", "since": at(1, ward), "until": at(2, ward), "ward": "987654", "before": "x"}
    answer = searched(client, **wrong)
    assert answer.status_code == 422
    said = words_of(answer)
    for words in ("No account has this name", "Not after «From»", "Select a valid choice", "search again"):
        assert words in said
    assert 'value="nobody"' in answer.content.decode()
    assert "lines" not in answer.context


def test_a_page_holds_a_hundred_and_each_page_goes_on_where_the_one_before_ended(client: Client, ward: Ward) -> None:
    with transaction.atomic():
        for number in range(205):
            note("backup", by=None, ward=ward if number % 2 else None)
    seen: list[int] = []
    answer = searched(client, event="backup")
    while True:
        seen += [one.pk for one in shown(answer)]
        if "next" not in answer.context:
            break
        assert len(shown(answer)) == 100
        answer = searched(client, event="backup", before=answer.context["next"])
    kept = AuditEntry.objects.filter(event="backup").order_by("-at", "-id").values_list("pk", flat=True)
    assert seen == list(kept)


def test_the_export_holds_every_column_of_what_was_searched_for_and_no_formula(
    client: Client, patient: Patient, nurse: User, ward: Ward, monkeypatch: pytest.MonkeyPatch
) -> None:
    User.objects.filter(pk=nurse.pk).update(display_name="=cmd|' /C calc'!A0")
    answer = searched(client, "audit_export", patient="9991234567")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="audit-')
    (row,) = csv.DictReader(io.StringIO(answer.getvalue().decode()))
    entry = AuditEntry.objects.get(patient=patient)
    assert (row["chain"], row["number"], row["hash"]) == (ward.name, str(entry.number), entry.hash)
    assert (row["person"], row["patient's number"]) == ("'=cmd|' /C calc'!A0", "999 123 4567")
    monkeypatch.setattr(page, "MOST", 0)
    answer = searched(client, "audit_export", patient="9991234567")
    assert (answer.status_code, "More than 0 entries" in words_of(answer)) == (422, True)
    assert client.get(reverse("audit_export")).status_code == 405


def test_who_reads_and_exports_the_trail_is_in_it_with_what_they_asked_for(
    client: Client, auditor: User, patient: Patient
) -> None:
    client.get(reverse("audit"))
    searched(client, person="nurse", event="opened")
    searched(client, person="nobody")
    searched(client, "audit_export", patient="9991234567").getvalue()
    nurse = User.objects.get(username="nurse")
    chains = [0, patient.ward.pk if patient.ward else None]
    noted = AuditEntry.objects.filter(by=auditor, pk__gt=BEGUN[0]).order_by("id")
    assert [(one.event, one.ward, one.patient, one.details) for one in noted] == [
        ("audit-seen", None, None, {"chains": chains}),
        ("audit-seen", None, None, {"chains": chains, "person": nurse.pk, "event": "opened"}),
        ("audit-exported", None, None, {"chains": chains, "patients": [patient.pk]}),
    ]


def test_why_glass_was_broken_is_read_beside_the_entry(
    client: Client, physician: User, patient: Patient, ward: Ward
) -> None:
    submission = a_submission(physician)
    opening = BrokenGlass.objects.create(
        patient=patient,
        ward=ward,
        reason="emergency",
        text="Called to the bedside by the ward.",
        until=submission.entered_at + OPEN_FOR,
        submission=submission,
        entered_by=physician,
        entered_at=submission.entered_at,
    )
    with transaction.atomic():
        note("break-glass", by=physician, ward=ward, patient=patient, details={"glass": opening})
    said = words_of(searched(client, event="break-glass"))
    assert "Broke glass" in said and "Called to the bedside by the ward." in said


def test_an_auditor_begins_with_the_trail_and_nobody_else_reads_it(client: Client, nurse: User, auditor: User) -> None:
    assert client.get(reverse("board")).headers["Location"] == reverse("audit")
    for role in set(Role) - {Role.AUDITOR}:
        client.force_login(a_user(f"a {role}", role))
        assert client.get(reverse("audit")).status_code == 403
        assert client.post(reverse("audit_export"), ALL).status_code == 403
