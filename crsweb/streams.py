"""How does the events process answer? One stream a screen, told which of its topics changed, and nothing clinical.

Who asks proves it by the cookies of the site, and is looked at again every few seconds: a stream ends with the session
or the display that opened it, and never makes either live longer. While PostgreSQL cannot be heard no stream stays
open: its page then asks by itself.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Coroutine, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final
from urllib.parse import parse_qsl

from django.db import Error, close_old_connections, connection
from django.http import parse_cookie

from crsweb.database import watch
from crsweb.fanout import Fanout, Full, Stream
from crsweb.listening import Listener
from patients.hearing import Answer, Asker, asker, hears
from patients.topics import CHANNEL, Topic

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

log = logging.getLogger("crsweb.events")
BEATS_EVERY: Final = 4.0  # seconds; a page that hears nothing for 12 s asks by itself
LOOKS_EVERY: Final = 3.0  # at whether who listens still may
DEAF_AT_MOST: Final = 2.0
TAKES_WITHIN: Final = 10.0  # a screen that does not take a line for so long is let go
TOPICS_AT_MOST: Final = 50  # of one stream
BEAT: Final = "event: beat\ndata: 1\n\n"
HEADERS: Final = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),  # nginx passes each line on at once
    (b"x-content-type-options", b"nosniff"),
]


class Streams:
    """The ASGI application of `/events/` and `/events/health`."""

    def __init__(self) -> None:
        self.fanout = Fanout()
        self._askers: dict[Stream, Asker] = {}
        # One thread: one connection to the database for all questions, beside the one that listens.
        self._database = ThreadPoolExecutor(max_workers=1)
        self._listener = Listener(address(), CHANNEL, notice=self._notice, began=self.fanout.tell_all)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] != "http":
            return
        elif scope["path"] == "/events/health":
            listens = self._listener.listens
            await _answer(send, 200 if listens else 503, "listening\n" if listens else "database not reachable\n")
        elif scope["path"] != "/events/":
            await _answer(send, 404)
        elif scope["method"] != "GET":
            await _answer(send, 405)
        else:
            await self._stream(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        """From the start of the process to its end."""
        await receive()
        running = [self._forever(one()) for one in (self._listener.run, self._look_again, self._end_when_deaf)]
        await send({"type": "lifespan.startup.complete"})
        await receive()
        for one in running:
            one.cancel()
        self._database.shutdown(wait=False, cancel_futures=True)
        await send({"type": "lifespan.shutdown.complete"})

    def _forever(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """A task that must not end by itself: where it does, no stream says that it is heard."""

        def over(task: asyncio.Task[None]) -> None:
            if not task.cancelled():
                log.error("the events process cannot go on", exc_info=task.exception())
                self._listener.listens = False
                self.fanout.end_all()

        task = asyncio.create_task(work)
        task.add_done_callback(over)
        return task

    def _notice(self, payload: str) -> None:
        topic, _, version = payload.partition(" ")
        self.fanout.tell(topic, version)

    async def _stream(self, scope: Message, receive: Receive, send: Send) -> None:
        who = _asked(scope)
        if who is None:
            return await _answer(send, 400, "ward= or patient=, each with a key\n")
        answer = (await self._ask([who])).get(who) if self._listener.listens else None
        if answer is None:
            return await _answer(send, 503, "database not reachable\n")
        if answer is not Answer.HEARS:
            return await _answer(send, 401 if answer is Answer.SIGNED_OUT else 404)
        try:
            stream = self.fanout.open({str(topic) for topic in who.topics})
        except Full:
            return await _answer(send, 503, "too many streams\n")
        self._askers[stream] = who
        leaving = asyncio.create_task(_end_when_left(receive, stream))
        try:
            await speak(stream, send)
        except TimeoutError:
            log.info("a stream that was not read was let go")
        finally:
            leaving.cancel()
            self.fanout.close(stream)
            del self._askers[stream]

    async def _look_again(self) -> None:
        while True:
            await asyncio.sleep(LOOKS_EVERY)
            askers = dict(self._askers)
            answers = await self._ask(set(askers.values())) if askers else {}
            for stream, who in askers.items():
                if answers.get(who) is not Answer.HEARS:
                    stream.end()

    async def _end_when_deaf(self) -> None:
        deaf = 0.0
        while True:
            await asyncio.sleep(0.5)
            deaf = 0.0 if self._listener.listens else deaf + 0.5
            if deaf > DEAF_AT_MOST:
                self.fanout.end_all()

    async def _ask(self, askers: Collection[Asker]) -> dict[Asker, Answer]:
        """What each may do; empty where the database does not say."""
        try:
            return await asyncio.get_running_loop().run_in_executor(self._database, answers, askers)
        except Error as problem:
            log.warning("cannot ask who may hear: %s", type(problem).__name__)
            return {}


async def speak(stream: Stream, send: Send) -> None:
    """Writes what the stream is told until it ends, and a beat where there is nothing to say.

    Raises `TimeoutError` where nobody takes it.
    """
    await _taken(send, {"type": "http.response.start", "status": 200, "headers": HEADERS})
    await _taken(send, {"type": "http.response.body", "body": BEAT.encode(), "more_body": True})
    while not stream.ended:
        heard = await stream.heard(BEATS_EVERY)
        said = "".join(f"event: changed\ndata: {topic} {version}\n\n" for topic, version in heard.items())
        await _taken(send, {"type": "http.response.body", "body": (said or BEAT).encode(), "more_body": True})
    await _taken(send, {"type": "http.response.body", "body": b"event: ended\ndata: 1\n\n"})


def address() -> dict[str, Any]:
    """How psycopg reaches the database of the settings, as the application."""
    given = connection.get_connection_params()
    return {
        name: value for name, value in given.items() if isinstance(value, str | int) and name != "prepare_threshold"
    }


def answers(askers: Collection[Asker]) -> dict[Asker, Answer]:
    """What each may do, asked as a page asks: else one server that hangs would hold every stream.

    Raises `Error` where the database does not say."""
    with watch.request():
        close_old_connections()
        try:
            return hears(askers)
        finally:
            close_old_connections()


def _asked(scope: Message) -> Asker | None:
    """Who asks for what; None for what is no topic."""
    asked = [Topic.read(f"{kind}-{key}") for kind, key in parse_qsl(scope["query_string"].decode("latin-1"))]
    topics = [topic for topic in asked if topic is not None]
    if not topics or len(topics) != len(asked) or len(topics) > TOPICS_AT_MOST:
        return None
    cookies = "; ".join(value.decode("latin-1") for name, value in scope["headers"] if name == b"cookie")
    return asker(parse_cookie(cookies), topics)


async def _answer(send: Send, status: int, words: str = "") -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": words.encode()})


async def _taken(send: Send, message: Message) -> None:
    await asyncio.wait_for(send(message), TAKES_WITHIN)


async def _end_when_left(receive: Receive, stream: Stream) -> None:
    while (await receive())["type"] != "http.disconnect":
        continue
    stream.end()
