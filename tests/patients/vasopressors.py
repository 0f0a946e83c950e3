"""Agents as tests chart them."""

from decimal import Decimal

from grading.record import Vasopressor


def norepinephrine(rate: str, unit: str = "mcg/kg/min") -> tuple[Vasopressor, ...]:
    return (Vasopressor(agent="norepinephrine", rate=Decimal(rate), unit=unit),)
