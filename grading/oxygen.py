"""Does the oxygen count, how much is it, and by which device? (rules 1.4)"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from grading.numbers import measurement
from grading.record import Oxygen
from grading.result import Evidence
from grading.terms import Fact, Finding, Truth, fact, no, unknown, yes
from grading.words import DEVICES, POSITIVE_PRESSURE, spoken

if TYPE_CHECKING:
    from grading.situation import Situation

LOW_FLOW_L_MIN: Final = Decimal(6)  # exactly 6 is low flow [A19]; the review's «≥ 6» is a misprint [H]
HIGH_FIO2_PERCENT: Final = Decimal(40)
# Of the estimate [H], L/min
CANNULA_BELOW_L_MIN: Final = 4  # up to it below 40%
CANNULA_ABOVE_L_MIN: Final = 6  # over it at or above 40%; between them it is unknown
MASK_ABOVE_L_MIN: Final = 5  # from it on at or above 40%
HIGH_FLOW_BY_NAME_UNDER_YEARS: Final = 2  # [H]: an infant's high-flow cannula is high flow at any flow
BEYOND_LOW_FLOW: Final = frozenset({"simple-mask", "venturi-mask", "non-rebreather"}) | POSITIVE_PRESSURE


def described(oxygen: Oxygen) -> str:
    """«nasal cannula 4 L/min, FiO2 40%»."""
    words = spoken(DEVICES[oxygen.device])
    if oxygen.flow_l_min is not None:
        words += f" {measurement(oxygen.flow_l_min)} L/min"
    if oxygen.fio2_percent is not None:
        words += f", FiO2 {measurement(oxygen.fio2_percent)}%"
    return words


def estimated_fio2_at_least_40(oxygen: Oxygen) -> Truth:
    """FiO2 of 40% or more, judged from device and flow when it was not charted: an estimate [H]."""
    flow = oxygen.flow_l_min
    match oxygen.device:
        case "nasal-cannula" if flow is not None:
            if flow <= CANNULA_BELOW_L_MIN:
                return Truth.NO
            return Truth.UNKNOWN if flow <= CANNULA_ABOVE_L_MIN else Truth.YES
        case "blow-by":
            return Truth.NO
        case "simple-mask" if flow is not None and flow >= MASK_ABOVE_L_MIN:
            return Truth.YES
        case "non-rebreather":
            return Truth.YES
    return Truth.UNKNOWN


def fio2_estimate_in_words() -> str:
    """The estimate for a sheet of paper."""
    low, high = CANNULA_BELOW_L_MIN, CANNULA_ABOVE_L_MIN
    return (
        f"FiO2 not known, is it {HIGH_FIO2_PERCENT}% or more? Nasal cannula up to {low} L/min no, over {low} up to "
        f"{high} unknown, over {high} yes; blow-by no; simple mask from {MASK_ABOVE_L_MIN} L/min yes; "
        "non-rebreather yes; every other unknown"
    )


def cannula_fio2_percent(flow_l_min: Decimal) -> Decimal:
    """About what a nasal cannula gives, percent. For display only."""
    return 20 + 4 * flow_l_min


def _charted_evidence(s: Situation) -> tuple[Evidence, ...]:
    charted = s.values.oxygen
    return (Evidence(described(charted.value), charted.at),) if charted else ()


def _counted_by_itself(s: Situation, oxygen: Oxygen) -> tuple[Truth, str]:
    """Whether the device counts, leaving SpO2 aside, and what to chart when that is unknown."""
    if oxygen.device == "room-air" or oxygen.for_hypoxia is False:
        return Truth.NO, ""
    if oxygen.device in POSITIVE_PRESSURE and oxygen.for_hypoxia is None:
        return Truth.UNKNOWN, "whether the positive pressure is for hypoxia"
    home = s.patient.home_oxygen_l_min
    if oxygen.device == "nasal-cannula" and home is not None:
        if oxygen.flow_l_min is None:
            return Truth.UNKNOWN, "the oxygen flow"
        return Truth.of(oxygen.flow_l_min > home), ""
    return Truth.YES, ""


@fact("SpO2 is low while no oxygen that counts is given")
def oxygen_wanting(s: Situation) -> Finding:
    """More oxygen may be required than is given [H]: then nothing about oxygen is refuted.

    Oxygen of which it is not known whether it counts is no better than oxygen that does not.
    """
    charted, spo2 = s.values.oxygen, s.values.spo2
    if charted is None or spo2 is None or s.values.elsewhere("hypoxia"):
        return no()
    if spo2.value < s.settings.spo2_limit_percent and _counted_by_itself(s, charted.value)[0] is not Truth.YES:
        return yes(Evidence(f"SpO2 {measurement(spo2.value)}%", spo2.at))
    return no()


_WANTING = "the oxygen required: SpO2 is low and no oxygen that counts is given"
Judge = Callable[["Situation", Oxygen, tuple[Evidence, ...]], Finding]


def _row(text: str) -> Callable[[Judge], Fact]:
    """A fact of the oxygen in force. Unknown while none is, and while more may be required than is given."""

    def of(judge: Judge) -> Fact:
        def look(s: Situation) -> Finding:
            charted = s.values.oxygen
            if charted is None:
                return unknown("the oxygen device")
            wanting = oxygen_wanting.find(s)
            if wanting.truth is Truth.YES:
                return unknown(_WANTING, evidence=wanting.evidence)
            return judge(s, charted.value, _charted_evidence(s))

        return Fact(text, look)

    return of


@_row("counted oxygen")
def _counted(s: Situation, oxygen: Oxygen, evidence: tuple[Evidence, ...]) -> Finding:
    truth, missing = _counted_by_itself(s, oxygen)
    return unknown(missing, evidence=evidence) if truth is Truth.UNKNOWN else Finding(truth, evidence)


@fact("counted oxygen")
def counted_oxygen(s: Situation) -> Finding:
    """Any oxygen but room air given for hypoxia, above the home flow, hypoxia not attributed elsewhere."""
    return no(s.attribution("hypoxia")) if s.values.elsewhere("hypoxia") else _counted.find(s)


@_row("FiO2 at or above 40%")
def fio2_high(s: Situation, oxygen: Oxygen, evidence: tuple[Evidence, ...]) -> Finding:
    """FiO2 as charted, else estimated from device and flow, and marked as an estimate."""
    if oxygen.fio2_percent is not None:
        return Finding(Truth.of(oxygen.fio2_percent >= HIGH_FIO2_PERCENT), evidence)
    truth = estimated_fio2_at_least_40(oxygen)
    if truth is Truth.UNKNOWN:
        return unknown("the FiO2", evidence=evidence)
    side = "at or above" if truth is Truth.YES else "below"
    return Finding(truth, tuple(Evidence(f"{e.text}: FiO2 estimated {side} 40% [H]", e.at) for e in evidence))


@_row("beyond low flow")
def beyond_low_flow(s: Situation, oxygen: Oxygen, evidence: tuple[Evidence, ...]) -> Finding:
    """A cannula over 6 L/min, a high-flow cannula, any mask, or positive pressure [A19, R24]."""
    flow = oxygen.flow_l_min
    if oxygen.device == "nasal-cannula":
        return unknown("the oxygen flow", evidence=evidence) if flow is None else _over_low_flow(flow, evidence)
    if oxygen.device == "high-flow-nasal-cannula":
        by_name = s.age.completed_years < HIGH_FLOW_BY_NAME_UNDER_YEARS
        return yes(*evidence) if flow is None or by_name else _over_low_flow(flow, evidence)
    return Finding(Truth.of(oxygen.device in BEYOND_LOW_FLOW), evidence)


def _over_low_flow(flow_l_min: Decimal, evidence: tuple[Evidence, ...]) -> Finding:
    return Finding(Truth.of(flow_l_min > LOW_FLOW_L_MIN), evidence)


@_row("positive pressure")
def positive_pressure(s: Situation, oxygen: Oxygen, evidence: tuple[Evidence, ...]) -> Finding:
    """CPAP, BiPAP or invasive ventilation."""
    return Finding(Truth.of(oxygen.device in POSITIVE_PRESSURE), evidence)
