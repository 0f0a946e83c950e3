"""Which rules and which code made this? What is kept beside the record is read by no other release than its own."""

from collections.abc import Iterable
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

import grading

ROOMS = (Path(grading.__file__).parent, Path(__file__).parent)


@lru_cache(maxsize=1)
def release() -> str:
    """A digest of the source of `grading` and `patients` as this process found it; computed once."""
    return digest_of(ROOMS)


def digest_of(folders: Iterable[Path]) -> str:
    """Changes with the name and the text of every module in these folders."""
    found = sha256()
    for folder in folders:
        for file in sorted(folder.rglob("*.py")):
            name, text = str(file.relative_to(folder)).encode(), file.read_bytes()
            found.update(b"%d %d %b%b" % (len(name), len(text), name, text))
    return found.hexdigest()[:16]
