"""Situation: who lies where, with which therapy, at which grade, and does anything wait at once?"""

from collections.abc import Iterator

from django.utils import timezone

from grading.reassessment import passed
from grading.result import GradedAssessment, Verdict
from grading.words import SCALES, SEXES, spoken
from patients.formats import shown_age, shown_moment, shown_span
from patients.handover.case import Case, Sentence, graded_words, row_of
from patients.models.submission import EnteredRow
from patients.views.banner import family_given, therapy_and_day
from patients.views.due import unseen


def situation(case: Case) -> Iterator[Sentence]:
    """The part, in the zone that is active (the ward's)."""
    yield _who(case)
    yield from _ended(case)
    yield from _concerns(case)
    yield from _away(case)
    if case.infusion is None:
        yield Sentence(text="No infusion is charted: nothing is graded.", short=True, missing=True)
        return
    yield Sentence(text=f"{therapy_and_day(case.infusion, case.now)}.", rows=(case.infusion,), short=True)
    last = case.latest
    if last is None or last.verdict is None:
        words = "Not assessed since the infusion. Not assessed is not grade 0."
        yield Sentence(text=words, short=True, missing=True)
        return
    yield from _grade(case, last, last.verdict)


def _who(case: Case) -> Sentence:
    patient = case.patient
    today = timezone.localtime(case.now).date()
    sex = spoken(SEXES[patient.sex]) if patient.sex != "unknown" else "sex not known"
    where = f"bed {patient.bed}" if patient.bed else "no bed"
    words = f"{family_given(patient)}, {shown_age(patient.birth_date, today)}, {sex}; {case.ward}, {where}."
    placed: tuple[EnteredRow, ...] = (patient.placement,) if patient.placement else ()
    return Sentence(text=words, rows=(patient.facts, *placed), short=False)


def _ended(case: Case) -> Iterator[Sentence]:
    if case.death is not None:
        yield Sentence(text=f"Died {shown_moment(case.death.at)}.", rows=(case.death,), short=True)
    elif case.patient.discharged and case.patient.placement is not None:
        gone = case.patient.placement
        yield Sentence(text=f"Discharged {shown_moment(gone.at)}.", rows=(gone,), short=True)


def _concerns(case: Case) -> Iterator[Sentence]:
    for one in case.concerns:
        concern = one.concern
        waits = shown_span(case.now - one.raised_at)
        words = f"Concern, not acknowledged for {waits}: «{concern.why}», {concern.entered_by}, "
        words += case.clock(one.raised_at)
        words += "".join(f"; {what}: {said}" for what, said in _said(concern.called, concern.answered))
        if one.overdue and one.contacts:
            words += f"; call besides: {one.contacts}"
        yield Sentence(text=f"{words}.", rows=(concern,), short=True)


def _away(case: Case) -> Iterator[Sentence]:
    """Off the ward now, or not back yet though the time is over, and seen by nobody since."""
    pause = case.paused
    if pause is None or not case.here or not unseen(case.latest, pause):
        return
    until = case.when(pause.row.until)
    words = f"Off the ward. {pause.where}, since {case.clock(pause.row.at)}"
    words += f", back expected {until}" if pause.away else f", was expected back {until}: no word of it"
    yield Sentence(text=f"{words}.", rows=(pause.row,), short=True, missing=pause.over)


def _said(called: str, answered: str) -> Iterator[tuple[str, str]]:
    yield "called", called or "nobody charted"
    if answered:
        yield "answered", answered


def _grade(case: Case, last: GradedAssessment, verdict: Verdict) -> Iterator[Sentence]:
    rows = row_of(last.assessment.ref)
    seen = last.observed_at
    words = f"{verdict.name}, governing: {graded_words(verdict)}"
    if seen is None:
        words += f", judged {case.when(last.at)}; nothing has been observed since the infusion"
    elif seen == last.at:
        words += f", seen {case.when(seen)}"
    else:
        words += f", seen {case.when(seen)}, judged {case.clock(last.at)}"
        rows = (*case.rows_at([seen]), *rows)
    yield Sentence(text=f"{words}.", rows=rows, short=True, missing=not verdict.certain)
    overtaken = passed(last, case.now) if case.here else ()
    for note in overtaken:
        yield Sentence(
            text=f"Overtaken by the clock since {case.clock(note.at)}: {note.text}.",
            rows=rows,
            short=True,
            missing=True,
        )
    if overtaken:
        yield Sentence(text="The grade may no longer hold: chart an assessment.", rows=rows, short=True, missing=True)
    if verdict.pending is not None and verdict.pending.at > case.now and case.here:
        at = case.clock(verdict.pending.at)
        yield Sentence(
            text=f"Becomes grade {verdict.pending.grade} at {at} if nothing changes until then.", rows=rows, short=True
        )
    trend = _trend(case, last, verdict)
    if trend is not None:
        yield trend
    for notice in (*verdict.notices, *last.notices):
        yield Sentence(text=notice if notice.endswith(".") else f"{notice}.", rows=rows)


def _trend(case: Case, last: GradedAssessment, verdict: Verdict) -> Sentence | None:
    """Against the last assessment that was graded otherwise; else since when it has been so."""
    assert case.graded is not None
    since, before = last, None
    for one in reversed(case.graded.assessments[:-1]):
        if one.verdict is None:
            break
        if _shown(one.verdict) != _shown(verdict):
            before = one
            break
        since = one
    rows = (*(row_of(before.assessment.ref) if before else ()), *row_of(since.assessment.ref))
    if before is None or before.verdict is None:
        if since is last:
            return Sentence(text="First assessment of this course.", rows=rows)
        return Sentence(text=f"So since the first assessment, {case.when(since.at)}.", rows=rows, short=True)
    was = before.verdict
    if was.scale != verdict.scale:
        words = f"Until then {SCALES[was.scale]} governed: {graded_words(was)}, {case.when(before.at)}"
    else:
        words = (
            f"{_direction(was, verdict)} {graded_words(was)}, {case.when(before.at)}; so since {case.clock(since.at)}"
        )
    return Sentence(text=f"{words}.", rows=rows, short=True)


def _shown(verdict: Verdict) -> tuple[str, int | None, int | None]:
    return verdict.scale, verdict.grade, verdict.at_most


def _direction(was: Verdict, verdict: Verdict) -> str:
    if was.grade is None or verdict.grade is None or was.grade == verdict.grade:
        return "Before:"
    return "Up from" if verdict.grade > was.grade else "Down from"
