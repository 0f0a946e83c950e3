"""Whose audit trail does an act stand in? That of every ward on which a patient of the act lies, before it or after."""

from collections.abc import Iterable, Mapping, Sequence

from patients.actions.audit import Event
from patients.models import Patient, Placement, Submission, Ward

Wards = Mapping[int, Ward]  # by the key of the patient: where they lie, or lay last


def wards_of(patients: Sequence[Patient]) -> Wards:
    """Read anew: what the patients themselves hold may be older. Nothing for one who was never placed."""
    if not patients:
        return {}
    placements = Placement.objects.standing().filter(patient__in=patients).select_related("ward")
    latest = placements.order_by("patient_id", "-at", "-id").distinct("patient_id")
    return {placement.patient_id: placement.ward for placement in latest}


def recorded(submission: Submission, before: Wards, patients: Sequence[Patient], wards: Iterable[Ward]) -> list[Event]:
    """What is noted of an act that was written: once for each patient and ward of theirs, once for each other ward; for
    an act that concerns no ward, once for the site."""
    after = wards_of(patients)
    places = {(where[one.pk], one): None for one in patients for where in (before, after) if one.pk in where}
    others = {ward: None for ward in wards if ward not in {ward for ward, _ in places}}
    nowhere = [one for one in patients if one.pk not in before and one.pk not in after]
    of: list[tuple[Ward | None, Patient | None]] = [*places, *((ward, None) for ward in others)]
    of += [(None, one) for one in nowhere]
    told = {"act": submission.act, "submission": submission.pk}
    return [
        Event(event="recorded", by=submission.entered_by, ward=ward, patient=patient, details=told)
        for ward, patient in of or [(None, None)]
    ]
