"""Screens on the wall of a ward. Their tables are append-only too."""

from importlib import import_module

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

guards = import_module("patients.migrations.0002_guards")

APPEND_ONLY = ("patients_walldisplay", "patients_displaypairing", "patients_displayrevocation")

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
        ("patients", "0006_drafts"),
    ]

    operations = [
        migrations.CreateModel(
            name="DisplayPairing",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("entered_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("token_hash", models.CharField(max_length=64, unique=True)),
            ],
        ),
        migrations.CreateModel(
            name="DisplayRevocation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("entered_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="WallDisplay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("entered_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("label", models.CharField(max_length=40)),
            ],
        ),
        migrations.AddIndex(
            model_name="submission",
            index=models.Index(condition=models.Q(("act", "move_to_patient")), fields=["act"], name="submission_moves"),
        ),
        migrations.AddField(
            model_name="displaypairing",
            name="entered_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="displaypairing",
            name="submission",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="patients.submission"
            ),
        ),
        migrations.AddField(
            model_name="displayrevocation",
            name="entered_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="displayrevocation",
            name="submission",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="patients.submission"
            ),
        ),
        migrations.AddField(
            model_name="walldisplay",
            name="entered_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="walldisplay",
            name="submission",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="patients.submission"
            ),
        ),
        migrations.AddField(
            model_name="walldisplay",
            name="ward",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="displays", to="patients.ward"
            ),
        ),
        migrations.AddField(
            model_name="displayrevocation",
            name="display",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="revocation", to="patients.walldisplay"
            ),
        ),
        migrations.AddField(
            model_name="displaypairing",
            name="display",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="pairing", to="patients.walldisplay"
            ),
        ),
        migrations.AddConstraint(
            model_name="walldisplay",
            constraint=models.CheckConstraint(
                condition=models.Q(("label__regex", "^\\s*$"), _negated=True),
                name="display_label_not_blank",
                violation_error_message="label: a text is needed.",
            ),
        ),
        migrations.AddConstraint(
            model_name="displaypairing",
            constraint=models.CheckConstraint(
                condition=models.Q(("token_hash__regex", "^[0-9a-f]{64}$")), name="display_pairing_keeps_a_hash"
            ),
        ),
        migrations.RunSQL(RIGHTS),
        migrations.RunSQL(REFUSE),
    ]
