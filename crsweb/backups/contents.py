"""What is in this database at one moment: which migrations, how many rows of each table, what guards them?

Read in one transaction, so that it can be compared with what a backup of that same moment says of itself.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from psycopg import sql

AUDIT: Final = "patients_auditentry"

# Everything of a schema that keeps a record what it is, as lines that two databases can be compared by. Definitions in
# words of their own are left out where another version of PostgreSQL may say the same otherwise.
GUARDS: Final = """
SELECT format('trigger %s on %s, %s: %s', tgname, relname, tgenabled, md5(pg_get_triggerdef(trigger.oid)))
    FROM pg_trigger AS trigger JOIN pg_class ON pg_class.oid = tgrelid
    WHERE NOT tgisinternal AND relnamespace = 'public'::regnamespace
UNION ALL SELECT format('function %s(%s): %s', proname, pg_get_function_identity_arguments(oid), md5(prosrc))
    FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')
UNION ALL SELECT format('constraint %s on %s, valid: %s', conname, relname, convalidated)
    FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid
    WHERE contype IN ('c', 'f', 'p', 'u', 'x') AND connamespace = 'public'::regnamespace
UNION ALL SELECT format('index %s on %s, valid: %s', own.relname, of.relname, indisvalid)
    FROM pg_index JOIN pg_class AS own ON own.oid = indexrelid JOIN pg_class AS of ON of.oid = indrelid
    WHERE own.relnamespace = 'public'::regnamespace
UNION ALL SELECT format('%s may %s %s', grantee::regrole, privilege_type, relname)
    FROM pg_class, aclexplode(relacl) WHERE relnamespace = 'public'::regnamespace AND grantee NOT IN (0, relowner)
UNION ALL SELECT format('everybody may %s %s', privilege_type, relname)
    FROM pg_class, aclexplode(relacl) WHERE relnamespace = 'public'::regnamespace AND grantee = 0
UNION ALL SELECT format('%s may %s %s.%s', grantee::regrole, privilege_type, relname, attname)
    FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid, aclexplode(attacl)
    WHERE relnamespace = 'public'::regnamespace AND grantee NOT IN (0, relowner)
ORDER BY 1
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """`migrations` as «app.name», in the order in which they were applied; `rows` by table; `guards` as lines;
    `heads` of the audit chains: by chain (0: the site's) the number and the hash of the last entry."""

    migrations: tuple[str, ...]
    rows: dict[str, int]
    guards: tuple[str, ...]
    heads: dict[str, tuple[int, str]]


@contextmanager
def one_moment() -> Iterator[CursorWrapper]:
    """A transaction that sees the database as it is now, for as long as it lasts, and changes nothing."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL statement_timeout = 0")
        yield cursor


def contents(cursor: CursorWrapper) -> Contents:
    """What the cursor's transaction sees."""
    tables = tables_of(cursor)
    return Contents(
        migrations=migrations_of(cursor) if "django_migrations" in tables else (),
        rows={table: _count(cursor, table) for table in tables},
        guards=tuple(_lines(cursor, GUARDS)),
        heads=_heads(cursor) if AUDIT in tables else {},
    )


def tables_of(cursor: CursorWrapper) -> list[str]:
    return _lines(
        cursor,
        "SELECT relname::text FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace"
        " ORDER BY 1",
    )


def migrations_of(cursor: CursorWrapper) -> tuple[str, ...]:
    return tuple(_lines(cursor, "SELECT app || '.' || name FROM django_migrations ORDER BY id"))


def anything_at_all(cursor: CursorWrapper) -> list[str]:
    """Names of what stands in the database's schema already: tables, views, functions; none of an extension's. And the
    rights that the connection's user gives by default: tables that are put back would get them too."""
    return _lines(
        cursor,
        "SELECT name FROM (SELECT oid, relname::text AS name FROM pg_class"
        " WHERE relnamespace = 'public'::regnamespace AND relkind NOT IN ('i', 'I')"
        " UNION ALL SELECT oid, proname::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace) AS own"
        " WHERE NOT EXISTS (SELECT FROM pg_depend WHERE objid = own.oid AND deptype = 'e')"
        " UNION SELECT 'default rights of ' || rolname FROM pg_default_acl JOIN pg_roles ON pg_roles.oid = defaclrole"
        " WHERE rolname = current_user ORDER BY 1",
    )


def _count(cursor: CursorWrapper, table: str) -> int:
    cursor.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier("public", table)))
    return int(cursor.fetchone()[0])


def _heads(cursor: CursorWrapper) -> dict[str, tuple[int, str]]:
    cursor.execute(f"SELECT DISTINCT ON (chain) chain, number, hash FROM {AUDIT} ORDER BY chain, number DESC")
    return {str(chain): (number, hash) for chain, number, hash in cursor.fetchall()}


def _lines(cursor: CursorWrapper, query: str) -> list[str]:
    cursor.execute(query)
    return [line for (line,) in cursor.fetchall()]
