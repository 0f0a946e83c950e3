"""How is the site served while it is written? `make dev`: Django's own server, which starts again when a file changes.

Its database is one of its own, empty at first: `CRSWEB_MODE=development .venv/bin/python manage.py …` reaches it from
another terminal while this runs.
"""

import argparse
import os
import sys

from crsweb import embedded, mode, roles
from crsweb.demo import PROJECT
from crsweb.processes import Stop, end, start


def main() -> None:
    parser = argparse.ArgumentParser(prog="crsweb.development", description=__doc__)
    parser.add_argument("--port", type=int, default=8000)
    port = parser.parse_args().port
    if mode.current() != "development":
        mode.stop("this runs with CRSWEB_MODE=development, which `make dev` sets")
    os.environ["DJANGO_SETTINGS_MODULE"] = "crsweb.settings"
    stop = Stop()
    server = embedded.Server(embedded.folder(PROJECT, "development"))
    try:
        roles.prepare(embedded.superuser(server.root))
        for arguments in (["migrate", "--verbosity=0"], ["runserver", f"localhost:{port}"]):
            process = start([sys.executable, "manage.py", *arguments], PROJECT)
            while not stop.told(0.2) and process.poll() is None:
                continue
            end(process)
            if stop.told() or process.returncode:
                return
    finally:
        server.release()


if __name__ == "__main__":
    main()
