"""What does a connection of Django's do otherwise here? Its waiting has an end, and a commit may be in doubt."""

import time
from typing import Any

import psycopg
from django.db import InterfaceError, OperationalError
from django.db.backends.postgresql import base
from psycopg import IsolationLevel

from crsweb.database import watch


class CommitInDoubt(OperationalError):
    """COMMIT was sent and its answer never came: what was written is in the record, or it is not."""


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's own for PostgreSQL, without its pool."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> watch.Connection:
        self.isolation_level = IsolationLevel.READ_COMMITTED
        met = watch.current()
        if met is None:
            return watch.Connection.connect(**conn_params)
        watch.breaker.refuse_while_open()
        met.connects_until = time.monotonic() + watch.CONNECTS_WITHIN
        try:
            return watch.Connection.connect(**conn_params)
        except (watch.Unanswered, psycopg.errors.ConnectionTimeout):
            watch.breaker.open()
            raise

    def commit(self) -> None:
        """Raises `CommitInDoubt` where the connection was lost over it; any other error is PostgreSQL's own answer that
        nothing was written."""
        try:
            super().commit()
        except (OperationalError, InterfaceError) as error:
            if not self.connection.closed:
                raise
            met = watch.current()
            if met is not None:
                met.in_doubt = True
            raise CommitInDoubt(*error.args) from error
