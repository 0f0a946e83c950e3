"""Is the impossible refused, the improbable asked about, and the plain slip named? Typed from the rules, 1.6."""

from decimal import Decimal

import pytest

from grading.limits import (
    LIMITS,
    RATES,
    Asked,
    Outcome,
    Refused,
    Temperature,
    check,
    check_flow,
    check_pressures,
    check_rate,
    check_weight_change,
    read_temperature,
)
from grading.words import AGENTS, DEVICES, units_of

STEP = Decimal("0.001")


def said(outcome: Outcome) -> str:
    match outcome:
        case Refused():
            return "refused"
        case Asked():
            return "asked"
        case _:
            return "fine"


# field, possible from and to, usual from and to
RANGES = [
    ("temperature_c", "25", "45", "34", "42"),
    ("systolic", "20", "320", "50", "220"),
    ("diastolic", "5", "250", "20", "130"),
    ("mean", "10", "280", "35", "160"),
    ("heart_rate", "0", "350", "40", "220"),
    ("respiratory_rate", "0", "150", "6", "60"),
    ("spo2_percent", "0", "100", "70", "100"),
    ("fio2_percent", "21", "100", "21", "100"),
    ("weight_kg", "0.3", "400", "0.3", "400"),
    ("height_cm", "20", "260", "20", "260"),
    ("baseline_systolic", "20", "320", "50", "220"),
    ("baseline_diastolic", "5", "250", "20", "130"),
]


@pytest.mark.parametrize(("field", "low", "high", "usual_low", "usual_high"), RANGES)
def test_a_value_is_refused_outside_what_is_possible_and_asked_about_outside_what_is_usual(
    field: str, low: str, high: str, usual_low: str, usual_high: str
) -> None:
    first, last, usually_first, usually_last = map(Decimal, (low, high, usual_low, usual_high))
    assert said(check(field, first - STEP)) == "refused"
    assert said(check(field, last + STEP)) == "refused"
    assert said(check(field, usually_first)) == "fine"
    assert said(check(field, usually_last)) == "fine"
    assert said(check(field, first)) == ("fine" if first == usually_first else "asked")
    assert said(check(field, last)) == ("fine" if last == usually_last else "asked")
    if first < usually_first:
        assert said(check(field, usually_first - STEP)) == "asked"
    if last > usually_last:
        assert said(check(field, usually_last + STEP)) == "asked"


# agent, unit, possible over 0 to, usual to (None: not asked about in this unit)
RATE_ROWS = [
    ("norepinephrine", "mcg/kg/min", "5", "1"),
    ("norepinephrine", "mcg/min", "400", "80"),
    ("norepinephrine", "mg/h", "24", "4.8"),
    ("epinephrine", "mcg/kg/min", "5", "0.5"),
    ("epinephrine", "mcg/min", "400", "40"),
    ("epinephrine", "mg/h", "24", "2.4"),
    ("phenylephrine", "mcg/kg/min", "20", "5"),
    ("phenylephrine", "mcg/min", "1500", "400"),
    ("phenylephrine", "mg/h", "90", "24"),
    ("dopamine", "mcg/kg/min", "50", "20"),
    ("dopamine", "mcg/min", "5000", "2000"),
    ("dopamine", "mg/h", "300", "120"),
    ("vasopressin", "units/min", "1", "0.06"),
    ("vasopressin", "units/h", "60", "3.6"),
    ("angiotensin-ii", "mcg/kg/min", "1", "0.08"),
    ("angiotensin-ii", "mcg/min", "100", None),
    ("angiotensin-ii", "mg/h", "6", None),
    ("milrinone", "mcg/kg/min", "5", "0.75"),
    ("dobutamine", "mcg/kg/min", "50", "20"),
]


@pytest.mark.parametrize(("agent", "unit", "most", "usual"), RATE_ROWS)
def test_a_rate_is_held_to_the_limits_of_its_own_unit(agent: str, unit: str, most: str, usual: str | None) -> None:
    assert said(check_rate(agent, Decimal(0), unit)) == "refused"
    assert said(check_rate(agent, Decimal(most) + STEP, unit)) == "refused"
    assert said(check_rate(agent, Decimal(most), unit)) == ("fine" if usual is None else "asked")
    if usual is not None:
        assert said(check_rate(agent, Decimal(usual), unit)) == "fine"
        assert said(check_rate(agent, Decimal(usual) + STEP, unit)) == "asked"


def test_a_vasopressin_rate_below_the_usual_is_asked_about() -> None:
    assert said(check_rate("vasopressin", Decimal("0.01"), "units/min")) == "fine"
    assert said(check_rate("vasopressin", Decimal("0.009"), "units/min")) == "asked"
    assert said(check_rate("vasopressin", Decimal("0.6"), "units/h")) == "fine"
    assert said(check_rate("vasopressin", Decimal("0.59"), "units/h")) == "asked"


def test_every_agent_has_limits_in_every_unit_it_may_be_charted_in() -> None:
    assert {(agent, unit) for agent in AGENTS for unit in units_of(agent)} == {
        (agent, unit) for agent, units in RATES.items() for unit in units
    }


def test_every_range_of_the_table_has_the_usual_inside_the_possible() -> None:
    ranges = [(limit.possible, limit.usual) for limit in LIMITS.values()]
    ranges += [(limit.possible, limit.usual) for units in RATES.values() for limit in units.values()]
    for possible, usual in ranges:
        assert possible.low < possible.high
        if usual is not None:
            assert possible.low <= usual.low < usual.high <= possible.high


