"""Where on disk does each ward's downtime pack lie, how is it renewed, and how old is it?

A file is written beside its place and moved into it whole: who opens it finds the old pack or the new one, never half
of one. Nobody but the user of the service may read the folder and the files: the site decides where they go from there.
"""

import os
import re
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from django.conf import settings
from django.utils.text import slugify

from patients.models import Ward
from patients.pack import OLD_AFTER, pack_of
from patients.pdf import NoPdf, pdf_of

OURS: Final = re.compile(r"(?:downtime-[a-z0-9-]*[0-9]+\.(?:html|pdf)|\.downtime-.*)")
USELESS_AFTER: Final = timedelta(hours=24)  # a pack of the last 24 hours tells nothing of now any more
FOLDER_MODE: Final = 0o700


@dataclass(frozen=True, slots=True)
class Written:
    html: Path
    pdf: Path | None
    no_pdf: str  # why there is none


@dataclass(frozen=True, slots=True)
class PackState:
    """A ward's pack as seen from here. `as_of` is null where there is none that can be read; `problem` says why."""

    as_of: datetime | None
    problem: str
    old: bool  # older than 30 minutes, or not there


def folder() -> Path | None:
    """The folder that the site has set; None where it has set none."""
    return Path(settings.DOWNTIME_FOLDER) if settings.DOWNTIME_FOLDER else None


def name_of(ward: Ward) -> str:
    """«downtime-hematology-7-west-1»: no patient is named in it."""
    return "-".join(filter(None, ("downtime", slugify(ward.name), str(ward.pk))))


def write_pack(ward: Ward, into: Path, now: datetime) -> Written:
    """Renews the pack of one ward. Raises `OSError` where the folder cannot be written."""
    _open(into)
    html, pdf = (into / f"{name_of(ward)}.{kind}" for kind in ("html", "pdf"))
    document = pack_of(ward, now)
    _replace(html, document.encode(), now)
    try:
        _replace(pdf, pdf_of(document), now)
    except NoPdf as reason:
        pdf.unlink(missing_ok=True)  # one of an earlier run would be older than the page beside it
        return Written(html, None, str(reason))
    return Written(html, pdf, "")


def remove_old(wards: Iterable[Ward], inside: Path, now: datetime) -> list[Path]:
    """Removes what lies there of wards that are no more or were renamed, what is over a day old, and halves of files
    that a run which was killed left behind. Only files named as ours are looked at."""
    names = {name_of(ward) for ward in wards}
    removed = []
    for path in inside.iterdir() if inside.is_dir() else ():
        if not OURS.fullmatch(path.name) or not path.is_file():
            continue
        old = now - _time_of(path) > USELESS_AFTER
        half = path.name.startswith(".") and now - _time_of(path) > OLD_AFTER
        if half or (not path.name.startswith(".") and (path.stem not in names or old)):
            path.unlink(missing_ok=True)
            removed.append(path)
    return removed


def state_of(ward: Ward, now: datetime) -> PackState:
    """How old the ward's pack is."""
    inside = folder()
    if inside is None:
        return PackState(None, "No folder is set for it (DOWNTIME_FOLDER).", True)
    try:
        as_of = _time_of(inside / f"{name_of(ward)}.html")
    except FileNotFoundError:
        return PackState(None, "None has been written yet.", True)
    except OSError:
        return PackState(None, "Its folder cannot be read from here.", True)
    return PackState(as_of, "", now - as_of > OLD_AFTER)


def _time_of(path: Path) -> datetime:
    """The moment that the file is of: set when it was written."""
    return datetime.fromtimestamp(path.stat().st_mtime, tz=UTC)


def _open(into: Path) -> None:
    into.mkdir(parents=True, exist_ok=True, mode=FOLDER_MODE)
    if into.stat().st_mode & 0o077:
        into.chmod(FOLDER_MODE)


def _replace(path: Path, content: bytes, now: datetime) -> None:
    """Writes the file whole, readable by its owner alone, and dates it as of `now`."""
    handle, half = tempfile.mkstemp(prefix=".downtime-", dir=path.parent)  # 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.utime(half, (now.timestamp(), now.timestamp()))
        os.replace(half, path)
    except BaseException:
        Path(half).unlink(missing_ok=True)
        raise
