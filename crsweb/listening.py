"""What does PostgreSQL say has changed? One connection that listens, and comes back after the database was lost."""

import asyncio
import logging
import random
from collections.abc import Callable
from typing import Any, Final

import psycopg
from psycopg import sql

log = logging.getLogger("crsweb.events")
ASKS_EVERY: Final = 5.0  # seconds: a connection that is silent is asked whether it lives
ANSWERS_WITHIN: Final = 2.0
TRIES_EVERY: Final = 1.0  # and up to as much again, at random: the processes of a site come back one after the other


class Listener:
    """Calls `notice(payload)` for each notice on a channel, and `began()` whenever it has begun to listen, also again:
    what was said meanwhile is not known."""

    def __init__(
        self, address: dict[str, Any], channel: str, *, notice: Callable[[str], None], began: Callable[[], None]
    ) -> None:
        self._address = address
        self._channel = channel
        self._notice = notice
        self._began = began
        self.listens = False

    async def run(self) -> None:
        """Listens until it is cancelled."""
        while True:
            try:
                await self._listen()
            except (psycopg.Error, OSError, TimeoutError) as lost:
                log.warning("not listening: %s", type(lost).__name__)
            if self.listens:
                self.listens = False  # it listened until now: the first try to come back is made at once
            else:
                await asyncio.sleep(TRIES_EVERY * (1 + random.random()))

    async def _listen(self) -> None:
        async with await psycopg.AsyncConnection.connect(autocommit=True, **self._address) as connection:
            await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(self._channel)))
            self.listens = True
            self._began()
            while True:
                async for one in connection.notifies(timeout=ASKS_EVERY):
                    self._notice(one.payload)
                await asyncio.wait_for(connection.execute("SELECT 1"), ANSWERS_WITHIN)
