"""Is every change of the audit trail found by name, also when the database's superuser made it?"""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from patients import actions
from patients.audit_chain import FIRST, hash_of, written
from patients.audit_heads import export
from patients.models import AuditEntry, Patient, Role, User, Ward
from tests.patients.cast import a_patient, a_user, a_ward

pytestmark = pytest.mark.django_db(transaction=True)
LENGTH = 9
COLUMNS = [field for field in AuditEntry._meta.concrete_fields if not field.generated]
TABLE = AuditEntry._meta.db_table
CHANGED = "it was changed: its hash is not that of what it says"


@dataclass(frozen=True)
class Told:
    """A ward with a chain of `LENGTH` entries, another with one, and the site's with one."""

    ward: Ward
    other: Ward
    superuser: psycopg.Connection[tuple[object, ...]]
    heads: Path

    def tamper(self, *statements: str) -> None:
        for statement in statements:
            self.superuser.execute(statement.format(chain=f"chain = {self.ward.pk}", other=self.other.pk))


@pytest.fixture
def told(postgresql: str, tmp_path: Path, settings: Settings) -> Iterator[Told]:
    nurse, admin = a_user(), a_user("root", Role.ADMIN)
    ward, other = a_ward(nurse), a_ward(nurse, "Ward 8")
    patient = a_patient(nurse, ward)
    a_patient(nurse, other, mrn="1002")
    for number in range(LENGTH - 1):
        actions.raise_concern(by=nurse, submission_id=uuid4(), patient=patient, why=f"grey {number}", called="")
    protocol = "review-2024"
    actions.open_ward(by=admin, submission_id=uuid4(), name="Ward 9", time_zone="UTC", default_protocol=protocol)
    call_command("export_audit_heads", to=tmp_path, verbosity=0)
    settings.AUDIT_HEADS_FOLDER = ""
    name = str(connection.settings_dict["NAME"])
    with psycopg.connect(psycopg.conninfo.make_conninfo(postgresql, dbname=name), autocommit=True) as superuser:
        superuser.execute(f"ALTER TABLE {TABLE} DISABLE TRIGGER USER")
        superuser.execute(f"CREATE TABLE kept AS TABLE {TABLE}")
        yield Told(ward, other, superuser, tmp_path)


def found(heads: Path | None = None) -> list[str]:
    """What the command says is wrong; empty where it ends well."""
    said = io.StringIO()
    try:
        call_command("verify_audit", heads=heads, stdout=io.StringIO(), stderr=said)
    except CommandError as problem:
        assert "does not hold" in str(problem)
        return [line for line in said.getvalue().splitlines() if "No exported heads" not in line]
    return []


def made_anew(told: Told) -> None:
    """The whole chain, with another author of entry 4, each hash valid."""
    previous = FIRST
    nobody = a_user("nobody")
    for entry in AuditEntry.objects.filter(ward=told.ward).order_by("number"):
        by = nobody.pk if entry.number == 4 else entry.by_id
        its_hash = hash_of(
            ward=entry.ward_id,
            number=entry.number,
            id=entry.pk,
            at=written(entry.at),
            by=by,
            name=entry.name,
            event=entry.event,
            patient=entry.patient_id,
            address=entry.address,
            session=entry.session,
            details=entry.details,
            previous=previous,
        )
        told.superuser.execute(
            f"UPDATE {TABLE} SET by_id = %s, previous = %s, hash = %s WHERE id = %s", [by, previous, its_hash, entry.pk]
        )
        previous = its_hash


# Of entry 4, column by column; to each what is said of it besides «changed»
EDITS = {
    "id": "id + 1000",
    "version": "2",
    "ward_id": "{other}",
    "number": "40",
    "at": "at + interval '1 microsecond'",
    "by_id": "(SELECT max(id) FROM patients_user)",
    "name": "'root'",
    "event": "'opened'",
    "patient_id": "(SELECT max(id) FROM patients_patient)",
    "address": "'10.0.0.7'",
    "session": "'0123456789abcdef'",
    "details": "jsonb_set(details, '{{act}}', '\"sign\"')",
    "previous": "repeat('0', 64)",
    "hash": "repeat('0', 64)",
}
IN_PLACE = set(EDITS) - {"ward_id", "number", "version"}
OF_4 = f"UPDATE {TABLE} SET {{column}} = {{value}} WHERE {{{{chain}}}} AND number = 4"
MISSING = "entry 5: before it entry 4 is missing"


def test_an_untouched_trail_holds_and_so_says_the_command(told: Told) -> None:
    said = io.StringIO()
    call_command("verify_audit", heads=told.heads, stdout=said)
    assert "The audit trail holds: 11 entries in 3 chains as of the heads exported until " in said.getvalue()


