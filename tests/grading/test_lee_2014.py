"""Lee 2014, row by row (rules 1.3, 1.4, 2.2; Lee DW et al. 2014, Tables 2 and 3)."""

from datetime import timedelta
from typing import Any

import pytest

from tests.grading.ward import (
    died,
    febrile,
    grade,
    graded,
    hours,
    on,
    patient,
    result,
    runs,
    seen,
    verdict,
    weighs,
    well,
)

LEE = "lee-2014"
AT = 50


ROWS: list[tuple[str, dict[str, Any], tuple[int, int]]] = [
    ("nothing", {}, (0, 0)),
    ("fever", {"temperature_c": "38.0"}, (1, 1)),
    ("rigors without fever", {"constitutional": ("rigors",)}, (1, 1)),
    ("rash without fever", {"constitutional": ("rash",)}, (1, 1)),
    ("oxygen without fever", {"oxygen": on("nasal-cannula", 2)}, (2, 2)),
    ("a bolus without fever", {"fluid_bolus": True}, (2, 2)),
    ("organ toxicity 1", {"organ_toxicity": {"renal": 1}}, (0, 0)),
    ("organ toxicity 2", {"organ_toxicity": {"renal": 2}}, (2, 2)),
    ("organ toxicity 3", {"organ_toxicity": {"cardiac": 3}}, (3, 3)),
    ("organ toxicity 4", {"organ_toxicity": {"hepatic": 4}}, (4, 4)),
    ("transaminitis 4", {"organ_toxicity": {"transaminitis": 4}}, (3, 3)),
    ("transaminitis 4 beside renal 2", {"organ_toxicity": {"transaminitis": 4, "renal": 2}}, (3, 3)),
    ("neurologic 3 counts here", {"organ_toxicity": {"neurologic": 3}}, (3, 3)),
    ("renal 3 of another cause", {"organ_toxicity": {"renal": 3}, "attributed_elsewhere": ("renal",)}, (0, 0)),
    ("ICANS 4 is not Lee", {"consciousness": "unarousable"}, (0, 0)),
    ("FiO2 39.9", {"oxygen": on("venturi-mask", None, "39.9")}, (2, 2)),
    ("FiO2 40", {"oxygen": on("venturi-mask", None, 40)}, (3, 3)),
    ("high-flow cannula at 39.9%", {"oxygen": on("high-flow-nasal-cannula", 30, "39.9")}, (2, 2)),
    ("high-flow cannula, FiO2 unknown", {"oxygen": on("high-flow-nasal-cannula", 30)}, (2, 3)),
    ("Venturi mask, FiO2 unknown", {"oxygen": on("venturi-mask")}, (2, 3)),
    ("cannula at 4, estimated below 40", {"oxygen": on("nasal-cannula", 4)}, (2, 2)),
    ("cannula at 4.1, unknown", {"oxygen": on("nasal-cannula", "4.1")}, (2, 3)),
    ("cannula at 6, unknown", {"oxygen": on("nasal-cannula", 6)}, (2, 3)),
    ("cannula over 6, estimated at 40", {"oxygen": on("nasal-cannula", "6.1")}, (3, 3)),
    ("cannula, flow unknown", {"oxygen": on("nasal-cannula")}, (2, 3)),
    ("blow-by, estimated below 40", {"oxygen": on("blow-by", 10)}, (2, 2)),
    ("simple mask from 5", {"oxygen": on("simple-mask", 5)}, (3, 3)),
    ("simple mask under 5", {"oxygen": on("simple-mask", "4.9")}, (2, 3)),
    ("simple mask, flow unknown", {"oxygen": on("simple-mask")}, (2, 3)),
    ("non-rebreather", {"oxygen": on("non-rebreather")}, (3, 3)),
    ("CPAP for hypoxia", {"oxygen": on("cpap", for_hypoxia=True)}, (4, 4)),
    ("ventilated for hypoxia", {"oxygen": on("invasive-ventilation", None, 30, for_hypoxia=True)}, (4, 4)),
    ("ventilated for the airway", {"oxygen": on("invasive-ventilation", for_hypoxia=False)}, (0, 0)),
    ("one low dose, pressure restored", {"vasopressors": (runs("norepinephrine", 5),)}, (2, 2)),
    (
        "one low dose that does not restore the pressure",
        {"vasopressors": (runs("norepinephrine", 5),), "pressure_restored": False},
        (3, 3),
    ),
    ("one low dose, pressure low", {"vasopressors": (runs("norepinephrine", 5),), "systolic": 80}, (2, 3)),
    ("low pressure, no vasopressor tried", {"systolic": 80, "pressure_restored": False}, (2, 3)),
    ("low pressure, restored", {"systolic": 80, "pressure_restored": True}, (2, 2)),
    ("one, rate not charted", {"vasopressors": (runs("norepinephrine"),)}, (2, 3)),
    ("two low doses", {"vasopressors": (runs("norepinephrine", 1), runs("dopamine", 1, "mcg/kg/min"))}, (3, 3)),
    ("with vasopressin", {"vasopressors": (runs("norepinephrine", 5), runs("vasopressin"))}, (3, 3)),
    (
        "with vasopressin to spare",
        {"vasopressors": (runs("norepinephrine", 5), runs("vasopressin", for_hypotension=False))},
        (3, 3),
    ),
    ("with milrinone", {"vasopressors": (runs("norepinephrine", 5), runs("milrinone"))}, (2, 2)),
    ("vasopressin alone has no row", {"vasopressors": (runs("vasopressin", "0.03", "units/min"),)}, (2, 3)),
    ("angiotensin II alone has no row", {"vasopressors": (runs("angiotensin-ii"),)}, (2, 3)),
    ("milrinone alone", {"vasopressors": (runs("milrinone"),)}, (0, 0)),
    (
        "hypotension of another cause",
        {"vasopressors": (runs("norepinephrine", 60, since=10),), "attributed_elsewhere": ("hypotension",)},
        (0, 0),
    ),
    ("judged life-threatening", {"life_threatening": True}, (0, 0)),
]


