"""Does the site's identity provider let in whom an administrator knows by a verified claim, and nobody else?"""

import http.client
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from patients.models import AuditEntry, User
from tests.patients.pages import Answer, words_of
from tests.setup.provider import CLIENT, SECRET, Provider

EMAIL = "n.berg@hospital.example"
KNOWN = {"sub": "8f3", "email": EMAIL, "email_verified": True, "preferred_username": "nurse"}


@pytest.fixture
def provider(settings: Settings) -> Iterator[Provider]:
    provider = Provider(KNOWN)
    app = {
        "provider_id": "site",
        "name": "the hospital's account",
        "client_id": CLIENT,
        "secret": SECRET,
        "settings": {"server_url": provider.url},
    }
    of_the_site = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": of_the_site | {"APPS": [app]}}
    yield provider
    provider.close()


def sign_in(client: Client, **more: str) -> Answer:
    """As a browser does: to the provider, and back with what it says."""
    there = client.get(reverse("openid_connect_login", args=["site"]), {"next": reverse("patient_list")} | more)
    assert there.status_code == 302, words_of(there)
    url = urlsplit(there.headers["Location"])
    connection = http.client.HTTPConnection(str(url.hostname), url.port)
    connection.request("GET", f"{url.path}?{url.query}")
    back = urlsplit(str(connection.getresponse().headers["Location"]))
    connection.close()
    return client.get(f"{back.path}?{back.query}")


def test_who_is_known_by_a_verified_address_is_signed_in_and_by_it_alone(
    client: Client, nurse: User, provider: Provider
) -> None:
    nurse.email = "N.Berg@hospital.example"
    nurse.save()
    assert "Sign in with the hospital" in words_of(client.get(reverse("account_login")))
    answer = sign_in(client)
    assert (answer.status_code, answer.headers["Location"]) == (302, reverse("patient_list"))
    assert client.get(reverse("board")).status_code == 200
    assert AuditEntry.objects.filter(event="signed-in", by=nurse).count() == 1
    assert sign_in(Client()).status_code == 302  # and again
    nurse.email = ""
    nurse.save()
    assert sign_in(Client()).status_code == 403  # no longer known


def test_who_signs_in_over_another_s_session_ends_it_and_the_trail_says_so(
    client: Client, nurse: User, physician: User, provider: Provider
) -> None:
    nurse.email = EMAIL
    nurse.save()
    client.force_login(physician)
    assert sign_in(client).status_code == 302
    told = AuditEntry.objects.filter(event__startswith="signed-").order_by("id").values_list("event", "by__username")
    assert list(told) == [("signed-in", "physician"), ("signed-out", "physician"), ("signed-in", "nurse")]


@pytest.mark.parametrize(
    "claims",
    [
        {"email_verified": False},
        {"email_verified": "true"},
        {"email": "somebody.else@hospital.example"},
        {"email": None},
    ],
)
def test_nobody_else_is_let_in_and_nobody_gets_an_account(
    claims: dict[str, Any], client: Client, nurse: User, provider: Provider
) -> None:
    nurse.email = EMAIL
    nurse.save()
    provider.claims |= claims
    answer = sign_in(client)
    assert answer.status_code == 403
    assert "No account here" in words_of(answer)
    assert client.get(reverse("board")).status_code == 302
    assert User.objects.count() == 1
    assert AuditEntry.objects.filter(event="sign-in-failed").count() == 1


def test_a_name_is_a_claim_where_the_site_says_so_and_an_account_switched_off_stays_off(
    client: Client, nurse: User, provider: Provider, settings: Settings
) -> None:
    settings.OPENID_CONNECT_CLAIM = "preferred_username"
    assert sign_in(client).status_code == 302
    nurse.is_active = False
    nurse.save()
    assert sign_in(Client()).status_code == 403


@pytest.mark.parametrize(
    ("claims", "address"),
    [
        ({}, {"auth_params": "prompt=none&max_age=36000"}),  # asked by the browser to let in whoever is there still
        ({"auth_time": None}, {}),  # a provider that does not say
        ({"auth_time": "just now"}, {}),
        ({"auth_time": True}, {}),
        ({"auth_time": 0}, {}),
    ],
)
def test_whom_the_provider_did_not_ask_just_now_is_not_let_in(
    claims: dict[str, Any], address: dict[str, str], client: Client, nurse: User, provider: Provider
) -> None:
    nurse.email = EMAIL
    nurse.save()
    assert sign_in(Client()).status_code == 302  # asked there, since it was told to ask
    provider.asked_at -= 600
    provider.claims |= claims
    answer = sign_in(client, **address)
    assert answer.status_code == 403
    assert "did not ask who you are" in words_of(answer)
    assert client.get(reverse("board")).status_code == 302
    assert AuditEntry.objects.get(event="sign-in-failed").details == {"method": "openid-connect", "reason": "not-asked"}


def test_an_answer_that_nobody_asked_for_signs_nobody_in(client: Client, nurse: User, provider: Provider) -> None:
    nurse.email = EMAIL
    nurse.save()
    sign_in(Client())
    answer = client.get(reverse("openid_connect_callback", args=["site"]), {"code": "stolen", "state": "made up"})
    assert "Not signed in" in words_of(answer)
    assert client.get(reverse("board")).status_code == 302


@pytest.mark.django_db
def test_without_a_provider_there_is_no_such_page(client: Client) -> None:
    assert client.get(reverse("openid_connect_login", args=["site"])).status_code == 404
    assert "Sign in with" not in words_of(client.get(reverse("account_login")))
