"""ASTCT 2019, row by row (rules 2.1; Lee DW et al. 2019, as the 2024 review reports it)."""

from typing import Any

import pytest

from grading.record import Event
from tests.grading.ward import febrile, gave, grade, on, patient, runs, seen, verdict, well

ASTCT = "astct-2019"
AT = 50


@pytest.mark.parametrize(("temperature", "expected"), [("37.9", 0), ("38.0", 1), ("38", 1), ("40.7", 1)])
def test_fever_is_38_0_and_above(temperature: str, expected: int) -> None:
    assert grade(ASTCT, well(AT, temperature_c=temperature)) == (expected, expected)


WITH_FEVER: list[tuple[str, dict[str, Any], tuple[int, int]]] = [
    ("nothing else", {}, (1, 1)),
    ("hypotension, restored", {"systolic": 85, "diastolic": 50, "pressure_restored": True}, (2, 2)),
    ("a bolus, pressure normal now", {"fluid_bolus": True}, (2, 2)),
    ("the clinician's word", {"hypotension": True}, (2, 2)),
    ("low pressure, no word on fluids", {"systolic": 85, "diastolic": 50}, (2, 3)),
    ("low pressure that fluids did not restore", {"systolic": 85, "diastolic": 50, "pressure_restored": False}, (2, 3)),
    ("the clinician's no beside a normal pressure", {"hypotension": False}, (1, 1)),
    ("low-flow cannula", {"oxygen": on("nasal-cannula", 2)}, (2, 2)),
    ("blow-by", {"oxygen": on("blow-by")}, (2, 2)),
    ("cannula at exactly 6", {"oxygen": on("nasal-cannula", "6.0")}, (2, 2)),
    ("cannula over 6", {"oxygen": on("nasal-cannula", "6.1")}, (3, 3)),
    ("cannula, flow not charted", {"oxygen": on("nasal-cannula")}, (2, 3)),
    ("high-flow cannula", {"oxygen": on("high-flow-nasal-cannula", 30)}, (3, 3)),
    ("high-flow cannula at 6", {"oxygen": on("high-flow-nasal-cannula", 6)}, (2, 2)),
    ("high-flow cannula at 6.1", {"oxygen": on("high-flow-nasal-cannula", "6.1")}, (3, 3)),
    ("high-flow cannula, flow not charted", {"oxygen": on("high-flow-nasal-cannula")}, (3, 3)),
    ("simple mask", {"oxygen": on("simple-mask", 5)}, (3, 3)),
    ("simple mask at any flow", {"oxygen": on("simple-mask", 2, 28)}, (3, 3)),
    ("Venturi mask", {"oxygen": on("venturi-mask", None, 28)}, (3, 3)),
    ("non-rebreather", {"oxygen": on("non-rebreather", 10)}, (3, 3)),
    ("CPAP for hypoxia", {"oxygen": on("cpap", for_hypoxia=True)}, (4, 4)),
    ("BiPAP for hypoxia", {"oxygen": on("bipap", None, 35, for_hypoxia=True)}, (4, 4)),
    ("ventilated for hypoxia", {"oxygen": on("invasive-ventilation", for_hypoxia=True)}, (4, 4)),
    ("ventilated, no word on why", {"oxygen": on("invasive-ventilation")}, (1, 4)),
    ("ventilated to protect the airway", {"oxygen": on("invasive-ventilation", for_hypoxia=False)}, (1, 1)),
    ("oxygen for a procedure", {"oxygen": on("simple-mask", 8, for_hypoxia=False)}, (1, 1)),
    ("one vasopressor", {"vasopressors": (runs("norepinephrine", 1),)}, (3, 3)),
    ("one at a high dose", {"vasopressors": (runs("norepinephrine", 60, since=10),)}, (3, 3)),
    ("one, rate not charted", {"vasopressors": (runs("dopamine"),)}, (3, 3)),
    ("vasopressin alone", {"vasopressors": (runs("vasopressin", "0.03", "units/min"),)}, (3, 3)),
    ("vasopressin to spare", {"vasopressors": (runs("vasopressin", for_hypotension=False),)}, (1, 1)),
    ("with vasopressin", {"vasopressors": (runs("norepinephrine", 5), runs("vasopressin"))}, (3, 3)),
    ("two", {"vasopressors": (runs("norepinephrine", 3), runs("epinephrine", 2))}, (4, 4)),
    ("two and vasopressin", {"vasopressors": (runs("dopamine"), runs("epinephrine"), runs("vasopressin"))}, (4, 4)),
    ("with angiotensin II", {"vasopressors": (runs("norepinephrine"), runs("angiotensin-ii"))}, (4, 4)),
    ("milrinone alone", {"vasopressors": (runs("milrinone"),)}, (1, 1)),
    ("with milrinone", {"vasopressors": (runs("norepinephrine"), runs("milrinone"))}, (3, 3)),
    ("with dobutamine", {"vasopressors": (runs("norepinephrine"), runs("dobutamine"))}, (3, 3)),
    ("one for another reason", {"vasopressors": (runs("norepinephrine", for_hypotension=False),)}, (1, 1)),
    ("one vasopressor and low flow", {"vasopressors": (runs("dopamine"),), "oxygen": on("nasal-cannula", 2)}, (3, 3)),
    ("organ toxicity of grade 4", {"organ_toxicity": {"renal": 4, "cardiac": 4}}, (1, 1)),
    ("symptoms", {"constitutional": ("rigors", "headache")}, (1, 1)),
    ("judged life-threatening", {"life_threatening": True}, (1, 1)),
    ("ICANS 4", {"consciousness": "unarousable"}, (1, 1)),
    ("SpO2 91% on room air: more may be required", {"spo2_percent": 91}, (1, 4)),
    ("SpO2 92% on room air", {"spo2_percent": 92}, (1, 1)),
    ("SpO2 85% on a cannula that counts", {"spo2_percent": 85, "oxygen": on("nasal-cannula", 2)}, (2, 2)),
    (
        "hypotension of another cause",
        {"vasopressors": (runs("dopamine"),), "attributed_elsewhere": ("hypotension",)},
        (1, 1),
    ),
    ("hypoxia of another cause", {"oxygen": on("simple-mask"), "attributed_elsewhere": ("hypoxia",)}, (1, 1)),
    ("fever of another cause", {"oxygen": on("simple-mask"), "attributed_elsewhere": ("fever",)}, (0, 0)),
    ("SpO2 85%, hypoxia of another cause", {"spo2_percent": 85, "attributed_elsewhere": ("hypoxia",)}, (1, 1)),
]


