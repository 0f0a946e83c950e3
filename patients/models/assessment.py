"""What was seen of a patient at one moment?

Names and values are those of `grading.record.Assessment`. Null is «not charted», never normal; `False`, an empty list
and «charted, no rows» are words of the person who charted.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from grading.words import (
    AGENTS,
    ATTRIBUTABLE,
    CONSCIOUSNESS,
    DEVICES,
    NOT_ASSESSED,
    ORGANS,
    RAISED_ICP,
    SEIZURES,
    SYMPTOMATIC_RESPONSES,
    SYMPTOMS,
)
from patients.models.constraints import grade, not_ahead, one_of, subset_of, within
from patients.models.fields import ExactDecimalField
from patients.models.patient import Patient
from patients.models.rates import rate_possible
from patients.models.submission import ClinicalRow, Correctable, Transcribed

NEUROLOGY = ("ice_score", "capd_score", "consciousness", "seizure", "motor_weakness", "raised_icp")


class Assessment(Correctable, Transcribed, ClinicalRow):
    """One assessment. Append-only. Assessments of one time stand in the order of their keys.

    `vasopressors_charted` without rows in `vasopressors` means none running; `organs_charted` likewise.
    `typed` keeps what was typed beside the exact value: `{"temperature_c": {"text": "101.3", "unit": "°F"}}`.
    `confirmed` keeps the improbable values that were asked about and confirmed:
    `[{"field": "temperature_c", "value": "33", "question": "33 °C?"}]`.
    `impression` is the nurse's own grade, 0 to 4: no rule reads it. `attribution_reason` says why what is in
    `attributed_elsewhere` has another cause, or why that was withdrawn.
    """

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="assessments")

    temperature_c = ExactDecimalField(null=True, blank=True)
    heart_rate = ExactDecimalField(null=True, blank=True)
    respiratory_rate = ExactDecimalField(null=True, blank=True)
    spo2_percent = ExactDecimalField(null=True, blank=True)
    systolic = ExactDecimalField(null=True, blank=True)
    diastolic = ExactDecimalField(null=True, blank=True)
    mean = ExactDecimalField(null=True, blank=True)

    fluid_bolus = models.BooleanField(null=True, blank=True)
    hypotension = models.BooleanField(null=True, blank=True)
    pressure_restored = models.BooleanField(null=True, blank=True)
    vasopressors_charted = models.BooleanField(default=False)

    oxygen_device = models.CharField(max_length=30, null=True, blank=True, choices=list(DEVICES.items()))
    oxygen_flow_l_min = ExactDecimalField(null=True, blank=True)
    oxygen_fio2_percent = ExactDecimalField(null=True, blank=True)
    oxygen_for_hypoxia = models.BooleanField(null=True, blank=True)

    constitutional = ArrayField(models.CharField(max_length=20, choices=list(SYMPTOMS.items())), null=True, blank=True)
    organs_charted = models.BooleanField(default=False)
    attributed_elsewhere = ArrayField(
        models.CharField(max_length=20, choices=list(ATTRIBUTABLE.items())), null=True, blank=True
    )
    life_threatening = models.BooleanField(null=True, blank=True)
    symptomatic_response = models.CharField(
        max_length=30, null=True, blank=True, choices=list(SYMPTOMATIC_RESPONSES.items())
    )
    crs_confirmed = models.BooleanField(null=True, blank=True)
    severe_grade_2 = models.BooleanField(null=True, blank=True)

    neurology_not_assessed = models.CharField(max_length=20, null=True, blank=True, choices=list(NOT_ASSESSED.items()))
    ice_score = models.SmallIntegerField(null=True, blank=True)
    capd_score = models.SmallIntegerField(null=True, blank=True)
    consciousness = models.CharField(max_length=20, null=True, blank=True, choices=list(CONSCIOUSNESS.items()))
    seizure = models.CharField(max_length=20, null=True, blank=True, choices=list(SEIZURES.items()))
    motor_weakness = models.BooleanField(null=True, blank=True)
    raised_icp = models.CharField(max_length=40, null=True, blank=True, choices=list(RAISED_ICP.items()))

    impression = models.SmallIntegerField(null=True, blank=True)
    attribution_reason = models.TextField(blank=True)

    note = models.TextField(blank=True)
    typed = models.JSONField(default=dict, blank=True)
    confirmed = models.JSONField(default=list, blank=True)

    class Meta:
        indexes = (models.Index(fields=("patient", "at", "id"), name="assessment_in_order"),)
        constraints = (
            models.UniqueConstraint(fields=("submission",), name="assessment_once_a_submission"),
            not_ahead("assessment_at_not_ahead"),
            within("temperature_c", name="assessment_temperature_possible"),
            within("heart_rate", name="assessment_heart_rate_possible"),
            within("respiratory_rate", name="assessment_respiratory_rate_possible"),
            within("spo2_percent", name="assessment_spo2_possible"),
            within("systolic", name="assessment_systolic_possible"),
            within("diastolic", name="assessment_diastolic_possible"),
            within("mean", name="assessment_mean_possible"),
            models.CheckConstraint(
                condition=Q(diastolic__lte=F("systolic")), name="assessment_diastolic_not_above_systolic"
            ),
            one_of("oxygen_device", DEVICES, name="assessment_device_known"),
            within("oxygen_flow_l_min", "flow_l_min", name="assessment_flow_possible"),
            within("oxygen_fio2_percent", "fio2_percent", name="assessment_fio2_possible"),
            models.CheckConstraint(
                condition=Q(oxygen_device__isnull=False)
                | Q(
                    oxygen_flow_l_min__isnull=True,
                    oxygen_fio2_percent__isnull=True,
                    oxygen_for_hypoxia__isnull=True,
                ),
                name="assessment_oxygen_has_a_device",
            ),
            subset_of("constitutional", SYMPTOMS, name="assessment_symptoms_known"),
            subset_of("attributed_elsewhere", ATTRIBUTABLE, name="assessment_attributed_known"),
            one_of("symptomatic_response", SYMPTOMATIC_RESPONSES, name="assessment_response_known"),
            one_of("neurology_not_assessed", NOT_ASSESSED, name="assessment_not_assessed_known"),
            grade("impression", 4, name="assessment_impression_possible"),
            models.CheckConstraint(
                condition=Q(attribution_reason="") | Q(attributed_elsewhere__isnull=False),
                name="assessment_reason_of_an_attribution",
                violation_error_message="attribution_reason: say too what is attributed elsewhere.",
            ),
            within("ice_score", name="assessment_ice_possible"),
            within("capd_score", name="assessment_capd_possible"),
            one_of("consciousness", CONSCIOUSNESS, name="assessment_consciousness_known"),
            one_of("seizure", SEIZURES, name="assessment_seizure_known"),
            one_of("raised_icp", RAISED_ICP, name="assessment_raised_icp_known"),
            models.CheckConstraint(
                condition=Q(neurology_not_assessed__isnull=True)
                | Q(**{f"{field}__isnull": True for field in NEUROLOGY}),
                name="assessment_neurology_or_why_not",
            ),
        )

    def __str__(self) -> str:
        return f"assessment {self.pk} of patient {self.patient_id}"


class AssessmentVasopressor(models.Model):
    """One agent running at an assessment, written with it. Append-only; `since` is at this rate or more since."""

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="vasopressors")
    agent = models.CharField(max_length=20, choices=list(AGENTS.items()))
    rate = ExactDecimalField(null=True, blank=True)
    unit = models.CharField(max_length=12, null=True, blank=True)
    since = models.DateTimeField(null=True, blank=True)
    for_hypotension = models.BooleanField(null=True, blank=True)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=("assessment", "agent"), name="vasopressor_agent_once"),
            one_of("agent", AGENTS, name="vasopressor_agent_known"),
            models.CheckConstraint(
                condition=Q(rate__isnull=True, unit__isnull=True) | Q(rate__isnull=False, unit__isnull=False),
                name="vasopressor_rate_with_unit",
            ),
            rate_possible("vasopressor_rate_possible"),
        )

    def __str__(self) -> str:
        return f"{self.agent} at assessment {self.assessment_id}"


class AssessmentOrganToxicity(models.Model):
    """The CTCAE v4 grade of one organ system at an assessment, written with it. Append-only."""

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="organ_toxicities")
    system = models.CharField(max_length=20, choices=list(ORGANS.items()))
    grade = models.SmallIntegerField()

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=("assessment", "system"), name="organ_toxicity_system_once"),
            one_of("system", ORGANS, name="organ_toxicity_system_known"),
            within("grade", "organ_grade", name="organ_toxicity_grade_possible"),
        )

    def __str__(self) -> str:
        return f"{self.system} {self.grade} at assessment {self.assessment_id}"
