"""Why do the scales differ at one assessment? Typed from the papers' tables and printed patients."""

from typing import Any

from hypothesis import given, settings

from grading.course import grade_course
from grading.differing import differing
from grading.record import Course, Event
from grading.words import CRS_SCALES, SCALES
from tests.grading.courses import courses
from tests.grading.ward import febrile, infusion, last, on, patient, runs, seen, well

WITHOUT_TEMPERATURE: dict[str, Any] = {
    "systolic": 120,
    "diastolic": 80,
    "vasopressors": (),
    "oxygen": on("nasal-cannula", 2),
    "constitutional": (),
    "organ_toxicity": {},
}


def said(*events: Event, **about: Any) -> tuple[str, ...]:
    return differing(last(*events, **about))


def test_low_flow_oxygen_of_40_percent_is_lee_3_and_astct_2() -> None:
    # [L14 Table 2]: oxygen at or above 40%; [A19]: low flow is grade 2 whatever its FiO2
    assert said(febrile(24, oxygen=on("nasal-cannula", 5, fio2=40)))[:2] == (
        "Lee 2014 and CTCAE v5.0 grade 3 for oxygen at or above 40%",
        "ASTCT 2019 grades 2 for oxygen for hypoxia; it has no criterion «FiO2 at or above 40%»",
    )


def test_a_venturi_mask_of_35_percent_is_astct_3_and_lee_2() -> None:
    # [A19]: any mask is beyond low flow; [L14 Table 2]: below 40% is grade 2
    assert said(febrile(24, oxygen=on("venturi-mask", fio2=35)))[:2] == (
        "ASTCT 2019 grades 3 for oxygen beyond low flow",
        "Lee 2014 and CTCAE v5.0 grade 2 for oxygen for hypoxia; it has no criterion «beyond low flow»",
    )


def test_organ_toxicity_is_lee_s_alone() -> None:
    assert said(febrile(24, organ_toxicity={"renal": 3}))[:2] == (
        "Lee 2014 grades 3 for organ toxicity of grade 3 or more",
        "ASTCT 2019 grades 1 for fever of 38.0 °C or more; it has no criterion «organ toxicity of grade 3 or more»",
    )


def test_one_vasopressor_is_grade_4_only_in_the_older_ctcae() -> None:
    assert said(febrile(24, vasopressors=(runs("norepinephrine", 5),))) == (
        "CTCAE v4.03 grades 4 for at least one vasopressor",
        "ASTCT 2019 and CTCAE v5.0 grade 3 for at least one vasopressor",
        "Lee 2014 grades 2 for hypotension",
    )


def test_without_fever_astct_grades_nothing_and_says_so() -> None:
    assert said(well(24, constitutional=("rigors",))) == (
        "Lee 2014 and CTCAE v4.03 grade 1 for fever or any constitutional symptom",
        "ASTCT 2019 grades 0: no criterion is met; without fever it grades nothing",
        "CTCAE v5.0 grades 0: no criterion is met; it has no criterion «a constitutional symptom»",
    )


def test_where_fever_is_not_required_its_absence_is_no_reason() -> None:
    # [A19]: organ toxicity never changes the grade; after a fever none is required for 24 h [H]
    found = said(febrile(20), well(24, organ_toxicity={"renal": 3}))
    assert found[1] == (
        "ASTCT 2019, CTCAE v5.0 and CTCAE v4.03 grade 0: no criterion is met; "
        "it has no criterion «organ toxicity of grade 3 or more»"
    )


def test_a_temperature_that_is_not_known_is_not_without_fever() -> None:
    found = said(seen(24, **WITHOUT_TEMPERATURE))
    assert not any("without fever" in sentence for sentence in found)
    assert any(sentence.startswith("ASTCT 2019 grades at least 0, at most 2") for sentence in found)


def test_a_fever_with_another_cause_is_said_once() -> None:
    found = said(febrile(24, oxygen=on("nasal-cannula", 2), attributed_elsewhere=("fever",)))
    assert found[-1] == (
        "ASTCT 2019 grades 0: no criterion is met; without fever: other cause; it grades only with fever"
    )


def test_an_uncertain_grade_says_how_high_it_may_be_and_what_settles_it() -> None:
    assert said(febrile(24, organ_toxicity=None))[0] == (
        "Lee 2014 grades at least 1, at most 4, for fever or any constitutional symptom; "
        "chart the organ toxicity to settle it"
    )


def test_what_has_another_cause_is_said_of_each_scale() -> None:
    found = said(
        febrile(24, oxygen=on("venturi-mask", fio2=35), systolic=80, attributed_elsewhere=("hypotension",)),
    )
    assert all("without hypotension: other cause" in sentence for sentence in found)


def test_an_interruption_is_a_criterion_of_the_older_ctcae_alone() -> None:
    found = said(infusion(23, "interrupt"), febrile(24))
    assert found[0] == "CTCAE v4.03 grades 2 for treatment or interruption needed"
    assert "it has no criterion «response to symptomatic treatment» or «the infusion is interrupted now»" in found[1]


def test_lee_s_first_patient_with_fever_and_rigors_is_grade_1_on_every_scale() -> None:
    assert said(febrile(72, temperature_c="40.7", constitutional=("rigors",)), who=patient(11, 36)) == ()


def test_lee_s_third_patient_is_4_where_two_vasopressors_are_and_3_in_lee() -> None:
    # [L14 case 3]: dopamine and norepinephrine, oxygen by cannula; published as grade 3
    day_5 = febrile(
        120,
        systolic=70,
        diastolic=40,
        oxygen=on("nasal-cannula", 2),
        vasopressors=(runs("dopamine"), runs("norepinephrine")),
    )
    assert said(day_5, who=patient(11, 36)) == (
        "ASTCT 2019 and CTCAE v5.0 grade 4 for at least two vasopressors, vasopressin left out",
        "CTCAE v4.03 grades 4 for at least one vasopressor",
        "Lee 2014 grades 3 for a high dose of one vasopressor for 3 hours, or at least two vasopressors; "
        "it has no criterion «at least two counted vasopressors, vasopressin left out»",
    )


@settings(max_examples=25)
@given(whole=courses())
def test_every_scale_is_named_once_where_they_differ_and_none_where_they_agree(whole: Course) -> None:
    for one in grade_course(whole).assessments:
        grades = {(v.grade, v.at_most) for scale, v in one.verdicts.items() if scale in CRS_SCALES}
        found = differing(one)
        assert bool(found) == (len(grades) > 1)
        if found:
            heads = [sentence.split(" grade")[0] for sentence in found]
            named = [name for head in heads for part in head.split(" and ") for name in part.split(", ")]
            assert sorted(named) == sorted(SCALES[scale] for scale in CRS_SCALES)