@pytest.mark.parametrize(("fields", "expected"), [pytest.param(f, e, id=name) for name, f, e in WITH_FEVER])
def test_with_fever_the_support_decides(fields: dict[str, Any], expected: tuple[int, int]) -> None:
    assert grade(ASTCT, febrile(AT, **fields)) == expected


@pytest.mark.parametrize(("fields", "expected"), [pytest.param(f, e, id=name) for name, f, e in WITH_FEVER])
def test_without_fever_or_waiver_nothing_is_graded(fields: dict[str, Any], expected: tuple[int, int]) -> None:
    assert grade(ASTCT, well(AT, **fields)) == (0, 0)


def test_without_fever_the_answer_says_why_support_is_not_graded() -> None:
    (notice,) = verdict(ASTCT, well(AT, oxygen=on("nasal-cannula", 2))).notices
    assert "Without fever" in notice
    assert "antipyretic" in notice
    assert verdict(ASTCT, well(AT)).notices == ()


@pytest.mark.parametrize(("flow", "expected"), [(1, (1, 1)), (2, (1, 1)), ("2.1", (2, 2)), (7, (3, 3)), (None, (1, 3))])
def test_a_cannula_at_the_home_flow_does_not_count(flow: Any, expected: tuple[int, int]) -> None:
    who = patient(home_oxygen_l_min=2)
    assert grade(ASTCT, febrile(AT, oxygen=on("nasal-cannula", flow)), who=who) == expected


def test_a_mask_counts_whatever_the_home_flow() -> None:
    assert grade(ASTCT, febrile(AT, oxygen=on("simple-mask", 5)), who=patient(home_oxygen_l_min=6)) == (3, 3)


def test_a_low_spo2_at_the_home_flow_leaves_every_oxygen_row_open() -> None:
    who = patient(home_oxygen_l_min=2)
    assert grade(ASTCT, febrile(AT, spo2_percent=88, oxygen=on("nasal-cannula", 2)), who=who) == (1, 4)


@pytest.mark.parametrize(("age", "expected"), [("1.9", (3, 3)), ("2", (2, 2))])
def test_under_two_years_a_high_flow_cannula_is_high_flow_at_any_flow(age: str, expected: tuple[int, int]) -> None:
    fields = {"oxygen": on("high-flow-nasal-cannula", 4)}
    assert grade(ASTCT, febrile(AT, **fields), who=patient(age, 12)) == expected


# --- Unknown is never the good one


def test_a_temperature_alone_leaves_everything_above_open() -> None:
    assert grade(ASTCT, seen(AT, temperature_c=39)) == (1, 4)


