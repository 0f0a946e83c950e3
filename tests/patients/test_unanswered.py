"""What does somebody read whose entry met a database that does not answer, and is what they typed still there?"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from crsweb import roles
from crsweb.database import watch
from crsweb.unanswered import SECRETS, kept_open
from patients import actions
from patients.drafts import STEP_UP
from patients.fate import FIRST_SENT
from patients.forms.acts import ActForm
from patients.models import Draft, Patient, Submission, User, Weight
from tests.patients.assess import fields_of
from tests.patients.cast import a_user
from tests.patients.pages import words_of


@pytest.fixture
def browser_of(nurse: User) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(nurse)
    return client


@pytest.fixture
def unanswered(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], None]]:
    """From its call on the database gives this process no connection, until `watch.breaker.close()`."""
    monkeypatch.setattr(watch, "LEFT_ALONE_FOR", 3600.0)

    def begin() -> None:
        connection.close()
        watch.breaker.open()

    yield begin
    watch.breaker.close()


def weighed(patient: Patient, **more: Any) -> dict[str, Any]:
    typed = {"weight_kg": "70.5", "at": "", "saves": "Record for Lindqvist, Maja", "csrfmiddlewaretoken": "as it was"}
    return {"submission_id": str(uuid4()), **typed, **more}


@pytest.mark.django_db(transaction=True)
def test_what_was_typed_comes_back_and_is_recorded_once_from_there(
    browser_of: Client, patient: Patient, unanswered: Callable[[], None]
) -> None:
    address, typed = reverse("record_measurement", args=[patient.pk]), weighed(patient, step_up="the password")
    unanswered()
    page = browser_of.post(address, typed)
    assert (page.status_code, page.headers["X-Entry"]) == (503, "not-recorded")
    assert page.headers["Cache-Control"] == "no-store"
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert "Not recorded" in words_of(page)
    assert "Weight kg 70.5" in words_of(page)
    assert "Record for Lindqvist, Maja" in words_of(page)
    assert "the password" not in page.content.decode()
    kept = fields_of(page, "kept")
    first = kept.pop(FIRST_SENT)
    assert kept == {name: value for name, value in typed.items() if name != "step_up"}

    again = browser_of.post(address, kept | {FIRST_SENT: first, "in_doubt": "yes"})
    assert again.headers["X-Entry"] == "checking"
    assert fields_of(again, "kept")[FIRST_SENT] == first
    by_script = browser_of.post(address, typed, headers={"HX-Request": "true"})
    assert (by_script.status_code, by_script.headers["X-Database"]) == (503, "unanswered")
    asked = browser_of.get(reverse("entry", args=[typed["submission_id"]]), headers={"HX-Request": "true"})
    assert asked.status_code == 503

    watch.breaker.close()
    entry = reverse("entry", args=[typed["submission_id"]])
    told = browser_of.get(entry)
    assert told.headers["X-Entry"] == "not-recorded"
    goes_on = {"submission_id": told.headers["X-Entry-Next"]}
    for _ in range(2):
        assert browser_of.post(address, kept | {FIRST_SENT: first} | goes_on).status_code == 302
    assert Weight.objects.filter(submission__pk=goes_on["submission_id"]).count() == 1
    assert not Submission.objects.filter(pk=typed["submission_id"]).exists()
    answer = browser_of.get(entry)
    assert answer.headers["X-Entry"] == "recorded"
    assert answer.headers["X-Entry-Page"] == reverse("patient_detail", args=[patient.pk])
    other = Client()
    other.force_login(a_user("another nurse"))
    assert other.get(entry).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("by_script", [False, True])
@pytest.mark.parametrize("page", ["record_measurement", "assess"])
def test_a_form_that_arrives_after_not_recorded_was_said_of_it_records_nothing_and_goes_on_under_another_id(
    browser_of: Client, patient: Patient, page: str, by_script: bool
) -> None:
    form, value = ("act", {"weight_kg": "70.5"}) if page == "record_measurement" else ("assess", {"temperature": "39"})
    address = reverse(page, args=[patient.pk])
    typed = fields_of(browser_of.get(address), form) | value
    told = browser_of.get(reverse("entry", args=[typed["submission_id"]]))
    assert told.headers["X-Entry"] == "not-recorded"
    headers = {"HX-Request": "true"} if by_script and form == "assess" else {}
    late = browser_of.post(address, typed, headers=headers)
    assert late.status_code == 422
    assert "Nothing was recorded now" in words_of(late)
    assert not Submission.objects.filter(patient=patient, act__in=("record_measurement", "record_assessment")).exists()
    goes_on = late.headers["X-Entry-Next"] if headers else fields_of(late, form)["submission_id"]
    assert goes_on == told.headers["X-Entry-Next"]
    for _ in range(2):
        assert browser_of.post(address, typed | {"submission_id": goes_on}).status_code == 302
    assert Submission.objects.filter(pk=goes_on).count() == 1


@pytest.mark.django_db(transaction=True)
def test_recorded_is_said_of_what_was_committed_also_where_the_session_could_not_be_saved_after_it(
    browser_of: Client, patient: Patient, postgresql: str
) -> None:
    def dies(execute: Any, statement: str, parameters: Any, many: bool, context: Any) -> Any:
        if statement.startswith('UPDATE "django_session"'):
            with psycopg.connect(postgresql, autocommit=True) as admin:
                admin.execute("SELECT pg_terminate_backend(%s)", [connection.connection.info.backend_pid])
        return execute(statement, parameters, many, context)

    typed = weighed(patient)
    with connection.execute_wrapper(dies):
        page = browser_of.post(reverse("record_measurement", args=[patient.pk]), typed)
    assert (page.status_code, page.headers["X-Entry"]) == (503, "recorded")
    assert "The entry is in the record" in words_of(page)
    assert Weight.objects.filter(submission=typed["submission_id"]).exists()


@pytest.mark.django_db(transaction=True)
def test_what_a_server_may_not_write_comes_back_too(browser_of: Client, patient: Patient, postgresql: str) -> None:
    name = connection.settings_dict["NAME"]
    with psycopg.connect(postgresql, dbname=name, autocommit=True) as admin:  # it says the same of a read-only disk
        admin.execute(f"REVOKE INSERT ON {Weight._meta.db_table} FROM {roles.APPLICATION}")
    page = browser_of.post(reverse("record_measurement", args=[patient.pk]), weighed(patient))
    assert (page.status_code, page.headers["X-Entry"]) == (503, "not-recorded")
    assert "Weight kg 70.5" in words_of(page)


@pytest.mark.django_db
def test_what_is_sent_again_later_is_of_when_it_was_first_sent_and_the_same_act_if_it_was_recorded(
    browser_of: Client, patient: Patient
) -> None:
    address = reverse("record_measurement", args=[patient.pk])
    ago = timezone.now() - timedelta(minutes=20)
    late = weighed(patient, **{FIRST_SENT: ago.isoformat()})
    for _ in range(2):
        assert browser_of.post(address, late).status_code == 302
    assert Weight.objects.get(submission=late["submission_id"]).at == ago.replace(second=0, microsecond=0)
    at_once = weighed(patient, weight_kg="71")
    for again in ({}, {FIRST_SENT: ago.isoformat(), "in_doubt": "yes"}):
        assert browser_of.post(address, at_once | again).status_code == 302
    assert Submission.objects.get(pk=at_once["submission_id"]).values["at"] is None


@pytest.mark.django_db
@pytest.mark.parametrize("moment", ["", "yesterday", "2026-02-31T12:00+00:00", "2126-01-01T12:00+00:00", "2020-01-01"])
def test_a_moment_that_no_page_of_ours_wrote_is_no_time_of_an_entry(
    browser_of: Client, patient: Patient, moment: str
) -> None:
    typed = weighed(patient, **{FIRST_SENT: moment})
    assert browser_of.post(reverse("record_measurement", args=[patient.pk]), typed).status_code == 302
    assert Submission.objects.get(pk=typed["submission_id"]).values["at"] is None


@pytest.mark.django_db(transaction=True)
def test_a_page_that_was_only_to_be_read_says_so_and_a_password_is_never_given_back(
    browser_of: Client, patient: Patient, unanswered: Callable[[], None]
) -> None:
    unanswered()
    page = browser_of.get(reverse("patient_detail", args=[patient.pk]))
    assert page.status_code == 503
    assert "The database does not answer" in words_of(page)
    assert "X-Entry" not in page.headers
    signing_in = Client(raise_request_exception=False).post(
        reverse("account_login"), {"login": "nurse", "password": "a ward at night"}
    )
    assert signing_in.status_code == 503
    assert "a ward at night" not in signing_in.content.decode()
    assert "was not done" in words_of(signing_in)


@pytest.mark.django_db(transaction=True)
def test_what_may_have_been_done_is_not_said_to_be_not_done(
    browser_of: Client, nurse: User, patient: Patient, postgresql: str
) -> None:
    """What was done stays, whatever the rest of the page meets."""
    draft: dict[str, Any] = {"form": "assess", "fields": {"temperature": ["39"]}, "submission_id": uuid4()}
    actions.keep_draft(by=nurse, patient=patient, **draft)

    def dies(execute: Any, statement: str, parameters: Any, many: bool, context: Any) -> Any:
        if statement.startswith('UPDATE "django_session"'):
            with psycopg.connect(postgresql, autocommit=True) as admin:
                admin.execute("SELECT pg_terminate_backend(%s)", [connection.connection.info.backend_pid])
        return execute(statement, parameters, many, context)

    with connection.execute_wrapper(dies):
        page = browser_of.post(reverse("drop_draft", args=[patient.pk]), {"form": "assess"})
    assert page.status_code == 503
    assert "It is not known whether what you asked for was done" in words_of(page)
    connection.close()
    assert not Draft.objects.exists()


def test_no_field_of_an_act_is_kept_back_as_a_secret_but_the_password_that_signs() -> None:
    def all_of(kind: type[ActForm]) -> Iterator[type[ActForm]]:
        yield kind
        for one in kind.__subclasses__():
            yield from all_of(one)

    for form in all_of(ActForm):
        assert SECRETS & set(form.base_fields) <= {STEP_UP}, form
    data = QueryDict(mutable=True)
    data.update({"code": "4711", "code_status": "full", STEP_UP: "the password"})
    assert kept_open(data).dict() == {"code": "4711", "code_status": "full"}


def test_no_page_holds_a_transaction_around_an_act_so_that_recorded_is_said_after_the_commit() -> None:
    assert not connection.settings_dict["ATOMIC_REQUESTS"]
    package = Path(settings.BASE_DIR) / "patients"
    for module in (*package.glob("views/*.py"), *package.glob("forms/*.py")):
        assert "atomic" not in module.read_text(encoding="utf-8"), module
