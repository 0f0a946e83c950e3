"""Is it noted who saw which patient and which list, and does a page that cannot be noted stay unseen?"""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from patients.actions import seeing
from patients.drafts import OF_A_PATIENT
from patients.models import AuditEntry, Patient, User, Ward
from patients.seen import OTHERS, Shows, shows
from patients.urls import urlpatterns
from tests.patients.cast import a_ward

pytestmark = pytest.mark.django_db
SINCE: list[int] = []
OPENED = ("patient_detail", "patient_detail", "timeline", "assess", "history", "known")


@pytest.fixture(autouse=True)
def begun(client: Client, nurse: User, patient: Patient) -> None:
    client.force_login(nurse)
    SINCE[:] = [AuditEntry.objects.latest("id").pk]


def noted() -> list[tuple[str, str]]:
    """Event and page of what was noted since the test began, or this was asked last."""
    new = AuditEntry.objects.filter(pk__gt=SINCE[0]).order_by("id")
    found = [(one.event, one.details["page"]) for one in new]
    SINCE[:] = [AuditEntry.objects.latest("id").pk]
    return found


def test_every_address_that_is_not_of_a_patient_says_what_it_shows() -> None:
    plain = {pattern.name for pattern in urlpatterns if not str(pattern.pattern).startswith(OF_A_PATIENT)}
    assert plain <= OTHERS.keys()
    assert shows("a page that is added", f"{OF_A_PATIENT}added/") is Shows.PATIENT


def test_each_opening_of_a_patient_is_noted_with_its_page_of_whom_and_by_whom(
    client: Client, nurse: User, patient: Patient
) -> None:
    for page in OPENED:
        assert client.get(reverse(page, args=[patient.pk])).status_code == 200
    opened = [(("opened-history" if page in ("history", "known") else "opened"), page) for page in OPENED]
    assert noted() == opened
    last = AuditEntry.objects.latest("id")
    assert (last.by, last.patient, last.ward, last.address) == (nurse, patient, patient.ward, "127.0.0.1")


def test_a_form_that_comes_again_with_errors_shows_the_patient_again(client: Client, patient: Patient) -> None:
    assert client.post(reverse("raise_concern", args=[patient.pk]), {}).status_code == 422
    assert noted() == [("opened", "raise_concern")]


def test_what_leads_elsewhere_or_is_asked_for_by_an_open_page_is_not_noted_by_itself(
    client: Client, patient: Patient
) -> None:
    assert client.get(reverse("patient_changed", args=[patient.pk])).status_code == 200
    assert client.get(reverse("row_facts", args=[patient.pk, patient.facts.pk])).status_code == 302
    assert client.get(reverse("blank_sheet")).status_code == 200
    assert noted() == []


def test_the_paper_of_a_patient_is_a_print(client: Client, patient: Patient) -> None:
    answer = client.get(reverse("handover", args=[patient.pk]), {"format": "pdf"})
    assert answer.status_code in (200, 406)  # 406: no PDF can be made here, and the page is shown
    assert noted() == [("printed", "handover")]


def test_a_list_is_noted_once_an_hour_and_ward_also_where_it_is_left_open(
    client: Client, nurse: User, patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_ward(nurse, "Ward 8")
    own = patient.ward
    assert own is not None
    client.get(reverse("board"), {"ward": own.pk})
    assert noted() == [("board", "board")]
    client.get(reverse("board"))
    client.get(reverse("board_rows"))
    assert noted() == [("board", "board")]  # of the other ward
    client.post(reverse("patient_list"), {"text": "lind"})
    client.get(reverse("patient_list"))
    assert noted() == [("listed", "patient_list")] * 2  # of both
    for _ in range(2):
        client.get(f"{reverse('ward_handover')}?ward={own.pk}&format=pdf")
    assert noted() == [("printed", "ward_handover")] * 2

    class Later:
        @staticmethod
        def now() -> datetime:
            return datetime(2100, 1, 1, 12, 5, tzinfo=UTC)

    monkeypatch.setattr(seeing, "timezone", Later)
    answer: Any = client.get(reverse("board_rows"))
    assert answer.status_code == 200
    assert noted() == [("board", "board")] * 2
    tag = answer.headers["ETag"]
    assert client.get(reverse("board_rows"), headers={"If-None-Match": tag}).status_code == 304
    assert noted() == []


def test_nothing_is_seen_that_could_not_be_noted(
    client: Client, patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*given: object, **named: object) -> None:
        raise ConnectionError("the trail cannot be written")

    monkeypatch.setattr(seeing, "note", fails)
    client.raise_request_exception = False
    answer = client.get(reverse("patient_detail", args=[patient.pk]))
    assert answer.status_code == 500
    assert patient.family_name not in answer.content.decode()


def test_a_wards_list_says_nothing_of_other_wards(client: Client, nurse: User, ward: Ward, patient: Patient) -> None:
    other = a_ward(nurse, "Ward 8")
    client.get(reverse("ward_assignments", args=[other.pk]))
    last = AuditEntry.objects.latest("id")
    assert (last.event, last.ward, last.patient) == ("listed", other, None)
