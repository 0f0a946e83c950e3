"""What does a connection of Django's do otherwise here? Its waiting has an end, and a commit may be in doubt."""

import time
from types import TracebackType
from typing import Any

import psycopg
from django.db import Error, OperationalError
from django.db.backends.postgresql import base
from django.db.utils import DatabaseErrorWrapper
from django.utils.functional import cached_property
from psycopg import IsolationLevel

from crsweb.database import watch


class CommitInDoubt(OperationalError):
    """COMMIT was sent and its answer never came: what was written is in the record, or it is not."""


class Noting(DatabaseErrorWrapper):
    """Remembers that the database failed, whatever is made of the error: a session that could not be saved for it is a
    request that «could not be read» to Django."""

    def __exit__(
        self, exc_type: type[BaseException] | None, exc_value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        met = watch.current()
        if met is not None and isinstance(exc_value, watch.FAILURES):
            met.failed = True
        super().__exit__(exc_type, exc_value, traceback)


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's own for PostgreSQL, without its pool."""

    @cached_property
    def wrap_database_errors(self) -> Noting:
        return Noting(self)

    def get_new_connection(self, conn_params: dict[str, Any]) -> watch.Connection:
        self.isolation_level = IsolationLevel.READ_COMMITTED
        met = watch.current()
        if met is None:
            return watch.Connection.connect(**conn_params)
        watch.breaker.refuse_while_open()
        began = time.monotonic()
        met.connects_until = began + watch.CONNECTS_WITHIN
        try:
            return watch.Connection.connect(**conn_params)
        except psycopg.Error as error:
            lost = isinstance(error, watch.Unanswered | psycopg.errors.ConnectionTimeout)
            # Looking up the server's name is the C library's waiting, which has no end of ours: at most one page in a
            # while waits for it.
            if lost or time.monotonic() - began > watch.LONG:
                watch.breaker.open()
            raise

    def is_usable(self) -> bool:
        """Asked by Django before and after a page too, where nothing else has an end."""
        with watch.request():
            return super().is_usable()

    def commit(self) -> None:
        """Raises `CommitInDoubt` where the connection was lost over it, whatever PostgreSQL said last: one that cannot
        write its log may have written just this. Any other error is its answer that nothing was written."""
        try:
            super().commit()
        except Error as error:
            if not self.connection.closed:
                raise
            met = watch.current()
            if met is not None:
                met.in_doubt = True
            raise CommitInDoubt(*error.args) from error
