"""What else happened on a course's time axis: doses, the infusion, escalations, attributions, corrections, signatures?

Rows that stand, each as a mark with its words. A correction is a mark of its own; what it replaced is in the history.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest
from typing import Final

from django.db.models import Max

from grading.drugs import GLUCOCORTICOIDS, generic, is_anticytokine
from grading.record import Death as Died
from grading.record import InfusionEvent as Event
from grading.record import Treatment as Given
from grading.timeline_shapes import Timeline
from grading.words import CAUSES, PURPOSES, ROUTES, SCALES, spoken
from patients.concerns import raised_at
from patients.formats import shown_dose, shown_moment, shown_span
from patients.models import (
    Assessment,
    Concern,
    ConcernAcknowledgement,
    Correction,
    Infusion,
    InfusionDose,
    Pause,
    PauseEnd,
    Signature,
    Treatment,
)
from patients.models.submission import EnteredRow
from patients.models.words import PAUSED
from patients.record import Charted, versions_of

# In the order of the page
LANES: Final = {
    "doses": "Doses given",
    "infusion": "Infusion",
    "concerns": "Escalations",
    "attributions": "Attributed elsewhere",
    "pauses": "Off the ward",
    "corrections": "Corrections",
    "signatures": "Signatures",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Something that happened at `at`, or held until `until`. `short` stands beside the mark where there is room."""

    at: datetime
    text: str
    short: str
    row: EnteredRow | None
    until: datetime | None = None
    kind: str = "event"  # the mark's shape: `event`, `anticytokine`, `glucocorticoid`, `stop`, `open`


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """`key` and `name` are those of `LANES`. Marks stand in time order."""

    key: str
    name: str
    marks: tuple[Mark, ...]


def lanes(course: Charted, drawn: Timeline) -> tuple[Lane, ...]:
    """Every lane, an empty one too: that nothing was escalated is an answer. Reads in the active zone."""
    ends_at = drawn.ends_at
    found = {
        "doses": _doses(course),
        "infusion": _infusion(course, ends_at),
        "concerns": _concerns(course.infusion, ends_at),
        "attributions": _attributions(drawn),
        "pauses": _pauses(course.infusion),
        "corrections": _corrections(course.infusion),
        "signatures": _signatures(course.infusion),
    }
    return tuple(Lane(key=key, name=name, marks=tuple(_within(found[key], drawn))) for key, name in LANES.items())


def last_done(infusion: Infusion, *, followed: bool) -> datetime | None:
    """When something was last called, corrected or signed that belongs to a course which is over.

    `followed` by another course it has its own signatures only: the rest belongs to the later one.
    """
    latest, patient = Max("entered_at"), infusion.patient_id
    of_course = Signature.objects.standing().filter(infusion__in=versions_of([infusion]))
    found = [of_course.aggregate(latest=latest)["latest"]]
    if not followed:
        found.append(Concern.objects.standing().filter(patient=patient).aggregate(latest=latest)["latest"])
        found.append(Correction.objects.filter(patient=patient).aggregate(latest=latest)["latest"])
    return max((at for at in found if at is not None), default=None)


def _within(marks: Iterator[Mark], drawn: Timeline) -> list[Mark]:
    shown = [mark for mark in marks if (mark.until or mark.at) >= drawn.begins_at and mark.at <= drawn.ends_at]
    return sorted(shown, key=lambda mark: mark.at)


def _doses(course: Charted) -> Iterator[Mark]:
    brands = course.settings.brands
    for given in course.course.events:
        if not isinstance(given, Given) or not isinstance(given.ref, Treatment):
            continue
        drug, kind = given.drug, "event"
        plain = generic(drug, brands)
        if plain in GLUCOCORTICOIDS:
            kind = "glucocorticoid"
        elif is_anticytokine(given, brands):
            kind = "anticytokine"
        if plain != drug.strip().lower():
            drug = f"{drug} ({plain})"
        dose = "" if given.dose is None else f" {shown_dose(given.dose, given.unit or '')}"
        more = [ROUTES[given.route] if given.route else "", f"for {PURPOSES[given.purpose]}" if given.purpose else ""]
        text = ", ".join(part for part in (f"{drug}{dose or ', dose not charted'}", *more) if part)
        yield Mark(at=given.at, text=text, short=f"{plain}{dose}", row=given.ref, kind=kind)


