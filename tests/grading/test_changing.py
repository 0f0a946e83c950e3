"""What would change a grade: the next criteria with what they need, and the facts that hold it up?

The properties let the engine answer: the facts named are charted as gone in the record, and the record is graded anew.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import given, settings

from grading.changing import Changing, Lower, Next, changing
from grading.course import grade_course
from grading.holding import Holding
from grading.record import Assessment, Course, Event
from grading.scales import ALL
from grading.settings import DEFAULT
from grading.so_far import SoFar
from grading.terms import NeverMet
from grading.words import SCALES
from tests.grading.courses import courses
from tests.grading.ward import (
    course,
    febrile,
    gave,
    grade,
    hours,
    infusion,
    on,
    patient,
    result,
    runs,
    seen,
    well,
)

ASTCT, LEE, V5, V4, ICANS = SCALES


def change(scale: str, *events: Event, **about: Any) -> Changing:
    return changing(course(*events, **about))[scale]


def next_of(found: Changing, key: str) -> Next:
    return next(one for one in found.next if one.key == key)


def lowering(found: Changing) -> dict[tuple[str, ...], tuple[int | None, int | None]]:
    """By the keys of the facts that are gone: grade and at most."""
    return {tuple(fact.key for fact in one.facts): (one.grade, one.at_most) for one in found.lower}


# --- What comes next


def test_the_next_criterion_says_what_it_needs_beyond_the_flow_that_is_given() -> None:
    found = change(LEE, febrile(24, oxygen=on("nasal-cannula", 4)))
    (need,) = next_of(found, "oxygen-40").needs
    assert need.words == "FiO2 at or above 40%"
    assert [str(one) for one in need.now] == [
        "nasal cannula 4 L/min: FiO2 estimated below 40% [H]",
        "about 36% by the flow",
    ]
    assert need.chart == ()


def test_a_high_dose_that_is_not_yet_held_says_since_when_it_runs_and_when_it_counts() -> None:
    found = change(LEE, well(24, vasopressors=(runs("norepinephrine", 20),)))
    (need,) = next_of(found, "high-dose").needs
    assert (need.since, need.met_at) == (hours(24), hours(27))


def test_what_is_not_known_says_what_to_chart() -> None:
    found = change(ASTCT, febrile(24, oxygen=on("nasal-cannula"), vasopressors=None))
    assert next_of(found, "beyond-low-flow").needs[0].chart == ("the oxygen flow",)
    assert next_of(found, "one-vasopressor").needs[0].chart == ("the vasopressors",)


def test_without_fever_the_rows_of_astct_need_fever_first() -> None:
    found = change(ASTCT, well(24, oxygen=on("nasal-cannula", 4)))
    assert [need.words for need in next_of(found, "oxygen").needs] == ["fever, or fever is not required"]
    assert [str(one) for one in next_of(found, "oxygen").needs[0].now] == ["temperature 37.0 °C"]


def test_what_only_leaves_a_grade_open_is_no_next_criterion() -> None:
    found = change(ASTCT, febrile(24, systolic=80))
    assert "pressure-not-restored" not in [one.key for one in found.next]


def test_what_was_never_assessed_has_nothing_next() -> None:
    found = change(ICANS, febrile(24, ice_score=None, consciousness=None, seizure=None))
    assert (found.next, found.lower) == ((), ())


# --- What holds it up


def test_a_vasopressor_alone_holds_up_grade_3_and_without_it_the_low_pressure_holds_2() -> None:
    found = change(ASTCT, febrile(24, systolic=80, diastolic=40, vasopressors=(runs("norepinephrine", 5),)))
    held = lowering(found)
    assert held["vasopressor norepinephrine",] == (2, 3)  # a pressure not known to be restored may require one
    assert held["temperature", "waiver"] == (0, 0)  # this fever is the onset: below 38.0 °C it counts for 24 h [H]


def test_two_rows_of_one_grade_fall_only_together() -> None:
    # [L14 Table 2]: oxygen of 40% or more, and organ toxicity of grade 3
    found = change(LEE, febrile(24, oxygen=on("venturi-mask", fio2=50), organ_toxicity={"renal": 3}))
    assert lowering(found) == {("oxygen", "organ renal"): (1, 1)}


def test_each_of_two_vasopressors_holds_up_lee_3_alone() -> None:
    pressors = (runs("dopamine", 5, "mcg/kg/min"), runs("norepinephrine", 5))
    found = change(LEE, febrile(24, vasopressors=pressors))
    assert lowering(found) == {("vasopressor dopamine",): (2, 2), ("vasopressor norepinephrine",): (2, 2)}


def test_oxygen_gone_while_the_saturation_is_low_leaves_the_grade_open() -> None:
    found = change(ASTCT, febrile(24, spo2_percent=88, oxygen=on("simple-mask", 6)))
    assert lowering(found)["oxygen",] == (1, 4)


def test_a_result_within_its_limit_would_lower_the_organ_grade() -> None:
    found = change(LEE, result(23, "creatinine", "3.1", upper=1), well(24))
    assert lowering(found) == {("result creatinine",): (0, 0)}


def test_a_result_of_the_assessment_s_own_time_can_be_gone_too() -> None:
    found = change(LEE, result(24, "creatinine", "3.1", upper=1), well(24))
    assert lowering(found) == {("result creatinine",): (0, 0)}


def test_the_clinician_s_words_hold_grades_up_too() -> None:
    assert lowering(change(V5, well(24, life_threatening=True))) == {("life_threatening",): (0, 0)}
    assert lowering(change(V4, infusion(23, "interrupt"), well(24))) == {("interrupted",): (0, 0)}
    assert lowering(change(V4, febrile(24, symptomatic_response="prolonged-or-recurrent"))) == {
        ("symptomatic_response",): (1, 1)
    }
    held = lowering(change(LEE, well(24, hypotension=True, vasopressors=(runs("dopamine"),), pressure_restored=False)))
    assert held["pressure_restored",] == (2, 3)


def test_each_neurologic_finding_holds_up_icans() -> None:
    found = change(ICANS, febrile(24, ice_score=2, seizure="brief"))
    assert lowering(found) == {("ice_score", "seizure"): (0, 0)}


# --- The waiver and attributions


def test_between_spikes_the_waiver_holds_the_grade_up_until_24_hours_after_the_fever() -> None:
    found = change(ASTCT, febrile(20), well(24, oxygen=on("nasal-cannula", 2)))
    held = {tuple(fact.key for fact in one.facts): one for one in found.lower}
    waived = held["waiver",]
    assert (waived.grade, waived.at_most, waived.until) == (0, 0, hours(44))
    later = (febrile(20), well(44, oxygen=on("nasal-cannula", 2)))
    assert grade(ASTCT, *later) == (2, 2)
    assert grade(ASTCT, febrile(20), well(44.02, oxygen=on("nasal-cannula", 2))) == (0, 0)


def test_after_tocilizumab_no_time_ends_the_waiver() -> None:
    found = change(ASTCT, febrile(20), gave(21, "tocilizumab"), well(24, oxygen=on("nasal-cannula", 2)))
    (waived,) = (one for one in found.lower if one.facts[0].key == "waiver")
    assert waived.until is None
    assert "an anticytokine drug was given" in waived.facts[0].text


def test_with_fever_and_the_waiver_both_have_to_go() -> None:
    found = change(ASTCT, febrile(20), febrile(24, oxygen=on("nasal-cannula", 2)))
    assert lowering(found) == {("oxygen",): (1, 1), ("temperature", "waiver"): (0, 0)}


def test_the_fever_of_this_very_assessment_holds_the_grade_up_after_it_has_gone() -> None:
    shock = {"oxygen": on("nasal-cannula", 2), "vasopressors": (runs("norepinephrine", 5),)}
    found = change(ASTCT, febrile(24, **shock))
    assert ("temperature",) not in lowering(found)
    assert lowering(found)["temperature", "waiver"] == (0, 0)
    (fever,) = (one for one in found.lower if len(one.facts) == 2 and one.facts[0].key == "temperature")
    assert (fever.facts[1].at, fever.facts[1].until) == (hours(24), hours(48))
    assert grade(ASTCT, febrile(24, **shock), seen(24.5, temperature_c="37.9")) == (3, 3)


def test_a_fever_with_another_cause_waives_nothing_after_it() -> None:
    found = change(ASTCT, febrile(20, attributed_elsewhere=("fever",)), febrile(22, oxygen=on("nasal-cannula", 2)))
    assert lowering(found) == {}
    assert grade(ASTCT, febrile(20, attributed_elsewhere=("fever",)), seen(22, oxygen=on("nasal-cannula", 2))) == (0, 0)


def test_what_is_attributed_elsewhere_says_what_the_grade_would_be_and_until_when() -> None:
    found = change(
        ASTCT,
        febrile(
            24,
            systolic=80,
            diastolic=60,
            vasopressors=(runs("norepinephrine", 5),),
            attributed_elsewhere=("hypotension",),
        ),
    )
    (again,) = found.counted_again
    assert (again.what, again.grade, again.at_most, again.until) == ("hypotension", 3, 3, hours(28))
    assert found.lower[0].grade == 0
    assert [str(one) for one in next_of(found, "one-vasopressor").needs[0].now] == ["hypotension attributed elsewhere"]


def test_an_attributed_neurology_says_what_icans_would_be_and_names_no_next_criterion() -> None:
    found = change(ICANS, febrile(24, ice_score=2, attributed_elsewhere=("neurologic",)))
    assert found.next == ()
    assert (found.counted_again[0].grade, found.counted_again[0].what) == (3, "neurologic")


def test_nothing_is_changing_before_the_infusion_or_without_an_assessment() -> None:
    assert changing(course()) == {}
    assert changing(course(febrile(-2))) == {}


# --- Properties


def as_charted(whole: Course, gone: tuple[Holding, ...]) -> Course:
    """The course with its last assessment charted once more right after it, with these facts gone."""
    last = max((one for one in whole.events if isinstance(one, Assessment)), key=lambda one: one.at)
    changed: Assessment = last
    for fact in gone:
        changed = fact.change(changed) if fact.change else changed
    added = [fact.event for fact in gone if fact.event]
    return replace(whole, events=(*whole.events, *added, changed))


def in_the_record(one: Lower, last: Any) -> bool:
    """Can it be written as one record? Not the waiver, which time or a correction ends, nor a result of that moment."""
    return all(not fact.waiver and (fact.event is None or fact.event.at == last.at) for fact in one.facts)


@settings(max_examples=25)
@given(whole=courses())
def test_exactly_the_named_facts_gone_give_exactly_the_named_grade(whole: Course) -> None:
    last = grade_course(whole).latest
    assert last is not None
    for scale, found in changing(whole).items():
        now = last.verdicts[scale]
        for one in found.lower:
            assert one.grade is not None and now.grade is not None and one.grade < now.grade
            if in_the_record(one, last):
                after = grade_course(as_charted(whole, one.facts)).latest
                assert after is not None
                assert (after.verdicts[scale].grade, after.verdicts[scale].at_most) == (one.grade, one.at_most)


@settings(max_examples=25)
@given(whole=courses())
def test_none_of_the_facts_of_a_set_could_stay(whole: Course) -> None:
    last = grade_course(whole).latest
    assert last is not None
    for scale, found in changing(whole).items():
        for one in found.lower:
            for left in one.facts:
                fewer = tuple(fact for fact in one.facts if fact is not left)
                if fewer and in_the_record(replace(one, facts=fewer), last):
                    after = grade_course(as_charted(whole, fewer)).latest
                    assert after is not None
                    reached, now = after.verdicts[scale].grade, last.verdicts[scale].grade
                    assert reached is not None and now is not None and reached >= now


@settings(max_examples=25)
@given(whole=courses())
def test_a_next_criterion_is_never_one_that_is_met_and_every_other_higher_one_is_named(whole: Course) -> None:
    last = grade_course(whole).latest
    assert last is not None
    for scale in ALL:
        verdict, found = last.verdicts.get(scale.id), changing(whole).get(scale.id)
        if verdict is None or found is None or verdict.grade is None:
            continue
        met = {reason.key for reason in verdict.met}
        assert not met & {one.key for one in found.next}
        assert all(one.needs and one.grade > verdict.grade for one in found.next)
        if not (scale.id == ICANS and verdict.left_out):
            able = {c.key for c in scale.criteria if c.grade > verdict.grade and not isinstance(c.condition, NeverMet)}
            assert {one.key for one in found.next} == able


@settings(max_examples=25)
@given(whole=courses())
def test_looking_at_what_might_be_leaves_the_record_as_it_is(whole: Course) -> None:
    before = grade_course(whole)
    changing(whole)
    assert grade_course(whole) == before


def test_a_look_does_not_go_into_the_fold() -> None:
    so_far = SoFar(course(who=patient(weight=None)), DEFAULT)
    so_far.assess(febrile(20, vasopressors=(runs("norepinephrine", "0.3", "mcg/kg/min"),)))
    held, chart = so_far.dose_run.copy(), so_far.chart.copy()
    so_far.supposing(
        febrile(21, vasopressors=(runs("norepinephrine", "0.5", "mcg/kg/min"),)), result(21, "alt", 900, upper=40)
    )
    assert (so_far.dose_run, so_far.chart) == (held, chart)
    assert not list(so_far.results.graded(hours(22), timedelta(hours=24)))
