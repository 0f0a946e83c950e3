"""Does everything that `make demo` started stop with it, however it is told to?"""

import os
import pty
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from crsweb import embedded

PROJECT = Path(__file__).resolve().parent.parent.parent
COPIED = ("crsweb", "grading", "patients", "templates", "static", "manage.py", "Makefile", "requirements.txt")
STARTS_WITHIN = 180.0  # seconds, beside another test at work
STOPS_WITHIN = 20.0


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A checkout of its own, so that its demo's data is nobody's; with the packages of this one."""
    made = tmp_path_factory.mktemp("a checkout")
    for name in COPIED:
        source = PROJECT / name
        (shutil.copytree if source.is_dir() else shutil.copy2)(source, made / name)
    (made / ".venv").symlink_to(sys.prefix)
    yield made
    assert _until(lambda: embedded.remove(embedded.folder(made, "demo")), STOPS_WITHIN)


class Demo:
    """A `make demo` in a terminal of its own."""

    def __init__(self, checkout: Path) -> None:
        self.checkout = checkout
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        # `-o`: the packages are there already.
        command = ["make", "-o", ".venv/runtime.stamp", "demo", f"PORT={self.port}"]
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            os.chdir(checkout)
            os.execvp(command[0], command)

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health/ready", timeout=2) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def launcher(self) -> psutil.Process:
        return next(p for p in self.processes() if "crsweb.demo" in p.cmdline())

    def processes(self) -> list[psutil.Process]:
        """What runs from this checkout on this port, the database aside."""
        found = []
        for process in psutil.process_iter():
            try:
                if process.status() != psutil.STATUS_ZOMBIE and process.cwd() == str(self.checkout):
                    found.append(process)
            except psutil.Error:
                continue
        return found

    def database(self) -> list[psutil.Process]:
        """The server itself: a process that it has just forked bears its name for a moment."""
        data = str(embedded.folder(self.checkout, "demo") / "pg")
        found = [
            process
            for process in psutil.process_iter(["pid", "ppid", "cmdline", "status"])
            if data in (process.info["cmdline"] or []) and process.info["status"] != psutil.STATUS_ZOMBIE
        ]
        of_the_server = {process.info["pid"] for process in found}
        return [process for process in found if process.info["ppid"] not in of_the_server]

    def read(self) -> str:
        """What is in the terminal to be read, so that a full one holds nobody up."""
        try:
            os.set_blocking(self.terminal, False)
            return os.read(self.terminal, 65536).decode()
        except OSError:
            return ""

    def wait(self) -> None:
        try:
            os.waitpid(self.pid, 0)
        except ChildProcessError:
            return


def _served(demo: Demo) -> bool:
    return _until(lambda: demo.answers() or not psutil.pid_exists(demo.pid), STARTS_WITHIN) and demo.answers()


def _until(held: Callable[[], bool], within: float) -> bool:
    given_up = time.monotonic() + within
    while time.monotonic() < given_up:
        if held():
            return True
        time.sleep(0.1)
    return False


@pytest.fixture
def demo(checkout: Path) -> Iterator[Demo]:
    running = Demo(checkout)
    try:
        assert _served(running), running.read()
        yield running
    finally:
        for process in running.processes() + running.database():
            process.kill()
        running.wait()


def _ctrl_c(demo: Demo) -> None:
    os.write(demo.terminal, b"\x03")


def _terminate_make(demo: Demo) -> None:
    os.kill(demo.pid, signal.SIGTERM)


def _terminate_the_launcher(demo: Demo) -> None:
    demo.launcher().terminate()


def _close_the_terminal(demo: Demo) -> None:
    os.close(demo.terminal)
    demo.terminal = -1


@pytest.mark.parametrize("told", [_ctrl_c, _terminate_make, _terminate_the_launcher, _close_the_terminal])
def test_everything_stops(demo: Demo, told: Callable[[Demo], None]) -> None:
    assert demo.database()
    told(demo)
    assert _until(lambda: demo.read() is not None and not demo.processes(), STOPS_WITHIN), demo.processes()
    assert not demo.database()
    with socket.create_server(("127.0.0.1", demo.port)):
        pass  # the port is free again


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process that its parent is gone")
def test_killed_outright_the_web_goes_and_the_next_start_joins_the_database(demo: Demo, checkout: Path) -> None:
    (before,) = demo.database()
    demo.launcher().kill()
    assert _until(lambda: not demo.processes(), STOPS_WITHIN), demo.processes()
    again = Demo(checkout)
    try:
        assert _served(again), again.read()
        assert again.database() == [before]
    finally:
        _ctrl_c(again)
        assert _until(lambda: again.read() is not None and not again.processes(), STOPS_WITHIN)
        again.wait()
    assert not again.database()


def test_the_first_of_two_to_stop_leaves_the_database_to_the_second(demo: Demo, checkout: Path) -> None:
    second = Demo(checkout)
    assert _served(second), second.read()
    demo.launcher()
    os.write(second.terminal, b"\x03")
    second.wait()
    assert not second.answers()
    assert demo.answers()
    assert demo.database()


def test_reset_is_refused_while_the_demo_runs(demo: Demo, checkout: Path) -> None:
    answer = subprocess.run(
        ["make", "-o", ".venv/runtime.stamp", "demo-reset"], cwd=checkout, capture_output=True, text=True, timeout=60
    )
    assert answer.returncode != 0
    assert "the demo is running: stop it first" in answer.stderr
    assert demo.answers()


def test_a_port_that_was_asked_for_and_is_taken_is_refused_in_one_line(demo: Demo, checkout: Path) -> None:
    answer = subprocess.run(
        [".venv/bin/python", "-m", "crsweb.demo", "--port", str(demo.port)],
        cwd=checkout,
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "CRSWEB_MODE": "demo"},
    )
    assert answer.returncode != 0
    assert answer.stderr.count("\n") == 1
    assert f"port {demo.port} cannot be had" in answer.stderr
