"""Is every line of the case format read as `docs/case-format.md` says, and every fault named by its path?"""

import copy
import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from grading.casefile import Case, Rejected, read_line
from grading.record import Assessment, InfusionEvent, Laboratory, Oxygen, Treatment, Vasopressor, Weight

EXAMPLE: dict[str, Any] = {
    "case": "example-1",
    "patient": {
        "age_years": 11,
        "sex": "female",
        "weight_kg": 36,
        "height_cm": 142,
        "baseline": {"systolic": 104, "diastolic": 62, "home_oxygen_l_min": None},
        "extensive_comorbidities": False,
        "long_term_glucocorticoid": False,
        "neutropenic": None,
    },
    "infusion": {"cause": "car-t", "product": "tisagenlecleucel", "started_at": "2026-03-01T10:00:00+00:00"},
    "events": [
        {
            "type": "assessment",
            "at": "2026-03-05T08:00:00+00:00",
            "temperature_c": 39.6,
            "heart_rate": 142,
            "respiratory_rate": 30,
            "systolic": 70,
            "diastolic": 40,
            "mean": None,
            "spo2_percent": 89,
            "hypotension": None,
            "fluid_bolus": True,
            "pressure_restored": None,
            "vasopressors": [
                {"agent": "norepinephrine", "rate": 0.1, "unit": "mcg/kg/min", "since": None, "for_hypotension": True}
            ],
            "oxygen": {"device": "nasal-cannula", "flow_l_min": 4, "fio2_percent": None, "for_hypoxia": True},
            "constitutional": ["headache", "nausea"],
            "organ_toxicity": {"renal": 1},
            "attributed_elsewhere": [],
            "life_threatening": None,
            "symptomatic_response": None,
            "ice_score": None,
            "capd_score": None,
            "consciousness": None,
            "seizure": None,
            "motor_weakness": None,
            "raised_icp": None,
            "neurology_not_assessed": None,
            "severe_grade_2": None,
            "crs_confirmed": None,
            "note": "",
        },
        {
            "type": "treatment",
            "at": "2026-03-05T08:30:00+00:00",
            "drug": "tocilizumab",
            "dose": 288,
            "unit": "mg",
            "route": "iv",
            "purpose": "crs",
        },
        {
            "type": "laboratory",
            "at": "2026-03-05T09:00:00+00:00",
            "analyte": "crp",
            "value": 215,
            "unit": "mg/L",
            "lower_limit": None,
            "upper_limit": 5,
        },
        {"type": "infusion", "at": "2026-03-05T09:00:00+00:00", "action": "interrupt"},
        {"type": "weight", "at": "2026-03-05T09:00:00+00:00", "weight_kg": 37},
        {"type": "death", "at": "2026-03-20T09:00:00+00:00", "due_to_crs": True},
    ],
}
ASSESSMENT = ("events", 0)
PRESSOR = (*ASSESSMENT, "vasopressors", 0)


def changed(*path: str | int, to: Any) -> dict[str, Any]:
    """The example with the value at `path` replaced."""
    document = copy.deepcopy(EXAMPLE)
    inner: Any = document
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = to
    return document


def without(*path: str | int) -> dict[str, Any]:
    document = copy.deepcopy(EXAMPLE)
    inner: Any = document
    for step in path[:-1]:
        inner = inner[step]
    del inner[path[-1]]
    return document


def read(document: Any) -> Case | Rejected:
    return read_line((document if isinstance(document, str) else json.dumps(document)).encode())


def case(document: Any) -> Case:
    answer = read(document)
    assert isinstance(answer, Case), answer
    return answer


def faults(document: Any) -> dict[str, str]:
    """Each fault's message by its path."""
    answer = read(document)
    assert isinstance(answer, Rejected)
    return {fault.path: fault.message for fault in answer.faults}


def minimal(*events: dict[str, Any]) -> dict[str, Any]:
    return {
        "case": "c",
        "patient": {"age_years": 40},
        "infusion": {"cause": "car-t", "started_at": "2026-03-01T10:00:00+00:00"},
        "events": list(events),
    }


def assessment(**fields: Any) -> dict[str, Any]:
    return {"type": "assessment", "at": "2026-03-02T10:00:00+00:00", **fields}


