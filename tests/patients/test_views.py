"""Does every page stand in the table of who may open it, and does the site hold to the table?"""

import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import get_resolver, path, reverse

from crsweb import urls
from patients import actions
from patients.drafts import OF_A_PATIENT
from patients.models import AuditEntry, Patient, Role, User, Ward
from patients.models.correction import KINDS
from patients.pages import AUDITS, BEGINS, EVERY_ROLE, HOME, PAGES, Door
from patients.permissions import MAY
from tests.patients.addresses import address, keys_in, pages, routes
from tests.patients.cast import a_patient, a_user, a_ward, an_assessment, hours_ago

CHARTS: Final = frozenset({Role.NURSE, Role.CHARGE_NURSE, Role.PHYSICIAN})
NOBODY: Final = 987_654_321  # the key of no patient
ONLY_POSTED: Final = (
    frozenset({"choose_theme", "assess_verdict", "keep_draft", "leave_for_concern", "drop_draft", "decide", "tick"})
    | {"judge_severity", "take_patient", "hand_back", "mend_glass", "revoke_display", "unlock", "browser_reports"}
    | {"audit_export", "lock", "change_user", "end_session"}
    | {f"{act}_{kind}" for act in ("undo", "restore") for kind in KINDS}
    | {"correct_assessment_verdict", "audit_export", "lock", "change_user"}
)
ANSWERED: Final = frozenset({200, 204, 302, 404})  # where the address needs the key of a row, which may not be there


@pytest.fixture(autouse=True)
def unlogged(monkeypatch: pytest.MonkeyPatch) -> None:
    """A thousand refusals, each with its trace, say nothing that the tests do not."""
    monkeypatch.setattr(logging.getLogger("django.request"), "disabled", True)


@pytest.fixture
def ward(nurse: User) -> Ward:
    return a_ward(nurse)


@pytest.fixture
def patient(nurse: User, ward: Ward) -> Patient:
    patient = a_patient(nurse, ward, bed=ward.beds.get())
    an_assessment(nurse, patient, 1, temperature_c=None)
    return patient


def of_a_patient() -> list[str]:
    return sorted(name for name, route in routes().items() if route.startswith(OF_A_PATIENT))


def opened_by(role: Role) -> set[str]:
    return {page for page, access in PAGES.items() if not isinstance(access, Door) and role in access}


def without_a_row(named: set[str]) -> str:
    """What is wrong between the addresses of the site and the table, in words; empty where they agree."""
    missing, gone = sorted(named - PAGES.keys()), sorted(PAGES.keys() - named)
    said = [f"{page}: no row in patients/pages.py; say there which roles open it" for page in missing]
    said += [f"{page}: a row in patients/pages.py, and no such address" for page in gone]
    return "\n".join(said)


# --- The table


def test_every_address_of_the_site_stands_in_the_table_of_who_may_open_it() -> None:
    assert not without_a_row(set(routes())), without_a_row(set(routes()))


@pytest.mark.django_db
def test_a_page_that_was_added_without_its_row_is_named_and_opens_to_nobody(
    client: Client, ward: Ward, monkeypatch: pytest.MonkeyPatch
) -> None:
    def added(request: HttpRequest) -> HttpResponse:
        return HttpResponse("opened")

    more: Any = type("urlconf", (), {"urlpatterns": [path("added/", added, name="added"), *urls.urlpatterns]})
    monkeypatch.setattr(settings, "ROOT_URLCONF", more)
    named = {name for name, _, _ in pages(get_resolver(more))}
    assert without_a_row(named) == "added: no row in patients/pages.py; say there which roles open it"
    assert client.get("/added/").status_code == 302
    for role in Role:
        user = a_user(f"a {role}", role)
        user.wards.add(ward)
        client.force_login(user)
        assert client.get("/added/").status_code == 403, role


def test_an_auditor_opens_the_audit_trail_and_their_own_account_and_no_patient() -> None:
    account = {page for page, access in PAGES.items() if access == EVERY_ROLE}
    assert opened_by(Role.AUDITOR) == account | {page for page, access in PAGES.items() if access == AUDITS}
    assert not {page for page in account if page in of_a_patient()}
    assert {page for page, access in PAGES.items() if access == AUDITS} <= {"audit", "audit_export"}


