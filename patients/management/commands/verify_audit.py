"""Does the audit trail hold? Walks every chain; with the exported heads, also against what they say."""

from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.management import BaseCommand, CommandError

from patients.audit_chain import Problem, Walk, chains
from patients.audit_heads import Head, NoHeads, against, read

TOLD: Final = 50  # problems of one chain: what follows an edit may be long, and says no more


class Command(BaseCommand):
    help = (
        "Walks every chain of the audit trail and names each entry that was changed, removed, added or moved. With the "
        "exported heads also a chain whose end was cut off, or that was made anew. Ends with 1 where anything is wrong."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--heads", type=Path, metavar="PATH", help="a file of exported heads, or their folder")

    def handle(self, *args: Any, **options: Any) -> None:
        self.wrong = 0
        length = number = 0
        for chain in chains():
            walk = Walk(chain)
            self._tell(walk.problems())
            length, number = length + walk.length, number + 1
        folder = options["heads"] or (Path(settings.AUDIT_HEADS_FOLDER) if settings.AUDIT_HEADS_FOLDER else None)
        if folder is not None:
            try:
                self._tell(against(self._heads(folder)))
            except (NoHeads, OSError) as problem:
                raise CommandError(f"The chains were walked, the heads could not be read: {problem}") from problem
        else:
            self.stderr.write("No exported heads were given: a chain whose end was cut off would not be noticed.")
        if self.wrong:
            raise CommandError(f"The audit trail does not hold: {self.wrong} problems in {length} entries.")
        if not length:
            raise CommandError("The audit trail has no entry at all: nothing was ever noted, or all of it was removed.")
        said = f" as of {self.last}" if folder is not None else ""
        self.stdout.write(f"The audit trail holds: {length} entries in {number} chains{said}.")

    def _tell(self, problems: Iterator[Problem]) -> None:
        for number, problem in enumerate(problems, 1):
            self.wrong += 1
            if number <= TOLD:
                self.stderr.write(str(problem))
            elif number == TOLD + 1:
                self.stderr.write("… and more in this chain")

    def _heads(self, path: Path) -> Iterator[Head]:
        self.last = ""
        for one in read(path):
            if isinstance(one, str):
                self.wrong += 1
                self.stderr.write(one)
            else:
                self.last = f"the heads exported until {one.exported}"
                yield one
