"""Does the database itself refuse what cannot be? Each named constraint, with rows that go past form and action."""

from datetime import time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction

from patients.models import (
    Assessment,
    AssessmentOrganToxicity,
    AssessmentVasopressor,
    Assignment,
    Bed,
    BrokenGlass,
    BrowserReport,
    ChecklistTick,
    Concern,
    Correction,
    Death,
    Decision,
    DisplayPairing,
    Draft,
    Height,
    Infusion,
    InfusionDose,
    InfusionEvent,
    LaboratoryResult,
    Patient,
    PatientFacts,
    PatientIdentity,
    Pause,
    PauseEnd,
    Placement,
    ProtocolChoice,
    Signature,
    StoredSuggestions,
    StoredVerdict,
    Treatment,
    User,
    WallDisplay,
    Ward,
    WardSettings,
    Weight,
)
from patients.models.correction import KINDS
from patients.models.fields import ExactDecimalField
from tests.patients.cast import NOW, a_ward
from tests.patients.scene import STARTED_AT, Scene

pytestmark = pytest.mark.django_db

AHEAD = NOW + timedelta(minutes=2, seconds=1)
BLANK = " \t"

Break = tuple[str, type[models.Model], dict[str, Any]]


def outside(name: str, model: type[models.Model], field: str, *values: str, **beside: Any) -> list[Break]:
    """Numbers just outside the possible range (rules 1.6)."""
    return [(name, model, {field: Decimal(value), **beside}) for value in values]


def rates(agent: str, **values: tuple[str, ...]) -> list[Break]:
    units = {"kg": "mcg/kg/min", "min": "mcg/min", "mg": "mg/h", "units_min": "units/min", "units_h": "units/h"}
    return [
        (
            "vasopressor_rate_possible",
            AssessmentVasopressor,
            {"agent": agent, "rate": Decimal(rate), "unit": units[unit]},
        )
        for unit, each in values.items()
        for rate in each
    ]


