"""What was typed under a person's name is found as fast as what the person did."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("patients", "0013_who_is_there"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="auditentry",
            index=models.Index(
                condition=models.Q(("name", ""), _negated=True),
                fields=["chain", "name", "at", "id"],
                name="audit_by_name",
            ),
        ),
    ]