@pytest.mark.parametrize(("fields", "expected"), [pytest.param(f, e, id=name) for name, f, e in ROWS])
def test_a_row_of_table_2(fields: dict[str, Any], expected: tuple[int, int]) -> None:
    assert grade(LEE, well(AT, **fields)) == expected


# --- Table 3: a high dose, held for three hours

HIGH = [
    ("norepinephrine", "19.9", "20", "mcg/min"),
    ("dopamine", "9.9", "10", "mcg/kg/min"),
    ("phenylephrine", "199", "200", "mcg/min"),
    ("epinephrine", "9.9", "10", "mcg/min"),
]


@pytest.mark.parametrize(("agent", "low", "high", "unit"), HIGH)
def test_a_lone_agent_is_high_from_its_row_once_held_for_three_hours(
    agent: str, low: str, high: str, unit: str
) -> None:
    def at(rate: str, since: float) -> tuple[int | None, int | None]:
        return grade(LEE, well(AT, vasopressors=(runs(agent, rate, unit, since=since),)))

    assert at(low, AT - 10) == (2, 2)
    assert at(high, AT - 3) == (3, 3)
    assert at(high, AT - 2.99) == (2, 3)


@pytest.mark.parametrize(
    ("agent", "rate", "unit", "expected"),
    [
        ("norepinephrine", "0.3", "mcg/kg/min", (3, 3)),  # × 70 kg = 21 mcg/min
        ("norepinephrine", "0.28", "mcg/kg/min", (2, 2)),  # 19.6
        ("norepinephrine", "1.2", "mg/h", (3, 3)),  # 20
        ("norepinephrine", "1.19", "mg/h", (2, 2)),
        ("dopamine", "700", "mcg/min", (3, 3)),  # ÷ 70 kg = 10 mcg/kg/min
        ("dopamine", "699", "mcg/min", (2, 2)),
        ("dopamine", "42", "mg/h", (3, 3)),
        ("phenylephrine", "12", "mg/h", (3, 3)),  # 200 mcg/min
    ],
)
def test_a_rate_is_converted_with_the_patients_weight(
    agent: str, rate: str, unit: str, expected: tuple[int, int]
) -> None:
    assert grade(LEE, well(AT, vasopressors=(runs(agent, rate, unit, since=40),))) == expected


@pytest.mark.parametrize(("agent", "unit"), [("norepinephrine", "mcg/kg/min"), ("dopamine", "mcg/min")])
def test_without_a_weight_a_rate_that_needs_it_is_unknown(agent: str, unit: str) -> None:
    fields = {"vasopressors": (runs(agent, "0.3", unit, since=40),)}
    assert grade(LEE, well(AT, **fields), who=patient(weight=None)) == (2, 3)


