"""Something is entered from paper: who observed it, beside who transcribes it, and when it was, never «now»."""

from datetime import datetime
from typing import Any

from patients.actions.act import Refused
from patients.models import Patient, Placement, User


def observer(patient: Patient, observed_by: str, at: datetime | None) -> dict[str, Any]:
    """The columns of `Transcribed` for the name as typed; `at` is the measured time as typed.

    A name that one person of the patient's ward alone has is that person. Raises `Refused` without a time: the moment
    of recording is not when it was observed.
    """
    name = " ".join(observed_by.split())
    if not name:
        return {"observed_by_text": "", "observed_by": None}
    if at is None:
        raise Refused({"at": "From paper: type when it was observed, as the sheet says."})
    place = Placement.objects.standing().filter(patient=patient).order_by("-at", "-id").first()
    staff = User.objects.filter(wards=place.ward_id) if place is not None else User.objects.none()
    called = [one for one in staff if str(one).casefold() == name.casefold()]
    return {"observed_by_text": name, "observed_by": called[0] if len(called) == 1 else None}
