#!/usr/bin/env python
"""Which command of the project shall run? `python manage.py help` lists them."""

import os
import sys

from crsweb import mode


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crsweb.settings")
    mode.current()
    from django.core.management import execute_from_command_line

    if sys.argv[1:2] == ["runserver"]:
        mode.refuse_to_serve_unsafely()
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
