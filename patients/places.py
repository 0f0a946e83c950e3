"""In which order do patients lie on a ward, and whose names could be taken for one another there?"""

import re
from collections import defaultdict
from collections.abc import Iterable

from patients.models import Death, Patient


def by_bed(patient: Patient) -> tuple[object, ...]:
    """Sorts by ward, then bed with its numbers as numbers: bed 2 before bed 10. Without a bed last."""
    ward = patient.ward
    label = patient.bed.label if patient.bed else ""
    parts = [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in re.findall("[0-9]+|[^0-9]+", label)]
    return (ward.name if ward else "", not label, parts, patient.family_name.casefold(), patient.pk)


def alike_on_ward(patients: Iterable[Patient]) -> dict[int, tuple[Patient, ...]]:
    """`alike` among those of one ward. Who was discharged, or died, is for the caller to leave out."""
    on_ward: dict[int | None, list[Patient]] = defaultdict(list)
    for patient in patients:
        on_ward[patient.ward.pk if patient.ward else None].append(patient)
    return {key: like for there in on_ward.values() for key, like in alike(there).items()}


def alike(patients: Iterable[Patient]) -> dict[int, tuple[Patient, ...]]:
    """By key, those whose family name, without case, is theirs or one letter away from it, by bed.

    Two names are one letter apart when leaving out at most one letter of each, at the same place where both are left
    out, makes them the same: so each name is filed under its few shortenings, and nothing is compared pair by pair.
    """
    names = {patient: patient.family_name.casefold() for patient in patients}
    whole: dict[str, set[Patient]] = defaultdict(set)
    without: dict[tuple[str, int], set[Patient]] = defaultdict(set)
    shorter: dict[str, set[Patient]] = defaultdict(set)
    for patient, name in names.items():
        whole[name].add(patient)
        for place in range(len(name)):
            less = name[:place] + name[place + 1 :]
            without[less, place].add(patient)  # meets a name with another letter at that place
            shorter[less].add(patient)  # meets a name without that letter
    others: dict[int, set[Patient]] = defaultdict(set)
    for same in (*whole.values(), *without.values()):
        for one in same if len(same) > 1 else ():
            others[one.pk] |= same - {one}
    for name, named in whole.items():
        for one in named:
            for longer in shorter.get(name, ()):
                others[one.pk].add(longer)
                others[longer.pk].add(one)
    return {key: tuple(sorted(like, key=by_bed)) for key, like in others.items()}


def alike_where_they_lie(patients: Iterable[Patient]) -> dict[int, tuple[Patient, ...]]:
    """`alike_on_ward` for who lies there with these, whether or not they are among them. Eight queries at most."""
    wards = {ward.pk: ward for patient in patients if (ward := patient.ward) is not None and not patient.discharged}
    lying = list(Patient.objects.lying_on(list(wards.values())).present()) if wards else []
    died = set(Death.objects.standing().filter(patient__in=lying).values_list("patient_id", flat=True))
    return alike_on_ward(one for one in lying if one.pk not in died)


def like_names(patient: Patient) -> tuple[Patient, ...]:
    """Who lies on this patient's ward with a like name; nobody where the patient has left it. One query, where nobody
    has."""
    if patient.ward is None or patient.discharged:
        return ()
    like = alike(Patient.objects.lying_on([patient.ward])).get(patient.pk, ())
    died = set(Death.objects.standing().filter(patient__in=like).values_list("patient_id", flat=True)) if like else ()
    return tuple(one for one in like if one.pk not in died)


def name_and_bed(patient: Patient) -> str:
    """«SMITH, John, bed 4»."""
    where = f"bed {patient.bed}" if patient.bed else "no bed"
    return f"{patient.family_name.upper()}, {patient.given_name}, {where}"
