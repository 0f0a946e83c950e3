"""What does the panel beside the form say about the draft in it?

One function for the page and for the live fragment, so that they cannot disagree. A draft with an error is not graded:
a grade that leaves out the field in error would be the grade of another patient.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from grading.attribution import without_words
from grading.record import Assessment
from grading.result import GradedAssessment, InForce, Reason, Verdict
from grading.words import PROTOCOLS, SCALES
from patients.decisions import Suggested, suggested_at
from patients.formats import shown_moment_near
from patients.forms.assessment import DRAFT, AssessmentForm
from patients.record import Charted, with_draft

NO_INFUSION = "No infusion is charted: a course is graded from its start on."
BEFORE_INFUSION = "This is before the infusion: it is recorded, not graded."


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """The panel's context. `not_graded` says why there is no grade; else `verdict` is the governing one."""

    not_graded: str = ""
    correct: bool = False  # not graded for an error in the form
    at: datetime | None = None
    empty: bool = False  # nothing is typed: the grade is that of the values in force
    protocol: str = ""
    verdict: Verdict | None = None
    others: tuple[Verdict, ...] = ()
    before: Verdict | None = None  # the governing verdict of the assessment before
    before_at: datetime | None = None
    change: str = ""
    notices: tuple[str, ...] = ()
    in_force: tuple[InForce, ...] = ()  # charted before this assessment
    steps: tuple[Suggested, ...] = ()  # what is suggested, each with the decision that stands on it
    later: int = 0  # recorded assessments after the draft's moment, which it will regrade

    @property
    def to_settle(self) -> str:
        """«chart the oxygen flow to rule out grade 3», when the grade is not certain."""
        if self.verdict is None or self.verdict.certain or self.verdict.grade is None:
            return ""
        to_chart = self.verdict.to_chart
        ruled_out = f"to rule out grade {self.verdict.at_most}"
        return f"chart {_listed(to_chart)} {ruled_out}" if to_chart else f"at most grade {self.verdict.at_most}"

    @property
    def unsettled(self) -> tuple[Reason, ...]:
        """What could raise the grade."""
        if self.verdict is None:
            return ()
        return tuple(reason for reason in self.verdict.unknown if reason.grade > (self.verdict.grade or 0))

    @property
    def lower(self) -> tuple[Reason, ...]:
        """Criteria that decide nothing now: met below the grade, or unsettled no higher than it."""
        if self.verdict is None or self.verdict.grade is None:
            return ()
        below = [reason for reason in self.verdict.met if reason.grade < self.verdict.grade]
        return (*below, *(reason for reason in self.verdict.unknown if reason.grade <= self.verdict.grade))

    @property
    def spoken(self) -> str:
        """What a screen reader hears when the grade or its certainty changes."""
        if self.verdict is None or self.verdict.grade is None:
            return f"Not graded. {self.not_graded}"
        sure = "Grade" if self.verdict.certain else "At least grade"
        uncertain_0 = self.verdict.grade == 0 and not self.verdict.certain  # «none» would be the good reading
        word = f"up to {self.verdict.at_most}" if uncertain_0 else self.verdict.word
        said = (f"{sure} {self.verdict.grade}", word, self.verdict.name, without_words(self.verdict.left_out))
        return f"{', '.join(filter(None, said))}."

    @property
    def rank(self) -> int:
        """For the script: the governing grade, -1 for none."""
        return -1 if self.verdict is None or self.verdict.grade is None else self.verdict.grade

    @property
    def rises(self) -> bool:
        """Is the grade above that of the assessment before?"""
        before = self.before.grade if self.before is not None else 0
        return self.rank > (before or 0)


def panel_of(form: AssessmentForm, charted: Charted | None) -> Panel:
    """The panel for the form as it is: opened, typed in, or sent to be recorded."""
    now = form.so_far.now
    if form.is_bound and not form.is_valid():
        wrong = _listed([_lowered(label) for label in form.without_value()])
        return Panel(not_graded=f"correct {wrong}", correct=True, at=now)
    if charted is None:
        return Panel(not_graded=NO_INFUSION, at=now)
    if not form.is_bound:
        return _graded(charted, Assessment(at=now, ref=DRAFT), (), True)
    draft = form.draft()
    given = () if draft.antipyretic is None else (draft.antipyretic,)
    return _graded(charted, draft.assessment, given, draft.empty)


def _graded(charted: Charted, assessment: Assessment, given: Sequence[object], empty: bool) -> Panel:
    course = with_draft(charted.course, assessment, *given)  # type: ignore[arg-type]
    graded = Charted(infusion=charted.infusion, course=course, settings=charted.settings).graded()
    place = next(n for n, one in enumerate(graded.assessments) if one.assessment.ref == DRAFT)
    this = graded.assessments[place]
    if this.verdict is None:
        return Panel(not_graded=BEFORE_INFUSION, at=this.at)
    earlier = [one for one in graded.assessments[:place] if one.verdict is not None]
    before = earlier[-1] if earlier else None
    return Panel(
        at=this.at,
        empty=empty,
        protocol=PROTOCOLS[course.protocol],
        verdict=this.verdict,
        others=tuple(v for scale, v in this.verdicts.items() if scale != this.governing),
        before=before.verdict if before else None,
        before_at=before.at if before else None,
        change=_change(before, this.verdict),
        notices=(*this.verdict.notices, *this.notices),
        in_force=tuple(value for value in this.in_force if value.charted_at < this.at),
        steps=suggested_at(charted, graded, place, timezone.now()),
        later=len(graded.assessments) - place - 1,
    )


def _change(before: GradedAssessment | None, verdict: Verdict) -> str:
    """«Up from grade 2 at 14:02»; empty for the first assessment of a course."""
    if before is None or before.verdict is None:
        return "First assessment of this course"
    was = before.verdict
    if was.scale != verdict.scale:
        return f"The assessment before was graded by {SCALES[was.scale]}"
    at = shown_moment_near(before.at, timezone.now())
    if was.grade is None or verdict.grade is None:
        return f"Assessed before at {at}"
    grade = f"{'grade' if was.certain else 'at least grade'} {was.grade}"
    if was.grade == verdict.grade:
        return f"Unchanged from {grade} at {at}" if was.certain == verdict.certain else f"Was {grade} at {at}"
    return f"{'Up' if verdict.grade > was.grade else 'Down'} from {grade} at {at}"


def _listed(words: Sequence[str]) -> str:
    return " and ".join((", ".join(words[:-1]), words[-1])) if len(words) > 1 else words[0] if words else ""


def _lowered(label: str) -> str:
    """«the temperature»; abbreviations keep their letters."""
    return (
        f"the {label}"
        if label[1:2].isupper() or label[:4] in ("SpO2", "FiO2")
        else f"the {label[:1].lower()}{label[1:]}"
    )