def test_the_example_is_read_whole() -> None:
    read = case(EXAMPLE)
    course = read.course
    assert read.name == "example-1"
    assert course.patient.age_years == 11
    assert course.patient.baseline_systolic == 104
    assert course.patient.home_oxygen_l_min is None
    assert course.patient.extensive_comorbidities is False
    assert course.patient.neutropenic is None
    assert course.infusion.cause == "car-t"
    assert course.infusion.started_at == datetime(2026, 3, 1, 10, tzinfo=UTC)
    assert course.protocol == "review-2024"
    seen, treatment, result, interrupted, weight, _ = course.events
    assert isinstance(seen, Assessment)
    assert seen.temperature_c == Decimal("39.6")
    assert seen.vasopressors == (
        Vasopressor(agent="norepinephrine", rate=Decimal("0.1"), unit="mcg/kg/min", for_hypotension=True),
    )
    assert seen.oxygen == Oxygen(device="nasal-cannula", flow_l_min=Decimal(4), for_hypoxia=True)
    assert seen.constitutional == ("headache", "nausea")
    assert seen.organ_toxicity == {"renal": 1}
    assert seen.attributed_elsewhere == ()
    assert treatment == Treatment(
        at=datetime(2026, 3, 5, 8, 30, tzinfo=UTC),
        drug="tocilizumab",
        dose=Decimal(288),
        unit="mg",
        route="iv",
        purpose="crs",
    )
    assert isinstance(result, Laboratory)
    assert (result.value, result.lower_limit, result.upper_limit) == (Decimal(215), None, Decimal(5))
    assert isinstance(interrupted, InfusionEvent)
    assert isinstance(weight, Weight)
    assert weight.weight_kg == 37


def test_absent_and_null_mean_the_same() -> None:
    fields = [key for key in Assessment.__dataclass_fields__ if key not in ("at", "ref", "note")]
    nulls = case(minimal(assessment(**dict.fromkeys([*fields, "note"]))))
    assert nulls == case(minimal(assessment()))
    (seen,) = nulls.course.events
    assert all(getattr(seen, field) is None for field in fields)


@pytest.mark.parametrize(
    "document",
    [
        {**minimal(), "events": None},
        {key: value for key, value in minimal().items() if key != "events"},
        {**minimal(), "protocol": None},
        {**minimal(), "title": 3, "expect": {"anything": [1e300]}},
        minimal({"type": "treatment", "at": "2026-03-02T10:00:00Z"}),
        minimal({"type": "laboratory", "at": "2026-03-02T10:00:00Z"}),
        minimal({"type": "infusion", "at": "2026-03-02T10:00:00Z"}),
        minimal({"type": "weight", "at": "2026-03-02T10:00:00Z"}),
        minimal({"type": "death", "at": "2026-03-02T10:00:00Z"}),
        minimal({"type": "treatment", "at": "2026-03-02T10:00:00Z", "drug": "some trial drug", "dose": 1}),
        minimal({"type": "laboratory", "at": "2026-03-02T10:00:00Z", "analyte": "il-2", "value": 1}),
        minimal(assessment(organ_toxicity={"renal": None, "skin": 0})),
        minimal(assessment(vasopressors=[{"agent": "vasopressin"}])),
    ],
)
def test_what_the_format_lets_be_absent_may_be_absent(document: dict[str, Any]) -> None:
    case(document)


@pytest.mark.parametrize(
    ("path", "named"),
    [
        (("case",), "case"),
        (("patient",), "patient.age_years"),
        (("patient", "age_years"), "patient.age_years"),
        (("infusion",), "infusion.started_at"),
        (("infusion", "cause"), "infusion.cause"),
        (("infusion", "started_at"), "infusion.started_at"),
        ((*ASSESSMENT, "type"), "events[0].type"),
        ((*ASSESSMENT, "at"), "events[0].at"),
        ((*PRESSOR, "agent"), "events[0].vasopressors[0].agent"),
        ((*ASSESSMENT, "oxygen", "device"), "events[0].oxygen.device"),
    ],
)
def test_what_may_not_be_absent_is_named_where_it_is(path: tuple[str | int, ...], named: str) -> None:
    assert faults(without(*path))[named].startswith("needed: ")
    assert faults(changed(*path, to=None))[named].startswith("needed: ")


