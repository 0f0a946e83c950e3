"""How does a suggestion become a decision: answered by a physician, its points ticked, its question answered?"""

import json
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from crsweb import step_up
from grading import record
from grading.basis import Basis, changes
from grading.prescribing import Offered
from patients import actions
from patients.actions.decision import card as card_of
from patients.actions.plain import plain
from patients.decisions import decided_since
from patients.drafts import TICKET, read_ticket
from patients.forms.decision import DecisionForm, JudgeForm, TickForm, Weighed
from patients.models.words import ANSWERS
from patients.record import Charted, charted, versions_of
from patients.views.act_page import Group, Page, act_page, open_and_post
from patients.views.banner import two_identifiers
from patients.views.bedside import Bedside, bedside
from patients.views.cards import Card, cards


@open_and_post
@step_up.or_sign_in
@bedside("decide")
def decide(request: HttpRequest, here: Bedside) -> HttpResponse:
    """The answer to one card. Asked about or wrong, it comes again as a page of its own; recorded, back to the card."""
    if request.method != "POST":
        return redirect(reverse("patient_detail", args=[here.patient.pk]))
    course = _course(here)
    card = _card(here, course, request.POST.get("step", "")) if course else None
    if course is None or card is None:
        return _refused(
            here, request, "That is no longer suggested. Nothing was recorded: look at what is suggested now."
        )
    form = DecisionForm(
        request.POST,
        offered=card.doses,
        weights=weights_of(course),
        basis=card.step.basis.document(),
        assessment=card.assessment,
        decided=card.decided,
        changed=(*_changed(request.POST.get("basis", ""), card), *_decided(request, card)),
    )
    again = step_up.fields(request, form, needed=request.POST.get("answer") == "accepted")
    names = [name for name in ("answer", "dose", "reason", "text", "watch_until") if name in form.fields]
    page = Page(
        heading="Decide on a suggestion",
        done=f"{ANSWERS.get(request.POST.get('answer', ''), 'decided').lower()}, {card.suggestion.headline}",
        lead=f"{card.suggestion.headline}. This records a decision; it orders nothing.",
        groups=(Group([form[name] for name in names] + again, wide=("text",)),),
        template="patients/decide.html",
    )

    def write() -> str:
        said = form.cleaned_data
        actions.decide(
            by=here.user,
            submission_id=said["submission_id"],
            infusion=course.infusion,
            assessment=get_object_or_404(here.patient.assessments, pk=said["assessment"]),
            step=card.suggestion.id,
            answer=said["answer"],
            reason=said["reason"],
            text=said["text"],
            watch_until=said["watch_until"],
            basis=said["basis"],
            decided=said["decided"],
            shown=shown(card, form.chosen) | {"confirmed": form.confirmed},
        )
        return _address(here, card.suggestion.id)

    context = here.context() | {"save": f"Record for {two_identifiers(here.patient)}", "card": card}
    if read_ticket(request.POST) is not None:  # of the card's own form: what is typed here is the same draft
        context |= {"ticket": request.POST[TICKET], "leaves": "act"}
    return act_page(request, form, page, write, context)


@require_POST
@bedside("tick")
def tick(request: HttpRequest, here: Bedside) -> HttpResponse:
    """A point of a checklist, done or taken back: one press, back to its card."""
    form = TickForm(request.POST)
    if here.infusion is None or not here.open or not form.is_valid():
        return _refused(here, request, "That point could not be ticked: open the page anew and tick it there.")
    said = form.cleaned_data
    if said["infusion"] not in versions_of([here.infusion]):
        return _refused(here, request, "Another infusion was started since. Nothing was ticked: look at its course.")
    try:
        actions.tick(
            by=here.user,
            submission_id=said["submission_id"],
            infusion=here.infusion,
            step=said["step"],
            item=said["item"],
            done=said["done"] == "yes",
        )
    except actions.Refused as refused:
        return _refused(here, request, str(refused))
    return redirect(_address(here, said["step"]))


@require_POST
@bedside("decide")
def judge_severity(request: HttpRequest, here: Bedside) -> HttpResponse:
    """The physician's word on grade 2, charted as an assessment that holds nothing else."""
    form = JudgeForm(request.POST)
    if not here.open or not form.is_valid():
        return _refused(here, request, "The answer could not be recorded: open the page anew and answer there.")
    severe = form.cleaned_data["severe"] == "yes"
    try:
        actions.record_assessment(
            by=here.user,
            submission_id=form.cleaned_data["submission_id"],
            patient=here.patient,
            assessment=record.Assessment(at=here.now, severe_grade_2=severe),
            at=None,
        )
    except actions.Refused as refused:
        return _refused(here, request, str(refused))
    messages.success(request, f"Recorded: grade 2 is{'' if severe else ' not'} managed as severe.")
    return redirect(_address(here, "judge-severity"))


def shown(card: Card, chosen: Offered | None) -> dict[str, Any]:
    """What the card said, as it is kept with the decision; `dose` is the one accepted, else the one computed."""
    said: dict[str, Any] = card_of(card.suggestion)
    one = chosen or (card.doses[0] if len(card.doses) == 1 else None)
    if one is not None:
        said |= plain({"dose": one.dose, "working": one.dose.working, "up_to": one.up_to, "drug": one.drug})
        said |= {"amount": one.amount, "route": one.route}
    said["line"] = chosen.line if chosen is not None else ""
    said["against"] = [fact.words for fact in card.against] if chosen is not None else []
    return said


def weights_of(course: Charted) -> tuple[Weighed, ...]:
    """The weights that stand, earliest first."""
    found = [Weighed(e.at, e.weight_kg) for e in course.course.events if isinstance(e, record.Weight)]
    return tuple(sorted(found, key=lambda one: one.at))


def _course(here: Bedside) -> Charted | None:
    return charted([here.infusion])[0] if here.infusion is not None and here.open else None


def _card(here: Bedside, course: Charted, step: str) -> Card | None:
    return next((card for card in cards(here, course, course.graded()) if card.suggestion.id == step), None)


def _changed(posted: str, card: Card) -> tuple[str, ...]:
    """What changed since the card was looked at; nothing where the form itself says that it is incomplete."""
    try:
        document = json.loads(posted)
    except ValueError:
        return ()
    try:
        return changes(Basis.from_document(document), card.step.basis)
    except (KeyError, TypeError, AttributeError, ArithmeticError):
        return ("the page is of an earlier version",)


def _decided(request: HttpRequest, card: Card) -> tuple[str, ...]:
    """Who decided since the card was looked at. This very form, sent twice, is not somebody else's decision."""
    latest = card.step.decision
    if latest is not None and str(latest.submission_id) == request.POST.get("submission_id"):
        return ()
    posted = request.POST.get("decided", "")
    return decided_since(latest, int(posted) if posted.isdecimal() else None)


def _address(here: Bedside, step: str) -> str:
    """The patient's page, at the card of the step."""
    return reverse("patient_detail", args=[here.patient.pk]) + (f"#suggestion-{step}" if step else "")


def _refused(here: Bedside, request: HttpRequest, sentence: str) -> HttpResponse:
    messages.error(request, sentence)
    return redirect(_address(here, ""))
