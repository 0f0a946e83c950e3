"""How old is the patient at a moment, and which limits follow from it?"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Final

from grading.record import Infusion, Patient

_DAYS_A_YEAR = Fraction(1461, 4)
ADULT_YEARS: Final = 18
# The lower limit of systolic pressure, mmHg [H, after PALS]
NEWBORN_SYSTOLIC: Final = 60  # under 1 month
INFANT_SYSTOLIC: Final = 70  # 1 to 11 months
CHILD_SYSTOLIC: Final = 70  # from 1 year, and so much more for each completed year
CHILD_SYSTOLIC_A_YEAR: Final = 2
GROWN_YEARS: Final = 10
GROWN_SYSTOLIC: Final = 90


@dataclass(frozen=True, slots=True)
class Age:
    """`completed_years` at the moment; `under_one_month` for the newborn's pressure limit."""

    completed_years: int
    under_one_month: bool

    @property
    def adult(self) -> bool:
        return self.completed_years >= ADULT_YEARS

    def systolic_limit(self) -> Decimal:
        """The age's lower limit of systolic pressure, mmHg [H, after PALS]."""
        if self.under_one_month:
            return Decimal(NEWBORN_SYSTOLIC)
        if self.completed_years < 1:
            return Decimal(INFANT_SYSTOLIC)
        if self.completed_years < GROWN_YEARS:
            return Decimal(CHILD_SYSTOLIC + CHILD_SYSTOLIC_A_YEAR * self.completed_years)
        return Decimal(GROWN_SYSTOLIC)


def systolic_limits_in_words() -> str:
    """The limits by age, mmHg, for a sheet of paper."""
    child = f"{CHILD_SYSTOLIC} + {CHILD_SYSTOLIC_A_YEAR} × age in completed years"
    return (
        f"under 1 month {NEWBORN_SYSTOLIC}; 1 to 11 months {INFANT_SYSTOLIC}; "
        f"1 to {GROWN_YEARS - 1} years {child}; {GROWN_YEARS} years and over {GROWN_SYSTOLIC}"
    )


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
