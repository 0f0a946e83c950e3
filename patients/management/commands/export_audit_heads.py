"""How do the heads of the audit trail get off the machine? Once, or every so many minutes until it is stopped."""

import threading
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.management import BaseCommand, CommandError
from django.db import Error, connection
from django.utils import timezone

from patients.audit_heads import export

AT_MOST: Final = 24 * 60  # minutes


class Command(BaseCommand):
    help = "Writes the last number and hash of every chain of the audit trail into a folder, a file a day."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--to", type=Path, metavar="FOLDER", help="instead of AUDIT_HEADS_FOLDER")
        parser.add_argument("--every", type=int, metavar="MINUTES", help="export them so often until stopped")

    def handle(self, *args: Any, **options: Any) -> None:
        folder = options["to"] or (Path(settings.AUDIT_HEADS_FOLDER) if settings.AUDIT_HEADS_FOLDER else None)
        every, self.verbosity = options["every"], options["verbosity"]
        if folder is None:
            raise CommandError("Where to? Give --to, or set AUDIT_HEADS_FOLDER: a folder that is off this machine.")
        if every is not None and not 1 <= every <= AT_MOST:
            raise CommandError(f"--every takes minutes, 1 to {AT_MOST}.")
        wait = threading.Event()
        while True:
            problem = self._export(folder)
            if every is None:
                if problem:
                    raise CommandError(problem)
                return
            if problem:
                self.stderr.write(f"{timezone.now():%Y-%m-%d %H:%M} UTC: {problem}")
            connection.close()
            wait.wait(every * 60)

    def _export(self, folder: Path) -> str:
        """Empty where it succeeded, else the sentence for why not: the next round tries again."""
        try:
            file = export(folder, timezone.now())
        except OSError as problem:
            return f"The heads were not exported: {problem.strerror or problem} ({folder})."
        except Error as problem:
            return f"The heads were not exported: the database did not answer ({type(problem).__name__})."
        if self.verbosity:
            self.stdout.write(f"The heads are exported: {file}.")
        return ""
