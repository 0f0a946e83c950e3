"""Do the tests run as the application, and is every test's database as clean as the first?"""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import ProgrammingError, connection, transaction

from crsweb import roles
from patients.models.user import Role, User


def _one(query: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(query)
        row = cursor.fetchone()
        assert row is not None
        return row[0]


@pytest.mark.django_db
def test_the_tests_run_as_the_application() -> None:
    assert _one("SELECT current_user") == roles.APPLICATION


def test_there_is_one_database_and_every_page_reads_it() -> None:
    """No copy that may be behind is asked for anything: a grade is of what was recorded."""
    assert list(settings.DATABASES) == ["default"]
    assert settings.DATABASE_ROUTERS == []
    asked = [
        str(module)
        for package in ("crsweb", "patients")
        for module in Path(settings.BASE_DIR, package).rglob("*.py")
        if re.search(r"\.using\(|using=[\"']", module.read_text(encoding="utf-8"))
    ]
    assert asked == []


@pytest.mark.django_db
def test_every_table_belongs_to_the_owner() -> None:
    assert _one(
        "SELECT array_agg(DISTINCT pg_get_userbyid(relowner)::text) FROM pg_class"
        " WHERE relkind IN ('r', 'S') AND relnamespace = 'public'::regnamespace"
    ) == [roles.OWNER]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE mine (id int)",
        "ALTER TABLE patients_user DISABLE TRIGGER ALL",
        "SET ROLE crsweb_owner",
        "SET session_replication_role = replica",
        "TRUNCATE patients_user CASCADE",
        "DROP TABLE patients_user CASCADE",
    ],
)
def test_the_application_may_not(statement: str) -> None:
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.django_db
def test_failed_sign_ins_can_be_counted_for_all_processes_together() -> None:
    cache.set("tries", 3)
    assert cache.get("tries") == 3


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", ["first", "second"])
def test_what_one_test_commits_the_next_does_not_find(turn: str) -> None:
    assert not User.objects.exists()
    User.objects.create_user(username="someone", role=Role.NURSE)
