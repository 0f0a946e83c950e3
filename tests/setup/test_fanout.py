"""Does one slow screen hold up the others, or the memory of the events process?"""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import pytest

from crsweb import fanout, streams
from crsweb.fanout import Fanout, Full

Result = TypeVar("Result")


def run(coroutine: Coroutine[Any, Any, Result]) -> Result:
    """In a thread of its own: where a browser is driven, this one has a loop already."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, coroutine).result()


def test_a_stream_hears_of_its_topics_and_of_each_the_latest_version_only() -> None:
    async def heard() -> list[dict[str, str]]:
        hub = Fanout()
        board, wall = hub.open(["ward-1", "ward-2"]), hub.open(["ward-2"])
        for version in range(10_000):
            hub.tell("ward-1", str(version))
        hub.tell("ward-2", "a")
        hub.tell("ward-3", "b")
        first = [await board.heard(1), await wall.heard(1), await wall.heard(0.01)]
        hub.close(wall)
        hub.tell("ward-2", "c")
        return [*first, await board.heard(1), await wall.heard(0.01)]

    assert run(heard()) == [{"ward-1": "9999", "ward-2": "a"}, {"ward-2": "a"}, {}, {"ward-2": "c"}, {}]


def test_after_a_gap_every_stream_hears_of_each_of_its_topics() -> None:
    async def heard() -> set[str]:
        hub = Fanout()
        board = hub.open(["ward-1", "patient-2"])
        hub.tell_all()
        return set(await board.heard(1))

    assert run(heard()) == {"ward-1", "patient-2"}


def test_a_screen_that_takes_nothing_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "TAKES_WITHIN", 0.05)

    async def never(message: Any) -> None:
        await asyncio.Event().wait()

    with pytest.raises(TimeoutError):
        run(streams.speak(Fanout().open(["ward-1"]), never))


def test_a_stream_says_what_it_hears_beats_and_says_when_it_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "BEATS_EVERY", 0.01)

    async def said() -> bytes:
        hub, written = Fanout(), []
        stream = hub.open(["ward-1"])

        async def send(message: Any) -> None:
            written.append(message)
            if len(written) == 4:
                hub.tell("ward-1", "v")
            if len(written) == 6:
                hub.end_all()

        await streams.speak(stream, send)
        assert written[0]["status"] == 200
        assert written[-1].get("more_body") is None
        return b"".join(message.get("body", b"") for message in written)

    text = run(said()).decode()
    assert text.startswith("event: beat\ndata: 1\n\n")
    assert "event: changed\ndata: ward-1 v\n\n" in text
    assert text.endswith("event: ended\ndata: 1\n\n")


def test_no_more_streams_are_taken_than_one_process_can_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fanout, "AT_MOST", 2)
    hub = Fanout()
    first = hub.open(["ward-1"])
    hub.open(["ward-1"])
    with pytest.raises(Full):
        hub.open(["ward-1"])
    hub.close(first)
    hub.open(["ward-1"])
