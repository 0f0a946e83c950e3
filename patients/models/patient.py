"""Who is this patient, where do they lie, and what of them moves a grade?"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Prefetch, Q, Value
from django.db.models.functions import Replace

from grading.words import PROTOCOLS, SEXES
from patients.models.constraints import not_ahead, not_blank, one_of, within
from patients.models.fields import ExactDecimalField
from patients.models.submission import ClinicalRow, Correctable, EnteredRow, Transcribed
from patients.models.ward import Bed, Ward


class PatientQuerySet(models.QuerySet["Patient"]):
    def present(self) -> Self:
        """With what a list or a banner shows already read: facts, placement, protocol, weight, height.

        Five queries for any number of patients.
        """

        def latest(model: type[EnteredRow], *order: str) -> Any:
            return model.objects.standing().order_by("patient_id", *order).distinct("patient_id")

        return self.prefetch_related(
            Prefetch("facts_rows", latest(PatientFacts, "-id"), to_attr="_facts"),
            Prefetch(
                "placements", latest(Placement, "-at", "-id").select_related("ward", "bed"), to_attr="_placements"
            ),
            Prefetch("protocol_choices", latest(ProtocolChoice, "-id"), to_attr="_protocol_choices"),
            Prefetch("weights", latest(Weight, "-at", "-id"), to_attr="_weights"),
            Prefetch("heights", latest(Height, "-at", "-id"), to_attr="_heights"),
        )

    def numbered(self, mrn: str) -> Self:
        """Patients with exactly this number, blanks aside."""
        return self.annotate(_close=Replace("mrn", Value(" "), Value(""))).filter(_close="".join(mrn.split()))

    def on_wards(
        self, wards: models.QuerySet[Ward] | Sequence[Ward], also: models.QuerySet[Any, Any] | None = None
    ) -> Self:
        """Patients whose latest placement is on one of these wards. A discharged patient stays with the ward left.

        `also` are the keys of patients who count wherever they lie.
        """
        found = Q(_ward_id__in=wards) if also is None else Q(_ward_id__in=wards) | Q(pk__in=also)
        return self._with_latest_placement().filter(found)

    def lying_on(self, wards: models.QuerySet[Ward] | Sequence[Ward]) -> Self:
        """Patients who lie on one of these wards now."""
        return self.on_wards(wards).exclude(_kind=Placement.Kind.DISCHARGE)

    def _with_latest_placement(self) -> Self:
        latest = Placement.objects.standing().filter(patient=models.OuterRef("pk")).order_by("-at", "-id")
        return self.annotate(
            _ward_id=models.Subquery(latest.values("ward_id")[:1]), _kind=models.Subquery(latest.values("kind")[:1])
        )


class Patient(models.Model):
    """A patient. Number and name are the present ones; `identities` holds every one they had, with who changed it.

    All else is dated rows, of which the latest holds: `facts`, `placement`, `protocol_choice`, `weight`, `height`.
    """

    mrn = models.CharField("MRN", max_length=32)
    family_name = models.CharField(max_length=80)
    given_name = models.CharField(max_length=80)

    objects = PatientQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("mrn",),
                name="patient_mrn_once",
                violation_error_message="This MRN is another patient's.",
            ),
            not_blank("mrn", name="patient_mrn_not_blank"),
            not_blank("family_name", name="patient_family_name_not_blank"),
            not_blank("given_name", name="patient_given_name_not_blank"),
        )

    def __str__(self) -> str:
        return f"{self.family_name.upper()}, {self.given_name}, {self.mrn}"

    def _latest(self, attribute: str, related: str, *order: str, beside: Sequence[str] = ()) -> Any:
        """The latest row of `related` that stands, with the rows `beside` it; read once and kept on this object.

        A board asks hundreds of times: the query is not even built where the rows are here.
        """
        if attribute not in self.__dict__:
            rows = getattr(self, related).standing().order_by(*order)
            self.__dict__[attribute] = list((rows.select_related(*beside) if beside else rows)[:1])
        found = self.__dict__[attribute]
        return found[0] if found else None

    @property
    def facts(self) -> "PatientFacts":
        """The facts that hold: the latest entered. Every patient has a row from admission on."""
        facts: PatientFacts | None = self._latest("_facts", "facts_rows", "-id")
        if facts is None:
            raise PatientFacts.DoesNotExist(f"patient {self.pk} has no facts")
        return facts

    @property
    def placement(self) -> "Placement | None":
        """The latest admission, transfer or discharge."""
        found: Placement | None = self._latest("_placements", "placements", "-at", "-id", beside=("ward", "bed"))
        return found

    @property
    def ward(self) -> Ward | None:
        """The ward they lie on, or left last when discharged."""
        return self.placement.ward if self.placement else None

    @property
    def bed(self) -> Bed | None:
        return self.placement.bed if self.placement else None

    @property
    def discharged(self) -> bool:
        return self.placement is not None and self.placement.kind == Placement.Kind.DISCHARGE

    @property
    def protocol_choice(self) -> "ProtocolChoice | None":
        choice: ProtocolChoice | None = self._latest("_protocol_choices", "protocol_choices", "-id")
        return choice

    @property
    def weight(self) -> "Weight | None":
        """The latest weight by when it was measured."""
        weight: Weight | None = self._latest("_weights", "weights", "-at", "-id")
        return weight

    @property
    def height(self) -> "Height | None":
        height: Height | None = self._latest("_heights", "heights", "-at", "-id")
        return height

    @property
    def birth_date(self) -> date:
        return self.facts.birth_date

    @property
    def sex(self) -> str:
        return self.facts.sex

    @property
    def weight_kg(self) -> Decimal | None:
        return self.weight.weight_kg if self.weight else None


class PatientIdentity(Correctable, EnteredRow):
    """A number and name that the patient had from `entered_at` on. Append-only; the database refuses a change of
    `Patient` that has no row here."""

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="identities")
    mrn = models.CharField("MRN", max_length=32)
    family_name = models.CharField(max_length=80)
    given_name = models.CharField(max_length=80)

    class Meta:
        constraints = (
            not_blank("mrn", name="identity_mrn_not_blank"),
            not_blank("family_name", name="identity_family_name_not_blank"),
            not_blank("given_name", name="identity_given_name_not_blank"),
        )

    def __str__(self) -> str:
        return f"{self.family_name.upper()}, {self.given_name}, {self.mrn}"


class PatientFacts(Correctable, ClinicalRow):
    """What is known of the patient and moves grades, doses or suggestions. The latest entered governs the course.

    Null is «not charted». Append-only: a change is a new row with all of them.
    """

    class Allergies(models.TextChoices):
        KNOWN = "known", "Known"
        NONE_KNOWN = "none-known", "None known"
        NOT_RECORDED = "not-recorded", "Not recorded"
        UNAVAILABLE = "unavailable", "Unavailable"

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="facts_rows")
    birth_date = models.DateField()
    sex = models.CharField(max_length=10, choices=list(SEXES.items()), default="unknown")
    baseline_systolic = ExactDecimalField(null=True, blank=True)  # mmHg, before therapy
    baseline_diastolic = ExactDecimalField(null=True, blank=True)
    home_oxygen_l_min = ExactDecimalField(null=True, blank=True)
    extensive_comorbidities = models.BooleanField(null=True, blank=True)
    long_term_glucocorticoid = models.BooleanField(null=True, blank=True)
    neutropenic = models.BooleanField(null=True, blank=True)
    allergies = models.CharField(max_length=20, choices=Allergies, default=Allergies.NOT_RECORDED)
    allergies_to = ArrayField(models.CharField(max_length=80), default=list, blank=True)
    ceilings_of_care = models.TextField(blank=True)
    neurology_baseline = models.TextField(blank=True)  # before therapy: language, vision, deficits

    class Meta:
        constraints = (
            not_ahead("facts_at_not_ahead"),
            one_of("sex", SEXES, name="facts_sex_known"),
            within("baseline_systolic", name="facts_baseline_systolic_possible"),
            within("baseline_diastolic", name="facts_baseline_diastolic_possible"),
            models.CheckConstraint(
                condition=Q(baseline_diastolic__lte=F("baseline_systolic")),
                name="facts_baseline_diastolic_not_above_systolic",
            ),
            within("home_oxygen_l_min", name="facts_home_oxygen_possible"),
            one_of("allergies", ("known", "none-known", "not-recorded", "unavailable"), name="facts_allergies_known"),
            models.CheckConstraint(
                condition=Q(allergies="known", allergies_to__len__gt=0) | (~Q(allergies="known") & Q(allergies_to=[])),
                name="facts_allergies_named_when_known",
                violation_error_message="allergies_to: named when allergies are known, and only then.",
            ),
        )

    def __str__(self) -> str:
        return f"facts of patient {self.patient_id}"


class Placement(Correctable, ClinicalRow):
    """An admission, transfer or discharge. Where a patient lies is the latest by `at`. Append-only.

    A discharge names the ward that was left.
    """

    class Kind(models.TextChoices):
        ADMISSION = "admission", "Admitted"
        TRANSFER = "transfer", "Transferred"
        DISCHARGE = "discharge", "Discharged"

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="placements")
    kind = models.CharField(max_length=10, choices=Kind)
    ward = models.ForeignKey(Ward, models.PROTECT, related_name="placements")
    bed = models.ForeignKey(Bed, models.PROTECT, null=True, blank=True, related_name="placements")

    class Meta:
        constraints = (
            not_ahead("placement_at_not_ahead"),
            one_of("kind", ("admission", "transfer", "discharge"), name="placement_kind_known"),
            models.CheckConstraint(
                condition=~Q(kind="discharge") | Q(bed__isnull=True), name="placement_discharge_has_no_bed"
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.ward}"


class ProtocolChoice(Correctable, ClinicalRow):
    """A protocol set for this patient over the ward's default, or null to follow the ward again. Append-only."""

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="protocol_choices")
    protocol = models.CharField(max_length=20, null=True, blank=True, choices=list(PROTOCOLS.items()))
    reason = models.TextField()

    class Meta:
        constraints = (
            not_ahead("protocol_choice_at_not_ahead"),
            one_of("protocol", PROTOCOLS, name="protocol_choice_known"),
            not_blank("reason", name="protocol_choice_has_a_reason"),
        )

    def __str__(self) -> str:
        return self.protocol or "the ward's"


class Weight(Correctable, Transcribed, ClinicalRow):
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="weights")
    weight_kg = ExactDecimalField()
    typed = models.JSONField(default=dict, blank=True)
    confirmed = models.JSONField(default=list, blank=True)

    class Meta:
        constraints = (
            not_ahead("weight_at_not_ahead"),
            within("weight_kg", name="weight_possible"),
        )

    def __str__(self) -> str:
        return f"{self.weight_kg} kg"


class Height(Correctable, Transcribed, ClinicalRow):
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="heights")
    height_cm = ExactDecimalField()
    typed = models.JSONField(default=dict, blank=True)
    confirmed = models.JSONField(default=list, blank=True)

    class Meta:
        constraints = (
            not_ahead("height_at_not_ahead"),
            within("height_cm", name="height_possible"),
        )

    def __str__(self) -> str:
        return f"{self.height_cm} cm"
