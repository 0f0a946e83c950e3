"""Does waiting for PostgreSQL end, and is it known then whether a commit was in doubt?"""

import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import psycopg
import pytest
from django.db import OperationalError, connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import sql

from crsweb import roles, streams
from crsweb.database import watch
from crsweb.database.base import CommitInDoubt
from patients.hearing import Asker
from patients.models import Ward
from patients.topics import Topic
from tests.faults.losing import Losing


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


class Speaker:
    """A server at `port` that says nothing to a SELECT, takes every other statement, and answers COMMIT with an error
    and the end of the connection, as PostgreSQL does that cannot write its log. It gives up whoever is silent long."""

    def __init__(self, code: str = "XX000") -> None:
        self._code = code.encode()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self.gave_up = False
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _serve(self) -> None:
        client, _ = self._listener.accept()
        client.settimeout(10)
        try:
            with client:
                self._speak(client)
        except TimeoutError:
            self.gave_up = True

    def _speak(self, client: socket.socket) -> None:
        client.recv(9999)
        told = [(b"server_version", b"17.0"), (b"client_encoding", b"UTF8"), (b"TimeZone", b"UTC")]
        status = b"".join(message(b"S", name + b"\0" + value + b"\0") for name, value in told)
        client.sendall(message(b"R", struct.pack("!I", 0)) + status + message(b"Z", b"I"))
        within = b"I"  # no transaction
        while data := client.recv(9999):
            if b"COMMIT" in data:
                said = b"SPANIC\0VPANIC\0C" + self._code + b"\0Mcould not write to log file\0\0"
                client.sendall(message(b"E", said))
                return
            within = b"T" if b"BEGIN" in data else within
            if b"SELECT" not in data:
                client.sendall(message(b"C", b"SET\0") + message(b"Z", within))


def message(kind: bytes, content: bytes) -> bytes:
    return kind + struct.pack("!I", len(content) + 4) + content


def through(port: int) -> dict[str, Any]:
    """The settings of the test's connection, at another port of this machine."""
    options = connection.settings_dict["OPTIONS"] | {"sslmode": "disable"}
    return connection.settings_dict | {"HOST": "127.0.0.1", "PORT": str(port), "OPTIONS": options}


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


def test_between_two_pages_nobody_waits_for_a_server_that_hangs(
    another: BaseDatabaseWrapper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "ANSWERS_WITHIN", 0.2)
    with closing(Speaker()) as server:
        another.settings_dict = through(server.port)
        another.ensure_connection()
        another.errors_occurred = True  # as after a statement that was too slow
        another.close_if_unusable_or_obsolete()  # as Django does before and after each page
        assert another.connection is None
        assert not server.gave_up


def test_a_page_waits_for_all_its_statements_together_no_longer_than_it_may(
    another: BaseDatabaseWrapper, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(another, "SELECT 1")
    monkeypatch.setattr(watch, "ANSWERS_IN_ALL_WITHIN", 0.2)
    with watch.request():
        ask(another, "SELECT pg_sleep(0.3)::text")
        with pytest.raises(OperationalError, match="too long in all"):
            ask(another, "SELECT 1")
    with watch.request():  # the next page is asked nothing of that
        assert ask(another, "SELECT 1") == 1


def test_a_page_that_waited_long_for_a_name_leaves_the_server_alone_too(
    another: BaseDatabaseWrapper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "LONG", 0.0)  # however fast a resolver says that it knows no such name
    another.settings_dict = another.settings_dict | {"HOST": "no-such-host.invalid", "PORT": "5432"}
    with watch.request(), pytest.raises(OperationalError, match="resolve host"):
        another.ensure_connection()
    with watch.request(), pytest.raises(OperationalError, match="a moment ago"):
        another.ensure_connection()


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


@pytest.mark.parametrize("code", ["42501", "XX000", "58030"])
def test_a_commit_over_which_the_server_falls_is_in_doubt_whatever_it_says_last(
    another: BaseDatabaseWrapper, code: str
) -> None:
    with closing(Speaker(code)) as server, watch.request() as met:
        another.settings_dict = through(server.port)
        another.set_autocommit(False)
        with another.cursor() as cursor:
            cursor.execute("UPDATE bed SET label = label")
        with pytest.raises(CommitInDoubt):
            another.commit()
    assert met.in_doubt


@pytest.mark.django_db(transaction=True)
def test_a_commit_whose_answer_is_lost_is_in_doubt_whether_it_was_carried_out_or_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given = connection.settings_dict
    with closing(Losing(given["HOST"], int(given["PORT"] or 5432), every=1)) as proxy, monkeypatch.context() as patch:
        connection.close()
        for key, value in through(proxy.port).items():
            patch.setitem(given, key, value)
        proxy.loses = True
        for name in ("never told", "carried out"):
            with watch.request() as met, pytest.raises(CommitInDoubt), transaction.atomic():
                Ward.objects.create(name=name, time_zone="UTC")
            assert met.in_doubt
        connection.close()
    assert [ward.name for ward in Ward.objects.all()] == ["carried out"]


@pytest.mark.django_db(transaction=True)
def test_who_may_hear_is_asked_no_longer_than_a_page_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "ANSWERS_WITHIN", 0.2)
    asker = Asker(session="of somebody", display="", topics=frozenset({Topic("ward", 1)}))
    with closing(Speaker()) as server, monkeypatch.context() as patch:
        connection.close()
        for key, value in through(server.port).items():
            patch.setitem(connection.settings_dict, key, value)
        with pytest.raises(OperationalError, match="does not answer"):
            streams.answers([asker])
        assert not server.gave_up
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_committed_is_on_the_disk_whatever_the_role_was_set_to(postgresql: str) -> None:
    with psycopg.connect(postgresql, autocommit=True) as admin:
        off = sql.SQL("ALTER ROLE {} IN DATABASE {} SET synchronous_commit = off")
        names = sql.Identifier(roles.APPLICATION), sql.Identifier(connection.settings_dict["NAME"])
        admin.execute(off.format(*names))
    connection.close()
    assert ask(connection, "SELECT current_setting('synchronous_commit')") == "on"
    assert ask(connection, "SELECT source FROM pg_settings WHERE name = 'synchronous_commit'") == "client"
