"""A ward opens, and sets its numbers and its default protocol: a new version, from now on."""

from collections.abc import Mapping, Sequence
from datetime import time
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError

from grading.settings import SettingsError, from_document
from patients.actions.act import Entry, Refused, perform
from patients.actions.checks import still_holds
from patients.models import Bed, Patient, User, Ward, WardSettings
from patients.models.ward import a_time_zone


def change_ward_settings(
    *,
    by: User,
    submission_id: UUID,
    ward: Ward,
    document: Mapping[str, Any],
    default_protocol: str,
    concern_minutes: int | None = None,
    concern_contacts: str | None = None,
    shift_starts: Sequence[time] | None = None,
    pause_minutes: int | None = None,
    idle_minutes: int | None = None,
    opened_on: int | None = None,
) -> WardSettings:
    """The settings as `grading.settings.from_document` reads them, without a version: the row gives it.

    `concern_minutes` after it was raised, a concern that nobody acknowledged shows `concern_contacts`, whom else to
    call. A shift begins at each of `shift_starts` by the ward's clock; a pause lasts `pause_minutes` at most; a
    workstation locks itself after `idle_minutes`. None leaves what holds. `opened_on`: the key of the version that they
    replace, where it must still hold. Every patient of the ward is graded anew. Raises `HoldsNoMore`, and `Refused`
    naming the setting and what is allowed.
    """

    def write(entry: Entry) -> WardSettings:
        now = ward.settings_rows.select_related("entered_by").latest("id")
        still_holds(now, opened_on)
        return write_settings(
            entry,
            ward,
            document,
            default_protocol,
            concern_minutes=now.concern_minutes if concern_minutes is None else concern_minutes,
            concern_contacts=now.concern_contacts if concern_contacts is None else concern_contacts,
            shift_starts=now.shift_starts if shift_starts is None else sorted(set(shift_starts)),
            pause_minutes=now.pause_minutes if pause_minutes is None else pause_minutes,
            idle_minutes=now.idle_minutes if idle_minutes is None else idle_minutes,
        )

    def of_ward(row: WardSettings) -> Sequence[Patient]:
        return list(Patient.objects.on_wards([ward]))

    return perform(
        "change_ward_settings",
        by=by,
        submission_id=submission_id,
        wards=[ward],
        values={
            "ward": ward,
            "document": document,
            "default_protocol": default_protocol,
            "concern_minutes": concern_minutes,
            "concern_contacts": concern_contacts,
            "shift_starts": None if shift_starts is None else [f"{start:%H:%M}" for start in shift_starts],
            "pause_minutes": pause_minutes,
            "idle_minutes": idle_minutes,
            "opened_on": opened_on,
        },
        write=write,
        again=lambda submission: WardSettings.objects.get(submission=submission),
        regrade=of_ward,
    )


def open_ward(
    *,
    by: User,
    submission_id: UUID,
    name: str,
    time_zone: str,
    default_protocol: str,
    beds: Sequence[str] = (),
    document: Mapping[str, Any] | None = None,
) -> Ward:
    """A new ward with its beds, its default protocol and its settings (the default ones without a document)."""

    def write(entry: Entry) -> Ward:
        try:
            a_time_zone(time_zone)
        except ValidationError as error:
            raise Refused({"time_zone": error.messages[0]}) from error
        if Ward.objects.filter(name=name).exists():
            raise Refused({"name": f"There is a ward {name} already."})
        ward = Ward.objects.create(name=name, time_zone=time_zone)
        write_settings(entry, ward, document or {}, default_protocol)
        Bed.objects.bulk_create(Bed(ward=ward, label=label) for label in beds)
        by.wards.add(ward)
        return ward

    return perform(
        "open_ward",
        by=by,
        submission_id=submission_id,
        values={
            "name": name,
            "time_zone": time_zone,
            "default_protocol": default_protocol,
            "beds": beds,
            "document": document,
        },
        write=write,
        again=lambda submission: WardSettings.objects.get(submission=submission).ward,
    )


def write_settings(
    entry: Entry, ward: Ward, document: Mapping[str, Any], default_protocol: str, **columns: Any
) -> WardSettings:
    if "version" in document:
        raise Refused({"version": "The version is given here, not chosen."})
    try:
        from_document(document)
    except SettingsError as error:
        path, _, allowed = str(error).partition(": ")
        raise Refused({path.removeprefix("settings."): allowed}) from error
    number = WardSettings.objects.filter(ward=ward).count() + 1
    return WardSettings.objects.create(
        ward=ward,
        version=f"ward {ward.pk}, version {number}",
        document=dict(document),
        default_protocol=default_protocol,
        **columns,
        **entry.columns,
    )
