"""Does a log hold what PostgreSQL quotes of a row? Errors of the database, logged as Django logs them."""

import logging
from collections.abc import Iterator
from io import StringIO

import pytest
from django.db import DataError, IntegrityError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path

from crsweb.logs import LEFT_OUT, Patterns
from patients.models import Patient
from tests.patients.cast import a_patient, a_user, a_ward

# Constants, since a trace quotes the lines of the program
NAME = "Lindqvist-Okafor"
NUMBER = "1001"
ANOTHER = "4711-secret"
BLANK = " \n"
BORN = f"born to {NAME}"


def one_more(request: HttpRequest) -> HttpResponse:
    """The number of a patient who is there: the unique constraint quotes it, and the row."""
    Patient.objects.create(mrn=NUMBER, family_name=NAME, given_name="Maja")
    return HttpResponse()


def unreadable(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::text::date", [BORN])
    return HttpResponse()


def blank(request: HttpRequest) -> HttpResponse:
    """A check constraint quotes the failing row."""
    Patient.objects.create(mrn=ANOTHER, family_name=NAME, given_name=BLANK)
    return HttpResponse()


urlpatterns = [path(f"{view.__name__}/", view, name="board") for view in (one_more, unreadable, blank)]


@pytest.fixture
def written() -> Iterator[StringIO]:
    """What any handler with any formatter would write."""
    stream, logger = StringIO(), logging.getLogger("django")
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logging.Formatter("%(levelname)s %(message)s"))
    logger.addHandler(handler)
    yield stream
    logger.removeHandler(handler)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("page", "error", "kept"),
    [
        ("/one_more/", "IntegrityError", "patient_mrn_once"),
        ("/blank/", "IntegrityError", "patient_given_name_not_blank"),
        ("/unreadable/", "DataError", "(22007)"),
    ],
)
def test_an_error_of_the_database_is_logged_with_its_trace_and_without_the_values(
    page: str, error: str, kept: str, written: StringIO
) -> None:
    nurse = a_user()
    a_patient(nurse, a_ward(nurse), mrn=NUMBER)
    client = Client(raise_request_exception=False)
    client.force_login(nurse)
    with override_settings(ROOT_URLCONF=__name__), transaction.atomic():
        assert client.get(page).status_code == 500
        transaction.set_rollback(True)
    text = written.getvalue()
    assert "Traceback" in text and error in text and kept in text
    for secret in (NAME, "DETAIL", "Key (", "Failing row", NUMBER, "4711", "born to"):
        assert secret not in text, secret


@pytest.mark.django_db
def test_nor_where_the_error_is_an_argument_a_text_or_the_reason_of_another(written: StringIO) -> None:
    logger = logging.getLogger("django.request")
    try:
        try:
            with transaction.atomic():
                Patient.objects.create(mrn=ANOTHER, family_name=NAME, given_name=BLANK)
        except IntegrityError as error:
            logger.error(f"Not recorded: {error}")
            raise RuntimeError("the page failed") from error
    except RuntimeError as failed:
        logger.error("Failed: %s", failed.__cause__)
        logger.exception("Failed")
        logger.error(failed)
    text = written.getvalue()
    assert text.count("patient_given_name_not_blank") >= 3
    assert NAME not in text and "4711" not in text and "DETAIL" not in text


@pytest.mark.django_db
def test_of_an_error_of_the_program_a_log_keeps_the_kind_and_the_lines_and_not_what_it_quotes(
    written: StringIO,
) -> None:
    with pytest.raises(DataError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT 1 / 0")
    try:
        try:
            int(BORN)
        except ValueError as error:
            raise KeyError(NAME) from error
    except KeyError:
        logging.getLogger("django.request").exception("Failed")
    text = written.getvalue()
    assert "ERROR Failed\nTraceback" in text and "test_logs.py" in text and "int(BORN)" in text
    assert f"KeyError: {LEFT_OUT}" in text and f"ValueError: {LEFT_OUT}" in text
    assert NAME not in text and "born to" not in text


@pytest.mark.django_db
def test_a_log_tells_the_pattern_of_an_address_and_what_the_web_server_is_told_is_one_too(client: Client) -> None:
    stream = StringIO()
    handler = logging.StreamHandler(stream)
    handler.addFilter(Patterns())
    logging.getLogger("django").addHandler(handler)
    client.force_login(a_user())
    try:
        for address in ("/patients/4711/", f"/patients/{NAME}/", f"/{NAME}/"):
            assert client.get(address).status_code == 404
        answer = client.post("/patients/4711/history/", {"name": NAME})
    finally:
        logging.getLogger("django").removeHandler(handler)
    assert stream.getvalue().splitlines() == [
        "Not Found: /patients/<int:pk>/",
        "Not Found: other",
        "Not Found: other",
        "Method Not Allowed (POST): /patients/<int:pk>/history/",
    ]
    assert answer.wsgi_request.META["crsweb.page"] == "/patients/<int:pk>/history/"
