"""Errors found in published tools, tables and papers: is each of them absent here?

One test a trap, named after it. Traps of the form, of storage and of pages have their tests beside the form and the
pages.
"""

import json
from decimal import Decimal
from typing import Any

import pytest

from grading.casefile import Case, Rejected, read_line
from grading.limits import Asked, Refused, check_rate, check_weight_change
from grading.numbers import celsius_from_fahrenheit
from grading.record import Assessment, Event
from grading.result import Dose
from grading.scales import ALL
from tests.grading.ward import (
    febrile,
    gave,
    grade,
    graded,
    infusion,
    last,
    on,
    patient,
    runs,
    seen,
    suggested,
    verdict,
    well,
)

AT = 50


@pytest.mark.parametrize(("flow", "expected"), [("5.9", 2), ("6", 2), ("6.0", 2), ("6.01", 3)])
def test_6_l_min_counted_as_high_flow(flow: str, expected: int) -> None:
    found = verdict("astct-2019", febrile(AT, oxygen=on("nasal-cannula", flow)))
    assert found.grade == found.at_most == expected


def test_the_policy_on_6_l_min_is_shown_with_the_criterion() -> None:
    (astct,) = [scale for scale in ALL if scale.id == "astct-2019"]
    (row,) = [criterion for criterion in astct.criteria if criterion.key == "beyond-low-flow"]
    assert "over 6 L/min" in row.words


@pytest.mark.parametrize(("fio2", "expected"), [("39", 2), ("40", 3), ("41", 3)])
def test_grade_3_lee_oxygen_printed_as_under_40_percent(fio2: str, expected: int) -> None:
    assert grade("lee-2014", well(AT, oxygen=on("venturi-mask", None, fio2))) == (expected, expected)


def test_systolic_under_90_or_spo2_under_93_made_criteria_of_astct() -> None:
    """The need counts: a treated patient with a normal pressure is grade 2, and SpO2 92% alone is no grade."""
    assert grade("astct-2019", febrile(AT, systolic=120, fluid_bolus=True)) == (2, 2)
    assert grade("astct-2019", febrile(AT, systolic=85, hypotension=False)) == (1, 1)
    assert grade("astct-2019", febrile(AT, spo2_percent=92)) == (1, 1)
    assert grade("astct-2019", febrile(AT, spo2_percent=88))[0] == 1


@pytest.mark.parametrize("rate", [1, 60, 300])
def test_low_and_high_vasopressor_dose_inside_astct(rate: int) -> None:
    given = (runs("norepinephrine", rate, since=10),)
    assert grade("astct-2019", febrile(AT, vasopressors=given)) == (3, 3)
    assert grade("lee-2014", febrile(AT, vasopressors=given)) == ((2, 2) if rate == 1 else (3, 3))


def test_organ_toxicity_mixed_into_astct() -> None:
    organs = {"renal": 4, "hepatic": 3}
    assert grade("astct-2019", febrile(AT, organ_toxicity=organs)) == (1, 1)
    assert grade("lee-2014", febrile(AT, organ_toxicity=organs)) == (4, 4)


@pytest.mark.parametrize("mask", ["simple-mask", "venturi-mask", "non-rebreather"])
def test_facemask_under_astct_grade_2(mask: str) -> None:
    assert grade("astct-2019", febrile(AT, oxygen=on(mask, 4, 28))) == (3, 3)


def test_grades_3_and_4_merged() -> None:
    mask, ventilator = on("simple-mask", 8), on("invasive-ventilation", for_hypoxia=True)
    for scale in ("astct-2019", "lee-2014", "ctcae-5"):
        assert grade(scale, febrile(AT, oxygen=mask)) == (3, 3)
        assert grade(scale, febrile(AT, oxygen=ventilator)) == (4, 4)


def test_no_fever_so_grade_0_even_after_tocilizumab() -> None:
    masked = well(AT + 30, vasopressors=(runs("norepinephrine", 5),))
    assert grade("astct-2019", febrile(AT), gave(AT + 1, "tocilizumab"), masked) == (3, 3)