def test_the_weight_is_the_one_at_that_time() -> None:
    fields = {"vasopressors": (runs("norepinephrine", "0.3", "mcg/kg/min", since=40),)}
    assert grade(LEE, weighs(49, 60), well(AT, **fields)) == (2, 2)  # 18 mcg/min
    assert grade(LEE, weighs(51, 60), well(AT, **fields)) == (3, 3)  # 60 kg was not yet charted


def test_a_high_dose_not_yet_held_says_when_it_will_be_met() -> None:
    found = verdict(LEE, well(AT, vasopressors=(runs("norepinephrine", 20, since=48),)))
    assert found.pending is not None
    assert (found.pending.grade, found.pending.at) == (3, hours(51))


def test_nothing_is_pending_where_it_would_not_raise_the_grade() -> None:
    pressors = (runs("norepinephrine", 20, since=48),)
    assert verdict(LEE, well(AT, vasopressors=pressors, pressure_restored=False)).pending is None


def ne(at: float, rate: str | None, **fields: Any) -> Any:
    return well(at, vasopressors=(runs("norepinephrine", rate),), **fields)


def test_the_three_hours_run_over_assessments() -> None:
    assert grade(LEE, ne(40, "20"), ne(42, "25"), ne(42.99, "20")) == (2, 3)
    assert grade(LEE, ne(40, "20"), ne(42, "25"), ne(43, "20")) == (3, 3)


def test_a_lower_dose_breaks_the_run() -> None:
    found = verdict(LEE, ne(40, "20"), ne(42, "19.9"), ne(43, "20"))
    assert (found.grade, found.at_most) == (2, 3)
    assert found.pending is not None
    assert found.pending.at == hours(46)


def test_an_unknown_dose_is_passed_over() -> None:
    assert grade(LEE, ne(40, "20"), ne(42, None), ne(43, "20")) == (3, 3)


def test_an_assessment_without_vasopressors_charted_is_passed_over() -> None:
    assert grade(LEE, ne(40, "20"), well(42, vasopressors=None), ne(43, "20")) == (3, 3)


def test_no_vasopressor_running_breaks_the_run() -> None:
    assert grade(LEE, ne(40, "20"), well(41), ne(43, "20")) == (2, 3)


@pytest.mark.parametrize(("second", "expected"), [(44, (3, 3)), (44.02, (2, 3))])
def test_assessments_more_than_four_hours_apart_break_the_run(second: float, expected: tuple[int, int]) -> None:
    assert grade(LEE, ne(40, "20"), ne(second, "20")) == expected


def test_a_high_dose_in_force_is_held_on_until_the_next_charting() -> None:
    assert grade(LEE, ne(40, "20"), seen(43, temperature_c="37.0")) == (3, 3)


def test_another_agent_at_its_own_high_dose_keeps_the_run() -> None:
    dopamine = well(42, vasopressors=(runs("dopamine", 10, "mcg/kg/min"),))
    assert grade(LEE, ne(40, "20"), dopamine, ne(43, "20")) == (3, 3)


def test_several_agents_keep_the_run_by_their_equivalent() -> None:
    # norepinephrine 10 + dopamine 10 ÷ 2 + phenylephrine 50 ÷ 10 = 20
    enough = well(
        42,
        vasopressors=(
            runs("norepinephrine", 10),
            runs("dopamine", 10, "mcg/kg/min"),
            runs("phenylephrine", 50),
        ),
    )
    less = well(42, vasopressors=(runs("norepinephrine", "9.9"), runs("epinephrine", 10)))  # 19.9
    assert grade(LEE, ne(40, "20"), enough, ne(43, "20")) == (3, 3)
    assert grade(LEE, ne(40, "20"), less, ne(43, "20")) == (2, 3)


def test_with_vasopressin_an_equivalent_of_10_keeps_the_run() -> None:
    def with_vasopressin(rate: str) -> Any:
        return well(42, vasopressors=(runs("norepinephrine", rate), runs("vasopressin", "0.03", "units/min")))

    assert grade(LEE, ne(40, "20"), with_vasopressin("10"), ne(43, "20")) == (3, 3)
    assert grade(LEE, ne(40, "20"), with_vasopressin("9.9"), ne(43, "20")) == (2, 3)


def test_the_known_parts_of_an_equivalent_are_enough() -> None:
    both = well(42, vasopressors=(runs("norepinephrine", 20), runs("epinephrine")))
    assert grade(LEE, ne(40, "20"), both, ne(43, "20")) == (3, 3)


