"""Every clinical row can be marked: a row stands while no correction names it that was not taken back."""

import django.db.models.deletion
import django.db.models.lookups
from django.db import migrations, models

# A row stands while no correction names it, but for those that were taken back.
MARKED = """(SELECT 1 FROM patients_correction AS mark WHERE mark.{column} = {row}.id
            AND NOT EXISTS (SELECT 1 FROM patients_correction AS back WHERE back.withdrawal_id = mark.id))"""

STANDING = f"""
CREATE OR REPLACE FUNCTION patients_one_standing_death() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT count(*) FROM patients_death AS death WHERE death.patient_id = NEW.patient_id
            AND NOT EXISTS {MARKED.format(column="death_id", row="death")}) > 1 THEN
        RAISE EXCEPTION 'patient % has died already', NEW.patient_id
            USING ERRCODE = 'unique_violation', CONSTRAINT = 'death_once';
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION patients_one_standing_infusion() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM patients_infusion AS infusion WHERE infusion.patient_id = NEW.patient_id
            AND NOT EXISTS {MARKED.format(column="infusion_id", row="infusion")}
            GROUP BY infusion.started_at HAVING count(*) > 1) THEN
        RAISE EXCEPTION 'two infusions of patient % start at one time', NEW.patient_id
            USING ERRCODE = 'unique_violation', CONSTRAINT = 'infusion_one_at_a_time';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION patients_one_standing_acknowledgement() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM patients_concernacknowledgement AS seen
            JOIN patients_concern AS concern ON concern.id = seen.concern_id
            WHERE (TG_TABLE_NAME = 'patients_correction' AND concern.patient_id = (to_jsonb(NEW) ->> 'patient_id')::bigint
                OR seen.concern_id = (to_jsonb(NEW) ->> 'concern_id')::bigint)
            AND NOT EXISTS {MARKED.format(column="acknowledgement_id", row="seen")}
            GROUP BY seen.concern_id HAVING count(*) > 1) THEN
        RAISE EXCEPTION 'the concern is acknowledged already'
            USING ERRCODE = 'unique_violation', CONSTRAINT = 'acknowledgement_once';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER acknowledgement_once AFTER INSERT ON patients_concernacknowledgement
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION patients_one_standing_acknowledgement();
""" + "".join(
    f"""
CREATE CONSTRAINT TRIGGER taken_back_{kind}_once AFTER INSERT ON patients_correction
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.withdrawal_id IS NOT NULL)
    EXECUTE FUNCTION patients_one_standing_{kind}();
"""
    for kind in ("death", "infusion", "acknowledgement")
)

