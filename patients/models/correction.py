"""Which rows no longer stand, who said so and why, and what holds in their place?

A further kind of row is one line of `KINDS` and one column of `Correction`; what marking it does besides is said in
`patients.actions.marking`, and what it reads like in `patients.views.said`.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final, Self

from django.db import models
from django.db.models import F, Func, Q
from django.db.models.lookups import Exact

from patients.models.assessment import Assessment
from patients.models.assignment import Assignment
from patients.models.concern import Concern, ConcernAcknowledgement
from patients.models.constraints import one_of
from patients.models.death import Death
from patients.models.decision import ChecklistTick, Decision
from patients.models.infusion import Infusion, InfusionDose, InfusionEvent
from patients.models.laboratory import LaboratoryResult
from patients.models.patient import Height, Patient, PatientFacts, PatientIdentity, Placement, ProtocolChoice, Weight
from patients.models.pause import Pause, PauseEnd
from patients.models.signature import Signature
from patients.models.submission import EnteredRow, EnteredRows
from patients.models.treatment import Treatment
from patients.models.words import CORRECTION_REASONS, CORRECTIONS

# What was seen or done: corrected by another row that holds in its place, or moved to the patient it belongs to
SeenRow = Assessment | Treatment | LaboratoryResult | Weight | Height | InfusionEvent | InfusionDose | Infusion | Death
CorrectedRow = (
    SeenRow
    | PatientFacts
    | PatientIdentity
    | Placement
    | ProtocolChoice
    | Decision
    | ChecklistTick
    | Signature
    | Concern
    | ConcernAcknowledgement
    | Assignment
    | Pause
    | PauseEnd
)

# The kinds of rows that can be marked, by the column that names one
SEEN: Final[dict[str, type[SeenRow]]] = {
    "assessment": Assessment,
    "treatment": Treatment,
    "result": LaboratoryResult,
    "weight": Weight,
    "height": Height,
    "infusion_event": InfusionEvent,
    "infusion_dose": InfusionDose,
    "infusion": Infusion,
    "death": Death,
}
KINDS: Final[dict[str, type[CorrectedRow]]] = {
    **SEEN,
    "facts": PatientFacts,
    "identity": PatientIdentity,
    "placement": Placement,
    "protocol": ProtocolChoice,
    "decision": Decision,
    "tick": ChecklistTick,
    "signature": Signature,
    "concern": Concern,
    "acknowledgement": ConcernAcknowledgement,
    "assignment": Assignment,
    "pause": Pause,
    "pause_end": PauseEnd,
}
MOVED: Final = (*SEEN, "concern")  # those that mean the same on another patient's record
# The way from a row to its patient, where it is not `patient`
TO_PATIENT: Final[Mapping[str, str]] = {
    "infusion_event": "infusion__patient",
    "infusion_dose": "infusion__patient",
    "decision": "infusion__patient",
    "tick": "infusion__patient",
    "signature": "infusion__patient",
    "acknowledgement": "concern__patient",
    "pause_end": "pause__patient",
}


def _corrected(model: type[CorrectedRow]) -> Any:
    return models.ForeignKey(
        model, models.PROTECT, null=True, blank=True, related_name="corrections", db_index=False
    )  # its constraint is the index


def _by(model: type[SeenRow]) -> Any:
    return models.OneToOneField(model, models.PROTECT, null=True, blank=True, related_name="corrects")


def _reentered(model: type[CorrectedRow]) -> Any:
    return models.OneToOneField(model, models.PROTECT, null=True, blank=True, related_name="reentered_from")


def _count(columns: Iterable[str]) -> Func:
    """How many of these columns name a row."""
    return Func(*(F(column) for column in columns), function="num_nonnulls", output_field=models.IntegerField())


def _none(prefix: str, kinds: Iterable[str]) -> Q:
    return Q(**{f"{prefix}{kind}__isnull": True for kind in kinds})


def _of_the_same_kind(prefix: str, kinds: Iterable[str]) -> Q:
    """In the columns of `prefix` a row only of the kind that is corrected."""
    same = Q()
    for kind in kinds:
        same &= Q(**{f"{prefix}{kind}__isnull": True}) | Q(**{f"{kind}__isnull": False})
    return same


class Corrections(EnteredRows["Correction"]):
    def in_force(self, known_at: datetime | None = None) -> Self:
        """Those that name a row and that nobody took back; with `known_at` as known then."""
        marks = self.standing(known_at).filter(withdrawal__isnull=True)
        if known_at is None:
            return marks.filter(taken_back__isnull=True)
        return marks.filter(Q(taken_back__isnull=True) | Q(taken_back__entered_at__gt=known_at))


class Mark(models.Model):
    """What the corrections of a row are read by."""

    objects = Corrections.as_manager()

    class Meta:
        abstract = True


class Correction(Mark, EnteredRow):
    """From `entered_at` on one row does not stand: `row`. Append-only, and one a row at a time (`turn`), so that two
    people who correct one row cannot both succeed.

    `superseded`: `replacement` holds in its place. `undone`: its author's slip; where the row was itself a replacement,
    `replacement` says again what was there before. `entered-in-error`: nothing holds in its place. `wrong-patient`:
    `reentered` is the row on the right patient. `patient` is the one on whose record the row stood.

    With `withdrawal` it names an earlier correction instead: that one was a slip and is taken back. Its row stands
    again as if it had never been marked; `turn` counts how often that happened to the row before.
    """

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="corrections")
    kind = models.CharField(max_length=20, choices=list(CORRECTIONS.items()))
    reason = models.CharField(max_length=20, choices=list(CORRECTION_REASONS.items()))
    text = models.TextField(blank=True)
    turn = models.SmallIntegerField(default=0)
    withdrawal = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="taken_back")

    assessment = _corrected(Assessment)
    treatment = _corrected(Treatment)
    result = _corrected(LaboratoryResult)
    weight = _corrected(Weight)
    height = _corrected(Height)
    infusion_event = _corrected(InfusionEvent)
    infusion_dose = _corrected(InfusionDose)
    infusion = _corrected(Infusion)
    death = _corrected(Death)
    facts = _corrected(PatientFacts)
    identity = _corrected(PatientIdentity)
    placement = _corrected(Placement)
    protocol = _corrected(ProtocolChoice)
    decision = _corrected(Decision)
    tick = _corrected(ChecklistTick)
    signature = _corrected(Signature)
    concern = _corrected(Concern)
    acknowledgement = _corrected(ConcernAcknowledgement)
    assignment = _corrected(Assignment)
    pause = _corrected(Pause)
    pause_end = _corrected(PauseEnd)

    by_assessment = _by(Assessment)
    by_treatment = _by(Treatment)
    by_result = _by(LaboratoryResult)
    by_weight = _by(Weight)
    by_height = _by(Height)
    by_infusion_event = _by(InfusionEvent)
    by_infusion_dose = _by(InfusionDose)
    by_infusion = _by(Infusion)
    by_death = _by(Death)

    reentered_assessment = _reentered(Assessment)
    reentered_treatment = _reentered(Treatment)
    reentered_result = _reentered(LaboratoryResult)
    reentered_weight = _reentered(Weight)
    reentered_height = _reentered(Height)
    reentered_infusion_event = _reentered(InfusionEvent)
    reentered_infusion_dose = _reentered(InfusionDose)
    reentered_infusion = _reentered(Infusion)
    reentered_death = _reentered(Death)
    reentered_concern = _reentered(Concern)

    class Meta:
        indexes = (models.Index(fields=("patient", "-id"), name="correction_latest"),)
        constraints = (
            one_of("kind", CORRECTIONS, name="correction_kind_known"),
            one_of("reason", CORRECTION_REASONS, name="correction_reason_known"),
            models.CheckConstraint(
                condition=~Q(reason="other") | ~Q(text__regex=r"^\s*$"),
                name="correction_other_needs_a_text",
                violation_error_message="text: say why, where the reason is another.",
            ),
            *(models.UniqueConstraint(fields=(kind, "turn"), name=f"correction_{kind}_once") for kind in KINDS),
            models.CheckConstraint(condition=Exact(_count((*KINDS, "withdrawal")), 1), name="correction_of_one_row"),
            models.CheckConstraint(
                condition=Q(withdrawal__isnull=True) | Q(kind="undone") & _none("by_", SEEN),
                name="correction_taken_back_is_undone",
            ),
            models.CheckConstraint(
                condition=Q(kind="superseded") & ~_none("by_", SEEN)
                | Q(kind="undone")
                | ~Q(kind__in=("superseded", "undone")) & _none("by_", SEEN),
                name="correction_replaces_when_superseded",
            ),
            models.CheckConstraint(condition=_of_the_same_kind("by_", SEEN), name="correction_by_the_same_kind"),
            models.CheckConstraint(
                condition=Q(kind="wrong-patient") | _none("reentered_", MOVED),
                name="correction_reenters_when_wrong_patient",
            ),
            models.CheckConstraint(
                condition=_of_the_same_kind("reentered_", MOVED),
                name="correction_reenters_the_same_kind",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind}: {self.of} {self.row.pk}"

    @property
    def of(self) -> str:
        """The kind of row, a key of `KINDS`."""
        if self.withdrawal is not None:
            return self.withdrawal.of
        return next(kind for kind in KINDS if getattr(self, f"{kind}_id") is not None)

    @property
    def row(self) -> CorrectedRow:
        """The row that no longer stands, or stands again."""
        if self.withdrawal is not None:
            return self.withdrawal.row
        row: CorrectedRow = getattr(self, self.of)
        return row

    @property
    def replacement(self) -> SeenRow | None:
        """What holds in its place on this record."""
        row: SeenRow | None = getattr(self, f"by_{self.of}", None)
        return row

    @property
    def reentered(self) -> CorrectedRow | None:
        """What was written in its place on the right patient's record."""
        row: CorrectedRow | None = getattr(self, f"reentered_{self.of}", None)
        return row


def kind_of(row: CorrectedRow) -> str:
    """The key of `KINDS` for a row."""
    return next(kind for kind, model in KINDS.items() if isinstance(row, model))


def correction_of(row: CorrectedRow) -> Correction | None:
    """What took the row's place, or marked it, and was not taken back; None while the row stands."""
    return Correction.objects.in_force().filter(**{kind_of(row): row}).select_related("entered_by").first()


def patient_of(row: CorrectedRow) -> Patient:
    """Whose record the row stands on."""
    found: Any = row
    for name in TO_PATIENT.get(kind_of(row), "patient").split("__"):
        found = getattr(found, name)
    patient: Patient = found
    return patient
