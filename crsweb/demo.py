"""How is the demo ward started and stopped? `make demo`, which is `python -m crsweb.demo`; `--reset` starts over.

It starts the demo's own PostgreSQL, prepares and fills it, serves with gunicorn, and renews the downtime packs. Ctrl-C,
SIGTERM and a closed terminal only raise a flag, so no step is cut in half; then everything that was started is
stopped, the web before the database.
"""

import argparse
import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Final

from crsweb import embedded, mode, roles
from crsweb.processes import Stop, end, start

PROJECT: Final = Path(__file__).resolve().parent.parent
FIRST_PORT: Final = 8000
PORTS_TRIED: Final = 100
SERVES_WITHIN: Final = 30.0  # seconds


def main() -> None:
    parser = argparse.ArgumentParser(prog="crsweb.demo", description=__doc__)
    parser.add_argument("--reset", action="store_true", help="remove the demo's database, and serve nothing")
    parser.add_argument("--port", type=int, help=f"serve here; else on {FIRST_PORT} or the next free one")
    options = parser.parse_args()
    if mode.current() != "demo":
        mode.stop("the demo runs with CRSWEB_MODE=demo, which `make demo` sets")
    root = embedded.folder(PROJECT, "demo")
    if options.reset:
        reset(root)
    else:
        serve(root, options.port)


def reset(root: Path) -> None:
    if not embedded.remove(root):
        mode.stop("the demo is running: stop it first (Ctrl-C where it runs)")
    print("The demo's database is removed; `make demo` loads the ward anew.")


def serve(root: Path, port: int | None) -> None:
    """Serves until told to stop. Ends the process with one line when it cannot."""
    stop = Stop()
    listener = _listen(port)
    try:
        server = embedded.Server(root)
    except embedded.NotStarted as problem:
        mode.stop(str(problem))
    try:
        roles.prepare(embedded.superuser(root))
        for step in (_migrate, _load, _collect):
            if stop.told():
                return
            step()
        web = _web(listener)
        started = [web]
        try:
            if _serves(web, listener.getsockname()[1], stop):
                started.append(_packs())
                _watch(web, stop)
        finally:
            for process in reversed(started):
                end(process)
    finally:
        server.release()
        with contextlib.suppress(OSError):  # the terminal may be the one that closed
            print("The demo has stopped; its data is kept.", flush=True)


def _listen(port: int | None) -> socket.socket:
    """The socket that the web server will accept from: bound now, so that nobody takes the port meanwhile."""
    for number in range(FIRST_PORT, FIRST_PORT + PORTS_TRIED) if port is None else (port,):
        try:
            return socket.create_server(("127.0.0.1", number), backlog=64)
        except (OSError, OverflowError) as problem:
            if port is not None:
                return mode.stop(f"port {port} cannot be had ({problem}); choose another: make demo PORT=8080")
    return mode.stop(
        f"no free port from {FIRST_PORT} to {FIRST_PORT + PORTS_TRIED - 1}; choose one: make demo PORT=9000"
    )


def _migrate() -> None:
    import django  # settings are read here, not where `--reset` and a refused port need none

    os.environ["DJANGO_SETTINGS_MODULE"] = "crsweb.settings"
    django.setup()
    _command("migrate", verbosity=0)


def _load() -> None:
    _command("load_demo")


def _collect() -> None:
    _command("collectstatic", interactive=False, verbosity=0)


def _command(name: str, **options: object) -> None:
    from django.core.management import call_command

    call_command(name, **options)


def _web(listener: socket.socket) -> subprocess.Popen[bytes]:
    """gunicorn with threads: a browser's idle connections would hold every process of a server without a proxy."""
    return start(
        [sys.executable, "-m", "gunicorn", "crsweb.wsgi", "--no-control-socket", "--log-level", "warning"]
        + ["--bind", f"fd://{listener.fileno()}", "--worker-class", "gthread", "--workers", "1", "--threads", "8"]
        + ["--graceful-timeout", "3"],
        PROJECT,
        keep=[listener.fileno()],
    )


def _packs() -> subprocess.Popen[bytes]:
    """The process that renews the downtime packs, as beside a site's web server."""
    return start([sys.executable, "manage.py", "downtime_pack", "--every", "15", "--verbosity", "0"], PROJECT)


def _serves(web: subprocess.Popen[bytes], port: int, stop: Stop) -> bool:
    """Waits until it serves, and says where; False where it was told to stop before."""
    given_up = time.monotonic() + SERVES_WITHIN
    while not _answers(port):
        if stop.told(0.1):
            return False
        if web.poll() is not None or time.monotonic() > given_up:
            mode.stop("the web server did not start; what it said is above")
    _welcome(port)
    return True


def _watch(web: subprocess.Popen[bytes], stop: Stop) -> None:
    while not stop.told(0.2):
        if web.poll() is not None:
            mode.stop(f"the web server ended by itself with status {web.returncode}; what it said is above")


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _welcome(port: int) -> None:
    from patients.demo.people import PASSWORD, PEOPLE

    print(f"\n  crsweb, the demo ward: http://localhost:{port}\n", flush=True)
    for person in PEOPLE:
        print(f"    {person:<12} password: {PASSWORD}")
    print(
        "\n  Published and invented patients. Ctrl-C stops it; the data is kept. `make demo-reset` starts over.\n",
        flush=True,
    )


if __name__ == "__main__":
    main()
