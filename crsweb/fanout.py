"""Which open streams hear of a change? What the events process keeps in memory, with neither Django nor a database."""

import asyncio
import secrets
from collections.abc import Collection
from typing import Final

AT_MOST: Final = 2000  # streams of one process


class Full(Exception):
    """No further stream is taken."""


class Stream:
    """What one open stream still has to say. Of a topic that changes twice only the later version is kept, so that no
    stream holds more than one line a topic, however slowly it is read."""

    def __init__(self, topics: Collection[str]) -> None:
        self.topics = frozenset(topics)
        self.ended = False
        self._pending: dict[str, str] = {}
        self._wake = asyncio.Event()

    def tell(self, topic: str, version: str) -> None:
        self._pending[topic] = version
        self._wake.set()

    def end(self) -> None:
        self.ended = True
        self._wake.set()

    async def heard(self, within: float) -> dict[str, str]:
        """The versions by topic that came since the last call; empty where none came `within` so many seconds, or where
        the stream has ended."""
        try:
            await asyncio.wait_for(self._wake.wait(), within)
        except TimeoutError:
            return {}
        self._wake.clear()
        pending, self._pending = self._pending, {}
        return pending


class Fanout:
    """The open streams by topic."""

    def __init__(self) -> None:
        self._streams: set[Stream] = set()
        self._by_topic: dict[str, set[Stream]] = {}

    def open(self, topics: Collection[str]) -> Stream:
        """A stream that hears of these topics until `close`. Raises `Full`."""
        if len(self._streams) >= AT_MOST:
            raise Full
        stream = Stream(topics)
        self._streams.add(stream)
        for topic in stream.topics:
            self._by_topic.setdefault(topic, set()).add(stream)
        return stream

    def close(self, stream: Stream) -> None:
        self._streams.discard(stream)
        for topic in stream.topics:
            of_topic = self._by_topic.get(topic, set())
            of_topic.discard(stream)
            if not of_topic:
                self._by_topic.pop(topic, None)

    def tell(self, topic: str, version: str) -> None:
        for stream in self._by_topic.get(topic, ()):
            stream.tell(topic, version)

    def tell_all(self) -> None:
        """Something may have changed unheard: each stream hears of each of its topics."""
        for stream in self._streams:
            for topic in stream.topics:
                stream.tell(topic, secrets.token_hex(8))

    def end_all(self) -> None:
        for stream in self._streams:
            stream.end()
