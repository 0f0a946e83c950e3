"""How soon does an open board hear of an act, with 200 boards open?

`python -m pytest -s benchmarks/events.py` starts a real events process, opens a stream a board, records acts, and
prints the time from each commit to the line on each stream, with the memory of the process. Nothing is asserted but
that every board heard of every act.
"""

import asyncio
import threading
from time import perf_counter, sleep
from uuid import uuid4

import psutil
from django.conf import settings
from django.test import Client

from patients import actions
from patients.models import User
from tests.patients.cast import a_patient, a_ward
from tests.site import EVENTS, the_events_process

BOARDS = 200
ACTS = 50
EVERY = 0.3  # seconds


class Boards:
    """All streams, read in a thread of their own."""

    def __init__(self, port: int, request: bytes) -> None:
        self.heard: list[list[float]] = [[] for _ in range(BOARDS)]
        self._address = (port, request)
        self._open = threading.Semaphore(0)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._reading = [asyncio.run_coroutine_threadsafe(self._read(one), self._loop) for one in self.heard]
        for _ in range(BOARDS):
            assert self._open.acquire(timeout=60)

    def close(self) -> None:
        """Once the process has stopped: every stream has ended."""
        for one in self._reading:
            one.result(30)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _read(self, heard: list[float]) -> None:
        port, request = self._address
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request)
        beats = 0
        while line := await reader.readline():
            if line == b"event: changed\n":
                heard.append(perf_counter())
            elif line == b"event: beat\n":
                beats += 1
                if beats == 1:
                    self._open.release()
        writer.close()
        await writer.wait_closed()


def test_how_soon_two_hundred_boards_hear(transactional_db: None, nurse: User) -> None:
    patient = a_patient(nurse, a_ward(nurse))
    client = Client()
    client.force_login(nurse)
    cookie = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
    assert patient.ward is not None
    address = f"GET {EVENTS}?ward={patient.ward.pk} HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}\r\n\r\n"
    process = the_events_process().serves()
    try:
        boards = Boards(process.port, address.encode())
        told = []
        for number in range(ACTS):
            actions.raise_concern(by=nurse, submission_id=uuid4(), patient=patient, why=f"number {number}")
            told.append(perf_counter())
            sleep(EVERY)
        sleep(2)
        memory = psutil.Process(process.pid).memory_info().rss / 2**20
    finally:
        process.stop()
    boards.close()
    assert {len(one) for one in boards.heard} == {ACTS}
    times = sorted(at - start for one in boards.heard for at, start in zip(one, told, strict=True))
    middle, most = times[len(times) // 2], times[int(len(times) * 0.99)]
    print(
        f"\n{BOARDS} boards, {ACTS} acts: p50 {middle * 1000:.0f} ms, p99 {most * 1000:.0f} ms,"
        f" longest {times[-1] * 1000:.0f} ms; {memory:.0f} MB"
    )