@pytest.mark.parametrize(
    ("path", "value", "allowed"),
    [
        (("case",), 17, "a text is needed"),
        (("case",), "", "a text that names the line"),
        (("case",), "\ud800", "whole characters"),
        (("protocol",), "lee", "review-2024, lee-2014"),
        (("patient",), [], "an object is needed"),
        (("patient", "sex"), "f", "female, male, other, unknown"),
        (("patient", "age_years"), -1, "0 to 130"),
        (("patient", "age_years"), 131, "0 to 130"),
        (("patient", "weight_kg"), 0.2, "0.3 to 400"),
        (("patient", "weight_kg"), "36", 'the text "36" is no number'),
        (("patient", "height_cm"), 1.42, "20 to 260"),
        (("patient", "extensive_comorbidities"), 1, "true, false or null"),
        (("infusion", "cause"), "cart", "car-t, bispecific, haplo-hct, antibody, other-cells"),
        (("infusion", "product"), 5, "a text is needed"),
        (("infusion", "started_at"), "2026-03-01", "with an offset"),
        (("events",), {}, "a list is needed"),
        ((*ASSESSMENT, "type"), "vitals", "assessment, treatment, laboratory, infusion, weight, death"),
        ((*ASSESSMENT, "at"), "2026-03-05T08:00:00", "with an offset"),
        ((*ASSESSMENT, "at"), "2026-02-30T08:00:00Z", "with an offset"),
        ((*ASSESSMENT, "at"), 1772697600, "with an offset"),
        ((*ASSESSMENT, "at"), "2026-03-05 08:00:00Z", "with an offset"),
        ((*ASSESSMENT, "at"), "2026-03-05T08:00:00.1234567Z", "with an offset"),
        ((*ASSESSMENT, "at"), "2026-03-05T24:00:00Z", "with an offset"),
        ((*ASSESSMENT, "at"), "2026-03-05T08:00:00+23:00", "with an offset"),
        ((*ASSESSMENT, "at"), "0001-01-01T00:00:00+10:00", "with an offset"),
        ((*ASSESSMENT, "at"), "٢٠٢٦-03-05T08:00:00Z", "with an offset"),
        ((*ASSESSMENT, "temperature_c"), True, "true is no number"),
        ((*ASSESSMENT, "temperature_c"), "39", 'the text "39" is no number'),
        ((*ASSESSMENT, "temperature_c"), 45.1, "25 to 45 °C"),
        ((*ASSESSMENT, "temperature_c"), 101.3, "38.5 °C, from 101.3 °F is meant?"),
        ((*ASSESSMENT, "temperature_c"), [39], "a list is no number"),
        ((*ASSESSMENT, "systolic"), 19, "20 to 320"),
        ((*ASSESSMENT, "diastolic"), 71, "at most the systolic"),
        ((*ASSESSMENT, "mean"), 281, "10 to 280"),
        ((*ASSESSMENT, "spo2_percent"), 101, "0 to 100%"),
        ((*ASSESSMENT, "heart_rate"), -1, "0 to 350"),
        ((*ASSESSMENT, "respiratory_rate"), 151, "0 to 150"),
        ((*ASSESSMENT, "fluid_bolus"), "yes", "true, false or null"),
        ((*ASSESSMENT, "fluid_bolus"), 0, "true, false or null"),
        ((*ASSESSMENT, "vasopressors"), {}, "a list is needed"),
        ((*ASSESSMENT, "constitutional"), "headache", "a list is needed"),
        ((*ASSESSMENT, "organ_toxicity"), [], "an object is needed"),
        ((*ASSESSMENT, "symptomatic_response"), "good", "not-needed, prompt, prolonged-or-recurrent"),
        ((*ASSESSMENT, "consciousness"), "awake", "spontaneous, to-voice, to-touch, unarousable"),
        ((*ASSESSMENT, "seizure"), "yes", "none, brief, prolonged"),
        ((*ASSESSMENT, "raised_icp"), True, "none, focal-edema, diffuse-edema-or-raised-icp"),
        ((*ASSESSMENT, "ice_score"), 11, "0 to 10"),
        ((*ASSESSMENT, "ice_score"), 3.5, "a whole number, 0 to 10"),
        ((*ASSESSMENT, "capd_score"), 33, "0 to 32"),
        ((*ASSESSMENT, "neurology_not_assessed"), "busy", "sedated, intubated, language, asleep, other"),
        ((*ASSESSMENT, "note"), 3, "a text is needed"),
        (("events", 1, "dose"), 0, "over 0"),
        (("events", 1, "dose"), -8, "over 0"),
        (("events", 1, "route"), "IV", "iv, po, im, sc, topical, inhaled, other"),
        (("events", 1, "purpose"), "fever", "crs, icans, premedication, replacement, stress, other"),
        (("events", 1, "drug"), 5, "a text is needed"),
        (("events", 2, "value"), -1, "0 to"),
        (("events", 2, "upper_limit"), 0, "over 0"),
        (("events", 2, "lower_limit"), 6, "at most the upper limit"),
        (("events", 3, "action"), "pause", "interrupt, resume, discontinue"),
        (("events", 4, "weight_kg"), 401, "0.3 to 400"),
        (("events", 5, "due_to_crs"), "yes", "true, false or null"),
    ],
)
def test_a_value_that_is_not_allowed_is_named_with_what_is(
    path: tuple[str | int, ...], value: Any, allowed: str
) -> None:
    found = faults(changed(*path, to=value))
    assert list(found) == [_written(path)]
    assert allowed in found[_written(path)]