BREAKS: list[Break] = [
    ("ward_name_not_blank", Ward, {"name": BLANK}),
    ("ward_settings_protocol_known", WardSettings, {"default_protocol": "house"}),
    ("ward_settings_version_not_blank", WardSettings, {"version": ""}),
    ("ward_settings_concern_minutes_possible", WardSettings, {"concern_minutes": 0}),
    ("ward_settings_concern_minutes_possible", WardSettings, {"concern_minutes": 241}),
    ("ward_settings_shifts_possible", WardSettings, {"shift_starts": []}),
    ("ward_settings_shifts_possible", WardSettings, {"shift_starts": [time(hour) for hour in range(7)]}),
    ("ward_settings_pause_minutes_possible", WardSettings, {"pause_minutes": 0}),
    ("ward_settings_pause_minutes_possible", WardSettings, {"pause_minutes": 1441}),
    ("ward_settings_idle_minutes_possible", WardSettings, {"idle_minutes": 0}),
    ("ward_settings_idle_minutes_possible", WardSettings, {"idle_minutes": 61}),
    ("glass_reason_known", BrokenGlass, {"reason": "curiosity"}),
    ("glass_has_words", BrokenGlass, {"text": BLANK}),
    ("glass_within_its_time", BrokenGlass, {"until": NOW}),
    ("glass_within_its_time", BrokenGlass, {"until": NOW + timedelta(minutes=60, seconds=1)}),
    ("patients_browserreport_times_check", BrowserReport, {"times": -1}),
    ("assignment_ends_after_its_start", Assignment, {"ends_at": NOW - timedelta(hours=1)}),
    ("pause_at_not_ahead", Pause, {"at": AHEAD, "until": AHEAD + timedelta(hours=1)}),
    ("pause_reason_known", Pause, {"reason": "lunch"}),
    ("pause_other_needs_a_text", Pause, {"reason": "other", "text": BLANK}),
    ("pause_ends_after_its_start", Pause, {"until": NOW - timedelta(days=1)}),
    ("pause_within_a_day", Pause, {"until": NOW + timedelta(days=1)}),
    ("pause_end_at_not_ahead", PauseEnd, {"at": AHEAD}),
    ("bed_label_once_a_ward", Bed, {"label": "1"}),
    ("bed_label_not_blank", Bed, {"label": BLANK}),
    ("user_role_known", User, {"role": "surgeon"}),
    ("user_role_known", User, {"role": ""}),
    ("patient_mrn_once", Patient, {"mrn": "1001"}),
    ("patient_mrn_not_blank", Patient, {"mrn": BLANK}),
    ("patient_family_name_not_blank", Patient, {"family_name": ""}),
    ("patient_given_name_not_blank", Patient, {"given_name": ""}),
    ("identity_mrn_not_blank", PatientIdentity, {"mrn": ""}),
    ("identity_family_name_not_blank", PatientIdentity, {"family_name": BLANK}),
    ("identity_given_name_not_blank", PatientIdentity, {"given_name": ""}),
    ("facts_at_not_ahead", PatientFacts, {"at": AHEAD}),
    ("facts_sex_known", PatientFacts, {"sex": "m"}),
    *outside("facts_baseline_systolic_possible", PatientFacts, "baseline_systolic", "19.9", "320.1"),
    *outside("facts_baseline_diastolic_possible", PatientFacts, "baseline_diastolic", "4.9", "250.1"),
    (
        "facts_baseline_diastolic_not_above_systolic",
        PatientFacts,
        {"baseline_systolic": Decimal(90), "baseline_diastolic": Decimal(91)},
    ),
    *outside("facts_home_oxygen_possible", PatientFacts, "home_oxygen_l_min", "0", "100.1"),
    ("facts_allergies_known", PatientFacts, {"allergies": "some"}),
    ("facts_allergies_named_when_known", PatientFacts, {"allergies": "known", "allergies_to": []}),
    ("facts_allergies_named_when_known", PatientFacts, {"allergies": "none-known", "allergies_to": ["latex"]}),
    ("placement_at_not_ahead", Placement, {"at": AHEAD}),
    ("placement_kind_known", Placement, {"kind": "moved"}),
    ("placement_discharge_has_no_bed", Placement, {"kind": "discharge"}),
    ("protocol_choice_at_not_ahead", ProtocolChoice, {"at": AHEAD}),
    ("protocol_choice_known", ProtocolChoice, {"protocol": "house"}),
    ("protocol_choice_has_a_reason", ProtocolChoice, {"reason": BLANK}),
    ("weight_at_not_ahead", Weight, {"at": AHEAD}),
    *outside("weight_possible", Weight, "weight_kg", "0.29", "400.1"),
    ("height_at_not_ahead", Height, {"at": AHEAD}),
    *outside("height_possible", Height, "height_cm", "19.9", "260.1"),
    ("death_at_not_ahead", Death, {"at": AHEAD}),
    ("assessment_at_not_ahead", Assessment, {"at": AHEAD}),
    *outside("assessment_temperature_possible", Assessment, "temperature_c", "24.99", "45.01"),
    *outside("assessment_heart_rate_possible", Assessment, "heart_rate", "-1", "351"),
    *outside("assessment_respiratory_rate_possible", Assessment, "respiratory_rate", "-1", "151"),
    *outside("assessment_spo2_possible", Assessment, "spo2_percent", "-1", "101"),
    *outside("assessment_systolic_possible", Assessment, "systolic", "19", "321"),
    *outside("assessment_diastolic_possible", Assessment, "diastolic", "4", "251"),
    *outside("assessment_mean_possible", Assessment, "mean", "9", "281"),
    (
        "assessment_diastolic_not_above_systolic",
        Assessment,
        {"systolic": Decimal(80), "diastolic": Decimal(80.5)},
    ),
    ("assessment_device_known", Assessment, {"oxygen_device": "helmet"}),
    *outside("assessment_flow_possible", Assessment, "oxygen_flow_l_min", "0", "100.1", oxygen_device="cpap"),
    *outside("assessment_fio2_possible", Assessment, "oxygen_fio2_percent", "20.9", "0.4", "101", oxygen_device="cpap"),
    ("assessment_oxygen_has_a_device", Assessment, {"oxygen_flow_l_min": Decimal(2)}),
    ("assessment_oxygen_has_a_device", Assessment, {"oxygen_fio2_percent": Decimal(40)}),
    ("assessment_oxygen_has_a_device", Assessment, {"oxygen_for_hypoxia": True}),
    ("assessment_symptoms_known", Assessment, {"constitutional": ["rigors", "fever"]}),
    ("assessment_attributed_known", Assessment, {"attributed_elsewhere": ["tachycardia"]}),
    ("assessment_response_known", Assessment, {"symptomatic_response": "slow"}),
    ("assessment_impression_possible", Assessment, {"impression": -1}),
    ("assessment_impression_possible", Assessment, {"impression": 5}),
    ("assessment_reason_of_an_attribution", Assessment, {"attribution_reason": "sepsis"}),
    ("correction_kind_known", Correction, {"kind": "deleted"}),
    ("correction_reason_known", Correction, {"reason": "because"}),
    ("correction_other_needs_a_text", Correction, {"reason": "other", "text": BLANK}),
    ("correction_of_one_row", Correction, {"treatment": None}),
    ("correction_replaces_when_superseded", Correction, {"kind": "superseded"}),
    ("decision_step_not_blank", Decision, {"step": ""}),
    ("decision_answer_known", Decision, {"answer": "perhaps"}),
    ("decision_reason_known", Decision, {"answer": "declined", "reason": "because"}),
    ("decision_declined_with_a_reason", Decision, {"answer": "declined"}),
    ("decision_declined_with_a_reason", Decision, {"reason": "not-indicated"}),
    ("decision_other_needs_a_text", Decision, {"answer": "declined", "reason": "other", "text": BLANK}),
    ("decision_watched_until_later", Decision, {"answer": "watching"}),
    ("decision_watched_until_later", Decision, {"answer": "watching", "watch_until": NOW}),
    ("decision_watched_until_later", Decision, {"watch_until": NOW + timedelta(hours=1)}),
    ("tick_step_not_blank", ChecklistTick, {"step": ""}),
    ("tick_item_not_blank", ChecklistTick, {"item": BLANK}),
    ("signature_scale_known", Signature, {"scale": "house"}),
    ("signature_protocol_known", Signature, {"protocol": "house"}),
    ("signature_reason_known", Signature, {"confirmed_grade": 3, "reason": "because", "text": "seen"}),
    ("signature_computed_grade_possible", Signature, {"computed_grade": -1, "confirmed_grade": -1}),
    ("signature_at_most_not_below_grade", Signature, {"computed_at_most": 1}),
    ("signature_at_most_not_below_grade", Signature, {"computed_at_most": 5}),
    (
        "signature_confirmed_grade_possible",
        Signature,
        {"confirmed_grade": 5, "reason": "measurement", "text": "seen"},
    ),
    ("signature_override_with_reason_and_text", Signature, {"confirmed_grade": 3}),
    ("signature_override_with_reason_and_text", Signature, {"confirmed_grade": 3, "reason": "measurement"}),
    ("signature_override_with_reason_and_text", Signature, {"reason": "measurement", "text": "seen"}),
    ("concern_says_why", Concern, {"why": BLANK}),
    ("draft_form_not_blank", Draft, {"form": ""}),
    ("assessment_not_assessed_known", Assessment, {"neurology_not_assessed": "busy"}),
    ("assessment_ice_possible", Assessment, {"ice_score": -1}),
    ("assessment_ice_possible", Assessment, {"ice_score": 11}),
    ("assessment_capd_possible", Assessment, {"capd_score": -1}),
    ("assessment_capd_possible", Assessment, {"capd_score": 33}),
    ("assessment_consciousness_known", Assessment, {"consciousness": "drowsy"}),
    ("assessment_seizure_known", Assessment, {"seizure": "yes"}),
    ("assessment_raised_icp_known", Assessment, {"raised_icp": "yes"}),
    *(
        ("assessment_neurology_or_why_not", Assessment, {"neurology_not_assessed": "sedated", **one})
        for one in (
            {"ice_score": 0},
            {"capd_score": 0},
            {"consciousness": "spontaneous"},
            {"seizure": "none"},
            {"motor_weakness": False},
            {"raised_icp": "none"},
        )
    ),
    ("vasopressor_agent_known", AssessmentVasopressor, {"agent": "noradrenaline"}),
    ("vasopressor_rate_with_unit", AssessmentVasopressor, {"rate": Decimal(5)}),
    ("vasopressor_rate_with_unit", AssessmentVasopressor, {"unit": "mcg/min"}),
    *rates("norepinephrine", kg=("0", "5.1"), min=("0", "401"), mg=("0", "24.1"), units_min=("0.03",)),
    *rates("epinephrine", kg=("0", "5.1"), min=("0", "401"), mg=("24.1",), units_h=("2",)),
    *rates("phenylephrine", kg=("20.1",), min=("1501",), mg=("90.1",)),
    *rates("dopamine", kg=("50.1",), min=("5001",), mg=("300.1",)),
    *rates("vasopressin", units_min=("0", "1.1"), units_h=("0", "60.1"), min=("1",), kg=("1",)),
    *rates("angiotensin-ii", kg=("1.1",), min=("101",), mg=("6.1",)),
    *rates("milrinone", kg=("0", "5.1")),
    *rates("dobutamine", kg=("0", "50.1")),
    ("organ_toxicity_system_known", AssessmentOrganToxicity, {"system": "liver"}),
    ("organ_toxicity_grade_possible", AssessmentOrganToxicity, {"grade": -1}),
    ("organ_toxicity_grade_possible", AssessmentOrganToxicity, {"grade": 5}),
    ("infusion_started_at_not_ahead", Infusion, {"started_at": AHEAD}),
    ("infusion_cause_known", Infusion, {"cause": "cells"}),
    ("infusion_product_not_blank", Infusion, {"product": BLANK}),
    ("infusion_one_at_a_time", Infusion, {"started_at": STARTED_AT}),
    ("infusion_dose_at_not_ahead", InfusionDose, {"at": AHEAD}),
    *outside("infusion_dose_possible", InfusionDose, "dose", "0", "-1", unit="mcg"),
    ("infusion_dose_has_its_unit", InfusionDose, {"dose": Decimal(9)}),
    ("infusion_dose_unit_not_blank", InfusionDose, {"unit": BLANK}),
    ("infusion_event_at_not_ahead", InfusionEvent, {"at": AHEAD}),
    ("infusion_event_action_known", InfusionEvent, {"action": "stop"}),
    ("result_at_not_ahead", LaboratoryResult, {"at": AHEAD}),
    ("result_analyte_not_blank", LaboratoryResult, {"analyte": ""}),
    ("result_unit_not_blank", LaboratoryResult, {"unit": ""}),
    *outside("result_value_possible", LaboratoryResult, "value", "-0.1"),
    *outside("result_lower_limit_possible", LaboratoryResult, "lower_limit", "-0.1"),
    *outside("result_upper_limit_possible", LaboratoryResult, "upper_limit", "0"),
    (
        "result_lower_limit_not_above_upper",
        LaboratoryResult,
        {"lower_limit": Decimal(2), "upper_limit": Decimal("1.9")},
    ),
    ("treatment_at_not_ahead", Treatment, {"at": AHEAD}),
    ("treatment_drug_not_blank", Treatment, {"drug": BLANK}),
    *outside("treatment_dose_possible", Treatment, "dose", "0", "-8", unit="mg"),
    ("treatment_dose_has_its_unit", Treatment, {"dose": Decimal(8)}),
    ("treatment_unit_not_blank", Treatment, {"unit": ""}),
    ("treatment_route_known", Treatment, {"route": "intravenous"}),
    ("treatment_purpose_known", Treatment, {"purpose": "fever"}),
    ("verdict_scale_known", StoredVerdict, {"scale": "penn"}),
    ("verdict_protocol_known", StoredVerdict, {"protocol": "house"}),
    ("verdict_grade_possible", StoredVerdict, {"grade": -1}),
    ("verdict_at_most_possible", StoredVerdict, {"at_most": 6}),
    ("verdict_pending_grade_possible", StoredVerdict, {"pending_grade": 6, "pending_at": NOW}),
    ("verdict_at_most_not_below_grade", StoredVerdict, {"grade": 2, "at_most": 1}),
    ("verdict_at_most_not_below_grade", StoredVerdict, {"grade": None}),
    ("verdict_at_most_not_below_grade", StoredVerdict, {"at_most": None}),
    ("verdict_pending_grade_with_its_time", StoredVerdict, {"pending_grade": 3}),
    ("verdict_pending_grade_with_its_time", StoredVerdict, {"pending_at": NOW}),
    ("suggestions_protocol_known", StoredSuggestions, {"protocol": ""}),
    ("display_label_not_blank", WallDisplay, {"label": BLANK}),
    ("display_pairing_keeps_a_hash", DisplayPairing, {"token_hash": "a token"}),
    # Written in SQL by the migrations.
    ("vasopressor_since_not_after", AssessmentVasopressor, {"since": NOW}),
]
# A trigger refuses before them whatever does not follow in its chain.
BEHIND_THE_CHAIN = {
    "audit_number_once_a_chain": "UNIQUE (chain, number)",
    "audit_number_from_one": "CHECK ((number >= 1))",
    "audit_event_is_a_code": "CHECK (((event)::text ~ '^[a-z]+(-[a-z]+)*$'::text))",
}
# Those whose test stands below by itself.
BY_ITSELF = {
    "correction_by_the_same_kind",
    "correction_taken_back_is_undone",
    *(f"correction_{kind}_once" for kind in KINDS),
    "correction_reenters_the_same_kind",
    "correction_reenters_when_wrong_patient",
    "draft_one_a_form",
    "browser_report_once_a_kind",
    *BEHIND_THE_CHAIN,
    "assessment_once_a_submission",
    "treatment_once_a_submission",
    "result_analyte_once_a_submission",
    "vasopressor_agent_once",
    "organ_toxicity_system_once",
    "placement_bed_of_its_ward",
    "bed_of_its_ward",  # what the one before refers to
}


