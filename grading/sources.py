"""Where does a rule come from? Every criterion and suggestion names its source; the type requires one."""

from dataclasses import dataclass, replace
from typing import Final


@dataclass(frozen=True, slots=True)
class Source:
    """A publication, and the place in it. `house` marks a reading of ours where the sources are silent or disagree."""

    key: str
    citation: str
    place: str = ""
    house: bool = False

    def at(self, place: str) -> "Source":
        """The same source, at a place in it («Table 2»)."""
        return replace(self, place=place)

    @property
    def with_house(self) -> "Source":
        """The same source, read with a house interpretation [H]."""
        return replace(self, house=True)  # of [H] itself nothing changes

    def __str__(self) -> str:
        named = f"{self.key} {self.place}" if self.place else self.key
        return f"[{named}] [H]" if self.house and self.key != "H" else f"[{named}]"


L14: Final = Source("L14", "Lee DW, Gardner R, Porter DL, et al. Blood 2014;124:188")
R24: Final = Source(
    "R24", "Cytokine release syndrome (CRS), topic review, literature review current through January 2024"
)
A19: Final = Source("A19", "Lee DW, Santomasso BD, Locke FL, et al. Biol Blood Marrow Transplant 2019;25:625")
C4: Final = Source("C4", "NCI Common Terminology Criteria for Adverse Events v4.03")
C5: Final = Source("C5", "NCI Common Terminology Criteria for Adverse Events v5.0")
HOUSE: Final = Source("H", "House interpretation: the sources are silent or disagree", house=True)
