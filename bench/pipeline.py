"""Calls an hour, from the upload's row to the notices, by one worker and by two, on real recordings."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Engine, func, select

from bench.figures import NOW, emit
from core.settings import Settings
from db.calls import Recording, file_call
from db.engine import system_session
from db.migrations.run import opened
from db.tables import Call, Lease
from jobs.runtime import Jobs, open_jobs
from tools.calls.storage import Storage
from tools.workbench import Workbench

CLIPS = Path(__file__).parents[2] / "shared" / "data" / "calls"
NAMES = (
    "en/google_sales_call_chromecast.flac",
    "en/whisper_jfk.flac",
    "en/faster_whisper_stereo.flac",
    "en/google_voice_command_230pm.flac",
    "zh/masr_test.flac",
    "zh/funasr_asr_example.flac",
    "zh/aishell_BAC009S0724W0121.flac",
    "en/google_voice_command_book_a_room.flac",
)
SECONDS = 300


@contextmanager
def workers(settings: Settings, number: int) -> Iterator[None]:
    """As many `dealhand worker` processes, ready."""
    env = os.environ | {"DEALHAND_HOME": str(settings.home), "DEALHAND_NOW": NOW}
    command = [str(Path(sys.executable).with_name("dealhand")), "worker"]
    with ExitStack() as stack:
        for _ in range(number):
            process = stack.enter_context(subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL))
            stack.callback(process.terminate)
        yield


def count(engine: Engine, *, ended: bool) -> int:
    """Workers at work, or calls that have ended."""
    asked = select(func.count()).select_from(Lease)
    if ended:
        asked = select(func.count()).select_from(Call).where(Call.status.in_(("done", "failed")))
    with system_session(engine) as session:
        return session.scalar(asked) or 0


def wait(engine: Engine, number: int, *, ended: bool) -> float:
    """The moment there are that many."""
    until = time.perf_counter() + SECONDS
    while count(engine, ended=ended) < number:
        if time.perf_counter() > until:
            raise SystemExit(f"not done in {SECONDS} s")
        time.sleep(0.05)
    return time.perf_counter()


def take_in(settings: Settings, engine: Engine, jobs: Jobs, clips: list[Path]) -> None:
    """File the clips as calls, and have them worked on."""
    storage = Storage(settings.files)
    for clip in clips:
        with clip.open("rb") as file:
            stored = storage.put(file, "calls", megabytes=100)
        recording = Recording(stored.content_hash, stored.name, clip.name, stored.bytes)
        received = file_call(engine, None, recording, settings.clock.now())
        jobs.enqueue("call", received.key, {"call_id": received.call_id})


def measure(number: int, clips: list[Path]) -> float:
    """Calls an hour by `number` workers; the first call of each, on which everything is loaded, is not timed."""
    with ExitStack() as stack:
        home = Path(stack.enter_context(TemporaryDirectory()))
        settings = Settings(home=home, now=NOW, worker=False, _env_file=None)
        engine = stack.enter_context(opened(settings.database))
        jobs = stack.enter_context(open_jobs(settings, engine, Workbench(settings, engine)))
        stack.enter_context(workers(settings, number))
        wait(engine, number, ended=False)
        take_in(settings, engine, jobs, clips[:number])
        began = wait(engine, number, ended=True)
        take_in(settings, engine, jobs, clips[number:])
        taken = wait(engine, len(clips), ended=True) - began
    return (len(clips) - number) * 3600 / taken


def main() -> None:
    """Measure one worker, then two."""
    clips = [CLIPS / name for name in reversed(NAMES) if (CLIPS / name).exists()]
    if len(clips) < len(NAMES):
        raise SystemExit(f"the real calls are not at {CLIPS}")
    for number in (1, 2):
        rate = measure(number, clips)
        emit(f"pipeline_{number}_worker_calls", rate, "1/h", goal="none set", n=len(clips) - number)


if __name__ == "__main__":
    main()