@pytest.mark.parametrize(("temperature", "expected"), [("37.8", 0), ("37.99", 0), ("38.0", 1)])
def test_37_8_coded_as_grade_1(temperature: str, expected: int) -> None:
    for scale in ("astct-2019", "lee-2014", "ctcae-5", "ctcae-4"):
        assert verdict(scale, well(AT, temperature_c=temperature)).grade == expected


@pytest.mark.parametrize(("weight", "amount"), [("29.9", 359), ("30", 240)])
def test_no_12_mg_per_kg_branch_below_30_kg(weight: str, amount: int) -> None:
    found = suggested(febrile(AT, oxygen=on("simple-mask", 8)), who=patient(11, weight))["tocilizumab"].dose
    assert isinstance(found, Dose)
    assert found.amount == amount


def test_vasopressin_units_per_minute_and_per_hour_mixed() -> None:
    """0.03 units/min is 1.8 units/h; each number in the other's unit is asked about or refused."""
    assert check_rate("vasopressin", Decimal("0.03"), "units/min") is None
    assert check_rate("vasopressin", Decimal("1.8"), "units/h") is None
    wrong = check_rate("vasopressin", Decimal("0.03"), "units/h")
    assert isinstance(wrong, Asked)
    assert wrong.meant is not None
    assert wrong.meant.text == "0.03 units/min"
    worse = check_rate("vasopressin", Decimal("1.8"), "units/min")
    assert isinstance(worse, Refused)
    assert worse.meant is not None
    assert worse.meant.text == "1.8 units/h"
    shown = verdict("astct-2019", febrile(AT, vasopressors=(runs("vasopressin", "0.03", "units/min"),))).met
    assert any("0.03 units/min" in reason.sentence() for reason in shown)


def test_norepinephrine_20_mcg_per_kg_per_minute_for_20_mcg_per_minute() -> None:
    outcome = check_rate("norepinephrine", Decimal(20), "mcg/kg/min")
    assert isinstance(outcome, Refused)
    assert outcome.meant is not None
    assert outcome.meant.text == "20 mcg/min"
    given = (runs("norepinephrine", "0.3", "mcg/kg/min", since=40),)
    assert grade("lee-2014", well(AT, vasopressors=given), who=patient(weight=None)) == (2, 3)
    assert grade("lee-2014", well(AT, vasopressors=given), who=patient(weight=70)) == (3, 3)


def test_dopamine_in_mcg_per_minute_inside_the_equivalent() -> None:
    """700 mcg/min at 70 kg is 10 mcg/kg/min, worth 5 mcg/min of norepinephrine, not 350."""

    def held(norepinephrine: str) -> Any:
        both = (runs("norepinephrine", norepinephrine), runs("dopamine", 700, "mcg/min"))
        run = [well(40, vasopressors=(runs("norepinephrine", 20),)), well(42, vasopressors=both)]
        return grade("lee-2014", *run, well(43, vasopressors=(runs("norepinephrine", 20),)))

    assert held("15") == (3, 3)  # 15 + 5 keeps the run
    assert held("14.9") == (2, 3)


def test_bipap_as_astct_grade_3_and_vasopressin_counted_among_several() -> None:
    assert grade("astct-2019", febrile(AT, oxygen=on("bipap", None, 30, for_hypoxia=True))) == (4, 4)
    with_vasopressin = (runs("norepinephrine", 5), runs("vasopressin", "0.03", "units/min"))
    assert grade("astct-2019", febrile(AT, vasopressors=with_vasopressin)) == (3, 3)


def test_blinatumomab_9_mg_a_day_and_escalate_if_recurrence() -> None:
    quiet = [well(hour) for hour in (30, 42, 54)]
    events: list[Event] = [febrile(10, oxygen=on("simple-mask", 8)), infusion(11, "interrupt"), *quiet]
    step = suggested(*events, cause="bispecific", product="blinatumomab")["resume-infusion"]
    assert isinstance(step.dose, Dose)
    assert isinstance(step.then, Dose)
    assert (str(step.dose.amount), step.dose.unit) == ("9", "mcg/day")
    assert (str(step.then.amount), step.then.unit) == ("28", "mcg/day")
    text = " ".join((step.headline, *step.steps))
    assert "without recurrence" in text
    assert "mg/day" not in text.replace("mcg/day", "")


