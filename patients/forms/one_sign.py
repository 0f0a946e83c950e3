"""Which fields of the assessment form belong to one sign, charted by itself?

The form of one sign is the assessment form with nothing else in it: the same fields, limits, questions and draft.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from django.http import QueryDict

from patients.drafts import FILLED
from patients.forms.acts import CONFIRMED, FILL
from patients.forms.assessment_vasopressors import ALL_SAME, NONE_RUNNING
from patients.forms.vasopressor_row import PREFIX

ALWAYS: Final = frozenset({"submission_id", "seen_at", "observed_by", CONFIRMED, FILL, FILLED})


@dataclass(frozen=True, slots=True)
class Sign:
    """`fields` are drawn in their order; `hidden` ones belong to them. Vasopressors are rows."""

    name: str
    fields: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    rows: bool = False

    def only(self, posted: QueryDict) -> QueryDict:
        """What was posted of this sign: another field, wherever it comes from, is not charted."""
        mine = {*ALWAYS, *self.fields, *self.hidden}
        kept = QueryDict(mutable=True)
        for name in posted:
            if name in mine or (self.rows and (name in (NONE_RUNNING, ALL_SAME) or name.startswith(f"{PREFIX}-"))):
                kept.setlist(name, posted.getlist(name))
        return kept


SIGNS: Final[Mapping[str, Sign]] = MappingProxyType(
    {
        "temperature": Sign("Temperature", ("temperature",)),
        "pressure": Sign("Blood pressure", ("systolic", "diastolic", "mean")),
        "heart-rate": Sign("Heart rate", ("heart_rate",)),
        "respiratory-rate": Sign("Respiratory rate", ("respiratory_rate",)),
        "spo2": Sign("SpO2", ("spo2",)),
        "oxygen": Sign(
            "Oxygen", ("oxygen_device", "oxygen_flow", "fio2", "for_hypoxia"), ("oxygen_standing", "oxygen_same")
        ),
        "vasopressors": Sign("Vasopressors", rows=True),
        "consciousness": Sign("Consciousness", ("consciousness",)),
    }
)
