"""How are the downtime packs renewed? Once, or every so many minutes until it is stopped.

Each ward is written in a thread of its own, with its own connection: what fails with one ward stops no other, and what
fails in one round does not stop the next. Nothing that is printed names a patient.
"""

import os
import threading
import traceback
from argparse import ArgumentParser
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, Final

from django.core.management import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone

from patients.actions.seeing import exported
from patients.downtime import Written, folder, remove_old, write_pack
from patients.models import Ward

AT_MOST: Final = 24 * 60  # minutes
POLITE: Final = 10  # the bedside goes first


class Command(BaseCommand):
    help = "Writes each ward's downtime pack into DOWNTIME_FOLDER: the last 24 hours, what is due, and blank sheets."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--every", type=int, metavar="MINUTES", help="renew them so often until stopped")
        parser.add_argument("--ward", type=int, metavar="KEY", help="of this ward alone")

    def handle(self, *args: Any, **options: Any) -> None:
        into = folder()
        if into is None:
            raise CommandError("DOWNTIME_FOLDER is not set: name the folder that the packs shall lie in.")
        every, only, self.quiet = options["every"], options["ward"], options["verbosity"] == 0
        if every is None:
            if not self._round(into, only):
                raise CommandError("Not every pack could be written; what failed is above.")
            return
        if not 1 <= every <= AT_MOST:
            raise CommandError(f"--every takes minutes, 1 to {AT_MOST}.")
        os.nice(POLITE)
        wait = threading.Event()
        while True:
            self._of_its_own("The round", partial(self._round, into, only))
            wait.wait(every * 60)

    def _round(self, into: Path, only: int | None) -> bool:
        """Renews the packs; whether all of them could be."""
        every = list(Ward.objects.all())
        wards = [ward for ward in every if only in (None, ward.pk)]
        if only is not None and not wards:
            raise CommandError(f"No ward has the key {only}.")
        good = [self._of_its_own(str(ward), partial(self._write, ward, into)) for ward in wards]
        remove_old(every, into, timezone.now())
        return all(good)

    def _write(self, ward: Ward, into: Path) -> None:
        now = timezone.now()
        written: Written = write_pack(ward, into, now)
        exported(ward=ward, page="downtime_pack")  # after it: a pack that could not be noted is there all the same
        if self.quiet:
            return
        self.stdout.write(f"{ward}: {written.html}, as of {now:%H:%M:%S} UTC")
        if written.pdf is None:
            self.stderr.write(f"{ward}: {written.no_pdf}")

    def _of_its_own(self, what: str, act: Callable[[], object]) -> bool:
        """Runs it in a thread with its own connection; whether it succeeded. A failure is named without its values."""

        def run() -> None:
            try:
                act()
            finally:
                connection.close()

        with ThreadPoolExecutor(max_workers=1) as one:
            problem = one.submit(run).exception()
        if problem is not None:
            where = traceback.extract_tb(problem.__traceback__)[-1]
            self.stderr.write(f"{what} failed: {type(problem).__name__} at {Path(where.filename).name}:{where.lineno}")
        return problem is None
