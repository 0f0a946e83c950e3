"""Shifts, pauses of monitoring, and who saw what was entered from paper. The new tables are append-only too."""

import datetime
from importlib import import_module

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import patients.models.ward

guards = import_module("patients.migrations.0002_guards")

APPEND_ONLY = ("patients_assignment", "patients_pause", "patients_pauseend")

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
        ("patients", "0004_care_guards"),
    ]

    operations = [
        migrations.CreateModel(
            name="Assignment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("entered_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Pause",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("entered_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("at", models.DateTimeField()),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("imaging", "Imaging"),
                            ("operating-room", "Operating room"),
                            ("procedure", "Procedure"),
                            ("dialysis", "Dialysis"),
                            ("other", "Other"),
                        ],
                        max_length=20,
                    ),
                ),
                ("text", models.TextField(blank=True)),
                ("until", models.DateTimeField()),
                ("confirmed", models.JSONField(blank=True, default=list)),
            ],
        ),
        migrations.CreateModel(
            name="PauseEnd",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("entered_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name="assessment",
            name="observed_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="assessment",
            name="observed_by_text",
            field=models.CharField(blank=True, db_default="", default="", max_length=80),
        ),
        migrations.AddField(
            model_name="height",
            name="observed_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="height",
            name="observed_by_text",
            field=models.CharField(blank=True, db_default="", default="", max_length=80),
        ),
        migrations.AddField(
            model_name="laboratoryresult",
            name="observed_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="laboratoryresult",
            name="observed_by_text",
            field=models.CharField(blank=True, db_default="", default="", max_length=80),
        ),
        migrations.AddField(
            model_name="treatment",
            name="observed_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="treatment",
            name="observed_by_text",
            field=models.CharField(blank=True, db_default="", default="", max_length=80),
        ),
        migrations.AddField(
            model_name="wardsettings",
            name="pause_minutes",
            field=models.SmallIntegerField(default=240),
        ),
        migrations.AddField(
            model_name="wardsettings",
            name="shift_starts",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.TimeField(), default=patients.models.ward.usual_shifts, size=None
            ),
        ),
        migrations.AddField(
            model_name="weight",
            name="observed_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="weight",
            name="observed_by_text",
            field=models.CharField(blank=True, db_default="", default="", max_length=80),
        ),
        migrations.AddConstraint(
            model_name="wardsettings",
            constraint=models.CheckConstraint(
                condition=models.Q(("shift_starts__len__gte", 1), ("shift_starts__len__lte", 6)),
                name="ward_settings_shifts_possible",
                violation_error_message="shift_starts: 1 to 6 a day.",
            ),
        ),
        migrations.AddConstraint(
            model_name="wardsettings",
            constraint=models.CheckConstraint(
                condition=models.Q(("pause_minutes__gte", 1), ("pause_minutes__lte", 1440)),
                name="ward_settings_pause_minutes_possible",
                violation_error_message="pause_minutes: 1 to 1440.",
            ),
        ),
        migrations.AddField(
            model_name="assignment",
            name="entered_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="assignment",
            name="nurse",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="assignment",
            name="patient",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="assignments", to="patients.patient"
            ),
        ),
        migrations.AddField(
            model_name="assignment",
            name="submission",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="patients.submission"
            ),
        ),
        migrations.AddField(
            model_name="assignment",
            name="ward",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="assignments", to="patients.ward"
            ),
        ),
        migrations.AddField(
            model_name="pause",
            name="entered_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="pause",
            name="patient",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="pauses", to="patients.patient"
            ),
        ),
        migrations.AddField(
            model_name="pause",
            name="submission",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="patients.submission"
            ),
        ),
        migrations.AddField(
            model_name="pauseend",
            name="entered_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="pauseend",
            name="pause",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="end", to="patients.pause"
            ),
        ),
        migrations.AddField(
            model_name="pauseend",
            name="submission",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="patients.submission"
            ),
        ),
        migrations.AddIndex(
            model_name="assignment",
            index=models.Index(fields=["patient", "-id"], name="assignment_latest"),
        ),
        migrations.AddConstraint(
            model_name="assignment",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_at__gt", models.F("starts_at"))), name="assignment_ends_after_its_start"
            ),
        ),
        migrations.AddIndex(
            model_name="pause",
            index=models.Index(fields=["patient", "-id"], name="pause_latest"),
        ),
        migrations.AddConstraint(
            model_name="pause",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "at__lte",
                        django.db.models.expressions.CombinedExpression(
                            models.F("entered_at"), "+", models.Value(datetime.timedelta(seconds=120))
                        ),
                    )
                ),
                name="pause_at_not_ahead",
                violation_error_message="at: not more than 2 minutes in the future.",
            ),
        ),
        migrations.AddConstraint(
            model_name="pause",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason__in", ["imaging", "operating-room", "procedure", "dialysis", "other"])),
                name="pause_reason_known",
                violation_error_message="reason: one of imaging, operating-room, procedure, dialysis, other.",
            ),
        ),
        migrations.AddConstraint(
            model_name="pause",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("reason", "other"), _negated=True),
                    models.Q(("text__regex", "^\\s*$"), _negated=True),
                    _connector="OR",
                ),
                name="pause_other_needs_a_text",
                violation_error_message="text: say where, when it is another place.",
            ),
        ),
        migrations.AddConstraint(
            model_name="pause",
            constraint=models.CheckConstraint(
                condition=models.Q(("until__gt", models.F("at"))),
                name="pause_ends_after_its_start",
                violation_error_message="until: after it began.",
            ),
        ),
        migrations.AddConstraint(
            model_name="pause",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "until__lte",
                        django.db.models.expressions.CombinedExpression(
                            models.F("at"), "+", models.Value(datetime.timedelta(days=1))
                        ),
                    )
                ),
                name="pause_within_a_day",
                violation_error_message="until: within 24 hours.",
            ),
        ),
        migrations.AddConstraint(
            model_name="pauseend",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "at__lte",
                        django.db.models.expressions.CombinedExpression(
                            models.F("entered_at"), "+", models.Value(datetime.timedelta(seconds=120))
                        ),
                    )
                ),
                name="pause_end_at_not_ahead",
                violation_error_message="at: not more than 2 minutes in the future.",
            ),
        ),
        migrations.RunSQL(RIGHTS),
        migrations.RunSQL(REFUSE),
    ]
