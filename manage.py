#!/usr/bin/env python
"""Which command of the project shall run? `python manage.py help` lists them."""

import os
import sys

from crsweb import mode


def main() -> None:
    if sys.argv[1:2] == ["grade"]:
        grade()
        return
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crsweb.settings")
    mode.current()
    from django.core.management import execute_from_command_line

    if sys.argv[1:2] == ["runserver"]:
        mode.refuse_to_serve_unsafely()
    execute_from_command_line(sys.argv)


def grade() -> None:
    """Grading files needs nothing of a site: no mode, no key, no database, no settings module. Django's launcher would
    take the command's `--settings`, which is a ward's file, for a module."""
    from django.conf import settings

    from patients.management.commands.grade import Command

    settings.configure()
    Command().run_from_argv(sys.argv)


if __name__ == "__main__":
    main()
