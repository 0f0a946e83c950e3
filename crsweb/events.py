"""How is the events process started? `python -m crsweb.events`, beside the web processes and behind the same proxy.

What it answers is in `crsweb.streams`. Where it does not run, the pages ask by themselves every 1.5 s.
"""

import argparse
import logging
import os
from types import FrameType
from typing import Any

import django
import uvicorn

from crsweb import mode


class Server(uvicorn.Server):
    """Ends its streams when it is told to stop, instead of waiting for them."""

    def __init__(self, config: uvicorn.Config, streams: Any) -> None:
        super().__init__(config)
        self._streams = streams

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        super().handle_exit(sig, frame)
        self._streams.fanout.end_all()


def main() -> None:
    parser = argparse.ArgumentParser(prog="crsweb.events", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="the address to serve on; the proxy's side of the network")
    parser.add_argument("--port", type=int, default=8001)
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crsweb.settings")
    mode.refuse_to_serve_unsafely()
    django.setup()
    from crsweb.streams import Streams  # its models need the setup

    logging.basicConfig(format="{asctime} {levelname} {name} {message}", style="{", level=logging.WARNING)
    streams = Streams()
    Server(
        uvicorn.Config(
            streams,
            host=options.host,
            port=options.port,
            lifespan="on",
            ws="none",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=3,
        ),
        streams,
    ).run()


if __name__ == "__main__":
    main()
