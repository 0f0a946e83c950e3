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
    fits_among(patient, new.product, started_at)
    return Infusion.objects.create(
        patient=patient,
        cause=new.cause,
        product=new.product,
        lot=new.lot,
        started_at=started_at,
        **entry.columns,
    )


def fits_among(patient: Patient, product: str, started_at: datetime, *, instead_of: Infusion | None = None) -> None:
    """Raises `Refused` where an infusion of that product and time is none among the patient's others."""
    while_alive(patient, started_at, "started_at")
    of_patient = patient.infusions.standing().order_by("started_at")
    if instead_of is not None:
        of_patient = of_patient.exclude(pk=instead_of.pk)
    if of_patient.filter(started_at=started_at).exists():
        raise Refused({"started_at": "An infusion of this patient starts at that time already."})
    before = of_patient.filter(started_at__lt=started_at).last()
    after = of_patient.filter(started_at__gt=started_at).first()
    for neighbor in (before, after):
        if neighbor is not None and _same(neighbor.product, product):
            raise Refused(
                {
                    "product": f"{neighbor.product} is the product of the course from "
                    f"{shown(patient, neighbor.started_at)}: chart a further dose of it there."
                }
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
        in_course(infusion, given_at)
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
        in_course(infusion, happened_at)
        fits_between(infusion, action, happened_at)
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


def in_course(infusion: Infusion, at: datetime) -> None:
    """Raises `Refused` on a time outside the course of this infusion."""
    while_alive(infusion.patient, at)
    if at < infusion.started_at:
        raise Refused({"at": f"Before the infusion started, at {shown(infusion.patient, infusion.started_at)}."})
    following = (
        infusion.patient.infusions.standing().filter(started_at__gt=infusion.started_at).order_by("started_at").first()
    )
    if following is not None and at >= following.started_at:
        raise Refused({"at": f"After {following.product} was started: this course is over."})


# What an event may follow; None is the running infusion before any event.
FOLLOWS: Mapping[str, frozenset[str | None]] = {
    "interrupt": frozenset({None, "resume"}),
    "resume": frozenset({"interrupt"}),
    "discontinue": frozenset({None, "interrupt", "resume"}),
}

STATES: Mapping[str | None, str] = {
    None: "runs",
    "interrupt": "is interrupted",
    "resume": "runs",
    "discontinue": "is discontinued",
}


def fits_between(infusion: Infusion, action: str, at: datetime, *, instead_of: InfusionEvent | None = None) -> None:
    """Raises `Refused` where the event makes no sense between the one before it and the one after it.

    Events elsewhere that do not fit together, after a withdrawal, hold up no new one.
    """
    if action not in FOLLOWS:
        raise Refused({"action": f"One of {', '.join(FOLLOWS)}."})
    events = infusion.events.standing().order_by("at", "id")
    if instead_of is not None:
        events = events.exclude(pk=instead_of.pk)
    before = [row for row in events if row.at <= at]
    after = [row for row in events if row.at > at]
    previous = before[-1].action if before else None
    if previous not in FOLLOWS[action]:
        raise Refused({"action": f"The infusion {STATES[previous]} then: «{action}» cannot follow."})
    if after and action not in FOLLOWS[after[0].action]:
        when = shown(infusion.patient, after[0].at)
        raise Refused(
            {"action": f"With this, the infusion at {when} {STATES[action]} then: «{after[0].action}» cannot follow."}
        )
