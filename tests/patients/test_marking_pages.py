"""Is every row of the history marked, undone and taken back from there, by who may, and shown nowhere else then?"""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from patients import actions
from patients.models import Correction, Role
from patients.models.correction import KINDS, correction_of
from patients.permissions import READS
from tests.patients.care import Care
from tests.patients.cast import a_patient, a_user, a_ward, hours_ago
from tests.patients.marked import CHARTS, MAY_MARK, SAYS, rows_that_no_form_corrects, who_marks
from tests.patients.pages import recorded, words_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def care() -> Care:
    return Care()


@pytest.fixture
def rows(care: Care) -> dict[str, Any]:
    rows = rows_that_no_form_corrects(care)
    actions.acknowledge_concern(by=care.physician, submission_id=uuid4(), concern=rows["concern"])
    return rows


def id() -> dict[str, str]:
    return {"submission_id": str(uuid4())}


@pytest.mark.parametrize("role", sorted(READS))
def test_each_role_marks_from_the_pages_what_it_may(
    role: Role, client: Client, care: Care, rows: dict[str, Any]
) -> None:
    user = a_user(f"a {role}", role)
    user.wards.add(care.ward)
    client.force_login(user)
    history = client.get(reverse("history", args=[care.patient.pk]))
    offered = {line.acts.kind for line in history.context["lines"] if line.acts is not None}
    for kind, row in rows.items():
        allowed = role in MAY_MARK.get(kind, CHARTS)
        page = reverse(f"error_{kind}", args=[care.patient.pk, row.pk])
        assert client.get(page).status_code == (200 if allowed else 403), kind
        assert (kind in offered) is allowed, kind
        for act in ("undo", "restore"):
            answer = client.post(reverse(f"{act}_{kind}", args=[care.patient.pk, row.pk]), {})
            assert answer.status_code == (302 if allowed else 403), (act, kind)
    assert not Correction.objects.exists()


def read(client: Client, care: Care) -> str:
    """Every page of the patient and of the ward but the history."""
    names = (
        "patient_detail",
        "assessments",
        "treatments",
        "results",
        "assess",
        "sign",
        "change_facts",
        "give_treatment",
    )
    pages = [reverse(name, args=[care.patient.pk]) for name in names]
    pages += [reverse("patient_list"), reverse("worklist"), reverse("board")]
    return " ".join(client.get(page).content.decode() for page in pages)


def test_what_is_marked_stands_on_no_page_but_the_history_and_taken_back_it_does_again(
    client: Client, care: Care, rows: dict[str, Any]
) -> None:
    client.force_login(care.physician)
    before = read(client, care)
    on_a_page = [kind for kind in rows if SAYS[kind] and SAYS[kind] in before]
    assert {"facts", "identity", "protocol", "signature", "concern", "acknowledgement"} <= set(on_a_page)
    for kind, row in rows.items():
        page = reverse(f"error_{kind}", args=[care.patient.pk, row.pk])
        client.force_login(who_marks(care, kind))
        assert recorded(client.post(page, id() | {"reason": "twice"}), care.patient), kind
        if kind in on_a_page:
            assert SAYS[kind] not in read(client, care), kind
        history = client.get(reverse("history", args=[care.patient.pk]))
        line = next(one for one in history.context["lines"] if one.anchor == f"{kind}-{row.pk}")
        assert line.fate is not None and line.fate.restore is not None, kind
        assert f"<del>{line.text}</del>".replace("'", "&#x27;") in history.content.decode(), kind
        client.get(page)
        assert recorded(client.post(line.fate.restore.url, id()), care.patient), kind
        if kind in on_a_page:
            assert SAYS[kind] in read(client, care), kind
        assert correction_of(row) is None
    said = words_of(client.get(reverse("history", args=[care.patient.pk])))
    assert said.count("taken back by") == len(rows)


def test_the_page_of_a_row_says_what_it_says_and_where_another_patients_is_recorded(
    client: Client, care: Care, rows: dict[str, Any]
) -> None:
    for kind, row in rows.items():
        client.force_login(who_marks(care, kind))
        said = words_of(client.get(reverse(f"error_{kind}", args=[care.patient.pk, row.pk])))
        assert SAYS[kind].lower() in said.lower(), kind
        assert ("Charted on the wrong patient" in said) is (kind == "concern"), kind
        assert ("record it anew on the record of the right patient" in said) is (kind != "concern"), kind
        assert "Correct it instead" not in said
    for kind in KINDS.keys() - rows.keys():
        assert reverse(f"restore_{kind}", args=[1, 2])


def test_a_marked_row_is_opened_with_the_press_that_takes_it_back(
    client: Client, care: Care, rows: dict[str, Any]
) -> None:
    mark = actions.mark_entered_in_error(by=care.nurse, submission_id=uuid4(), row=rows["facts"], reason="twice")
    page = reverse("error_facts", args=[care.patient.pk, rows["facts"].pk])
    client.force_login(care.physician)
    assert "Take the mark back" not in words_of(client.get(page))
    client.force_login(care.nurse)
    answer = client.get(page)
    assert "This row no longer stands" in words_of(answer)
    restored = client.post(answer.context["restore"].url, id(), follow=True)
    assert "The mark is taken back, and the row stands again: facts" in words_of(restored)
    assert Correction.objects.get(withdrawal=mark).entered_by == care.nurse


def test_what_cannot_go_is_refused_on_the_page_with_what_to_do(client: Client, care: Care) -> None:
    client.force_login(care.nurse)
    place = care.patient.placement
    assert place is not None
    page = reverse("error_placement", args=[care.patient.pk, place.pk])
    answer = client.post(page, id() | {"reason": "twice", "text": "not admitted at all"})
    assert answer.status_code == 422
    assert "the record would stand on no ward" in words_of(answer)
    assert "not admitted at all" in answer.content.decode()


def test_undoing_ones_own_admission_from_elsewhere_leads_to_a_page_that_one_may_see(client: Client, care: Care) -> None:
    far = a_ward(care.physician, "Ward 9")
    patient = a_patient(care.physician, far, mrn="3003")
    moved = actions.transfer(by=care.physician, submission_id=uuid4(), patient=patient, ward=care.ward, at=hours_ago(1))
    care.physician.wards.remove(far)
    client.force_login(care.physician)
    answer = client.post(reverse("undo_placement", args=[patient.pk, moved.pk]), id())
    assert (answer.status_code, answer.headers["Location"]) == (302, reverse("patient_list"))


def test_a_form_opened_on_facts_that_were_marked_since_replaces_nothing_unseen(
    client: Client, care: Care, rows: dict[str, Any]
) -> None:
    client.force_login(care.physician)
    marked = {
        "change_facts": (rows["facts"], {"birth_date": "14-Aug-1980", "sex": "female", "allergies": "none-known"}),
        "choose_protocol": (rows["protocol"], {"protocol": "review-2024", "reason": "local habit"}),
    }
    for name, (row, typed) in marked.items():
        actions.mark_entered_in_error(by=care.physician, submission_id=uuid4(), row=row, reason="twice")
        page = reverse(name, args=[care.patient.pk])
        answer = client.post(page, id() | {"opened_on": row.pk} | typed)
        assert answer.status_code == 422
        assert "marked it at" in words_of(answer) and "entered in error" in words_of(answer)
        again = answer.context["form"]["opened_on"].value()
        assert recorded(client.post(page, id() | {"opened_on": again or ""} | typed), care.patient), name