def test_since_does_not_reach_past_an_assessment_that_broke_the_run() -> None:
    found = verdict(LEE, ne(40, "5"), well(42, vasopressors=(runs("norepinephrine", 20, since=38),)))
    assert found.pending is not None
    assert found.pending.at == hours(40) + timedelta(hours=3)


@pytest.mark.parametrize(
    ("rate", "expected"),
    [("3", (2, 2)), ("3.42", (2, 2)), ("3.43", (2, 3)), ("12", (2, 3)), ("19.9", (2, 3)), ("20", (3, 3))],
)
def test_a_childs_dose_below_the_adult_row_is_open_from_the_row_by_weight(rate: str, expected: tuple[int, int]) -> None:
    # 20 mcg/min × 12 kg ÷ 70 = 3.4286
    child = patient(5, 12)
    given = (runs("norepinephrine", rate, since=40),)
    assert grade(LEE, well(AT, vasopressors=given), who=child) == expected


def test_a_childs_dopamine_is_by_weight_already() -> None:
    given = (runs("dopamine", "9.9", "mcg/kg/min", since=40),)
    assert grade(LEE, well(AT, vasopressors=given), who=patient(5, 12)) == (2, 2)


# --- Hypotension (rules 1.2)


@pytest.mark.parametrize(
    ("age", "systolic", "low"),
    [
        ("0.05", 59, True),
        ("0.05", 60, False),
        ("0.5", 69, True),
        ("0.5", 70, False),
        ("1", 71, True),
        ("1", 72, False),
        ("7", 83, True),
        ("7", 84, False),
        ("9.9", 87, True),
        ("9.9", 88, False),
        ("10", 89, True),
        ("10", 90, False),
        ("17", 90, False),
    ],
)
def test_a_childs_systolic_is_low_below_the_limit_of_its_age(age: str, systolic: int, low: bool) -> None:
    found = grade(LEE, well(AT, systolic=systolic, diastolic=None), who=patient(age, 20))
    assert found == ((2, 3) if low else (0, 0))


@pytest.mark.parametrize(
    ("fields", "low"),
    [
        ({"systolic": 89, "mean": 80}, True),
        ({"systolic": 90, "mean": 65}, False),
        ({"systolic": 100, "mean": 64}, True),
        ({"systolic": 95, "diastolic": 50}, False),  # mean exactly 65
        ({"systolic": 95, "diastolic": "49.9"}, True),
        ({"systolic": 94, "diastolic": 50}, True),  # 64.67
    ],
)
def test_an_adults_pressure_is_low_below_90_or_below_a_mean_of_65(fields: dict[str, Any], low: bool) -> None:
    assert grade(LEE, well(AT, **{"diastolic": None, **fields})) == ((2, 3) if low else (0, 0))


@pytest.mark.parametrize(("systolic", "low"), [(105, False), (104, True)])
def test_an_adults_systolic_more_than_40_below_the_baseline_is_low(systolic: int, low: bool) -> None:
    who = patient(baseline_systolic=145)
    assert grade(LEE, well(AT, systolic=systolic, diastolic=90), who=who) == ((2, 3) if low else (0, 0))


def test_a_childs_baseline_lowers_nothing() -> None:
    assert grade(LEE, well(AT, systolic=100, diastolic=60), who=patient(17, 60, baseline_systolic=150)) == (0, 0)


def test_a_vasopressor_stands_against_an_earlier_no() -> None:
    events = (well(AT - 1, hypotension=False), seen(AT, vasopressors=(runs("norepinephrine", 5),)))
    assert grade(LEE, *events) == (2, 2)


# --- Organ toxicity from the laboratory (rules 1.5)

LABORATORY = [
    ("alt", "40", [("40", 0), ("41", 1), ("120", 1), ("121", 2), ("200", 2), ("201", 3), ("800", 3), ("801", 3)]),
    ("ast", "40", [("120", 1), ("121", 2), ("200", 2), ("201", 3)]),
    ("bilirubin", "1", [("1", 0), ("1.5", 1), ("1.6", 2), ("3", 2), ("3.1", 3), ("10", 3), ("10.1", 4)]),
    ("creatinine", "1", [("1", 0), ("1.5", 1), ("1.6", 2), ("3", 2), ("3.1", 3), ("6", 3), ("6.1", 4)]),
    ("inr", "1", [("1", 0), ("1.5", 1), ("1.6", 2), ("2.5", 2), ("2.6", 3), ("9", 3)]),
    ("aptt", "40", [("60", 1), ("61", 2), ("100", 2), ("101", 3)]),
]


