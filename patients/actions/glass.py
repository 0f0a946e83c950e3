"""Opens a patient of another ward to one person, for a reason and for a time; and closes them again.

The record itself does not change by it: nothing of the patient is graded or told anew.
"""

from datetime import date, timedelta
from typing import Final
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from patients.actions.act import WHOLE, Entry, Refused, perform
from patients.actions.audit import note
from patients.models import AuditEntry, BrokenGlass, GlassEnd, Patient, User, Ward
from patients.models.audit import SITE
from patients.models.glass import OPEN_FOR
from patients.permissions import require, ward_patients

PAGE: Final = "break_glass"  # in the audit trail: where a number was tried that no patient has
TRIES: Final = 10  # wrong ones: enough for slips on a tired night, too few to find numbers by trying
WITHIN: Final = timedelta(minutes=15)
NOBODY: Final = "No patient has this number and this birth date. Check both with the ward."
TOO_MANY: Final = (
    f"{TRIES} times in {WITHIN // timedelta(minutes=1)} min no patient was found: wait, and check the number with the "
    "ward. Each try is in the audit trail."
)


def break_glass(*, by: User, submission_id: UUID, mrn: str, birth_date: date, reason: str, text: str) -> BrokenGlass:
    """Opens the patient with exactly this number and birth date to `by`, for `OPEN_FOR`.

    Raises `Refused` where nobody has both (which of the two is wrong is not said), after too many such tries, and for a
    patient of the user's own wards.
    """
    require(by, "break_glass")
    found = _sought(by, mrn, birth_date)
    if found is None:
        raise Refused({"mrn": NOBODY})
    patient, ward = found

    def write(entry: Entry) -> BrokenGlass:
        if ward_patients(by).filter(pk=patient.pk).exists():
            raise Refused({WHOLE: "This patient is of your wards: open them from the list of patients."})
        opening = BrokenGlass.objects.create(
            patient=patient,
            ward=ward,
            reason=reason,
            text=text,
            until=entry.submission.entered_at + OPEN_FOR,
            **entry.columns,
        )
        note("break-glass", by=by, ward=ward, patient=patient, details={"glass": opening, "reason": reason})
        return opening

    return perform(
        "break_glass",
        by=by,
        submission_id=submission_id,
        wards=[ward],
        values={"patient": patient, "reason": reason, "text": text},
        write=write,
        again=lambda submission: BrokenGlass.objects.get(submission=submission),
    )


def mend_glass(*, by: User, submission_id: UUID, opening: BrokenGlass) -> GlassEnd:
    """Closes the patient to `by` before the time is over, whatever else of theirs still held them open."""

    def write(entry: Entry) -> GlassEnd:
        open_now = BrokenGlass.objects.open(entry.now).filter(entered_by=by, patient=opening.patient_id)
        ends = [GlassEnd.objects.create(glass=one, **entry.columns) for one in open_now.order_by("-until")]
        if not ends:
            raise Refused({WHOLE: "The patient is closed already."})
        note("glass-mended", by=by, ward=opening.ward, patient=opening.patient, details={"glass": opening})
        return ends[0]

    return perform(
        "mend_glass",
        by=by,
        submission_id=submission_id,
        wards=[opening.ward],
        values={"opening": opening},
        write=write,
        again=lambda submission: GlassEnd.objects.filter(submission=submission).latest("glass__until"),
    )


def note_refused(*, by: User, patient: int, page: str, status: int) -> None:
    """Notes that a patient was refused to the user (403 or 404), on the chain of the patient's ward. `patient` is a key
    from an address: for one whom nobody has there is nothing to note."""
    found = Patient.objects.filter(pk=patient).first()
    if found is not None:
        with transaction.atomic():
            note("refused", by=by, ward=found.ward, patient=found, details={"page": page, "status": status})


@transaction.atomic
def _sought(by: User, mrn: str, birth_date: date) -> tuple[Patient, Ward] | None:
    """`_with`, and a note of the try where there is nobody. Raises `Refused` after too many: of tries that are sent at
    once each waits for the one before, and counts it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('glass tried by ' || %s, 0))", [by.pk])
    if _tries_of(by) >= TRIES:
        raise Refused({WHOLE: TOO_MANY})
    found = _with(mrn, birth_date)
    if found is None:
        note("refused", by=by, details={"page": PAGE})
    return found


def _with(mrn: str, birth_date: date) -> tuple[Patient, Ward] | None:
    """The one patient with this number, blanks aside, and this birth date, and the ward that they lie on or left."""
    same = [one for one in Patient.objects.numbered(mrn) if one.birth_date == birth_date]
    if len(same) != 1 or same[0].ward is None:
        return None
    return same[0], same[0].ward


def _tries_of(user: User) -> int:
    """How often lately the user gave a number and a birth date that no patient has."""
    since = timezone.now() - WITHIN
    tried = AuditEntry.objects.filter(chain=SITE, by=user, at__gt=since, event="refused", details__page=PAGE)
    return tried.count()
