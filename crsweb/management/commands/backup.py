"""How is the database backed up? Whole, at one moment, with a manifest by which a restore is proved."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError

from crsweb import roles
from crsweb.backups import programs
from crsweb.backups.taking import back_up


class Command(BaseCommand):
    help = "Backs up the whole database as a new folder with a manifest. Works as the owner: DATABASE_OWNER_URL."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--to", required=True, type=Path, metavar="FOLDER", help="where the backup's folder goes")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            folder, manifest = back_up(options["to"])
        except (programs.Failed, roles.NoOwner) as problem:
            raise CommandError(f"Not backed up: {problem}.") from problem
        except OSError as problem:
            raise CommandError(f"Not backed up: {problem.filename}: {problem.strerror}.") from problem
        rows = sum(manifest.contents.rows.values())
        self.stdout.write(f"{folder}: {rows:,} rows of {len(manifest.contents.rows)} tables, {manifest.bytes:,} bytes")
        self.stdout.write(f"SHA-256 {manifest.sha256}")