@pytest.mark.parametrize(
    ("analyte", "upper", "value", "organ"),
    [(analyte, upper, value, organ) for analyte, upper, values in LABORATORY for value, organ in values],
)
def test_a_result_grades_its_organ_by_multiples_of_the_upper_limit(
    analyte: str, upper: str, value: str, organ: int
) -> None:
    expected = organ if organ >= 2 else 0  # organ toxicity of grade 1 is no criterion
    assert grade(LEE, result(49, analyte, value, upper=upper), well(AT)) == (expected, expected)


@pytest.mark.parametrize(
    ("value", "organ"), [("2", 0), ("1.9", 0), ("1.5", 0), ("1.49", 2), ("1", 2), ("0.99", 3), ("0.5", 3), ("0.49", 4)]
)
def test_fibrinogen_grades_by_parts_of_the_lower_limit(value: str, organ: int) -> None:
    assert grade(LEE, result(49, "fibrinogen", value, lower=2), well(AT)) == (organ, organ)


def test_a_result_counts_only_above_the_patients_own_from_before_the_infusion() -> None:
    before = result(-1, "creatinine", "1.6", upper=1)
    assert grade(LEE, before, result(49, "creatinine", "1.7", upper=1), well(AT)) == (0, 0)
    assert grade(LEE, before, result(49, "creatinine", "3.1", upper=1), well(AT)) == (3, 3)


def test_a_result_counts_for_24_hours() -> None:
    given = result(26, "creatinine", "3.1", upper=1)
    assert grade(LEE, given, well(AT)) == (3, 3)
    assert grade(LEE, given, well(50.02)) == (0, 0)


def test_the_latest_result_of_an_analyte_counts() -> None:
    events = (result(45, "creatinine", "3.1", upper=1), result(46, "creatinine", "1.1", upper=1))
    assert grade(LEE, *events, well(AT)) == (0, 0)


def test_a_later_result_without_its_limit_leaves_the_earlier_in_force() -> None:
    events = (result(45, "creatinine", "3.1", upper=1), result(46, "creatinine", "1.1"))
    assert grade(LEE, *events, well(AT)) == (3, 3)


def test_without_a_map_organ_toxicity_is_open_and_the_laboratory_still_counts() -> None:
    assert grade(LEE, well(AT, organ_toxicity=None)) == (0, 4)
    assert grade(LEE, result(49, "creatinine", "3.1", upper=1), well(AT, organ_toxicity=None)) == (3, 4)


def test_the_higher_of_map_and_laboratory_counts() -> None:
    given = result(49, "creatinine", "1.6", upper=1)
    assert grade(LEE, given, well(AT, organ_toxicity={"renal": 3})) == (3, 3)
    assert grade(LEE, given, well(AT, organ_toxicity={"renal": 1})) == (2, 2)


# --- Death, and the printed patients


@pytest.mark.parametrize(("due_to_crs", "expected"), [(True, 5), (False, 1), (None, 1)])
def test_death_due_to_crs_is_grade_5_of_the_course(due_to_crs: bool | None, expected: int) -> None:
    found = graded(febrile(30), died(60, due_to_crs=due_to_crs)).maxima
    for scale in ("astct-2019", "lee-2014", "ctcae-5", "ctcae-4"):
        assert found[scale].grade == expected
    assert found["icans-2019"].grade == 0


def test_the_first_case_of_the_paper_fever_of_40_7_with_rigors_is_grade_1() -> None:
    days = [
        febrile(24 * day, temperature_c=peak, constitutional=("rigors",))
        for day, peak in enumerate(("38.6", "39.8", "40.7", "39.9", "38.9"), 1)
    ]
    assert graded(*days, who=patient(11, 36), protocol=LEE).maxima[LEE].grade == 1


def test_the_third_case_of_the_paper_two_vasopressors_and_oxygen_is_grade_3() -> None:
    day_5 = febrile(
        120,
        systolic=70,
        diastolic=40,
        fluid_bolus=True,
        oxygen=on("nasal-cannula", 2),
        vasopressors=(runs("dopamine"), runs("norepinephrine")),
    )
    assert grade(LEE, day_5, who=patient(11, 36), protocol=LEE) == (3, 3)
