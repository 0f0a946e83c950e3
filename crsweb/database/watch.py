"""How long does a page wait for PostgreSQL, and what does it know once it waits no longer?

A server that was stopped keeps its sockets open and says nothing: `statement_timeout`, `lock_timeout` and every other
limit of its own count in the process that stands still. So the waiting itself has an end here, for each statement, for
the commit and for a new connection: past it the socket is closed. For a while after that the process asks for no new
connection, so that only one page in a while finds out how the server does.

Only what happens within `request()` has an end: a migration, a backup or a verification takes what it takes.
"""

import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Final, Self

import psycopg

# Longer than `statement_timeout` (crsweb.roles): a server that is alive says by itself that it was too slow.
ANSWERS_WITHIN: Final = 2.5  # seconds without the answer to one statement
ANSWERS_IN_ALL_WITHIN: Final = 8.0  # seconds of waiting for the statements of one page; past it none is sent any more
CONNECTS_WITHIN: Final = 2.0  # seconds to a connection, all addresses that the server's name stands for together
LONG: Final = 1.0  # seconds without a connection: the server, or who knows its address, is left alone then
LEFT_ALONE_FOR: Final = 3.0  # seconds
# What says that the database cannot serve: no answer, no connection, no room, a standby that only reads, and what it
# says of a file that it may not write: the same as of a table that we may not.
FAILURES: Final = (
    psycopg.OperationalError,
    psycopg.InterfaceError,
    psycopg.InternalError,
    psycopg.errors.InsufficientPrivilege,
)


class Unanswered(psycopg.OperationalError):
    """PostgreSQL did not answer in time, or is left alone because it did not a moment ago."""


@dataclass(slots=True)
class Request:
    """What one request met at the database. `failed`: it could not serve; `in_doubt`: a COMMIT was sent, and its answer
    never came."""

    failed: bool = False
    in_doubt: bool = False
    connects_until: float = 0.0  # by the monotonic clock; one end for all the addresses that a name stands for
    waited: float = 0.0  # seconds, for all its statements


class Breaker:
    """Of one process: closed, or open until the server may be asked for a connection again."""

    def __init__(self) -> None:
        self._until = 0.0

    def open(self) -> None:
        self._until = time.monotonic() + LEFT_ALONE_FOR

    def close(self) -> None:
        self._until = 0.0

    def refuse_while_open(self) -> None:
        """Raises `Unanswered` while the server is left alone."""
        if time.monotonic() < self._until:
            raise Unanswered("the database did not answer a moment ago; it is not asked yet")


breaker: Final = Breaker()
_request: ContextVar[Request | None] = ContextVar("request at the database", default=None)


@contextmanager
def request() -> Iterator[Request]:
    """Within: what is asked of the database has an end. Yields what was met."""
    met = Request()
    token = _request.set(met)
    try:
        yield met
    finally:
        _request.reset(token)


def current() -> Request | None:
    """The request that is being answered; None for a command, which waits as long as it takes."""
    return _request.get()


class Connection(psycopg.Connection[Any]):
    """A connection whose waiting has an end while a request is answered."""

    def wait(self, gen: Generator[Any, Any, Any], interval: float = 0.1, timeout: float | None = None) -> Any:
        met = current()
        if met is None:
            return super().wait(gen, interval, timeout)
        if met.waited > ANSWERS_IN_ALL_WITHIN:  # nothing is sent: what was begun is rolled back
            raise Unanswered("the database takes too long in all")
        began = time.monotonic()
        try:
            return super().wait(until(gen, began + ANSWERS_WITHIN), interval, timeout)
        except Unanswered:
            # What is left of the conversation cannot be understood any more: whoever goes on with it is told at once.
            self.pgconn.finish()
            breaker.open()
            raise
        finally:
            met.waited += time.monotonic() - began

    @classmethod
    def _connect_gen(cls, conninfo: str = "") -> Generator[Any, Any, Self]:
        asked = super()._connect_gen(conninfo)
        met = current()
        return asked if met is None else until(asked, met.connects_until)


def until(waiting: Generator[Any, Any, Any], end: float) -> Generator[Any, Any, Any]:
    """The same conversation; raises `Unanswered` once nothing has come by `end` of the monotonic clock.

    psycopg resumes it whenever the socket is ready, and ten times a second when it is not.
    """
    try:
        wanted = next(waiting)
        while True:
            ready = yield wanted
            if not ready and time.monotonic() >= end:
                waiting.close()
                raise Unanswered("the database does not answer")
            wanted = waiting.send(ready)
    except StopIteration as done:
        return done.value
