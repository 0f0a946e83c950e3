"""What can a workstation be told has changed? A ward, or one patient; and where is it told?

A notice on `CHANNEL` is a topic and a version drawn at random, «ward-3 5b1d…»: no value and no name. Who hears it reads
the record again, with their own rights.
"""

import re
from typing import Final, Literal, NamedTuple

CHANNEL: Final = "crsweb_changed"
Kind = Literal["ward", "patient"]


class Topic(NamedTuple):
    kind: Kind
    pk: int

    def __str__(self) -> str:
        return f"{self.kind}-{self.pk}"

    @classmethod
    def read(cls, text: str) -> "Topic | None":
        """The topic that a notice names; None for what is none."""
        found = re.fullmatch("(ward|patient)-([1-9][0-9]{0,18})", text, re.ASCII)
        if found is None:
            return None
        return cls("ward" if found[1] == "ward" else "patient", int(found[2]))


def wards(keys: "list[int]") -> tuple[Topic, ...]:
    return tuple(Topic("ward", key) for key in keys)