def test_every_change_is_found_by_chain_and_number(told: Told) -> None:
    ward, other = f"ward {told.ward.pk} (Ward 7), ", f"ward {told.other.pk} (Ward 8), "
    assert EDITS.keys() == {field.column for field in COLUMNS}
    cases = {
        f"{column} edited": ([OF_4.format(column=column, value=value)], [f"{ward}entry 4: {CHANGED}"])
        for column, value in EDITS.items()
        if column in IN_PLACE
    }
    cases["hash edited"][1].append(f"{ward}entry 5: it does not follow entry 4")
    cases |= {
        "version edited": (
            [OF_4.format(column="version", value="2")],
            [f"{ward}entry 4: it was changed: there is no version 2 of the hash"],
        ),
        "number edited": (
            [OF_4.format(column="number", value="40")],
            [f"{ward}{MISSING}", f"{ward}entry 40: {CHANGED}"],
        ),
        "moved to another ward": (
            [OF_4.format(column="ward_id", value="{other}")],
            [f"{ward}{MISSING}", f"{other}entry 4: {CHANGED}"],
        ),
        "a time that no calendar has": (
            [OF_4.format(column="at", value="'infinity'")],
            [f"{ward}entry 4: {CHANGED}"],
        ),
        "one removed": ([f"DELETE FROM {TABLE} WHERE {{chain}} AND number = 4"], [f"{ward}{MISSING}"]),
        "two removed": (
            [f"DELETE FROM {TABLE} WHERE {{chain}} AND number IN (4, 5)"],
            [f"{ward}entry 6: before it entries 4 to 5 are missing"],
        ),
        "the first removed": (
            [f"DELETE FROM {TABLE} WHERE {{chain}} AND number = 1"],
            [f"{ward}entry 2: before it entry 1 is missing"],
        ),
        "the first removed, the others moved up": (
            [f"DELETE FROM {TABLE} WHERE {{chain}} AND number = 1"]
            + [f"UPDATE {TABLE} SET number = {number - 1} WHERE {{chain}} AND number = {number}" for number in (2, 3)],
            [f"{ward}entry 1: {CHANGED}", f"{ward}entry 2: {CHANGED}", f"{ward}entry 4: before it entry 3 is missing"],
        ),
        "two swapped": (
            [
                f"UPDATE {TABLE} SET number = {to} WHERE {{chain}} AND number = {number}"
                for number, to in ((4, 99), (5, 4), (99, 5))
            ],
            [f"{ward}entry 4: {CHANGED}", f"{ward}entry 5: {CHANGED}", f"{ward}entry 6: it does not follow entry 5"],
        ),
        "one added with a number that there is": (
            [
                f"ALTER TABLE {TABLE} DROP CONSTRAINT audit_number_once_a_chain",
                f"UPDATE {TABLE} SET number = 4 WHERE {{chain}} AND number = 5",
            ],
            [
                f"{ward}entry 4: there is more than one entry with this number",
                f"{ward}entry 6: before it entry 5 is missing",
            ],
        ),
        "one added at the end": (
            [
                f"INSERT INTO {TABLE} (version, ward_id, number, at, name, event, address, session, details, previous,"
                f" hash) SELECT version, ward_id, number + 1, at, name, event, address, session, details, hash, hash"
                f" FROM {TABLE} WHERE {{chain}} AND number = {LENGTH}"
            ],
            [f"{ward}entry {LENGTH + 1}: {CHANGED}"],
        ),
    }
    for case, (statements, expected) in cases.items():
        told.tamper(*statements)
        assert found() == expected, case
        restore(told)
    assert found(told.heads) == []


def test_an_end_that_was_cut_off_and_a_chain_made_anew_are_found_by_the_exported_heads(told: Told) -> None:
    ward = f"ward {told.ward.pk} (Ward 7), entry {LENGTH}: "
    told.tamper(f"DELETE FROM {TABLE} WHERE {{chain}} AND number >= {LENGTH - 1}")
    assert found() == []
    (words,) = found(told.heads)
    assert words.startswith(f"{ward}it was removed: the head exported at ")
    told.tamper(f"DELETE FROM {TABLE} WHERE {{chain}}")
    assert found() == []
    assert found(told.heads) == [words]
    restore(told)
    made_anew(told)
    assert found() == []
    (words,) = found(told.heads)
    assert words.startswith(f"{ward}the chain was rewritten: the head exported at ")


