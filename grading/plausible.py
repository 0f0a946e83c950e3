"""Which results do not fit together, so that a unit was probably mistaken? (rules 7)

[L14], case 3, prints a CRP of 21.5 mg/L beside a ferritin of 130,000: mg/dL is likely. It is asked about and never
changed.
"""

from datetime import timedelta
from fractions import Fraction
from typing import Final

from grading.limits import Asked, Meant, with_unit
from grading.numbers import measurement, shown_unit
from grading.record import Laboratory
from grading.units import UnitError, plain, reckoned

TOGETHER: Final = timedelta(hours=24)  # [H]: results of one day are read side by side
LOW_CRP: Final = Fraction(50)  # mg/L [H]: below it beside such a ferritin, a CRP is asked about
HIGH_FERRITIN: Final = Fraction(10_000)  # ng/mL [H]


def crp_beside_ferritin(crp: Laboratory, ferritin: Laboratory) -> Asked | None:
    """Asks about a CRP under 50 mg/L beside a ferritin of 10,000 ng/mL or more within 24 hours [H].

    `meant` offers the same number in mg/dL. None for a CRP that was not typed in mg/L, or a unit that cannot be read.
    """
    if crp.value is None or ferritin.value is None or abs(crp.at - ferritin.at) > TOGETHER:
        return None
    if plain(crp.unit or "").lower() != "mg/l" or crp.value <= 0:
        return None
    try:
        iron = reckoned("ferritin", ferritin.value, ferritin.unit or "")
    except UnitError:
        return None
    if reckoned("crp", crp.value, "mg/L") >= LOW_CRP or iron < HIGH_FERRITIN:
        return None
    typed = with_unit(crp.value, "mg/L")
    beside = f"{measurement(ferritin.value)} {shown_unit(ferritin.unit or '')}"
    meant = Meant(crp.value, "mg/dL", with_unit(crp.value, "mg/dL"))
    return Asked("value", f"CRP {typed} beside a ferritin of {beside}: mg/dL is likely [L14, H]", typed, meant)
