"""What browsers refused by the content policy, counted; and rights on Django's own tables that nobody needs end.

Who may what is a column of the user: Django's groups and permissions stay as the owner's `migrate` leaves them. An account
is switched off, never removed.
"""

from importlib import import_module

from django.db import migrations, models

guards = import_module("patients.migrations.0002_guards")

AS_MIGRATED = (
    "auth_group",
    "auth_group_permissions",
    "auth_permission",
    "django_content_type",
    "patients_user_groups",
    "patients_user_user_permissions",
)

RIGHTS = f"""
GRANT SELECT, INSERT, UPDATE, DELETE ON patients_browserreport TO {guards.APPLICATION};
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {guards.APPLICATION};
REVOKE INSERT, UPDATE, DELETE ON {", ".join(AS_MIGRATED)} FROM {guards.APPLICATION};
REVOKE DELETE ON patients_user FROM {guards.APPLICATION};
"""


class Migration(migrations.Migration):
    dependencies = [("patients", "0011_audit")]

    operations = [
        migrations.CreateModel(
            name="BrowserReport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("directive", models.CharField(max_length=40)),
                ("blocked", models.CharField(max_length=120)),
                ("page", models.CharField(max_length=120)),
                ("times", models.PositiveIntegerField(default=1)),
                ("first_at", models.DateTimeField()),
                ("last_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("directive", "blocked", "page"), name="browser_report_once_a_kind")
                ],
            },
        ),
        migrations.RunSQL(RIGHTS),
    ]
