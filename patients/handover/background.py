"""Background: why is the patient here, and what holds for every decision about them?"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from grading.summary import NO_ONSET, Onset, onset_of
from grading.words import CAUSES, INFUSION_ACTIONS, PROTOCOLS, spoken
from patients.attribution import attribution_of
from patients.formats import shown_date, shown_dose, shown_elapsed, shown_measurement, shown_moment
from patients.handover.case import Case, Sentence
from patients.models import Infusion, PatientFacts

WEIGHT_OLD: Final = timedelta(days=7)  # a dose then asks for a new one (rules 5)
YES_NO: Final = {True: "yes", False: "no", None: "not charted"}


def background(case: Case) -> Iterator[Sentence]:
    """The part, in the zone that is active (the ward's)."""
    facts = case.patient.facts
    if case.infusion is not None:
        yield from _infusion(case, case.infusion)
    yield _allergies(facts)
    ceilings = facts.ceilings_of_care
    words = f"Ceilings of care: {ceilings or 'not charted'}."
    yield Sentence(text=words, rows=(facts,), short=bool(ceilings), missing=not ceilings)
    yield _weight(case)
    yield _before_therapy(facts)
    if facts.neurology_baseline:
        yield Sentence(text=f"Neurology before therapy: {facts.neurology_baseline}.", rows=(facts,))
    yield _protocol(case)
    yield from _episodes(case)
    yield from _attribution(case)


def _infusion(case: Case, infusion: Infusion) -> Iterator[Sentence]:
    started = f"{shown_moment(infusion.started_at)} ({shown_elapsed(infusion.started_at, case.now)})"
    lot = f", lot {infusion.lot}" if infusion.lot else ""
    words = f"{CAUSES[infusion.cause]}: {infusion.product}{lot}, started {started}."
    yield Sentence(text=words, rows=(infusion,))
    doses = tuple(infusion.doses.all())
    if doses:
        shown = (
            f"{'dose not charted' if one.dose is None else shown_dose(one.dose, one.unit or '')} {shown_moment(one.at)}"
            for one in doses
        )
        yield Sentence(text=f"Doses of the infusion: {'; '.join(shown)}.", rows=doses)
    events = tuple(infusion.events.all())
    if events:
        last = events[-1]
        note = f": {last.note}" if last.note else ""
        words = f"The infusion: {spoken(INFUSION_ACTIONS[last.action])} {case.when(last.at)}{note}."
        yield Sentence(text=words, rows=(last,), short=last.action != "resume")


def _allergies(facts: PatientFacts) -> Sentence:
    states = PatientFacts.Allergies
    known = ", ".join(facts.allergies_to)
    words = {
        states.KNOWN.value: f"Allergies: {known}.",
        states.NONE_KNOWN.value: "Allergies: none known.",
        states.NOT_RECORDED.value: "Allergies: not recorded.",
        states.UNAVAILABLE.value: "Allergies: unavailable.",
    }[facts.allergies]
    asks = facts.allergies in (states.NOT_RECORDED, states.UNAVAILABLE)
    return Sentence(text=words, rows=(facts,), short=True, missing=asks)


def _weight(case: Case) -> Sentence:
    weight, height = case.patient.weight, case.patient.height
    tall = f"; height {shown_measurement(height.height_cm, 'cm')}, {shown_date(height.at)}" if height else ""
    tall_row = (height,) if height else ()
    if weight is None:
        words = f"Weight: not known{tall}. No dose by weight can be computed."
        return Sentence(text=words, rows=tall_row, missing=True)
    old = case.now - weight.at > WEIGHT_OLD
    aged = f", {shown_elapsed(weight.at, case.now)}: over 7 days old" if old else ""
    words = f"Weight {shown_measurement(weight.weight_kg, 'kg')}, {shown_date(weight.at)}{aged}{tall}."
    return Sentence(text=words, rows=(weight, *tall_row), missing=old)


def _before_therapy(facts: PatientFacts) -> Sentence:
    systolic, diastolic, home = facts.baseline_systolic, facts.baseline_diastolic, facts.home_oxygen_l_min
    pressure = "not charted"
    if systolic is not None:
        low = f"/{shown_measurement(diastolic)}" if diastolic is not None else " systolic"
        pressure = f"{shown_measurement(systolic)}{low} mmHg"
    parts = (
        f"extensive comorbidities {YES_NO[facts.extensive_comorbidities]}",
        f"long-term glucocorticoid {YES_NO[facts.long_term_glucocorticoid]}",
        f"neutropenic {YES_NO[facts.neutropenic]}",
        f"baseline pressure {pressure}",
        f"home oxygen {'not charted' if home is None else shown_measurement(home, 'L/min')}",
    )
    return Sentence(text=f"Before therapy: {'; '.join(parts)}.", rows=(facts,))


def _protocol(case: Case) -> Sentence:
    choice = case.patient.protocol_choice
    if choice is not None and choice.protocol:
        words = f"Protocol: {PROTOCOLS[choice.protocol]}, chosen for this patient: {choice.reason}."
        return Sentence(text=words, rows=(choice,), short=True)
    return Sentence(text=f"Protocol: {PROTOCOLS[case.ward.current.default_protocol]}, the ward's.")


def _episodes(case: Case) -> Iterator[Sentence]:
    episodes = case.graded.episodes if case.graded else ()
    for number, one in enumerate(episodes, 1):
        words = f"Episode {number}: onset {shown_moment(one.onset_at)}"
        words += (
            f", resolved {shown_moment(one.resolved_at)}" if one.completed_at and one.resolved_at else ", not resolved"
        )
        ends = [one.onset_at, *([one.completed_at] if one.completed_at else [])]
        yield Sentence(text=f"{words}.", rows=case.rows_at(ends))
    if case.graded is not None and not episodes:
        onset = onset_of(case.graded)
        yield Sentence(text=NO_ONSET[onset], missing=onset is not Onset.NONE)


def _attribution(case: Case) -> Iterator[Sentence]:
    held = attribution_of(case.charted, case.now) if case.charted and case.here else None
    if held is None:
        return
    with_reason = f": {held.reason}" if held.reason else ""
    said = f"{held.what}, {held.by} {case.clock(held.at)}{with_reason}"
    rows = case.row("attributed_elsewhere", held.at)
    until = case.clock(held.runs_out_at)
    if held.over:
        words = f"Was attributed elsewhere: {said}. It counts no longer since {until}: ask again."
    else:
        words = f"Attributed elsewhere: {said}; until {until} the grades leave it out."
    yield Sentence(text=words, rows=rows, short=True, missing=held.over)
