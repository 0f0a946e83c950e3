"""Monitoring pauses while a patient is off the ward, and goes on when the patient is back. No grade changes by it."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from patients.actions.act import WHOLE, Entry, Refused, perform
from patients.actions.checks import shown, still_holds, while_alive
from patients.models import Patient, Pause, PauseEnd, Placement, User, WardSettings
from patients.pauses import pauses_of


def pause_monitoring(
    *,
    by: User,
    submission_id: UUID,
    patient: Patient,
    reason: str,
    until: datetime | None = None,
    minutes: int | None = None,
    text: str = "",
    at: datetime | None = None,
    opened_on: int | None = None,
    confirmed: Sequence[Mapping[str, str]] = (),
) -> Pause:
    """Off the ward from `at` (None: the moment of recording), expected back at `until`, or in `minutes`; no longer than
    the ward's limit.

    While a pause holds, another one makes it longer or shorter: it keeps when it began, and `minutes` count from now.
    `opened_on` is the key of the pause that held as the form was opened (0: none).
    """

    def write(entry: Entry) -> Pause:
        last = pauses_of([patient], entry.now).get(patient.pk)
        holding = last.row if last is not None and last.away else None
        still_holds(holding, opened_on)
        if opened_on and holding is None:
            raise Refused({WHOLE: "The pause that this form was opened on is over. Open the form anew."})
        began = holding.at if holding is not None else entry.at(at)
        while_alive(patient, began)
        end = _end(entry.now if holding is not None else began, until, minutes)
        _within(patient, began, end, "minutes" if until is None else "until")
        return Pause.objects.create(
            patient=patient,
            at=began,
            reason=reason,
            text=text,
            until=end,
            confirmed=list(confirmed),
            **entry.columns,
        )

    return perform(
        "pause_monitoring",
        by=by,
        submission_id=submission_id,
        patient=patient,
        values={
            "reason": reason,
            "until": until,
            "minutes": minutes,
            "text": text,
            "at": at,
            "opened_on": opened_on,
            "confirmed": confirmed,
        },
        write=write,
        again=lambda submission: Pause.objects.get(submission=submission),
        regrade=lambda row: [],
    )


def end_pause(*, by: User, submission_id: UUID, pause: Pause, at: datetime | None = None) -> PauseEnd:
    """The patient is back since `at` (None: the moment of recording)."""
    patient = pause.patient

    def write(entry: Entry) -> PauseEnd:
        last = pauses_of([patient], entry.now).get(patient.pk)
        if last is None or last.row != pause:
            raise Refused({WHOLE: "This pause was changed meanwhile. Open the patient's page anew."})
        if last.back_at is not None:
            first = pause.ends.standing().select_related("entered_by").earliest("id")
            raise Refused({WHOLE: f"{first.entered_by} recorded already that the patient is back."})
        back = entry.at(at)
        if back < pause.at:
            raise Refused({"at": f"Before the pause began: {shown(patient, pause.at)}."})
        return PauseEnd.objects.create(pause=pause, at=back, **entry.columns)

    return perform(
        "end_pause",
        by=by,
        submission_id=submission_id,
        patient=patient,
        values={"pause": pause, "at": at},
        write=write,
        again=lambda submission: PauseEnd.objects.get(submission=submission),
        regrade=lambda row: [],
    )


def longest_pause(patient: Patient) -> timedelta:
    """How long a pause may be on the ward that the patient lies on: its settings now."""
    last = patient.placements.standing().order_by("-at", "-id").first()
    if last is None or last.kind == Placement.Kind.DISCHARGE:
        raise Refused({WHOLE: "The patient was discharged: there is nothing to pause."})
    return timedelta(minutes=WardSettings.objects.filter(ward=last.ward_id).latest("id").pause_minutes)


def _end(start: datetime, until: datetime | None, minutes: int | None) -> datetime:
    if (until is None) is (minutes is None):
        raise Refused({"until": "Choose one of the two: for how long, or until when."})
    return until if until is not None else start + timedelta(minutes=minutes or 0)


def _within(patient: Patient, began: datetime, until: datetime, field: str) -> None:
    longest = longest_pause(patient)
    if until <= began:
        raise Refused({field: f"After {shown(patient, began)}, when it begins."})
    if until > began + longest:
        raise Refused({field: f"At most {shown(patient, began + longest)}: the ward's limit of a pause."})
