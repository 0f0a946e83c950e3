"""Which patients of the user's wards does a searched name, number or bed find?"""

from dataclasses import dataclass

from patients.formats import shown_date
from patients.models import Death, User
from patients.permissions import ward_patients
from patients.places import alike
from patients.views.banner import two_identifiers
from patients.views.patient_list import Search, is_sought

MOST = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One patient to choose from. `alike`: another of those found has a like name."""

    pk: int
    who: str
    born: str
    place: str
    alike: bool


def found_by(user: User, sought: str) -> list[Found]:
    """Those found, discharged ones too, by name; at most 20."""
    patients = list(ward_patients(user).present())
    died = set(Death.objects.standing().filter(patient__in=patients).values_list("patient_id", flat=True))
    search = Search(text=sought, show="all")
    found = sorted((one for one in patients if is_sought(one, search, died)), key=two_identifiers)[:MOST]
    like = alike(found)
    return [
        Found(
            pk=one.pk,
            who=two_identifiers(one),
            born=shown_date(one.birth_date),
            place=f"{one.ward}{f', bed {one.bed.label}' if one.bed else ''}",
            alike=one.pk in like,
        )
        for one in found
    ]
