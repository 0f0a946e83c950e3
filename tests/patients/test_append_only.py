"""Is a clinical row ever changed or removed? Not by the application, not by the tables' owner, not in plain SQL."""

from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.db import Error, IntegrityError, ProgrammingError, connection, models, transaction

from crsweb import roles
from patients.models import (
    Assessment,
    AssessmentOrganToxicity,
    AssessmentVasopressor,
    Patient,
    PatientIdentity,
    StoredVerdict,
    User,
)
from patients.models.submission import EnteredRow
from tests.patients.cast import a_patient, a_user, a_ward, an_assessment
from tests.patients.scene import Scene

# What may change, and why. Every other table of the record is append-only.
MUTABLE = {
    "patients_user": "an account is no clinical row",
    "patients_user_groups": "Django's own",
    "patients_user_user_permissions": "Django's own",
    "patients_user_wards": "where a person works",
    "patients_ward": "a ward's name and time zone",
    "patients_bed": "a bed's label",
    "patients_patient": "name and number, with a row in patients_patientidentity",
    "patients_browserreport": "counts of nobody",
    "patients_draft": "what is typed and not recorded yet is no clinical row",
}
TABLES = sorted(
    {model._meta.db_table for model in apps.get_app_config("patients").get_models(include_auto_created=True)}
    - set(MUTABLE)
)
STATEMENTS = ("UPDATE {} SET id = id", "UPDATE {} SET id = id WHERE false", "DELETE FROM {}", "TRUNCATE {} CASCADE")


def tried(statement: str) -> type[Error] | None:
    """The error of a statement, run within a savepoint."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    except Error as error:
        return type(error)
    return None


def triggers() -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, tgtype FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid"
            " WHERE tgname = 'append_only' AND tgenabled = 'O'"
        )
        return dict(cursor.fetchall())


@pytest.mark.django_db
def test_every_table_of_the_record_is_guarded_but_those_that_say_why_not() -> None:
    assert set(triggers()) == set(TABLES)


@pytest.mark.django_db
def test_the_guards_stand_before_update_delete_and_truncate_for_every_statement() -> None:
    before, delete, update, truncate, for_each_row = 2, 8, 16, 32, 1
    assert set(triggers().values()) == {before | delete | update | truncate}
    assert not (before | delete | update | truncate) & for_each_row


@pytest.mark.django_db
def test_every_row_that_was_entered_is_in_a_guarded_table() -> None:
    entered = {model._meta.db_table for model in apps.get_models() if issubclass(model, EnteredRow)}
    assert entered <= set(TABLES)


@pytest.mark.django_db
@pytest.mark.parametrize("table", TABLES)
def test_the_application_may_not_change_or_remove_a_row(table: str) -> None:
    assert [tried(statement.format(table)) for statement in STATEMENTS] == [ProgrammingError] * len(STATEMENTS)


@pytest.mark.django_db(transaction=True)
def test_nor_may_the_owner_of_the_tables() -> None:
    with roles.as_owner():
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user")
            assert cursor.fetchone() == (roles.OWNER,)
        for table in TABLES:
            for statement in STATEMENTS:
                assert tried(statement.format(table)) is IntegrityError, (table, statement)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("table", ["patients_patient", "patients_ward", "patients_bed"])
def test_patient_ward_and_bed_stay(table: str) -> None:
    assert tried(f"DELETE FROM {table}") is ProgrammingError
    assert tried(f"TRUNCATE {table} CASCADE") is ProgrammingError
    with roles.as_owner():
        assert tried(f"TRUNCATE {table} CASCADE") is IntegrityError


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [
        lambda row: type(row).objects.filter(pk=row.pk).update(note="changed"),
        lambda row: type(row).objects.bulk_update([row], ["note"]),
        lambda row: row.save(),
        lambda row: type(row).objects.filter(pk=row.pk)._raw_delete("default"),
    ],
)
def test_nor_by_any_way_of_django(change: Callable[[Any], object]) -> None:
    nurse = a_user()
    row = an_assessment(nurse, a_patient(nurse, a_ward(nurse)))
    with pytest.raises(ProgrammingError), transaction.atomic():
        change(row)


@pytest.mark.django_db
def test_an_upsert_is_a_change_too() -> None:
    nurse = a_user()
    a_patient(nurse, a_ward(nurse))
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO patients_submission SELECT * FROM patients_submission ON CONFLICT (id) DO UPDATE SET act = 'x'"
        )


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("model", "values"),
    [(AssessmentVasopressor, {"agent": "dopamine"}), (AssessmentOrganToxicity, {"system": "renal", "grade": 3})],
)
def test_nothing_is_added_to_an_assessment_once_it_is_recorded(
    model: type[models.Model], values: dict[str, object]
) -> None:
    with transaction.atomic():
        recorded = Scene().assessment()
    with pytest.raises(IntegrityError) as raised:
        model._default_manager.create(assessment=recorded, **values)
    assert "is recorded: nothing is added to it" in str(raised.value)


@pytest.mark.django_db(transaction=True)
def test_the_rows_of_an_assessment_are_taken_within_its_transaction_behind_savepoints_too() -> None:
    with transaction.atomic():
        scene = Scene()
        with transaction.atomic():
            row: Assessment = scene.assessment()
        with transaction.atomic():
            AssessmentVasopressor.objects.create(assessment=row, agent="dopamine")
    assert row.vasopressors.count() == 1


@pytest.mark.django_db
def test_of_a_patient_only_name_and_number_change() -> None:
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE patients_patient SET id = id")


@pytest.mark.django_db(transaction=True)
def test_the_owner_changes_no_name_without_its_history_either() -> None:
    nurse = a_user()
    patient = a_patient(nurse, a_ward(nurse))
    with roles.as_owner():
        with pytest.raises(IntegrityError), transaction.atomic():
            Patient.objects.filter(pk=patient.pk).update(mrn="9999")
        assert Patient.objects.get().mrn == PatientIdentity.objects.get().mrn == "1001"


@pytest.mark.django_db
def test_stored_verdicts_are_clinical_rows_too() -> None:
    assert {StoredVerdict._meta.db_table, "patients_storedsuggestions", "patients_submission"} <= set(TABLES)


@pytest.mark.django_db
def test_accounts_change() -> None:
    nurse = a_user()
    User.objects.filter(pk=nurse.pk).update(display_name="Ada Berg")
    assert User.objects.get(pk=nurse.pk).display_name == "Ada Berg"


@pytest.mark.django_db
def test_a_server_without_the_applications_role_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    guards = import_module("patients.migrations.0002_guards")
    monkeypatch.setattr(guards, "APPLICATION", "crsweb_nobody")
    with pytest.raises(RuntimeError, match="no role crsweb_nobody"):
        guards.the_role_is_there(apps, connection.schema_editor())