def test_what_claims_to_be_older_than_an_export_that_does_not_know_it_is_found(told: Told) -> None:
    """Valid entries after the last head, and a whole chain that no head names, with times from before the export."""
    nurse = User.objects.get(username="ada")
    exported = timezone.now() + timedelta(minutes=10)  # by it, what is written now is ten minutes old
    export(told.heads, exported)
    assert found(told.heads) == []
    patient = Patient.objects.get(mrn="1001")
    for why in ("then", "and then"):
        actions.raise_concern(by=nurse, submission_id=uuid4(), patient=patient, why=why, called="")
    new = a_ward(nurse, "Ward 10")
    a_patient(nurse, new, mrn="1003")
    assert found() == []
    said = found(told.heads)
    when = f"exported at {written(exported)}"
    older = "its time is earlier: it was put in later, or the server's clock was set back"
    assert sorted(said) == sorted([
        f"ward {told.ward.pk} (Ward 7), entry {LENGTH + 1}: the head {when} ends before it, and {older}",
        f"ward {new.pk} (Ward 10), entry 1: no head {when} names the chain, which begins with it, and {older}",
    ])  # fmt: skip
    export(told.heads, exported + timedelta(minutes=10))  # a later export that names both makes neither true
    assert found(told.heads) == said


def test_a_trail_without_any_entry_does_not_hold(told: Told) -> None:
    told.tamper(f"DELETE FROM {TABLE}")
    with pytest.raises(CommandError, match="no entry at all"):
        call_command("verify_audit")


def test_a_chain_in_which_each_hash_is_valid_but_one_does_not_follow_is_found(told: Told) -> None:
    """Entry 5 written anew, with its valid hash: entry 6 rests on another."""
    entry = AuditEntry.objects.get(ward=told.ward, number=5)
    its_hash = hash_of(
        ward=entry.ward_id,
        number=5,
        id=entry.pk,
        at=written(entry.at),
        by=entry.by_id,
        name="",
        event="opened",
        patient=entry.patient_id,
        address="",
        session="",
        details={},
        previous=entry.previous,
    )
    told.tamper(
        f"UPDATE {TABLE} SET event = 'opened', details = '{{{{}}}}', hash = '{its_hash}' WHERE {{chain}} AND number = 5"
    )
    assert found() == [f"ward {told.ward.pk} (Ward 7), entry 6: it does not follow entry 5"]


def test_heads_are_added_to_one_file_a_day_and_a_line_that_was_cut_short_is_told(told: Told) -> None:
    (file,) = told.heads.iterdir()
    before = file.read_text(encoding="utf-8")
    assert len(before.splitlines()) == 3
    file.write_text(before[:-20], encoding="utf-8")
    call_command("export_audit_heads", to=told.heads, verbosity=0)
    assert file.read_text(encoding="utf-8").startswith(before[:-20] + "\n")
    assert found(told.heads) == [f"{file}, line 3: no head can be read: a write that was cut short, or a change"]
    assert found(file) == found(told.heads)


def test_heads_that_cannot_be_read_or_written_are_told(tmp_path: Path, settings: Settings) -> None:
    with pytest.raises(CommandError, match="no head is in it"):
        call_command("verify_audit", heads=tmp_path)
    with pytest.raises(CommandError, match="No such file"):
        call_command("verify_audit", heads=tmp_path / "nowhere")
    with pytest.raises(CommandError, match="The heads were not exported: No such file"):
        call_command("export_audit_heads", to=tmp_path / "nowhere")
    settings.AUDIT_HEADS_FOLDER = ""
    with pytest.raises(CommandError, match="AUDIT_HEADS_FOLDER"):
        call_command("export_audit_heads")
    with pytest.raises(CommandError, match="1 to 1440"):
        call_command("export_audit_heads", to=tmp_path, every=0)


def test_the_schedule_goes_on_where_a_round_failed(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    nurse = a_user()
    a_patient(nurse, a_ward(nurse))
    settings.AUDIT_HEADS_FOLDER = str(tmp_path / "later")
    rounds: list[float] = []

    class Told:
        def wait(self, seconds: float) -> None:
            rounds.append(seconds)
            if len(rounds) == 1:
                (tmp_path / "later").mkdir()
            else:
                raise KeyboardInterrupt

    monkeypatch.setattr("patients.management.commands.export_audit_heads.threading.Event", Told)
    said = io.StringIO()
    with pytest.raises(KeyboardInterrupt):
        call_command("export_audit_heads", every=5, verbosity=0, stderr=said)
    assert (rounds, said.getvalue().count("No such file")) == ([300, 300], 1)
    assert len(list((tmp_path / "later").iterdir())) == 1


def restore(told: Told) -> None:
    columns = ", ".join(f'"{field.column}"' for field in COLUMNS)
    told.superuser.execute(f"DELETE FROM {TABLE}")
    told.superuser.execute(f"INSERT INTO {TABLE} ({columns}) SELECT {columns} FROM kept")
