"""What does the hash of an audit entry say, and does a chain of entries hold?

Version 1 of the hash is SHA-256, in hexadecimal, over the UTF-8 of one JSON array without blanks, in which every
character beyond ASCII is escaped and every object has its keys in order:

    ["crsweb audit 1", ward, number, id, at, by, name, event, patient, address, session, details, previous]

`ward`, `by` and `patient` are keys or null; `at` is UTC with six digits of the second, `2026-11-21T18:03:21.000250Z`;
`previous` is the hash of the entry before in its chain, for the first one 64 zeros. So every column is in it, and the
entry before with all that came before that.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final

VERSION: Final = 1
FIRST: Final = "0" * 64  # what stands before the first entry


def hash_of(
    *,
    ward: int | None,
    number: int,
    id: int,
    at: datetime,
    by: int | None,
    name: str,
    event: str,
    patient: int | None,
    address: str,
    session: str,
    details: Mapping[str, Any],
    previous: str,
) -> str:
    """The hash of an entry by version 1, 64 hexadecimal digits. `at` is aware."""
    told = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    fields = ["crsweb audit 1", ward, number, id, told, by, name, event, patient, address, session, details, previous]
    text = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
    return sha256(text.encode()).hexdigest()
