"""What must hold between rows of a patient, which no constraint of one table can say?"""

from datetime import UTC, date, datetime, tzinfo

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


def born_before(patient: Patient, birth_date: date, words: str = "") -> None:
    """Raises `Refused` where the birth date lies after the first of what was charted of this patient."""
    charted = [
        *patient.assessments.standing().order_by("at").values_list("at", flat=True)[:1],
        *patient.infusions.standing().values_list("started_at", flat=True),
    ]
    if any(birth_date > moment.date() + date.resolution for moment in charted):
        said = f"{words} after what was charted of this patient.".strip()
        raise Refused({"birth_date": said[:1].upper() + said[1:]})


class HoldsNoMore(Refused):
    """Another row holds than the one that the form was opened on. Nothing was recorded."""

    def __init__(self, who: str) -> None:
        super().__init__({WHOLE: f"{who} changed this meanwhile. Record again to see what."})


def still_holds(latest: EnteredRow | None, opened_on: int | None) -> None:
    """Raises `HoldsNoMore` where `latest` is not the row of the key `opened_on` (0: none; None: any may hold)."""
    if opened_on is None or opened_on == (latest.pk if latest is not None else 0):
        return
    raise HoldsNoMore(str(latest.entered_by) if latest is not None and latest.pk > opened_on else "Somebody")


def _zone(patient: Patient) -> tzinfo:
    last = Placement.objects.standing().filter(patient=patient).select_related("ward").order_by("-at", "-id").first()
    return last.ward.zone if last is not None else UTC
