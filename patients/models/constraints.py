"""How does the database say what may be stored? The forms of named constraints that the models share."""

from collections.abc import Iterable
from datetime import timedelta

from django.db import models
from django.db.models import F, Q

from grading.limits import LIMITS

NOT_FUTURE = timedelta(minutes=2)  # rules 1.6: how far a time may lie ahead of the server's clock


def one_of(field: str, words: Iterable[str], *, name: str) -> models.CheckConstraint:
    """A text is one of the stored names (null is «not charted» and passes)."""
    return models.CheckConstraint(
        condition=Q(**{f"{field}__in": list(words)}),
        name=name,
        violation_error_message=f"{field}: one of {', '.join(words)}.",
    )


def subset_of(field: str, words: Iterable[str], *, name: str) -> models.CheckConstraint:
    """A list holds stored names only."""
    return models.CheckConstraint(
        condition=Q(**{f"{field}__contained_by": list(words)}),
        name=name,
        violation_error_message=f"{field}: only {', '.join(words)}.",
    )


def within(field: str, of: str | None = None, *, name: str) -> models.CheckConstraint:
    """A number lies in the possible range that `grading.limits` gives it, by `of` where the column has another name."""
    limit = LIMITS[of or field]
    lower = "gt" if limit.possible.above else "gte"
    return models.CheckConstraint(
        condition=Q(**{f"{field}__{lower}": limit.possible.low, f"{field}__lte": limit.possible.high}),
        name=name,
        violation_error_message=f"{limit.label}: {limit.possible.words(limit.unit)}.".replace("%", "%%"),
    )


def grade(field: str, highest: int, *, name: str) -> models.CheckConstraint:
    """A grade is 0 to `highest`."""
    return models.CheckConstraint(
        condition=Q(**{f"{field}__gte": 0, f"{field}__lte": highest}),
        name=name,
        violation_error_message=f"{field}: 0 to {highest}.",
    )


def not_blank(field: str, *, name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=~Q(**{f"{field}__regex": r"^\s*$"}), name=name, violation_error_message=f"{field}: a text is needed."
    )


def not_ahead(name: str, field: str = "at") -> models.CheckConstraint:
    """Nothing is charted more than two minutes before it happens (rules 1.6)."""
    return models.CheckConstraint(
        condition=Q(**{f"{field}__lte": F("entered_at") + NOT_FUTURE}),
        name=name,
        violation_error_message=f"{field}: not more than 2 minutes in the future.",
    )
