"""When does a decided suggestion come back, and what does its card say? From the rule of what a decision rests on."""

from grading.basis import Basis, basis_of, changes, signed_facts
from grading.record import Event
from tests.grading.ward import febrile, gave, graded, hours, runs, seen, weighs, well

PRESSOR = runs("norepinephrine", "5")
ICU = {"vasopressors": (PRESSOR,), "systolic": 95, "diastolic": 60}


def basis(step: str, *events: Event) -> Basis:
    """What the step of the last assessment rests on."""
    course = graded(*events)
    latest = course.latest
    assert latest is not None
    suggestion = next(s for s in latest.suggestions if s.id == step)
    return basis_of(course, latest, suggestion, "review-2024")


def test_twenty_equal_readings_change_nothing() -> None:
    first = basis("tocilizumab", febrile(48, **ICU))
    again = basis("tocilizumab", *(febrile(48 + n / 4, **ICU) for n in range(20)))
    assert changes(first, again) == ()


def test_another_reading_of_the_same_criteria_is_no_part_of_the_basis() -> None:
    first = basis("tocilizumab", febrile(48, **ICU))
    hotter = basis("tocilizumab", febrile(48, **ICU), febrile(49, **{**ICU, "temperature_c": "40.1"}))
    assert changes(first, hotter) == ()


def test_a_rise_of_grade_brings_a_step_back_and_says_so() -> None:
    first = basis("intensive-care", febrile(48, **ICU))
    both = (PRESSOR, runs("epinephrine", "2"))
    risen = basis("intensive-care", febrile(48, **ICU), febrile(50, **{**ICU, "vasopressors": both}))
    assert "the grade rose from 3 to 4" in changes(first, risen)


def test_another_weight_brings_a_dose_back() -> None:
    first = basis("tocilizumab", febrile(48, **ICU))
    heavier = basis("tocilizumab", febrile(48, **ICU), weighs(48.5, 80), febrile(49, **ICU))
    assert changes(first, heavier) == ("the weight used is 80 kg, was 70 kg",)


def test_a_newly_failed_dose_brings_a_step_back() -> None:
    given = gave(48, "tocilizumab", dose=560, unit="mg")
    before = basis("intensive-care", febrile(48, **ICU), given, febrile(50, **ICU))
    after = basis("intensive-care", febrile(48, **ICU), given, febrile(50, **ICU), febrile(56, **ICU))
    assert "tocilizumab dose 1 has failed" in changes(before, after)


def test_the_number_of_the_dose_is_part_of_the_basis() -> None:
    given = [gave(48, "tocilizumab", dose=560, unit="mg"), gave(57, "tocilizumab", dose=560, unit="mg")]
    second = basis("repeat-tocilizumab", febrile(48, **ICU), given[0], febrile(56, **ICU))
    third = basis("repeat-tocilizumab", febrile(48, **ICU), given[0], febrile(56, **ICU), given[1], febrile(66, **ICU))
    assert (second.dose_number, third.dose_number) == (2, 3)
    assert "it is dose 3 now" in changes(second, third)


def test_a_grade_that_is_no_longer_certain_brings_a_step_back() -> None:
    certain = basis("supportive-care", febrile(48))
    open_ = basis("supportive-care", febrile(48), seen(53, temperature_c="39"))
    assert certain.grade == open_.grade == 1
    assert "the grade is no longer certain" in changes(certain, open_)


def test_a_new_episode_brings_a_step_back() -> None:
    quiet = [well(50 + 6 * n) for n in range(6)]
    first = basis("supportive-care", febrile(48))
    second = basis("supportive-care", febrile(48), *quiet, febrile(90))
    assert "a new episode began" in changes(first, second)


def test_a_basis_is_stored_and_read_back_whole() -> None:
    stored = basis("tocilizumab", febrile(48, **ICU))
    assert Basis.from_document(stored.document()) == stored


def test_a_signature_rests_on_the_grade_its_criteria_and_their_values() -> None:
    course = graded(febrile(48, **ICU))
    assert course.latest is not None
    facts = signed_facts(course.latest)
    assert (facts["grade"], facts["at_most"]) == (3, 3)
    assert "one-vasopressor" in [met["key"] for met in facts["met"]]
    other = graded(febrile(48, **{**ICU, "vasopressors": (runs("norepinephrine", "6"),)}))
    assert other.latest is not None
    assert signed_facts(other.latest) != facts, "another rate is another fact under the signature"


def test_a_later_reading_leaves_the_facts_of_an_earlier_signature_alone() -> None:
    facts = signed_facts(graded(febrile(48, **ICU)).assessments[0])
    assert signed_facts(graded(febrile(48, **ICU), well(60)).assessments[0]) == facts
    assert graded(febrile(48, **ICU)).assessments[0].at == hours(48)
