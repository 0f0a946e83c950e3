"""How is each typed value read? Numbers after the stack's list of what Django's own fields take and refuse."""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from patients.forms.fields import (
    DayField,
    MomentField,
    NumberField,
    ScoreField,
    WordField,
    WordsField,
    YesNoField,
    offers_of,
)
from patients.forms.questions import Question, questions

NEW_YORK = ZoneInfo("America/New_York")


@pytest.mark.parametrize(("text", "number"), [("38.5", "38.5"), ("38,5", "38.5"), (" 38.0 ", "38.0"), ("0", "0")])
def test_a_number_is_read_with_comma_or_point_and_keeps_its_decimals(text: str, number: str) -> None:
    read = NumberField().clean(text)
    assert read == Decimal(number)
    assert read.as_tuple() == Decimal(number).as_tuple()


@pytest.mark.parametrize(
    "text", ["3.85e1", "+38", "-1", "٣٨", "1 000", "1,000", "1.000,5", "38.", ".5", "0x10", "NaN", "Infinity", "38\x00"]
)
def test_a_number_that_could_be_read_in_two_ways_or_none_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        NumberField().clean(text)


def test_a_blank_number_is_not_charted_and_a_zero_is_zero() -> None:
    assert NumberField().clean("") is None
    assert NumberField().clean("0") == 0


def test_a_required_number_says_so_when_blank() -> None:
    with pytest.raises(ValidationError):
        NumberField(required=True).clean(" ")


@pytest.mark.parametrize("text", ["11", "9.5", "-1"])
def test_a_score_is_a_whole_number_in_its_range(text: str) -> None:
    with pytest.raises(ValidationError):
        ScoreField(low=0, high=10).clean(text)


def test_a_score_of_zero_is_a_score() -> None:
    assert ScoreField(low=0, high=10).clean("0") == 0
    assert ScoreField(low=0, high=10).clean("") is None


def test_a_yes_or_no_has_three_answers_and_blank_is_not_charted() -> None:
    field = YesNoField()
    assert [field.clean("yes"), field.clean("no"), field.clean(""), field.clean(None)] == [True, False, None, None]
    with pytest.raises(ValidationError):
        field.clean("maybe")


def test_words_are_one_of_the_table_or_not_charted() -> None:
    assert WordField({"a": "A"}).clean("a") == "a"
    assert WordField({"a": "A"}).clean("") is None
    with pytest.raises(ValidationError):
        WordField({"a": "A"}).clean("b")
    assert WordsField({"a": "A", "b": "B"}).clean(["b", "a"]) == ("a", "b")


def _moment(text: str, now: datetime) -> datetime:
    with timezone.override(NEW_YORK):
        read = MomentField(now=lambda: now).clean(text)
    assert isinstance(read, datetime)
    return read


NOON = datetime(2026, 6, 1, 16, 0, tzinfo=UTC)  # 12:00 in New York


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("11:58", datetime(2026, 6, 1, 15, 58, tzinfo=UTC)),
        ("01-Jun-2026 04:28", datetime(2026, 6, 1, 8, 28, tzinfo=UTC)),
        ("1 jun 2026 4:28", datetime(2026, 6, 1, 8, 28, tzinfo=UTC)),
        ("2026-06-01T04:28", datetime(2026, 6, 1, 8, 28, tzinfo=UTC)),
        ("12:02", datetime(2026, 6, 1, 16, 2, tzinfo=UTC)),
    ],
)
def test_a_moment_is_read_in_the_zone_of_the_ward(text: str, moment: datetime) -> None:
    assert _moment(text, NOON) == moment


def test_a_time_alone_after_midnight_may_be_of_the_evening_before() -> None:
    ten_past_midnight = datetime(2026, 6, 2, 4, 10, tzinfo=UTC)
    assert _moment("23:50", ten_past_midnight) == datetime(2026, 6, 2, 3, 50, tzinfo=UTC)


def test_a_time_alone_that_has_not_come_yet_is_refused_and_never_read_as_yesterday() -> None:
    late = datetime(2026, 6, 2, 0, 20, tzinfo=UTC)  # 20:20 in New York
    with pytest.raises(ValidationError) as refused:
        _moment("20:30", late)
    assert [offer.words for offer in offers_of(refused.value)] == ["31-May-2026 20:30"]


@pytest.mark.parametrize("text", ["01-Jun-2026 12:03", "2027-01-01 00:00"])
def test_a_future_over_two_minutes_is_refused(text: str) -> None:
    with pytest.raises(ValidationError, match="future"):
        _moment(text, NOON)


@pytest.mark.parametrize(
    "text", ["25:00", "12:60", "31-Feb-2026 10:00", "yesterday", "01-Jun-2026", "05/06/2026 10:00"]
)
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        _moment(text, NOON)


AUTUMN_NIGHT = datetime(2026, 11, 1, 7, 0, tzinfo=UTC)  # 02:00 EST, an hour after the clocks went back


def test_the_repeated_hour_of_the_autumn_night_is_asked_for() -> None:
    with pytest.raises(ValidationError, match="twice") as refused:
        _moment("01:30", AUTUMN_NIGHT)
    assert [offer.words for offer in offers_of(refused.value)] == [
        "01-Nov-2026 01:30 first",
        "01-Nov-2026 01:30 second",
    ]


@pytest.mark.parametrize(("order", "hour"), [("first", 5), ("second", 6)])
def test_the_repeated_hour_is_read_as_answered(order: str, hour: int) -> None:
    assert _moment(f"01:30, {order}", AUTUMN_NIGHT) == datetime(2026, 11, 1, hour, 30, tzinfo=UTC)


def test_the_hour_that_the_spring_night_leaves_out_is_refused() -> None:
    with pytest.raises(ValidationError, match="did not exist"):
        _moment("08-Mar-2026 02:30", NOON)


def test_a_day_is_read_with_its_month_as_a_word() -> None:
    field = DayField(now=lambda: NOON)
    assert field.clean("14-Aug-1980") == date(1980, 8, 14)
    assert field.clean("1980-08-14") == date(1980, 8, 14)
    for text in ("14/08/1980", "31-Feb-1980", "02-Jun-2026"):
        with pytest.raises(ValidationError):
            field.clean(text)


def test_a_confirmation_answers_the_value_it_was_given_for_and_no_other() -> None:
    asked = Question("temperature", "33 °C is unusual", "33 °C")
    assert questions([asked], []).open == (asked,)
    assert questions([asked], [asked.token]).confirmed == (asked,)
    changed = Question("temperature", "32 °C is unusual", "32 °C")
    assert questions([changed], [asked.token]).open == (changed,)
