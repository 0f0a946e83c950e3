"""Of which submission was somebody told that it is not recorded? The table is append-only."""

from importlib import import_module

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

guards = import_module("patients.migrations.0002_guards")

TABLE = "patients_closedsubmission"

# Rights that the role has by default on tables made later
RIGHTS = f"""
GRANT SELECT, INSERT ON {TABLE} TO {guards.APPLICATION};
REVOKE UPDATE, DELETE ON {TABLE} FROM {guards.APPLICATION};
"""

REFUSE = f"""
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {TABLE}
    FOR EACH STATEMENT EXECUTE FUNCTION patients_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("patients", "0014_audit_names"),
    ]

    operations = [
        migrations.CreateModel(
            name="ClosedSubmission",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("goes_on_as", models.UUIDField(unique=True)),
                ("closed_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "closed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.RunSQL(RIGHTS),
        migrations.RunSQL(REFUSE),
    ]
