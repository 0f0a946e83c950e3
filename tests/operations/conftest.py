"""What do tests of operations need? Databases of their own, empty at first, and the connection to them."""

import secrets
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from io import TextIOBase
from pathlib import Path
from typing import Any, Final

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection
from psycopg import sql
from pytest_django.plugin import DjangoDbBlocker

from crsweb import roles
from crsweb.backups.contents import migrations_of, tables_of
from crsweb.backups.restoring import database, restore_dump

RELEASES: Final = Path(__file__).resolve().parent.parent / "releases"
NewDatabase = Callable[..., str]
Rows = dict[str, tuple[list[str], Counter[str]]]  # by table, its columns and each row as text


@contextmanager
def within(name: str) -> Iterator[None]:
    """The connection is to that database, as the application."""
    connection.close()
    before = connection.settings_dict["NAME"]
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before


@pytest.fixture(scope="session")
def new_database(
    postgresql: str, application: dict[str, Any], django_db_blocker: DjangoDbBlocker
) -> Iterator[NewDatabase]:
    """Makes a database of the owner's, empty or a copy of another, and returns its name."""
    made: list[str] = []

    def make(of: str = "template0") -> str:
        made.append(f"test_operations_{secrets.token_hex(6)}")
        names = {"name": made[-1], "owner": roles.OWNER, "of": of}
        with psycopg.connect(postgresql, autocommit=True) as admin:
            admin.execute(
                sql.SQL("CREATE DATABASE {name} OWNER {owner} TEMPLATE {of}").format(
                    **{key: sql.Identifier(name) for key, name in names.items()}
                )
            )
        return made[-1]

    with django_db_blocker.unblock():
        yield make
    with psycopg.connect(postgresql, autocommit=True) as admin:
        for name in made:
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture(scope="session")
def to_be_emptied(new_database: NewDatabase) -> str:
    return new_database()


@pytest.fixture
def empty(to_be_emptied: str) -> str:
    """A database with nothing in it."""
    make_empty(to_be_emptied)
    return to_be_emptied


def make_empty(name: str) -> None:
    """Emptied, not dropped: that would write everybody's pages to the disk."""
    with database(name), connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE")
        cursor.execute("CREATE SCHEMA public AUTHORIZATION pg_database_owner")
        cursor.execute("GRANT USAGE ON SCHEMA public TO PUBLIC")


def rows(columns: dict[str, list[str]] | None = None) -> Rows:
    """Every row of the connection's database: of these tables, in these columns; of all in all without them."""
    found: Rows = {}
    with connection.cursor() as cursor:
        for table in columns or tables_of(cursor):
            name = sql.Identifier(table)
            if columns is None:
                cursor.execute(sql.SQL("SELECT * FROM {} LIMIT 0").format(name))
                names = [column.name for column in cursor.description]
            else:
                names = columns[table]
            listed = sql.SQL(", ").join(map(sql.Identifier, names))
            cursor.execute(
                sql.SQL("SELECT row_to_json(kept)::text FROM (SELECT {} FROM {}) AS kept").format(listed, name)
            )
            found[table] = names, Counter(line for (line,) in cursor.fetchall())
    return found


@dataclass(frozen=True, slots=True)
class Release:
    """A database that the first release left, under the present code; what it held before that; and what the migration
    said, which met somebody who read in every table."""

    name: str
    migrations: tuple[str, ...]
    rows: Rows
    told: list[str]


class Reader(TextIOBase):
    """Reads in tables and stays in the transaction, until `migrate` says that it let go; then others read too."""

    def __init__(self, address: str, name: str, tables: list[str]) -> None:
        self.told: list[str] = []
        self._opened = partial(psycopg.connect, address, dbname=name)
        self._each = [sql.SQL("SELECT FROM {} LIMIT 0").format(sql.Identifier(table)) for table in tables]
        self._reading = self._opened()
        self._read(self._reading)

    def write(self, words: str) -> int:
        self.told.append(words)
        with self._opened() as other:
            other.execute("SET lock_timeout = '1ms'")
            self._read(other)
        self._reading.close()
        return len(words)

    def _read(self, by: psycopg.Connection[Any]) -> None:
        for query in self._each:
            by.execute(query)


@pytest.fixture(scope="session")
def release(new_database: NewDatabase, postgresql: str) -> Release:
    name = new_database()
    with database(name):
        restore_dump(RELEASES / "0.1.0.dump")
    with within(name):
        with connection.cursor() as cursor:
            migrations = migrations_of(cursor)
        before = rows()
        reader = Reader(postgresql, name, list(before))
        call_command("migrate", verbosity=0, stderr=reader)
    return Release(name, migrations, before, reader.told)
