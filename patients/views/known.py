"""What was known at a past moment, and what is known of that moment now: which grades and suggestions differ?

«Then» is what was stored and shown: the latest verdicts by that moment of the assessments that stood. «Now» is computed
from what stands now. Where the protocol changed in between, what was suggested then is shown without its doses: doses
of two protocols never stand together. The moment is posted: no address holds it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from grading.words import GRADE_WORDS, PROTOCOLS, SCALES
from patients.formats import shown_dose
from patients.forms.known import KnownForm
from patients.known import Known, as_known_now, as_known_then
from patients.record import infusion_at
from patients.views.act_page import open_and_post, posted
from patients.views.bedside import Bedside, bedside
from patients.views.rows import who

MOST: Final = 100  # assessments shown: the latest of those that differ


@dataclass(frozen=True, slots=True)
class Grade:
    """A governing grade as the chip shows it, stored then or computed now."""

    scale: str
    grade: int | None
    at_most: int | None
    left_out: tuple[str, ...]

    @property
    def name(self) -> str:
        return SCALES[self.scale]

    @property
    def certain(self) -> bool:
        return self.grade is not None and self.grade == self.at_most

    @property
    def word(self) -> str:
        return "not assessed" if self.grade is None else GRADE_WORDS[self.grade]


@dataclass(frozen=True, slots=True)
class Suggested:
    """One suggestion; it differs where its dose or what stands against it does."""

    id: str
    headline: str
    dose: str
    blocked: str


@dataclass(frozen=True, slots=True)
class Side:
    """One assessment as known then, or now."""

    verdict: Grade | None
    suggestions: tuple[Suggested, ...]
    protocol: str = field(compare=False)  # by itself no difference: grades and suggestions are what is shown
    doses: bool = field(compare=False)  # are its doses shown? Not where the page's are of another protocol

    @property
    def protocol_name(self) -> str:
        return PROTOCOLS[self.protocol]


@dataclass(frozen=True, slots=True)
class Row:
    """One assessment on both sides; None where it was not known yet, or does not stand any more."""

    at: datetime
    then: Side | None
    now: Side | None
    paper: str = ""  # «transcribed by …, observed by …»; empty for what was charted at the bedside

    @property
    def grade_differs(self) -> bool:
        return (self.then and self.then.verdict) != (self.now and self.now.verdict)

    @property
    def differs(self) -> bool:
        return self.then != self.now

    @property
    def only_then(self) -> tuple[Suggested, ...]:
        return _missing(self.then, self.now)

    @property
    def only_now(self) -> tuple[Suggested, ...]:
        return _missing(self.now, self.then)


@open_and_post
@bedside()
def known(request: HttpRequest, here: Bedside) -> HttpResponse:
    """GET asks for the moment; POST shows both sides of it. Writes nothing."""
    form = KnownForm(posted(request))
    context = here.context() | {"form": form}
    if request.method != "POST":
        return render(request, "patients/known.html", context)
    if not form.ready:
        return render(request, "patients/known.html", context, status=200 if form.filled else 422)
    moment = form.cleaned_data["moment"]
    rows = then_and_now(here, moment)
    different = [row for row in rows if row.differs]
    last_then = next((row for row in reversed(rows) if row.then), None)
    last_now = next((row for row in reversed(rows) if row.now), None)
    context |= {
        "moment": moment,
        "count": len(rows),
        "last_then": last_then,
        "last_now": last_now,
        "ends": Row(moment, last_then.then if last_then else None, last_now.now if last_now else None),
        "different": different[-MOST:][::-1],
        "differing": len(different),
        "protocols_differ": any(row.then and not row.then.doses for row in rows),
    }
    return render(request, "patients/known.html", context)


def then_and_now(here: Bedside, moment: datetime) -> list[Row]:
    """Every graded assessment seen by `moment` that was known then or is known now, in time order.

    Each side is of the course that was open at the moment, as known then or now: an infusion may be charted late.
    """
    stood = here.patient.infusions.standing(moment).filter(started_at__lte=moment)
    then, now = stood.order_by("started_at").last(), infusion_at(here.patient, moment)
    before = as_known_then(then, moment) if then is not None else {}
    after = as_known_now(now, moment) if now is not None else {}
    found = here.patient.assessments.filter(pk__in=before.keys() | after.keys())
    rows = found.select_related("entered_by").order_by("at", "id")
    protocol = _shown_protocol(before, after)
    return [
        Row(
            row.at,
            _side(before.get(row.pk), protocol),
            _side(after.get(row.pk), protocol),
            who(row) if row.observed_by_text else "",
        )
        for row in rows
    ]


def _shown_protocol(before: Mapping[int, Known], after: Mapping[int, Known]) -> str:
    """The one protocol whose doses the page shows: today's, or where nothing stands any more the one known last."""
    sides = list((after or before).values())
    return sides[-1].protocol if sides else ""


def _side(known: Known | None, protocol: str) -> Side | None:
    if known is None:
        return None
    grade = None
    if known.governing is not None and known.grade is not None:
        grade = Grade(known.governing, *known.grade, known.left_out)
    return Side(grade, tuple(_suggested(one) for one in known.suggestions), known.protocol, known.protocol == protocol)


def _suggested(one: Mapping[str, Any]) -> Suggested:
    given = one.get("dose")
    if given is None:
        dose = ""
    elif given.get("missing"):
        dose = f"{given.get('drug') or ''} no dose: weight or height missing".strip()
    else:
        dose = f"{given.get('drug') or ''} {shown_dose(Decimal(given['amount']), given['unit'])}".strip()
    return Suggested(one["id"], one["headline"], dose, one.get("blocked") or "")


def _missing(one: Side | None, other: Side | None) -> tuple[Suggested, ...]:
    """The suggestions of one side that the other does not show, or shows otherwise."""
    shown: Sequence[Suggested] = other.suggestions if other else ()
    return tuple(each for each in (one.suggestions if one else ()) if each not in shown)
