"""Transcription in a process of its own, which is started when first needed and ends when nothing came for a while."""

import subprocess
import sys
import time
from collections.abc import Callable
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from threading import Event, Lock
from typing import Any

from core.errors import OperatorError
from jobs.failed import Failed
from jobs.request import Request
from jobs.work import Stopping

LOOK_SECONDS = 0.2
SILENT_SECONDS = 1800.0


class TranscriberDied(OperatorError):
    """The process that transcribes ended in the middle of a recording."""

    code = "transcriber_died"


class Scribe:
    """Puts recordings into words, one at a time; `hurry` ends the one under way with Stopping."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._stopping = Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._line: Connection[Any, Any] | None = None

    def hear(self, request: Request, progress: Callable[[float], None]) -> dict[str, Any]:
        """The transcript as a dictionary; Failed if the recording can't be heard, TranscriberDied if the process is."""
        with self._lock:
            try:
                line = self._start()
                line.send(request)
                return self._wait(line, progress)
            except (EOFError, OSError) as error:
                self._end()
                raise TranscriberDied from error
            except (Stopping, TranscriberDied):
                self._end()
                raise

    def hurry(self) -> None:
        """End what is under way, and start nothing more."""
        self._stopping.set()
        with self._lock:
            self._end()

    def _wait(self, line: "Connection[Any, Any]", progress: Callable[[float], None]) -> dict[str, Any]:
        heard_at = time.monotonic()
        while True:
            if self._stopping.is_set():
                raise Stopping
            if not line.poll(LOOK_SECONDS):
                if time.monotonic() - heard_at > SILENT_SECONDS:
                    raise TranscriberDied
                continue
            heard_at = time.monotonic()
            kind, value = line.recv()
            if kind == "progress":
                progress(value)
            elif kind == "failed":
                raise Failed(value["code"], value["params"], final=value["final"])
            else:
                transcript: dict[str, Any] = value
                return transcript

    def _start(self) -> "Connection[Any, Any]":
        if self._stopping.is_set():
            raise Stopping
        if self._line is not None and self._process is not None and self._process.poll() is None:
            return self._line
        self._end()
        ours, theirs = Pipe()
        command = [sys.executable, "-m", "jobs.hearing", str(theirs.fileno())]
        self._process = subprocess.Popen(  # noqa: S603 (our own module)
            command, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
        )
        theirs.close()
        self._line = ours
        return ours

    def _end(self) -> None:
        if self._line is not None:
            self._line.close()
            self._line = None
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None