@pytest.fixture
def scene(db: None) -> Scene:
    return Scene()


def refused(name: str, model: type[models.Model], values: dict[str, Any]) -> None:
    """The row is refused, by this constraint."""
    with pytest.raises(IntegrityError) as raised, transaction.atomic():
        model._default_manager.create(**values)
        connection.check_constraints()
    assert raised.value.__cause__.diag.constraint_name == name  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("name", "model", "change"), BREAKS, ids=[f"{name}-{'-'.join(change)}" for name, _, change in BREAKS]
)
def test_the_database_refuses(scene: Scene, name: str, model: type[models.Model], change: dict[str, Any]) -> None:
    refused(name, model, scene.valid(model) | change)


EXACT = [
    (model, str(field.column))
    for model in apps.get_app_config("patients").get_models()
    for field in model._meta.concrete_fields
    if isinstance(field, ExactDecimalField)
]


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity"])
@pytest.mark.parametrize(("model", "column"), EXACT)
def test_no_column_holds_what_is_no_number(scene: Scene, model: type[models.Model], column: str, number: str) -> None:
    """In plain SQL: Django itself would refuse it before."""
    values = scene.valid(model)
    if column.startswith("oxygen"):
        values["oxygen_device"] = "cpap"
    if column == "dose":
        values["unit"] = "mg"
    if column == "rate":
        values |= {"rate": Decimal(1), "unit": "mcg/min"}
    row = model._default_manager.create(**values)
    columns = [str(field.column) for field in model._meta.concrete_fields if not field.primary_key]
    copied = ", ".join(f"'{number}'::numeric" if name == column else name for name in columns)
    table = model._meta.db_table
    with pytest.raises(IntegrityError) as raised, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {table} ({', '.join(columns)}) SELECT {copied} FROM {table} WHERE id = {row.pk}")
    assert raised.value.__cause__.diag.constraint_name.endswith("_possible")  # type: ignore[union-attr]


