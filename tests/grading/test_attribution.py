"""Does every grade say what it left out because it has another cause (rules 1)?"""

from typing import Any

import pytest

from grading.words import ATTRIBUTABLE, ORGANS, SCALES, spoken
from tests.grading.ward import on, runs, seen, verdict, well

AT = 50
FOUND: dict[str, dict[str, Any]] = {
    "fever": {"temperature_c": "39.0"},
    "hypotension": {"systolic": 80, "diastolic": 40, "vasopressors": (runs("norepinephrine", 5),)},
    "hypoxia": {"temperature_c": "39.0", "oxygen": on("simple-mask", 6)},
    "neurologic": {"ice_score": 2, "organ_toxicity": {"neurologic": 3}},
    **{system: {"organ_toxicity": {system: 3}} for system in ORGANS if system != "neurologic"},
}


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("what", ATTRIBUTABLE)
def test_a_grade_that_an_attribution_changes_says_so(scale: str, what: str) -> None:
    fields = FOUND[what] | ({"temperature_c": "39.0"} if what == "hypotension" else {})
    counted = verdict(scale, well(AT, **fields))
    without = verdict(scale, well(AT, **fields, attributed_elsewhere=(what,)))
    if (counted.grade, counted.at_most) == (without.grade, without.at_most):
        return
    assert "attributed elsewhere" in " ".join(without.notices)
    assert (spoken(ATTRIBUTABLE[what]) in " ".join(without.notices)) or scale == "icans-2019"
    assert "attributed elsewhere" not in " ".join(counted.notices)


def test_what_is_left_out_is_named_while_the_attribution_is_in_force_and_no_longer() -> None:
    first = well(AT, temperature_c="39.0", attributed_elsewhere=("hypotension", "renal"))
    assert "attributed elsewhere: hypotension, renal." in " ".join(verdict("lee-2014", first).notices)
    assert "attributed elsewhere: hypotension." in " ".join(verdict("astct-2019", first, seen(AT + 4)).notices)
    assert verdict("astct-2019", first, well(AT + 4.1, temperature_c="39.0")).notices == ()
    assert verdict("astct-2019", first, well(AT + 1, temperature_c="39.0", attributed_elsewhere=())).notices == ()


def test_on_each_scale_some_attribution_changes_the_grade() -> None:
    changed = set()
    for scale in SCALES:
        for what in ATTRIBUTABLE:
            fields = FOUND[what] | ({"temperature_c": "39.0"} if what == "hypotension" else {})
            counted = verdict(scale, well(AT, **fields))
            without = verdict(scale, well(AT, **fields, attributed_elsewhere=(what,)))
            if counted.grade != without.grade:
                changed.add(scale)
    assert changed == set(SCALES)