def test_an_administrator_sets_wards_and_opens_no_patient() -> None:
    account = {page for page, access in PAGES.items() if access == EVERY_ROLE}
    sets = {"wards", "ward_settings", "wall_displays", "revoke_display", "locked_names", "unlock"}
    assert opened_by(Role.ADMIN) == account | sets | {"blank_sheet", "entry"}


def test_a_patient_is_open_to_who_charts_at_most() -> None:
    assert len(of_a_patient()) > 50
    for page in of_a_patient():
        access = PAGES[page]
        assert not isinstance(access, Door) and access <= CHARTS, page


def test_a_page_that_does_an_act_is_open_to_the_roles_that_may_do_the_act() -> None:
    acting = {name: view.act for name, _, view in pages() if getattr(view, "act", None) is not None}
    assert len(acting) > 50
    of_a_row = re.compile(f"(correct|error|undo|restore|move)_({'|'.join(KINDS)})|correct_assessment_verdict")
    for page, act in acting.items():
        access = PAGES[page]
        assert not isinstance(access, Door)
        if of_a_row.fullmatch(page):  # who wrote such a row marks it: tested by kind and role with the corrections
            assert access <= MAY[act], page
        else:
            assert access == MAY[act], page


def test_no_address_holds_anything_but_keys() -> None:
    kinds = {str(pattern.pattern) for pattern in get_resolver("patients.urls").url_patterns}
    assert not any("<str:" in kind or "<slug:" in kind for kind in kinds)


# --- The site holds to it


def answers_to(client: Client, role: Role, patient: Patient, ward: Ward) -> Iterator[tuple[str, Any]]:
    """Every page of the table as somebody of this role asks for it, and the answer. What is sent leaves no trace.

    A page is opened. Where it does something, it is posted to by whom it is closed to, or where it only takes that.
    """
    does = {name for name, _, view in pages() if getattr(view, "act", None) is not None}
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    for page, access in PAGES.items():
        client.cookies[settings.SESSION_COOKIE_NAME] = session  # whatever page ended it
        closed = not isinstance(access, Door) and role not in access
        method = client.post if page in ONLY_POSTED or (closed and page in does) else client.get
        where = address(page, patient, ward)
        if "row" in keys_in(routes()[page]):  # two hundred pages of rows: tested with rows in test_correction_pages.py
            where = where.replace(f"/{patient.pk}/", f"/{NOBODY}/", 1)
        with transaction.atomic():
            answer = method(where)
            if answer.streaming:
                b"".join(answer)  # to its end, which closes the file
            transaction.set_rollback(True)
        yield page, answer


@pytest.mark.parametrize("role", Role)
def test_each_role_opens_what_its_row_says_and_nothing_else_and_no_browser_keeps_it(
    role: Role, client: Client, patient: Patient, ward: Ward
) -> None:
    user = a_user(f"a {role}", role)
    user.wards.add(ward)
    client.force_login(user)
    wrong: dict[str, int] = {}
    for page, answer in answers_to(client, role, patient, ward):
        access, status = PAGES[page], answer.status_code
        if not isinstance(access, Door) and role not in access:
            home = HOME.get(role) if page == BEGINS else None
            right = status == 403 if home is None else answer.headers["Location"] == reverse(home)
        elif isinstance(access, Door) or access == EVERY_ROLE or page in ONLY_POSTED:
            right = status != 403 and status < 500
        elif set(keys_in(routes()[page])) <= {"pk", "course", "sign"}:
            right = status == 200
        else:
            right = status in ANSWERED
        if not right or "no-store" not in answer.headers["Cache-Control"]:
            wrong[page] = status
    assert wrong == {}


def test_a_signed_out_browser_opens_what_is_open_and_signs_in_for_the_rest(
    client: Client, patient: Patient, ward: Ward
) -> None:
    for page, access in PAGES.items():
        where = address(page, patient, ward)
        answer = client.get(where)
        sent = answer.headers.get("Location") == f"{reverse('account_login')}?next={where}"
        assert sent is not isinstance(access, Door), page
        assert "no-store" in answer.headers["Cache-Control"], page


