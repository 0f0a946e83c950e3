"""Which charted facts may hold a grade up, and how would an assessment chart each of them as gone?

Gone is what the bedside means by it: the vasopressor stopped, room air, the temperature below 38.0 °C, a judgement
answered with no. So it can be graded by the engine like any other assessment (`grading.so_far.SoFar.supposing`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from grading.fever import FEVER_C, febrile
from grading.in_force import Charted
from grading.numbers import celsius, measurement, shown_unit
from grading.organs import CTCAE_4
from grading.oxygen import described
from grading.pressure import ADULT_MEAN_LIMIT, BASELINE_FALL, low_pressure
from grading.record import Assessment, InfusionEvent, Laboratory, Oxygen
from grading.situation import Situation
from grading.so_far import SoFar
from grading.terms import Truth, no, yes
from grading.vasopressors import running
from grading.words import (
    ANALYTES,
    CONSCIOUSNESS,
    INOTROPES,
    ORGANS,
    RAISED_ICP,
    SEIZURES,
    SYMPTOMATIC_RESPONSES,
    SYMPTOMS,
    spoken,
)

JUST_AFTER: Final = timedelta(microseconds=1)  # of two results of one time the worse would stand
Change = Callable[[Assessment], Assessment]


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """One charted fact. `gone`: what would be charted instead; `until`: when time ends it by itself."""

    key: str  # names it within its assessment
    text: str
    gone: str
    at: datetime | None
    change: Change | None = None
    event: Laboratory | InfusionEvent | None = None  # what the record would say just before the assessment
    waiver: bool = False
    until: datetime | None = None


def without(before: SoFar, seen: Assessment, charted: Situation, gone: Iterable[Holding]) -> Situation:
    """What would be known, were these facts charted as gone right after `seen`. `before`: the record up to `seen`;
    `charted`: what is known at it.

    So the fever that `seen` charts has been: it may be the onset, and for 24 hours no other is required.
    """
    held = list(gone)
    for one in held:
        if one.change is not None:
            seen = one.change(seen)
    s = before.supposing(seen, *(one.event for one in held if one.event is not None))
    reason = None if any(one.waiver for one in held) else next(before.waivers_after(charted), None)
    return replace(s, waiver=yes(reason.evidence) if reason else no(), findings={})


def holdings(before: SoFar, s: Situation) -> tuple[Holding, ...]:
    """The facts in force that may hold a grade up; none that is attributed elsewhere, which holds nothing."""
    return (*_fever(before, s), *_pressure(s), *_oxygen(s), *_organs(before, s), *_judgements(s), *_neurology(s))


def _charts(**fields: Any) -> Change:
    return lambda seen: replace(seen, **fields)


def _fever(before: SoFar, s: Situation) -> Iterator[Holding]:
    charted = s.values.temperature
    if charted is not None and febrile(charted.value) and not s.values.elsewhere("fever"):
        yield Holding(
            key="temperature",
            text=f"temperature {celsius(charted.value)} °C",
            gone=f"below {FEVER_C} °C",
            at=charted.at,
            change=_charts(temperature_c=FEVER_C - Decimal("0.1")),
        )
    reasons = list(before.waivers_after(s))
    if reasons:
        ends = [one.until for one in reasons if one.until is not None]
        yield Holding(
            key="waiver",
            text=f"fever is not required: {', '.join(one.evidence.text for one in reasons)}",
            gone="no longer so",
            at=reasons[0].evidence.at,
            waiver=True,
            until=max(ends) if len(ends) == len(reasons) else None,
        )
    symptoms = s.values.constitutional
    if symptoms is not None and symptoms.value:
        yield Holding(
            key="constitutional",
            text=", ".join(spoken(SYMPTOMS[name]) for name in symptoms.value),
            gone="no symptoms",
            at=symptoms.at,
            change=_charts(constitutional=()),
        )


def _pressure(s: Situation) -> Iterator[Holding]:
    v = s.values
    if v.elsewhere("hypotension"):
        return
    if low_pressure.find(s).truth is Truth.YES and v.pressure is not None:
        baseline, systolic = s.patient.baseline_systolic, s.age.systolic_limit()
        if s.age.adult and baseline is not None:
            systolic = max(systolic, baseline - BASELINE_FALL)
        mean = ADULT_MEAN_LIMIT if s.age.adult else None
        limits = f"systolic {measurement(systolic)} mmHg or more"
        yield Holding(
            key="pressure",
            text=str(v.pressure.value),
            gone=limits if mean is None else f"{limits}, mean {measurement(mean)} mmHg or more",
            at=v.pressure.at,
            change=_charts(systolic=systolic, diastolic=None, mean=mean),
        )
    if v.fluid_bolus is not None and v.fluid_bolus.value:
        yield _answer("fluid_bolus", "fluid bolus given for the pressure", v.fluid_bolus, "no bolus", now=False)
    if v.hypotension is not None and v.hypotension.value:
        yield _answer("hypotension", "hypotension charted: yes", v.hypotension, "charted: no", now=False)
    if v.pressure_restored is not None and not v.pressure_restored.value:
        word = v.pressure_restored
        yield _answer("pressure_restored", "pressure restored: no", word, "restored: yes", now=True)
    if v.vasopressors is None:
        return
    for given in v.vasopressors.value:
        if given.agent not in INOTROPES:
            yield Holding(
                key=f"vasopressor {given.agent}",
                text=running(given),
                gone="stopped",
                at=v.vasopressors.at,
                change=_stopped(given.agent, v.vasopressors.value),
            )


def _stopped(agent: str, in_force: tuple[Any, ...]) -> Change:
    def change(seen: Assessment) -> Assessment:
        given = in_force if seen.vasopressors is None else seen.vasopressors
        return replace(seen, vasopressors=tuple(one for one in given if one.agent != agent))

    return change


def _answer(name: str, text: str, charted: Charted[bool], gone: str, *, now: bool) -> Holding:
    return Holding(key=name, text=text, gone=gone, at=charted.at, change=_charts(**{name: now}))


def _oxygen(s: Situation) -> Iterator[Holding]:
    charted = s.values.oxygen
    if charted is not None and charted.value.device != "room-air" and not s.values.elsewhere("hypoxia"):
        yield Holding(
            key="oxygen",
            text=described(charted.value),
            gone="room air",
            at=charted.at,
            change=_charts(oxygen=Oxygen(device="room-air")),
        )


def _organs(before: SoFar, s: Situation) -> Iterator[Holding]:
    for system, charted in s.values.organs.items():
        if charted.value and not s.values.elsewhere(system):
            yield Holding(
                key=f"organ {system}",
                text=f"{ORGANS[system]} grade {charted.value}, charted",
                gone="grade 0",
                at=charted.at,
                change=_no_toxicity(system),
            )
    for result, grade in before.results.graded(s.at, s.settings.windows["organ_toxicity"]):
        limits = CTCAE_4[result.analyte]
        normal = result.lower_limit if limits.falling else result.upper_limit
        if s.values.elsewhere(limits.system) or normal is None or result.value is None:
            continue
        shown = f"{measurement(result.value)} {shown_unit(result.unit or '')}".rstrip()
        yield Holding(
            key=f"result {result.analyte}",
            text=f"{ANALYTES[result.analyte]} {shown} ({ORGANS[limits.system]} grade {grade})",
            gone="within its limit",
            at=result.at,
            event=replace(result, at=max(s.at, result.at + JUST_AFTER), value=normal, ref=None),
        )


def _no_toxicity(system: str) -> Change:
    return lambda seen: replace(seen, organ_toxicity={**(seen.organ_toxicity or {}), system: 0})


def _judgements(s: Situation) -> Iterator[Holding]:
    word, response = s.values.life_threatening, s.values.symptomatic_response
    if word is not None and word.value:
        yield _answer("life_threatening", "judged life-threatening", word, "no", now=False)
    if response is not None and response.value != "not-needed":
        yield Holding(
            key="symptomatic_response",
            text=f"response: {spoken(SYMPTOMATIC_RESPONSES[response.value])}",
            gone="treatment not needed",
            at=response.at,
            change=_charts(symptomatic_response="not-needed"),
        )
    if s.interrupted_at is not None:
        yield Holding(
            key="interrupted",
            text="infusion interrupted",
            gone="resumed",
            at=s.interrupted_at,
            event=InfusionEvent(at=s.at, action="resume"),
        )


# Field, label, what is charted when nothing is wrong, and the words of its answers
_NEUROLOGY: Final = (
    ("ice_score", "ICE score", 10, None),
    ("capd_score", "CAPD score", 0, None),
    ("consciousness", "consciousness", "spontaneous", CONSCIOUSNESS),
    ("seizure", "seizure", "none", SEIZURES),
    ("motor_weakness", "motor weakness", False, None),
    ("raised_icp", "raised ICP or edema", "none", RAISED_ICP),
)


def _neurology(s: Situation) -> Iterator[Holding]:
    if s.values.elsewhere("neurologic"):
        return
    for name, label, well, answers in _NEUROLOGY:
        charted: Charted[Any] | None = getattr(s.values.neurology, name)
        if charted is None or charted.value == well:
            continue
        said = spoken(answers[charted.value]) if answers else "yes" if charted.value is True else str(charted.value)
        calm = spoken(answers[str(well)]) if answers else "no" if well is False else str(well)
        yield Holding(key=name, text=f"{label}: {said}", gone=calm, at=charted.at, change=_charts(**{name: well}))
