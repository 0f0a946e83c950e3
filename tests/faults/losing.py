"""How is the answer to a commit lost? By a proxy before PostgreSQL that passes COMMIT on and keeps what came back."""

import contextlib
import itertools
import socket
import threading
from typing import Final

COMMIT: Final = b"Q\x00\x00\x00\x0bCOMMIT\x00"  # the message as libpq sends it
EVERY: Final = 9  # one COMMIT in so many is lost


class Losing:
    """Another TCP address of the PostgreSQL at `host`, a name or the folder of its socket.

    While `loses`, one COMMIT in `every` is lost: by turns before PostgreSQL was told, and after it has carried it out.
    """

    def __init__(self, host: str, port: int = 5432, *, every: int = EVERY) -> None:
        self._host, self._port, self._every = host, port, every
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
        with client, self._server() as server, contextlib.suppress(OSError):
            keeps, answered = threading.Event(), threading.Event()
            threading.Thread(target=_pass_on, args=[server, client, keeps, answered], daemon=True).start()
            while data := client.recv(65536):
                if data.endswith(COMMIT) and self.loses and (number := next(self._commits)) % self._every == 0:
                    keeps.set()
                    self.lost += 1
                    if number % (2 * self._every) == 0:
                        server.sendall(data)
                        answered.wait(10)  # PostgreSQL has answered: it is committed
                    else:  # closing alone would not be heard while the other thread listens: locks would be held on
                        server.shutdown(socket.SHUT_RDWR)
                    return
                server.sendall(data)

    def _server(self) -> socket.socket:
        if not self._host.startswith("/"):
            return socket.create_connection((self._host, self._port))
        server = socket.socket(socket.AF_UNIX)
        server.connect(f"{self._host}/.s.PGSQL.{self._port}")
        return server


def _pass_on(server: socket.socket, client: socket.socket, keeps: threading.Event, answered: threading.Event) -> None:
    with contextlib.suppress(OSError):
        while data := server.recv(65536):
            if keeps.is_set():
                answered.set()
                return
            client.sendall(data)
        client.shutdown(socket.SHUT_RDWR)
