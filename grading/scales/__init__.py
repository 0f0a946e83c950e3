"""Which scales are there, and how is one assessment graded on all of them?"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from grading.attribution import left_out
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
    return MappingProxyType(
        {
            ASTCT_2019.id: ASTCT_2019.verdict(s, (*astct_2019.notices(s), *left_out(s, ASTCT_2019.id))),
            LEE_2014.id: LEE_2014.verdict(s, left_out(s, LEE_2014.id)),
            CTCAE_5.id: CTCAE_5.verdict(s, left_out(s, CTCAE_5.id)),
            CTCAE_4.id: CTCAE_4.verdict(s, left_out(s, CTCAE_4.id)),
            ICANS_2019.id: icans_verdict(s),
        }
    )
