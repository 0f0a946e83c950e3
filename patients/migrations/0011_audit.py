"""Who saw, wrote, decided, exported or signed in: entries in chains, which nobody changes and none skips."""

from importlib import import_module

import django.db.models.deletion
import django.db.models.functions.comparison
from django.conf import settings
from django.db import migrations, models

guards = import_module("patients.migrations.0002_guards")

TABLE = "patients_auditentry"

# Rights that the role has by default on tables made later
RIGHTS = f"""
GRANT SELECT, INSERT ON {TABLE} TO {guards.APPLICATION};
GRANT USAGE, SELECT ON SEQUENCE {TABLE}_id_seq TO {guards.APPLICATION};
REVOKE UPDATE, DELETE ON {TABLE} FROM {guards.APPLICATION};
"""

REFUSE = f"""
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {TABLE}
    FOR EACH STATEMENT EXECUTE FUNCTION patients_refuse_change();
"""

# The chain is held before its end is read, and the end is read by a statement of its own: it sees what was committed
# while this one waited. A clock that was set back gives the time of the entry before.
NEXT = f"""
CREATE FUNCTION patients_audit_next(of_chain bigint, OUT number bigint, OUT id bigint, OUT at timestamptz,
    OUT previous text) LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('audit ' || of_chain, 0));
    SELECT entry.number + 1, entry.at, entry.hash INTO number, at, previous
        FROM {TABLE} AS entry WHERE entry.chain = of_chain ORDER BY entry.number DESC LIMIT 1;
    number := coalesce(number, 1);
    previous := coalesce(previous, repeat('0', 64));
    at := greatest(at, clock_timestamp());
    id := nextval('{TABLE}_id_seq');
END $$;
"""

FOLLOWS = f"""
CREATE FUNCTION patients_audit_follows() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    of_chain CONSTANT bigint := coalesce(NEW.ward_id, 0);
    last record;
BEGIN
    SELECT entry.number, entry.at, entry.hash INTO last
        FROM {TABLE} AS entry WHERE entry.chain = of_chain ORDER BY entry.number DESC LIMIT 1;
    IF (NEW.number, NEW.previous) IS DISTINCT FROM (coalesce(last.number, 0) + 1, coalesce(last.hash, repeat('0', 64)))
            OR NEW.at < last.at OR NEW.at > greatest(last.at, clock_timestamp()) THEN
        RAISE EXCEPTION 'chain %: entry % does not follow the one before', of_chain, NEW.number
            USING ERRCODE = 'check_violation', CONSTRAINT = 'audit_follows_the_one_before';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER audit_follows BEFORE INSERT ON {TABLE} FOR EACH ROW EXECUTE FUNCTION patients_audit_follows();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("patients", "0010_break_glass"),
    ]

    operations = [
        migrations.CreateModel(
            name="AuditEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.SmallIntegerField()),
                (
                    "chain",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.functions.comparison.Coalesce(models.F("ward_id"), models.Value(0)),
                        output_field=models.BigIntegerField(),
                    ),
                ),
                ("number", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                ("name", models.CharField(blank=True, max_length=150)),
                ("event", models.CharField(max_length=30)),
                ("address", models.CharField(blank=True, max_length=45)),
                ("session", models.CharField(blank=True, max_length=16)),
                ("details", models.JSONField(default=dict)),
                ("previous", models.CharField(max_length=64)),
                ("hash", models.CharField(max_length=64)),
                (
                    "by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="patients.patient",
                    ),
                ),
                (
                    "ward",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="patients.ward",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["chain", "at", "id"], name="audit_by_time"),
                    models.Index(fields=["chain", "patient", "at", "id"], name="audit_by_patient"),
                    models.Index(fields=["chain", "by", "at", "id"], name="audit_by_person"),
                    models.Index(fields=["chain", "event", "at", "id"], name="audit_by_event"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("chain", "number"), name="audit_number_once_a_chain"),
                    models.CheckConstraint(condition=models.Q(("number__gte", 1)), name="audit_number_from_one"),
                    models.CheckConstraint(
                        condition=models.Q(("event__regex", "^[a-z]+(-[a-z]+)*$")), name="audit_event_is_a_code"
                    ),
                ],
            },
        ),
        migrations.RunSQL(RIGHTS),
        migrations.RunSQL(REFUSE),
        migrations.RunSQL(NEXT),
        migrations.RunSQL(FOLLOWS),
    ]