@pytest.mark.parametrize("model", sorted({model for _, model, _ in BREAKS}, key=str))
def test_without_the_break_the_row_is_taken(scene: Scene, model: type[models.Model]) -> None:
    with transaction.atomic():
        row = model._default_manager.create(**scene.valid(model))
        if model is not Patient:  # whose history comes with the action
            connection.check_constraints()
        assert model._default_manager.filter(pk=row.pk).exists()
        transaction.set_rollback(True)


@pytest.mark.parametrize(
    ("model", "change"),
    [
        *((Assessment, {"temperature_c": Decimal(value)}) for value in ("25", "45")),
        *((Assessment, {"systolic": Decimal(value)}) for value in ("20", "320")),
        (Assessment, {"systolic": Decimal(80), "diastolic": Decimal(80)}),
        *((Assessment, {"heart_rate": Decimal(value), "respiratory_rate": Decimal(0)}) for value in ("0", "350")),
        (
            Assessment,
            {"oxygen_device": "cpap", "oxygen_flow_l_min": Decimal("0.1"), "oxygen_fio2_percent": Decimal(21)},
        ),
        (Assessment, {"oxygen_device": "cpap", "oxygen_flow_l_min": Decimal(100), "oxygen_fio2_percent": Decimal(100)}),
        (Assessment, {"constitutional": [], "attributed_elsewhere": []}),
        (Assessment, {"at": NOW + timedelta(minutes=2)}),
        (AssessmentVasopressor, {"rate": Decimal(5), "unit": "mcg/kg/min"}),
        (AssessmentVasopressor, {"rate": Decimal(24), "unit": "mg/h"}),
        (AssessmentVasopressor, {"agent": "vasopressin", "rate": Decimal(60), "unit": "units/h"}),
        (AssessmentVasopressor, {"agent": "dobutamine", "rate": Decimal(50), "unit": "mcg/kg/min"}),
        (Weight, {"weight_kg": Decimal("0.3")}),
        (Weight, {"weight_kg": Decimal(400)}),
        (LaboratoryResult, {"value": Decimal(0), "lower_limit": Decimal(0)}),
    ],
)
def test_the_ends_of_a_range_are_taken(scene: Scene, model: type[models.Model], change: dict[str, Any]) -> None:
    model._default_manager.create(**(scene.valid(model) | change))


