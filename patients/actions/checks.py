"""What must hold between rows of a patient, which no constraint of one table can say?"""

from datetime import UTC, datetime, timedelta

from patients.actions.act import Refused
from patients.models import Death, Patient

# Somewhere on Earth the day of birth begins 14 hours before it does in UTC; the ward's zone is finer than is needed.
EARLIEST_DAY = timedelta(hours=14)


def after_birth(patient: Patient, at: datetime, field: str = "at") -> None:
    """Raises `Refused` on a time before the birth (rules 1.6)."""
    birth = datetime.combine(patient.birth_date, datetime.min.time(), UTC) - EARLIEST_DAY
    if at < birth:
        raise Refused({field: f"Before the birth on {patient.birth_date:%d-%b-%Y}."})


def while_alive(patient: Patient, at: datetime, field: str = "at") -> None:
    """Raises `Refused` on a time before the birth, or after a charted death."""
    after_birth(patient, at, field)
    death = Death.objects.filter(patient=patient).first()
    if death is not None and at > death.at:
        raise Refused({field: f"After the death that was charted for {death.at:%d-%b-%Y %H:%M} UTC."})
