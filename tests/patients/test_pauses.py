"""Off the ward: is nothing overdue until the expected end, at once from then on, and is no grade touched by it?"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from grading.record import Oxygen
from patients import actions
from patients.models import Bed, Patient, Pause, PauseEnd, StoredVerdict, User, Ward, WardSettings
from patients.pauses import pauses_of
from patients.record import charted
from patients.views.due import Due, due_of
from patients.views.pausing import shown_pause
from tests.patients.cast import a_ward, an_assessment, hours_ago

CALM: dict[str, Any] = {
    "temperature_c": Decimal("38.5"),
    "systolic": 120,
    "hypotension": False,
    "vasopressors": (),
    "spo2_percent": 98,
    "oxygen": Oxygen(device="room-air"),
}  # grade 1 for certain


def paused(by: User, patient: Patient, begin: float, end: float, **said: Any) -> Pause:
    """Off the ward from `begin` to `end`, both in hours ago; an end below 0 is to come."""
    values: dict[str, Any] = {"reason": "imaging", "at": hours_ago(begin), "until": hours_ago(end)} | said
    return actions.pause_monitoring(by=by, submission_id=uuid4(), patient=patient, **values)


def back(by: User, pause: Pause, hours: float) -> PauseEnd:
    return actions.end_pause(by=by, submission_id=uuid4(), pause=pause, at=hours_ago(hours))


@pytest.fixture
def due(patient: Patient, ward: Ward) -> Callable[[float], Due | None]:
    """What is due so many hours ago, as the pages reckon it."""

    def at(hours: float) -> Due | None:
        now = hours_ago(hours)
        graded = charted([patient.infusions.get()])[0].graded().latest
        with timezone.override(ward.zone):
            return due_of(graded, now, pauses_of([patient], now).get(patient.pk))

    return at


def round_of(patient: Patient) -> datetime:
    """When the round of the last assessment is over."""
    latest = charted([patient.infusions.get()])[0].graded().latest
    assert latest is not None
    assert latest.due_at is not None
    return latest.due_at


def test_off_the_ward_nothing_is_overdue_and_from_the_expected_end_on_it_is_at_once(
    nurse: User, patient: Patient, due: Callable[[float], Due | None]
) -> None:
    an_assessment(nurse, patient, 8, **CALM)
    pause = paused(nurse, patient, 5.9, 2)
    assert round_of(patient) < pause.until
    away = due(2.01)
    assert away is not None
    assert (away.away, away.overdue, away.where, away.at) == (True, False, "In imaging", pause.until)
    over = due(2)
    assert over is not None
    assert (over.away, over.overdue, over.where, over.at) == (False, True, "In imaging", pause.until)


def test_from_the_expected_end_on_it_is_overdue_also_before_the_round_is(
    nurse: User, patient: Patient, due: Callable[[float], Due | None]
) -> None:
    an_assessment(nurse, patient, 0.2, **CALM)
    pause = paused(nurse, patient, 0.19, 0.1)
    assert round_of(patient) > hours_ago(0.05)
    over = due(0.05)
    assert over is not None
    assert (over.overdue, over.at) == (True, pause.until)


def test_who_is_back_is_due_by_the_round_and_not_since_before_they_came(
    nurse: User, patient: Patient, due: Callable[[float], Due | None]
) -> None:
    an_assessment(nurse, patient, 8, **CALM)
    pause = paused(nurse, patient, 5.9, 2)
    back(nurse, pause, 3)
    found = due(2.9)
    assert found is not None
    assert (found.overdue, found.at, found.where) == (True, hours_ago(3), "")


def test_who_was_overdue_when_they_left_is_overdue_since_then(
    nurse: User, patient: Patient, due: Callable[[float], Due | None]
) -> None:
    an_assessment(nurse, patient, 20, **CALM)
    began = round_of(patient)
    pause = paused(nurse, patient, 3, 1)
    assert (was := due(3.1)) is not None
    assert was.overdue
    assert (there := due(2)) is not None
    assert there.away
    assert (over := due(0.5)) is not None
    assert over.at <= began
    back(nurse, pause, 0.8)
    assert (after := due(0.5)) is not None
    assert (after.overdue, after.at) == (True, over.at)


def test_who_was_seen_since_they_left_is_due_by_the_round(
    nurse: User, patient: Patient, due: Callable[[float], Due | None]
) -> None:
    an_assessment(nurse, patient, 6, **CALM)
    paused(nurse, patient, 5.9, 2)
    an_assessment(nurse, patient, 2.5, **CALM)
    found = due(1.9)
    assert found is not None
    assert (found.where, found.at) == ("", round_of(patient))


def test_a_pause_hides_nobody_who_was_seen_since_they_left(
    nurse: User, patient: Patient, due: Callable[[float], Due | None]
) -> None:
    an_assessment(nurse, patient, 6, **CALM)
    pause = paused(nurse, patient, 4, 0.1)
    an_assessment(nurse, patient, 3.9, **CALM | {"systolic": 75, "hypotension": True})
    assert round_of(patient) < hours_ago(0.2) < pause.until
    found = due(0.2)
    assert found is not None
    assert (found.away, found.overdue, found.where, found.at) == (False, True, "", round_of(patient))
    graded = charted([patient.infusions.get()])[0].graded().latest
    assert shown_pause(pauses_of([patient], hours_ago(0.2))[patient.pk], graded, hours_ago(0.2)) is None


def elsewhere(nurse: User, patient: Patient, ward: Ward) -> None:
    actions.transfer(by=nurse, submission_id=uuid4(), patient=patient, ward=a_ward(nurse, "Ward 8"), at=hours_ago(1))


def out_and_in(nurse: User, patient: Patient, ward: Ward) -> None:
    actions.discharge(by=nurse, submission_id=uuid4(), patient=patient, at=hours_ago(1))
    actions.readmit(by=nurse, submission_id=uuid4(), patient=patient, ward=ward, at=hours_ago(0.5))


@pytest.mark.parametrize("leave", [elsewhere, out_and_in])
def test_a_pause_outlives_no_transfer_to_another_ward_and_no_discharge(
    nurse: User, ward: Ward, patient: Patient, leave: Callable[[User, Patient, Ward], None]
) -> None:
    paused(nurse, patient, 2, -1)
    leave(nurse, patient, ward)
    now = hours_ago(0)
    assert pauses_of([patient], now) == {}
    again = paused(nurse, patient, 0.25, 0.1, opened_on=0)
    assert pauses_of([patient], now)[patient.pk].row == again
    late = paused(nurse, patient, 2.9, 2.5)  # entered last, of the ward that was left
    assert late.pk > again.pk
    assert pauses_of([patient], now)[patient.pk].row == again


def test_in_another_bed_of_the_ward_the_patient_is_off_it_as_before(nurse: User, ward: Ward, patient: Patient) -> None:
    pause = paused(nurse, patient, 2, -1)
    bed = Bed.objects.create(ward=ward, label="7")
    actions.transfer(by=nurse, submission_id=uuid4(), patient=patient, ward=ward, bed=bed, at=hours_ago(1))
    assert pauses_of([patient], hours_ago(0))[patient.pk].row == pause


def test_a_pause_touches_no_grade_and_values_run_out_all_the_same(nurse: User, patient: Patient) -> None:
    an_assessment(nurse, patient, 6, **CALM)
    course = charted([patient.infusions.get()])[0]
    before, stored = course.graded(), StoredVerdict.objects.count()
    paused(nurse, patient, 5, 1.5)
    assert charted([patient.infusions.get()])[0].graded() == before
    assert StoredVerdict.objects.count() == stored
    latest = before.latest
    assert latest is not None
    assert all(one.runs_out_at is not None for one in latest.in_force if one.field == "temperature_c")


@pytest.mark.parametrize("minutes", [30, 240])
def test_a_pause_is_no_longer_than_the_wards_limit(nurse: User, ward: Ward, patient: Patient, minutes: int) -> None:
    now = ward.current
    WardSettings.objects.create(
        ward=ward,
        version="another",
        default_protocol=now.default_protocol,
        pause_minutes=minutes,
        submission=now.submission,
        entered_by=nurse,
    )
    began = hours_ago(1)
    longest = began + timedelta(minutes=minutes)
    with pytest.raises(actions.Refused, match="the ward's limit of a pause") as refused:
        paused(nurse, patient, 1, 0, until=longest + timedelta(seconds=1))
    assert set(refused.value.errors) == {"until"}
    assert paused(nurse, patient, 1, 0, until=longest).until == longest


def test_while_it_holds_a_pause_is_made_longer_and_keeps_when_it_began(nurse: User, patient: Patient) -> None:
    first = paused(nurse, patient, 1, -1)
    longer = paused(nurse, patient, 0, -2, reason="procedure", opened_on=first.pk)
    assert (longer.at, longer.until) == (first.at, hours_ago(-2))
    now = datetime.now(UTC)
    assert pauses_of([patient], now)[patient.pk].row == longer
    with pytest.raises(actions.Refused, match="limit"):
        paused(nurse, patient, 0, -3.5)
    back(nurse, longer, 0)
    again = paused(nurse, patient, 0, -3.5)
    assert again.at > first.at


def test_the_second_of_two_who_pause_is_told_of_the_first(nurse: User, physician: User, patient: Patient) -> None:
    paused(physician, patient, 1, -1, opened_on=0)
    with pytest.raises(actions.Refused, match=f"{physician} changed this meanwhile"):
        paused(nurse, patient, 1, -2, opened_on=0)
    assert Pause.objects.count() == 1


def test_a_pause_ends_once_and_not_before_it_began(nurse: User, physician: User, patient: Patient) -> None:
    pause = paused(nurse, patient, 2, -1)
    with pytest.raises(actions.Refused, match="Before the pause began"):
        back(nurse, pause, 2.1)
    back(physician, pause, 1)
    with pytest.raises(actions.Refused, match=f"{physician} recorded already"):
        back(nurse, pause, 0.5)
    assert PauseEnd.objects.count() == 1


def test_what_was_done_is_recordable_afterwards(nurse: User, patient: Patient) -> None:
    pause = paused(nurse, patient, 5, 4)
    back(nurse, pause, 4.2)
    assert not pauses_of([patient], hours_ago(0))[patient.pk].over


def test_nobody_is_paused_after_a_discharge_or_a_death(nurse: User, physician: User, patient: Patient) -> None:
    actions.discharge(by=nurse, submission_id=uuid4(), patient=patient, at=hours_ago(3))
    with pytest.raises(actions.Refused, match="discharged"):
        paused(nurse, patient, 1, 0)
    actions.readmit(by=nurse, submission_id=uuid4(), patient=patient, ward=patient.placements.first().ward)  # type: ignore[union-attr]
    actions.record_death(by=physician, submission_id=uuid4(), patient=patient, at=hours_ago(2), due_to_crs=False)
    with pytest.raises(actions.Refused, match="After the death"):
        paused(nurse, patient, 1, 0)
