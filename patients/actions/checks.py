"""What must hold between rows of a patient, which no constraint of one table can say?"""

from datetime import UTC, datetime, tzinfo

from patients.actions.act import WHOLE, Refused
from patients.models import Death, Patient, Placement
from patients.models.submission import EnteredRow


def shown(patient: Patient, at: datetime) -> str:
    """A moment as the patient's ward reads it: 05-Jan-2026 04:28."""
    return f"{at.astimezone(_zone(patient)):%d-%b-%Y %H:%M}"


def after_birth(patient: Patient, at: datetime, field: str = "at") -> None:
    """Raises `Refused` on a day before the birth, by the ward's calendar (rules 1.6)."""
    if at.astimezone(_zone(patient)).date() < patient.birth_date:
        raise Refused({field: f"Before the birth on {patient.birth_date:%d-%b-%Y}."})


def while_alive(patient: Patient, at: datetime, field: str = "at") -> None:
    """Raises `Refused` on a time before the birth, or after a charted death."""
    after_birth(patient, at, field)
    death = Death.objects.standing().filter(patient=patient).first()
    if death is not None and at > death.at:
        raise Refused({field: f"After the death that was charted for {shown(patient, death.at)}."})


def still_holds(latest: EnteredRow | None, opened_on: int | None) -> None:
    """Raises `Refused` where `latest` is not the row of the key `opened_on` (0: none; None: any may hold)."""
    if opened_on is not None and latest is not None and latest.pk != opened_on:
        raise Refused({WHOLE: f"{latest.entered_by} changed this meanwhile. Record again to see what."})


def _zone(patient: Patient) -> tzinfo:
    last = Placement.objects.filter(patient=patient).select_related("ward").order_by("-at", "-id").first()
    return last.ward.zone if last is not None else UTC
