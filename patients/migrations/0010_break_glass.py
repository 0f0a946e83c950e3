"""Who opened a patient of another ward, and who closed them early. Both tables are append-only."""

import datetime
from importlib import import_module

import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

guards = import_module("patients.migrations.0002_guards")

APPEND_ONLY = ("patients_brokenglass", "patients_glassend")

# Rights that the role has by default on tables made later
RIGHTS = f"""
GRANT SELECT, INSERT, UPDATE, DELETE ON {", ".join(APPEND_ONLY)} TO {guards.APPLICATION};
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


class Migration(migrations.Migration):
    dependencies = [
        ("patients", "0009_shift_rows_can_be_marked"),
    ]

    operations = [
        migrations.CreateModel(
            name="BrokenGlass",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("entered_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("emergency", "Emergency: called to the bedside"),
                            ("consult", "Consult that the ward asked for"),
                            ("covering", "Covering for the ward's own staff"),
                            ("transfer", "Transfer to or from my ward"),
                            ("other", "Other"),
                        ],
                        max_length=20,
                    ),
                ),
                ("text", models.TextField()),
                ("until", models.DateTimeField()),
                (
                    "entered_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="openings", to="patients.patient"
                    ),
                ),
                (
                    "submission",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="patients.submission"
                    ),
                ),
                (
                    "ward",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="patients.ward"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="GlassEnd",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("entered_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "entered_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "glass",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="ending", to="patients.brokenglass"
                    ),
                ),
                (
                    "submission",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="patients.submission"
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddIndex(
            model_name="brokenglass",
            index=models.Index(fields=["entered_by", "-until"], name="glass_of_whom"),
        ),
        migrations.AddIndex(
            model_name="brokenglass",
            index=models.Index(fields=["patient", "-id"], name="glass_of_patient"),
        ),
        migrations.AddConstraint(
            model_name="brokenglass",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason__in", ["emergency", "consult", "covering", "transfer", "other"])),
                name="glass_reason_known",
                violation_error_message="reason: one of emergency, consult, covering, transfer, other.",
            ),
        ),
        migrations.AddConstraint(
            model_name="brokenglass",
            constraint=models.CheckConstraint(
                condition=models.Q(("text__regex", "^\\s*$"), _negated=True),
                name="glass_has_words",
                violation_error_message="text: a text is needed.",
            ),
        ),
        migrations.AddConstraint(
            model_name="brokenglass",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("until__gt", models.F("entered_at")),
                    (
                        "until__lte",
                        django.db.models.expressions.CombinedExpression(
                            models.F("entered_at"), "+", models.Value(datetime.timedelta(seconds=3600))
                        ),
                    ),
                ),
                name="glass_within_its_time",
                violation_error_message="until: within 60 min.",
            ),
        ),
        migrations.RunSQL(RIGHTS),
        migrations.RunSQL(REFUSE),
    ]
