"""A screen on the wall of a ward: opened, let in by its code, revoked."""

from uuid import UUID

from django.utils import timezone

from patients.actions.act import Entry, Refused, perform
from patients.displays import opened_with, token_for, token_hash
from patients.models import DisplayPairing, DisplayRevocation, User, WallDisplay, Ward
from patients.permissions import may

NO_SUCH_CODE = "No display waits for this code. It holds for 15 minutes and for one screen: open a new one on the ward."


def open_display(*, by: User, submission_id: UUID, ward: Ward, label: str) -> WallDisplay:
    """A display that shows this ward to whoever stands before it, once a screen was let in with its code."""
    return perform(
        "open_display",
        by=by,
        submission_id=submission_id,
        wards=[ward],
        values={"ward": ward, "label": label},
        write=lambda entry: WallDisplay.objects.create(ward=ward, label=label, **entry.columns),
        again=lambda submission: WallDisplay.objects.get(submission=submission),
    )


def pair_display(*, submission_id: UUID, code: str) -> str:
    """Lets the screen in on which the code was typed, in the name of whoever opened the display: nobody is signed in
    there. Returns the token that it proves itself with. Raises `Refused`, also where they may no longer open one."""
    display = opened_with(code, timezone.now())
    if display is None or not may(display.entered_by, "pair_display"):
        raise Refused({"code": NO_SUCH_CODE})
    token = token_for(display, submission_id)

    def write(entry: Entry) -> DisplayPairing:
        if DisplayPairing.objects.filter(display=display).exists():
            raise Refused({"code": NO_SUCH_CODE})
        return DisplayPairing.objects.create(display=display, token_hash=token_hash(token), **entry.columns)

    perform(
        "pair_display",
        by=display.entered_by,
        submission_id=submission_id,
        wards=[display.ward],
        values={"display": display},
        write=write,
        again=lambda submission: DisplayPairing.objects.get(submission=submission),
    )
    return token


def revoke_display(*, by: User, submission_id: UUID, display: WallDisplay) -> DisplayRevocation:
    """The screen shows nothing from now on, and its token opens nothing again."""

    def write(entry: Entry) -> DisplayRevocation:
        if DisplayRevocation.objects.filter(display=display).exists():
            raise Refused({"": f"{display.label} was revoked already."})
        return DisplayRevocation.objects.create(display=display, **entry.columns)

    return perform(
        "revoke_display",
        by=by,
        submission_id=submission_id,
        wards=[display.ward],
        values={"display": display},
        write=write,
        again=lambda submission: DisplayRevocation.objects.get(submission=submission),
    )
