"""Who sees a page signed out, and does anybody keep one?"""

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse

from crsweb.errors import server_error
from patients.models.user import User

PAGES = ("/", "/accounts/password/", "/accounts/reauthenticate/")


@pytest.mark.django_db
@pytest.mark.parametrize("page", PAGES)
def test_a_signed_out_browser_is_sent_to_sign_in(client: Client, page: str) -> None:
    answer = client.get(page)
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/accounts/login/?next={page}"


@pytest.mark.django_db
@pytest.mark.parametrize("page", PAGES)
def test_a_signed_out_fragment_gets_401_and_where_to_sign_in(client: Client, page: str) -> None:
    answer = client.post(page, headers={"HX-Request": "true"})
    assert answer.status_code == 401
    assert answer.headers["X-Sign-In"] == reverse("account_login")
    assert answer.content == b""


@pytest.mark.django_db
def test_nothing_is_stored_signed_out_or_in(client: Client, nurse: User) -> None:
    assert client.get("/accounts/login/").headers["Cache-Control"] == "no-store"
    client.force_login(nurse)
    assert client.get("/").headers["Cache-Control"] == "no-store"


@pytest.mark.django_db
def test_getting_the_sign_out_page_signs_nobody_out(client: Client, nurse: User) -> None:
    client.force_login(nurse)
    client.get(reverse("account_logout"))
    assert client.get("/").status_code == 200
    client.post(reverse("account_logout"))
    assert client.get("/").status_code == 302


def test_nobody_signs_up(client: Client) -> None:
    assert client.get("/accounts/signup/").status_code == 404


def test_the_page_of_a_failure_touches_no_database_and_has_the_workstations_theme(rf: RequestFactory) -> None:
    """No mark of the database on this test: whoever asks it fails here."""
    request = rf.get("/patients/4711/")
    request.COOKIES["theme"] = "night"
    answer = server_error(request)
    assert answer.status_code == 500
    page = answer.content.decode()
    assert '<html lang="en-US" data-theme="night">' in page
    assert "what stands there was recorded" in page
    assert "4711" not in page
