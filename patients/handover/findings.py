"""Assessment: what counts now and how old is it, what is missing, what do the other scales and the results say?"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from grading.reassessment import laboratory_due
from grading.result import GradedAssessment, InForce, Verdict
from grading.summary import scale_course
from grading.words import ANALYTES, CRS_SCALES, NOT_ASSESSED, PURPOSES, ROUTES, SCALES, spoken
from patients.formats import shown_dose, shown_measurement
from patients.handover.case import Case, Sentence, graded_words, row_of
from patients.handover.charted import last_charted, not_recorded
from patients.models import LaboratoryResult
from patients.views.panels import watched
from patients.views.result_notes import ResultNotes

RESULTS_OF: Final = timedelta(hours=24)
ICANS: Final = "icans-2019"
SHORT: Final = ("temperature_c", "systolic", "spo2_percent", "oxygen", "vasopressors", "fluid_bolus")


def findings(case: Case) -> Iterator[Sentence]:
    """The part, in the zone that is active (the ward's)."""
    last = case.latest
    if last is not None and last.verdict is not None:
        yield from _because(case, last.verdict)
        yield from _values(case, last)
    yield from last_charted(case)
    yield from not_recorded(case)
    if last is not None:
        yield from _scales(case, last)
        yield _icans(case, last.verdicts[ICANS])
        yield from _maximum(case)
    yield from _results(case)
    yield from _given(case)
    yield from _panels(case)


def _because(case: Case, verdict: Verdict) -> Iterator[Sentence]:
    """The met criteria of the grade with their values; what to chart where it is uncertain."""
    holding = [reason for reason in verdict.met if verdict.grade and reason.grade == verdict.grade]
    for reason in holding:
        rows = case.rows_at(evidence.at for evidence in reason.evidence)
        yield Sentence(text=f"{reason.sentence()}. {reason.source}", rows=rows, short=True)
    if verdict.grade is not None and not verdict.certain and verdict.to_chart:
        words = (
            f"To settle between grade {verdict.grade} and grade {verdict.at_most}, chart {_listed(verdict.to_chart)}."
        )
        yield Sentence(text=words, short=True, missing=True)


def _values(case: Case, last: GradedAssessment) -> Iterator[Sentence]:
    """What counts now, a sentence for each time of charting, the latest first; and what has run out since."""
    round_ = last.due_at - last.observed_at if last.due_at and last.observed_at else None
    by_time: dict[datetime, list[InForce]] = {}
    for value in last.in_force:
        if value.runs_out_at is None or case.now <= value.runs_out_at:
            by_time.setdefault(value.charted_at, []).append(value)
        elif case.here:
            words = f"Counts no longer: {_value(value)}, charted {case.when(value.charted_at)}."
            yield Sentence(text=words, rows=case.row(value.field, value.charted_at), missing=True)
    for at in sorted(by_time, reverse=True):
        old = round_ is not None and case.now - at > round_ and case.here
        aged = ", older than its round" if old else ""
        words = f"{case.when(at)}{aged}: {'; '.join(_value(value) for value in by_time[at])}."
        rows = tuple(dict.fromkeys(row for value in by_time[at] for row in case.row(value.field, at)))
        yield Sentence(text=words, rows=rows)
        signs = [_value(value) for value in by_time[at] if value.field in SHORT]
        if signs:
            yield Sentence(text=f"{case.when(at)}{aged}: {'; '.join(signs)}.", rows=rows, short=True, whole=False)
    if not by_time and case.here:
        yield Sentence(text="No charted value counts now: every one has run out.", short=True, missing=True)


def _value(value: InForce) -> str:
    unit = " mmHg" if value.field == "systolic" and not value.text.endswith("mmHg") else ""
    return f"{spoken(value.label)} {value.text}{unit}"


def _scales(case: Case, last: GradedAssessment) -> Iterator[Sentence]:
    others = [last.verdicts[scale] for scale in CRS_SCALES if scale != last.governing]
    words = "; ".join(f"{one.name} {graded_words(one)}" for one in others)
    yield Sentence(text=f"The other scales, {case.clock(last.at)}: {words}.", rows=row_of(last.assessment.ref))


def _icans(case: Case, verdict: Verdict) -> Sentence:
    last = case.latest
    assert last is not None
    if verdict.grade is not None:
        words = f"{SCALES[ICANS]}, beside it: {graded_words(verdict)}"
        times = [value.charted_at for value in last.in_force if _is_neurology(value)]
        words += f", from what was charted {case.when(max(times))}" if times else ""
        return Sentence(text=f"{words}.", rows=case.rows_at(times), short=True)
    cannot = next((value for value in last.in_force if value.field == "neurology_not_assessed"), None)
    if cannot is not None and last.assessment.neurology_not_assessed:
        why = spoken(NOT_ASSESSED[last.assessment.neurology_not_assessed])
        words = f"{SCALES[ICANS]}: cannot be assessed, {why}, {case.when(cannot.charted_at)}."
        return Sentence(text=words, rows=case.row(cannot.field, cannot.charted_at), short=True, missing=True)
    words = f"{SCALES[ICANS]}: not assessed. Not assessed is not grade 0."
    return Sentence(text=words, short=True, missing=True)


def _is_neurology(value: InForce) -> bool:
    return value.field in ("ice_score", "capd_score", "consciousness", "seizure", "motor_weakness", "raised_icp")


def _maximum(case: Case) -> Iterator[Sentence]:
    assert case.graded is not None and case.latest is not None
    courses = [scale_course(scale, case.graded) for scale in SCALES]
    parts = []
    for one in courses:
        when = f", {case.clock(one.grade_at)}" if one.grade_at else ""
        least = "" if one.certain else "at least "
        most = "" if one.certain else f", may have been up to {one.at_most}"
        known = f"{one.name} {least}grade {one.grade}{when}{most}"
        parts.append(f"{one.name} never assessed" if one.grade is None else known)
    rows = case.rows_at(one.grade_at for one in courses)
    yield Sentence(text=f"Maximum so far: {'; '.join(parts)}.", rows=rows)


def _results(case: Case) -> Iterator[Sentence]:
    """The latest of each analyte of the last 24 hours, with the one before it; those that stayed the same together."""
    by_analyte: dict[str, list[LaboratoryResult]] = {}
    for row in case.results:
        by_analyte.setdefault(row.analyte, []).append(row)
    notes = ResultNotes(case.charted, case.results, case.now)
    recent = [rows for rows in by_analyte.values() if case.now - rows[-1].at <= RESULTS_OF]
    order = list(ANALYTES)
    same: dict[tuple[datetime, datetime], list[tuple[LaboratoryResult, LaboratoryResult]]] = {}
    for rows in sorted(recent, key=lambda rows: _place(order, rows[-1].analyte)):
        row, before = rows[-1], rows[-2:-1]
        said = notes.of(row)
        if before and _same(before[0], row) and not said:
            same.setdefault((row.at, before[0].at), []).append((before[0], row))
            continue
        words = f"{_analyte(row)} {_amount(row)}{_mark(row)}, taken {case.when(row.at)}"
        if before:
            words += f"; {_change(before[0], row)} {_amount(before[0])}, {case.clock(before[0].at)}"
        words += f" ({'; '.join(said)})" if said else ""
        yield Sentence(text=f"{words}.", rows=(row, *before))
    for (at, earlier), pairs in same.items():
        parts = "; ".join(f"{_analyte(row)} {_amount(row)}{_mark(row)}" for _, row in pairs)
        words = f"The same {case.when(at)} as {case.clock(earlier)}: {parts}."
        yield Sentence(text=words, rows=tuple(row for _, row in pairs))
    if not recent and case.here:
        due = case.charted and case.graded and laboratory_due(case.graded, case.charted.course, case.now)
        words = "In CRS with no laboratory result for 24 h [R24]." if due else "No laboratory result in the last 24 h."
        yield Sentence(text=words, short=bool(due), missing=True)


def _same(before: LaboratoryResult, row: LaboratoryResult) -> bool:
    return (before.value, before.unit) == (row.value, row.unit)


def _place(order: Sequence[str], analyte: str) -> tuple[int, str]:
    return (order.index(analyte) if analyte in order else len(order), analyte)


def _analyte(row: LaboratoryResult) -> str:
    return ANALYTES.get(row.analyte, row.analyte)


def _amount(row: LaboratoryResult) -> str:
    return shown_measurement(row.value, row.unit or "")


def _mark(row: LaboratoryResult) -> str:
    low, high = row.lower_limit, row.upper_limit
    if high is not None and row.value > high:
        return f" (above {shown_measurement(high)})"
    return f" (below {shown_measurement(low)})" if low is not None and row.value < low else ""


def _change(before: LaboratoryResult, row: LaboratoryResult) -> str:
    """A direction only between amounts in one unit."""
    if before.unit != row.unit:
        return "before"
    return "up from" if row.value > before.value else "down from" if row.value < before.value else "as before:"


def _given(case: Case) -> Iterator[Sentence]:
    """The doses of the shift that is handed over, and since."""
    given = [one for one in case.treatments if case.shift.start <= one.at <= case.now]
    for one in given:
        amount = "dose not charted" if one.dose is None else shown_dose(one.dose, one.unit or "")
        how = f" {ROUTES[one.route]}" if one.route else ""
        why = f" for {PURPOSES[one.purpose]}" if one.purpose in ("crs", "icans") else ""
        words = f"Given {case.when(one.at)}: {one.drug} {amount}{how}{why}."
        yield Sentence(text=words, rows=(one,))
    if not given and case.here:
        yield Sentence(text=f"No dose is charted since {case.clock(case.shift.start)}.")


def _panels(case: Case) -> Iterator[Sentence]:
    if case.charted is None or case.graded is None or not case.here:
        return
    for panel in watched(case.charted, case.graded, case.now):
        if panel.state == "met":
            words = f"Watch panel, {panel.panel.name}: {panel.headline.lower()}. It grades nothing."
            times = {evidence.at for one in panel.criteria for evidence in one.evidence}
            yield Sentence(text=words, rows=tuple(row for row in case.results if row.at in times), short=True)


def _listed(words: Sequence[str]) -> str:
    return " and ".join((", ".join(words[:-1]), words[-1])) if len(words) > 1 else words[0]
