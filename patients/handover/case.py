"""What is read of the record for a handover, and what is a sentence of it?"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Prefetch
from django.utils import timezone

from grading import record
from grading.against import Recorded
from grading.attribution import without_words
from grading.result import GradedAssessment, GradedCourse, Verdict
from patients.beside import recorded_of
from patients.concerns import OpenConcern, open_concerns
from patients.decisions import Suggested, Ticked, checklist, infection_open, missing_results, suggested, ticks_of
from patients.formats import shown_elapsed, shown_moment_near
from patients.models import (
    Assessment,
    ChecklistTick,
    Death,
    Infusion,
    InfusionDose,
    InfusionEvent,
    LaboratoryResult,
    Patient,
    Treatment,
    Ward,
)
from patients.models.patient import PatientQuerySet
from patients.models.submission import EnteredRow
from patients.pauses import Paused, pauses_of
from patients.places import by_bed
from patients.record import Charted, assessment_record, charted
from patients.shifts import Shift, shift_before, shift_of
from patients.signatures import ToSign, signatures_of, to_sign

Ticks = Mapping[tuple[str, str], ChecklistTick]

CHANGE_LASTS: Final = timedelta(hours=1)  # so long after a shift began, the one before is handed over


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """`text` in the record's own formats, and the rows that it rests on.

    `whole`: it stands on the patient's sheet; `short`: on the ward's. `missing`: it says what is not known, was not
    charted, or counts no longer.
    """

    text: str
    rows: tuple[EnteredRow, ...] = ()
    short: bool = False
    whole: bool = True
    missing: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One patient as known at `now`. Without an infusion nothing is graded: `charted` and `graded` are None.

    `assessments`, `treatments` and `results` are all of the patient's, in any course or none: an infusion that begins
    makes nothing unseen or ungiven.
    """

    patient: Patient  # read as `present()`
    ward: Ward
    infusion: Infusion | None
    charted: Charted | None
    graded: GradedCourse | None
    assessments: tuple[record.Assessment, ...]  # by time
    treatments: tuple[Treatment, ...]  # by time
    results: tuple[LaboratoryResult, ...]  # by time
    steps: tuple[Suggested, ...]
    checklists: tuple[tuple[Suggested, tuple[Ticked, ...]], ...]
    recorded: Recorded | None  # what may speak against a dose of `steps`; None where there are none
    concerns: tuple[OpenConcern, ...]
    asked: ToSign | None
    paused: Paused | None  # the last pause of monitoring, over or not
    death: Death | None
    shift: Shift
    now: datetime

    @property
    def here(self) -> bool:
        """Is the patient still to be cared for on this ward?"""
        return self.death is None and not self.patient.discharged

    @property
    def latest(self) -> GradedAssessment | None:
        """The last assessment, where it was graded: one from before the infusion has no grade."""
        last = self.graded.latest if self.graded else None
        return last if last is not None and last.verdict is not None else None

    def row(self, field: str, at: datetime) -> tuple[EnteredRow, ...]:
        """The row of the assessment that charted `field` (a name of the record) at `at`."""
        names = ("systolic", "diastolic", "mean") if field == "systolic" else (field,)
        for seen in reversed(self.assessments):
            if seen.at == at and any(getattr(seen, name) is not None for name in names):
                return row_of(seen.ref)
        return ()

    def rows_at(self, times: Iterable[datetime | None]) -> tuple[EnteredRow, ...]:
        """The rows of the assessments of these times."""
        wanted = set(times)
        return tuple(row for seen in self.assessments if seen.at in wanted for row in row_of(seen.ref))

    def when(self, at: datetime) -> str:
        """«14:02 (12 min ago)»."""
        return f"{self.clock(at)} ({shown_elapsed(at, self.now)})"

    def clock(self, at: datetime) -> str:
        """«14:02»; with its date when it is another day's."""
        return shown_moment_near(at, self.now)


def row_of(ref: object) -> tuple[EnteredRow, ...]:
    """The stored row behind an event of the record, if it has one."""
    return (ref,) if isinstance(ref, EnteredRow) else ()


def graded_words(verdict: Verdict) -> str:
    """«grade 3, severe»; «at least grade 2, moderate, at most grade 4»; «not assessed». An uncertain 0 has no word, for
    «none» would be the good reading of an unknown. With what it left out: «…, without hypotension: other cause»."""
    if verdict.grade is None:
        return verdict.word
    least = f"at least grade {verdict.grade}"
    if verdict.certain:
        words = f"grade {verdict.grade}, {verdict.word}"
    elif verdict.grade:
        words = f"{least}, {verdict.word}, at most grade {verdict.at_most}"
    else:
        words = f"{least}, up to {verdict.at_most}"
    return ", ".join(filter(None, (words, without_words(verdict.left_out))))