def test_a_submission_makes_one_assessment(scene: Scene) -> None:
    first = scene.assessment()
    refused("assessment_once_a_submission", Assessment, scene.clinical() | {"submission": first.submission})


def test_a_submission_makes_one_treatment(scene: Scene) -> None:
    first = Treatment.objects.create(**scene.valid(Treatment))
    refused("treatment_once_a_submission", Treatment, scene.valid(Treatment) | {"submission": first.submission})


def test_a_submission_makes_one_result_of_an_analyte(scene: Scene) -> None:
    first = LaboratoryResult.objects.create(**scene.valid(LaboratoryResult))
    again = scene.valid(LaboratoryResult) | {"submission": first.submission}
    refused("result_analyte_once_a_submission", LaboratoryResult, again)


def test_an_agent_is_charted_once(scene: Scene) -> None:
    values = scene.valid(AssessmentVasopressor)
    AssessmentVasopressor.objects.create(**values)
    refused("vasopressor_agent_once", AssessmentVasopressor, values)


def test_an_organ_system_is_charted_once(scene: Scene) -> None:
    values = scene.valid(AssessmentOrganToxicity)
    AssessmentOrganToxicity.objects.create(**values)
    refused("organ_toxicity_system_once", AssessmentOrganToxicity, values)


def test_a_patient_dies_once(scene: Scene) -> None:
    Death.objects.create(**scene.clinical())
    refused("death_once", Death, scene.clinical())


