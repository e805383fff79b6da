"""The other side of the scribe: `python -m jobs.hearing FD` transcribes what it is sent, one recording at a time.

A process of its own, so that the one which answers people keeps its processor, its memory and its life.
"""

import os
import sys
from dataclasses import asdict
from multiprocessing.connection import Connection
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any

from core.errors import UserError
from core.logging import set_up_logging
from jobs.failed import Failed
from jobs.request import IDLE_SECONDS, Request

NICE = 10


def main() -> None:
    """Serve until the other side is gone, or nothing came for a while."""
    line: Connection[Any, Any] = Connection(int(sys.argv[1]))
    os.nice(NICE)
    requests: SimpleQueue[Request] = SimpleQueue()
    Thread(target=_read, args=(line, requests), daemon=True).start()
    while True:
        try:
            request = requests.get(timeout=IDLE_SECONDS)
        except Empty:
            return
        _answer(line, request)


def _read(line: "Connection[Any, Any]", requests: SimpleQueue[Request]) -> None:
    """Whoever asked is gone when nothing more can be read: then what is under way is for nobody."""
    while True:
        try:
            requests.put(line.recv())
        except (EOFError, OSError):
            os._exit(0)


def _answer(line: "Connection[Any, Any]", request: Request) -> None:

    from tools.calls.transcribe import transcribe  # noqa: PLC0415 (heavy)

    set_up_logging(request.settings.log_level)
    try:
        transcript = transcribe(
            request.path,
            settings=request.settings,
            hot_words=request.hot_words,
            channel_speakers=request.channel_speakers,
            lang=request.lang,
            progress=lambda done: line.send(("progress", done)),
        )
    except Exception as error:  # noqa: BLE001 (it is told to the other side, which decides)
        failed = Failed.of(error)
        line.send(("failed", {"code": failed.code, "params": failed.params, "final": isinstance(error, UserError)}))
        if not isinstance(error, UserError):
            sys.excepthook(type(error), error, error.__traceback__)
    else:
        line.send(("done", asdict(transcript)))


if __name__ == "__main__":
    main()
