"""What does one line of the case format say, or what is wrong with it?

`read_line` turns a line into a `Case` ready to grade, or a `Rejected` with every fault of the line, each naming its
path and what is allowed. Nothing is guessed, clipped or dropped (`docs/case-format.md`).
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final

from grading.casefile_events import EVENT_TYPES, read_event
from grading.casefile_fields import Fault, Node, words_of
from grading.casefile_json import JsonObject, NotJson, described, parse
from grading.limits import LIMITS, check_pressures
from grading.record import Assessment, Course, Death, Event, Infusion, Patient
from grading.words import CAUSES, PROTOCOLS, SEXES

TOP_LEVEL: Final = ("case", "patient", "infusion", "events", "protocol", "title", "expect")
PATIENT_KEYS: Final = (
    "age_years",
    "birth_date",
    "sex",
    "weight_kg",
    "height_cm",
    "baseline",
    "extensive_comorbidities",
    "long_term_glucocorticoid",
    "neutropenic",
)
OLDEST_YEARS: Final = int(LIMITS["age_years"].possible.high)


@dataclass(frozen=True, slots=True)
class Case:
    """A line that can be graded. `name` is its `case`."""

    name: str
    course: Course


@dataclass(frozen=True, slots=True)
class Rejected:
    """A line in error; `name` is None where even `case` could not be read."""

    name: str | None
    faults: tuple[Fault, ...]


def read_line(line: bytes, protocol: str = "review-2024") -> Case | Rejected:
    """One line of a case file, without its line number. `protocol` is for a line that names none."""
    try:
        value = parse(line)
    except NotJson as error:
        return Rejected(None, (Fault("", str(error)),))
    if not isinstance(value, JsonObject):
        return Rejected(None, (Fault("", f"one JSON object is needed; not {described(value)}"),))
    faults: list[Fault] = []
    top = Node(value, "", faults)
    top.only(TOP_LEVEL)
    name = _name(top)
    chosen = top.choice("protocol", PROTOCOLS) or protocol
    infusion, started_at = _infusion(top)
    patient = _patient(top, started_at)
    events = _events(top, _Birth(patient, started_at))
    if faults or name is None or infusion is None or patient is None:
        return Rejected(name, tuple(faults))
    return Case(name, Course(patient=patient, infusion=infusion, events=events, protocol=chosen))


def _name(top: Node) -> str | None:
    name = top.text("case")
    top.needed("case", name, "a text that names the line")
    if name == "":
        top.fault("case", "a text that names the line is needed; not an empty one")
        return None
    return name


def _infusion(top: Node) -> tuple[Infusion | None, datetime | None]:
    """The infusion, and its start with the offset it was written with."""
    node = top.node("infusion")
    if node is None:
        if top.value.get("infusion") is None:
            top.fault("infusion.cause", f"needed: {words_of(CAUSES)}")
            top.fault("infusion.started_at", "needed: the time at which the infusion started")
        return None, None
    node.only(("cause", "product", "started_at"))
    cause = node.choice("cause", CAUSES)
    node.needed("cause", cause, words_of(CAUSES))
    product = node.text("product")
    started_at = node.time("started_at")
    node.needed("started_at", started_at, "the time at which the infusion started")
    if cause is None or started_at is None:
        return None, started_at
    return Infusion(cause=cause, product=product, started_at=started_at.astimezone(UTC)), started_at


def _patient(top: Node, started_at: datetime | None) -> Patient | None:
    node = top.node("patient")
    if node is None:
        if top.value.get("patient") is None:
            top.fault("patient.age_years", "needed: an age in years, or a birth_date")
        return None
    node.only(PATIENT_KEYS)
    age = node.number("age_years")
    born = node.date("birth_date")
    given = [key for key in ("age_years", "birth_date") if node.value.get(key) is not None]
    if not given:
        node.fault("age_years", "needed: an age in years, or a birth_date")
    if len(given) == 2:
        node.fault("birth_date", "one of age_years and birth_date, not both")
    if born is not None and started_at is not None:
        if born > started_at.date():
            node.fault("birth_date", f"a date not after the infusion, {started_at.date().isoformat()}, is needed")
        elif started_at.year - born.year > OLDEST_YEARS:
            node.fault("birth_date", f"a date at most {OLDEST_YEARS} years before the infusion is needed")
    baseline = node.node("baseline") or Node(JsonObject([]), node.at("baseline"), node.faults)
    baseline.only(("systolic", "diastolic", "home_oxygen_l_min"))
    systolic = baseline.number("systolic", "baseline_systolic")
    diastolic = baseline.number("diastolic", "baseline_diastolic")
    if refused := check_pressures(systolic, diastolic):
        baseline.fault("diastolic", refused.message)
    return Patient(
        age_years=age,
        birth_date=born,
        sex=node.choice("sex", SEXES),
        weight_kg=node.number("weight_kg"),
        height_cm=node.number("height_cm"),
        baseline_systolic=systolic,
        baseline_diastolic=diastolic,
        home_oxygen_l_min=baseline.number("home_oxygen_l_min"),
        extensive_comorbidities=node.truth("extensive_comorbidities"),
        long_term_glucocorticoid=node.truth("long_term_glucocorticoid"),
        neutropenic=node.truth("neutropenic"),
    )


class _Birth:
    """Which times are before the birth. With an age in years only those that surely are."""

    def __init__(self, patient: Patient | None, started_at: datetime | None) -> None:
        self.born = patient.birth_date if patient else None
        self.earliest: datetime | None = None
        if patient and patient.age_years is not None and started_at is not None:
            days = (patient.age_years + 1) * Decimal(366)
            self.earliest = started_at - timedelta(days=int(days))

    def after(self, time: datetime) -> bool:
        """Is `time` (with the offset it was written with) before the birth?"""
        if self.born is not None:
            return time.date() < self.born
        return self.earliest is not None and time < self.earliest


def _events(top: Node, birth: _Birth) -> tuple[Event, ...]:
    nodes = top.nodes("events") or []
    read: list[tuple[Node, Event]] = []  # those whose time could be read
    for node in nodes:
        kind = node.choice("type", EVENT_TYPES)
        node.needed("type", kind, f"one of {', '.join(EVENT_TYPES)}")
        at = node.time("at")
        node.needed("at", at, "the time of the event")
        if at is not None and birth.after(at):
            node.fault("at", "a time not before the birth is needed")
        if kind is not None:
            event = read_event(kind, node, at)
            if event is not None and at is not None:
                read.append((node, event))
    _nothing_after_death(read)
    return tuple(event for _, event in read)


def _nothing_after_death(read: list[tuple[Node, Event]]) -> None:
    deaths = [(node, event) for node, event in read if isinstance(event, Death)]
    for node, _ in deaths[1:]:
        node.fault("type", "one death at most is charted")
    for node, event in read:
        if deaths and isinstance(event, Assessment) and event.at > deaths[0][1].at:
            node.fault("at", f"an assessment not after the death, {deaths[0][1].at.isoformat()}, is needed")