def test_a_bed_is_one_of_its_ward(scene: Scene) -> None:
    elsewhere = a_ward(scene.nurse, "Ward 9").beds.get()
    refused("placement_bed_of_its_ward", Placement, scene.valid(Placement) | {"bed": elsewhere})


def test_no_vasopressor_stands_beside_vasopressors_not_charted(scene: Scene) -> None:
    bare = Assessment.objects.create(**scene.clinical())
    refused("vasopressor_charted", AssessmentVasopressor, {"assessment": bare, "agent": "dopamine"})


def test_no_organ_toxicity_stands_beside_organs_not_charted(scene: Scene) -> None:
    bare = Assessment.objects.create(**scene.clinical())
    refused("organ_toxicity_charted", AssessmentOrganToxicity, {"assessment": bare, "system": "renal", "grade": 1})


@pytest.mark.parametrize("for_hypotension", [True, None])
def test_hypotension_no_stands_beside_no_vasopressor_for_it(scene: Scene, for_hypotension: bool | None) -> None:
    no = scene.assessment(hypotension=False)
    values = {"assessment": no, "agent": "dopamine", "for_hypotension": for_hypotension}
    refused("vasopressor_against_no_hypotension", AssessmentVasopressor, values)


@pytest.mark.parametrize("values", [{"agent": "dopamine", "for_hypotension": False}, {"agent": "milrinone"}])
def test_hypotension_no_may_stand_beside_one_for_something_else(scene: Scene, values: dict[str, Any]) -> None:
    AssessmentVasopressor.objects.create(assessment=scene.assessment(hypotension=False), **values)


