"""Does waiting for PostgreSQL end, and is it known then whether a commit was in doubt?"""

import socket
import time
from collections.abc import Iterator

import psycopg
import pytest
from django.db import OperationalError, connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import sql

from crsweb import roles
from crsweb.database import watch
from crsweb.database.base import CommitInDoubt
from patients.models import Ward


@pytest.fixture
def another(db: None) -> Iterator[BaseDatabaseWrapper]:
    """A connection of its own to the database of this test; the server is left alone by nobody."""
    watch.breaker.close()
    other = connection.copy()
    try:
        yield other
    finally:
        other.close()
        watch.breaker.close()


def ask(database: BaseDatabaseWrapper, statement: str) -> object:
    with database.cursor() as cursor:
        cursor.execute(statement)
        row = cursor.fetchone()
        assert row is not None
        return row[0]


def test_a_page_waits_for_no_statement_longer_than_a_moment_and_leaves_the_server_alone_then(
    another: BaseDatabaseWrapper, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(another, "SELECT 1")
    monkeypatch.setattr(watch, "ANSWERS_WITHIN", 0.2)
    with watch.request() as met:
        with pytest.raises(OperationalError, match="does not answer"):
            ask(another, "SELECT pg_sleep(60)")
        another.close()
        with pytest.raises(OperationalError, match="a moment ago"):
            ask(another, "SELECT 1")
        watch.breaker.close()
        assert ask(another, "SELECT 1") == 1
    assert not met.in_doubt


def test_a_command_takes_the_time_it_takes(another: BaseDatabaseWrapper, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "ANSWERS_WITHIN", 0.1)
    watch.breaker.open()
    assert ask(another, "SELECT pg_sleep(0.3)::text") == ""


def test_a_page_waits_for_no_connection_longer_than_a_moment(
    another: BaseDatabaseWrapper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "CONNECTS_WITHIN", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:  # takes the connection, and never says a word
        another.settings_dict = another.settings_dict | {"HOST": "127.0.0.1", "PORT": silent.getsockname()[1]}
        with watch.request(), pytest.raises(OperationalError, match="does not answer"):
            another.ensure_connection()
        with watch.request(), pytest.raises(OperationalError, match="a moment ago"):
            another.ensure_connection()


@pytest.mark.django_db(transaction=True)
def test_a_commit_without_an_answer_is_in_doubt_and_one_that_is_refused_is_not(postgresql: str) -> None:
    with watch.request() as met, pytest.raises(CommitInDoubt), transaction.atomic():
        Ward.objects.create(name="Ward 7", time_zone="UTC")
        with psycopg.connect(postgresql, autocommit=True) as admin:
            admin.execute("SELECT pg_terminate_backend(%s)", [ask(connection, "SELECT pg_backend_pid()")])
            _wait_for_its_end(admin)
    assert met.in_doubt
    with watch.request() as met, pytest.raises(OperationalError), transaction.atomic():
        ask(connection, "SET LOCAL statement_timeout = 1; SELECT pg_sleep(1)")
    assert not met.in_doubt
    assert not Ward.objects.exists()


def _wait_for_its_end(admin: psycopg.Connection) -> None:
    given_up = time.monotonic() + 30
    query = "SELECT FROM pg_stat_activity WHERE datname = %s AND usename = %s"
    while admin.execute(query, [connection.settings_dict["NAME"], roles.APPLICATION]).fetchone():
        assert time.monotonic() < given_up
        time.sleep(0.02)


@pytest.mark.django_db(transaction=True)
def test_committed_is_on_the_disk_whatever_the_role_was_set_to(postgresql: str) -> None:
    with psycopg.connect(postgresql, autocommit=True) as admin:
        off = sql.SQL("ALTER ROLE {} IN DATABASE {} SET synchronous_commit = off")
        names = sql.Identifier(roles.APPLICATION), sql.Identifier(connection.settings_dict["NAME"])
        admin.execute(off.format(*names))
    connection.close()
    assert ask(connection, "SELECT current_setting('synchronous_commit')") == "on"
    assert ask(connection, "SELECT source FROM pg_settings WHERE name = 'synchronous_commit'") == "client"
