"""Which numbers are impossible, which are improbable, and what was probably meant?

One table, `docs/clinical-rules.md` 1.6; every number in it is a house interpretation [H]. The forms and the case file
both ask here. An answer is one of three: `Refused` (impossible: say what is allowed), `Asked` (possible, improbable:
a person confirms it; a file has nobody to ask, so the command takes it), or `None` (nothing to say). Nothing is ever
changed here: `meant` only proposes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from grading.numbers import celsius, celsius_from_fahrenheit, measurement, round_half_up
from grading.words import AGENTS, DEVICES, spoken, units_of


def with_unit(value: Decimal, unit: str) -> str:
    """«40%», «38.0 °C»: the percent sign stands close, every other unit after a space."""
    return f"{measurement(value)}{unit}" if unit in ("%", "") else f"{measurement(value)} {unit}"


@dataclass(frozen=True, slots=True)
class Range:
    """From `low` to `high`, both taken; `above` when `low` itself is not."""

    low: Decimal
    high: Decimal
    above: bool = False

    def holds(self, value: Decimal) -> bool:
        return (self.low < value if self.above else self.low <= value) and value <= self.high

    def words(self, unit: str) -> str:
        """«25 to 45 °C», «over 0 to 100 L/min», «21 to 100%»."""
        return f"{'over ' if self.above else ''}{measurement(self.low)} to {with_unit(self.high, unit)}"


@dataclass(frozen=True, slots=True)
class Limit:
    """One row of the table: a field's label and unit, its possible range and, inside it, the usual one."""

    label: str
    unit: str
    possible: Range
    usual: Range | None = None
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Meant:
    """What was probably meant: the value and unit to offer, and the words of the offer («40%»)."""

    value: Decimal
    unit: str
    text: str


@dataclass(frozen=True, slots=True)
class Refused:
    """An impossible value. `allowed` is the range in words; `message` the whole sentence."""

    field: str
    message: str
    allowed: str
    meant: Meant | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """An improbable value, to be confirmed. `value` is what stands on the confirming button («2 mcg/kg/min»)."""

    field: str
    message: str
    value: str
    meant: Meant | None = None


Outcome = Refused | Asked | None


def _range(low: str | int, high: str | int, above: bool = False) -> Range:
    return Range(Decimal(low), Decimal(high), above)


def _over_0_to(high: str | int) -> Range:
    return _range(0, high, above=True)


SYSTOLIC: Final = Limit("Systolic", "mmHg", _range(20, 320), _range(50, 220))
DIASTOLIC: Final = Limit("Diastolic", "mmHg", _range(5, 250), _range(20, 130))
FLOW: Final = Limit("Oxygen flow", "L/min", _over_0_to(100), _over_0_to(70))
FLOW_BY_CANNULA: Final = Limit("Oxygen flow", "L/min", _over_0_to(100), _over_0_to(15))
LARGEST_AMOUNT: Final = 10**15  # results and doses: a bound on nonsense, not a clinical limit
AMOUNT: Final = _range(0, LARGEST_AMOUNT)

LIMITS: Final[Mapping[str, Limit]] = MappingProxyType(
    {
        "temperature_c": Limit("Temperature", "°C", _range(25, 45), _range(34, 42)),
        "systolic": SYSTOLIC,
        "diastolic": DIASTOLIC,
        "mean": Limit("Mean", "mmHg", _range(10, 280), _range(35, 160)),
        "heart_rate": Limit("Heart rate", "/min", _range(0, 350), _range(40, 220)),
        "respiratory_rate": Limit("Respiratory rate", "/min", _range(0, 150), _range(6, 60)),
        "spo2_percent": Limit("SpO2", "%", _range(0, 100), _range(70, 100)),
        "fio2_percent": Limit("FiO2", "%", _range(21, 100)),
        "flow_l_min": FLOW,
        "weight_kg": Limit("Weight", "kg", _range("0.3", 400)),
        "height_cm": Limit("Height", "cm", _range(20, 260)),
        "baseline_systolic": Limit("Baseline systolic", "mmHg", SYSTOLIC.possible, SYSTOLIC.usual),
        "baseline_diastolic": Limit("Baseline diastolic", "mmHg", DIASTOLIC.possible, DIASTOLIC.usual),
        "home_oxygen_l_min": Limit("Home oxygen", "L/min", FLOW.possible, FLOW_BY_CANNULA.usual),
        "age_years": Limit("Age", "years", _range(0, 130)),
        "ice_score": Limit("ICE score", "", _range(0, 10), whole=True),
        "capd_score": Limit("CAPD score", "", _range(0, 32), whole=True),
        "organ_grade": Limit("Organ grade", "", _range(0, 4), whole=True),
        "dose": Limit("Dose", "", _over_0_to(LARGEST_AMOUNT)),
        "value": Limit("Result", "", AMOUNT),
        "lower_limit": Limit("Lower limit of normal", "", AMOUNT),
        "upper_limit": Limit("Upper limit of normal", "", _over_0_to(LARGEST_AMOUNT)),
    }
)
FAHRENHEIT: Final = Limit("Temperature", "°F", _range(77, 113))
MOST_CHANGE: Final = Decimal("0.1")  # of the weight or height before
HEAVIEST_KG: Final = Decimal(400)


