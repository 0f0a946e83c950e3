"""What does the summary of a course say, and does it leave unknown what is not known?"""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings

from grading.course import grade_course
from grading.record import Course, Event
from grading.summary import Onset, ScaleCourse, Summary, summary
from grading.words import SCALES
from tests.grading.courses import courses
from tests.grading.ward import course, died, febrile, gave, hours, on, runs, seen, well

LEE = "lee-2014"


def summed(*events: Event, **about: Any) -> Summary:
    whole = course(*events, **about)
    return summary(whole, grade_course(whole))


def on_scale(found: Summary, scale: str) -> ScaleCourse:
    return next(one for one in found.scales if one.scale == scale)


def quiet(first: float, last: float) -> tuple[Event, ...]:
    return tuple(well(first + 6 * step) for step in range(int((last - first) / 6) + 1))


def test_onset_duration_and_resolution_are_those_of_the_episode() -> None:
    found = summed(febrile(36), febrile(48, oxygen=on("nasal-cannula", 2)), *quiet(60, 84))
    (episode,) = found.episodes
    assert (found.onset, found.onset_at, found.resolved) == (Onset.KNOWN, hours(36), True)
    assert (episode.after_infusion, episode.lasted) == (timedelta(hours=36), timedelta(hours=24))
    assert (episode.episode.resolved_at, episode.episode.completed_at) == (hours(60), hours(84))


def test_a_normal_temperature_alone_is_not_resolved_and_has_no_duration() -> None:
    found = summed(febrile(36), well(60), well(72))
    assert (found.resolved, found.episodes[0].lasted) == (False, None)


def test_two_episodes_stand_each_by_itself() -> None:
    found = summed(febrile(36), *quiet(48, 72), febrile(80))
    assert [one.lasted for one in found.episodes] == [timedelta(hours=12), None]
    assert found.resolved is False


@pytest.mark.parametrize(
    ("events", "onset"),
    [
        ((), Onset.NOT_ASSESSED),
        ((well(-2),), Onset.NOT_ASSESSED),
        ((well(24), well(28)), Onset.NONE),
        ((well(24), seen(40, systolic=80)), Onset.NOT_KNOWN),
        ((febrile(24, attributed_elsewhere=("fever",)),), Onset.NONE),
    ],
)
def test_no_onset_says_whether_it_is_known_that_there_was_none(events: tuple[Event, ...], onset: Onset) -> None:
    found = summed(*events)
    assert (found.onset, found.onset_at, found.resolved) == (onset, None, None)


def test_each_scale_has_its_maximum_and_when_and_how_high_it_may_have_been() -> None:
    found = summed(
        febrile(30),
        febrile(40, vasopressors=(runs("norepinephrine", 20),)),
        febrile(46, vasopressors=(runs("norepinephrine", 5),)),
    )
    astct, lee = on_scale(found, "astct-2019"), on_scale(found, LEE)
    assert (astct.first_at, astct.grade, astct.grade_at, astct.certain) == (hours(30), 3, hours(40), True)
    assert (lee.grade, lee.grade_at, lee.at_most, lee.certain) == (2, hours(40), 3, False)  # high, not yet for 3 hours


def test_what_was_never_assessed_has_no_maximum() -> None:
    icans = on_scale(summed(seen(30, temperature_c="39.0")), "icans-2019")
    assert (icans.grade, icans.at_most, icans.certain, icans.first_at) == (None, None, False, None)


def test_what_was_left_out_anywhere_is_said_of_the_maximum() -> None:
    found = summed(
        febrile(30, systolic=80, attributed_elsewhere=("hypotension",)), febrile(40, attributed_elsewhere=())
    )
    assert on_scale(found, LEE).left_out == ("hypotension",)
    assert on_scale(found, "icans-2019").left_out == ()


def test_a_death_due_to_crs_is_the_maximum_of_every_crs_scale() -> None:
    found = summed(febrile(30), died(60))
    assert (found.died_at, found.due_to_crs) == (hours(60), True)
    assert (on_scale(found, LEE).grade, on_scale(found, LEE).grade_at) == (5, hours(60))
    assert on_scale(found, LEE).certain


def test_treatments_say_when_first_and_how_long_after_the_infusion_and_the_onset() -> None:
    found = summed(
        gave(-3, "dexamethasone", purpose="premedication"),
        gave(30, "Tylenol"),
        febrile(32),
        gave(34, "Actemra", dose=560, unit="mg"),
        gave(42, "tocilizumab", dose=560, unit="mg"),
        gave(36, "dexamethasone", dose=10, unit="mg", route="iv", purpose="crs"),
        gave(38, "hydrocortisone", purpose="stress"),
        gave(39, "cefepime"),
        febrile(44),
    )
    assert [(one.drug, one.kind, one.doses) for one in found.drugs] == [
        ("acetaminophen", "antipyretic", 1),
        ("tocilizumab", "anticytokine", 2),
        ("dexamethasone", "glucocorticoid", 1),
    ]
    tylenol, tocilizumab, _ = found.drugs
    assert tylenol.after_onset == timedelta(hours=-2)
    assert (tocilizumab.first_at, tocilizumab.last_at) == (hours(34), hours(42))
    assert (tocilizumab.after_infusion, tocilizumab.after_onset) == (timedelta(hours=34), timedelta(hours=2))


def test_without_an_onset_no_time_from_it_is_given() -> None:
    assert summed(gave(30, "tocilizumab"), well(31)).drugs[0].after_onset is None


def test_support_lasts_from_its_first_charting_until_it_is_charted_as_gone() -> None:
    found = summed(
        febrile(30, oxygen=on("nasal-cannula", 2), vasopressors=None),
        febrile(32, oxygen=None, vasopressors=(runs("norepinephrine", 5),)),
        febrile(36, oxygen=on("cpap"), vasopressors=(runs("milrinone", "0.3", "mcg/kg/min"),)),
        seen(40, temperature_c="38.4"),
    )
    assert [(one.what, one.first_at, one.last_at, one.gone_at) for one in found.supports] == [
        ("Oxygen", hours(30), hours(36), None),
        ("Positive pressure", hours(36), hours(36), None),
        ("Vasopressors", hours(32), hours(32), hours(36)),
    ]


@settings(max_examples=25)
@given(whole=courses())
def test_the_summary_agrees_with_the_graded_course(whole: Course) -> None:
    graded = grade_course(whole)
    found = summary(whole, graded)
    assert [one.scale for one in found.scales] == list(SCALES)
    for one in found.scales:
        assert (one.grade, one.grade_at) == (graded.maxima[one.scale].grade, graded.maxima[one.scale].at)
        assert one.at_most is None or one.grade is None or one.at_most >= one.grade
    assert [one.episode for one in found.episodes] == list(graded.episodes)
    assert all(one.lasted is None or one.lasted >= timedelta(0) for one in found.episodes)
    assert (found.onset is Onset.KNOWN) == bool(graded.episodes)
    assert sum(one.doses for one in found.drugs if one.drug == "tocilizumab") <= len(graded.tocilizumab)
