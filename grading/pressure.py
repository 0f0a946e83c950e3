"""Is the patient hypotensive, and have fluids or vasopressors restored the pressure? (rules 1.1, 1.2)"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from grading.age import ADULT_YEARS, Age, systolic_limits_in_words
from grading.numbers import measurement
from grading.result import Evidence
from grading.terms import Finding, Truth, fact, no, unknown, yes
from grading.words import AGENTS, INOTROPES, spoken

if TYPE_CHECKING:
    from grading.situation import Situation

ADULT_MEAN_LIMIT = Decimal(65)  # mmHg, from 18 years [H]
BASELINE_FALL = Decimal(40)  # mmHg below a charted baseline, from 18 years [H, after L14]


@dataclass(frozen=True, slots=True)
class Pressure:
    """Systolic, diastolic and mean as charted together, mmHg."""

    systolic: Decimal | None
    diastolic: Decimal | None
    mean: Decimal | None

    def mean_below(self, limit: Decimal) -> bool | None:
        """Is the mean, charted or (systolic + 2 × diastolic) / 3, below `limit`? None when it is not known."""
        if self.mean is not None:
            return self.mean < limit
        if self.systolic is not None and self.diastolic is not None:
            return self.systolic + 2 * self.diastolic < 3 * limit
        return None

    def _fallen_from(self, baseline_systolic: Decimal | None) -> bool:
        if self.systolic is None or baseline_systolic is None:
            return False
        return self.systolic < baseline_systolic - BASELINE_FALL

    @property
    def shown_mean(self) -> Decimal | None:
        """The mean, rounded half up to 1 mmHg where it is calculated. For display only."""
        if self.mean is not None or self.systolic is None or self.diastolic is None:
            return self.mean
        return ((self.systolic + 2 * self.diastolic) / 3).quantize(Decimal(1), rounding="ROUND_HALF_UP")

    def __str__(self) -> str:
        parts = []
        if self.systolic is not None and self.diastolic is not None:
            parts.append(f"pressure {measurement(self.systolic)}/{measurement(self.diastolic)} mmHg")
        elif self.systolic is not None:
            parts.append(f"systolic {measurement(self.systolic)} mmHg")
        elif self.diastolic is not None:
            parts.append(f"diastolic {measurement(self.diastolic)} mmHg")
        mean = self.shown_mean
        if mean is not None:
            parts.append(f"mean {measurement(mean)} mmHg")
        return ", ".join(parts)

    def low(self, age: Age, baseline_systolic: Decimal | None) -> Truth:
        """Is any pressure low? No only when a systolic is known and, from 18 years, the mean too (rules 1.2)."""
        if self.systolic is not None and self.systolic < age.systolic_limit():
            return Truth.YES
        mean_low = self.mean_below(ADULT_MEAN_LIMIT) if age.adult else False
        if mean_low:
            return Truth.YES
        if age.adult and self._fallen_from(baseline_systolic):
            return Truth.YES
        if self.systolic is None or mean_low is None:
            return Truth.UNKNOWN
        return Truth.NO

    def to_know(self, age: Age) -> str:
        """What to chart so that `low` is known."""
        if self.systolic is None:
            return "the systolic pressure"
        return "the diastolic or mean pressure" if age.adult else "the blood pressure"


def hypotension_in_words() -> tuple[str, ...]:
    """What is hypotension, and a low pressure, for a sheet of paper (rules 1.2)."""
    return (
        "hypotension: a low pressure, a fluid bolus for it, or a vasopressor for it",
        f"low is a systolic in mmHg below: {systolic_limits_in_words()}",
        f"from {ADULT_YEARS} years also a mean below {ADULT_MEAN_LIMIT} mmHg, or a systolic more than {BASELINE_FALL} "
        "mmHg below the baseline; mean: (systolic + 2 × diastolic) ÷ 3",
    )


def _evidence(s: Situation) -> Evidence | None:
    charted = s.values.pressure
    return Evidence(str(charted.value), charted.at) if charted else None


@fact("low pressure")
def low_pressure(s: Situation) -> Finding:
    """Any pressure in force below its limit, attributed elsewhere or not."""
    charted = s.values.pressure
    if charted is None:
        return unknown("the blood pressure")
    evidence = Evidence(str(charted.value), charted.at)
    truth = charted.value.low(s.age, s.patient.baseline_systolic)
    if truth is Truth.UNKNOWN:
        return unknown(charted.value.to_know(s.age), evidence=(evidence,))
    return Finding(truth, (evidence,))


@fact("a vasopressor runs for hypotension")
def pressor_for_hypotension(s: Situation) -> Finding:
    """Any vasopressor in force, inotropes left out, that answers hypotension; attributed elsewhere or not."""
    charted = s.values.vasopressors
    if charted is None:
        return unknown("the vasopressors")
    agents = [v.agent for v in charted.value if v.agent not in INOTROPES and v.for_hypotension is not False]
    if agents:
        return yes(*(Evidence(f"{spoken(AGENTS[agent])} for hypotension", charted.at) for agent in agents))
    return no()


@fact("hypotension of any cause")
def any_hypotension(s: Situation) -> Finding:
    """The clinician's word, else what pressure, bolus and vasopressors say (rules 1.2), attributed elsewhere or not."""
    pressor = pressor_for_hypotension.find(s)
    word = s.values.hypotension
    if word is not None:
        if word.value:
            return yes(Evidence("hypotension charted: yes", word.at))
        if pressor.truth is Truth.YES:
            return pressor
        return no(Evidence("hypotension charted: no", word.at))
    low = low_pressure.find(s)
    bolus = s.values.fluid_bolus
    given = (Evidence("fluid bolus given for the pressure", bolus.at),) if bolus and bolus.value else ()
    if low.truth is Truth.YES or pressor.truth is Truth.YES or given:
        of_low = low.evidence if low.truth is Truth.YES else ()
        return yes(*of_low, *given, *(pressor.evidence if pressor.truth is Truth.YES else ()))
    if low.truth is Truth.NO and pressor.truth is Truth.NO:
        return no(*low.evidence)
    return unknown(*low.chart, *pressor.chart, evidence=low.evidence)


@fact("hypotension")
def hypotension(s: Situation) -> Finding:
    """Hypotension that is not attributed elsewhere."""
    if s.values.elsewhere("hypotension"):
        return no(s.attribution("hypotension"))
    return any_hypotension.find(s)


@fact("fluids or vasopressors restored the pressure")
def pressure_restored(s: Situation) -> Finding:
    """The clinician's word; without it yes while a known pressure is not low, else unknown; never derived as no."""
    word = s.values.pressure_restored
    if word is not None:
        return Finding(
            Truth.of(word.value), (Evidence(f"pressure restored: {'yes' if word.value else 'no'}", word.at),)
        )
    low = low_pressure.find(s)
    if low.truth is Truth.NO:
        return yes(*low.evidence)
    return unknown("whether fluids or vasopressors restored the pressure", evidence=low.evidence)
