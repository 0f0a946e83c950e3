"""Which shift is it by the ward's clock, also in the nights that are an hour longer or shorter?"""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from patients.models import Ward
from patients.shifts import shift_after, shift_at, shift_before, shift_of

BERLIN = ZoneInfo("Europe/Berlin")
USUAL = (time(7), time(19))


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("now", "start", "end"),
    [
        ("2026-01-05T07:00", "2026-01-05T07:00", "2026-01-05T19:00"),
        ("2026-01-05T18:59", "2026-01-05T07:00", "2026-01-05T19:00"),
        ("2026-01-05T19:00", "2026-01-05T19:00", "2026-01-06T07:00"),
        ("2026-01-06T00:30", "2026-01-05T19:00", "2026-01-06T07:00"),
        ("2026-01-06T06:59", "2026-01-05T19:00", "2026-01-06T07:00"),
    ],
)
def test_a_shift_runs_from_its_start_to_before_the_next(now: str, start: str, end: str) -> None:
    shift = shift_at(USUAL, BERLIN, local(now))
    assert (shift.start, shift.end) == (local(start), local(end))
    assert local(now) in shift
    assert shift.end not in shift


@pytest.mark.parametrize(
    ("night", "hours"), [("2026-10-24T23:00", 13), ("2026-03-28T23:00", 11), ("2026-06-01T23:00", 12)]
)
def test_the_night_of_the_clock_change_is_an_hour_longer_or_shorter(night: str, hours: int) -> None:
    shift = shift_at(USUAL, BERLIN, local(night))
    assert (shift.start, shift.end) == (shift.start.astimezone(UTC), shift.end.astimezone(UTC))
    assert shift.end - shift.start == timedelta(hours=hours)
    assert [f"{at.astimezone(BERLIN):%H:%M}" for at in (shift.start, shift.end)] == ["19:00", "07:00"]


def test_a_start_in_the_repeated_hour_is_the_first_of_the_two_and_one_left_out_is_as_long_after_midnight() -> None:
    repeated = shift_at((time(2, 30), time(14)), BERLIN, local("2026-10-25T12:00"))
    assert repeated.start == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    left_out = shift_at((time(2, 30), time(14)), BERLIN, local("2026-03-29T12:00"))
    assert left_out.start == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


def test_three_shifts_or_one_a_day_are_possible() -> None:
    three = shift_at((time(7), time(15), time(23)), BERLIN, local("2026-01-05T23:30"))
    assert (three.start, three.end) == (local("2026-01-05T23:00"), local("2026-01-06T07:00"))
    day = shift_at((time(8),), BERLIN, local("2026-01-05T07:59"))
    assert (day.start, day.end) == (local("2026-01-04T08:00"), local("2026-01-05T08:00"))


def test_the_shifts_before_and_after_join_this_one_in_every_night_of_a_year(ward: Ward) -> None:
    now = local("2026-01-01T03:00")
    for _ in range(400):
        shift = shift_of(ward, now)
        assert now in shift
        assert shift_before(ward, shift).end == shift.start
        assert shift_after(ward, shift).start == shift.end
        now += timedelta(hours=22)
