"""Which rows no longer stand, who said so and why, and what holds in their place?"""

from typing import Any, Final

from django.db import models
from django.db.models import Q

from patients.models.assessment import Assessment
from patients.models.constraints import one_of
from patients.models.death import Death
from patients.models.infusion import Infusion, InfusionDose, InfusionEvent
from patients.models.laboratory import LaboratoryResult
from patients.models.patient import Height, Patient, Weight
from patients.models.submission import EnteredRow
from patients.models.treatment import Treatment
from patients.models.words import CORRECTION_REASONS, CORRECTIONS

CorrectedRow = (
    Assessment | Treatment | LaboratoryResult | Weight | Height | InfusionEvent | InfusionDose | Infusion | Death
)

# The kinds of rows that can be corrected, by the column that names one
KINDS: Final[dict[str, type[CorrectedRow]]] = {
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


def _corrected(model: type[CorrectedRow]) -> Any:
    return models.OneToOneField(model, models.PROTECT, null=True, blank=True, related_name="correction")


def _by(model: type[CorrectedRow]) -> Any:
    return models.OneToOneField(model, models.PROTECT, null=True, blank=True, related_name="corrects")


def _reentered(model: type[CorrectedRow]) -> Any:
    return models.OneToOneField(model, models.PROTECT, null=True, blank=True, related_name="reentered_from")


def _is(column: str, null: bool) -> Q:
    return Q(**{f"{column}__isnull": null})


def _none(prefix: str) -> Q:
    none = Q()
    for kind in KINDS:
        none &= _is(prefix + kind, null=True)
    return none


def _exactly_one() -> Q:
    return _any_of([_only("", kind) for kind in KINDS])


def _only(prefix: str, kind: str) -> Q:
    condition = Q()
    for other in KINDS:
        condition &= _is(prefix + other, null=other != kind)
    return condition


def _of_the_same_kind(prefix: str) -> Q:
    """Nothing in the columns of `prefix`, or one row, of the kind that is corrected."""
    return _none(prefix) | _any_of([_only("", kind) & _only(prefix, kind) for kind in KINDS])


def _any_of(conditions: list[Q]) -> Q:
    one = Q()
    for condition in conditions:
        one |= condition
    return one


class Correction(EnteredRow):
    """From `entered_at` on one row does not stand: `row`. Append-only, and one a row, so that two people who correct
    one row cannot both succeed.

    `superseded`: `replacement` holds in its place. `undone`: its author's slip; where the row was itself a replacement,
    `replacement` says again what was there before. `entered-in-error`: nothing holds in its place. `wrong-patient`:
    `reentered` is the row on the right patient. `patient` is the one on whose record the row stood.
    """

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="corrections")
    kind = models.CharField(max_length=20, choices=list(CORRECTIONS.items()))
    reason = models.CharField(max_length=20, choices=list(CORRECTION_REASONS.items()))
    text = models.TextField(blank=True)

    assessment = _corrected(Assessment)
    treatment = _corrected(Treatment)
    result = _corrected(LaboratoryResult)
    weight = _corrected(Weight)
    height = _corrected(Height)
    infusion_event = _corrected(InfusionEvent)
    infusion_dose = _corrected(InfusionDose)
    infusion = _corrected(Infusion)
    death = _corrected(Death)

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
            models.CheckConstraint(condition=_exactly_one(), name="correction_of_one_row"),
            models.CheckConstraint(
                condition=Q(kind="superseded") & ~_none("by_")
                | Q(kind="undone")
                | ~Q(kind__in=("superseded", "undone")) & _none("by_"),
                name="correction_replaces_when_superseded",
            ),
            models.CheckConstraint(condition=_of_the_same_kind("by_"), name="correction_by_the_same_kind"),
            models.CheckConstraint(
                condition=Q(kind="wrong-patient") | _none("reentered_"), name="correction_reenters_when_wrong_patient"
            ),
            models.CheckConstraint(condition=_of_the_same_kind("reentered_"), name="correction_reenters_the_same_kind"),
        )

    def __str__(self) -> str:
        return f"{self.kind}: {self.of} {self.row.pk}"

    @property
    def of(self) -> str:
        """The kind of row, a key of `KINDS`."""
        return next(kind for kind in KINDS if getattr(self, f"{kind}_id") is not None)

    @property
    def row(self) -> CorrectedRow:
        """The row that no longer stands."""
        row: CorrectedRow = getattr(self, self.of)
        return row

    @property
    def replacement(self) -> CorrectedRow | None:
        """What holds in its place on this record."""
        row: CorrectedRow | None = getattr(self, f"by_{self.of}")
        return row

    @property
    def reentered(self) -> CorrectedRow | None:
        """What was written in its place on the right patient's record."""
        row: CorrectedRow | None = getattr(self, f"reentered_{self.of}")
        return row


def kind_of(row: CorrectedRow) -> str:
    """The key of `KINDS` for a row."""
    return next(kind for kind, model in KINDS.items() if isinstance(row, model))


def patient_of(row: CorrectedRow) -> Patient:
    """Whose record the row stands on."""
    if isinstance(row, InfusionEvent | InfusionDose):
        return row.infusion.patient
    return row.patient
