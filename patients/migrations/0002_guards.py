"""What may the application's role do, and what does the database refuse to everybody?

The application (`crsweb_app`) reads and adds. A clinical row is never changed or removed: the right is not given, and a
trigger refuses UPDATE, DELETE and TRUNCATE to the owner of the tables as well.
"""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

APPLICATION = "crsweb_app"
APPEND_ONLY = (
    "patients_assessment",
    "patients_assessmentorgantoxicity",
    "patients_assessmentvasopressor",
    "patients_death",
    "patients_height",
    "patients_infusion",
    "patients_infusiondose",
    "patients_infusionevent",
    "patients_laboratoryresult",
    "patients_patientfacts",
    "patients_patientidentity",
    "patients_placement",
    "patients_protocolchoice",
    "patients_storedsuggestions",
    "patients_storedverdict",
    "patients_submission",
    "patients_treatment",
    "patients_wardsettings",
    "patients_weight",
)


def the_role_is_there(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Roles belong to the server, not to the database: its administrator makes them (README)."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [APPLICATION])
        if cursor.fetchone() is None:
            raise RuntimeError(
                f"PostgreSQL has no role {APPLICATION}. Its administrator makes it once: CREATE ROLE {APPLICATION} LOGIN"
            )


# Tables that exist, and those the owner makes later (Django's own, other applications').
RIGHTS = f"""
GRANT USAGE ON SCHEMA public TO {APPLICATION};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {APPLICATION};
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {APPLICATION};
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {APPLICATION};
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {APPLICATION};
REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {APPLICATION};
REVOKE UPDATE, DELETE ON {", ".join(APPEND_ONLY)} FROM {APPLICATION};
REVOKE UPDATE, DELETE ON patients_patient, patients_ward, patients_bed FROM {APPLICATION};
GRANT UPDATE (mrn, family_name, given_name) ON patients_patient TO {APPLICATION};
GRANT UPDATE (name, time_zone) ON patients_ward TO {APPLICATION};
GRANT UPDATE (label) ON patients_bed TO {APPLICATION};
"""

REFUSE = """
CREATE FUNCTION patients_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of % refused: its rows are never changed', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
""" + "".join(
    f"""
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION patients_refuse_change();
"""
    for table in APPEND_ONLY
)

# A patient stays; number and name change only together with the row that says who changed them.
PATIENT = """
CREATE TRIGGER never_removed BEFORE DELETE OR TRUNCATE ON patients_patient
    FOR EACH STATEMENT EXECUTE FUNCTION patients_refuse_change();

CREATE FUNCTION patients_patient_has_its_history() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM patients_patient AS patient, LATERAL (
            SELECT mrn, family_name, given_name FROM patients_patientidentity
            WHERE patient_id = patient.id ORDER BY id DESC LIMIT 1
        ) AS latest
        WHERE patient.id = NEW.id
            AND (patient.mrn, patient.family_name, patient.given_name)
                = (latest.mrn, latest.family_name, latest.given_name)
    ) THEN
        RAISE EXCEPTION 'patient %: number and name have no row in patients_patientidentity', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'patient_has_its_identity';
    END IF;
    IF NOT EXISTS (SELECT 1 FROM patients_patientfacts WHERE patient_id = NEW.id) THEN
        RAISE EXCEPTION 'patient %: no row in patients_patientfacts', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'patient_has_facts';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER patient_has_its_history AFTER INSERT OR UPDATE ON patients_patient
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION patients_patient_has_its_history();
"""

# The rows of an assessment come with it, never afterwards: a later one would change what was charted. A row that this
# transaction wrote has a transaction number still in progress (its own or a savepoint's), which any other visible row has not.
ASSESSMENT = """
CREATE FUNCTION patients_written_now(written_by xid) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    turn CONSTANT bigint := 4294967296;
    next_number bigint := pg_snapshot_xmax(pg_current_snapshot())::text::bigint;
    number bigint := next_number - next_number % turn + written_by::text::bigint;
BEGIN
    IF number > next_number + turn / 2 THEN
        number := number - turn;
    END IF;
    RETURN number > 0 AND coalesce(pg_xact_status(number::text::xid8) = 'in progress', false);
END $$;

CREATE FUNCTION patients_organ_of_assessment() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    parent record;
BEGIN
    SELECT organs_charted, patients_written_now(xmin) AS now INTO parent
        FROM patients_assessment WHERE id = NEW.assessment_id;
    IF NOT parent.now THEN
        RAISE EXCEPTION 'assessment % is recorded: nothing is added to it', NEW.assessment_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'organ_toxicity_with_its_assessment';
    END IF;
    IF NOT parent.organs_charted THEN
        RAISE EXCEPTION 'assessment % charts no organ toxicity', NEW.assessment_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'organ_toxicity_charted';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER organ_of_assessment BEFORE INSERT ON patients_assessmentorgantoxicity
    FOR EACH ROW EXECUTE FUNCTION patients_organ_of_assessment();

CREATE FUNCTION patients_vasopressor_of_assessment() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    parent record;
BEGIN
    SELECT vasopressors_charted, hypotension, at, patients_written_now(xmin) AS now INTO parent
        FROM patients_assessment WHERE id = NEW.assessment_id;
    IF NOT parent.now THEN
        RAISE EXCEPTION 'assessment % is recorded: nothing is added to it', NEW.assessment_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'vasopressor_with_its_assessment';
    END IF;
    IF NOT parent.vasopressors_charted THEN
        RAISE EXCEPTION 'assessment % charts no vasopressors', NEW.assessment_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'vasopressor_charted';
    END IF;
    IF NOT parent.hypotension AND coalesce(NEW.for_hypotension, true)
            AND NEW.agent NOT IN ('milrinone', 'dobutamine') THEN
        RAISE EXCEPTION 'hypotension is charted as no beside % for hypotension', NEW.agent
            USING ERRCODE = 'check_violation', CONSTRAINT = 'vasopressor_against_no_hypotension';
    END IF;
    IF NEW.since > parent.at THEN
        RAISE EXCEPTION '% at this rate since after the assessment', NEW.agent
            USING ERRCODE = 'check_violation', CONSTRAINT = 'vasopressor_since_not_after';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER vasopressor_of_assessment BEFORE INSERT ON patients_assessmentvasopressor
    FOR EACH ROW EXECUTE FUNCTION patients_vasopressor_of_assessment();
"""

BED = """
ALTER TABLE patients_bed ADD CONSTRAINT bed_of_its_ward UNIQUE (ward_id, id);
ALTER TABLE patients_placement ADD CONSTRAINT placement_bed_of_its_ward
    FOREIGN KEY (ward_id, bed_id) REFERENCES patients_bed (ward_id, id);
"""


class Migration(migrations.Migration):
    dependencies = (("patients", "0001_initial"),)
    operations = (
        migrations.RunPython(the_role_is_there),
        migrations.RunSQL(RIGHTS),
        migrations.RunSQL(REFUSE),
        migrations.RunSQL(PATIENT),
        migrations.RunSQL(ASSESSMENT),
        migrations.RunSQL(BED),
    )
