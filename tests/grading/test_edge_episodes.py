"""What belongs to this episode, and in which order do events of one time count? (rules 3, 3.1, 3.3; decision 2)"""

from itertools import permutations
from typing import Any

import pytest

from grading.record import Event
from tests.grading.ward import febrile, gave, grade, graded, hours, infusion, last, on, runs, seen, suggested, well

MINUTE = 1 / 60
LOW: dict[str, Any] = {"oxygen": on("nasal-cannula", 2)}  # grade 2
MASK: dict[str, Any] = {"oxygen": on("simple-mask", 8)}  # grade 3
VENTILATED: dict[str, Any] = {"oxygen": on("bipap", for_hypoxia=True)}  # grade 4
BLINATUMOMAB: dict[str, Any] = {"cause": "bispecific", "product": "blinatumomab"}
V4 = "ctcae-4"


def steps(*events: Event, **about: Any) -> set[str]:
    return set(suggested(*events, **about))


def toci(at: float) -> Event:
    return gave(at, "tocilizumab", dose=560, unit="mg", route="iv")


def dexa(at: float) -> Event:
    return gave(at, "dexamethasone", dose=10, unit="mg", route="iv")


# --- Infusion events


def test_nothing_undoes_a_discontinuation() -> None:
    gone = (infusion(17, "interrupt"), infusion(18, "discontinue"), infusion(19, "resume"))
    assert "interrupt-infusion" not in steps(*gone, febrile(20, **MASK), cause="bispecific")
    assert "discontinue-permanently" not in steps(*gone, febrile(20, **VENTILATED), cause="bispecific")
    assert grade(V4, *gone, infusion(19.5, "interrupt"), well(20)) == (0, 0)


def test_an_infusion_event_of_the_assessments_time_comes_before_it() -> None:
    assert grade(V4, well(20), infusion(20, "interrupt")) == (2, 2)
    assert grade(V4, infusion(19, "interrupt"), well(20), infusion(20, "resume")) == (0, 0)
    assert "interrupt-infusion" not in steps(febrile(20, **MASK), infusion(20, "interrupt"), cause="bispecific")


def test_a_dose_and_a_result_of_the_assessments_time_come_before_it() -> None:
    assert "glucocorticoid" not in steps(febrile(50, **MASK), dexa(50))
    assert "tocilizumab" not in steps(febrile(50, **MASK), toci(50))


@pytest.mark.parametrize("order", list(permutations(("interrupt", "resume"))), ids="-".join)
def test_interrupted_and_resumed_at_one_time_is_interrupted(order: tuple[str, ...]) -> None:
    assert grade(V4, *(infusion(19, action) for action in order), well(20)) == (2, 2)
    assert grade(V4, infusion(15, "interrupt"), *(infusion(19, action) for action in order), well(20)) == (2, 2)


def test_assessments_of_one_time_stand_in_the_files_order() -> None:
    fever, none = seen(20, temperature_c=39), seen(20, temperature_c=37, constitutional=())
    assert grade("lee-2014", fever, none)[0] == 0
    assert grade("lee-2014", none, fever)[0] == 1


# --- Resuming blinatumomab


def test_the_quiet_24_hours_before_resuming_count_from_the_interruption_inclusive() -> None:
    events: list[Event] = [febrile(5), well(10), well(20), infusion(21, "interrupt"), well(30), well(40)]
    assert "resume-infusion" not in steps(*events, well(45 - MINUTE), **BLINATUMOMAB)
    assert "resume-infusion" in steps(*events, well(45), **BLINATUMOMAB)


def test_after_a_second_interruption_the_24_hours_count_from_it() -> None:
    events: list[Event] = [febrile(5), infusion(6, "interrupt"), well(10), well(20), infusion(20, "resume"), well(28)]
    again: list[Event] = [*events, infusion(29, "interrupt"), well(40), well(50)]
    assert "resume-infusion" not in steps(*again, well(53 - MINUTE), **BLINATUMOMAB)
    assert "resume-infusion" in steps(*again, well(53), **BLINATUMOMAB)


def test_an_infusion_that_was_never_interrupted_is_not_resumed() -> None:
    assert "resume-infusion" not in steps(febrile(5), well(10), well(20), well(30), well(40), **BLINATUMOMAB)


def test_a_vasopressor_for_any_reason_keeps_blinatumomab_stopped() -> None:
    spare = {"vasopressors": (runs("norepinephrine", 1, for_hypotension=False),)}
    events: list[Event] = [febrile(5), infusion(6, "interrupt"), well(20), well(32, **spare), well(40)]
    assert "resume-infusion" not in steps(*events, well(44), **BLINATUMOMAB)
    assert "resume-infusion" not in steps(*events, well(52), well(64 - MINUTE), **BLINATUMOMAB)
    assert "resume-infusion" in steps(*events, well(52), well(64), **BLINATUMOMAB)


# --- The quiet run


def test_a_run_with_a_vasopressor_for_another_reason_never_resolves() -> None:
    spare = {"vasopressors": (runs("vasopressin", for_hypotension=False),)}
    events: list[Event] = [febrile(24), *(well(hour, **spare) for hour in range(30, 80, 6))]
    assert graded(*events).episodes[0].resolved_at is None


