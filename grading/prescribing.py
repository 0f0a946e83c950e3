"""Which doses does a suggestion offer, and which line of each would be copied into an ordering system?

A line orders nothing. Route, length and interval stand in it where the protocol gives them; the rest is the
prescriber's.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Computed:
    """A computed dose to compare a given one with; `up_to` is the upper end where the source prints a range."""

    drug: str
    amount: str  # as shown
    working: str
    least: Decimal
    unit: str
    up_to: Decimal | None = None

    def fits(self, given: Decimal, unit: str) -> bool | None:
        """Is the given dose within a tenth of it, or within its range? None where the units cannot be compared."""
        dose, least = _same_unit(given, unit, self.unit), self.least
        if dose is None:
            return None
        within = self.up_to is not None and least <= dose <= self.up_to
        return within or not is_off(dose, least) or (self.up_to is not None and not is_off(dose, self.up_to))

    @classmethod
    def from_document(cls, shown: Mapping[str, Any]) -> "Computed | None":
        """The dose that a decision kept with it; None where it kept none."""
        dose, up_to = shown.get("dose"), shown.get("up_to")
        if not isinstance(dose, Mapping):
            return None
        return cls(
            drug=str(shown.get("drug") or dose.get("drug") or ""),
            amount=str(shown.get("amount") or f"{dose['amount']} {dose['unit']}"),
            working=str(dose.get("working") or ""),
            least=Decimal(str(dose["amount"])),
            unit=str(dose["unit"]),
            up_to=Decimal(str(up_to["amount"])) if isinstance(up_to, Mapping) else None,
        )

    @classmethod
    def of(cls, one: Offered) -> "Computed":
        return cls(
            drug=one.drug,
            amount=one.amount,
            working=one.dose.working,
            least=one.dose.amount,
            unit=one.dose.unit,
            up_to=one.up_to.amount if one.up_to else None,
        )


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


_MASS: Final = {"mg": Decimal(1), "g": Decimal(1000), "mcg": Decimal("0.001")}


def _same_unit(amount: Decimal, unit: str, wanted: str) -> Decimal | None:
    """The amount in the wanted unit: the same one, or one mass in another; None where that cannot be said."""
    typed = " ".join(unit.split()).lower()
    if typed == wanted.lower():
        return amount
    if typed in _MASS and wanted in _MASS:
        return amount * _MASS[typed] / _MASS[wanted]
    return None
