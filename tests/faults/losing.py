"""How is the answer to a commit lost? By a proxy before PostgreSQL that passes COMMIT on and keeps what came back."""

import contextlib
import itertools
import socket
import threading
from pathlib import Path
from typing import Final

COMMIT: Final = b"Q\x00\x00\x00\x0bCOMMIT\x00"  # the message as libpq sends it
EVERY: Final = 9  # one COMMIT in so many is lost


class Losing:
    """A TCP address of a PostgreSQL that listens on a socket in a folder.

    While `loses`, one COMMIT in nine is lost: by turns after PostgreSQL has carried it out, and before it was told.
    """

    def __init__(self, folder: Path) -> None:
        self._server = str(folder / ".s.PGSQL.5432")
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = int(self._listener.getsockname()[1])
        self.loses = False
        self.lost = 0
        self._commits = itertools.count(1)
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=[client], daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        server = socket.socket(socket.AF_UNIX)
        with client, server, contextlib.suppress(OSError):
            server.connect(self._server)
            keeps, answered = threading.Event(), threading.Event()
            threading.Thread(target=_pass_on, args=[server, client, keeps, answered], daemon=True).start()
            while data := client.recv(65536):
                if data.endswith(COMMIT) and self.loses and (number := next(self._commits)) % EVERY == 0:
                    keeps.set()
                    self.lost += 1
                    if number % (2 * EVERY) == 0:
                        server.sendall(data)
                        answered.wait(10)  # PostgreSQL has answered: it is committed
                    return
                server.sendall(data)


def _pass_on(server: socket.socket, client: socket.socket, keeps: threading.Event, answered: threading.Event) -> None:
    with contextlib.suppress(OSError):
        while data := server.recv(65536):
            if keeps.is_set():
                answered.set()
                return
            client.sendall(data)
        client.shutdown(socket.SHUT_RDWR)
