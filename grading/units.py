"""In which units may a result be typed, and what is it in the unit that rules reckon with?

A closed table of exact factors. What is typed is kept as typed; a unit that is not in the table is kept too, and then
nothing that needs a unit is reckoned from it. D-dimer in FEU and in DDU are two quantities and never joined.
"""

from collections.abc import Mapping
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import Final

from grading.record import Laboratory

Factors = Mapping[str, Fraction]


def _per(**factors: str) -> Factors:
    """`unit="x"`: one of the reckoning unit is x of `unit`. Spelled with «_per_» for «/»."""
    return MappingProxyType({u.replace("_per_", "/"): 1 / Fraction(x) for u, x in factors.items()})


CYTOKINES: Final = ("il-6", "il-8", "il-10", "il-15", "ifn-gamma", "tnf-alpha", "gm-csf", "soluble-il-2-receptor")

_CELLS: Final[Factors] = MappingProxyType(
    {"10^9/L": Fraction(1), "10^3/uL": Fraction(1), "cells/uL": Fraction(1, 1000), "/uL": Fraction(1, 1000)}
)
_PICOGRAMS: Final[Factors] = MappingProxyType({"pg/mL": Fraction(1), "ng/L": Fraction(1)})
_SAME_MOLES: Final[Factors] = MappingProxyType({"mmol/L": Fraction(1), "mEq/L": Fraction(1)})

# By analyte: each unit with the factor that turns it into the first, in which rules reckon
FACTORS: Final[Mapping[str, Factors]] = MappingProxyType(
    {
        "creatinine": _per(mg_per_dL="1", umol_per_L="88.42"),
        "bilirubin": _per(mg_per_dL="1", umol_per_L="17.104"),
        "crp": _per(mg_per_L="1", mg_per_dL="0.1"),
        "ferritin": _per(ng_per_mL="1", ug_per_L="1"),
        "fibrinogen": _per(mg_per_dL="1", g_per_L="0.01"),
        "uric-acid": _per(mg_per_dL="1", umol_per_L="59.48", mmol_per_L="0.05948"),
        "phosphate": _per(mg_per_dL="1", mmol_per_L="0.3229"),
        "calcium": _per(mg_per_dL="1", mmol_per_L="0.2495"),
        "triglycerides": _per(mg_per_dL="1", mmol_per_L="0.01129"),
        "albumin": _per(g_per_dL="1", g_per_L="10"),
        "hemoglobin": _per(g_per_dL="1", g_per_L="10"),
        "potassium": _SAME_MOLES,
        "sodium": _SAME_MOLES,
        "anc": _CELLS,
        "wbc": _CELLS,
        "platelets": _CELLS,
        "alt": MappingProxyType({"U/L": Fraction(1)}),
        "ast": MappingProxyType({"U/L": Fraction(1)}),
        "ldh": MappingProxyType({"U/L": Fraction(1)}),
        "lactate": MappingProxyType({"mmol/L": Fraction(1)}),
        **dict.fromkeys(CYTOKINES, _PICOGRAMS),
        "pt": MappingProxyType({"s": Fraction(1)}),
        "aptt": MappingProxyType({"s": Fraction(1)}),
        "inr": MappingProxyType({"1": Fraction(1)}),
        "d-dimer": MappingProxyType({"mg/L FEU": Fraction(1), "ng/mL FEU": Fraction(1, 1000)}),
        "d-dimer-ddu": MappingProxyType({"mg/L DDU": Fraction(1), "ng/mL DDU": Fraction(1, 1000)}),
    }
)
_SPELLINGS: Final = MappingProxyType(
    {"µ": "u", "μ": "u", "⁹": "^9", "³": "^3", "IU/": "U/", "10*": "10^", "×": "x", "x 10": "10", "x10": "10"}
)
D_DIMER: Final = ("d-dimer", "d-dimer-ddu")  # in FEU; in DDU
_KINDS: Final = MappingProxyType({"FEU": "d-dimer", "DDU": "d-dimer-ddu"})


class UnitError(ValueError):
    """A unit that the table does not hold for an analyte; the message says which it holds."""


def plain(unit: str) -> str:
    """A unit as the table spells it: «µmol/L» is «umol/L»."""
    for typed, spelled in _SPELLINGS.items():
        unit = unit.replace(typed, spelled)
    return " ".join(unit.split())


def units_of(analyte: str) -> tuple[str, ...]:
    """The units known for an analyte, the reckoning one first; empty for an analyte of no table."""
    return tuple(FACTORS.get(analyte, ()))


def reckoned(analyte: str, value: Decimal, unit: str) -> Fraction:
    """The value in the analyte's reckoning unit, exactly.

    Raises `UnitError` when the analyte has no table or the table does not hold the unit.
    """
    known = FACTORS.get(analyte)
    if known is None:
        raise UnitError(f"{analyte}: no units are known for it")
    by_case = {name.lower(): factor for name, factor in known.items()}
    factor = known.get(plain(unit)) or by_case.get(plain(unit).lower())
    if factor is None:
        raise UnitError(f"{analyte}: {unit or 'no unit'} is not one of {', '.join(known)}")
    return Fraction(value) * factor


def converted(analyte: str, value: Decimal, unit: str, to: str) -> Fraction:
    """The value in another of the analyte's units, exactly. Raises `UnitError` as `reckoned` does."""
    return reckoned(analyte, value, unit) / reckoned(analyte, Decimal(1), to)


def shown(analyte: str, value: Decimal, unit: str) -> str:
    """The value in the reckoning unit, for a person: «215 mg/L», «about 1.504 mg/dL» where it does not end by then.

    Empty where it was typed in that unit. Raises `UnitError` as `reckoned` does.
    """
    amount = reckoned(analyte, value, unit)
    to = units_of(analyte)[0]
    if FACTORS[analyte].get(plain(unit)) == 1 and plain(unit).lower() == to.lower():
        return ""
    return f"{rounded(amount)} {to}"


def rounded(amount: Fraction) -> str:
    """Four significant digits at least, whole ones all; «about» where that is not the exact amount."""
    exact = Decimal(amount.numerator) / Decimal(amount.denominator)
    digits = max(0, 3 - exact.adjusted()) if exact else 0
    near = exact.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)
    text = f"{near:,f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text if Fraction(near) == amount else f"about {text}"


def quantity(analyte: str, unit: str) -> str | None:
    """Which analyte a result is of, once its unit is known: the unit of a D-dimer says whether it is FEU or DDU.

    None for a D-dimer whose unit says neither: it may be either, and is joined with none.
    """
    if analyte not in D_DIMER:
        return analyte
    said = [name for kind, name in _KINDS.items() if kind in unit.upper().split()]
    return said[0] if len(said) == 1 else None


def neutrophils(count: Laboratory) -> Laboratory:
    """An ANC in 10^9/L, in which rules read it: value and limits exactly. Without a unit it is in 10^9/L (case format).

    In a unit that the table does not hold it has no value: then it is unknown, never read as another number.
    """
    if count.unit is None:
        return count
    to = units_of("anc")[0]
    try:
        factor = converted("anc", Decimal(1), count.unit, to)
    except UnitError:
        return replace(count, value=None, lower_limit=None, upper_limit=None)

    def exact(amount: Decimal | None) -> Decimal | None:
        return None if amount is None else amount * factor.numerator / factor.denominator

    return replace(
        count,
        value=exact(count.value),
        unit=to,
        lower_limit=exact(count.lower_limit),
        upper_limit=exact(count.upper_limit),
    )
