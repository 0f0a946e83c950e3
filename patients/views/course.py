"""What does the page of a patient show: the grade now with its reasons, suggestions, and all that was charted?"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.core.paginator import Page, Paginator
from django.db.models import Prefetch, prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from grading import RULES_VERSION
from grading.reassessment import laboratory_due, passed
from grading.result import GradedAssessment, GradedCourse, Maximum, Verdict
from grading.words import GRADE_WORDS, PROTOCOLS, SCALES
from patients.attribution import attribution_of
from patients.formats import shown_dose, shown_measurement, shown_moment
from patients.models import Assessment, Infusion, InfusionDose, InfusionEvent
from patients.models.words import DECLINE_REASONS
from patients.pauses import Paused, pauses_of
from patients.record import Charted, charted
from patients.views.banner import NOT_KNOWN, day_of
from patients.views.bedside import Bedside, bedside
from patients.views.cards import cards
from patients.views.concern import acknowledged_concerns, waiting_concerns
from patients.views.due import coming, due_of
from patients.views.ledger import ledgers
from patients.views.panels import organs, watched
from patients.views.pausing import shown_pause
from patients.views.result_notes import ResultNotes
from patients.views.rows import Viewer, acts_of, assessment_row, is_late, result_row, treatment_row
from patients.views.signing import three_grades

RECENT: Final = 12
PAGE: Final = 100
STATES: Final = {
    None: "Running, or given",
    "interrupt": "Interrupted",
    "resume": "Resumed",
    "discontinue": "Discontinued for good",
}


@dataclass(frozen=True, slots=True)
class MaximumShown:
    """The maximum so far as the chip shows it: a lower bound by itself, so never «at least»."""

    grade: int | None
    at: datetime | None
    certain: bool = True

    @property
    def word(self) -> str:
        return GRADE_WORDS[self.grade] if self.grade is not None else "not assessed"


@dataclass(frozen=True, slots=True)
class ScaleRow:
    name: str
    governing: bool
    verdict: Verdict | None
    maximum: MaximumShown


@dataclass(frozen=True, slots=True)
class Act:
    """A link among those that are needed less often."""

    label: str
    url: str
    grave: bool = False


@require_safe
@bedside()
def patient_detail(request: HttpRequest, here: Bedside, course: int | None = None) -> HttpResponse:
    """The course that is open now, or an earlier one of the same patient (`course` is the key of its infusion)."""
    paused = pauses_of([here.patient], here.now).get(here.patient.pk) if here.open else None
    infusion = here.infusion if course is None else get_object_or_404(here.patient.infusions.standing(), pk=course)
    graded = graded_course(infusion) if infusion else None
    context = here.context() | _course_context(here, infusion, graded, paused) | {"rest_of_acts": rest_of_acts(here)}
    treatments = here.patient.treatments.standing().select_related("entered_by").order_by("-at", "-id")
    results = here.patient.results.standing().select_related("entered_by").order_by("-at", "-id")
    notes = ResultNotes(graded[0] if graded else None, results, here.now)
    viewer = Viewer(here.user, here.now)
    context |= {
        "now": here.now,
        "pause": shown_pause(paused, context.get("due"), here.now),
        "treatments": [treatment_row(row, viewer) for row in treatments[:RECENT]],
        "more_treatments": _more(treatments.count()),
        "results": [result_row(row, viewer, notes.of(row)) for row in results[:RECENT]],
        "more_results": _more(len(results)),
        "infusions": _infusions(here, infusion),
        "facts": facts_of(here),
        "concerns": waiting_concerns([here.patient], here.now),
        "acknowledged": acknowledged_concerns(here),
    }
    return render(request, "patients/patient_detail.html", context)


def graded_course(infusion: Infusion) -> tuple[Charted, GradedCourse]:
    """The course with its grades, every assessment's row with who entered it."""
    course = charted([infusion])[0]
    graded = course.graded()
    rows = [one.assessment.ref for one in graded.assessments]
    prefetch_related_objects([row for row in rows if isinstance(row, Assessment)], "entered_by")
    return course, graded


