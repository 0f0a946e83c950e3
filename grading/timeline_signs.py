"""What is one charted value on a timeline: how high does it stand, how does it read, which limit applied to it?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Final

from grading.age import age_at
from grading.fever import febrile
from grading.numbers import celsius, measurement
from grading.oxygen import cannula_fio2_percent, described, estimated_fio2_at_least_40
from grading.pressure import ADULT_MEAN_LIMIT, BASELINE_FALL, Pressure
from grading.record import Assessment, Course, Laboratory, Oxygen
from grading.settings import Settings
from grading.terms import Truth
from grading.timeline_shapes import Limit, Point
from grading.units import UnitError, reckoned, shown
from grading.vasopressors import counted, norepinephrine_equivalent, running, said_equivalent
from grading.words import NOT_ASSESSED, spoken

ROOM_AIR_FIO2_PERCENT: Final = Decimal(21)


def temperature(seen: Assessment) -> Point | None:
    """°C."""
    if seen.temperature_c is None:
        return None
    value = seen.temperature_c
    fever = febrile(value)
    text = f"{celsius(value)} °C{'; fever' if fever else ''}"
    return Point(at=seen.at, value=value, text=text, short=celsius(value), beyond=fever, ref=seen.ref)


def heart_rate(seen: Assessment) -> Point | None:
    """Beats a minute."""
    if seen.heart_rate is None:
        return None
    short = measurement(seen.heart_rate)
    return Point(at=seen.at, value=seen.heart_rate, text=f"{short}/min", short=short, ref=seen.ref)


def pressure(course: Course, seen: Assessment) -> Point | None:
    """mmHg: the mean, which where it was not charted is calculated, and the bar from diastolic to systolic.

    Beyond is a pressure that is low by what applied then: the age, the mean from 18 years, the baseline (rules 1.2).
    """
    charted = Pressure(seen.systolic, seen.diastolic, seen.mean)
    if (seen.systolic, seen.diastolic, seen.mean) == (None, None, None):
        return None
    calculated = seen.mean is None and charted.shown_mean is not None
    low = charted.low(age_at(course.patient, course.infusion, seen.at), course.patient.baseline_systolic)
    text = str(charted).removeprefix("pressure ") + (", calculated" if calculated else "")
    return Point(
        at=seen.at,
        value=_mean(charted),
        text=f"{text}; low" if low is Truth.YES else text,
        short=_short(charted),
        low=seen.diastolic,
        high=seen.systolic,
        estimated=calculated,
        beyond=low is Truth.YES,
        ref=seen.ref,
    )


def _short(charted: Pressure) -> str:
    """«88/46 (60)»; a dash for what was not charted."""
    both = "/".join("–" if value is None else measurement(value) for value in (charted.systolic, charted.diastolic))
    mean = charted.shown_mean
    return both if mean is None else f"{both} ({measurement(mean)})"


def _mean(charted: Pressure) -> Decimal | None:
    """As charted, else calculated and not rounded: a mean just below a limit stands below it."""
    if charted.mean is not None or charted.systolic is None or charted.diastolic is None:
        return charted.mean
    return (charted.systolic + 2 * charted.diastolic) / 3


def _decimal(amount: Fraction) -> Decimal:
    """A height on the scale; no rule reckons with it."""
    return Decimal(amount.numerator) / Decimal(amount.denominator)


def pressure_limits(course: Course, begins_at: datetime, ends_at: datetime, *, mean: bool) -> Iterator[Limit]:
    """Below which pressure is low, and why, over time: the age's limit moves with the age (rules 1.2)."""
    found: list[Limit] = []
    day = datetime.combine(begins_at.date(), time(), begins_at.tzinfo)
    starts = [begins_at]
    while (day := day + timedelta(days=1)) < ends_at:
        starts.append(day)
    for start, until in zip(starts, [*starts[1:], ends_at], strict=True):
        limit = _mean_limit(course, start) if mean else _systolic_limit(course, start)
        if limit is None:
            continue
        value, words = limit
        if found and found[-1].words == words and found[-1].until == start:
            found[-1] = Limit(at=found[-1].at, until=until, value=value, words=words)
        else:
            found.append(Limit(at=start, until=until, value=value, words=words))
    yield from found


def _systolic_limit(course: Course, at: datetime) -> tuple[Decimal, str]:
    """The higher of the age's limit and, for an adult with a charted baseline, 40 mmHg below it."""
    age, baseline = age_at(course.patient, course.infusion, at), course.patient.baseline_systolic
    of_age = age.systolic_limit()
    if age.adult and baseline is not None and baseline - BASELINE_FALL > of_age:
        of_baseline = baseline - BASELINE_FALL
        words = f"systolic low below {measurement(of_baseline)}: {BASELINE_FALL} under the baseline of "
        return of_baseline, f"{words}{measurement(baseline)}"
    return of_age, f"systolic low below {measurement(of_age)}, by age"


