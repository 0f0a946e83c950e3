"""Which doses does a suggestion offer, and which line of each would be copied into an ordering system?

A line orders nothing. Route, length and interval stand in it where the protocol gives them; the rest is the
prescriber's.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from grading.drugs import TOCILIZUMAB
from grading.numbers import dose as shown
from grading.result import Dose, MissingDose, Suggestion

_TOCILIZUMAB_STEPS: Final = frozenset({"tocilizumab", "repeat-tocilizumab"})
OFF: Final = Decimal("0.1")  # a dose or a weight further off than a tenth is asked about


@dataclass(frozen=True, slots=True)
class Offered:
    """One dose that may be accepted by itself: the drug, the amount with its arithmetic, the upper end of a range."""

    drug: str
    dose: Dose
    up_to: Dose | None = None
    route: str | None = None  # a key of `words.ROUTES`, where the protocol gives one route only

    @property
    def amount(self) -> str:
        """«568 mg», «120 mg to 1,000 mg every 24 h»."""
        least = f"{shown(self.dose.amount)} {self.dose.unit}"
        range_ = f" to {shown(self.up_to.amount)} {self.up_to.unit}" if self.up_to else ""
        every = f" every {self.dose.every_h} h" if self.dose.every_h else ""
        return f"{least}{range_}{every}"

    @property
    def line(self) -> str:
        """«tocilizumab 568 mg intravenously over 1 hour (8 mg/kg × 71 kg = 568 mg; limit 800 mg)»."""
        how = " intravenously over 1 hour" if self.drug == TOCILIZUMAB else ""
        return f"{self.drug} {self.amount}{how} ({self.dose.working})"


def drug_of(suggestion: Suggestion, dose: Dose | MissingDose) -> str | None:
    """The generic name of the drug dosed; None where the step names none."""
    return dose.drug or (TOCILIZUMAB if suggestion.id in _TOCILIZUMAB_STEPS else None)


def offered(suggestion: Suggestion) -> tuple[Offered, ...]:
    """The doses of a suggestion that can be computed, in its order; a second step (`then`) comes days later."""
    doses = (suggestion.dose, *suggestion.choices)
    found = []
    for dose in doses:
        drug = drug_of(suggestion, dose) if dose is not None else None
        if isinstance(dose, Dose) and drug is not None:
            up_to = suggestion.up_to if dose is suggestion.dose else None
            found.append(Offered(drug, dose, up_to, "iv" if drug == TOCILIZUMAB else None))
    return tuple(found)


def is_off(given: Decimal, computed: Decimal) -> bool:
    """Is a dose more than a tenth off the computed one? Never clipped, only asked about."""
    return abs(given - computed) > OFF * computed


def in_milligrams(amount: Decimal, unit: str) -> Decimal | None:
    """An amount in mg; None for a unit that is no mass."""
    factor = {"mg": Decimal(1), "g": Decimal(1000), "mcg": Decimal("0.001")}.get(" ".join(unit.split()).lower())
    return None if factor is None else amount * factor
