"""What does the hash of an audit entry say, and does a chain of entries hold?

Version 1 of the hash is SHA-256, in hexadecimal, over the UTF-8 of one JSON array without blanks, in which every
character beyond ASCII is escaped and every object has its keys in order:

    ["crsweb audit 1", ward, number, id, at, by, name, event, patient, address, session, details, previous]

`ward`, `by` and `patient` are keys or null; `at` is UTC with six digits of the second, `2026-11-21T18:03:21.000250Z`;
`previous` is the hash of the entry before in its chain, for the first one 64 zeros. So every column is in it, and the
entry before with all that came before that.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final

from django.db import connection

from patients.models import Ward
from patients.models.audit import SITE, chain_name

VERSION: Final = 1
FIRST: Final = "0" * 64  # what stands before the first entry
AT_ONCE: Final = 2000  # entries read by one statement: the memory does not grow with the chain
BEFORE_ALL: Final = -(2**63)

# Times as text: a time that no calendar has (`infinity`) is read too, and is found to be wrong.
ENTRIES: Final = """
SELECT number, id, version, ward_id, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), by_id, name,
    event, patient_id, address, session, details::text, previous, hash
FROM patients_auditentry WHERE chain = %s AND (number, id) > (%s, %s) ORDER BY number, id LIMIT %s
"""
NEXT_CHAIN: Final = "SELECT min(chain) FROM patients_auditentry WHERE chain > %s"


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with the entry of this number in this chain (a ward's key, or `SITE`)."""

    chain: int
    number: int
    words: str

    def __str__(self) -> str:
        ward = Ward.objects.filter(pk=self.chain).first()
        name = chain_name(ward) if ward or self.chain == SITE else f"ward {self.chain} (which there is not)"
        return f"{name}, entry {self.number}: {self.words}"


def written(at: datetime) -> str:
    """A time as the hash takes it."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def hash_of(
    *,
    ward: int | None,
    number: int,
    id: int,
    at: str,
    by: int | None,
    name: str,
    event: str,
    patient: int | None,
    address: str,
    session: str,
    details: Mapping[str, Any],
    previous: str,
) -> str:
    """The hash of an entry by version 1, 64 hexadecimal digits; `at` as `written`."""
    fields = ["crsweb audit 1", ward, number, id, at, by, name, event, patient, address, session, details, previous]
    text = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return sha256(text.encode()).hexdigest()


def chains() -> Iterator[int]:
    """Every chain that has an entry, by its number."""
    chain: int | None = BEFORE_ALL
    while chain is not None:
        with connection.cursor() as cursor:
            cursor.execute(NEXT_CHAIN, [chain])
            (chain,) = cursor.fetchone()
        if chain is not None:
            yield chain


class Walk:
    """Goes through one chain from its first entry to its last. `length` counts what was read so far."""

    def __init__(self, chain: int) -> None:
        self.chain = chain
        self.length = 0
        self._number = 0  # of the entry read last
        self._hash, self._at = FIRST, ""

    def problems(self) -> Iterator[Problem]:
        """What is wrong, in the order of the entries: at most one sentence an entry."""
        last = (BEFORE_ALL, BEFORE_ALL)
        while rows := self._read(last):
            for row in rows:
                words = self._wrong(row)
                if words:
                    yield Problem(self.chain, row[0], words)
            last = (rows[-1][0], rows[-1][1])

    def _read(self, last: tuple[int, int]) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(ENTRIES, [self.chain, *last, AT_ONCE])
            rows: list[tuple[Any, ...]] = cursor.fetchall()
            return rows

    def _wrong(self, row: tuple[Any, ...]) -> str:
        """The sentence for one entry, empty for one that holds; it is then the one before."""
        number, key, version, ward, at, by, name, event, patient, address, session, details, previous, its_hash = row
        before, hash_before, at_before = self._number, self._hash, self._at
        self.length += 1
        self._number, self._hash, self._at = number, its_hash, at or ""
        if number <= before:
            return "there is more than one entry with this number"
        if version != VERSION:
            return f"it was changed: there is no version {version} of the hash"
        found = hash_of(
            ward=ward,
            number=number,
            id=key,
            at=at,
            by=by,
            name=name,
            event=event,
            patient=patient,
            address=address,
            session=session,
            details=json.loads(details),
            previous=previous,
        )
        if found != its_hash or (ward or SITE) != self.chain:
            return "it was changed: its hash is not that of what it says"
        if number != before + 1:
            gap = f"entry {number - 1}" if number == before + 2 else f"entries {before + 1} to {number - 1}"
            return f"before it {gap} {'is' if number == before + 2 else 'are'} missing"
        if previous != hash_before:
            return f"it does not follow entry {before}" if before else "it is not the first that was written"
        if (at or "") < at_before:
            return f"its time is before that of entry {before}"
        return ""
