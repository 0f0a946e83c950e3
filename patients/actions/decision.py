"""A physician answers a suggestion; a point of a checklist is ticked. Nothing is ordered from here."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from grading.basis import Basis, basis_of, changes
from grading.checklists import CHECKLISTS
from grading.result import Dose, GradedCourse, Suggestion
from patients.actions.act import WHOLE, Entry, Refused, perform
from patients.actions.plain import plain
from patients.decisions import decided_since, latest_decisions
from patients.models import Assessment, ChecklistTick, Decision, Infusion, User
from patients.record import charted


class CardChanged(Refused):
    """The card is no longer what the physician looked at: `changed` says in what. Nothing was recorded."""

    def __init__(self, changed: tuple[str, ...]) -> None:
        self.changed = changed
        super().__init__({WHOLE: f"The suggestion changed while you looked at it: {'; '.join(changed)}. Decide anew."})


def decide(
    *,
    by: User,
    submission_id: UUID,
    infusion: Infusion,
    assessment: Assessment,
    step: str,
    answer: str,
    basis: Mapping[str, Any],
    reason: str | None = None,
    text: str = "",
    watch_until: datetime | None = None,
    shown: Mapping[str, Any] | None = None,
    decided: int | None = None,
) -> Decision:
    """`answer`: `accepted`, `declined` with a `reason`, or `watching` until a time.

    `basis` is that of the card looked at, `Basis.document()`; `assessment` the one it was shown at. `shown` is what the
    card said (None: what it says now, which on the same basis is the same). `decided` is the key of the decision that
    the card showed (None: it showed none): a later one is not decided over unseen. Raises `CardChanged`.
    """

    def write(entry: Entry) -> Decision:
        of = charted([infusion])[0]
        graded = of.graded()
        suggestion = _present(graded, step)
        _refuse_a_change(basis, graded, suggestion, of.course.protocol)
        later = decided_since(latest_decisions(infusion).get(step), decided)
        if later:
            raise CardChanged(later)
        if assessment.pk not in {getattr(one.assessment.ref, "pk", None) for one in graded.assessments}:
            raise CardChanged(("the assessment it was shown at no longer stands",))
        if watch_until is not None and watch_until <= entry.now:
            raise Refused({"watch_until": "A time still to come is needed."})
        return Decision.objects.create(
            infusion=infusion,
            assessment=assessment,
            step=step,
            answer=answer,
            reason=reason or None,
            text=text,
            watch_until=watch_until,
            basis=dict(basis),
            shown=dict(shown) if shown is not None else card(suggestion),
            **entry.columns,
        )

    return perform(
        "decide",
        by=by,
        submission_id=submission_id,
        patient=infusion.patient,
        values={
            "infusion": infusion,
            "assessment": assessment,
            "step": step,
            "answer": answer,
            "basis": basis,
            "reason": reason or None,
            "text": text,
            "watch_until": watch_until,
            "shown": shown,
            "decided": decided,
        },
        write=write,
        again=lambda submission: Decision.objects.get(submission=submission),
        regrade=lambda row: [],
    )


def card(suggestion: Suggestion) -> dict[str, Any]:
    """What a card says, for keeping: headline, source, and the dose with its arithmetic where one is computed."""
    dose = suggestion.dose if isinstance(suggestion.dose, Dose) else None
    said: dict[str, Any] = plain(
        {
            "headline": suggestion.headline,
            "source": suggestion.source,
            "house": suggestion.house,
            "dose": dose,
            "working": dose.working if dose else None,
            "choices": [one for one in suggestion.choices if isinstance(one, Dose)],
        }
    )
    return said


def tick(*, by: User, submission_id: UUID, infusion: Infusion, step: str, item: str, done: bool) -> ChecklistTick:
    """A point was done, or the tick is taken back. Points that a result does are not ticked."""

    def write(entry: Entry) -> ChecklistTick:
        points = {point.key: point for point in CHECKLISTS.get(step, ())}
        if item not in points:
            raise Refused({"item": f"No point of that checklist. Its points: {', '.join(points) or 'none'}."})
        if points[item].analyte is not None:
            raise Refused({"item": f"{points[item].words}: done by entering the result, not by a tick."})
        return ChecklistTick.objects.create(infusion=infusion, step=step, item=item, done=done, **entry.columns)

    return perform(
        "tick",
        by=by,
        submission_id=submission_id,
        patient=infusion.patient,
        values={"infusion": infusion, "step": step, "item": item, "done": done},
        write=write,
        again=lambda submission: ChecklistTick.objects.get(submission=submission),
        regrade=lambda row: [],
    )


def _present(graded: GradedCourse, step: str) -> Suggestion:
    """The step as suggested now. Raises `CardChanged` when it no longer is."""
    for suggestion in graded.suggestions:
        if suggestion.id == step:
            return suggestion
    raise CardChanged(("it is no longer suggested",))


def _refuse_a_change(basis: Mapping[str, Any], graded: GradedCourse, suggestion: Suggestion, protocol: str) -> None:
    assert graded.latest is not None  # there is a suggestion
    try:
        seen = Basis.from_document(basis)
    except (KeyError, TypeError) as error:
        raise CardChanged(("the page is of an earlier version",)) from error
    changed = changes(seen, basis_of(graded, graded.latest, suggestion, protocol))
    if changed:
        raise CardChanged(changed)
