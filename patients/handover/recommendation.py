"""Recommendation: what waits for a decision, who decided what, what is due, and what may be given next?"""

from collections.abc import Iterator
from typing import Final

from grading.against import Fact
from grading.prescribing import Offered, offered
from grading.result import LedgerEntry, MissingDose, Suggestion
from grading.standing import GLUCOCORTICOID_RUNS
from grading.terms import Truth
from patients.beside import facts_beside
from patients.decisions import Suggested
from patients.formats import shown_dose
from patients.handover.case import Case, Sentence, row_of
from patients.models import Decision
from patients.models.submission import EnteredRow
from patients.views.due import due_of

# Suggested throughout a course (rules 4.1): the ward's sheet says how many they are.
OF_EVERY_COURSE: Final = frozenset(
    {
        "exclude-infection",
        "supportive-care",
        "monitor",
        "evaluate",
        "differential",
        "crp-unreliable",
        "baseline-pressure",
    }
)
_WANTED: Final = {"weight_kg": "the weight", "height_cm": "the height"}


def recommendation(case: Case) -> Iterator[Sentence]:
    """The part, in the zone that is active (the ward's)."""
    if case.here:
        yield from _due(case)
    yield from _steps(case)
    yield from _points(case)
    yield from _tocilizumab(case)
    yield from _glucocorticoid(case)
    if case.asked is not None:
        words = f"Waits for a physician's signature: {'; '.join(case.asked.why)}."
        yield Sentence(text=words, rows=(case.asked.assessment,))


def _due(case: Case) -> Iterator[Sentence]:
    last = case.latest
    due = due_of(last, case.now, case.paused)
    if due is None or last is None:
        if case.infusion is not None:
            yield Sentence(text="Chart the first assessment.", short=True, missing=True)
        return
    rows = case.rows_at([last.observed_at])
    if due.away:
        words = f"Reassessment once back on the ward, expected {case.when(due.at)}."
    elif due.where:
        words = f"Reassessment overdue: back since {case.when(due.at)}? Chart an assessment."
    elif due.overdue:
        words = f"Reassessment overdue since {case.when(due.at)}."
    else:
        words = f"Next reassessment due {case.when(due.at)}."
    yield Sentence(text=words, rows=rows, short=True, missing=due.overdue)


def _steps(case: Case) -> Iterator[Sentence]:
    """Accepted doses that nobody gave first; then open suggestions in the protocol's order; then the other decided
    ones. With who decided what."""
    at = row_of(case.latest.assessment.ref) if case.latest else ()
    decided = [(step, step.decision) for step in case.steps if step.decided and step.decision is not None]
    to_give = [step for step, decision in decided if _not_given(step, decision)]
    yield from (_decided(case, step, decision) for step, decision in decided if step in to_give)
    waiting = [step for step in case.steps if not step.decided]
    for step in waiting:
        yield _open(case, step, at)
    own = [step.suggestion for step in waiting if step.suggestion.id not in OF_EVERY_COURSE]
    heads = [_head(case, one) for one in own]
    if len(own) < len(waiting):
        heads.append(f"{len(waiting) - len(own)} of the steps of every course")
    if heads:
        rows = dict.fromkeys((*at, *(row for one in own for row in _rows_against(case, one))))
        words = f"Open, for the clinician to decide: {'; '.join(heads)}."
        yield Sentence(text=words, rows=tuple(rows), short=True, whole=False)
    yield from (_decided(case, step, decision) for step, decision in decided if step not in to_give)


def _open(case: Case, step: Suggested, rows: tuple[EnteredRow, ...]) -> Sentence:
    suggestion = step.suggestion
    words = f"Open: {_headline(suggestion)}"
    words += "".join(f" {part}." for part in _doses(suggestion))
    words += "".join(f" {part}." for part in _brakes(case, suggestion))
    words += f" Suggested since {case.clock(step.since)}."
    decision: tuple[EnteredRow, ...] = ()
    if step.came_back and step.decision is not None:
        decision = (step.decision,)
        words += f" {_said(case, step.decision)}; it came back: {'; '.join(step.came_back)}."
    every = dict.fromkeys((*rows, *decision, *_rows_against(case, suggestion)))
    return Sentence(text=words, rows=tuple(every))


def _head(case: Case, suggestion: Suggestion) -> str:
    """«Tocilizumab: dose 1 of 4 (tocilizumab 560 mg). Against it: …»: as short as it may be with a dose in it."""
    head = " ".join((_headline(suggestion).rstrip("."), *_in_brackets(suggestion)))
    return ". ".join((head, *_brakes(case, suggestion)))


def _brakes(case: Case, suggestion: Suggestion) -> Iterator[str]:
    """What holds a dose back: its earliest moment, and what the record says against it, as on the patient's card."""
    if suggestion.not_before is not None and suggestion.not_before > case.now:
        yield f"Not before {case.when(suggestion.not_before)}"
    said = [suggestion.blocked.rstrip(".")] if suggestion.blocked else []
    said += [", ".join(filter(None, (fact.words, fact.age))) for fact in _against(case, suggestion)]
    if said:
        yield f"Against it: {'; '.join(said)}"


def _against(case: Case, suggestion: Suggestion) -> tuple[Fact, ...]:
    if case.recorded is None or case.charted is None:
        return ()
    facts = facts_beside(suggestion, case.recorded, case.charted.settings.brands)
    return tuple(fact for fact in facts if fact.against is Truth.YES)


