"""How long does a migration keep a ward waiting, on tables of a million rows?

    .venv/bin/python -m benchmarks.migrations

The first release's database with a million rows in each of the tables that grow most is migrated, while one session
reads and another writes in every table, again and again: what they wait is what a ward would. Then statements that the
tests refuse, and what stands in their place, are timed in the same way. Ends with 1 where migrating kept anybody
waiting for a second or more.
"""

import secrets
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from psycopg import sql

from crsweb import embedded, roles
from crsweb.backups.contents import tables_of
from crsweb.backups.restoring import database, restore_dump

ROWS: Final = 1_000_000
LIMIT_S: Final = 1.0
DUMP: Final = Path(__file__).parent.parent / "tests" / "releases" / "0.1.0.dump"
ITS_ACT: Final = "('00000000-0000-4000-8000-' || lpad(to_hex(copy), 12, '0'))::uuid"
# What makes a copy of a row another row, by table
OTHER: Final = {
    "patients_submission": {"id": ITS_ACT},
    "patients_assessment": {},
    "patients_storedverdict": {},
    "patients_laboratoryresult": {},
    "patients_correction": {"assessment_id": "1000000 + copy"},
}
# Which row is copied, where it is not just any
OF: Final = {"patients_correction": "assessment_id IS NOT NULL AND kind = 'entered-in-error'"}
# What the tests refuse, and what to do instead
REFUSED: Final = {
    "CREATE INDEX": ["CREATE INDEX plain ON patients_storedverdict (known_at)"],
    "ADD CONSTRAINT … CHECK": ["ALTER TABLE patients_assessment ADD CONSTRAINT plain CHECK (heart_rate < 1000)"],
    "ALTER COLUMN … TYPE": ["ALTER TABLE patients_laboratoryresult ALTER COLUMN analyte TYPE text USING analyte || ''"],
    "ADD COLUMN … volatile DEFAULT": [
        "ALTER TABLE patients_assessment ADD COLUMN plain uuid DEFAULT gen_random_uuid()"
    ],
    "UPDATE of every row": ["UPDATE patients_correction SET text = text"],
}
INSTEAD: Final = {
    "CREATE INDEX CONCURRENTLY": ["CREATE INDEX CONCURRENTLY good ON patients_storedverdict (known_at)"],
    "CHECK … NOT VALID, then VALIDATE": [
        "ALTER TABLE patients_assessment ADD CONSTRAINT good CHECK (heart_rate < 1000) NOT VALID",
        "ALTER TABLE patients_assessment VALIDATE CONSTRAINT good",
    ],
    "ADD COLUMN … constant DEFAULT": ["ALTER TABLE patients_assessment ADD COLUMN good int DEFAULT 0 NOT NULL"],
}
READS, WRITES = "ACCESS SHARE", "ROW EXCLUSIVE"  # the locks that a SELECT and an INSERT take


class Waiting:
    """One session that asks for a lock on each table in turn, and lets it go at once; the longest that it waited."""

    def __init__(self, open_: Callable[[], psycopg.Connection[Any]], tables: list[str], lock: str) -> None:
        self._statements = [
            sql.SQL("LOCK TABLE {} IN {} MODE").format(sql.Identifier(table), sql.SQL(lock)) for table in tables
        ]
        self._open = open_
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self.longest = 0.0

    def start(self) -> None:
        self._thread.start()

    def end(self) -> float:
        self._done.set()
        self._thread.join()
        return self.longest

    def _run(self) -> None:
        with self._open() as session:
            while not self._done.is_set():
                for statement in self._statements:
                    before = time.monotonic()
                    session.execute(statement)
                    self.longest = max(self.longest, time.monotonic() - before)
                    session.commit()


@contextmanager
def full_database(server: embedded.Server) -> Iterator[tuple[str, str]]:
    """A database as 0.1.0 left it, with its large tables filled: how a superuser reaches it, and its name."""
    roles.prepare(embedded.superuser(server.root))
    name = f"benchmark_{secrets.token_hex(4)}"
    with psycopg.connect(embedded.superuser(server.root), autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name} OWNER {roles.OWNER} TEMPLATE template0")
        try:
            with database(name):
                restore_dump(DUMP)
            address = psycopg.conninfo.make_conninfo(embedded.superuser(server.root), dbname=name)
            with psycopg.connect(address, autocommit=True) as session:
                session.execute("SET session_replication_role = replica")  # no trigger, no foreign key: copies of rows
                for table, other in OTHER.items():
                    fill(session, table, {"id": "1000000 + copy", "submission_id": ITS_ACT} | other)
                session.execute("VACUUM ANALYZE")
                session.execute("CHECKPOINT")
            yield address, name
        finally:
            connection.close()
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


def fill(session: psycopg.Connection[Any], table: str, other: dict[str, str]) -> None:
    columns = [
        name
        for (name,) in session.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped"
            " AND attgenerated = ''",
            [table],
        )
    ]
    values = ", ".join(other.get(column, f'row."{column}"') for column in columns)
    names = ", ".join(f'"{column}"' for column in columns)
    one = f"SELECT * FROM {table} WHERE {OF.get(table, 'true')} ORDER BY id LIMIT 1"
    session.execute(
        f"INSERT INTO {table} ({names}) SELECT {values} FROM ({one}) AS row, generate_series(1, {ROWS}) AS copy"
    )


def measured(address: str, tables: list[str], act: Callable[[], object]) -> tuple[float, float, float]:
    """Seconds: how long it took, how long a reader waited at most meanwhile, and how long a writer."""
    sessions = [Waiting(lambda: psycopg.connect(address), tables, lock) for lock in (READS, WRITES)]
    for one in sessions:
        one.start()
    before = time.monotonic()
    try:
        act()
    finally:
        took = time.monotonic() - before
        reader, writer = (one.end() for one in sessions)
    return took, reader, writer


def main() -> int:
    server = embedded.Server(embedded.folder(Path(settings.BASE_DIR), "test"))
    try:
        with full_database(server) as (address, name):
            connection.settings_dict["NAME"] = name
            with connection.cursor() as cursor:
                tables = tables_of(cursor)
            connection.close()
            print(f"{ROWS:,} rows in each of {', '.join(OTHER)}; seconds")
            print(f"  {'':38} {'took':>8} {'reader':>8} {'writer':>8}   waited at most")
            shown("nothing at all, 5 s", measured(address, tables, lambda: time.sleep(5)))
            found = shown("migrate", measured(address, tables, lambda: call_command("migrate", verbosity=0)))
            for words, statements in (INSTEAD | REFUSED).items():

                def run(statements: list[str] = statements) -> None:
                    with psycopg.connect(address, autocommit=True) as session:
                        session.execute("SET session_replication_role = replica")
                        for statement in statements:
                            session.execute(statement)

                shown(words, measured(address, tables, run))
    finally:
        server.release()
    return int(max(found[1:]) >= LIMIT_S)


def shown(words: str, found: tuple[float, float, float]) -> tuple[float, float, float]:
    print(f"  {words:38} " + " ".join(f"{one:8.3f}" for one in found), flush=True)
    return found


if __name__ == "__main__":
    sys.exit(main())