def test_a_patient_comes_with_name_and_number_in_the_history(scene: Scene) -> None:
    with pytest.raises(IntegrityError) as raised, transaction.atomic():
        Patient.objects.create(mrn="2002", family_name="Berg", given_name="Ada")
        connection.check_constraints()
    assert "patients_patientidentity" in str(raised.value)


def test_a_patient_comes_with_facts(scene: Scene) -> None:
    names = {"mrn": "2002", "family_name": "Berg", "given_name": "Ada"}
    with pytest.raises(IntegrityError) as raised, transaction.atomic():
        patient = Patient.objects.create(**names)
        PatientIdentity.objects.create(patient=patient, **names, **scene.entered())
        connection.check_constraints()
    assert "patients_patientfacts" in str(raised.value)


def test_a_name_is_not_changed_without_its_history(scene: Scene) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Patient.objects.filter(pk=scene.patient.pk).update(family_name="Berg")
        connection.check_constraints()


def test_a_correction_names_one_row(scene: Scene) -> None:
    refused("correction_of_one_row", Correction, scene.valid(Correction) | {"result": scene.result()})


@pytest.mark.parametrize("kind", KINDS)
def test_a_row_of_every_kind_is_marked_once_at_a_time(scene: Scene, kind: str) -> None:
    model: type[models.Model] = KINDS[kind]
    Placement.objects.create(**scene.valid(Placement))  # a patient keeps a place
    row = model._default_manager.create(**scene.valid(model))
    valid = scene.valid(Correction) | {"treatment": None, kind: row}
    Correction.objects.create(**valid)
    refused(f"correction_{kind}_once", Correction, valid)


