"""A draft of every form: which submission it is to become, and since when its author has seen nothing new.

Drafts kept until now carry their submission in their fields.
"""

from django.db import migrations, models

FILL = """
UPDATE patients_draft SET submission_id = (fields -> 'submission_id' ->> 0)::uuid, opened_at = updated_at;
"""


class Migration(migrations.Migration):
    dependencies = [("patients", "0005_shifts_pauses_and_paper")]

    operations = [
        migrations.AlterField("draft", "form", models.CharField(max_length=80)),
        migrations.AddField("draft", "submission_id", models.UUIDField(null=True)),
        migrations.AddField("draft", "opened_at", models.DateTimeField(null=True)),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AlterField("draft", "submission_id", models.UUIDField()),
        migrations.AlterField("draft", "opened_at", models.DateTimeField()),
    ]
