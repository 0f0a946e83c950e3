"""Which patients of one list could be taken for one another? Same family name, or one letter apart."""

from collections import defaultdict
from collections.abc import Iterable

from patients.models import Patient


def alike(patients: Iterable[Patient]) -> frozenset[int]:
    """The keys of those whose family name, without case, is another's or one letter away from it.

    Two names are one letter apart when leaving out at most one letter of each, at the same place where both are left
    out, makes them the same: so each name is filed under its few shortenings, and nothing is compared pair by pair.
    """
    names = {patient.pk: patient.family_name.casefold() for patient in patients}
    filed: dict[tuple[str, int] | str, set[int]] = defaultdict(set)
    for pk, name in names.items():
        filed[name].add(pk)
        for place in range(len(name)):
            shorter = name[:place] + name[place + 1 :]
            filed[shorter, place].add(pk)  # meets a name with another letter at that place
            filed[shorter].add(pk)  # meets a name without that letter
    found: set[int] = set()
    whole = set(names.values())
    for key, keys in filed.items():
        if len(keys) > 1 and (not isinstance(key, str) or key in whole):
            found |= keys
    return frozenset(found)