def _course_context(
    here: Bedside, infusion: Infusion | None, found: tuple[Charted, GradedCourse] | None, paused: Paused | None
) -> dict[str, Any]:
    if infusion is None or found is None:
        return {"assessments": [], "ended": _ended(here)}
    course, graded = found
    last = graded.latest
    current = infusion == here.infusion and here.open
    given = [entry for entry in graded.tocilizumab if entry.number]
    return {
        "graded": last,
        "before": _before(graded),
        "course": graded,
        "scales": _scales(last, graded),
        "episodes": graded.episodes,
        "notes": passed(last, here.now) if last and current else (),
        "coming": coming(last, here.now) if last and current else (),
        "due": due_of(last, here.now, paused) if current else None,
        "laboratory_due": current and laboratory_due(graded, course.course, here.now),
        "three": three_grades(course.infusion, graded),
        "attribution": attribution_of(course, here.now) if current else None,
        "cards": cards(here, course, graded),
        "decline_reasons": DECLINE_REASONS,
        **ledgers(course, graded, here.now),
        "icans": last.verdicts.get("icans-2019") if last else None,
        "differential": last is not None and any(step.id == "differential" for step in last.suggestions),
        "watched": watched(course, graded, here.now) if current else (),
        "organs": organs(course, here.now) if current else (),
        "tocilizumab_given": len(given),
        "tocilizumab_left": len(given) < graded.tocilizumab_allowed,
        "assessments": [
            assessment_row(one, Viewer(here.user, here.now)) for one in reversed(graded.assessments[-RECENT:])
        ],
        "more_assessments": _more(len(graded.assessments)),
        "rules_version": RULES_VERSION,
        "settings_version": course.settings.version,
        "protocol_name": PROTOCOLS[course.course.protocol],
        "ended": _ended(here) or ("" if infusion == here.infusion else f"An earlier course: {infusion.product}."),
    }


def _before(graded: GradedCourse) -> GradedAssessment | None:
    """The assessment before the last, where it was graded."""
    earlier = graded.assessments[-2:-1]
    return earlier[0] if earlier and earlier[0].verdict else None


def _scales(last: GradedAssessment | None, graded: GradedCourse) -> list[ScaleRow]:
    """The governing scale first, then the others in their order."""
    governing = last.governing if last else None
    rows = [
        ScaleRow(
            name=name,
            governing=scale == governing,
            verdict=last.verdicts.get(scale) if last else None,
            maximum=_maximum(graded.maxima[scale]),
        )
        for scale, name in SCALES.items()
    ]
    return sorted(rows, key=lambda row: not row.governing)


def _maximum(maximum: Maximum) -> MaximumShown:
    return MaximumShown(maximum.grade, maximum.at)


def _more(count: int) -> int:
    """How many there are in all, where the page shows fewer."""
    return count if count > RECENT else 0


def _ended(here: Bedside) -> str:
    if here.death is not None:
        cause = {True: ", due to CRS", False: ", not due to CRS", None: ", not charted whether due to CRS"}
        return f"Died {shown_moment(here.death.at)}{cause[here.death.due_to_crs]}."
    if here.patient.discharged:
        return f"Discharged {shown_moment(here.last_placement.at)}."
    return ""


def rest_of_acts(here: Bedside) -> list[Act]:
    """What else the user may do for this patient as they are now; what ends something stands last."""
    may, pk = here.context()["may"], [here.patient.pk]
    links = (
        ("pause_monitoring", here.open, "Off the ward", "pause_monitoring", False),
        (
            "record_infusion_event",
            here.open and here.infusion,
            "Interrupt, resume or discontinue",
            "infusion_event",
            False,
        ),
        ("record_dose_step", here.open and here.infusion, "Dose of the infusion", "dose_step", False),
        ("start_infusion", here.open, "New infusion", "start_infusion", False),
        ("change_facts", True, "Facts and allergies", "change_facts", False),
        ("choose_protocol", here.death is None, "Protocol", "choose_protocol", False),
        ("rename_patient", True, "Name and number", "rename_patient", False),
        ("transfer", here.open, "Transfer", "transfer", False),
        ("readmit", here.death is None and here.patient.discharged, "Admit again", "readmit", False),
        ("discharge", here.open, "Discharge", "discharge", True),
        ("record_death", here.death is None, "Death", "record_death", True),
    )
    return [Act(label, reverse(to, args=pk), grave) for act, fits, label, to, grave in links if fits and may[act]]


