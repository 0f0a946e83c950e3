"""How is a disk full, without filling anybody's disk? A small one of its own, where one may be mounted; else a limit on
how large the server's files may be.

The first is as in life: PostgreSQL is told that no space is left. The second needs no right but that to the own
processes, and is harder: the log of what was written cannot be written on either, so the server stops and recovers.
"""

import contextlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from crsweb import embedded
from tests.faults.server import Database

SIZE: Final = "700m"  # the server's programs, its data, and what it writes meanwhile
SMALL: Final = "65536"  # bytes


class Room:
    """A folder for a server whose disk can be full. `mounted`: it is a disk of its own."""

    def __init__(self, folder: Path, disk: Path | None) -> None:
        self.folder = folder
        self._disk = disk

    @staticmethod
    @contextlib.contextmanager
    def made() -> Iterator["Room"]:
        disk = embedded.SHARED / f"crsweb-disk-{os.getpid()}"
        disk.mkdir(mode=0o755)
        try:
            options = f"size={SIZE},mode=0755"
            done = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", disk], capture_output=True)
            if done.returncode:
                yield Room(disk / "site", None)
                return
            try:
                yield Room(disk / "site", disk)
            finally:
                subprocess.run(["umount", "--lazy", disk], check=True)
        finally:
            with contextlib.suppress(OSError):
                disk.rmdir()

    @contextlib.contextmanager
    def full(self, database: Database) -> Iterator[None]:
        """Within: nothing more can be written. After it there is room again, and the server runs."""
        with _no_space_on(self._disk) if self._disk is not None else _no_file_grows(database):
            yield
        database.start_again()


@contextlib.contextmanager
def _no_space_on(disk: Path) -> Iterator[None]:
    ballast = disk / "ballast"
    try:
        with ballast.open("wb") as file:
            filled, more = 0, 64 * 1024 * 1024
            while more >= 4096:
                try:
                    os.posix_fallocate(file.fileno(), filled, more)
                    filled += more
                except OSError:
                    more //= 2
        yield
    finally:
        ballast.unlink()


@contextlib.contextmanager
def _no_file_grows(database: Database) -> Iterator[None]:
    def limit(most: str) -> None:
        """As the server's own user: root need not be allowed to."""
        user = embedded.USER_FOR_ROOT if os.geteuid() == 0 else None
        for process in database.processes():
            soft = ["prlimit", "--pid", str(process.pid), f"--fsize={most}:"]
            done = subprocess.run(soft, user=user, group=user, capture_output=True, text=True)
            assert done.returncode == 0 or not process.is_running(), done.stderr

    limit(SMALL)
    try:
        yield
    finally:
        limit("unlimited")
        database.kill()  # as whoever made room starts it anew: one that cannot write its log does not always come back
