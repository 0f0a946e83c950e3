"""Who can sign in to the demo?"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

PASSWORD: Final = "crsweb-demo"


class Person(NamedTuple):
    role: str
    display_name: str


PEOPLE: Final[Mapping[str, Person]] = MappingProxyType(
    {
        "nurse": Person("nurse", "Nadia Berg"),
        "charge": Person("charge-nurse", "Lena Castillo"),
        "physician": Person("physician", "Tomas Adeyemi"),
        "admin": Person("admin", "Ines Ferreira"),
        "auditor": Person("auditor", "Maren Sato"),
    }
)