def _infusions(here: Bedside, shown: Infusion | None) -> list[dict[str, Any]]:
    """Every infusion with its doses and events, the latest first."""
    found = []
    viewer = Viewer(here.user, here.now)
    rows = (
        here.patient.infusions.standing()
        .prefetch_related(
            Prefetch("doses", InfusionDose.objects.standing().select_related("entered_by")),
            Prefetch("events", InfusionEvent.objects.standing().select_related("entered_by")),
        )
        .order_by("-started_at")
    )
    for row in rows:
        events = sorted(row.events.all(), key=lambda event: (event.at, event.pk))
        history: list[tuple[InfusionEvent | InfusionDose, str]] = [
            (event, _event_words(event.get_action_display(), event.note)) for event in events
        ]
        history += [
            (dose, "Dose " + shown_dose(dose.dose, dose.unit or "") if dose.dose else "Dose")
            for dose in row.doses.all()
        ]
        lines = [
            {"at": one.at, "text": text, "by": one.entered_by, "late": is_late(one), "acts": acts_of(one, viewer)}
            for one, text in sorted(history, key=lambda line: line[0].at)
        ]
        found.append(
            {
                "pk": row.pk,
                "title": f"{row.product}, {row.get_cause_display()}",
                "current": row == shown,
                "started_at": row.started_at,
                "day": day_of(row, here.now),
                "lot": row.lot,
                "state": STATES[events[-1].action if events else None],
                "acts": acts_of(row, viewer),
                "history": lines,
            }
        )
    return found


def _event_words(action: str, note: str) -> str:
    return f"{action}: {note}" if note else action


def facts_of(here: Bedside) -> list[tuple[str, str]]:
    """What is known of the patient and moves grades or doses; «Not charted» where it was not."""
    facts, patient = here.patient.facts, here.patient
    words = {True: "Yes", False: "No", None: "Not charted"}
    systolic, diastolic = facts.baseline_systolic, facts.baseline_diastolic
    baseline = "Not charted" if systolic is None else f"{shown_measurement(systolic)}"
    if systolic is not None:
        baseline += f"/{shown_measurement(diastolic)} mmHg" if diastolic is not None else " mmHg systolic"
    choice = patient.protocol_choice
    protocol = PROTOCOLS[here.protocol] + (
        f" (chosen: {choice.reason})" if choice and choice.protocol else " (the ward's)"
    )
    home = facts.home_oxygen_l_min
    height, weight = patient.height, patient.weight
    return [
        ("Weight", f"{shown_measurement(weight.weight_kg, 'kg')}, {shown_moment(weight.at)}" if weight else NOT_KNOWN),
        ("Height", f"{shown_measurement(height.height_cm, 'cm')}, {shown_moment(height.at)}" if height else NOT_KNOWN),
        ("Baseline pressure", baseline),
        ("Home oxygen", "Not charted" if home is None else shown_measurement(home, "L/min")),
        ("Extensive comorbidities", words[facts.extensive_comorbidities]),
        ("Long-term glucocorticoid", words[facts.long_term_glucocorticoid]),
        ("Neutropenic", words[facts.neutropenic]),
        ("Neurology before therapy", facts.neurology_baseline or "Not charted"),
        ("Ceilings of care", facts.ceilings_of_care or "Not charted"),
        ("Protocol", protocol),
    ]


@require_safe
@bedside()
def assessments(request: HttpRequest, here: Bedside) -> HttpResponse:
    """Every assessment of the open course, 100 a page, the latest first."""
    graded = graded_course(here.infusion)[1].assessments if here.infusion else ()
    page = Paginator(tuple(reversed(graded)), PAGE).get_page(request.GET.get("page"))
    rows = [assessment_row(one, Viewer(here.user, here.now)) for one in page.object_list]
    return _listed(request, here, "patients/_assessments.html", page, rows=rows)


@require_safe
@bedside()
def treatments(request: HttpRequest, here: Bedside) -> HttpResponse:
    found = here.patient.treatments.standing().select_related("entered_by").order_by("-at", "-id")
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    rows = [treatment_row(row, Viewer(here.user, here.now)) for row in page.object_list]
    return _listed(request, here, "patients/_treatments.html", page, treatments=rows)


@require_safe
@bedside()
def results(request: HttpRequest, here: Bedside) -> HttpResponse:
    found = here.patient.results.standing().select_related("entered_by").order_by("-at", "-id")
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    notes = ResultNotes(charted([here.infusion])[0] if here.infusion else None, found, here.now)
    rows = [result_row(row, Viewer(here.user, here.now), notes.of(row)) for row in page.object_list]
    return _listed(request, here, "patients/_results.html", page, results=rows)


def _listed(request: HttpRequest, here: Bedside, fragment: str, page: Page[Any], **rows: Any) -> HttpResponse:
    context = here.context() | {"fragment": fragment, "page": page, "all_of_them": True} | rows
    return render(request, "patients/rows.html", context)
