"""Does a migration hold up a ward at work? None holds a lock for long, and none waits for one for long."""

import json
from typing import Any, Final

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from crsweb.management.commands.migrate import IN_USE
from tests.operations.conftest import RELEASES, Release
from tests.operations.quick import SMALL, objection, statements

RELEASED: Final = {
    tuple(one) for one in json.loads((RELEASES / "0.1.0.json").read_text(encoding="utf-8"))["migrations"]
}
UNWRITTEN: Final = "CANNOT BE WRITTEN AS SQL"  # what Django says of RunPython

# By migration, what it does although it is not on the list of quick statements; and why that is quick, as measured by
# `benchmarks/migrations.py` or read.
ALLOWED: Final[dict[str, str]] = {
    "axes.0007_alter_accessattempt_unique_together": "its tables are new with this release, and empty",
}


def objections(script: str, *, atomic: bool = True, new: set[str] | None = None) -> list[str]:
    found = (objection(one, set() if new is None else new, atomic=atomic) for one in statements(script))
    return [one for one in found if one is not None]


@pytest.mark.parametrize(
    "statement",
    [
        'ALTER TABLE "patients_weight" ADD COLUMN "note" text NULL',
        "ALTER TABLE patients_weight ADD COLUMN note varchar(80) DEFAULT 'it''s; CHECK (x)' NOT NULL",
        'ALTER TABLE "patients_weight" ADD COLUMN "of_id" bigint NULL CONSTRAINT "of" REFERENCES "patients_ward"("id") '
        'DEFERRABLE INITIALLY DEFERRED; SET CONSTRAINTS "of" IMMEDIATE',
        "CREATE TABLE mine (id int); CREATE INDEX i ON mine (id); ALTER TABLE mine ADD CHECK (id > 0)",
        "ALTER TABLE patients_weight ADD CONSTRAINT c CHECK (weight_kg > 0) NOT VALID",
        "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN UPDATE t SET a = 1; RETURN NEW; END $$;",
        "CREATE TRIGGER t BEFORE INSERT ON patients_weight FOR EACH ROW EXECUTE FUNCTION f()",
        "GRANT SELECT ON patients_weight TO crsweb_app -- UPDATE patients_weight SET x = 1",
        "INSERT INTO patients_kind VALUES (1, 'a')",
        "ALTER TABLE patients_weight DROP COLUMN note CASCADE",
    ],
)
def test_what_touches_no_row_is_quick(statement: str) -> None:
    assert objections(statement, new=set()) == []


@pytest.mark.parametrize(
    ("statement", "instead"),
    [
        ('CREATE INDEX "i" ON "patients_weight" ("at")', "AddIndexConcurrently"),
        ("CREATE UNIQUE INDEX i ON patients_weight (at) WHERE at > '2026-01-01'", "AddIndexConcurrently"),
        ("ALTER TABLE patients_weight ADD COLUMN u uuid DEFAULT gen_random_uuid() NOT NULL", "constant db_default"),
        ("ALTER TABLE patients_weight ADD COLUMN u uuid NOT NULL", "null, or a constant db_default"),
        ("ALTER TABLE patients_weight ADD COLUMN u int UNIQUE", "the rest after it"),
        ("ALTER TABLE patients_weight ADD COLUMN g int GENERATED ALWAYS AS (id) STORED", "the rest after it"),
        ("ALTER TABLE patients_weight ADD CONSTRAINT c CHECK (weight_kg > 0)", "AddConstraintNotValid"),
        ("ALTER TABLE patients_weight ADD CONSTRAINT c UNIQUE (at)", "AddConstraintNotValid"),
        ("ALTER TABLE patients_weight VALIDATE CONSTRAINT c", "a migration of its own"),
        ("ALTER TABLE patients_weight ALTER COLUMN note SET NOT NULL", "a new column"),
        ("ALTER TABLE patients_weight ALTER COLUMN note TYPE bigint USING note::bigint", "a new column"),
        ("UPDATE patients_weight SET note = 1", "in portions"),
        ("INSERT INTO patients_height SELECT * FROM patients_weight", "in portions"),
        ("VACUUM FULL patients_weight", "not known to be quick"),
        ("LOCK TABLE patients_weight", "not known to be quick"),
    ],
)
def test_what_reads_or_writes_all_rows_is_named_with_what_to_do_instead(statement: str, instead: str) -> None:
    (found,) = objections(statement)
    assert instead in found


def test_a_migration_that_is_no_transaction_has_only_what_waits_without_blocking() -> None:
    assert objections("CREATE INDEX CONCURRENTLY i ON patients_weight (at)", atomic=False) == []
    assert objections("ALTER TABLE patients_weight VALIDATE CONSTRAINT c", atomic=False) == []
    assert len(objections("ALTER TABLE patients_weight ADD COLUMN note text NULL", atomic=False)) == 1


@pytest.mark.django_db
def test_no_migration_since_the_first_release_holds_a_lock_for_long() -> None:
    loader = MigrationLoader(connection)
    new = set(SMALL)
    found: dict[str, list[str]] = {}
    plan: dict[Any, None] = {}
    for leaf in loader.graph.leaf_nodes():
        plan |= dict.fromkeys(loader.graph.forwards_plan(leaf))
    for key in plan:
        if key in RELEASED:
            continue
        migration = loader.graph.nodes[key]
        collected = loader.collect_sql([(migration, False)])
        script = "\n".join(line for line in collected if line not in ("BEGIN;", "COMMIT;"))
        wrong = objections(script, atomic=migration.atomic, new=new)
        if UNWRITTEN in script:
            wrong.append("RunPython: what it does to rows is not seen here")
        if wrong:
            found[f"{migration.app_label}.{migration.name}"] = wrong
    assert {name: wrong for name, wrong in found.items() if name not in ALLOWED} == {}
    assert set(ALLOWED) <= set(found), "an allowance that is not needed"


def test_a_migration_that_meets_a_reader_lets_go_and_comes_back(release: Release) -> None:
    assert [line.strip() for line in release.told] == [IN_USE]
