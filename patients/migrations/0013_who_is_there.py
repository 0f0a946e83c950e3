"""When a workstation locks itself; and of the tables of signing in, the application may what it does there and no more."""

from importlib import import_module

from django.db import migrations, models

APPLICATION = import_module("patients.migrations.0002_guards").APPLICATION

# Rows that come and go: wrong passwords, second factors, sessions, accounts at the site's identity provider
KEPT = (
    "axes_accessattempt",
    "axes_accessattemptexpiration",
    "mfa_authenticator",
    "socialaccount_socialaccount",
    "usersessions_usersession",
)
# What nothing here writes: the audit trail is kept elsewhere, the provider stands in the settings, its tokens nowhere
ONLY_READ = (
    "axes_accessfailurelog",
    "axes_accesslog",
    "socialaccount_socialapp",
    "socialaccount_socialtoken",
)

RIGHTS = f"""
GRANT SELECT, INSERT, UPDATE, DELETE ON {", ".join(KEPT)} TO {APPLICATION};
GRANT SELECT ON {", ".join(ONLY_READ)} TO {APPLICATION};
REVOKE INSERT, UPDATE, DELETE ON {", ".join(ONLY_READ)} FROM {APPLICATION};
"""


class Migration(migrations.Migration):
    dependencies = (
        ("patients", "0012_browser_reports"),
        ("axes", "0010_accessattemptexpiration"),
        ("mfa", "0003_authenticator_type_uniq"),
        ("socialaccount", "0006_alter_socialaccount_extra_data"),
        ("usersessions", "0001_initial"),
    )

    operations = (
        migrations.AddField(
            model_name="wardsettings",
            name="idle_minutes",
            field=models.SmallIntegerField(default=10),
        ),
        migrations.AddConstraint(
            model_name="wardsettings",
            constraint=models.CheckConstraint(
                condition=models.Q(("idle_minutes__gte", 1), ("idle_minutes__lte", 60)),
                name="ward_settings_idle_minutes_possible",
                violation_error_message="idle_minutes: 1 to 60.",
            ),
        ),
        migrations.RunSQL(RIGHTS),
    )
