"""The rows of the care around the grade are append-only too; of infusions and deaths those that stand are unique."""

from importlib import import_module

from django.db import migrations

guards = import_module("patients.migrations.0002_guards")

APPEND_ONLY = (
    "patients_checklisttick",
    "patients_concern",
    "patients_concernacknowledgement",
    "patients_correction",
    "patients_decision",
    "patients_signature",
)

# Rights that the role has by default on tables made later
RIGHTS = f"""
GRANT SELECT, INSERT, UPDATE, DELETE ON {", ".join(APPEND_ONLY)}, patients_draft TO {guards.APPLICATION};
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {guards.APPLICATION};
REVOKE UPDATE, DELETE ON {", ".join(APPEND_ONLY)} FROM {guards.APPLICATION};
"""

REFUSE = "".join(
    f"""
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION patients_refuse_change();
"""
    for table in APPEND_ONLY
)

# Looked at when the transaction ends: a row is replaced by writing the new one first, then the correction.
STANDING = """
CREATE FUNCTION patients_one_standing_death() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT count(*) FROM patients_death AS death WHERE death.patient_id = NEW.patient_id
            AND NOT EXISTS (SELECT 1 FROM patients_correction WHERE death_id = death.id)) > 1 THEN
        RAISE EXCEPTION 'patient % has died already', NEW.patient_id
            USING ERRCODE = 'unique_violation', CONSTRAINT = 'death_once';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER death_once AFTER INSERT ON patients_death
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION patients_one_standing_death();

CREATE FUNCTION patients_one_standing_infusion() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT count(*) FROM patients_infusion AS infusion
            WHERE infusion.patient_id = NEW.patient_id AND infusion.started_at = NEW.started_at
            AND NOT EXISTS (SELECT 1 FROM patients_correction WHERE infusion_id = infusion.id)) > 1 THEN
        RAISE EXCEPTION 'an infusion of patient % starts at % already', NEW.patient_id, NEW.started_at
            USING ERRCODE = 'unique_violation', CONSTRAINT = 'infusion_one_at_a_time';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER infusion_one_at_a_time AFTER INSERT ON patients_infusion
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION patients_one_standing_infusion();
"""


class Migration(migrations.Migration):
    dependencies = (("patients", "0003_care"),)
    operations = (
        migrations.RunSQL(RIGHTS),
        migrations.RunSQL(REFUSE),
        migrations.RunSQL(STANDING),
    )
