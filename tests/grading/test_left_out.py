"""Does a verdict say what it left out as attributed elsewhere, and is it read back from what was stored?"""

from itertools import combinations

import pytest

from grading.attribution import COUNTED, notice, told_by, without_words
from grading.words import ATTRIBUTABLE, SCALES
from tests.grading.ward import febrile, verdict

EVERYTHING = tuple(ATTRIBUTABLE)


@pytest.mark.parametrize("scale", SCALES)
def test_a_verdict_leaves_out_what_its_scale_would_count_and_no_more(scale: str) -> None:
    found = verdict(scale, febrile(24, attributed_elsewhere=EVERYTHING))
    assert set(found.left_out) == COUNTED[scale]
    assert verdict(scale, febrile(24)).left_out == ()


def test_astct_counts_no_organ_and_so_leaves_none_out() -> None:
    assert verdict("astct-2019", febrile(24, attributed_elsewhere=("renal", "hypoxia"))).left_out == ("hypoxia",)


@pytest.mark.parametrize("scale", SCALES)
def test_what_was_left_out_is_read_back_from_the_stored_notices(scale: str) -> None:
    counted = [what for what in ATTRIBUTABLE if what in COUNTED[scale]]
    for size in range(min(3, len(counted)) + 1):
        for names in combinations(counted, size):
            assert told_by(("Something else.", *notice(scale, names))) == names


def test_the_mark_says_what_is_missing_and_why() -> None:
    assert without_words(("hypotension",)) == "without hypotension: other cause"
    assert without_words(("fever", "hypotension", "renal")) == "without fever, hypotension and renal: other cause"
    assert without_words(()) == ""
