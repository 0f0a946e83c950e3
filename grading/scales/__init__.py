"""Which scales are there, and how is one assessment graded on all of them?"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from grading.attribution import left_out, notice
from grading.result import Verdict
from grading.scales import astct_2019
from grading.scales.astct_2019 import ASTCT_2019
from grading.scales.ctcae import CTCAE_4, CTCAE_5
from grading.scales.icans_2019 import ICANS_2019, icans_verdict
from grading.scales.lee_2014 import LEE_2014
from grading.situation import Situation
from grading.terms import Scale

ALL: Final[tuple[Scale, ...]] = (ASTCT_2019, LEE_2014, CTCAE_5, CTCAE_4, ICANS_2019)


def verdicts(s: Situation) -> Mapping[str, Verdict]:
    """The verdict of every scale, in the order of `words.SCALES`."""
    return MappingProxyType({scale.id: verdict_of(scale, s) for scale in ALL})


def verdict_of(scale: Scale, s: Situation) -> Verdict:
    """The verdict of one scale, with what it left out as attributed elsewhere, and what else is to be said."""
    if scale is ICANS_2019:
        return icans_verdict(s)
    names = left_out(s, scale.id)
    said = astct_2019.notices(s) if scale is ASTCT_2019 else ()
    return scale.verdict(s, (*said, *notice(scale.id, names)), names)
