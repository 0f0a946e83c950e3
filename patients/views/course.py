"""What does the page of a patient show: the grade now with its reasons, suggestions, and all that was charted?"""

from dataclasses import dataclass
from typing import Any, Final

from django.core.paginator import Page, Paginator
from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from grading import RULES_VERSION
from grading.changing import changing
from grading.reassessment import laboratory_due_after, passed
from grading.result import GradedAssessment, GradedCourse
from grading.summary import NO_ONSET, onset_of
from grading.words import PROTOCOLS
from patients.attribution import attribution_of
from patients.formats import shown_moment
from patients.models import Assessment, Infusion
from patients.models.words import DECLINE_REASONS
from patients.pauses import Paused, pauses_of
from patients.record import Charted, charted
from patients.views.assigning import shown_nurse
from patients.views.bedside import Bedside, bedside
from patients.views.cards import cards
from patients.views.concern import acknowledged_concerns, waiting_concerns
from patients.views.due import coming, due_of
from patients.views.facts import facts_of
from patients.views.infusions import infusions_of
from patients.views.ledger import ledgers
from patients.views.panels import organs, watched
from patients.views.pausing import shown_pause
from patients.views.result_notes import ResultNotes
from patients.views.rows import Viewer, assessment_row, result_row, treatment_row
from patients.views.scales import scale_rows
from patients.views.signing import three_grades

RECENT: Final = 12
PAGE: Final = 100


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
        "nurse": shown_nurse(here),
        "pause": shown_pause(paused, context.get("graded"), here.now),
        "treatments": [treatment_row(row, viewer) for row in treatments[:RECENT]],
        "more_treatments": _more(treatments.count()),
        "results": [result_row(row, viewer, notes.of(row)) for row in results[:RECENT]],
        "more_results": _more(len(results)),
        "infusions": infusions_of(here, infusion),
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
    would_change = changing(course.course, course.settings)
    current = infusion == here.infusion and here.open
    given = [entry for entry in graded.tocilizumab if entry.number]
    return {
        "graded": last,
        "before": _before(graded),
        "course": graded,
        "shown": infusion,
        "earlier": infusion != here.infusion,
        "scales": scale_rows(last, graded, would_change),
        "changing": would_change.get(last.governing or "") if last else None,
        "episodes": graded.episodes,
        "no_onset": NO_ONSET.get(onset_of(graded), ""),
        "notes": passed(last, here.now) if last and current else (),
        "coming": coming(last, here.now) if last and current else (),
        "due": due_of(last, here.now, paused) if current else None,
        "laboratory_due_after": laboratory_due_after(graded, course.course) if current else None,
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