def _written(path: tuple[str | int, ...]) -> str:
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ((), "Case"),
        (("patient",), "weight"),
        (("patient", "baseline"), "mean"),
        (("infusion",), "product_name"),
        (ASSESSMENT, "temp"),
        (PRESSOR, "dose"),
        ((*ASSESSMENT, "oxygen"), "flow"),
        ((*ASSESSMENT, "organ_toxicity"), "kidney"),
        (("events", 1), "name"),
        (("events", 2), "limit"),
        (("events", 3), "reason"),
        (("events", 4), "weight"),
        (("events", 5), "cause"),
    ],
)
def test_an_unknown_key_is_an_error_wherever_it_stands(path: tuple[str | int, ...], key: str) -> None:
    found = faults(changed(*path, key, to=1))
    assert list(found) == [_written((*path, key))]
    assert "unknown key" in found[_written((*path, key))]


def test_a_misspelled_key_is_answered_with_the_one_that_was_meant() -> None:
    assert "temperature_c is meant?" in faults(minimal(assessment(temprature_c=39)))["events[0].temprature_c"]


def test_a_key_given_twice_is_an_error_at_every_depth() -> None:
    line = json.dumps(minimal(assessment(oxygen={"device": "room-air"})))
    twice = line.replace('"device": "room-air"', '"device": "bipap", "device": "room-air"')
    assert list(faults(twice)) == ["events[0].oxygen.device"]
    assert list(faults(line[:-1] + ', "case": "c"}')) == ["case"]


def test_all_faults_of_a_line_are_listed() -> None:
    found = faults(minimal(assessment(temperature_c=50, systolic="90", oxigen={}), {"type": "weight", "weight_kg": 0}))
    assert set(found) == {
        "events[0].temperature_c",
        "events[0].systolic",
        "events[0].oxigen",
        "events[1].at",
        "events[1].weight_kg",
    }


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999999", "1e99999999999999999999", "0e999999"])
def test_a_number_that_is_not_finite_or_absurdly_large_is_refused_at_once(number: str) -> None:
    line = json.dumps(minimal(assessment(systolic=0))).replace('"systolic": 0', f'"systolic": {number}')
    assert "finite number" in faults(line)["events[0].systolic"]


@pytest.mark.parametrize("number", ["1" * 5000, "0." + "1" * 5000, "38." + "0" * 60])
def test_a_number_of_endless_digits_is_refused_at_once(number: str) -> None:
    line = json.dumps(minimal(assessment(systolic=0))).replace('"systolic": 0', f'"systolic": {number}')
    assert "at most 24 digits" in faults(line)["events[0].systolic"]


def test_numbers_are_the_decimals_that_were_written() -> None:
    line = json.dumps(minimal(assessment(temperature_c=0, systolic=0)))
    line = line.replace('"temperature_c": 0', '"temperature_c": 38.00').replace('"systolic": 0', '"systolic": 1.2e2')
    (seen,) = case(line).course.events
    assert isinstance(seen, Assessment)
    assert str(seen.temperature_c) == "38.00"
    assert str(seen.systolic) == "120"


def test_a_grade_written_as_2_0_is_a_whole_number() -> None:
    (seen,) = case(minimal(assessment(organ_toxicity={"renal": 2.0}))).course.events
    assert isinstance(seen, Assessment)
    assert seen.organ_toxicity == {"renal": 2}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"{'case': 1}", "not JSON"),
        (b'{"case": "a"} {"case": "b"}', "not JSON"),
        (b"[]", "not a list"),
        (b"3", "not 3"),
        (b"null", "not null"),
        (b'{"case": "\xff"}', "not UTF-8 at byte 11"),
        ('{"case": "é"}'.encode("utf-16"), "not UTF-8"),
        (b'{"case": "\x00"}', "not JSON"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"a":' * 100_000, "nested too deeply"),
    ],
)
def test_a_line_that_is_no_json_object_is_an_error_of_the_line(line: bytes, said: str) -> None:
    answer = read_line(line)
    assert isinstance(answer, Rejected)
    (fault,) = answer.faults
    assert fault.path == ""
    assert said in fault.message