def _mean_limit(course: Course, at: datetime) -> tuple[Decimal, str] | None:
    if not age_at(course.patient, course.infusion, at).adult:
        return None
    return ADULT_MEAN_LIMIT, f"mean low below {measurement(ADULT_MEAN_LIMIT)}"


def spo2(seen: Assessment, settings: Settings) -> Point | None:
    """Percent."""
    if seen.spo2_percent is None:
        return None
    value = seen.spo2_percent
    below = value < settings.spo2_limit_percent
    short = f"{measurement(value)}%"
    text = f"{short}; low" if below else short
    return Point(at=seen.at, value=value, text=text, short=short, beyond=below, ref=seen.ref)


def fio2(seen: Assessment) -> Point | None:
    """Percent: as charted, else estimated from the device; a device that tells none has no place on the scale."""
    if seen.oxygen is None:
        return None
    value, words = _fio2(seen.oxygen)
    text = described(seen.oxygen) + words
    estimated = seen.oxygen.fio2_percent is None
    short = "not charted" if value is None else f"{'about ' if estimated else ''}{measurement(value)}%"
    return Point(at=seen.at, value=value, text=text, short=short, estimated=estimated, ref=seen.ref)


def _fio2(oxygen: Oxygen) -> tuple[Decimal | None, str]:
    if oxygen.fio2_percent is not None:
        return oxygen.fio2_percent, ""
    if oxygen.device == "room-air":
        return ROOM_AIR_FIO2_PERCENT, ""
    if oxygen.device == "nasal-cannula" and oxygen.flow_l_min is not None:
        about = min(cannula_fio2_percent(oxygen.flow_l_min), Decimal(100))
        return about, f", FiO2 about {measurement(about)}%, estimated [H]"
    side = {Truth.YES: "at or above", Truth.NO: "below"}.get(estimated_fio2_at_least_40(oxygen))
    return None, f", FiO2 estimated {side} 40% [H]" if side else ", FiO2 not charted"


def vasopressors(seen: Assessment, weight_kg: Decimal | None) -> Point | None:
    """Norepinephrine equivalent of what counts (rules 1.3), mcg/min. Of a part that is not known it is «or more»."""
    if seen.vasopressors is None:
        return None
    if not seen.vasopressors:
        return Point(at=seen.at, value=Decimal(0), text="none running", short="none", ref=seen.ref)
    of = counted(seen.vasopressors)
    if not of:
        text = f"{agents_text(seen)}: none counts"
        return Point(at=seen.at, value=Decimal(0), text=text, short="none counts", ref=seen.ref)
    known, whole = norepinephrine_equivalent(of, weight_kg)
    words = said_equivalent(known, whole) or "no norepinephrine equivalent known"
    return Point(
        at=seen.at,
        value=_decimal(known) if known else None,
        text=f"{agents_text(seen)}: {words}",
        short=words.removeprefix("norepinephrine equivalent ") if known else "not known",
        estimated=bool(known) and not whole,
        ref=seen.ref,
    )


def agents_text(seen: Assessment) -> str:
    """«norepinephrine 12 mcg/min; vasopressin 0.03 units/min, not for hypotension»."""
    return "; ".join(
        running(one) + (", not for hypotension" if one.for_hypotension is False else "")
        for one in seen.vasopressors or ()
    )


def ice(seen: Assessment) -> Point | None:
    """Points of 10; that it could not be assessed is said, and has no place on the scale."""
    if seen.ice_score is not None:
        score = str(seen.ice_score)
        return Point(at=seen.at, value=Decimal(seen.ice_score), text=f"{score} of 10", short=score, ref=seen.ref)
    if seen.neurology_not_assessed is not None:
        why = spoken(NOT_ASSESSED[seen.neurology_not_assessed])
        return Point(at=seen.at, value=None, text=f"cannot be assessed: {why}", short=why, ref=seen.ref)
    return None


def marker(result: Laboratory) -> Point | None:
    """A result in the unit that rules reckon in; in a unit that is not known it has no place on the scale."""
    if result.value is None:
        return None
    text = f"{measurement(result.value)} {result.unit or '(no unit)'}"
    upper, lower = result.upper_limit, result.lower_limit
    above, below = upper is not None and result.value > upper, lower is not None and result.value < lower
    side = "; above its upper limit" if above else "; below its lower limit" if below else ""
    beyond = bool(side)
    try:
        value = _decimal(reckoned(result.analyte, result.value, result.unit or ""))
        other = shown(result.analyte, result.value, result.unit or "")
    except UnitError:
        unplaced = f"{text}, unit not known{side}"
        return Point(at=result.at, value=None, text=unplaced, short=text, beyond=beyond, ref=result.ref)
    full = f"{text} ({other}){side}" if other else f"{text}{side}"
    return Point(at=result.at, value=value, text=full, short=other or text, beyond=beyond, ref=result.ref)
