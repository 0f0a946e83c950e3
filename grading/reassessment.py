"""When is the next assessment due, what still counts, and what has run out since? (rules 1.1, 3, 6)"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from grading.fever import febrile
from grading.in_force import NEUROLOGY, Charted
from grading.numbers import celsius, measurement
from grading.oxygen import described
from grading.record import Course, Death, Laboratory
from grading.result import GradedAssessment, GradedCourse, InForce, Verdict
from grading.settings import Settings
from grading.situation import Situation
from grading.vasopressors import running
from grading.words import (
    ATTRIBUTABLE,
    CONSCIOUSNESS,
    NOT_ASSESSED,
    ORGANS,
    RAISED_ICP,
    SEIZURES,
    SYMPTOMATIC_RESPONSES,
    SYMPTOMS,
    spoken,
)

LABORATORY_ROUND: Final = timedelta(hours=24)  # while CRS lasts (rules 6)


def interval(found: Mapping[str, Verdict], governing: str, resolved: bool, settings: Settings) -> timedelta:
    """How long after this assessment the next is due: by the highest of the governing at most, CTCAE v5's and ICANS."""
    highest = max(found[governing].at_most or 0, found["ctcae-5"].at_most or 0, found["icans-2019"].grade or 0)
    if highest == 0 and resolved:
        return settings.reassess_after_resolved
    return settings.reassess_after[highest]


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _texts(s: Situation, severe: Charted[bool] | None) -> Iterator[tuple[str, str, str, datetime, str]]:
    """Field, label, text, time and window of each value in force, in the order of the form."""
    v = s.values
    if v.temperature:
        text = f"{celsius(v.temperature.value)} °C{', fever' if febrile(v.temperature.value) else ''}"
        yield "temperature_c", "Temperature", text, v.temperature.at, "temperature"
    if v.pressure:
        yield "systolic", "Pressure", str(v.pressure.value).removeprefix("pressure "), v.pressure.at, "pressure"
    if v.spo2:
        yield "spo2_percent", "SpO2", f"{measurement(v.spo2.value)}%", v.spo2.at, "spo2"
    if v.oxygen:
        yield "oxygen", "Oxygen", described(v.oxygen.value), v.oxygen.at, "oxygen"
    if v.vasopressors:
        text = "; ".join(running(g) for g in v.vasopressors.value) or "none running"
        yield "vasopressors", "Vasopressors", text, v.vasopressors.at, "vasopressors"
    words: tuple[tuple[str, str, Charted[bool] | None], ...] = (
        ("fluid_bolus", "Fluid bolus", v.fluid_bolus),
        ("hypotension", "Hypotension", v.hypotension),
        ("pressure_restored", "Pressure restored", v.pressure_restored),
        ("life_threatening", "Life-threatening", v.life_threatening),
    )
    for name, label, word in words:
        if word:
            yield name, label, _yes(word.value), word.at, name
    if v.attributed and v.attributed.value:
        text = ", ".join(spoken(ATTRIBUTABLE[a]) for a in v.attributed.value)
        yield "attributed_elsewhere", "Attributed elsewhere", text, v.attributed.at, "attributed_elsewhere"
    if v.constitutional:
        text = ", ".join(spoken(SYMPTOMS[c]) for c in v.constitutional.value) or "none"
        yield "constitutional", "Symptoms", text, v.constitutional.at, "constitutional"
    for system, grade in v.organs.items():
        yield "organ_toxicity", f"Organ toxicity: {ORGANS[system]}", f"grade {grade.value}", grade.at, "organ_toxicity"
    yield from _neurology_texts(s)
    if v.symptomatic_response:
        text = spoken(SYMPTOMATIC_RESPONSES[v.symptomatic_response.value])
        yield "symptomatic_response", "Response to treatment", text, v.symptomatic_response.at, "symptomatic_response"
    if severe:
        window = "" if severe.value else "severe_grade_2_no"
        yield "severe_grade_2", "Managed as severe", _yes(severe.value), severe.at, window
    if v.crs_confirmed:
        yield "crs_confirmed", "This is CRS", _yes(v.crs_confirmed.value), v.crs_confirmed.at, ""