def _infusion(course: Charted, ends_at: datetime) -> Iterator[Mark]:
    of = course.infusion
    yield Mark(at=of.started_at, text=f"{CAUSES[of.cause]} ({of.product}) started", short=of.product, row=of)
    for dose in InfusionDose.objects.standing().filter(infusion=of).select_related("entered_by"):
        words = "dose" if dose.dose is None else f"dose {shown_dose(dose.dose, dose.unit or '')}"
        yield Mark(at=dose.at, text=words, short=words, row=dose)
    events = sorted((one for one in course.course.events if isinstance(one, Event)), key=lambda one: one.at)
    deaths = [one for one in course.course.events if isinstance(one, Died)]
    over = min([ends_at, *(died.at for died in deaths)])
    for event, after in zip_longest(events, events[1:]):
        row = event.ref if isinstance(event.ref, EnteredRow) else None
        if event.action == "interrupt":
            until = after.at if after is not None else max(over, event.at)
            yield Mark(at=event.at, until=until, text="interrupted", short="interrupted", row=row, kind="stop")
        elif event.action == "discontinue":
            yield Mark(at=event.at, text="discontinued for good", short="discontinued", row=row, kind="stop")
        else:
            yield Mark(at=event.at, text="resumed", short="resumed", row=row)
    for died in deaths:
        cause = {True: "due to CRS", False: "not due to CRS", None: "not charted whether due to CRS"}[died.due_to_crs]
        row = died.ref if isinstance(died.ref, EnteredRow) else None
        yield Mark(at=died.at, text=f"died, {cause}", short="died", row=row, kind="stop")


def _concerns(infusion: Infusion, ends_at: datetime) -> Iterator[Mark]:
    """From the call to the acknowledgement; one that nobody acknowledged runs on."""
    rows = Concern.objects.standing().filter(patient=infusion.patient_id)
    of_patient = ConcernAcknowledgement.objects.standing().filter(concern__patient=infusion.patient_id)
    acknowledged = {one.concern_id: one for one in of_patient.select_related("entered_by").order_by("-id")}
    for row in rows.select_related("entered_by", "reentered_from__concern").order_by("id"):
        seen, since = acknowledged.get(row.pk), raised_at(row)
        if seen is None:
            end = "not acknowledged"
        else:
            end = f"acknowledged after {shown_span(seen.entered_at - since)} by {seen.entered_by}"
        yield Mark(
            at=since,
            until=seen.entered_at if seen is not None else max(ends_at, since),
            text=f"escalated: {row.why}; {end}",
            short=row.why,
            row=row,
            kind="open" if seen is None else "stop",
        )


def _attributions(drawn: Timeline) -> Iterator[Mark]:
    held_until: datetime | None = None
    for span in drawn.attributions:
        if not span.text and held_until != span.at:
            continue  # nothing was attributed, and nothing is
        row = span.ref if isinstance(span.ref, Assessment) else None
        why = f": {row.attribution_reason}" if row is not None and row.attribution_reason else ""
        text = f"{span.text}{why}; counts until {shown_moment(span.until)}" if span.text else f"withdrawn{why}"
        until = span.until if span.text else None
        yield Mark(at=span.at, until=until, text=text, short=span.text or "withdrawn", row=row)
        held_until = span.until if span.text else None


def _pauses(infusion: Infusion) -> Iterator[Mark]:
    """Of one absence the row entered last holds."""
    rows = Pause.objects.standing().filter(patient=infusion.patient_id).select_related("entered_by").order_by("id")
    ends = PauseEnd.objects.standing().filter(pause__patient=infusion.patient_id).order_by("-id")
    back_at = {end.pause_id: end.at for end in ends}  # the first of a pause
    for row in {row.at: row for row in rows}.values():
        back = back_at.get(row.pk)
        where = f"{PAUSED[row.reason]}: {row.text}" if row.text else PAUSED[row.reason]
        end = f"back {shown_moment(back)}" if back else f"expected back {shown_moment(row.until)}"
        text = f"{spoken(where)}, {end}"
        yield Mark(at=row.at, until=back or row.until, text=text, short=spoken(where), row=row)


def _corrections(infusion: Infusion) -> Iterator[Mark]:
    rows = Correction.objects.filter(patient=infusion.patient_id).select_related("entered_by").order_by("id")
    for row in rows:
        of = row.of.replace("_", " ")
        text = f"{of}: {spoken(row.get_kind_display())}, {spoken(row.get_reason_display())}"
        yield Mark(at=row.entered_at, text=f"{text}: {row.text}" if row.text else text, short=of, row=row)


def _signatures(infusion: Infusion) -> Iterator[Mark]:
    rows = (
        Signature.objects.standing()
        .filter(infusion__in=versions_of([infusion]))
        .select_related("entered_by", "assessment")
    )
    for row in rows.order_by("id"):
        scale, seen = SCALES[row.scale], shown_moment(row.assessment.at)
        if row.overrides:
            reason = spoken(row.get_reason_display() or "")
            words = f"grade {row.confirmed_grade} in place of the computed {row.computed_grade}: {reason}, {row.text}"
        else:
            words = f"grade {row.confirmed_grade} confirmed"
        kind = "stop" if row.overrides else "event"
        short = f"grade {row.confirmed_grade}"
        yield Mark(at=row.entered_at, text=f"{scale}, {words}; seen {seen}", short=short, row=row, kind=kind)
