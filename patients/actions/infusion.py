"""An infusion starts a course; its doses are stepped up; it is interrupted, resumed, discontinued for good."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from patients.actions.act import Entry, Refused, perform
from patients.actions.checks import shown, while_alive
from patients.models import Infusion, InfusionDose, InfusionEvent, Patient, User


@dataclass(frozen=True, slots=True, kw_only=True)
class NewInfusion:
    """What starts a course. `cause` is a key of `grading.words.CAUSES`."""

    cause: str
    product: str
    started_at: datetime
    lot: str = ""


def start_infusion(*, by: User, submission_id: UUID, patient: Patient, infusion: NewInfusion) -> Infusion:
    """A course of another product than the one before; it ends that one's course."""
    return perform(
        "start_infusion",
        by=by,
        submission_id=submission_id,
        patient=patient,
        values={"infusion": infusion},
        write=lambda entry: write_infusion(entry, patient, infusion),
        again=lambda submission: Infusion.objects.get(submission=submission),
    )


def write_infusion(entry: Entry, patient: Patient, new: NewInfusion) -> Infusion:
    started_at = entry.at(new.started_at, "started_at")
    while_alive(patient, started_at, "started_at")
    of_patient = patient.infusions.order_by("started_at")
    before = of_patient.filter(started_at__lt=started_at).last()
    after = of_patient.filter(started_at__gt=started_at).first()
    for neighbor in (before, after):
        if neighbor is not None and _same(neighbor.product, new.product):
            raise Refused(
                {
                    "product": f"{neighbor.product} is the product of the course from "
                    f"{shown(patient, neighbor.started_at)}: chart a further dose of it there."
                }
            )
    return Infusion.objects.create(
        patient=patient,
        cause=new.cause,
        product=new.product,
        lot=new.lot,
        started_at=started_at,
        **entry.columns,
    )


def record_dose_step(
    *,
    by: User,
    submission_id: UUID,
    infusion: Infusion,
    dose: Decimal | None = None,
    unit: str | None = None,
    lot: str = "",
    note: str = "",
    at: datetime | None = None,
) -> InfusionDose:
    """A dose of the product, within its course."""

    def write(entry: Entry) -> InfusionDose:
        given_at = entry.at(at)
        _within(infusion, given_at)
        return InfusionDose.objects.create(
            infusion=infusion, at=given_at, dose=dose, unit=unit or None, lot=lot, note=note, **entry.columns
        )

    return perform(
        "record_dose_step",
        by=by,
        submission_id=submission_id,
        patient=infusion.patient,
        values={"infusion": infusion, "dose": dose, "unit": unit, "lot": lot, "note": note, "at": at},
        write=write,
        again=lambda submission: InfusionDose.objects.get(submission=submission),
        regrade=lambda row: [],  # no scale and no protocol reads the doses of the product
    )


def record_infusion_event(
    *,
    by: User,
    submission_id: UUID,
    infusion: Infusion,
    action: str,
    note: str = "",
    at: datetime | None = None,
) -> InfusionEvent:
    """`action`: `interrupt`, `resume` or `discontinue`. Nothing undoes a discontinuation (rules 3.3)."""

    def write(entry: Entry) -> InfusionEvent:
        happened_at = entry.at(at)
        _within(infusion, happened_at)
        _fits(infusion, action, happened_at)
        return InfusionEvent.objects.create(
            infusion=infusion, action=action, note=note, at=happened_at, **entry.columns
        )

    return perform(
        "record_infusion_event",
        by=by,
        submission_id=submission_id,
        patient=infusion.patient,
        values={"infusion": infusion, "action": action, "note": note, "at": at},
        write=write,
        again=lambda submission: InfusionEvent.objects.get(submission=submission),
        since=lambda row: row.at,
    )


def _same(one: str, other: str) -> bool:
    return " ".join(one.split()).casefold() == " ".join(other.split()).casefold()


def _within(infusion: Infusion, at: datetime) -> None:
    """Raises `Refused` on a time outside the course of this infusion."""
    while_alive(infusion.patient, at)
    if at < infusion.started_at:
        raise Refused({"at": f"Before the infusion started, at {shown(infusion.patient, infusion.started_at)}."})
    following = infusion.patient.infusions.filter(started_at__gt=infusion.started_at).order_by("started_at").first()
    if following is not None and at >= following.started_at:
        raise Refused({"at": f"After {following.product} was started: this course is over."})


# What an event may follow; None is the running infusion before any event.
FOLLOWS: Mapping[str, frozenset[str | None]] = {
    "interrupt": frozenset({None, "resume"}),
    "resume": frozenset({"interrupt"}),
    "discontinue": frozenset({None, "interrupt", "resume"}),
}


def _fits(infusion: Infusion, action: str, at: datetime) -> None:
    """Raises `Refused` where the events of the infusion, in time order with the new one, make no sense."""
    if action not in FOLLOWS:
        raise Refused({"action": f"One of {', '.join(FOLLOWS)}."})
    events = [(row.at, row.pk, row.action) for row in infusion.events.all()]
    last_pk = max((pk for _, pk, _ in events), default=0)
    previous: str | None = None
    for happened_at, pk, one in sorted([*events, (at, last_pk + 1, action)]):
        if previous not in FOLLOWS[one]:
            words = {None: "runs", "interrupt": "is interrupted", "resume": "runs", "discontinue": "is discontinued"}
            at_fault = (
                "The infusion" if pk > last_pk else f"With this, the infusion at {shown(infusion.patient, happened_at)}"
            )
            raise Refused({"action": f"{at_fault} {words[previous]} then: «{one}» cannot follow."})
        previous = one
