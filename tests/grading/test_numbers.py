"""Is a typed number read exactly, or refused with what is allowed? Is a number shown as the ward writes it?"""

from decimal import Decimal

import pytest

from grading.numbers import (
    NumberError,
    celsius,
    celsius_from_fahrenheit,
    dose,
    fahrenheit_from_celsius,
    measurement,
    parse_typed,
    round_dose,
)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("38.5", "38.5"),
        ("38,5", "38.5"),
        ("38.0", "38.0"),
        ("38", "38"),
        (" 104 ", "104"),
        ("0.03", "0.03"),
        ("0,125", "0.125"),
        ("3.250", "3.250"),
        ("1000", "1000"),
        ("007", "7"),
    ],
)
def test_a_typed_number_is_read_with_the_decimals_it_was_typed_with(typed: str, read: str) -> None:
    assert str(parse_typed(typed)) == read


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "a number is needed"),
        ("   ", "a number is needed"),
        ("3.85e1", "no exponent"),
        ("1E2", "no exponent"),
        ("-1", "no sign"),
        ("+38", "no sign"),
        ("1,000", "type 1 or 1000"),
        ("3,250", "type 3.25 or 3250"),
        ("1 000", "no thousands mark"),
        ("1'000", "no thousands mark"),
        ("1,000,000", "no thousands mark"),
        ("38.", "a digit is missing after the point"),
        (".5", "type 0.5"),
        (",5", "type 0.5"),
        ("38.5.1", "38.5"),
        ("٣٨", "digits"),
        ("３８", "digits"),
        ("²", "digits"),
        ("NaN", "digits"),
        ("inf", "digits"),
        ("0x1f", "digits"),
        ("1_000", "digits"),
        ("38 C", "digits"),
        ("120/80", "digits"),
        ("1" * 13, "at most 12"),
        ("9" * 100_000, "at most 12"),
    ],
)
def test_what_is_no_plain_number_is_refused_with_what_is_allowed(typed: str, said: str) -> None:
    with pytest.raises(NumberError, match=said.replace(".", r"\.")):
        parse_typed(typed)


@pytest.mark.parametrize(
    ("value", "shown"), [("38.0", "38.0"), ("38", "38"), ("130000", "130,000"), ("0.10", "0.10"), ("1E+2", "100")]
)
def test_a_measurement_keeps_the_precision_it_was_recorded_with(value: str, shown: str) -> None:
    assert measurement(Decimal(value)) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [("8.0", "8"), ("0.50", "0.5"), ("1000", "1,000"), ("800.0", "800"), ("10", "10"), ("999", "999"), ("5.7", "5.7")],
)
def test_a_dose_has_a_leading_zero_no_trailing_zero_and_commas_from_a_thousand(value: str, shown: str) -> None:
    assert dose(Decimal(value)) == shown


@pytest.mark.parametrize(
    ("amount", "rounded"),
    [
        ("358.8", "359"),
        ("239.5", "240"),
        ("239.49", "239"),
        ("10.5", "11"),
        ("10.49", "10"),
        ("9.95", "10.0"),
        ("9.94", "9.9"),
        ("8.25", "8.3"),
        ("0.05", "0.1"),
    ],
)
def test_a_dose_is_rounded_half_up_to_one_below_ten_to_a_tenth(amount: str, rounded: str) -> None:
    assert str(round_dose(Decimal(amount))) == rounded


@pytest.mark.parametrize(("fahrenheit", "exact"), [("100.4", "38"), ("98.6", "37"), ("101.3", "38.5"), ("113", "45")])
def test_fahrenheit_becomes_celsius_exactly(fahrenheit: str, exact: str) -> None:
    assert celsius_from_fahrenheit(Decimal(fahrenheit)) == Decimal(exact)
    assert fahrenheit_from_celsius(Decimal(exact)) == Decimal(fahrenheit)


def test_100_3_fahrenheit_is_no_fever_and_does_not_look_like_one() -> None:
    exact = celsius_from_fahrenheit(Decimal("100.3"))
    assert exact < 38
    assert celsius(exact) == "37.9"


def test_a_temperature_typed_in_celsius_is_shown_as_typed() -> None:
    assert celsius(Decimal("38.0")) == "38.0"
    assert celsius(Decimal("38")) == "38"
    assert celsius(Decimal("38.65")) == "38.65"
