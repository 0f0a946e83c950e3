"""Does a backup come back whole, and is one that is not as it was written refused?"""

import json
import os
import shutil
import stat
from collections.abc import Iterator
from datetime import datetime
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection, transaction

import crsweb
from crsweb import roles
from crsweb.backups import programs
from crsweb.backups.contents import anything_at_all, contents, one_moment
from crsweb.backups.manifest import DUMP, MANIFEST, read
from crsweb.backups.restoring import database
from patients import actions
from patients.audit_chain import written
from patients.audit_heads import FORM
from patients.models import AuditEntry, Patient, User
from tests.operations.conftest import RELEASES, NewDatabase, Release, make_empty, within


def said(command: str, *arguments: str) -> str:
    out = StringIO()
    call_command(command, *arguments, stdout=out)
    return out.getvalue()


def refused(*arguments: str) -> str:
    with pytest.raises(CommandError) as raised:
        said("restore", *arguments)
    return str(raised.value)


@pytest.fixture(scope="module")
def site(release: Release, new_database: NewDatabase) -> Iterator[str]:
    """A site's database with every kind of row, of the present version, with an audit trail."""
    name = new_database(of=release.name)
    with within(name):
        nurse = User.objects.get(username="ada")
        actions.raise_concern(
            by=nurse, submission_id=uuid4(), patient=Patient.objects.get(mrn="0100 1"), why="before the backup"
        )
        yield name


