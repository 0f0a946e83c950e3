"""How is the whole database copied at one moment, so that it can be put back and proved to be the same?

One transaction sees the database as it is at that moment: `pg_dump` takes its snapshot, and what the manifest counts is
counted in it. Nobody waits for it. The folder gets its name only when both files are whole and on the disk.
"""

import getpass
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from django.db import transaction

import crsweb
from crsweb import roles
from crsweb.backups import programs
from crsweb.backups.contents import contents, one_moment
from crsweb.backups.manifest import DUMP, Manifest, digest
from grading import RULES_VERSION
from patients.actions.audit import note

UNFINISHED: Final = ".unfinished"


def back_up(to: Path) -> tuple[Path, Manifest]:
    """Writes one backup as a new folder under `to`, this user alone can read it; which one, and its manifest.

    That it was taken is in the audit trail before it begins, and so in the backup too. Works as the owner of the
    tables. Raises `programs.Failed`, `roles.NoOwner` and `OSError`; then nothing is left behind.
    """
    taken_at = datetime.now(UTC)
    name = f"crsweb-{taken_at:%Y%m%dT%H%M%S.%fZ}"
    to.mkdir(mode=0o700, parents=True, exist_ok=True)
    with roles.as_owner():
        postgresql = programs.major_version()
        programs.program("pg_dump")
        with transaction.atomic():
            note("backup", by=None, details={"backup": name, "account": getpass.getuser()})
        unfinished, whole = to / f"{name}{UNFINISHED}", to / name
        unfinished.mkdir(mode=0o700)
        try:
            with one_moment() as cursor:
                cursor.execute("SELECT pg_export_snapshot()")
                (snapshot,) = cursor.fetchone()
                dump = unfinished / DUMP
                programs.run("pg_dump", "--format=custom", f"--snapshot={snapshot}", f"--file={dump}")
                manifest = Manifest(
                    version=crsweb.__version__,
                    rules_version=RULES_VERSION,
                    postgresql=postgresql,
                    taken_at=taken_at.isoformat(),
                    bytes=dump.stat().st_size,
                    sha256=digest(dump),
                    contents=contents(cursor),
                )
            _on_the_disk(dump)
            manifest.write(unfinished)
            _on_the_disk(unfinished)
            unfinished.rename(whole)
            _on_the_disk(to)
        except BaseException:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise
    return whole, manifest


def _on_the_disk(path: Path) -> None:
    """Returns once the file or folder is written through to the disk."""
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
