"""Off the ward and back: which form leads to which act, what is asked first, and what does the patient's page say?"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from grading.result import GradedAssessment, Verdict
from patients import actions
from patients.concerns import open_concerns
from patients.formats import shown_moment_near
from patients.forms.pause import BackForm, PauseForm
from patients.forms.questions import Question
from patients.pauses import Paused, pauses_of
from patients.record import charted
from patients.views.act_page import Group, Page, open_and_post, patient_act, posted
from patients.views.bedside import Bedside, bedside
from patients.views.due import unseen

ASKED_FROM = 3  # the grade at which leaving the ward is asked about


@dataclass(frozen=True, slots=True)
class PauseShown:
    """The pause of a patient who is off the ward, or should be back by now and was seen by nobody."""

    pk: int
    away: bool
    where: str
    since: str
    until: str
    until_at: datetime
    by: str
    submission_id: UUID = field(default_factory=uuid4)  # of «Back on the ward», which is one press


def shown_pause(paused: Paused | None, graded: GradedAssessment | None, now: datetime) -> PauseShown | None:
    """What the patient's page says: nothing once the patient is back, or was seen after the pause began."""
    if paused is None or not unseen(graded, paused):
        return None
    row = paused.row
    since, until = shown_moment_near(row.at, now), shown_moment_near(row.until, now)
    return PauseShown(row.pk, paused.away, paused.where, since, until, row.until, str(row.entered_by))


@open_and_post
@bedside("pause_monitoring")
def pause_monitoring(request: HttpRequest, here: Bedside) -> HttpResponse:
    paused = pauses_of([here.patient], here.now).get(here.patient.pk)
    holding = paused if paused is not None and paused.away else None
    form = PauseForm(
        posted(request),
        now=here.now,
        began=holding.row.at if holding else None,
        longest=timedelta(minutes=here.ward.current.pause_minutes),
        warnings=_warnings(here),
        initial={"opened_on": holding.row.pk if holding else 0, "reason": holding.row.reason if holding else None},
    )
    names = [name for name in ("reason", "minutes", "until", "text", "at") if name in form.fields]
    page = Page(
        heading="Off the ward",
        done="off the ward; the round pauses until then",
        lead="The round pauses, and nothing else: no grade changes, and values grow old all the same.",
        groups=(Group([form[name] for name in names]),),
        template="patients/pause.html",
    )

    def record(entry: Mapping[str, Any]) -> object:
        names = ("reason", "until", "minutes", "text", "at", "opened_on")
        said: dict[str, Any] = {name: form.cleaned_data.get(name) for name in names}
        return actions.pause_monitoring(patient=here.patient, confirmed=form.confirmed, **said, **entry)

    return patient_act(request, here, form, page, record, {"pause": shown_pause(holding, None, here.now)})


@open_and_post
@bedside("end_pause")
def end_pause(request: HttpRequest, here: Bedside, pause: int) -> HttpResponse:
    """One press on the patient's page: back now. Opened as a page it takes another time."""
    row = get_object_or_404(here.patient.pauses.standing().select_related("entered_by"), pk=pause)
    form = BackForm(posted(request))
    page = Page(
        heading="Back on the ward",
        done="back on the ward; the round goes on",
        lead="Then chart an assessment: what was charted before the pause may no longer hold.",
        groups=(Group([form["at"]]),),
    )

    def record(entry: Mapping[str, Any]) -> object:
        return actions.end_pause(pause=row, at=form.cleaned_data["at"], **entry)

    return patient_act(request, here, form, page, record)


def _warnings(here: Bedside) -> tuple[Question, ...]:
    """What speaks against leaving now: a concern that waits, a grade of 3 or more, a vasopressor that runs."""
    found = [
        Question(
            "until",
            f"A concern waits for a physician, raised {shown_moment_near(one.concern.entered_at, here.now)}: "
            f"«{one.concern.why}»",
            f"off the ward with the concern of {shown_moment_near(one.concern.entered_at, here.now)} open",
        )
        for one in open_concerns([here.patient], now=here.now)
    ]
    latest = charted([here.infusion])[0].graded().latest if here.infusion is not None else None
    if latest is not None:
        found += _of_grade(latest, here.now)
    return tuple(found)


def _of_grade(latest: GradedAssessment, now: datetime) -> list[Question]:
    found = []
    verdict = latest.verdict
    if verdict is not None and verdict.grade is not None and (verdict.at_most or 0) >= ASKED_FROM:
        seen = shown_moment_near(latest.observed_at or latest.at, now)
        found.append(
            Question(
                "until", f"{_grade(verdict)} on {verdict.name}, seen {seen}.", f"off the ward at {_short(verdict)}"
            )
        )
    running = next((one.text for one in latest.in_force if one.field == "vasopressors"), "none running")
    if running != "none running":
        found.append(Question("until", f"A vasopressor runs: {running}.", f"off the ward with {running}"))
    return found


def _grade(verdict: Verdict) -> str:
    if verdict.certain:
        return f"Grade {verdict.grade}, {verdict.word},"
    return f"At least grade {verdict.grade}, at most grade {verdict.at_most},"


def _short(verdict: Verdict) -> str:
    return f"grade {verdict.grade}" if verdict.certain else f"grade {verdict.grade} to {verdict.at_most}"
