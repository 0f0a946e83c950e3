"""How are courses in files graded, line by line, without a database?

Reads NDJSON of the case format from files or standard input, one line in memory at a time, and writes NDJSON or CSV to
standard output. A line in error is named and the others are still graded; the exit status is then 1. Nothing of a site
is needed: `manage.py` runs this command without settings, so that `--settings` can name a ward's file.
"""

import io
import json
import os
import sys
import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO, Final

from django.core.management.base import BaseCommand, CommandError, CommandParser

from crsweb.spreadsheet import writer
from grading.casefile import Rejected, read_line
from grading.casefile_json import MOST_BYTES
from grading.casefile_output import csv_columns, csv_rows, graded_document, line_of, rejected_document
from grading.course import grade_course
from grading.settings import DEFAULT, Settings, SettingsError, from_document
from grading.words import PROTOCOLS, SCALES

STANDARD_INPUT: Final = "-"
SHOW_EVERY_S: Final = 0.2
BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
USAGE_ERROR: Final = 2


class CannotRead(Exception):
    """A file that cannot be opened or read; the message names it."""


class Command(BaseCommand):
    help = "Grade the courses of case files (NDJSON, docs/case-format.md) on every scale."
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """Django's own `--settings` (a settings module) gives way to the ward's settings file."""
        return super().create_parser(prog_name, subcommand, conflict_handler="resolve", **kwargs)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="*", metavar="FILE", help="case files; none, or -, is standard input")
        parser.add_argument(
            "--protocol", choices=tuple(PROTOCOLS), default="review-2024", help="for lines that name none (%(default)s)"
        )
        parser.add_argument(
            "--scale", action="append", choices=tuple(SCALES), help="only this scale; may be given several times"
        )
        parser.add_argument("--format", choices=("ndjson", "csv"), default="ndjson", help="of the output (%(default)s)")
        parser.add_argument("--settings", dest="ward_settings", metavar="FILE", help="a ward's settings, as JSON")
        parser.set_defaults(settings=None)  # what Django looks for; no settings module is ever named here

    def handle(self, *args: Any, **options: Any) -> None:
        settings = ward_settings(options["ward_settings"])
        scales = tuple(options["scale"] or SCALES)
        files = options["files"] or [STANDARD_INPUT]
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(encoding="utf-8")  # whatever the terminal's locale: the format is UTF-8
        progress = Progress(files)
        write = self._csv_writer(scales) if options["format"] == "csv" else self._write_line
        unreadable = False
        try:
            for name in files:
                try:
                    for number, line in lines_of(name):
                        place = f"line {number}" if len(files) == 1 else f"{name}, line {number}"
                        document = answer(line, place, options["protocol"], settings, scales)
                        write(document)
                        progress.advance(len(line), in_error="error" in document)
                except CannotRead as error:
                    unreadable = True
                    progress.clear()
                    self.stderr.write(str(error))
            self.stdout.flush()
        except BrokenPipeError:
            # The reader has gone (`| head`); standard output is closed for good, so that its end is quiet too.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(1)
        except KeyboardInterrupt:
            progress.clear()
            self.stderr.write(f"stopped after {progress.lines:,} lines")
            sys.exit(130)
        progress.clear()
        if progress.in_error:
            self.stderr.write(
                f"{progress.in_error:,} of {progress.lines:,} lines in error; each is named in the output"
            )
        if progress.in_error or unreadable:
            sys.exit(1)

    def _write_line(self, document: dict[str, Any]) -> None:
        self.stdout.write(line_of(document))

    def _csv_writer(self, scales: tuple[str, ...]) -> Callable[[dict[str, Any]], None]:
        row = writer(self.stdout)
        row(csv_columns(scales))

        def write(document: dict[str, Any]) -> None:
            for cells in csv_rows(document, scales):
                row(cells)

        return write


def answer(line: bytes, place: str, protocol: str, settings: Settings, scales: tuple[str, ...]) -> dict[str, Any]:
    """The output object of one line, graded or in error."""
    case = read_line(line, protocol)
    if isinstance(case, Rejected):
        return rejected_document(case, place)
    return graded_document(case.name, grade_course(case.course, settings), scales)


def lines_of(name: str) -> Iterator[tuple[int, bytes]]:
    """The numbered lines of a file, or of standard input. Raises `CannotRead`.

    Blank lines at the end are no lines; before another line they are given, and are errors. Of a line longer than any
    case the rest is passed over, so that memory does not grow; what is left is refused for its length.
    """
    try:
        with nullcontext(sys.stdin.buffer) if name == STANDARD_INPUT else Path(name).open("rb") as file:
            yield from _numbered(file)
    except OSError as error:
        raise CannotRead(f"cannot read {name}: {error.strerror}") from error


def _numbered(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    number = blank = 0
    while line := file.readline(MOST_BYTES + 1):
        rest = line
        while len(rest) > MOST_BYTES and not rest.endswith(b"\n"):
            rest = file.readline(MOST_BYTES + 1)
        number += 1
        if number == 1:
            line = line.removeprefix(BYTE_ORDER_MARK)
        if not line.strip():
            blank += 1
            continue
        yield from ((earlier, b"") for earlier in range(number - blank, number))
        blank = 0
        yield number, line


def ward_settings(name: str | None) -> Settings:
    """A ward's settings from a JSON file, else the defaults. Raises `CommandError`: the file and what is allowed."""
    if name is None:
        return DEFAULT
    try:
        document = json.loads(Path(name).read_text(encoding="utf-8-sig"), parse_float=Decimal)
        return from_document(document)
    except OSError as error:
        raise CommandError(f"cannot read {name}: {error.strerror}", returncode=USAGE_ERROR) from error
    except SettingsError as error:
        raise CommandError(f"{name}: {error}", returncode=USAGE_ERROR) from error
    except (ValueError, RecursionError) as error:
        raise CommandError(f"{name}: not a JSON object in UTF-8: {error}", returncode=USAGE_ERROR) from error


class Progress:
    """How far the run is, on a terminal's standard error; silent elsewhere."""

    def __init__(self, files: list[str]) -> None:
        self.lines = self.in_error = 0
        self._bytes = 0
        self._shown_at = time.monotonic()
        self._shows = sys.stderr.isatty()
        paths = [Path(name) for name in files]
        known = self._shows and all(path.is_file() for path in paths)
        self._total = sum(path.stat().st_size for path in paths) if known else 0

    def advance(self, size: int, *, in_error: bool) -> None:
        self.lines += 1
        self.in_error += in_error
        self._bytes += size
        if self._shows and time.monotonic() - self._shown_at >= SHOW_EVERY_S:
            self._shown_at = time.monotonic()
            part = f", {self._bytes * 100 // self._total}%" if self._total else ""
            sys.stderr.write(f"\r\x1b[K{self.lines:,} lines, {self.in_error:,} in error{part}")
            sys.stderr.flush()

    def clear(self) -> None:
        if self._shows:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