_NEUROLOGY_LABELS = ("ICE score", "CAPD score", "Consciousness", "Seizure", "Motor weakness", "Raised ICP")
_NEUROLOGY_WORDS: dict[str, Mapping[str, str]] = {
    "consciousness": CONSCIOUSNESS,
    "seizure": SEIZURES,
    "raised_icp": RAISED_ICP,
}


def _neurology_texts(s: Situation) -> Iterator[tuple[str, str, str, datetime, str]]:
    for name, label, charted in zip(NEUROLOGY, _NEUROLOGY_LABELS, s.values.neurology, strict=True):
        if charted is None:
            continue
        value = charted.value
        if isinstance(value, bool):
            text = _yes(value)
        elif isinstance(value, str):
            text = spoken(_NEUROLOGY_WORDS[name][value])
        else:
            text = str(value)
        yield name, label, text, charted.at, "neurology"
    cannot = s.values.neurology_not_assessed
    if cannot:
        yield "neurology_not_assessed", "Cannot be assessed", spoken(NOT_ASSESSED[cannot.value]), cannot.at, "neurology"


def in_force(s: Situation, severe: Charted[bool] | None, round_: timedelta) -> tuple[InForce, ...]:
    """Every value that counts at this assessment, with its age. Older than the patient's round is `old`."""
    return tuple(
        InForce(
            field=name,
            label=label,
            text=text,
            charted_at=at,
            age=s.at - at,
            old=s.at - at > round_,
            old_after=at + round_,
            runs_out_at=at + s.settings.windows[window] if window else None,
        )
        for name, label, text, at, window in _texts(s, severe)
    )


@dataclass(frozen=True, slots=True)
class Passed:
    """Something of a graded assessment that the clock has overtaken: the patient counts as due."""

    text: str
    at: datetime  # since when


def passed(graded: GradedAssessment, now: datetime) -> tuple[Passed, ...]:
    """What the clock has overtaken since the assessment: values that ran out, and pending grades whose moment passed.

    The grade itself does not change by the clock (rules 3); the page says so with these sentences.
    """
    overtaken = [
        Passed(f"{value.label} ({value.text}) no longer counts: chart it again", value.runs_out_at)
        for value in graded.in_force
        if value.runs_out_at is not None and now > value.runs_out_at
    ]
    for verdict in graded.verdicts.values():
        pending = verdict.pending
        if pending is not None and now >= pending.at:
            overtaken.append(
                Passed(
                    f"{verdict.name}: grade {pending.grade} if the vasopressor was not lowered: chart vasopressors",
                    pending.at,
                )
            )
    return tuple(sorted(overtaken, key=lambda p: p.at))


def is_due(graded: GradedAssessment, now: datetime) -> bool:
    """Is reassessment due: by the round, or because the clock has overtaken something?"""
    return (graded.due_at is not None and now >= graded.due_at) or bool(passed(graded, now))


def laboratory_due(graded: GradedCourse, course: Course, now: datetime) -> bool:
    """Is the patient in CRS, an episode standing, with no result for 24 hours? [R24] asks for them daily."""
    due = laboratory_due_after(graded, course)
    return due is not None and now > due


def laboratory_due_after(graded: GradedCourse, course: Course) -> datetime | None:
    """After which moment results are due: 24 hours after the latest, or the onset. None where CRS does not last."""
    if not graded.episodes or graded.episodes[-1].completed_at is not None:
        return None
    if any(isinstance(event, Death) for event in course.events):
        return None
    taken = [event.at for event in course.events if isinstance(event, Laboratory)]
    return max(taken) + LABORATORY_ROUND if taken else graded.episodes[-1].onset_at