@dataclass(frozen=True, slots=True)
class RateLimit:
    """Possible and usual rates of one agent in one unit. No usual range: not asked about in that unit."""

    possible: Range
    usual: Range | None


def _rates(
    per_kg: Decimal, mcg_min: Decimal, usual_per_kg: Decimal, usual_mcg_min: Decimal | None
) -> dict[str, RateLimit]:
    """The three units of an agent; mg/h is held to the limits in mcg/min (÷ 60 × 1,000)."""
    hourly = Decimal("0.06")  # mg/h for 1 mcg/min
    absolute = _usual(usual_mcg_min)
    return {
        "mcg/kg/min": RateLimit(Range(Decimal(0), per_kg, True), _usual(usual_per_kg)),
        "mcg/min": RateLimit(Range(Decimal(0), mcg_min, True), absolute),
        "mg/h": RateLimit(
            Range(Decimal(0), (mcg_min * hourly).normalize() + 0, True),
            absolute and _usual(absolute.high * hourly),
        ),
    }


def _usual(high: Decimal | None) -> Range | None:
    return None if high is None else Range(Decimal(0), high.normalize() + 0, True)


def _agent(per_kg: str, mcg_min: str | None, usual_per_kg: str, usual_mcg_min: str | None) -> dict[str, RateLimit]:
    """An agent's row. Without a limit in mcg/min, the one for the heaviest possible patient holds."""
    possible = Decimal(mcg_min) if mcg_min else Decimal(per_kg) * HEAVIEST_KG
    return _rates(Decimal(per_kg), possible, Decimal(usual_per_kg), Decimal(usual_mcg_min) if usual_mcg_min else None)


RATES: Final[Mapping[str, Mapping[str, RateLimit]]] = MappingProxyType(
    {
        "norepinephrine": _agent("5", "400", "1", "80"),
        "epinephrine": _agent("5", "400", "0.5", "40"),
        "phenylephrine": _agent("20", "1500", "5", "400"),
        "dopamine": _agent("50", "5000", "20", "2000"),
        "vasopressin": {
            "units/min": RateLimit(_over_0_to(1), _range("0.01", "0.06")),
            "units/h": RateLimit(_over_0_to(60), _range("0.6", "3.6")),
        },
        "angiotensin-ii": _agent("1", "100", "0.08", None),
        "milrinone": _agent("5", None, "0.75", None),
        "dobutamine": _agent("50", None, "20", None),
    }
)


def check(field: str, value: Decimal) -> Outcome:
    """A single value by its record field name (a key of `LIMITS`), in the table's unit."""
    limit = LIMITS[field]
    return _held(field, limit, value, _meant(field, value))


def check_flow(value: Decimal, device: str | None) -> Outcome:
    """An oxygen flow in L/min through `device` (a key of `DEVICES`), or the device not known."""
    limit = FLOW_BY_CANNULA if device == "nasal-cannula" else FLOW
    outcome = _held("flow_l_min", limit, value, None)
    if isinstance(outcome, Asked) and device:
        return Asked(outcome.field, f"{outcome.message} through {spoken(DEVICES[device])}", outcome.value)
    return outcome


def check_rate(agent: str, rate: Decimal, unit: str) -> Outcome:
    """A vasopressor's rate in its own unit (one of `units_of(agent)`). The per-kg and the absolute limit each hold
    for the unit they are written in, so the answer needs no weight."""
    limits = RATES[agent][unit]
    label = f"{AGENTS[agent]} rate"
    limit = Limit(label, unit, limits.possible, limits.usual)
    return _held("rate", limit, rate, _meant_rate(agent, rate, unit))


def check_weight_change(before_kg: Decimal, now_kg: Decimal) -> Asked | None:
    """Asks when a weight is more than 10% off the one charted before."""
    return _check_change("weight_kg", "kg", before_kg, now_kg)


def check_height_change(before_cm: Decimal, now_cm: Decimal) -> Asked | None:
    """Asks when a height is more than 10% off the one charted before."""
    return _check_change("height_cm", "cm", before_cm, now_cm)


def _check_change(field: str, unit: str, before: Decimal, now: Decimal) -> Asked | None:
    if abs(now - before) <= before * MOST_CHANGE:
        return None
    percent = measurement(round_half_up(abs(now - before) * 100 / before, Decimal("0.1")))
    way = "more" if now > before else "less"
    value = with_unit(now, unit)
    return Asked(field, f"{value} is {percent}% {way} than the {with_unit(before, unit)} charted before", value)


