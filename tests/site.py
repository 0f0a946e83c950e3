"""How do tests run the application as a site does: several processes on one database, behind a proxy?"""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Final
from urllib.parse import quote, urlencode

from django.db import connection

PROJECT: Final = Path(__file__).resolve().parent.parent
STARTS_WITHIN: Final = 60.0  # seconds
EVENTS: Final = "/events/"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def environment(**more: str) -> dict[str, str]:
    """What a process needs to work on the database of this test, as the application."""
    at = connection.settings_dict
    where = urlencode({name: at[key] for name, key in (("host", "HOST"), ("port", "PORT")) if at[key]})
    who = quote(at["USER"]) + (f":{quote(at['PASSWORD'])}" if at["PASSWORD"] else "")
    url = f"postgresql://{who}@/{quote(at['NAME'])}?{where}"
    return {**os.environ, "CRSWEB_MODE": "test", "DATABASE_URL": url, **more}


class Process:
    """A server process on a port of this machine, with an address that says when it serves."""

    def __init__(self, command: list[str], health: str, **more: str) -> None:
        self.port = free_port()
        self._command = [sys.executable, *(part.replace("PORT", str(self.port)) for part in command)]
        self._health = f"http://127.0.0.1:{self.port}{health}"
        self._environment = environment(**more)
        self.start()

    def start(self) -> None:
        self._running = subprocess.Popen(self._command, cwd=PROJECT, env=self._environment)

    @property
    def pid(self) -> int:
        return self._running.pid

    def serves(self) -> "Process":
        given_up = time.monotonic() + STARTS_WITHIN
        while not self.healthy():
            assert self._running.poll() is None and time.monotonic() < given_up, self._command
            time.sleep(0.05)
        return self

    def healthy(self) -> bool:
        try:
            with urllib.request.urlopen(self._health, timeout=2) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def stop(self) -> None:
        self._running.send_signal(signal.SIGTERM)
        try:
            self._running.wait(5)
        except subprocess.TimeoutExpired:
            self._running.kill()
            self._running.wait()


def a_web_process(events: str) -> Process:
    """gunicorn with one process; `events` is its EVENTS_URL, empty for a site whose pages ask by themselves."""
    serving = [
        "-m",
        "gunicorn",
        "crsweb.wsgi",
        "--no-control-socket",
        "--bind",
        "127.0.0.1:PORT",
        "--log-level",
        "error",
    ]
    return Process(serving, "/health/ready", EVENTS_URL=events)


def the_events_process() -> Process:
    return Process(["-m", "crsweb.events", "--port", "PORT"], "/events/health")


class Proxy:
    """One address for a web process and the events process, as the site's proxy gives: a request a connection."""

    def __init__(self, web: Process, events: Process | None) -> None:
        self._web = web
        self._events = events
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                browser, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=[browser], daemon=True).start()

    def _serve(self, browser: socket.socket) -> None:
        with browser:
            try:
                head = _head(browser)
                server = socket.create_connection(("127.0.0.1", self._of(head).port)) if head else None
            except OSError:
                return
            if server is not None:
                with server:
                    _join(browser, server, head.replace(b"Connection: keep-alive", b"Connection: close", 1))

    def _of(self, head: bytes) -> Process:
        is_event = head.split(b" ", 2)[1].startswith(EVENTS.encode())
        return self._events if self._events is not None and is_event else self._web


def _head(browser: socket.socket) -> bytes:
    """The first line and headers of the request, with what came of its body; empty where none came."""
    head = b""
    while b"\r\n\r\n" not in head:
        more = browser.recv(65536)
        if not more:
            return b""
        head += more
    return head


def _join(browser: socket.socket, server: socket.socket, head: bytes) -> None:
    """Passes on what each says until one of them is done."""
    back = threading.Thread(target=_pass_on, args=[browser, server], daemon=True)
    try:
        server.sendall(head)
    except OSError:
        return
    back.start()
    _pass_on(server, browser)
    back.join()


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    try:
        while data := source.recv(65536):
            target.sendall(data)
    except OSError:
        pass  # either has gone: so has the other, below
    for one in (source, target):
        with contextlib.suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)