def handed_over(ward: Ward, now: datetime) -> Shift:
    """The shift whose end is told: the one that runs; within an hour of its beginning the one before it."""
    shift = shift_of(ward, now)
    return shift_before(ward, shift) if now - shift.start < CHANGE_LASTS else shift


def on_ward(patients: PatientQuerySet, ward: Ward) -> list[Patient]:
    """Those of the patients who lie on the ward and live, by bed, read as `present()`."""
    lying = list(patients.lying_on([ward]).present())
    died = set(Death.objects.standing().filter(patient__in=lying).values_list("patient_id", flat=True))
    return sorted((one for one in lying if one.pk not in died), key=by_bed)


def cases(patients: Sequence[Patient], now: datetime) -> list[Case]:
    """The patients in their order, each read as known now; `patients` were read as `present()`."""
    concerns: dict[int, list[OpenConcern]] = {}
    for concern in open_concerns(patients, now=now):
        concerns.setdefault(concern.patient.pk, []).append(concern)
    deaths = {row.patient_id: row for row in Death.objects.standing().filter(patient__in=patients)}
    infusions = _infusions(patients, now)
    courses = {course.infusion.patient_id: course for course in charted(infusions)}
    signed = signatures_of(infusions)
    results = _by_patient(LaboratoryResult.objects.standing().filter(patient__in=patients))
    treatments = _by_patient(Treatment.objects.standing().filter(patient__in=patients))
    assessments = _by_patient(
        Assessment.objects.standing().filter(patient__in=patients).prefetch_related("vasopressors", "organ_toxicities")
    )
    paused = pauses_of(patients, now)
    shifts: dict[int, Shift] = {}

    def one(patient: Patient) -> Case:
        ward = patient.ward
        assert ward is not None  # a patient without a ward is found by nobody
        if ward.pk not in shifts:
            shifts[ward.pk] = handed_over(ward, now)
        course = courses.get(patient.pk)
        graded = course.graded() if course else None
        here = not patient.discharged and patient.pk not in deaths
        steps = suggested(course, graded, now) if course and graded and here else ()
        ticks = ticks_of(course.infusion, graded) if course and graded and steps else {}
        asked = to_sign(course.infusion, graded, signed.get(course.infusion.pk, [])) if course and graded else None
        return Case(
            patient=patient,
            ward=ward,
            infusion=course.infusion if course else None,
            charted=course,
            graded=graded,
            assessments=tuple(assessment_record(row) for row in assessments[patient.pk]),
            treatments=tuple(treatments[patient.pk]),
            results=tuple(results[patient.pk]),
            steps=steps,
            checklists=_checklists(course, steps, ticks, now) if course else (),
            recorded=_recorded(patient, course, graded, ticks, now) if course and graded and steps else None,
            concerns=tuple(concerns.get(patient.pk, ())),
            asked=asked,
            paused=paused.get(patient.pk),
            death=deaths.get(patient.pk),
            shift=shifts[ward.pk],
            now=now,
        )

    found = []
    for patient in patients:
        assert patient.ward is not None
        with timezone.override(patient.ward.zone):  # decisions say their times in words
            found.append(one(patient))
    return found


def _infusions(patients: Sequence[Patient], now: datetime) -> list[Infusion]:
    """Of each patient the one whose course is open, with its doses and stops."""
    rows = (
        Infusion.objects.standing()
        .filter(patient__in=patients, started_at__lte=now)
        .order_by("patient_id", "-started_at")
        .distinct("patient_id")
        .prefetch_related(
            Prefetch("doses", InfusionDose.objects.standing().order_by("at", "id")),
            Prefetch("events", InfusionEvent.objects.standing().order_by("at", "id")),
        )
    )
    return list(rows)


def _by_patient(rows: Any) -> dict[int, list[Any]]:
    """The rows of each patient by time."""
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows.order_by("at", "id"):
        found[row.patient_id].append(row)
    return found


def _checklists(
    course: Charted, steps: Iterable[Suggested], ticks: Ticks, now: datetime
) -> tuple[tuple[Suggested, tuple[Ticked, ...]], ...]:
    """The checklists among the steps, with the points that are due."""
    missing = missing_results(course.course, now)
    lists = ((step, checklist(step.suggestion, ticks, missing)) for step in steps)
    return tuple((step, points) for step, points in lists if points)


def _recorded(patient: Patient, course: Charted, graded: GradedCourse, ticks: Ticks, now: datetime) -> Recorded | None:
    last = graded.latest
    if last is None:
        return None
    return recorded_of(patient, course, infection_open(ticks), assessed_at=last.at, now=now)