@pytest.mark.parametrize("device", [None, *DEVICES])
def test_an_oxygen_flow_is_over_0_to_100(device: str | None) -> None:
    assert said(check_flow(Decimal(0), device)) == "refused"
    assert said(check_flow(Decimal("100.1"), device)) == "refused"
    assert said(check_flow(Decimal(100), device)) == "asked"
    assert said(check_flow(Decimal("0.1"), device)) == "fine"


def test_a_nasal_cannula_is_asked_about_over_15_and_other_devices_over_70() -> None:
    assert said(check_flow(Decimal(15), "nasal-cannula")) == "fine"
    assert said(check_flow(Decimal("15.1"), "nasal-cannula")) == "asked"
    assert said(check_flow(Decimal(70), "high-flow-nasal-cannula")) == "fine"
    assert said(check_flow(Decimal("70.1"), "high-flow-nasal-cannula")) == "asked"


@pytest.mark.parametrize(
    ("outcome", "meant"),
    [
        (check("fio2_percent", Decimal("0.4")), "40%"),
        (check("fio2_percent", Decimal("0.40")), "40%"),
        (check("fio2_percent", Decimal("1")), "100%"),
        (check("spo2_percent", Decimal("0.93")), "93%"),
        (check("height_cm", Decimal("1.75")), "175 cm"),
        (check("weight_kg", Decimal("3500")), "3.5 kg, from grams"),
        (check("temperature_c", Decimal("98.6")), "37.0 °C, from 98.6 °F"),
        (check("temperature_c", Decimal("385")), "38.5 °C"),
        (check_rate("vasopressin", Decimal("2"), "units/min"), "2 units/h"),
        (check_rate("vasopressin", Decimal("0.03"), "units/h"), "0.03 units/min"),
        (check_rate("norepinephrine", Decimal("20"), "mcg/kg/min"), "20 mcg/min"),
    ],
)
def test_a_plain_slip_is_offered_as_what_was_meant(outcome: Outcome, meant: str) -> None:
    assert outcome is not None
    assert outcome.meant is not None
    assert outcome.meant.text == meant


@pytest.mark.parametrize(
    "outcome",
    [
        check("fio2_percent", Decimal("15")),
        check("systolic", Decimal("400")),
        check("weight_kg", Decimal("700")),
        check_rate("vasopressin", Decimal("30"), "units/min"),
        check_rate("norepinephrine", Decimal("900"), "mcg/min"),
    ],
)
def test_where_it_is_not_plain_nothing_is_offered(outcome: Outcome) -> None:
    assert isinstance(outcome, Refused)
    assert outcome.meant is None


def test_a_refusal_names_the_value_and_the_allowed_range() -> None:
    outcome = check("temperature_c", Decimal("46.0"))
    assert outcome == Refused("temperature_c", "Temperature 46.0 °C is not possible: 25 to 45 °C", "25 to 45 °C")


def test_a_question_shows_the_value_to_confirm_with_its_unit() -> None:
    outcome = check_rate("norepinephrine", Decimal(2), "mcg/kg/min")
    assert isinstance(outcome, Asked)
    assert outcome.value == "2 mcg/kg/min"
    assert "usually up to 1 mcg/kg/min" in outcome.message


@pytest.mark.parametrize("field", ["ice_score", "capd_score", "organ_grade"])
def test_scores_and_organ_grades_are_whole_numbers(field: str) -> None:
    assert said(check(field, Decimal("1.5"))) == "refused"
    assert said(check(field, Decimal(2))) == "fine"
    assert said(check(field, Decimal("2.0"))) == "fine"


@pytest.mark.parametrize(("field", "most"), [("ice_score", 10), ("capd_score", 32), ("organ_grade", 4)])
def test_a_score_ends_where_its_scale_does(field: str, most: int) -> None:
    assert said(check(field, Decimal(most))) == "fine"
    assert said(check(field, Decimal(most + 1))) == "refused"
    assert said(check(field, Decimal(-1))) == "refused"


def test_a_diastolic_above_the_systolic_is_refused() -> None:
    assert said(check_pressures(Decimal(90), Decimal(91))) == "refused"
    assert said(check_pressures(Decimal(90), Decimal(90))) == "fine"
    assert said(check_pressures(None, Decimal(91))) == "fine"
    assert said(check_pressures(Decimal(90), None)) == "fine"


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        ("70", "77", "fine"),
        ("70", "77.1", "asked"),
        ("70", "63", "fine"),
        ("70", "62.9", "asked"),
        ("7", "70", "asked"),
    ],
)
def test_a_weight_more_than_a_tenth_off_the_last_one_is_asked_about(before: str, now: str, expected: str) -> None:
    assert said(check_weight_change(Decimal(before), Decimal(now))) == expected


def test_a_temperature_of_77_to_113_is_fahrenheit_and_said_so() -> None:
    read = read_temperature(Decimal("101.3"))
    assert read == Temperature(Decimal("38.5"), "°F", "101.3 °F = 38.5 °C")


def test_a_temperature_of_25_to_45_is_celsius() -> None:
    assert read_temperature(Decimal("38.0")) == Temperature(Decimal("38.0"), "°C", "")


@pytest.mark.parametrize("typed", ["24.9", "45.1", "76.9", "113.1", "101.35", "0", "385"])
def test_a_temperature_that_is_neither_is_refused(typed: str) -> None:
    assert isinstance(read_temperature(Decimal(typed)), Refused)