def test_a_rejected_line_keeps_its_name() -> None:
    answer = read(minimal(assessment(temperature_c=99)))
    assert isinstance(answer, Rejected)
    assert answer.name == "c"


# --- Ages and times


def test_both_an_age_and_a_birth_date_are_one_too_many() -> None:
    assert "not both" in faults(changed("patient", "birth_date", to="2014-08-30"))["patient.birth_date"]


def test_a_birth_date_stands_for_an_age() -> None:
    document = minimal()
    document["patient"] = {"birth_date": "2014-08-30"}
    assert str(case(document).course.patient.birth_date) == "2014-08-30"


@pytest.mark.parametrize("birth_date", ["2014-8-30", "30-08-2014", "20140830", "2014-02-30", "2014-W35-6", 2014, ""])
def test_a_birth_date_is_a_calendar_date(birth_date: Any) -> None:
    document = minimal()
    document["patient"] = {"birth_date": birth_date}
    assert "a date, such as" in faults(document)["patient.birth_date"]


@pytest.mark.parametrize("birth_date", ["2026-03-02", "1895-01-01"])
def test_a_birth_date_is_before_the_infusion_and_within_a_life(birth_date: str) -> None:
    document = minimal()
    document["patient"] = {"birth_date": birth_date}
    assert list(faults(document)) == ["patient.birth_date"]


def test_no_time_is_before_the_birth() -> None:
    document = minimal({"type": "weight", "at": "2026-02-09T23:59:00+00:00", "weight_kg": 3})
    document["patient"] = {"birth_date": "2026-02-10"}
    assert "not before the birth" in faults(document)["events[0].at"]
    document["events"][0]["at"] = "2026-02-10T00:00:00+00:00"
    case(document)


def test_with_an_age_in_years_a_time_before_any_possible_birth_is_an_error() -> None:
    document = minimal({"type": "weight", "at": "1980-03-01T10:00:00+00:00", "weight_kg": 3})
    assert "not before the birth" in faults(document)["events[0].at"]
    document["events"][0]["at"] = "1987-03-01T10:00:00+00:00"
    case(document)


@pytest.mark.parametrize(
    ("at", "utc"),
    [
        ("2026-03-05T08:00:00+00:00", datetime(2026, 3, 5, 8, tzinfo=UTC)),
        ("2026-03-05T08:00Z", datetime(2026, 3, 5, 8, tzinfo=UTC)),
        ("2026-03-05T08:00:00-05:00", datetime(2026, 3, 5, 13, tzinfo=UTC)),
        ("2026-03-05T08:00:00+0530", datetime(2026, 3, 5, 2, 30, tzinfo=UTC)),
        ("2026-03-05T08:00:00.250000Z", datetime(2026, 3, 5, 8, 0, 0, 250_000, tzinfo=UTC)),
    ],
)
def test_a_time_is_kept_as_its_moment(at: str, utc: datetime) -> None:
    (event,) = case(minimal({"type": "death", "at": at})).course.events
    assert event.at == utc
    assert event.at.tzinfo is UTC


def test_an_assessment_after_the_death_is_an_error() -> None:
    death = {"type": "death", "at": "2026-03-02T10:00:00+00:00"}
    late = {**assessment(), "at": "2026-03-02T10:00:01+00:00"}
    assert "not after the death" in faults(minimal(late, death))["events[0].at"]
    case(minimal(assessment(), death))
    case(minimal(death, {"type": "laboratory", "at": "2026-03-03T10:00:00Z", "analyte": "crp", "value": 3}))


def test_a_patient_dies_once() -> None:
    death = {"type": "death", "at": "2026-03-02T10:00:00+00:00"}
    assert list(faults(minimal(death, death))) == ["events[1].type"]


# --- Vasopressors, oxygen, neurology