def _rows_against(case: Case, suggestion: Suggestion) -> Iterator[EnteredRow]:
    """The rows that those facts rest on."""
    for fact in _against(case, suggestion):
        match fact.key:
            case "allergy" | "ceilings":
                yield case.patient.facts
            case "given":
                yield from (row for row in case.treatments if row.at == fact.since)
            case "weight" if case.patient.weight is not None:
                yield case.patient.weight
            case analyte:
                times = {evidence.at for evidence in fact.evidence}
                yield from (row for row in case.results if row.analyte == analyte and row.at in times)


def _headline(suggestion: Suggestion) -> str:
    return suggestion.headline if suggestion.headline.endswith(".") else f"{suggestion.headline}."


def _in_brackets(suggestion: Suggestion) -> Iterator[str]:
    """«(tocilizumab 560 mg)»: the amounts alone."""
    amounts = " or ".join(f"{one.drug} {one.amount}" for one in offered(suggestion))
    if amounts:
        yield f"({amounts})"


def _doses(suggestion: Suggestion) -> Iterator[str]:
    """«tocilizumab 560 mg (8 mg/kg × 70 kg = 560 mg; limit 800 mg)»; what to chart where it cannot be computed."""
    doses: tuple[Offered, ...] = offered(suggestion)
    for place, one in enumerate(doses):
        yield f"{'or ' if place else ''}{one.drug} {one.amount} ({one.dose.working})"
    every = (suggestion.dose, *suggestion.choices)
    wanted = dict.fromkeys(name for one in every if isinstance(one, MissingDose) for name in one.missing)
    if wanted:
        yield f"The dose cannot be computed: chart {' and '.join(_WANTED.get(name, name) for name in wanted)}"


def _not_given(step: Suggested, decision: Decision) -> bool:
    """Was a dose accepted, and is none charted on it?"""
    dose = decision.shown.get("line") or offered(step.suggestion)
    return decision.answer == "accepted" and bool(dose) and not decision.treatments.all()


def _decided(case: Case, step: Suggested, decision: Decision) -> Sentence:
    suggestion, not_given = step.suggestion, _not_given(step, decision)
    words = f"{_headline(suggestion)} {_said(case, decision)}."
    given = tuple(decision.treatments.all())
    for one in given:
        amount = "dose not charted" if one.dose is None else shown_dose(one.dose, one.unit or "")
        words += f" Given {case.when(one.at)}: {one.drug} {amount}."
    against: tuple[EnteredRow, ...] = ()
    if not_given:
        words += " No dose is charted on it."
        words += "".join(f" {part}." for part in _brakes(case, suggestion))
        against = tuple(_rows_against(case, suggestion))
    rows: tuple[EnteredRow, ...] = (decision, *given, *against)
    return Sentence(text=words, rows=rows, short=not_given or decision.answer == "watching")


def _said(case: Case, decision: Decision) -> str:
    """«Accepted by Tomas Adeyemi 14:05», «Watched by … until 18:00»; with reason and text."""
    by, at = decision.entered_by, case.clock(decision.entered_at)
    match decision.answer:
        case "watching":
            assert decision.watch_until is not None  # the database holds no watch without its time
            said = f"Watched until {case.when(decision.watch_until)}, {by} {at}"
        case answer:
            said = f"{answer.capitalize()} by {by} {at}"
    reason = decision.get_reason_display().lower() if decision.reason else ""
    why = ", ".join(filter(None, (reason, decision.text)))
    return f"{said}: {why}" if why else said


def _points(case: Case) -> Iterator[Sentence]:
    """The points of checklists that are not ticked, or whose result is not there."""
    rows = row_of(case.latest.assessment.ref) if case.latest else ()
    for step, points in case.checklists:
        left = [one.point.words for one in points if not one.done]
        if left:
            yield Sentence(
                text=f"Not done yet of «{step.suggestion.headline.rstrip('.')}»: {'; '.join(left)}.", rows=rows
            )


def _tocilizumab(case: Case) -> Iterator[Sentence]:
    if case.graded is None:
        return
    ledger, allowed = case.graded.tocilizumab, case.graded.tocilizumab_allowed
    if not ledger:
        yield Sentence(text="Tocilizumab: none given.")
        return
    last = ledger[-1]
    over = ", over the limit" if last.number > allowed else ""
    words = f"Tocilizumab: dose {last.number} of {allowed}{over}, {_dose(case, last)}"
    if last.number >= allowed:
        words += "; no further dose in this course"
    elif case.graded.tocilizumab_next_from is not None:
        since = "since" if case.graded.tocilizumab_next_from <= case.now else "from"
        words += f"; next possible {since} {case.when(case.graded.tocilizumab_next_from)}"
    rows = tuple(row for one in ledger for row in row_of(one.ref))
    yield Sentence(text=f"{words}.", rows=rows, short=True)


def _glucocorticoid(case: Case) -> Iterator[Sentence]:
    ledger = case.graded.glucocorticoids if case.graded else ()
    if not ledger:
        return
    last = ledger[-1]
    until = last.at + GLUCOCORTICOID_RUNS
    runs = f"counts as running until {case.clock(until)} [H]" if until > case.now else "no dose in the last 24 h"
    words = f"Glucocorticoid: {len(ledger)} charted against CRS or ICANS, the last {_dose(case, last)}; {runs}."
    yield Sentence(text=words, rows=row_of(last.ref), short=until > case.now)


def _dose(case: Case, entry: LedgerEntry) -> str:
    grade = "grade not known" if entry.grade_at_dose is None else f"grade {entry.grade_at_dose}"
    return f"{entry.drug} {entry.dose_text}, {case.when(entry.at)}, {grade} at the dose"
