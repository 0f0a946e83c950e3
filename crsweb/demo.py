"""How is the demo ward started and stopped? `make demo`, which is `python -m crsweb.demo`; `--reset` starts over.

It starts the demo's own PostgreSQL, prepares and fills it, and serves with gunicorn. Ctrl-C, SIGTERM and a closed
terminal only raise a flag, so no step is cut in half; then everything that was started is stopped, the web first.
"""

import argparse
import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Final

from crsweb import embedded, mode, roles

PROJECT: Final = Path(__file__).resolve().parent.parent
FIRST_PORT: Final = 8000
PORTS_TRIED: Final = 100
SERVES_WITHIN: Final = 30.0  # seconds
DEATH_OF_THE_PARENT: Final = 1  # PR_SET_PDEATHSIG of Linux


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
    stopping = _stop_on_signals()
    listener = _listen(port)
    try:
        server = embedded.Server(root)
    except embedded.NotStarted as problem:
        mode.stop(str(problem))
    try:
        roles.prepare(embedded.superuser(root))
        for step in (_migrate, _load, _collect):
            if stopping.is_set():
                return
            step()
        web = _web(listener)
        try:
            _serve(web, listener.getsockname()[1], stopping)
        finally:
            _end(web)
    finally:
        server.release()
        with contextlib.suppress(OSError):  # the terminal may be the one that closed
            print("The demo has stopped; its data is kept.", flush=True)


def _stop_on_signals() -> threading.Event:
    stopping = threading.Event()

    def stop(number: int, frame: FrameType | None) -> None:
        stopping.set()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        # `nohup` sets this one to be ignored, and means it.
        if number == signal.SIGHUP and signal.getsignal(number) == signal.SIG_IGN:
            continue
        signal.signal(number, stop)
    return stopping


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
    """gunicorn, in a session of its own: a Ctrl-C reaches it through us. Threads, because a browser's idle
    connections would hold every process of a server that has no proxy before it."""
    listener.set_inheritable(True)
    return subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "crsweb.wsgi", "--no-control-socket", "--log-level", "warning"]
        + ["--bind", f"fd://{listener.fileno()}", "--worker-class", "gthread", "--workers", "1", "--threads", "8"]
        + ["--graceful-timeout", "3"],
        cwd=PROJECT,
        pass_fds=[listener.fileno()],
        start_new_session=True,
        preexec_fn=_dies_with_us(),
    )


def _dies_with_us() -> Callable[[], None] | None:
    """On Linux the web server gets SIGTERM when we are killed outright; the database is joined at the next start."""
    if sys.platform != "linux":
        return None
    library = ctypes.CDLL(None)

    def ask() -> None:
        library.prctl(DEATH_OF_THE_PARENT, signal.SIGTERM)

    return ask


def _serve(web: subprocess.Popen[bytes], port: int, stopping: threading.Event) -> None:
    given_up = time.monotonic() + SERVES_WITHIN
    while not _answers(port):
        if stopping.wait(0.1):
            return
        if web.poll() is not None or time.monotonic() > given_up:
            mode.stop("the web server did not start; what it said is above")
    _welcome(port)
    in_a_terminal = os.isatty(sys.stdin.fileno())
    while not stopping.wait(0.2):
        # A terminal that closes may tell `make` alone, which waits for us and says nothing.
        if in_a_terminal and not os.isatty(sys.stdin.fileno()):
            return
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
    print("\n  Invented patients only. Ctrl-C stops it; the data is kept. `make demo-reset` starts over.\n", flush=True)


def _end(web: subprocess.Popen[bytes]) -> None:
    if web.poll() is None:
        web.terminate()
    try:
        web.wait(10)
    except subprocess.TimeoutExpired:
        web.kill()
        web.wait()


if __name__ == "__main__":
    main()