def check_pressures(systolic: Decimal | None, diastolic: Decimal | None, field: str = "diastolic") -> Refused | None:
    """Refuses a diastolic above the systolic charted with it."""
    if systolic is None or diastolic is None or diastolic <= systolic:
        return None
    allowed = f"at most the systolic, {with_unit(systolic, 'mmHg')}"
    return Refused(field, f"Diastolic {with_unit(diastolic, 'mmHg')} is above the systolic: {allowed}", allowed)


@dataclass(frozen=True, slots=True)
class Temperature:
    """A typed temperature as understood: exact °C, the unit it was typed in, and the sentence that says so."""

    celsius: Decimal
    unit: str  # «°C» or «°F»
    understood: str  # «101.3 °F = 38.5 °C»; empty where °C was typed


def read_temperature(typed: Decimal) -> Temperature | Refused:
    """25 to 45 is °C, 77 to 113 is °F with at most one decimal; everything else is refused.

    Whether the °C value is improbable is asked afterwards with `check("temperature_c", …)`.
    """
    if FAHRENHEIT.possible.holds(typed):
        if typed != round_half_up(typed, Decimal("0.1")):
            allowed = "°F with at most one decimal"
            return Refused("temperature_c", f"Temperature {measurement(typed)} °F: {allowed}", allowed)
        exact = celsius_from_fahrenheit(typed)
        shown = celsius(round_half_up(exact, Decimal("0.1")))
        return Temperature(exact, "°F", f"{measurement(typed)} °F = {shown} °C")
    outcome = check("temperature_c", typed)
    if isinstance(outcome, Refused):
        allowed = f"{outcome.allowed}, or {FAHRENHEIT.possible.words('°F')}"
        return Refused(
            "temperature_c", f"Temperature {measurement(typed)} is not possible: {allowed}", allowed, outcome.meant
        )
    return Temperature(typed, "°C", "")


def _held(field: str, limit: Limit, value: Decimal, meant: Meant | None) -> Outcome:
    shown = with_unit(value, limit.unit)
    if limit.whole and value != value.to_integral_value():
        allowed = f"a whole number, {limit.possible.words(limit.unit)}"
        return Refused(field, f"{limit.label} {shown} is not possible: {allowed}", allowed)
    if not limit.possible.holds(value):
        allowed = limit.possible.words(limit.unit)
        return Refused(field, f"{limit.label} {shown} is not possible: {allowed}", allowed, meant)
    if limit.usual is not None and not limit.usual.holds(value):
        usual = limit.usual.words(limit.unit).replace("over 0 to", "up to")
        return Asked(field, f"{limit.label} {shown} is unusual: usually {usual}", shown, meant)
    return None


def _meant(field: str, value: Decimal) -> Meant | None:
    """What a value outside its range plainly stands for, in the field's own unit."""
    hundred = Decimal(100)
    if field == "fio2_percent" and Decimal("0.21") <= value <= 1:
        return _offer(value * hundred, "%")
    if field == "spo2_percent" and Decimal("0.7") <= value <= 1:
        return _offer(value * hundred, "%")
    if field == "height_cm" and Decimal("0.2") <= value <= Decimal("2.6"):
        return _offer(value * hundred, "cm")
    if field == "temperature_c":
        if FAHRENHEIT.possible.holds(value):
            degrees = round_half_up(celsius_from_fahrenheit(value), Decimal("0.1"))
            return Meant(degrees, "°C", f"{measurement(degrees)} °C, from {measurement(value)} °F")
        if 340 <= value <= 420:
            return _offer(value / 10, "°C")
    if field == "weight_kg" and value > 1000 and LIMITS[field].possible.holds(value / 1000):
        return Meant(_plain(value / 1000), "kg", f"{measurement(_plain(value / 1000))} kg, from grams")
    return None


def _meant_rate(agent: str, rate: Decimal, unit: str) -> Meant | None:
    """The same number in another unit of the agent, where it is usual there and not here."""
    for other in units_of(agent):
        usual = RATES[agent][other].usual
        if other != unit and usual is not None and usual.holds(rate):
            if agent != "vasopressin" and (unit, other) != ("mcg/kg/min", "mcg/min"):
                continue  # only «20 mcg/kg/min» for «20 mcg/min» is a plain slip among the others
            return _offer(rate, other)
    return None


def _offer(value: Decimal, unit: str) -> Meant:
    value = _plain(value)
    return Meant(value, unit, with_unit(value, unit))


def _plain(value: Decimal) -> Decimal:
    """Without trailing zeros or an exponent: 0.40 × 100 is 40."""
    shortest = value.normalize()
    return shortest.quantize(Decimal(1)) if shortest == shortest.to_integral_value() else shortest