def test_ctcae_v4_kidney_injury_sold_as_v5() -> None:
    """Organ grades are version 4 and count under Lee alone; each scale names its own version."""
    assert {scale.id: scale.edition for scale in ALL if scale.id.startswith("ctcae")} == {
        "ctcae-5": "5.0",
        "ctcae-4": "4.03",
    }
    assert grade("ctcae-5", well(AT, organ_toxicity={"renal": 3})) == (0, 0)
    names = {v.name for v in last(well(AT)).verdicts.values()}
    assert {"CTCAE v5.0", "CTCAE v4.03"} <= names


@pytest.mark.parametrize("spo2", ["91.005", "91.99", "91.5"])
def test_a_scorer_that_returns_0_when_no_band_matches_and_bands_with_holes(spo2: str) -> None:
    assert grade("astct-2019", febrile(AT, spo2_percent=spo2)) == (1, 4)
    for flow, oxygen_40 in (("4.0005", (2, 3)), ("6.0005", (3, 3)), ("3.9995", (2, 2))):
        assert grade("lee-2014", well(AT, oxygen=on("nasal-cannula", flow))) == oxygen_40
    assert verdict("astct-2019", seen(AT, heart_rate=100)).certain is False


def test_a_tool_that_grades_on_a_stale_value_after_the_feed_stopped() -> None:
    grade_2 = febrile(AT, oxygen=on("nasal-cannula", 2))
    assert grade("ctcae-5", grade_2, seen(AT + 4, heart_rate=90)) == (2, 2)
    late = verdict("ctcae-5", grade_2, seen(AT + 4.02, heart_rate=90))
    assert late.grade == 0
    assert not late.certain
    assert late.to_chart


def test_a_score_that_needs_all_values_in_one_entry() -> None:
    singles = [
        seen(AT, temperature_c=39),
        seen(AT + 0.1, systolic=120, diastolic=80),
        seen(AT + 0.2, vasopressors=()),
        seen(AT + 0.3, oxygen=on("nasal-cannula", 2)),
    ]
    assert grade("astct-2019", *singles) == (2, 2)


def test_38_stored_in_fahrenheit_and_shown_as_37_99() -> None:
    assert celsius_from_fahrenheit(Decimal("100.4")) == 38
    line = {
        "case": "t",
        "patient": {"age_years": 40},
        "infusion": {"cause": "car-t", "started_at": "2026-03-01T10:00:00Z"},
        "events": [{"type": "assessment", "at": "2026-03-03T10:00:00Z", "temperature_c": 38.0}],
    }
    case = read_line(json.dumps(line).encode())
    assert isinstance(case, Case)
    (charted,) = case.course.events
    assert isinstance(charted, Assessment)
    assert str(charted.temperature_c) == "38.0"


def test_overdue_that_flips_at_midnight() -> None:
    """Reassessment is due by elapsed time, across a day's end as within one."""
    before_midnight, at_noon = febrile(13.9), febrile(26)  # 23:54, and 12:00 the next day
    for assessment in (before_midnight, at_noon):
        found = last(assessment)
        assert found.due_at is not None
        assert (found.due_at - found.at).total_seconds() == 4 * 3600


def test_one_old_out_of_range_value_that_blocks_every_later_edit() -> None:
    """A record already stored is graded as it stands; what is possible is asked of what is newly charted."""
    assert graded(febrile(AT, heart_rate=600), well(AT + 1)).latest is not None


def test_weight_in_grams_read_as_kg_and_weight_times_ten_on_a_prescription() -> None:
    line = {
        "case": "t",
        "patient": {"age_years": 0.1, "weight_kg": 3500},
        "infusion": {"cause": "car-t", "started_at": "2026-03-01T10:00:00Z"},
    }
    answer = read_line(json.dumps(line).encode())
    assert isinstance(answer, Rejected)
    assert "3.5 kg, from grams is meant?" in answer.faults[0].message
    asked = check_weight_change(Decimal(7), Decimal(70))
    assert isinstance(asked, Asked)