def test_oxygen_that_does_not_count_and_an_attributed_fever_do_not_hold_up_resolution() -> None:
    fields: dict[str, Any] = {
        "temperature_c": 39,
        "oxygen": on("cpap", for_hypoxia=False),
        "attributed_elsewhere": ("fever",),
    }
    (episode,) = graded(febrile(24), *(well(hour, **fields) for hour in (30, 42, 54))).episodes
    assert (episode.resolved_at, episode.completed_at) == (hours(30), hours(54))


def test_unknown_assessments_neither_end_a_run_nor_bridge_its_gap() -> None:
    unknown = {"oxygen": on("bipap")}
    kept = graded(febrile(24), well(30), well(36, **unknown), well(42), well(54)).episodes
    assert kept[0].resolved_at == hours(30)
    gap = [febrile(24), well(30), well(36, **unknown), well(42 + MINUTE), well(54), well(66)]
    assert graded(*gap).episodes[0].resolved_at is None
    assert graded(*gap, well(66 + MINUTE)).episodes[0].resolved_at == hours(42 + MINUTE)


def test_an_unknown_assessment_completes_no_run() -> None:
    found = graded(febrile(24), well(30), well(42), well(54, oxygen=on("bipap")))
    assert found.episodes[0].resolved_at is None


def test_an_episode_is_over_at_the_assessment_that_completes_24_hours() -> None:
    (episode,) = graded(febrile(24), well(30), well(42), well(53), well(58)).episodes
    assert (episode.resolved_at, episode.completed_at) == (hours(30), hours(58))


# --- In this episode

FIRST: list[Event] = [febrile(24, **MASK), toci(25), well(30), well(42), well(54)]  # over at 54


def test_a_dose_belongs_to_an_episode_from_60_minutes_before_its_onset() -> None:
    assert "tocilizumab" not in steps(toci(49), febrile(50, **MASK))
    assert "tocilizumab" in steps(toci(50 - 61 * MINUTE), febrile(50, **MASK))


def test_a_dose_from_before_the_last_resolution_was_completed_is_not_of_this_episode() -> None:
    """The onset is at 54:30; its 60 minutes before reach back to 53:30, the completion was at 54:00."""
    onset = febrile(54.5, **MASK)
    found = suggested(febrile(24, **MASK), well(30), well(42), toci(53.75), well(54), onset)
    assert found["tocilizumab"].not_before == hours(61.75)
    assert "tocilizumab" not in steps(febrile(24, **MASK), well(30), well(42), well(54), toci(54.25), onset)


def test_with_no_episode_open_doses_count_from_the_last_completion() -> None:
    """Fever is waived for the rest of the course by the first dose."""
    assert "tocilizumab" in steps(*FIRST, well(60, **MASK))
    assert "tocilizumab" not in steps(*FIRST, toci(55), well(60, **MASK))


def test_after_two_episodes_doses_count_from_the_second_completion() -> None:
    second = [febrile(60), well(66), well(78), well(90)]  # over at 90
    assert "tocilizumab" in steps(*FIRST, *second, well(100, **MASK))
    assert "tocilizumab" in steps(*FIRST, toci(59.5), *second, well(100, **MASK))
    assert "tocilizumab" not in steps(*FIRST, *second, toci(91), well(100, **MASK))


def test_with_no_episode_ever_doses_count_from_the_start() -> None:
    confirmed = well(50, **MASK, crs_confirmed=True)
    assert "tocilizumab" in steps(confirmed)
    assert "tocilizumab" not in steps(toci(1), confirmed)
    assert "tocilizumab" in steps(toci(-0.5), confirmed)


def test_a_dose_from_before_the_start_is_of_no_episode_even_within_60_minutes() -> None:
    found = suggested(toci(-0.5), febrile(0.25, **MASK))
    assert found["tocilizumab"].not_before == hours(7.5)


# --- Managed as severe, over episodes


def test_a_yes_to_severe_ends_with_its_episode() -> None:
    yes = febrile(24, **LOW, severe_grade_2=True)
    assert "tocilizumab" in steps(yes, well(30), well(42), well(53), febrile(53.5, **LOW))
    found = steps(yes, well(30), well(42), well(54), febrile(60, **LOW))
    assert "judge-severity" in found
    assert "tocilizumab" not in found


def test_a_yes_to_severe_is_gone_at_the_completion_itself() -> None:
    """Grade 2 by a waiver, with no new fever after the resolution."""
    events: list[Event] = [febrile(24, **LOW, severe_grade_2=True), gave(25, "anakinra"), well(30), well(42), well(54)]
    assert "judge-severity" in steps(*events, well(60, **LOW))


def test_a_new_onset_counts_its_doses_anew_but_the_course_remembers() -> None:
    found = last(*FIRST, febrile(60, **MASK))
    (step,) = [s for s in found.suggestions if s.id == "tocilizumab"]
    assert step.not_before == hours(33)
    assert [entry.number for entry in graded(*FIRST, febrile(60, **MASK), toci(60)).tocilizumab] == [1, 2]
