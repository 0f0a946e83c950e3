"""Are ICE and CAPD summed as published? Items from rules 2.5 [A19]."""

import pytest

from grading.bedside_scores import CAPD, ICE, ScoreError, capd_score, ice_score

FULL = {item.key: item.most for item in ICE}


def test_every_ice_item_right_is_ten() -> None:
    assert ice_score(FULL) == 10


def test_orientation_is_four_points_naming_three_and_the_rest_one_each() -> None:
    assert {item.key: item.most for item in ICE} == {
        "year": 1, "month": 1, "city": 1, "hospital": 1, "naming": 3, "command": 1, "writing": 1, "counting": 1,
    }  # fmt: skip


def test_two_objects_named_and_no_sentence_written_is_eight() -> None:
    assert ice_score(FULL | {"naming": 2, "writing": 0}) == 8


def test_a_missing_ice_item_is_not_zero() -> None:
    with pytest.raises(ScoreError) as refused:
        ice_score({key: points for key, points in FULL.items() if key != "city"})
    assert list(refused.value.faults) == ["city"]


def test_an_item_over_its_points_is_refused_by_name() -> None:
    with pytest.raises(ScoreError) as refused:
        ice_score(FULL | {"naming": 4, "speech": 1})
    assert dict(refused.value.faults) == {"naming": "0 to 3", "speech": "not an item of the score"}


def test_a_child_always_well_and_never_restless_scores_capd_zero() -> None:
    answers = {item.key: "always" for item in CAPD[:4]} | {item.key: "never" for item in CAPD[4:]}
    assert capd_score(answers) == 0


def test_a_child_never_well_and_always_restless_scores_capd_32() -> None:
    answers = {item.key: "never" for item in CAPD[:4]} | {item.key: "always" for item in CAPD[4:]}
    assert capd_score(answers) == 32


def test_eye_contact_rarely_is_three_and_restless_rarely_is_one() -> None:
    answers = {item.key: "always" for item in CAPD[:4]} | {item.key: "never" for item in CAPD[4:]}
    assert capd_score(answers | {"eye-contact": "rarely"}) == 3
    assert capd_score(answers | {"restless": "rarely"}) == 1


def test_a_missing_capd_item_is_not_zero() -> None:
    with pytest.raises(ScoreError) as refused:
        capd_score({"eye-contact": "always"})
    assert len(refused.value.faults) == 7
