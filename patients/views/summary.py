"""What is told of a whole course: on screen, in print, as PDF?"""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from grading.summary import KINDS, NO_ONSET, ScaleCourse, Summary, summary
from grading.words import CAUSES, PROTOCOLS
from patients.models import Infusion
from patients.record import charted
from patients.views.bedside import Bedside, bedside
from patients.views.paper import on_screen_or_paper


@dataclass(frozen=True, slots=True)
class ScaleShown:
    """One scale over the course."""

    of: ScaleCourse
    governing: bool


@dataclass(frozen=True, slots=True)
class CourseShown:
    """One course of the patient."""

    infusion: Infusion
    protocol: str
    current: bool
    of: Summary

    @property
    def cause(self) -> str:
        return CAUSES[self.infusion.cause]

    @property
    def no_onset(self) -> str:
        return NO_ONSET.get(self.of.onset, "")

    @property
    def scales(self) -> list[ScaleShown]:
        return [ScaleShown(scale, scale.scale == self.of.governing) for scale in self.of.scales]


@require_safe
@bedside()
def course_summary(request: HttpRequest, here: Bedside) -> HttpResponse:
    """Every course of the patient, the latest first. Writes nothing."""
    context = here.context() | {"courses": courses_of(here), "kinds": KINDS, "now": here.now, "reader": str(here.user)}
    return on_screen_or_paper(
        request, "patients/course_summary.html", "paper/course_summary.html", context, "course-summary"
    )


def courses_of(here: Bedside) -> list[CourseShown]:
    """As known now."""
    infusions = here.patient.infusions.standing().filter(started_at__lte=here.now).order_by("-started_at")
    return [
        CourseShown(
            infusion=one.infusion,
            protocol=PROTOCOLS[one.course.protocol],
            current=one.infusion == here.infusion,
            of=summary(one.course, one.graded(), one.settings),
        )
        for one in charted(infusions)
    ]
