"""When does an episode begin, and when is it over? (rules 3.1)"""

from typing import Any

import pytest

from tests.grading.ward import febrile, graded, hours, last, on, runs, seen, well


def episodes(*events: Any, **about: Any) -> list[tuple[float, float | None]]:
    """Onset and resolution in hours after the start of the infusion."""

    def at(moment: Any) -> float | None:
        return None if moment is None else (moment - hours(0)).total_seconds() / 3600

    return [(at(e.onset_at) or 0.0, at(e.resolved_at)) for e in graded(*events, **about).episodes]


def test_the_first_fever_after_the_start_is_the_onset() -> None:
    assert episodes(febrile(-1), well(10), febrile(24), febrile(30)) == [(24, None)]


def test_a_fever_of_another_cause_is_no_onset() -> None:
    assert episodes(febrile(24, attributed_elsewhere=("fever",))) == []


def test_no_fever_no_episode_whatever_the_grade() -> None:
    assert episodes(well(24, oxygen=on("simple-mask", 8), crs_confirmed=True)) == []


@pytest.mark.parametrize(("end", "resolved"), [(54, 30), (53.98, None)])
def test_a_quiet_run_of_24_hours_resolves_from_its_start(end: float, resolved: float | None) -> None:
    assert episodes(febrile(24), well(30), well(42), well(end)) == [(24, resolved)]


@pytest.mark.parametrize(("gap", "resolved"), [(42, 30), (42.02, None)])
def test_a_gap_over_12_hours_starts_the_run_anew(gap: float, resolved: float | None) -> None:
    assert episodes(febrile(24), well(30), well(gap), well(54)) == [(24, resolved)]


@pytest.mark.parametrize(
    "trouble",
    [
        {"temperature_c": "38.0"},
        {"hypotension": True},
        {"systolic": 80},
        {"oxygen": on("nasal-cannula", 1)},
        {"vasopressors": (runs("norepinephrine", 1),)},
        {"vasopressors": (runs("norepinephrine", 1, for_hypotension=False),)},
    ],
)
def test_one_known_trouble_ends_the_run(trouble: dict[str, Any]) -> None:
    assert episodes(febrile(24), well(30), well(40, **trouble), well(50), well(54)) == [(24, None)]


@pytest.mark.parametrize(
    "unknown",
    [{"temperature_c": None}, {"systolic": None, "diastolic": None}, {"oxygen": None}, {"vasopressors": None}],
)
def test_an_assessment_with_something_unknown_is_passed_over(unknown: dict[str, Any]) -> None:
    assert episodes(febrile(24), well(30), well(41, **unknown), well(42), well(54)) == [(24, 30)]
    assert episodes(febrile(24), well(30), well(42, **unknown), well(54)) == [(24, None)]


def test_a_normal_temperature_alone_is_never_resolution() -> None:
    temperatures = [seen(hour, temperature_c="36.8") for hour in range(28, 100, 4)]
    assert episodes(febrile(24), *temperatures) == [(24, None)]


def test_milrinone_and_organ_toxicity_do_not_hold_up_resolution() -> None:
    fields = {"vasopressors": (runs("milrinone"),), "organ_toxicity": {"renal": 3}}
    assert episodes(febrile(24), well(30, **fields), well(42, **fields), well(54, **fields)) == [(24, 30)]


def test_a_fever_after_the_resolution_opens_a_new_episode() -> None:
    events = [febrile(24), well(30), well(42), well(54), febrile(60)]
    assert episodes(*events) == [(24, 30), (60, None)]


def test_a_fever_within_the_run_belongs_to_the_same_episode() -> None:
    assert episodes(febrile(24), well(30), well(42), febrile(53)) == [(24, None)]


@pytest.mark.parametrize(
    ("cause", "onset", "notice"),
    [
        ("car-t", 24, False),
        ("car-t", 23, True),
        ("car-t", 14 * 24, False),
        ("car-t", 14 * 24 + 1, True),
        ("haplo-hct", 24, False),
        ("haplo-hct", 23, True),
        ("haplo-hct", 73, True),
        ("antibody", 0, False),
        ("antibody", 24, False),
        ("antibody", 25, True),
        ("bispecific", 1, False),
        ("bispecific", 25, True),
        ("other-cells", 1, False),
        ("other-cells", 900, False),
    ],
)
def test_an_onset_outside_the_expected_time_is_graded_with_a_notice(cause: str, onset: float, notice: bool) -> None:
    found = last(febrile(onset), cause=cause)
    assert found.verdicts["astct-2019"].grade == 1
    assert bool(found.notices) is notice


def test_the_maximum_is_kept_with_its_first_time() -> None:
    found = graded(febrile(24), febrile(25, oxygen=on("nasal-cannula", 2)), febrile(26, oxygen=on("nasal-cannula", 2)))
    maximum = found.maxima["astct-2019"]
    assert (maximum.grade, maximum.at) == (2, hours(25))
