"""How does a launcher hear that it shall stop, and how does it take along what it started?"""

import ctypes
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import Final

ENDS_WITHIN: Final = 10.0  # seconds
DEATH_OF_THE_PARENT: Final = 1  # PR_SET_PDEATHSIG of Linux


class Stop:
    """Ctrl-C, SIGTERM or a closed terminal. They only raise a flag, so that no step of a launcher is cut in half."""

    def __init__(self) -> None:
        self._told = threading.Event()
        self._in_a_terminal = _is_a_terminal()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            # `nohup` sets SIGHUP to be ignored, and means it.
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
                signal.signal(number, self._tell)

    def _tell(self, number: int, frame: FrameType | None) -> None:
        self._told.set()

    def told(self, within: float = 0.0) -> bool:
        """Whether to stop; waits up to `within` seconds for it."""
        # A terminal that closes may tell `make` alone, which waits for us and says nothing.
        return self._told.wait(within) or (self._in_a_terminal and not _is_a_terminal())


def _is_a_terminal() -> bool:
    return sys.stdin is not None and os.isatty(sys.stdin.fileno())


def start(command: Sequence[str], folder: Path, keep: Sequence[int] = ()) -> subprocess.Popen[bytes]:
    """Starts a program with the open files `keep`, in a session of its own: a Ctrl-C reaches it through us alone.

    On Linux it gets SIGTERM when we are killed outright.
    """
    library = ctypes.CDLL(None)

    def die_with_us() -> None:
        if sys.platform == "linux":
            library.prctl(DEATH_OF_THE_PARENT, signal.SIGTERM)

    return subprocess.Popen(command, cwd=folder, pass_fds=keep, start_new_session=True, preexec_fn=die_with_us)


def end(process: subprocess.Popen[bytes]) -> None:
    """Ends a program from `start` and everything it started: asked first, killed after `ENDS_WITHIN`."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
            process.wait(ENDS_WITHIN)
        except subprocess.TimeoutExpired:
            continue
        except ProcessLookupError:
            process.wait()
            return
