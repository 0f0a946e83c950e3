"""How does a physician sign a grade, and what does a page say of the three grades: computed, impression, confirmed?"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse

from crsweb import step_up
from grading.result import GradedAssessment, GradedCourse, Verdict
from grading.words import GRADE_WORDS
from patients import actions
from patients.drafts import Left
from patients.forms.signature import SignatureForm
from patients.models import Assessment, Infusion, Signature, User
from patients.record import charted
from patients.signatures import SignatureView, ToSign, signature_views, signatures_of, to_sign, worklist
from patients.views.act_page import Group, Page, open_and_post, patient_act, posted
from patients.views.bedside import Bedside, bedside

TYPED: Final = ("answer", "confirmed_grade", "reason", "text")


@dataclass(frozen=True, slots=True)
class Graded:
    """A grade that somebody gave, as a chip shows it."""

    grade: int
    certain: bool = True
    left_out: tuple[str, ...] = ()  # as attributed elsewhere

    @property
    def word(self) -> str:
        return GRADE_WORDS[self.grade]


@dataclass(frozen=True, slots=True)
class Impression:
    """The nurse's own grade."""

    shown: Graded
    by: User
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmed:
    """A signature, with what changed under it since."""

    view: SignatureView

    @property
    def signature(self) -> Signature:
        return self.view.signature

    @property
    def shown(self) -> Graded:
        return Graded(self.signature.confirmed_grade)

    @property
    def computed(self) -> Graded:
        row = self.signature
        left_out = tuple(row.basis.get("left_out", ()))
        return Graded(row.computed_grade, row.computed_grade == row.computed_at_most, left_out)

    @property
    def at(self) -> datetime:
        """When what was signed was seen."""
        return self.signature.assessment.at


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreeGrades:
    """What was computed, what the nurse thinks, what a physician confirmed: three things, each with its time."""

    computed: Verdict | None
    computed_at: datetime | None
    impression: Impression | None
    confirmed: Confirmed | None
    asked: ToSign | None


def three_grades(infusion: Infusion, graded: GradedCourse) -> ThreeGrades:
    """Of a course as known now: the last computed grade, the last impression and the last signature."""
    signatures = signatures_of([infusion]).get(infusion.pk, [])
    views = signature_views(signatures, graded)
    last = graded.latest
    return ThreeGrades(
        computed=last.verdict if last else None,
        computed_at=last.at if last else None,
        impression=next(filter(None, map(impression_of, reversed(graded.assessments))), None),
        confirmed=Confirmed(view=max(views, key=lambda view: view.signature.pk)) if views else None,
        asked=to_sign(infusion, graded, signatures),
    )


def impression_of(graded: GradedAssessment) -> Impression | None:
    row = graded.assessment.ref
    if not isinstance(row, Assessment) or row.impression is None:
        return None
    return Impression(Graded(row.impression), row.entered_by, row.at)


@open_and_post
@step_up.or_sign_in
@bedside("sign")
def sign(request: HttpRequest, here: Bedside) -> HttpResponse:
    """The highest unsigned grade of this patient with its reasons, to be confirmed or overridden."""
    shown = _shown(here)
    data = posted(request)
    if isinstance(data, Left) and _moved_on(data, shown["asked"]):
        for name in ("answer", "confirmed_grade", "reason"):
            data.pop(name, None)
        shown["moved_on"] = True
    form = SignatureForm(data)
    # Whatever is posted may be recorded, also of a grade that waits no more: it is asked who signs
    again = step_up.fields(request, form, needed=request.method == "POST" or bool(shown["asked"]))
    page = Page(
        heading="Review and sign-off",
        done="the signature",
        lead="",
        groups=(
            Group(
                [form[name] for name in TYPED] + again,
                wide=("text",),
            ),
        ),
        template="patients/signature.html",
    )

    def record(entry: Mapping[str, Any]) -> object:
        said = form.cleaned_data
        assessment = here.patient.assessments.filter(pk=said["assessment"]).first()
        if assessment is None:
            raise Http404("No such assessment of this patient.")
        return actions.sign(
            assessment=assessment,
            confirmed_grade=form.grade,
            basis=said["basis"],
            signed=said["signed"],
            reason=said["reason"],
            text=said["text"],
            **entry,
        )

    return patient_act(request, here, form, page, record, shown)


def _moved_on(left: Left, asked: ToSign | None) -> bool:
    """Does another grade, or another reason for it, wait for a signature than when this draft was typed?"""
    if asked is None:
        return True
    try:
        basis = json.loads(left.get("basis", ""))
    except ValueError:
        return True
    now = (str(asked.assessment.pk), str(asked.signed or ""), asked.basis)
    return (left.get("assessment"), left.get("signed"), basis) != now


def _shown(here: Bedside) -> dict[str, Any]:
    """What is asked now, and what was signed before."""
    courses = graded_courses(here.patient.infusions.standing().filter(started_at__lte=here.now))
    asked = next(iter(worklist(courses)), None)
    signed = signatures_of(infusion for infusion, _ in courses)
    views = [view for infusion, graded in courses for view in signature_views(signed.get(infusion.pk, []), graded)]
    shown: dict[str, Any] = {
        "asked": asked,
        "signed": [Confirmed(view=view) for view in sorted(views, key=lambda view: -view.signature.pk)],
    }
    if asked is None:
        return shown
    return shown | {
        "basis": json.dumps(asked.basis),
        "impression": impression_of(asked.graded),
        "graded": asked.graded,
    }


def graded_courses(infusions: Iterable[Infusion]) -> list[tuple[Infusion, GradedCourse]]:
    """These courses, graded as known now."""
    return [(course.infusion, course.graded()) for course in charted(infusions)]
