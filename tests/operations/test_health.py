"""Does a load balancer hear at once, and in plain words, which process cannot record anything?"""

import socket

import pytest
from django.db import connection
from django.test import Client

from crsweb import health
from crsweb.database import watch
from tests.operations.conftest import within


def said(client: Client) -> tuple[int, str]:
    answer = client.get("/health/ready")
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.status_code, answer.content.decode().strip()


@pytest.mark.django_db
def test_health_asks_for_no_sign_in(client: Client) -> None:
    assert client.get("/health/live").content == b"alive\n"
    assert said(client) == (200, "ready")
    assert client.cookies == {}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("SET TRANSACTION READ ONLY", "database is read only, a standby perhaps"),
        ("SET synchronous_commit = off", health.NOT_DURABLE.format("off")),
        ("SET synchronous_commit = local", health.NOT_DURABLE.format("local")),
    ],
)
def test_ready_says_why_nothing_could_be_recorded(client: Client, statement: str, why: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
    assert said(client) == (503, why)


@pytest.mark.django_db
def test_ready_says_when_the_server_does_not_keep_what_it_commits(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SHOW fsync")
        assert cursor.fetchone() == (health.MUST_BE["fsync"][0],)
    monkeypatch.setitem(health.MUST_BE, "fsync", ("off", "as if it were off"))
    assert said(client) == (503, "as if it were off")


def test_ready_says_when_migrations_are_missing(client: Client, empty: str) -> None:
    with within(empty):
        status, why = said(client)
    assert status == 503 and why.endswith("migrations are not applied") and int(why.split()[0]) > 20


@pytest.mark.django_db
@pytest.mark.parametrize("hangs", [False, True])
def test_ready_and_live_answer_when_the_database_is_away_or_hangs(
    client: Client, monkeypatch: pytest.MonkeyPatch, hangs: bool
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:  # takes connections, and says nothing
        if not hangs:
            silent.close()
        connection.close()
        port = str(silent.getsockname()[1]) if hangs else "1"
        for key, value in {"HOST": "127.0.0.1", "PORT": port}.items():
            monkeypatch.setitem(connection.settings_dict, key, value)
        try:
            assert said(client) == (503, health.UNREACHABLE)
            assert client.get("/health/live").status_code == 200
        finally:
            connection.close()
            watch.breaker.close()
