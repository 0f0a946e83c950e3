"""How is a backup put back? Into an empty database, and only what was written comes back as sound."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.db import OperationalError

from crsweb import roles
from crsweb.backups import programs
from crsweb.backups.manifest import Unsound
from crsweb.backups.restoring import NotCompared, NotRestored, database, missing_migrations, restore, restore_dump


class Command(BaseCommand):
    help = "Puts a backup back into an empty database and proves it. Works as the owner: DATABASE_OWNER_URL."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--from", dest="source", required=True, type=Path, metavar="FOLDER", help="the backup's folder"
        )
        parser.add_argument(
            "--into", metavar="NAME", help="an empty database of the same server; without it the one of DATABASE_URL"
        )
        parser.add_argument(
            "--without-manifest",
            action="store_true",
            help="--from is a pg_dump in the custom format, which nothing says the contents of",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        source: Path = options["source"]
        try:
            with database(options["into"]):
                if options["without_manifest"]:
                    restore_dump(source)
                    self.stdout.write("Restored. It has no manifest: whether everything came back is not known.")
                else:
                    said = restore(source)
                    rows, tables = sum(said.contents.rows.values()), len(said.contents.rows)
                    self.stdout.write(
                        f"Restored and proved: {rows:,} rows of {tables} tables, as of {said.taken_at}, "
                        f"by crsweb {said.version}."
                    )
                if missing := missing_migrations():
                    self.stdout.write(
                        f"It is of an earlier version: {len(missing)} migrations are missing. Next: migrate."
                    )
        except (NotRestored, programs.Failed, roles.NoOwner) as problem:
            raise CommandError(f"Nothing was restored: {problem}.") from problem
        except NotCompared as problem:
            raise CommandError(
                "Restored, and everything is what the backup's manifest says. But the audit trail was not compared "
                f"with the exported heads: {problem}. When they can be read: manage.py verify_audit --heads PATH; it "
                "also names what was recorded after the backup, as removed."
            ) from problem
        except Unsound as problem:
            raise CommandError(f"Not sound: {problem}.") from problem
        except OperationalError as problem:
            raise CommandError(f"Nothing was restored, the database cannot be reached: {problem}") from problem