def test_what_takes_a_mark_back_marks_and_replaces_nothing(scene: Scene) -> None:
    first = Correction.objects.create(**scene.valid(Correction))
    back = scene.valid(Correction) | {"treatment": None, "withdrawal": first, "kind": "undone"}
    refused("correction_of_one_row", Correction, scene.valid(Correction) | {"withdrawal": first, "kind": "undone"})
    refused("correction_taken_back_is_undone", Correction, back | {"kind": "entered-in-error"})
    Correction.objects.create(**back)
    assert not Correction.objects.in_force().exists()
    assert first.treatment in Treatment.objects.standing()


def test_a_row_is_replaced_by_one_of_its_kind(scene: Scene) -> None:
    values = scene.valid(Correction) | {"kind": "superseded", "by_result": scene.result()}
    refused("correction_by_the_same_kind", Correction, values)


def test_what_is_in_error_has_no_row_in_its_place(scene: Scene) -> None:
    values = scene.valid(Correction) | {"by_treatment": scene.treatment()}
    refused("correction_replaces_when_superseded", Correction, values)


def test_only_what_was_charted_on_the_wrong_patient_is_charted_elsewhere(scene: Scene) -> None:
    values = scene.valid(Correction) | {"reentered_treatment": scene.treatment()}
    refused("correction_reenters_when_wrong_patient", Correction, values)


def test_a_row_is_charted_elsewhere_as_one_of_its_kind(scene: Scene) -> None:
    values = scene.valid(Correction) | {"kind": "wrong-patient", "reentered_result": scene.result()}
    refused("correction_reenters_the_same_kind", Correction, values)


def test_after_a_death_in_error_another_is_taken(scene: Scene) -> None:
    wrong = Death.objects.create(**scene.clinical())
    Death.objects.create(**scene.clinical())
    Correction.objects.create(**(scene.valid(Correction) | {"treatment": None, "death": wrong}))
    connection.check_constraints()


def test_after_an_infusion_in_error_another_of_its_time_is_taken(scene: Scene) -> None:
    Infusion.objects.create(**(scene.valid(Infusion) | {"started_at": STARTED_AT}))
    Correction.objects.create(**(scene.valid(Correction) | {"treatment": None, "infusion": scene.infusion}))
    connection.check_constraints()


def test_a_form_has_one_draft_of_a_user_and_patient(scene: Scene) -> None:
    Draft.objects.create(**scene.valid(Draft))
    refused("draft_one_a_form", Draft, scene.valid(Draft))


def test_a_refusal_of_a_browser_is_counted_in_one_row_a_kind(scene: Scene) -> None:
    BrowserReport.objects.create(**scene.valid(BrowserReport))
    refused("browser_report_once_a_kind", BrowserReport, scene.valid(BrowserReport))


@pytest.mark.parametrize("name", BEHIND_THE_CHAIN)
def test_behind_the_trigger_of_a_chain_stands_a_constraint(name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = %s", [name])
        assert cursor.fetchone() == (BEHIND_THE_CHAIN[name],)


def test_every_named_constraint_has_a_row_that_breaks_it() -> None:
    """Keys of Django's own making aside: primary and foreign keys, and a user's name."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid"
            " WHERE relname LIKE 'patients\\_%' AND contype IN ('c', 'u', 'f') AND conname !~ '(_fk_|_uniq$|_key$)'"
            " AND relname !~ '^patients_user_'"
        )
        named = {name for (name,) in cursor.fetchall()}
    tried = {name for name, _, _ in BREAKS} | BY_ITSELF
    assert named - tried == set()
    in_models = {
        constraint.name
        for model in apps.get_app_config("patients").get_models()
        for constraint in model._meta.constraints
    }
    assert in_models <= tried