# A patient keeps a name, facts and a place; the name is that of the last identity that stands.
KEPT = f"""
CREATE OR REPLACE FUNCTION patients_patient_has_its_history() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    of_patient CONSTANT bigint := CASE TG_TABLE_NAME
        WHEN 'patients_patient' THEN to_jsonb(NEW) ->> 'id' ELSE to_jsonb(NEW) ->> 'patient_id' END;
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM patients_patient AS patient, LATERAL (
            SELECT mrn, family_name, given_name FROM patients_patientidentity AS identity
            WHERE patient_id = patient.id AND NOT EXISTS {MARKED.format(column="identity_id", row="identity")}
            ORDER BY id DESC LIMIT 1
        ) AS latest
        WHERE patient.id = of_patient
            AND (patient.mrn, patient.family_name, patient.given_name)
                = (latest.mrn, latest.family_name, latest.given_name)
    ) THEN
        RAISE EXCEPTION 'patient %: number and name have no row in patients_patientidentity', of_patient
            USING ERRCODE = 'check_violation', CONSTRAINT = 'patient_has_its_identity';
    END IF;
    IF NOT EXISTS (SELECT 1 FROM patients_patientfacts AS facts WHERE patient_id = of_patient
            AND NOT EXISTS {MARKED.format(column="facts_id", row="facts")}) THEN
        RAISE EXCEPTION 'patient %: no row in patients_patientfacts', of_patient
            USING ERRCODE = 'check_violation', CONSTRAINT = 'patient_has_facts';
    END IF;
    IF to_jsonb(NEW) ->> 'placement_id' IS NOT NULL
            AND NOT EXISTS (SELECT 1 FROM patients_placement AS placement WHERE patient_id = of_patient
                AND NOT EXISTS {MARKED.format(column="placement_id", row="placement")}) THEN
        RAISE EXCEPTION 'patient %: no row in patients_placement', of_patient
            USING ERRCODE = 'check_violation', CONSTRAINT = 'patient_has_a_place';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER patient_keeps_its_history AFTER INSERT ON patients_correction
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (num_nonnulls(NEW.facts_id, NEW.identity_id, NEW.placement_id, NEW.withdrawal_id) > 0)
    EXECUTE FUNCTION patients_patient_has_its_history();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("patients", "0007_wall_displays"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="correction",
            name="correction_of_one_row",
        ),
        migrations.RemoveConstraint(
            model_name="correction",
            name="correction_replaces_when_superseded",
        ),
        migrations.RemoveConstraint(
            model_name="correction",
            name="correction_by_the_same_kind",
        ),
        migrations.RemoveConstraint(
            model_name="correction",
            name="correction_reenters_when_wrong_patient",
        ),
        migrations.RemoveConstraint(
            model_name="correction",
            name="correction_reenters_the_same_kind",
        ),
        migrations.AddField(
            model_name="correction",
            name="acknowledgement",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="corrections",
                to="patients.concernacknowledgement",
            ),
        ),
        migrations.AddField(
            model_name="correction",
            name="concern",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="corrections",
                to="patients.concern",
            ),
        ),
        migrations.AddField(
            model_name="correction",
            name="decision",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="corrections",
                to="patients.decision",
            ),
        ),
        migrations.AddField(
            model_name="correction",
            name="facts",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="corrections",
                to="patients.patientfacts",
            ),
        ),
        migrations.AddField(
            model_name="correction",
            name="identity",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="corrections",
                to="patients.patientidentity",
            ),
        ),
        migrations.AddField(
            model_name="correction",
            name="placement",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="corrections",
                to="patients.placement",
            ),
        ),
        migrations.AddField(
            model_name="correction",
            name="protocol",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="corrections",
                to="patients.protocolchoice",
            ),
        ),
        migrations.AddField(
            model_name="correction",
            name="reentered_concern",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="reentered_from",
                to="patients.concern",
            ),
        ),
        migrations.AddField(
            model_name="correction",
            name="signature",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="corrections",
                to="patients.signature",
            ),
        ),
        migrations.AddField(
            model_name="correction",
            name="tick",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="corrections",
                to="patients.checklisttick",
            ),
        ),
        migrations.AddField(
            model_name="correction",
            name="turn",
            field=models.SmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="correction",
            name="withdrawal",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="taken_back",
                to="patients.correction",
            ),
        ),
        migrations.AlterField(
            model_name="concernacknowledgement",
            name="concern",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="acknowledgements", to="patients.concern"
            ),
        ),
        migrations.AlterField(
            model_name="correction",
            name="assessment",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="corrections",
                to="patients.assessment",
            ),
        ),
        migrations.AlterField(
            model_name="correction",
            name="death",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="corrections",
                to="patients.death",
            ),
        ),
        migrations.AlterField(
            model_name="correction",
            name="height",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="corrections",
                to="patients.height",
            ),
        ),
        migrations.AlterField(
            model_name="correction",
            name="infusion",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="corrections",
                to="patients.infusion",
            ),
        ),
        migrations.AlterField(
            model_name="correction",
            name="infusion_dose",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="corrections",
                to="patients.infusiondose",
            ),
        ),
        migrations.AlterField(
            model_name="correction",
            name="infusion_event",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="corrections",
                to="patients.infusionevent",
            ),
        ),
        migrations.AlterField(
            model_name="correction",
            name="result",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="corrections",
                to="patients.laboratoryresult",
            ),
        ),
        migrations.AlterField(
            model_name="correction",
            name="treatment",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="corrections",
                to="patients.treatment",
            ),
        ),
        migrations.AlterField(
            model_name="correction",
            name="weight",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="corrections",
                to="patients.weight",
            ),
        ),
        migrations.AddConstraint(
            model_name="correction",
            constraint=models.UniqueConstraint(fields=("assessment", "turn"), name="correction_assessment_once"),
        ),
        migrations.AddConstraint(
            model_name="correction",
            constraint=models.UniqueConstraint(fields=("treatment", "turn"), name="correction_treatment_once"),
        ),
        migrations.AddConstraint(
            model_name="correction",
            constraint=models.UniqueConstraint(fields=("result", "turn"), name="correction_result_once"),
        ),
        migrations.AddConstraint(
            model_name="correction",
            constraint=models.UniqueConstraint(fields=("weight", "turn"), name="correction_weight_once"),
        ),
        migrations.AddConstraint(
            model_name="correction",
            constraint=models.UniqueConstraint(fields=("height", "turn"), name="correction_height_once"),
        ),
        migrations.AddConstraint(
            model_name="correction",
            constraint=models.UniqueConstraint(
                fields=("infusion_event", "turn"), name="correction_infusion_event_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="correction",
            constraint=models.UniqueConstraint(fields=("infusion_dose", "turn"), name="correction_infusion_dose_once"),
        ),
        migrations.AddConstraint(
            model_name="correction",
            constraint=models.UniqueConstraint(fields=("infusion", "turn"), name="correction_infusion_once"),
        ),
        migrations.AddConstraint(
            model_name="correction",
            constraint=models.UniqueConstraint(fields=("death", "turn"), name="correction_death_once"),
        ),
        migrations.AddConstraint(
            model_name="correction",
            constraint=models.UniqueConstraint(fields=("facts", "turn"), name="correction_facts_once"),
        ),
        migrations.AddConstraint(
            model_name="correction",
            constraint=models.UniqueConstraint(fields=("identity", "turn"), name="correction_identity_once"),
        ),
        migrations.AddConstraint(
            model_name="correction",
            constraint=models.UniqueConstraint(fields=("placement", "turn"), name="correction_placement_once"),
        ),
        migrations.AddConstraint(
            model_name="correction",
            constraint=models.UniqueConstraint(fields=("protocol", "turn"), name="correction_protocol_once"),
        ),
        migrations.AddConstraint(
            model_name="correction",
            constraint=models.UniqueConstraint(fields=("decision", "turn"), name="correction_decision_once"),
        ),
        migrations.AddConstraint(
            model_name="correction",
            constraint=models.UniqueConstraint(fields=("tick", "turn"), name="correction_tick_once"),
        ),
        migrations.AddConstraint(
            model_name="correction",
            constraint=models.UniqueConstraint(fields=("signature", "turn"), name="correction_signature_once"),
        ),
        migrations.AddConstraint(
            model_name="correction",
            constraint=models.UniqueConstraint(fields=("concern", "turn"), name="correction_concern_once"),
        ),
        migrations.AddConstraint(
            model_name="correction",
            constraint=models.UniqueConstraint(
                fields=("acknowledgement", "turn"), name="correction_acknowledgement_once"
            ),
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
                        models.F("withdrawal"),
                        function="num_nonnulls",
                        output_field=models.IntegerField(),
                    ),
                    1,
                ),
                name="correction_of_one_row",
            ),
        ),
        migrations.AddConstraint(
            model_name="correction",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("withdrawal__isnull", True),
                    models.Q(
                        ("kind", "undone"),
                        ("by_assessment__isnull", True),
                        ("by_death__isnull", True),
                        ("by_height__isnull", True),
                        ("by_infusion__isnull", True),
                        ("by_infusion_dose__isnull", True),
                        ("by_infusion_event__isnull", True),
                        ("by_result__isnull", True),
                        ("by_treatment__isnull", True),
                        ("by_weight__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="correction_taken_back_is_undone",
            ),
        ),
        migrations.AddConstraint(
            model_name="correction",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("kind", "superseded"),
                        models.Q(
                            ("by_assessment__isnull", True),
                            ("by_death__isnull", True),
                            ("by_height__isnull", True),
                            ("by_infusion__isnull", True),
                            ("by_infusion_dose__isnull", True),
                            ("by_infusion_event__isnull", True),
                            ("by_result__isnull", True),
                            ("by_treatment__isnull", True),
                            ("by_weight__isnull", True),
                            _negated=True,
                        ),
                    ),
                    ("kind", "undone"),
                    models.Q(
                        models.Q(("kind__in", ("superseded", "undone")), _negated=True),
                        ("by_assessment__isnull", True),
                        ("by_death__isnull", True),
                        ("by_height__isnull", True),
                        ("by_infusion__isnull", True),
                        ("by_infusion_dose__isnull", True),
                        ("by_infusion_event__isnull", True),
                        ("by_result__isnull", True),
                        ("by_treatment__isnull", True),
                        ("by_weight__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="correction_replaces_when_superseded",
            ),
        ),
        migrations.AddConstraint(
            model_name="correction",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("by_assessment__isnull", True), ("assessment__isnull", False), _connector="OR"),
                    models.Q(("by_treatment__isnull", True), ("treatment__isnull", False), _connector="OR"),
                    models.Q(("by_result__isnull", True), ("result__isnull", False), _connector="OR"),
                    models.Q(("by_weight__isnull", True), ("weight__isnull", False), _connector="OR"),
                    models.Q(("by_height__isnull", True), ("height__isnull", False), _connector="OR"),
                    models.Q(("by_infusion_event__isnull", True), ("infusion_event__isnull", False), _connector="OR"),
                    models.Q(("by_infusion_dose__isnull", True), ("infusion_dose__isnull", False), _connector="OR"),
                    models.Q(("by_infusion__isnull", True), ("infusion__isnull", False), _connector="OR"),
                    models.Q(("by_death__isnull", True), ("death__isnull", False), _connector="OR"),
                ),
                name="correction_by_the_same_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="correction",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind", "wrong-patient"),
                    models.Q(
                        ("reentered_assessment__isnull", True),
                        ("reentered_concern__isnull", True),
                        ("reentered_death__isnull", True),
                        ("reentered_height__isnull", True),
                        ("reentered_infusion__isnull", True),
                        ("reentered_infusion_dose__isnull", True),
                        ("reentered_infusion_event__isnull", True),
                        ("reentered_result__isnull", True),
                        ("reentered_treatment__isnull", True),
                        ("reentered_weight__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="correction_reenters_when_wrong_patient",
            ),
        ),
        migrations.AddConstraint(
            model_name="correction",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("reentered_assessment__isnull", True), ("assessment__isnull", False), _connector="OR"),
                    models.Q(("reentered_treatment__isnull", True), ("treatment__isnull", False), _connector="OR"),
                    models.Q(("reentered_result__isnull", True), ("result__isnull", False), _connector="OR"),
                    models.Q(("reentered_weight__isnull", True), ("weight__isnull", False), _connector="OR"),
                    models.Q(("reentered_height__isnull", True), ("height__isnull", False), _connector="OR"),
                    models.Q(
                        ("reentered_infusion_event__isnull", True), ("infusion_event__isnull", False), _connector="OR"
                    ),
                    models.Q(
                        ("reentered_infusion_dose__isnull", True), ("infusion_dose__isnull", False), _connector="OR"
                    ),
                    models.Q(("reentered_infusion__isnull", True), ("infusion__isnull", False), _connector="OR"),
                    models.Q(("reentered_death__isnull", True), ("death__isnull", False), _connector="OR"),
                    models.Q(("reentered_concern__isnull", True), ("concern__isnull", False), _connector="OR"),
                ),
                name="correction_reenters_the_same_kind",
            ),
        ),
        migrations.RunSQL(STANDING),
        migrations.RunSQL(KEPT),
    ]
