"""Who on these wards needs someone first, and what does the board say of each?

The order (`BoardRow.urgency`): a concern that no physician acknowledged, the longest waiting first; the governing
grade; its at most; a rise; overdue; the bed. A patient without a grade is not grade 0: nothing is known, so they stand
as «at least 0, at most 4», before every grade that is known to be none, and after those who have one at least.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final

from django.utils import timezone

from grading import RULES_VERSION
from grading.reassessment import laboratory_due, passed
from grading.result import Verdict
from grading.words import CAUSES
from patients import signs
from patients.concerns import OpenConcern, open_concerns, waiting_rows
from patients.formats import shown_age, shown_elapsed, shown_moment_near, shown_span, shown_time
from patients.glance import Change, Glance, glances
from patients.models import Death, Infusion, Patient, Ward, WardSettings
from patients.models.patient import PatientQuerySet
from patients.pauses import Paused, pauses_of
from patients.places import alike_where_they_lie, by_bed, name_and_bed
from patients.ungraded import Ungraded, ungraded_of
from patients.views.banner import day_of, family_given
from patients.views.due import Due, due_of
from patients.writes import writes_of

UNKNOWN: Final = (0, 4)  # grade and at most of who has none
TREND: Final = timedelta(hours=12)  # [H]: a change of grade is news for a shift; then it is «same since»
BUCKET: Final = 60  # seconds: how soon the clock alone shows


@dataclass(frozen=True, slots=True)
class Trend:
    """«rose», «fell» or «same», since when and for how long; `was` and `was_at` name the grade before, unless it is the
    same: «was 2 at 06:14», «was 2 (2 d 4 h ago)»."""

    direction: str
    since: datetime
    length: str
    was: int | None = None
    was_at: datetime | None = None
    was_words: str = ""


@dataclass(frozen=True, slots=True)
class Tocilizumab:
    """The ledger: `given` of `allowed` doses. `next_from` is null before the first and after the last."""

    given: int
    allowed: int
    next_from: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardRow:
    """One patient as the board shows them; times and day by the clock of the patient's ward."""

    pk: int
    ward_pk: int
    ward: str
    zone: Any  # zoneinfo.ZoneInfo of the ward
    bed: str
    name: str
    age: str
    number: str
    alike: tuple[str, ...]  # «SMYTH, Jon, bed 4»
    gone: str  # «Discharged», «Died»: here still for a concern
    therapy: str  # «CAR-T cells, axicabtagene ciloleucel»; empty where no infusion is charted
    day: str  # «D+4»
    concerns: tuple[OpenConcern, ...]  # not acknowledged, the longest waiting first
    verdict: Verdict | None  # the governing one; null where nothing was assessed since the infusion
    overtaken_at: datetime | None  # since when the clock has overtaken a value behind the grade
    trend: Trend | None
    icans: Verdict | None
    temperature: signs.Sign
    pressure: signs.Sign  # the mean
    vasopressors: signs.Sign
    oxygen: signs.Sign
    spo2: signs.Sign
    assessed_at: datetime | None  # the last time that anything was observed
    assessed: str  # the clock
    ungraded_at: datetime | None  # where nothing is graded, the last time that anything was observed all the same
    due: Due | None  # off the ward: until when, and where
    laboratory_due: bool
    open_decisions: int
    tocilizumab: Tocilizumab | None
    bed_order: tuple[object, ...]

    @property
    def urgency(self) -> tuple[Any, ...]:
        """Sorts who needs someone first to the front."""
        raised = min((one.raised_at for one in self.concerns), default=None)
        grade, at_most = UNKNOWN
        if self.verdict is not None and self.verdict.grade is not None and self.verdict.at_most is not None:
            grade, at_most = self.verdict.grade, self.verdict.at_most
        return (
            raised is None,
            raised.timestamp() if raised else 0,
            -grade,
            -at_most,
            self.trend is None or self.trend.direction != "rose",
            self.due is None or not self.due.overdue,
            self.bed_order,
        )


def board_patients(patients: PatientQuerySet, wards: Sequence[Ward]) -> list[Patient]:
    """Those of `patients` who lie on these wards, and those who left them with a concern that waits; as `present()`."""
    lying = list(patients.lying_on(wards).present())
    waiting = list(patients.on_wards(wards).filter(concerns__in=waiting_rows()).present())
    found = {patient.pk: patient for patient in (*lying, *waiting)}
    concerned = {patient.pk for patient in waiting}
    died = set(Death.objects.standing().filter(patient__in=found).values_list("patient_id", flat=True))
    return [one for key, one in found.items() if key not in died or key in concerned]


def board_version(wards: Collection[Ward], now: datetime) -> str:
    """Changes with everything that the rows of these wards rest on: every write about a patient who lies there, who
    lies there, the wards' settings, the rules, and the clock by the minute. Opaque."""
    keys = [ward.pk for ward in wards]
    lying = set(Patient.objects.lying_on(list(wards)).values_list("pk", flat=True))
    waiting = Patient.objects.on_wards(list(wards)).filter(concerns__in=waiting_rows())
    lying |= set(waiting.values_list("pk", flat=True))
    settings = WardSettings.objects.standing().filter(ward__in=keys).order_by("ward_id", "-id").distinct("ward_id")
    parts = (
        RULES_VERSION,
        sorted(keys),
        sorted(writes_of(lying).items()),
        sorted(settings.values_list("ward_id", "pk")),
        int(now.timestamp()) // BUCKET,
    )
    return sha256(repr(parts).encode()).hexdigest()[:32]