def pressors(*rows: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return minimal(assessment(vasopressors=list(rows), **fields))


def test_an_agent_is_charted_once() -> None:
    found = faults(pressors({"agent": "dopamine"}, {"agent": "vasopressin"}, {"agent": "dopamine"}))
    assert found == {"events[0].vasopressors[2].agent": "dopamine is charted twice: one entry an agent is needed"}


def test_a_rate_needs_its_unit_and_a_unit_its_rate() -> None:
    assert list(faults(pressors({"agent": "dopamine", "rate": 5}))) == ["events[0].vasopressors[0].unit"]
    assert list(faults(pressors({"agent": "dopamine", "unit": "mcg/kg/min"}))) == ["events[0].vasopressors[0].rate"]


@pytest.mark.parametrize(
    ("agent", "unit"),
    [("vasopressin", "mcg/min"), ("norepinephrine", "units/min"), ("dopamine", "units/h"), ("dopamine", "mcg")],
)
def test_a_unit_is_one_of_the_agents_own(agent: str, unit: str) -> None:
    assert list(faults(pressors({"agent": agent, "rate": 1, "unit": unit}))) == ["events[0].vasopressors[0].unit"]


def test_a_vasopressin_rate_in_the_wrong_unit_is_refused_and_the_right_one_offered() -> None:
    found = faults(pressors({"agent": "vasopressin", "rate": 2, "unit": "units/min"}))
    assert "over 0 to 1 units/min; 2 units/h is meant?" in found["events[0].vasopressors[0].rate"]


def test_the_command_takes_the_improbable() -> None:
    case(pressors({"agent": "norepinephrine", "rate": 2, "unit": "mcg/kg/min"}, temperature_c=33))


def test_a_rate_is_no_text_and_no_truth() -> None:
    row = {"agent": "dopamine", "rate": "5", "unit": "mcg/kg/min"}
    assert "is no number" in faults(pressors(row))["events[0].vasopressors[0].rate"]
    assert "is no number" in faults(pressors({**row, "rate": True}))["events[0].vasopressors[0].rate"]


def test_since_is_not_after_the_assessment() -> None:
    row = {"agent": "dopamine", "since": "2026-03-02T10:00:01+00:00"}
    assert list(faults(pressors(row))) == ["events[0].vasopressors[0].since"]
    case(pressors({**row, "since": "2026-03-02T05:00:00-05:00"}))


@pytest.mark.parametrize(
    "row", [{"agent": "vasopressin"}, {"agent": "dopamine", "for_hypotension": True, "rate": 5, "unit": "mcg/kg/min"}]
)
def test_no_hypotension_cannot_stand_beside_a_vasopressor_for_it(row: dict[str, Any]) -> None:
    assert list(faults(pressors(row, hypotension=False))) == ["events[0].hypotension"]


@pytest.mark.parametrize("row", [{"agent": "vasopressin", "for_hypotension": False}, {"agent": "milrinone"}])
def test_no_hypotension_may_stand_beside_what_is_not_for_it(row: dict[str, Any]) -> None:
    case(pressors(row, hypotension=False))


@pytest.mark.parametrize("flow", [0, -1, 100.1, "4", True])
def test_an_impossible_oxygen_flow_is_refused(flow: Any) -> None:
    found = faults(minimal(assessment(oxygen={"device": "nasal-cannula", "flow_l_min": flow})))
    assert "over 0 to 100 L/min" in found["events[0].oxygen.flow_l_min"]


def test_a_fraction_for_fio2_is_refused_and_the_percentage_offered() -> None:
    found = faults(minimal(assessment(oxygen={"device": "venturi-mask", "fio2_percent": 0.4})))
    assert found == {"events[0].oxygen.fio2_percent": "FiO2 0.4% is not possible: 21 to 100%; 40% is meant?"}


@pytest.mark.parametrize(
    "field",
    [
        {"ice_score": 0},
        {"capd_score": 9},
        {"consciousness": "unarousable"},
        {"seizure": "none"},
        {"motor_weakness": False},
        {"raised_icp": "none"},
    ],
)
def test_neurology_not_assessed_cannot_stand_beside_a_neurology_field(field: dict[str, Any]) -> None:
    found = faults(minimal(assessment(neurology_not_assessed="sedated", **field)))
    assert list(found) == ["events[0].neurology_not_assessed"]


def test_an_item_of_a_list_is_named_by_its_place() -> None:
    found = faults(minimal(assessment(constitutional=["rash", "itch", None], vasopressors=[3])))
    assert set(found) == {"events[0].constitutional[1]", "events[0].constitutional[2]", "events[0].vasopressors[0]"}


def test_the_lines_own_protocol_outranks_the_default() -> None:
    line = json.dumps({**minimal(), "protocol": "lee-2014"}).encode()
    own = read_line(line, "review-2024")
    default = read_line(json.dumps(minimal()).encode(), "lee-2014")
    assert isinstance(own, Case)
    assert isinstance(default, Case)
    assert own.course.protocol == default.course.protocol == "lee-2014"
