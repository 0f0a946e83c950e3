"""Who lies on the demo wards? The people of `lee-2014.ndjson` and `ward.ndjson`, by the name of their case."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

NAMES: Final = ("lee-2014.ndjson", "ward.ndjson")  # the files, beside this one


class DemoWard(NamedTuple):
    time_zone: str
    default_protocol: str
    beds: int


WARDS: Final[Mapping[str, DemoWard]] = MappingProxyType(
    {
        "Hematology 7 West": DemoWard("America/Chicago", "review-2024", 12),
        "Cell Therapy 4 East": DemoWard("America/Chicago", "lee-2014", 6),
    }
)


class Guest(NamedTuple):
    """`minutes_ago`: when the last of the case was charted. A protocol other than the ward's has its `reason`."""

    mrn: str
    family_name: str
    given_name: str
    ward: str
    bed: str
    minutes_ago: int
    allergies: str = "none-known"
    allergies_to: tuple[str, ...] = ()
    lot: str = ""
    reason: str = ""


WEST, EAST = WARDS
GUESTS: Final[Mapping[str, Guest]] = MappingProxyType(
    {
        "okafor": Guest("700 114 2031", "Okafor", "Grace", WEST, "1", 12, "known", ("penicillin",), lot="AX-20411"),
        "lindqvist": Guest("700 114 2058", "Lindqvist", "Maja", WEST, "2", 45, lot="TS-88120"),
        "lindquist": Guest("700 114 2075", "Lindquist", "Maria", WEST, "3", 28, "known", ("latex", "sulfa drugs")),
        "haddad": Guest("700 114 2092", "Haddad", "Samir", WEST, "4", 95),
        "kowalczyk": Guest("700 114 2114", "Kowalczyk", "Piotr", WEST, "5", 150, "not-recorded", lot="LM-55310"),
        "nakamura": Guest("700 114 2131", "Nakamura", "Yuki", WEST, "6", 4, "unavailable", lot="BX-10977"),
        "mbeki": Guest("700 114 2158", "Mbeki", "Thandi", WEST, "7", 18, lot="TS-88164"),
        "fischer": Guest("700 114 2175", "Fischer", "Jonas", WEST, "8", 62, lot="AX-20436"),
        "oneill": Guest(
            *("700 114 2192", "O’Neill", "Brigid", WEST, "9", 33, "known", ("iodinated contrast",)),
            reason="Enrolled in a study that treats by Lee 2014.",
        ),
        "petrov": Guest("700 114 2214", "Petrov", "Ilya", WEST, "10", 75),
        "lee-2014-case-1": Guest("LEE 2014 1", "Case One", "Lee 2014", EAST, "1", 52, "not-recorded"),
        "lee-2014-case-2": Guest("LEE 2014 2", "Case Two", "Lee 2014", EAST, "2", 66, "not-recorded"),
        "lee-2014-case-3": Guest("LEE 2014 3", "Case Three", "Lee 2014", EAST, "3", 39, "not-recorded"),
        "lee-2014-figure-3": Guest("LEE 2014 F3", "Figure Three", "Lee 2014", EAST, "4", 81, "not-recorded"),
    }
)