def board_rows(patients: Sequence[Patient], now: datetime) -> list[BoardRow]:
    """The rows of these patients, in the board's order. `patients` as of `board_patients`."""
    open_ = list(
        Infusion.objects.standing()
        .filter(patient__in=patients, started_at__lte=now)
        .order_by("patient_id", "-started_at")
        .distinct("patient_id")
    )
    infusions = {infusion.patient_id: infusion for infusion in open_}
    seen = glances(open_, patients)
    concerns: dict[int, list[OpenConcern]] = {}
    for concern in open_concerns(patients, now=now):
        concerns.setdefault(concern.patient.pk, []).append(concern)
    died = set(Death.objects.standing().filter(patient__in=patients).values_list("patient_id", flat=True))
    paused = pauses_of(patients, now)
    like = alike_where_they_lie(patients)
    graded = {infusion.patient_id for infusion in open_ if seen[infusion.pk].latest is not None}
    ungraded = ungraded_of([one for one in patients if one.pk not in graded], now)

    def one(patient: Patient) -> BoardRow:
        infusion = infusions.get(patient.pk)
        assert patient.ward is not None
        with timezone.override(patient.ward.zone):
            return _row(
                patient,
                patient.ward,
                infusion,
                seen[infusion.pk] if infusion else None,
                now,
                gone="Died" if patient.pk in died else "Discharged" if patient.discharged else "",
                alike=tuple(name_and_bed(other) for other in like.get(patient.pk, ())),
                concerns=tuple(concerns.get(patient.pk, ())),
                paused=paused.get(patient.pk),
                ungraded=ungraded.get(patient.pk),
            )

    return sorted(map(one, patients), key=lambda row: row.urgency)


def _row(
    patient: Patient,
    ward: Ward,
    infusion: Infusion | None,
    seen: Glance | None,
    now: datetime,
    *,
    gone: str,
    alike: tuple[str, ...],
    concerns: tuple[OpenConcern, ...],
    paused: Paused | None,
    ungraded: Ungraded | None,
) -> BoardRow:
    last = seen.latest if seen and not gone else None
    overtaken = passed(last, now) if last else ()
    source: Glance | Ungraded | None = ungraded or seen
    pressors = source.vasopressors if source else None
    return BoardRow(
        pk=patient.pk,
        ward_pk=ward.pk,
        ward=ward.name,
        zone=ward.zone,
        bed=patient.bed.label if patient.bed else "",
        name=family_given(patient),
        age=shown_age(patient.birth_date, timezone.localtime(now).date()),
        number=patient.mrn,
        alike=alike,
        gone=gone,
        therapy=f"{CAUSES[infusion.cause]}, {infusion.product}" if infusion else "",
        day=day_of(infusion, now) if infusion else "",
        concerns=concerns,
        verdict=last.verdict if last else None,
        overtaken_at=overtaken[0].at if overtaken else None,
        trend=_trend(seen.change, last.verdict, now) if seen and seen.change and last and last.verdict else None,
        icans=last.verdicts["icans-2019"] if last else None,
        temperature=signs.sign_of(source.temperature if source else None, signs.temperature, now),
        pressure=signs.sign_of(source.pressure if source else None, signs.mean, now),
        vasopressors=signs.sign_of(
            pressors,
            signs.agents,
            now,
            signs.equivalent(pressors.value, seen.weight_kg) if pressors and seen and not ungraded else "",
        ),
        oxygen=signs.sign_of(source.oxygen if source else None, signs.oxygen, now),
        spo2=signs.sign_of(source.spo2 if source else None, signs.percent, now),
        assessed_at=last.observed_at if last else None,
        assessed=shown_moment_near(last.observed_at, now) if last and last.observed_at else "",
        ungraded_at=ungraded.at if ungraded and not gone else None,
        due=due_of(last, now, paused) if not gone else None,
        laboratory_due=bool(seen and not gone and laboratory_due(seen.graded, seen.course, now)),
        open_decisions=sum(step.open(now) for step in seen.steps) if seen and not gone else 0,
        tocilizumab=_tocilizumab(seen) if seen else None,
        bed_order=by_bed(patient),
    )


def _trend(change: Change, verdict: Verdict, now: datetime) -> Trend:
    length = shown_span(now - change.since)
    if change.was is None or change.was_at is None or verdict.grade is None or now - change.since > TREND:
        return Trend("same", change.since, length)
    direction = "rose" if verdict.grade > change.was else "fell"
    clock = now - change.was_at < timedelta(hours=24)  # then it names one moment
    words = f"at {shown_time(change.was_at)}" if clock else f"({shown_elapsed(change.was_at, now)})"
    return Trend(direction, change.since, length, change.was, change.was_at, words)


def _tocilizumab(seen: Glance) -> Tocilizumab:
    given = sum(bool(entry.number) for entry in seen.graded.tocilizumab)
    allowed = seen.graded.tocilizumab_allowed
    return Tocilizumab(given, allowed, seen.graded.tocilizumab_next_from if given < allowed else None)
