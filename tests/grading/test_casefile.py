"""Is every line of the case format read as `docs/case-format.md` says, and every fault named by its path?"""

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from grading.casefile import Rejected, read_line
from grading.record import Assessment, InfusionEvent, Laboratory, Oxygen, Treatment, Vasopressor, Weight
from tests.grading.lines import ASSESSMENT, EXAMPLE, PRESSOR, assessment, case, changed, faults, minimal, read, without


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
