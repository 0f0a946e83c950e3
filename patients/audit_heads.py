"""What keeps an administrator of the database from rewriting a chain? Its end, written down elsewhere, time and again.

A head is the last entry of a chain: its number and its hash, which rests on all entries before. A file a day, in a
folder that the site keeps off the machine (`AUDIT_HEADS_FOLDER`), one JSON object a line, only ever added to.
Whatever stood before an exported head cannot be changed, removed or made anew without being found.
"""

import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Final

from django.db import connection

from patients.audit_chain import Problem, chains, written
from patients.models import AuditEntry

FORM: Final = "crsweb audit head 1"
FILES: Final = "audit-heads-*.jsonl"
AT_ONCE: Final = 1000  # heads looked up by one statement
FOUND: Final = """
SELECT asked.chain, asked.number, array_agg(entry.hash)
FROM unnest(%s::bigint[], %s::bigint[]) AS asked (chain, number)
LEFT JOIN patients_auditentry AS entry ON entry.chain = asked.chain AND entry.number = asked.number
GROUP BY asked.chain, asked.number
"""


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

    @classmethod
    def of(cls, line: str) -> "Head":
        """Raises `ValueError` for a line that is none."""
        told = json.loads(line)
        if not isinstance(told, dict) or told.get("form") != FORM:
            raise ValueError(f"no {FORM}")
        match told:
            case {"chain": int(chain), "number": int(number), "hash": str(its), "at": str(at), "exported": str(when)}:
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
    left = iter(exported)
    while some := list(islice(left, AT_ONCE)):
        for head, words in _wrong(some):
            wrong[head.chain] += 1
            if head.chain not in first or head.number < first[head.chain].number:
                first[head.chain] = Problem(head.chain, head.number, words)
    for chain, problem in sorted(first.items()):
        more = f" (so say {wrong[chain]} exported heads)" if wrong[chain] > 1 else ""
        yield Problem(chain, problem.number, problem.words + more)


def _wrong(some: list[Head]) -> Iterator[tuple[Head, str]]:
    with connection.cursor() as cursor:
        cursor.execute(FOUND, [[head.chain for head in some], [head.number for head in some]])
        found = {(chain, number): set(hashes) for chain, number, hashes in cursor.fetchall()}
    for head in some:
        hashes = found[head.chain, head.number] - {None}
        when = f"the head exported at {head.exported}"
        if not hashes:
            yield head, f"it was removed: {when} names it, and the chain has no such entry"
        elif head.hash not in hashes:
            yield head, f"the chain was rewritten: {when} has another hash of this entry"
