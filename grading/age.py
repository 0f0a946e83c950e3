"""How old is the patient at a moment, and which limits follow from it?"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from grading.record import Infusion, Patient

_DAYS_A_YEAR = Fraction(1461, 4)


@dataclass(frozen=True, slots=True)
class Age:
    """`completed_years` at the moment; `under_one_month` for the newborn's pressure limit."""

    completed_years: int
    under_one_month: bool

    @property
    def adult(self) -> bool:
        return self.completed_years >= 18

    def systolic_limit(self) -> Decimal:
        """The age's lower limit of systolic pressure, mmHg [H, after PALS]."""
        if self.under_one_month:
            return Decimal(60)
        if self.completed_years < 1:
            return Decimal(70)
        if self.completed_years < 10:
            return Decimal(70 + 2 * self.completed_years)
        return Decimal(90)


def age_at(patient: Patient, infusion: Infusion, at: datetime) -> Age:
    """The age at `at` (UTC). An age in years is that of the infusion's start, and grows with the course.

    Raises `ValueError` if neither an age nor a birth date is charted.
    """
    if patient.birth_date is not None:
        born, today = patient.birth_date, at.date()
        years = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
        months = (today.year - born.year) * 12 + today.month - born.month - (today.day < born.day)
        return Age(years, months < 1)
    if patient.age_years is None:
        raise ValueError("patient: an age or a birth date is needed")
    elapsed = max(at - infusion.started_at, timedelta(0))
    exact = Fraction(patient.age_years) + Fraction(elapsed // timedelta(seconds=1), 86400) / _DAYS_A_YEAR
    return Age(int(exact), exact * 12 < 1)
