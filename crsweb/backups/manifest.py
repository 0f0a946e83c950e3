"""What does a backup say of itself? Version, migrations, rows of each table, guards, heads of the audit chains, digest.

A backup is a folder of two files, `database.dump` and `manifest.json`, so that neither is taken for whole without the
other.
"""

import json
import os
from dataclasses import asdict, dataclass
from hashlib import file_digest
from pathlib import Path
from typing import Any, Final

from crsweb.backups.contents import Contents

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
DUMP: Final = "database.dump"


class Unsound(Exception):
    """The backup is not what its manifest says, or there is none; the message says what differs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    version: str  # of crsweb
    rules_version: str
    postgresql: int  # major version of the server, and of pg_dump
    taken_at: str  # ISO 8601, UTC
    bytes: int
    sha256: str
    contents: Contents

    def write(self, folder: Path) -> None:
        document = {"format": FORMAT} | asdict(self)
        with open(folder / MANIFEST, "x", encoding="utf-8", opener=_private) as file:
            json.dump(document, file, indent=1, ensure_ascii=False)
            file.write("\n")
            file.flush()
            os.fsync(file.fileno())


def read(folder: Path) -> Manifest:
    """The manifest of a backup whose dump is as it was written. Raises `Unsound`."""
    try:
        document: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if document.pop("format") != FORMAT:
            raise Unsound(f"{folder / MANIFEST} is of a format that this version of crsweb does not know")
        contents = document.pop("contents")
        found = Contents(
            migrations=tuple(contents["migrations"]),
            rows=dict(contents["rows"]),
            guards=tuple(contents["guards"]),
            heads={chain: (int(number), str(hash)) for chain, (number, hash) in contents["heads"].items()},
        )
        manifest = Manifest(contents=found, **document)
    except OSError as problem:
        raise Unsound(f"{problem.filename} cannot be read: {problem.strerror}") from problem
    except (ValueError, TypeError, KeyError, AttributeError) as problem:
        raise Unsound(f"{folder / MANIFEST} is no manifest of a backup: {problem}") from problem
    _as_written(folder / DUMP, manifest)
    return manifest


def digest(dump: Path) -> str:
    """SHA-256 of the file, hexadecimal. Raises `OSError`."""
    with dump.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def _private(path: str, flags: int) -> int:
    """Opens a file that this user alone may read."""
    return os.open(path, flags, mode=0o600)


def _as_written(dump: Path, manifest: Manifest) -> None:
    try:
        size, found = dump.stat().st_size, digest(dump)
    except OSError as problem:
        raise Unsound(f"{dump} cannot be read: {problem.strerror}") from problem
    if size != manifest.bytes:
        raise Unsound(f"{dump} has {size:,} bytes and not the {manifest.bytes:,} that were written: it is not whole")
    if found != manifest.sha256:
        raise Unsound(f"{dump} is not the file that was written: its SHA-256 is {found}, and was {manifest.sha256}")
