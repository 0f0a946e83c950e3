"""Is it noted who saw which patient and which list, and does a page that cannot be noted stay unseen?"""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from patients.actions import seeing
from patients.drafts import OF_A_PATIENT, Ticket
from patients.models import AuditEntry, Patient, User, Ward
from patients.seen import OTHERS, Shows, shows
from patients.urls import urlpatterns
from tests.patients.assess import fields_of
from tests.patients.cast import a_patient, a_ward, an_assessment

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
    assert noted() == [("printed" if answer.status_code == 200 else "opened", "handover")]


def test_a_page_without_a_paper_is_never_a_print(client: Client, patient: Patient) -> None:
    asked = {"format": "pdf"}
    assert client.get(reverse("patient_detail", args=[patient.pk]), asked).status_code == 200
    for _ in range(2):
        assert client.get(reverse("board"), asked).status_code == 200
    assert noted() == [("opened", "patient_detail"), ("board", "board")]


def test_a_ward_in_the_address_of_a_list_of_all_wards_hides_it_from_no_trail(
    client: Client, nurse: User, physician: User, patient: Patient
) -> None:
    a_patient(nurse, a_ward(nurse, "Ward 8"), mrn="2002", family_name="Okafor")
    physician.wards.set(nurse.wards.all())
    own = patient.ward
    assert own is not None
    for page, user in (("patient_list", nurse), ("my_patients", nurse), ("worklist", physician)):
        client.force_login(user)
        SINCE[:] = [AuditEntry.objects.latest("id").pk]
        answer = client.get(reverse(page), {"ward": own.pk})
        assert answer.status_code == 200
        assert noted() == [("listed", page)] * 2, page


def test_a_grade_is_not_read_without_the_page_that_is_noted(client: Client, nurse: User, patient: Patient) -> None:
    row = an_assessment(nurse, patient)
    SINCE[:] = [AuditEntry.objects.latest("id").pk]
    live = {"assess": [patient.pk], "correct_assessment": [patient.pk, row.pk]}
    made_up = {"patient": patient.pk, "opened_by": nurse.pk}
    others = Ticket(nurse.pk, patient.pk + 1, "assess", timezone.now()).signed()
    for page, keys in live.items():
        fragment = reverse(f"{page}_verdict", args=keys)
        for ticket in ("", "made up", others):
            answer = client.post(fragment, made_up | {"draft_ticket": ticket})
            assert (answer.status_code, answer.headers["X-Refused"]) == (409, "page")
            assert "grade-" not in answer.content.decode()
        assert noted() == []
        form = fields_of(client.get(reverse(page, args=keys)))
        assert noted() == [("opened", page)]
        assert client.post(fragment, form).status_code == 200
        assert noted() == []


def test_a_search_for_the_right_patient_of_a_row_lists_the_wards(client: Client, nurse: User, patient: Patient) -> None:
    row = an_assessment(nurse, patient)
    SINCE[:] = [AuditEntry.objects.latest("id").pk]
    page = reverse("move_assessment", args=[patient.pk, row.pk])
    client.get(page)
    assert noted() == [("opened", "move_assessment")]
    for _ in range(2):
        client.post(page, {"sought": "a"})
    opened = ("opened", "move_assessment")
    assert noted() == [("listed", "move_assessment"), opened, opened]


def test_a_list_is_noted_once_an_hour_and_ward_also_where_it_is_left_open(
    client: Client, nurse: User, patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_ward(nurse, "Ward 8")
    own = patient.ward
    assert own is not None
    answer: Any = client.get(reverse("board"), {"ward": own.pk})
    assert noted() == [("board", "board")]
    client.get(reverse("board"))
    client.get(reverse("board_rows"))
    assert noted() == [("board", "board")]  # of the other ward
    client.post(reverse("patient_list"), {"text": "lind"})
    client.get(reverse("patient_list"))
    assert noted() == [("listed", "patient_list")] * 2  # of both
    for _ in range(2):
        answer = client.get(f"{reverse('ward_handover')}?ward={own.pk}&format=pdf")
    printed = [("printed", "ward_handover")] * 2
    assert noted() == (printed if answer.status_code == 200 else [("listed", "ward_handover")])

    class Later:
        @staticmethod
        def now() -> datetime:
            return datetime(2100, 1, 1, 12, 5, tzinfo=UTC)

    monkeypatch.setattr(seeing, "timezone", Later)
    answer = client.get(reverse("board_rows"))
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
