"""Which vasopressor rates are possible, as a database constraint (rules 1.6)?"""

from django.db import models
from django.db.models import Q

from grading.limits import RATES


def rate_possible(name: str) -> models.CheckConstraint:
    """In a unit of its agent, over 0 and at most what `grading.limits` gives that agent in that unit."""
    allowed = Q(rate__isnull=True, unit__isnull=True)
    for agent, by_unit in RATES.items():
        for unit, limit in by_unit.items():
            allowed |= Q(agent=agent, unit=unit, rate__gt=limit.possible.low, rate__lte=limit.possible.high)
    return models.CheckConstraint(
        condition=allowed,
        name=name,
        violation_error_message="rate: with a unit of its agent, over 0 and no more than the agent's limit.",
    )