def test_a_patient_of_another_ward_is_to_every_page_one_who_does_not_exist_and_the_refusal_is_noted(
    client: Client, patient: Patient, ward: Ward
) -> None:
    strangers = {role: a_user(f"elsewhere {role}", role) for role in CHARTS}
    for stranger in strangers.values():
        a_ward(stranger, f"Ward of {stranger}")
    wrong: list[str] = []
    client.force_login(strangers[Role.NURSE])
    not_found = client.get(reverse("patient_detail", args=[NOBODY])).content
    asked_for_nobody = set()  # once a view: of the pages of one row there is one a kind
    views = {name: view for name, _, view in pages()}
    for page in of_a_patient():
        access = PAGES[page]
        assert not isinstance(access, Door)
        client.force_login(strangers[sorted(access)[0]])
        there = address(page, patient, ward)
        nowhere = there.replace(f"/{patient.pk}/", f"/{NOBODY}/", 1)
        asked = [("get", there), ("post", there)]
        if views[page] not in asked_for_nobody:
            asked_for_nobody.add(views[page])
            asked.append(("post" if page in ONLY_POSTED else "get", nowhere))
        answers = [getattr(client, method)(where) for method, where in asked]
        found = [answer.content for answer in answers if answer.status_code != 405]
        if {answer.status_code for answer in answers} - {404, 405} or set(found) != {not_found}:
            wrong.append(f"{page}: {[answer.status_code for answer in answers]}")
    assert wrong == []
    noted = AuditEntry.objects.filter(event="refused")
    assert set(noted.values_list("details__page", flat=True)) == set(of_a_patient())
    assert set(noted.values_list("patient", "ward", "details__status")) == {(patient.pk, ward.pk, 404)}


def test_a_refusal_by_role_is_noted_where_there_is_such_a_patient(
    client: Client, patient: Patient, ward: Ward, nurse: User, auditor: User
) -> None:
    client.force_login(nurse)
    client.get(reverse("sign", args=[patient.pk]))
    client.force_login(auditor)
    client.get(reverse("history", args=[patient.pk]))
    client.get(reverse("history", args=[NOBODY]))
    client.get(reverse("board_rows"))
    said = list(AuditEntry.objects.filter(event="refused").order_by("id").values_list("by", "patient", "details"))
    assert said == [
        (nurse.pk, patient.pk, {"page": "sign", "status": 403}),
        (auditor.pk, patient.pk, {"page": "history", "status": 403}),
    ]


def test_a_row_that_a_patient_of_one_s_own_does_not_have_is_no_refusal(
    client: Client, nurse: User, patient: Patient
) -> None:
    client.force_login(nurse)
    assert client.get(reverse("error_assessment", args=[patient.pk, NOBODY])).status_code == 404
    assert not AuditEntry.objects.filter(event="refused").exists()


def test_the_settings_of_another_ward_do_not_exist(client: Client, ward: Ward) -> None:
    client.force_login(a_user("elsewhere", Role.ADMIN))
    assert client.get(reverse("ward_settings", args=[ward.pk])).status_code == 404


def test_views_and_forms_write_nothing_themselves_and_come_to_a_patient_by_permission_only() -> None:
    package = Path(settings.BASE_DIR) / "patients"
    for module in (*package.glob("views/*.py"), *package.glob("forms/*.py")):
        text = module.read_text(encoding="utf-8")
        written = re.findall(r"\.(?:save|create|bulk_create|update_or_create|get_or_create|bulk_update)\(", text)
        assert not written, module
        # An auditor asks for the entries about a number; no record opens by it.
        assert "Patient.objects" not in text or module.name == "audit.py", module


def test_a_discharged_patient_is_read_but_charted_no_further(client: Client, nurse: User, patient: Patient) -> None:
    actions.discharge(by=nurse, submission_id=uuid4(), patient=patient, at=hours_ago(0.5))
    client.force_login(nurse)
    page = client.get(reverse("patient_detail", args=[patient.pk])).content.decode()
    assert "Discharged" in page
    assert "Chart an assessment" not in page
    assert "Admit again" in page
