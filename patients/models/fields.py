"""How is a number kept exactly as it was charted?"""

from typing import TYPE_CHECKING, Any, TypeVar

from django.db import models

SetTo = TypeVar("SetTo", contravariant=True)
Read = TypeVar("Read", covariant=True)

if TYPE_CHECKING:
    DecimalField = models.DecimalField
else:

    class DecimalField(models.DecimalField):
        """Django's field, which its stubs know as generic."""

        def __class_getitem__(cls, parameters: Any) -> type:
            return cls


class ExactDecimalField(DecimalField[SetTo, Read]):
    """A decimal in PostgreSQL's unconstrained `numeric`, which keeps the digits as charted.

    38.0 comes back as 38.0, not as 38 or 38.000000: recorded precision is part of the record. The range is the
    business of a named constraint, which also refuses NaN and infinities (both compare above every number).
    """

    def __init__(self, verbose_name: str | None = None, **options: Any) -> None:
        options.setdefault("max_digits", 24)
        options.setdefault("decimal_places", 12)
        super().__init__(verbose_name, **options)

    def db_type(self, connection: Any) -> str:
        return "numeric"

    def deconstruct(self) -> Any:
        name, path, positional, options = super().deconstruct()
        del options["max_digits"], options["decimal_places"]
        return name, path, positional, options
