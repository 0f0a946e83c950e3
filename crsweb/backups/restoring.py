"""How is a backup put back into an empty database, and how is it proved that everything is there again?

Never over anything: where a database holds something, the restore refuses. `pg_restore` works in one transaction, so a
restore that fails leaves the database as empty as it was.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from crsweb import roles
from crsweb.backups import manifest, programs
from crsweb.backups.contents import AUDIT, Contents, anything_at_all, contents, migrations_of, one_moment
from crsweb.backups.manifest import DUMP, Manifest, Unsound
from patients.audit_chain import Walk, chains, written
from patients.audit_heads import Head, NoHeads, against, read

NAMED_AT_MOST: Final = 5
NAMES: Final = {
    "migrations": "applied migrations",
    "guards": "triggers, constraints and rights",
    "heads": "audit chains",
}


class NotRestored(Exception):
    """Nothing was put back; the message says why."""


class NotCompared(Exception):
    """All was put back as its manifest says; the message says why the exported heads were not compared with it."""


@contextmanager
def database(name: str | None) -> Iterator[None]:
    """Within: the connection is the owner's, to the database of that name on the site's server (None: the site's)."""
    with roles.as_owner():
        if name is not None:
            connection.settings_dict["NAME"] = name
        yield


def restore(source: Path) -> Manifest:
    """Puts a backup's folder back into the connection's database, and compares what is there with its manifest.

    Raises `Unsound` where the backup is not what was written, or what came back is not what was backed up (then the
    database must not be used), `NotRestored` and `programs.Failed` where nothing was put back.
    """
    said = manifest.read(source)
    unknown = _unknown(said.contents.migrations)
    if unknown:
        raise NotRestored(
            f"the backup is of crsweb {said.version}, which has migrations that this version does not know: "
            f"{_some(unknown)}. Restore it with that version"
        )
    if programs.major_version() < said.postgresql:
        raise NotRestored(
            f"the backup is of PostgreSQL {said.postgresql}; this server is {programs.major_version()}, an older one"
        )
    _put_back(source / DUMP)
    with one_moment() as cursor:
        found = contents(cursor)
    wrong = _differences(said.contents, found)
    unread: NoHeads | OSError | None = None
    if AUDIT in found.rows:
        wrong += _of_the_audit_trail()
        try:
            wrong += _against_exported_heads(datetime.fromisoformat(said.taken_at))
        except (NoHeads, OSError) as problem:
            unread = problem
    if wrong:
        raise Unsound("what came back is not what was backed up: do not use this database. " + "; ".join(wrong))
    if unread:
        raise NotCompared(f"{unread}")
    return said


def restore_dump(dump: Path) -> None:
    """Puts a `pg_dump` that has no manifest back into the connection's database; nothing is there to compare it with.

    Raises `NotRestored`, `programs.Failed`, and `Unsound` where a newer version of crsweb made it.
    """
    if not dump.is_file():
        raise NotRestored(f"{dump} is no file")
    _put_back(dump)
    with one_moment() as cursor:
        unknown = _unknown(migrations_of(cursor))
    if unknown:
        raise Unsound(f"it is of a newer crsweb: do not use this database with this one. Unknown: {_some(unknown)}")


def missing_migrations() -> list[str]:
    """Those of this version that the connection's database has not had yet."""
    with one_moment() as cursor:
        applied = set(migrations_of(cursor))
    return sorted(_known() - applied)


def _put_back(dump: Path) -> None:
    with connection.cursor() as cursor:
        name = connection.settings_dict["NAME"]
        if there := anything_at_all(cursor):
            raise NotRestored(
                f"the database {name} is not empty ({_some(there)}): a backup goes into an empty one only"
            )
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [roles.APPLICATION])
        if cursor.fetchone() is None:
            raise NotRestored(f"the server has no role {roles.APPLICATION}: its administrator makes it once (README)")
    programs.run("pg_restore", "--single-transaction", "--exit-on-error", "--no-owner", f"{dump}")


def _differences(said: Contents, found: Contents) -> list[str]:
    """In words, what is not in the database as it was backed up, and what is in it that was not."""
    differences = [
        f"{table}: {found.rows.get(table, 0):,} rows, {said.rows.get(table, 0):,} were backed up"
        for table in sorted(said.rows.keys() | found.rows.keys())
        if found.rows.get(table) != said.rows.get(table)
    ]
    before, now = asdict(said), asdict(found)
    for part, words in NAMES.items():
        if part == "heads":
            missing = [f"chain {chain}" for chain in before[part] if now[part].get(chain) != before[part][chain]]
            more = [f"chain {chain}" for chain in now[part] if chain not in before[part]]
        else:
            missing = [line for line in before[part] if line not in set(now[part])]
            more = [line for line in now[part] if line not in set(before[part])]
        if missing:
            differences.append(f"{words}: missing or other {_some(missing)}")
        if more:
            differences.append(f"{words}: not backed up: {_some(more)}")
    return differences


def _of_the_audit_trail() -> list[str]:
    """What is wrong with it by itself, in words."""
    walked = (problem for chain in chains() for problem in Walk(chain).problems())
    return [str(problem) for problem in islice(walked, NAMED_AT_MOST)]


def _against_exported_heads(taken_at: datetime) -> list[str]:
    """What is wrong with the audit trail by the heads that were exported before the backup, in words.

    A head has the time at which its export began, and may name an entry that was written while it went on: the entry
    must be from before the backup too. Raises `NoHeads` and `OSError` where they cannot be read.
    """
    if not settings.AUDIT_HEADS_FOLDER:
        return []
    told = read(Path(settings.AUDIT_HEADS_FOLDER))
    moment = written(taken_at)
    until = (head for head in told if isinstance(head, Head) and max(head.exported, head.at) <= moment)
    return [str(problem) for problem in islice(against(until), NAMED_AT_MOST)]


def _known() -> set[str]:
    """The migrations of this version, as «app.name»."""
    loader = MigrationLoader(None, ignore_no_migrations=True)
    return {f"{app}.{name}" for app, name in loader.disk_migrations}


def _unknown(migrations: Iterable[str]) -> list[str]:
    known = _known()
    return [one for one in migrations if one not in known]


def _some(names: list[str]) -> str:
    more = len(names) - NAMED_AT_MOST
    return ", ".join(names[:NAMED_AT_MOST]) + (f" and {more} more" if more > 0 else "")
