"""What keeps an administrator of the database from rewriting a chain? Its end, written down elsewhere, time and again.

A head is the last entry of a chain: its number and its hash, which rests on all entries before. A file a day, in a
folder that the site keeps off the machine (`AUDIT_HEADS_FOLDER`), one JSON object a line, only ever added to.
Whatever stood before an exported head cannot be changed, removed or made anew without being found; and what is written
after it, or in a chain that was not there yet, cannot claim an earlier time.
"""

import json
import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Final

from django.db import connection

from patients.audit_chain import Problem, chains, written
from patients.models import AuditEntry

FORM: Final = "crsweb audit head 1"
FILES: Final = "audit-heads-*.jsonl"
AT_ONCE: Final = 1000  # heads looked up by one statement
CLOCKS: Final = timedelta(minutes=1)  # what the clocks may differ by, and an entry be committed after its time
AS_WRITTEN: Final = """'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'"""
FOUND: Final = f"""
SELECT asked.chain, asked.number, array_agg(entry.hash), min(to_char(next.at AT TIME ZONE 'UTC', {AS_WRITTEN}))
FROM unnest(%s::bigint[], %s::bigint[]) AS asked (chain, number)
LEFT JOIN patients_auditentry AS entry ON entry.chain = asked.chain AND entry.number = asked.number
LEFT JOIN patients_auditentry AS next ON next.chain = asked.chain AND next.number = asked.number + 1
GROUP BY asked.chain, asked.number
"""
BEGINNING: Final = f"""
SELECT number, to_char(at AT TIME ZONE 'UTC', {AS_WRITTEN}) FROM patients_auditentry WHERE chain = %s
ORDER BY number LIMIT 1
"""
EXPORTED: Final = re.compile("2[0-9]{3}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{6}Z", re.ASCII)
OLDER: Final = "its time is earlier: it was put in later, or the server's clock was set back"


class NoHeads(Exception):
    """Nothing can be compared: the words say why."""


@dataclass(frozen=True, slots=True)
class Head:
    """The last entry of a chain when it was exported; times as the hash takes them."""

    chain: int
    number: int
    hash: str
    at: str
    exported: str

    @property
    def line(self) -> str:
        told = {"form": FORM, "chain": self.chain, "number": self.number, "hash": self.hash}
        return json.dumps({**told, "at": self.at, "exported": self.exported}) + "\n"

    @property
    def since(self) -> str:
        """What was written after the export has no earlier time than this."""
        return written(datetime.fromisoformat(self.exported) - CLOCKS)

    @classmethod
    def of(cls, line: str) -> "Head":
        """Raises `ValueError` for a line that is none."""
        told = json.loads(line)
        if not isinstance(told, dict) or told.get("form") != FORM:
            raise ValueError(f"no {FORM}")
        match told:
            case {"chain": int(chain), "number": int(number), "hash": str(its), "at": str(at), "exported": str(when)}:
                if not EXPORTED.fullmatch(when):
                    raise ValueError(f"{when}: no time of an export")
                datetime.fromisoformat(when)  # raises for a day or an hour that there is not
                return cls(chain, number, its, at, when)
        raise ValueError(f"no {FORM}")


def heads(now: datetime) -> list[Head]:
    """The last entry of every chain."""
    last = (AuditEntry.objects.filter(chain=chain).latest("number") for chain in chains())
    return [Head(one.chain, one.number, one.hash, written(one.at), written(now)) for one in last]


def export(folder: Path, now: datetime) -> Path:
    """Adds the heads of now to the day's file (UTC), all in one write, and waits until they are on the disk."""
    file = folder / FILES.replace("*", now.strftime("%Y-%m-%d"))
    lines = "".join(head.line for head in heads(now)).encode()
    to = os.open(file, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o640)
    try:
        size = os.fstat(to).st_size
        if size and os.pread(to, 1, size - 1) != b"\n":  # a write that was cut short ends its line here
            lines = b"\n" + lines
        if os.write(to, lines) != len(lines):
            raise OSError(f"{file}: not all of it could be written")
        os.fsync(to)
    finally:
        os.close(to)
    at = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(at)
    finally:
        os.close(at)
    return file


def read(path: Path) -> Iterator[Head | str]:
    """The heads of a file, or of every day's file of a folder, in order; a sentence for each line that is none.
    Raises `NoHeads` where there is no head at all."""
    files = sorted(path.glob(FILES)) if path.is_dir() else [path]
    found = False
    for file in files:
        with file.open(encoding="utf-8", errors="replace") as lines:
            for number, line in enumerate(lines, 1):
                try:
                    head: Head | str = Head.of(line)
                    found = True
                except ValueError:
                    head = f"{file}, line {number}: no head can be read: a write that was cut short, or a change"
                yield head
    if not found:
        raise NoHeads(f"{path}: no head is in it (a folder holds files {FILES})")


def against(exported: Iterable[Head]) -> Iterator[Problem]:
    """For each chain that is not what was exported: the first head that shows it, and how many do."""
    first: dict[int, Problem] = {}
    wrong: Counter[int] = Counter()
    left, beginnings = iter(exported), _Beginnings()
    while some := list(islice(left, AT_ONCE)):
        beginnings.take(some)
        for problem in _wrong(some):
            wrong[problem.chain] += 1
            if problem.chain not in first or problem.number < first[problem.chain].number:
                first[problem.chain] = problem
    yield from beginnings.problems()
    for chain, problem in sorted(first.items()):
        more = f" (so say {wrong[chain]} exported heads)" if wrong[chain] > 1 else ""
        yield Problem(chain, problem.number, problem.words + more)


class _Beginnings:
    """Which export was the last without a chain? What begins the chain was written after it."""

    def __init__(self) -> None:
        self._without: dict[int, Head | None] = {}  # by chain: any head of that export; None where there is none
        self._before: Head | None = None
        self._last: Head | None = None

    def take(self, some: list[Head]) -> None:
        for head in some:
            if self._last is None or head.exported > self._last.exported:
                self._before, self._last = self._last, head
            self._without.setdefault(head.chain, self._before if head.exported == self._last.exported else None)

    def problems(self) -> Iterator[Problem]:
        for chain in chains():
            without = self._without.get(chain, self._last)
            if without is None:
                continue
            with connection.cursor() as cursor:
                cursor.execute(BEGINNING, [chain])
                number, at = cursor.fetchone()
            if (at or "") < without.since:
                words = f"no head exported at {without.exported} names the chain, which begins with it, and {OLDER}"
                yield Problem(chain, number, words)


def _wrong(some: list[Head]) -> Iterator[Problem]:
    with connection.cursor() as cursor:
        cursor.execute(FOUND, [[head.chain for head in some], [head.number for head in some]])
        found = {(chain, number): (set(hashes), after) for chain, number, hashes, after in cursor.fetchall()}
    for head in some:
        its, after = found[head.chain, head.number]
        hashes = its - {None}
        when = f"the head exported at {head.exported}"
        if not hashes:
            words = f"it was removed: {when} names it, and the chain has no such entry"
            yield Problem(head.chain, head.number, words)
        elif head.hash not in hashes:
            words = f"the chain was rewritten: {when} has another hash of this entry"
            yield Problem(head.chain, head.number, words)
        elif after is not None and after < head.since:
            yield Problem(head.chain, head.number + 1, f"{when} ends before it, and {OLDER}")