def test_with_no_temperature_the_support_stays_open_and_is_not_grade_0_for_sure() -> None:
    assert grade(ASTCT, well(AT, temperature_c=None, oxygen=on("nasal-cannula", 2))) == (0, 2)
    assert grade(ASTCT, well(AT, temperature_c=None)) == (0, 1)


def test_vasopressors_not_charted_leave_grade_4_open() -> None:
    assert grade(ASTCT, febrile(AT, vasopressors=None)) == (1, 4)


def test_oxygen_not_charted_leaves_grade_4_open() -> None:
    assert grade(ASTCT, febrile(AT, oxygen=None)) == (1, 4)


def test_an_adults_systolic_alone_leaves_hypotension_open() -> None:
    assert grade(ASTCT, febrile(AT, diastolic=None)) == (1, 3)


def test_a_childs_systolic_is_enough() -> None:
    assert grade(ASTCT, febrile(AT, diastolic=None, systolic=100), who=patient(7, 25)) == (1, 1)


# --- The waiver

LOW = {"oxygen": on("nasal-cannula", 2)}
ONSET = febrile(24)


def test_confirmed_crs_needs_no_fever() -> None:
    assert grade(ASTCT, well(AT, **LOW, crs_confirmed=True)) == (2, 2)
    assert grade(ASTCT, well(30, crs_confirmed=True), well(AT, **LOW)) == (2, 2)
    assert grade(ASTCT, well(30, crs_confirmed=True), well(40, crs_confirmed=False), well(AT, **LOW)) == (0, 0)


ANTICYTOKINES = (
    "tocilizumab",
    "Actemra",
    "SILTUXIMAB",
    "sarilumab",
    "clazakizumab",
    "anakinra",
    "etanercept",
    "infliximab",
    "emapalumab",
    "ruxolitinib",
    "hydrocortisone",
    "dexamethasone",
    "methylprednisolone",
    "prednisone",
    "prednisolone",
    "betamethasone",
)


@pytest.mark.parametrize("drug", ANTICYTOKINES)
def test_after_the_onset_an_anticytokine_drug_waives_fever_for_the_rest_of_the_course(drug: str) -> None:
    assert grade(ASTCT, ONSET, gave(26, drug), well(200, **LOW)) == (2, 2)


def test_without_an_onset_a_drug_waives_nothing() -> None:
    assert grade(ASTCT, gave(26, "tocilizumab"), gave(26, "paracetamol"), well(30, **LOW)) == (0, 0)


@pytest.mark.parametrize(("given_at", "expected"), [(23, (2, 2)), (22.98, (0, 0))])
def test_an_anticytokine_drug_counts_from_60_minutes_before_the_first_onset(
    given_at: float, expected: tuple[int, int]
) -> None:
    assert grade(ASTCT, gave(given_at, "tocilizumab"), ONSET, well(100, **LOW)) == expected


@pytest.mark.parametrize(
    "details", [{"purpose": "premedication"}, {"purpose": "replacement"}, {"purpose": "stress"}, {"route": "topical"}]
)
def test_a_glucocorticoid_that_does_not_treat_waives_nothing(details: dict[str, str]) -> None:
    assert grade(ASTCT, ONSET, gave(26, "dexamethasone", **details), well(100, **LOW)) == (0, 0)


ANTIPYRETICS = (
    "acetaminophen",
    "paracetamol",
    "Tylenol",
    "ibuprofen",
    "naproxen",
    "aspirin",
    "metamizole",
    "diclofenac",
    "ketorolac",
    "indomethacin",
    "celecoxib",
)


@pytest.mark.parametrize("drug", ANTIPYRETICS)
def test_an_antipyretic_waives_fever_for_24_hours(drug: str) -> None:
    assert grade(ASTCT, ONSET, gave(76, drug), well(100, **LOW)) == (2, 2)
    assert grade(ASTCT, ONSET, gave(75.98, drug), well(100, **LOW)) == (0, 0)


@pytest.mark.parametrize(("now", "expected"), [(48, (2, 2)), (48.02, (0, 0))])
def test_a_fever_waives_itself_for_24_hours(now: float, expected: tuple[int, int]) -> None:
    assert grade(ASTCT, ONSET, well(now, **LOW)) == expected


def test_a_fever_that_was_attributed_elsewhere_waives_nothing() -> None:
    early = febrile(24, attributed_elsewhere=("fever",))
    assert grade(ASTCT, early, well(30, **LOW, attributed_elsewhere=())) == (0, 0)


def test_no_drug_from_before_the_infusion_waives() -> None:
    events: list[Event] = [gave(-1, "tocilizumab"), febrile(0), well(100, **LOW)]
    assert grade(ASTCT, *events) == (0, 0)
