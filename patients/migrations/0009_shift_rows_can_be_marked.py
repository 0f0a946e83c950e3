"""Who has a patient, who is off the ward and who is back can be marked as entered in error too."""

import django.db.models.deletion
import django.db.models.lookups
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("patients", "0008_every_row"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="correction",
            name="correction_of_one_row",
        ),
        migrations.AddField(
            model_name="correction",
            name="assignment",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="corrections",
                to="patients.assignment",
            ),
        ),
        migrations.AddField(
            model_name="correction",
            name="pause",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="corrections",
                to="patients.pause",
            ),
        ),
        migrations.AddField(
            model_name="correction",
            name="pause_end",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="corrections",
                to="patients.pauseend",
            ),
        ),
        migrations.AlterField(
            model_name="pauseend",
            name="pause",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="ends", to="patients.pause"
            ),
        ),
        migrations.AddConstraint(
            model_name="correction",
            constraint=models.UniqueConstraint(fields=("assignment", "turn"), name="correction_assignment_once"),
        ),
        migrations.AddConstraint(
            model_name="correction",
            constraint=models.UniqueConstraint(fields=("pause", "turn"), name="correction_pause_once"),
        ),
        migrations.AddConstraint(
            model_name="correction",
            constraint=models.UniqueConstraint(fields=("pause_end", "turn"), name="correction_pause_end_once"),
        ),
        migrations.AddConstraint(
            model_name="correction",
            constraint=models.CheckConstraint(
                condition=django.db.models.lookups.Exact(
                    models.Func(
                        models.F("assessment"),
                        models.F("treatment"),
                        models.F("result"),
                        models.F("weight"),
                        models.F("height"),
                        models.F("infusion_event"),
                        models.F("infusion_dose"),
                        models.F("infusion"),
                        models.F("death"),
                        models.F("facts"),
                        models.F("identity"),
                        models.F("placement"),
                        models.F("protocol"),
                        models.F("decision"),
                        models.F("tick"),
                        models.F("signature"),
                        models.F("concern"),
                        models.F("acknowledgement"),
                        models.F("assignment"),
                        models.F("pause"),
                        models.F("pause_end"),
                        models.F("withdrawal"),
                        function="num_nonnulls",
                        output_field=models.IntegerField(),
                    ),
                    1,
                ),
                name="correction_of_one_row",
            ),
        ),
    ]
