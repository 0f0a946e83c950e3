"""What is told of a whole course: on screen, in print, as PDF?"""

from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from grading.summary import KINDS, Onset, ScaleCourse, Summary, summary
from grading.words import CAUSES, PROTOCOLS
from patients.models import Infusion
from patients.record import charted
from patients.views.bedside import Bedside, bedside
from patients.views.paper import on_screen_or_paper
from patients.views.scales import MaximumShown

# Why there is no time of an onset
NO_ONSET: Final = {
    Onset.NONE: "No onset: known to be without fever at every assessment.",
    Onset.NOT_KNOWN: "Onset not known: no fever is charted, and at some assessments it is not known.",
    Onset.NOT_ASSESSED: "Onset not known: nothing has been charted since the infusion.",
}


@dataclass(frozen=True, slots=True)
class ScaleShown:
    """One scale over the course, its maximum as a chip."""

    of: ScaleCourse
    governing: bool

    @property
    def maximum(self) -> MaximumShown:
        return MaximumShown(self.of.grade, self.of.grade_at, self.of.left_out)


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
