"""Who is this? What the banner at the top of every page of a patient says, in words."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid4

from django.utils import timezone

from grading.words import CAUSES, SEXES
from patients.formats import shown_age, shown_date, shown_measurement, shown_moment, shown_moment_near
from patients.models import BrokenGlass, Infusion, Patient, PatientFacts, Placement
from patients.places import like_names, name_and_bed

NOT_KNOWN = "Not known"


@dataclass(frozen=True, slots=True, kw_only=True)
class Banner:
    """Every text is whole: nothing is cut, and what is not known says so."""

    name: str
    born: str
    sex: str
    number: str
    allergy_state: str  # known, none-known, not-recorded, unavailable: the icon
    allergies: str
    weight: str
    therapy: str
    place: str
    like: tuple[str, ...]  # who else lies on the ward with a like name: «SMYTH, Jon, bed 4»


@dataclass(frozen=True, slots=True)
class GlassShown:
    """An opening as the banner tells of it. Times by the clock of the patient's ward."""

    ward: str
    reason: str
    since: str
    until: str
    until_at: datetime
    submission_id: UUID = field(default_factory=uuid4)  # of «Close now», which is one press


def banner_of(patient: Patient, infusion: Infusion | None, now: datetime) -> Banner:
    """The banner of `patient` in the active zone; `infusion` is the one whose course is open."""
    facts = patient.facts
    today = timezone.localtime(now).date()
    weight = patient.weight
    return Banner(
        name=family_given(patient),
        born=f"{shown_date(facts.birth_date)} ({shown_age(facts.birth_date, today)})",
        sex=SEXES[facts.sex] if facts.sex != "unknown" else NOT_KNOWN,
        number=patient.mrn,
        allergy_state=facts.allergies,
        allergies=_allergies(facts),
        weight=f"{shown_measurement(weight.weight_kg, 'kg')}, {shown_date(weight.at)}" if weight else NOT_KNOWN,
        therapy=therapy_and_day(infusion, now) if infusion else "No infusion charted",
        place=_place(patient),
        like=tuple(map(name_and_bed, like_names(patient))),
    )


def shown_glass(opening: BrokenGlass | None, now: datetime) -> GlassShown | None:
    if opening is None:
        return None
    since, until = shown_moment_near(opening.entered_at, now), shown_moment_near(opening.until, now)
    return GlassShown(str(opening.ward), opening.get_reason_display(), since, until, opening.until)


def family_given(patient: Patient) -> str:
    """SMITH, John."""
    return f"{patient.family_name.upper()}, {patient.given_name}"


def two_identifiers(patient: Patient) -> str:
    """SMITH, John, 999 123 4567: what the button that records says."""
    return f"{family_given(patient)}, {patient.mrn}"


def day_of(infusion: Infusion, now: datetime) -> str:
    """D+4, by the calendar of the active zone; the day of the infusion is D+0."""
    days = (timezone.localtime(now).date() - timezone.localtime(infusion.started_at).date()).days
    return f"D{'+' if days >= 0 else '-'}{abs(days)}"


def therapy_and_day(infusion: Infusion, now: datetime) -> str:
    """CAR-T cells (tisagenlecleucel), D+4."""
    return f"{CAUSES[infusion.cause]} ({infusion.product}), {day_of(infusion, now)}"


def _allergies(facts: PatientFacts) -> str:
    if facts.allergies == PatientFacts.Allergies.KNOWN:
        return ", ".join(facts.allergies_to)
    return str(facts.get_allergies_display())


def _place(patient: Patient) -> str:
    placement = patient.placement
    if placement is None:
        return NOT_KNOWN
    if placement.kind == Placement.Kind.DISCHARGE:
        return f"Discharged from {placement.ward}, {shown_moment(placement.at)}"
    return f"{placement.ward}, bed {placement.bed}" if placement.bed else f"{placement.ward}, no bed"
