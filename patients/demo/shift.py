"""Whose patients are whose when the demo starts? The charge nurse gives out the shift that runs, where nobody has."""

from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

from patients import actions
from patients.models import Assignment, Patient, User, Ward
from patients.places import by_bed
from patients.shifts import shift_of

MINE: Final = 4  # patients of the demo's nurse, of those who lie on the ward with the most


def give_out(now: datetime) -> list[UUID]:
    """The first beds of the fullest ward become the nurse's, unless somebody has patients there in this shift already;
    the submissions. The demo's times move with the present and a shift ends by the clock: so at each start."""
    lying = {ward: sorted(Patient.objects.lying_on([ward]).present(), key=by_bed) for ward in Ward.objects.all()}
    ward = max(lying, key=lambda one: len(lying[one]))
    shift = shift_of(ward, now)
    if Assignment.objects.standing().filter(ward=ward, starts_at=shift.start).exists():
        return []
    charge, nurse = (User.objects.get(username=name) for name in ("charge", "nurse"))
    given = []
    for patient in lying[ward][:MINE]:
        given.append(uuid4())
        actions.assign(by=charge, submission_id=given[-1], patient=patient, nurse=nurse, shift=shift.start)
    return given
