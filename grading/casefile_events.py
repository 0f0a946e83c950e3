"""What does one event of the case format say?

One reader a type of event. The rules that bind fields of one assessment to each other (1.2, 1.3, 1 of
`docs/clinical-rules.md`) are checked here: a vasopressor charted once, a rate with its unit, no «no hypotension»
beside a vasopressor for it, no neurology beside «not assessed».
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final

from grading.casefile_fields import Node, words_of
from grading.limits import check_flow, check_pressures, check_rate
from grading.record import (
    Assessment,
    Death,
    Event,
    InfusionEvent,
    Laboratory,
    Oxygen,
    Treatment,
    Vasopressor,
    Weight,
)
from grading.words import (
    AGENTS,
    ATTRIBUTABLE,
    CONSCIOUSNESS,
    DEVICES,
    INFUSION_ACTIONS,
    INOTROPES,
    NOT_ASSESSED,
    ORGANS,
    PURPOSES,
    RAISED_ICP,
    ROUTES,
    SEIZURES,
    SYMPTOMATIC_RESPONSES,
    SYMPTOMS,
    units_of,
)

ASSESSMENT_KEYS: Final = tuple(name for name in Assessment.__dataclass_fields__ if name not in ("at", "ref"))
NEUROLOGY: Final = ("ice_score", "capd_score", "consciousness", "seizure", "motor_weakness", "raised_icp")
_UNREAD: Final = datetime(2000, 1, 1, tzinfo=UTC)  # stands for a faulty time; its line is never graded


def read_event(kind: str, node: Node, at: datetime | None) -> Event | None:
    """The event of type `kind`, with its faults noted. None where it says nothing that can be graded: an infusion
    event without an action, a weight event without a weight."""
    return _READERS[kind](node, at.astimezone(UTC) if at else _UNREAD)


def _assessment(node: Node, at: datetime) -> Assessment:
    node.only(("type", "at", *ASSESSMENT_KEYS))
    systolic = node.number("systolic")
    diastolic = node.number("diastolic")
    if refused := check_pressures(systolic, diastolic):
        node.fault("diastolic", refused.message)
    hypotension = node.truth("hypotension")
    vasopressors = _vasopressors(node, at)
    if hypotension is False and any(_answers_hypotension(v) for v in vasopressors or ()):
        node.fault(
            "hypotension",
            "«false» cannot stand beside a vasopressor for hypotension: true, null, or for_hypotension false is needed",
        )
    not_assessed = node.choice("neurology_not_assessed", NOT_ASSESSED)
    charted = [key for key in NEUROLOGY if node.value.get(key) is not None]
    if node.value.get("neurology_not_assessed") is not None and charted:
        node.fault("neurology_not_assessed", f"null is needed beside {', '.join(charted)}")
    return Assessment(
        at=at,
        temperature_c=node.number("temperature_c"),
        heart_rate=node.number("heart_rate"),
        respiratory_rate=node.number("respiratory_rate"),
        spo2_percent=node.number("spo2_percent"),
        systolic=systolic,
        diastolic=diastolic,
        mean=node.number("mean"),
        fluid_bolus=node.truth("fluid_bolus"),
        hypotension=hypotension,
        pressure_restored=node.truth("pressure_restored"),
        vasopressors=vasopressors,
        oxygen=_oxygen(node),
        constitutional=node.choices("constitutional", SYMPTOMS),
        organ_toxicity=_organs(node),
        attributed_elsewhere=node.choices("attributed_elsewhere", ATTRIBUTABLE),
        life_threatening=node.truth("life_threatening"),
        symptomatic_response=node.choice("symptomatic_response", SYMPTOMATIC_RESPONSES),
        crs_confirmed=node.truth("crs_confirmed"),
        severe_grade_2=node.truth("severe_grade_2"),
        neurology_not_assessed=not_assessed,
        ice_score=node.whole("ice_score"),
        capd_score=node.whole("capd_score"),
        consciousness=node.choice("consciousness", CONSCIOUSNESS),
        seizure=node.choice("seizure", SEIZURES),
        motor_weakness=node.truth("motor_weakness"),
        raised_icp=node.choice("raised_icp", RAISED_ICP),
        note=node.text("note") or "",
        ref=node.path,
    )


def _answers_hypotension(vasopressor: Vasopressor) -> bool:
    return vasopressor.agent not in INOTROPES and vasopressor.for_hypotension is not False


def _vasopressors(node: Node, at: datetime) -> tuple[Vasopressor, ...] | None:
    rows = node.nodes("vasopressors")
    if rows is None:
        return None
    read = []
    agents: set[str] = set()
    for row in rows:
        row.only(("agent", "rate", "unit", "since", "for_hypotension"))
        agent = row.choice("agent", AGENTS)
        row.needed("agent", agent, words_of(AGENTS))
        if agent in agents:
            row.fault("agent", f"{agent} is charted twice: one entry an agent is needed")
        rate, unit = _rate(row, agent)
        since = row.time("since")
        if since is not None and at is not _UNREAD and since > at:
            row.fault("since", "a time not after the assessment is needed")
        for_hypotension = row.truth("for_hypotension")
        if agent is not None:
            agents.add(agent)
            since_utc = since.astimezone(UTC) if since else None
            read.append(
                Vasopressor(agent=agent, rate=rate, unit=unit, since=since_utc, for_hypotension=for_hypotension)
            )
    return tuple(read)


def _rate(row: Node, agent: str | None) -> tuple[Decimal | None, str | None]:
    allowed_units = units_of(agent) if agent else tuple(dict.fromkeys(u for a in AGENTS for u in units_of(a)))
    unit = row.choice("unit", allowed_units)
    rate = row.raw_number("rate", "in the entry's unit")
    given = {key for key in ("rate", "unit") if row.value.get(key) is not None}
    if given == {"rate"}:
        row.fault("unit", f"needed with a rate: one of {', '.join(allowed_units)}")
    if given == {"unit"}:
        row.fault("rate", "needed with a unit: rate and unit come together")
    if rate is None or unit is None or agent is None:
        return None, None
    return row.possible("rate", rate, check_rate(agent, rate, unit)), unit


def _oxygen(node: Node) -> Oxygen | None:
    oxygen = node.node("oxygen")
    if oxygen is None:
        return None
    oxygen.only(("device", "flow_l_min", "fio2_percent", "for_hypoxia"))
    device = oxygen.choice("device", DEVICES)
    oxygen.needed("device", device, words_of(DEVICES))
    flow = oxygen.raw_number("flow_l_min", "over 0 to 100 L/min")
    if flow is not None:
        flow = oxygen.possible("flow_l_min", flow, check_flow(flow, device))
    fio2 = oxygen.number("fio2_percent")
    for_hypoxia = oxygen.truth("for_hypoxia")
    if device is None:
        return None
    return Oxygen(device=device, flow_l_min=flow, fio2_percent=fio2, for_hypoxia=for_hypoxia)


def _organs(node: Node) -> Mapping[str, int] | None:
    organs = node.node("organ_toxicity")
    if organs is None:
        return None
    organs.only(ORGANS)
    grades = {organ: organs.whole(organ, "organ_grade") for organ in ORGANS}
    return {organ: grade for organ, grade in grades.items() if grade is not None}


def _treatment(node: Node, at: datetime) -> Treatment:
    node.only(("type", "at", "drug", "dose", "unit", "route", "purpose"))
    return Treatment(
        at=at,
        drug=node.text("drug") or "",
        dose=node.number("dose"),
        unit=node.text("unit"),
        route=node.choice("route", ROUTES),
        purpose=node.choice("purpose", PURPOSES),
        ref=node.path,
    )


def _laboratory(node: Node, at: datetime) -> Laboratory:
    node.only(("type", "at", "analyte", "value", "unit", "lower_limit", "upper_limit"))
    lower = node.number("lower_limit")
    upper = node.number("upper_limit")
    if lower is not None and upper is not None and lower > upper:
        node.fault("lower_limit", f"at most the upper limit of normal, {upper}, is needed; not {lower}")
    return Laboratory(
        at=at,
        analyte=node.text("analyte") or "",
        value=node.number("value"),
        unit=node.text("unit"),
        lower_limit=lower,
        upper_limit=upper,
        ref=node.path,
    )


def _infusion_event(node: Node, at: datetime) -> InfusionEvent | None:
    node.only(("type", "at", "action"))
    action = node.choice("action", INFUSION_ACTIONS)
    return None if action is None else InfusionEvent(at=at, action=action, ref=node.path)


def _weight(node: Node, at: datetime) -> Weight | None:
    node.only(("type", "at", "weight_kg"))
    weight = node.number("weight_kg")
    return None if weight is None else Weight(at=at, weight_kg=weight, ref=node.path)


def _death(node: Node, at: datetime) -> Death:
    node.only(("type", "at", "due_to_crs"))
    return Death(at=at, due_to_crs=node.truth("due_to_crs"), ref=node.path)


_READERS: Final[Mapping[str, Callable[[Node, datetime], Event | None]]] = {
    "assessment": _assessment,
    "treatment": _treatment,
    "laboratory": _laboratory,
    "infusion": _infusion_event,
    "weight": _weight,
    "death": _death,
}
EVENT_TYPES: Final = tuple(_READERS)