@pytest.fixture(scope="module")
def backup(site: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One backup of it; what is recorded after that is not in it."""
    to = tmp_path_factory.mktemp("site") / "backups"
    told = said("backup", "--to", str(to))
    (folder,) = to.iterdir()
    assert str(folder) in told and read(folder).sha256 in told
    nurse = User.objects.get(username="ada")
    actions.raise_concern(
        by=nurse, submission_id=uuid4(), patient=Patient.objects.get(mrn="0100 1"), why="after the backup"
    )
    return folder


@pytest.fixture
def copy(backup: Path, tmp_path: Path) -> Path:
    """The backup again, to be spoiled."""
    return shutil.copytree(backup, tmp_path / "copy")


def spoil(copy: Path, **changes: Any) -> None:
    document = json.loads((copy / MANIFEST).read_text())
    (copy / MANIFEST).write_text(json.dumps(document | changes))


def test_a_backup_is_two_files_that_only_their_user_can_read(backup: Path) -> None:
    assert sorted(file.name for file in backup.iterdir()) == [DUMP, MANIFEST]
    for path in (backup, *backup.iterdir()):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path
    manifest = read(backup)
    assert manifest.version == crsweb.__version__
    assert manifest.contents.rows["patients_auditentry"] == 2  # of the concern, and of this backup
    assert AuditEntry.objects.get(event="backup").details["backup"] == backup.name


def test_a_backup_comes_back_whole_into_a_fresh_database_with_its_rights_and_guards(backup: Path, empty: str) -> None:
    told = said("restore", "--from", str(backup), "--into", empty)
    manifest = read(backup)
    assert f"{sum(manifest.contents.rows.values()):,} rows" in told and "migrate" not in told
    with within(empty):
        with one_moment() as cursor:
            assert contents(cursor) == manifest.contents
        why = {row.why for row in Patient.objects.get(mrn="0100 1").concerns.all()}
        assert "before the backup" in why and "after the backup" not in why
        with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("DELETE FROM patients_assessment")
        nurse = User.objects.get(username="ada")
        actions.raise_concern(
            by=nurse, submission_id=uuid4(), patient=Patient.objects.get(mrn="0100 1"), why="the record goes on"
        )
    assert f"{empty} is not empty" in refused("--from", str(backup), "--into", empty)


def test_a_backup_that_is_not_as_it_was_written_is_refused_before_anything_is_put_back(copy: Path, empty: str) -> None:
    into = ("--from", str(copy), "--into", empty)
    whole = (copy / DUMP).read_bytes()

    (copy / DUMP).write_bytes(whole[:-1])
    assert f"{len(whole) - 1:,} bytes" in refused(*into)
    (copy / DUMP).write_bytes(whole[:5_000] + bytes([whole[5_000] ^ 1]) + whole[5_001:])
    assert "SHA-256" in refused(*into)
    (copy / DUMP).unlink()
    assert "database.dump cannot be read" in refused(*into)
    (copy / DUMP).write_bytes(whole)

    document = json.loads((copy / MANIFEST).read_text())
    newer = document["contents"] | {"migrations": [*document["contents"]["migrations"], "patients.0999_later"]}
    spoil(copy, version="9.1.0", contents=newer)
    assert "crsweb 9.1.0" in (words := refused(*into)) and "patients.0999_later" in words
    spoil(copy, contents=document["contents"], postgresql=99)
    assert "PostgreSQL 99" in refused(*into)
    spoil(copy, format=2)
    assert "format" in refused(*into)
    (copy / MANIFEST).write_text("{")
    assert "no manifest" in refused(*into)
    assert "cannot be read" in refused("--from", str(copy / "elsewhere"), "--into", empty)
    with database(empty), connection.cursor() as cursor:
        assert anything_at_all(cursor) == []


def test_what_came_back_otherwise_than_it_was_backed_up_is_named(copy: Path, empty: str) -> None:
    document = json.loads((copy / MANIFEST).read_text())["contents"]
    rows = document["rows"] | {"patients_assessment": document["rows"]["patients_assessment"] + 1}
    guards = [*document["guards"], "crsweb_app may SELECT patients_lost"]
    heads = {"0": [7, "0" * 64]}
    spoil(copy, contents=document | {"rows": rows, "guards": guards, "heads": heads})
    words = refused("--from", str(copy), "--into", empty)
    assert "do not use this database" in words
    assert "patients_assessment: " in words and "may SELECT patients_lost" in words and "chain 0" in words


def test_an_audit_trail_that_does_not_hold_is_found_when_a_backup_comes_back(
    site: str, backup: Path, empty: str, tmp_path: Path, settings: Any
) -> None:
    # Heads that were exported after the backup speak of what is not in it: only those from before it must be there.
    said("export_audit_heads", "--to", str(tmp_path))
    settings.AUDIT_HEADS_FOLDER = str(tmp_path)
    said("restore", "--from", str(backup), "--into", empty)
    (file,) = tmp_path.glob("audit-heads-*")
    entry = AuditEntry.objects.get(event="backup")
    taken_at = written(datetime.fromisoformat(read(backup).taken_at))
    head = {"form": FORM, "chain": 0, "number": entry.number, "hash": "0" * 64, "at": taken_at, "exported": taken_at}
    # An export that was under way when the backup was taken names an entry that is younger.
    younger = head | {"number": entry.number + 9, "at": written(entry.at)}
    file.write_text(json.dumps(younger) + "\n")
    make_empty(empty)
    said("restore", "--from", str(backup), "--into", empty)
    file.write_text(json.dumps(head) + "\n")
    make_empty(empty)
    assert "the chain was rewritten" in refused("--from", str(backup), "--into", empty)

    # Somebody who owns the tables changes an entry: what is backed up after that does not come back as sound.
    settings.AUDIT_HEADS_FOLDER = ""
    change = "UPDATE patients_auditentry SET details = details || %s WHERE id = %s"
    first = AuditEntry.objects.earliest("id")
    with roles.as_owner(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE patients_auditentry DISABLE TRIGGER USER")
        cursor.execute(change, [json.dumps({"act": "another"}), first.pk])
        cursor.execute("ALTER TABLE patients_auditentry ENABLE TRIGGER USER")
    to = tmp_path / "backups"
    said("backup", "--to", str(to))
    make_empty(empty)
    assert "its hash is not that of what it says" in refused("--from", str(next(to.iterdir())), "--into", empty)


def test_heads_that_cannot_be_read_do_not_make_a_sound_database_unsound(
    backup: Path, empty: str, tmp_path: Path, settings: Any
) -> None:
    """A new machine after a loss: the folder of the heads is there, and nothing is in it yet."""
    settings.AUDIT_HEADS_FOLDER = str(tmp_path)
    words = refused("--from", str(backup), "--into", empty)
    assert "do not use" not in words and "Not sound" not in words
    assert "was not compared with the exported heads" in words and f"{tmp_path}: no head is in it" in words
    with within(empty), one_moment() as cursor:
        assert contents(cursor) == read(backup).contents


def test_what_came_back_with_more_rights_or_rows_than_were_backed_up_is_named(copy: Path, empty: str) -> None:
    """As said by a manifest that knows less than the dump brings."""
    document = json.loads((copy / MANIFEST).read_text())["contents"]
    may = next(guard for guard in document["guards"] if guard.startswith("crsweb_app may INSERT"))
    guards = [guard for guard in document["guards"] if guard != may]
    rows = {table: count for table, count in document["rows"].items() if table != "patients_concern"}
    spoil(copy, contents=document | {"guards": guards, "rows": rows, "heads": {}})
    words = refused("--from", str(copy), "--into", empty)
    assert "do not use this database" in words and f"not backed up: {may}" in words
    assert "patients_concern: " in words and "0 were backed up" in words and "not backed up: chain 0" in words


def test_a_database_that_gives_rights_by_default_is_not_empty(backup: Path, empty: str) -> None:
    """They outlive the tables they were meant for, and `pg_restore` takes no right away that they give."""
    with database(empty), connection.cursor() as cursor:
        cursor.execute("ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT UPDATE, DELETE ON TABLES TO crsweb_app")
    words = refused("--from", str(backup), "--into", empty)
    assert f"{empty} is not empty" in words and "default rights of crsweb_owner" in words


def test_a_dump_that_is_cut_leaves_the_database_empty(tmp_path: Path, empty: str) -> None:
    cut = tmp_path / "cut.dump"
    cut.write_bytes((RELEASES / "0.1.0.dump").read_bytes()[:-50_000])
    assert "pg_restore failed" in refused("--from", str(cut), "--into", empty, "--without-manifest")
    told = said("restore", "--from", str(RELEASES / "0.1.0.dump"), "--into", empty, "--without-manifest")
    assert "no manifest" in told and "Next: migrate" in told


def test_a_backup_that_fails_leaves_nothing_behind(site: str, tmp_path: Path) -> None:
    with roles.as_owner(), connection.cursor() as cursor:
        cursor.execute("CREATE TABLE held (id int)")
        cursor.execute("REVOKE ALL ON held FROM CURRENT_USER")
    try:
        with pytest.raises(CommandError, match="pg_dump failed: .*held"):
            said("backup", "--to", str(tmp_path))
    finally:
        with roles.as_owner(), connection.cursor() as cursor:
            cursor.execute("DROP TABLE held")
    assert list(tmp_path.iterdir()) == []
    beside = tmp_path / "file"
    beside.touch()
    with pytest.raises(CommandError, match="Not backed up: .*file"):
        said("backup", "--to", str(beside))


def test_a_program_of_another_version_than_the_server_s_is_told(
    site: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    other = tmp_path / "pg_dump"
    other.write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 9.6.24'\n")
    other.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    monkeypatch.setattr(programs, "DEBIAN", str(tmp_path / "{major}"))
    settings.DATABASE_URL = "postgresql://a-site/crsweb"
    with database(None), pytest.raises(programs.Failed, match=r"the server's own version, .*pg_dump is of 9"):
        programs.program("pg_dump")


@pytest.mark.parametrize("secret", ["sslpassword", "password"])
def test_no_secret_of_the_address_stands_on_a_command_line(
    site: str, monkeypatch: pytest.MonkeyPatch, secret: str
) -> None:
    with database(None):
        options = connection.settings_dict["OPTIONS"] | {secret: "not to be seen"}
        monkeypatch.setitem(connection.settings_dict, "OPTIONS", options)
        if secret == "password":
            where, password = programs.address()
            assert "not to be seen" not in where and password == "not to be seen"
        else:
            with pytest.raises(programs.Failed, match="sslpassword") as refusal:
                programs.address()
            assert "not to be seen" not in str(refusal.value)
