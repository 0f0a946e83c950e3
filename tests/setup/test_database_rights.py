"""What may the application do in the database? Every table, sequence and function, against a table typed here."""

from collections.abc import Mapping
from typing import Any, Final

import pytest
from django.db import connection

from crsweb import roles
from tests.patients import test_append_only

READS: Final = frozenset({"SELECT"})
ADDS: Final = frozenset({"SELECT", "INSERT"})
WORKS: Final = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE"})
ANY: Final = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")

# Clinical rows and the audit trail are not named: whatever is not named here may be read and added to, and no more.
KINDS: Final[Mapping[str, frozenset[str]]] = {
    # as the owner's `migrate` leaves them
    "django_migrations": READS,
    "django_content_type": READS,
    "auth_group": READS,
    "auth_group_permissions": READS,
    "auth_permission": READS,
    "patients_user_groups": READS,
    "patients_user_user_permissions": READS,
    # who is signed in, what is typed and not recorded, what is reckoned again
    "django_session": WORKS,
    "crsweb_cache": WORKS,
    "patients_draft": WORKS,
    "patients_browserreport": WORKS,
    # of signing in, what nothing here writes
    "axes_accessfailurelog": READS,
    "axes_accesslog": READS,
    "socialaccount_socialapp": READS,
    "socialaccount_socialtoken": READS,
    # accounts: switched off, never removed
    "patients_user": ADDS | {"UPDATE"},
    "patients_user_wards": WORKS,
}
# Tables of the packages that sign people in, by the package's name
SIGNING_IN: Final = ("account_", "axes_", "mfa_", "socialaccount_", "usersessions_")
# Of these tables single columns may change, whose history stands in rows of their own or which are names
COLUMNS: Final = {
    "patients_patient": {"mrn", "family_name", "given_name"},
    "patients_ward": {"name", "time_zone"},
    "patients_bed": {"label"},
}

TABLES_SQL: Final = """
SELECT relname, array(SELECT r FROM unnest(%s::text[]) AS r WHERE has_table_privilege(%s, pg_class.oid, r))
    FROM pg_class WHERE relkind IN ('r', 'p', 'v', 'm', 'f') AND relnamespace = 'public'::regnamespace
"""
COLUMNS_SQL: Final = """
SELECT relname, attname FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid
    WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace AND attnum > 0 AND NOT attisdropped
    AND has_column_privilege(%s, pg_class.oid, attnum, 'UPDATE') AND NOT has_table_privilege(%s, pg_class.oid, 'UPDATE')
"""
SEQUENCES_SQL: Final = """
SELECT relname, array(SELECT r FROM unnest('{USAGE,SELECT,UPDATE}'::text[]) AS r
        WHERE has_sequence_privilege(%s, pg_class.oid, r))
    FROM pg_class WHERE relkind = 'S' AND relnamespace = 'public'::regnamespace
"""
ROLE_SQL: Final = """
SELECT rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls,
    (SELECT count(*) FROM pg_auth_members WHERE member = pg_roles.oid),
    has_database_privilege(rolname, current_database(), 'CREATE'), has_schema_privilege(rolname, 'public', 'CREATE')
    FROM pg_roles WHERE rolname = %s
"""


def rows(query: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return list(cursor.fetchall())


def expected(table: str) -> frozenset[str]:
    return KINDS.get(table, WORKS if table.startswith(SIGNING_IN) else ADDS)


@pytest.mark.django_db
def test_on_every_table_the_application_has_the_rights_of_its_kind_and_no_other() -> None:
    asked = [*ANY, *(["MAINTAIN"] if connection.cursor().connection.info.server_version >= 170_000 else [])]
    found = {table: frozenset(rights) for table, rights in rows(TABLES_SQL, asked, roles.APPLICATION)}
    assert {table: rights for table, rights in found.items() if rights != expected(table)} == {}
    assert KINDS.keys() | COLUMNS.keys() <= found.keys()


@pytest.mark.django_db
def test_what_may_be_added_to_alone_is_guarded_by_triggers_too_but_for_the_columns_that_are_named() -> None:
    found = {table for table, _ in rows(TABLES_SQL, list(ANY), roles.APPLICATION)}
    assert {table for table in found if expected(table) == ADDS} == set(test_append_only.TABLES) | COLUMNS.keys()
    assert set(test_append_only.triggers()) == set(test_append_only.TABLES)


@pytest.mark.django_db
def test_of_a_patient_a_ward_and_a_bed_only_the_named_columns_change() -> None:
    found: dict[str, set[str]] = {}
    for table, column in rows(COLUMNS_SQL, roles.APPLICATION, roles.APPLICATION):
        found.setdefault(table, set()).add(column)
    assert found == COLUMNS


@pytest.mark.django_db
def test_a_number_is_drawn_from_a_sequence_and_none_is_set_back() -> None:
    found = rows(SEQUENCES_SQL, roles.APPLICATION)
    assert len(found) > 20
    assert {name: rights for name, rights in found if not {"USAGE"} <= set(rights) <= {"USAGE", "SELECT"}} == {}


@pytest.mark.django_db
def test_the_application_is_nobody_special_and_no_function_lends_it_more() -> None:
    assert rows(ROLE_SQL, roles.APPLICATION) == [(False, False, False, False, False, 0, False, False)]
    assert rows("SELECT proname FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace") == []
    assert rows("SELECT relname FROM pg_class WHERE pg_get_userbyid(relowner) = %s", roles.APPLICATION) == []
    assert rows("SELECT proname FROM pg_proc WHERE pg_get_userbyid(proowner) = %s", roles.APPLICATION) == []
    assert rows("SELECT datname FROM pg_database WHERE pg_get_userbyid(datdba) = %s", roles.APPLICATION) == []
