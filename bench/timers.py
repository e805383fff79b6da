"""10,000 pending timers: how late those that are due fire, what waiting costs, and how soon a start is ready.

Beside the lateness there is the processor's time that the waiting takes, which other programs hardly change.
"""

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, insert, select
from sqlalchemy.orm import Session

from bench.figures import emit, quantile
from core.clock import Clock
from db.engine import open_engine, system_session
from db.migrations.run import migrate
from db.tables import Timer
from jobs.timers import Ticker

PENDING = 10_000
SPREAD = timedelta(seconds=30)
BURST = 500
LATER = timedelta(days=7)
IDLE_SECONDS = 10.0
REAL = Clock()
Lateness = list[float]


def memory() -> float:
    """Megabytes this process holds."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def fill(engine: Engine, name: str, dues: list[datetime]) -> None:
    """Write timers that are due at those moments."""
    rows = [
        {"key": f"{name}{n}", "kind": "late", "payload": {"key": f"{name}{n}"}, "due_at": due_at, "attempts": 0}
        for n, due_at in enumerate(dues)
    ]
    with system_session(engine) as session:
        session.execute(insert(Timer), rows)


def soon(since: datetime) -> list[datetime]:
    """Evenly over some seconds, and as many again all at once in the middle."""
    return [*(since + SPREAD * (n / BURST) for n in range(BURST)), *[since + SPREAD / 2] * BURST]


def wait_idle(engine: Engine) -> float:
    """The share of a processor that waiting with everything pending takes."""
    ticker = Ticker(engine, REAL, {"late": _nothing})
    ticker.start()
    begun = time.process_time()
    time.sleep(IDLE_SECONDS)
    used = time.process_time() - begun
    ticker.stop(5)
    return used / IDLE_SECONDS


def fire_all(engine: Engine, expected: int) -> Lateness:
    """How many seconds each was late, by two tickers as two workers would have."""
    late: Lateness = []
    lock = threading.Lock()

    def note(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
        due_at = session.scalars(select(Timer.due_at).where(Timer.key == payload["key"])).one()
        with lock:
            late.append((REAL.now() - due_at).total_seconds())

    tickers = [Ticker(engine, REAL, {"late": note}) for _ in range(2)]
    for one in tickers:
        one.start()
    deadline = time.monotonic() + SPREAD.total_seconds() + 60
    while len(late) < expected and time.monotonic() < deadline:
        time.sleep(0.1)
    for one in tickers:
        one.stop(5)
    return late


def start_up(url: str) -> float:
    """Milliseconds from a process's first line to its first look."""
    code = (
        "import sys, time; begun = time.perf_counter()\n"
        "from core.clock import Clock; from db.engine import open_engine; from jobs.timers import Ticker\n"
        "ticker = Ticker(open_engine(sys.argv[1]), Clock(), {'none': print}); ticker.tick()\n"
        "print((time.perf_counter() - begun) * 1000)"
    )
    done = subprocess.run([sys.executable, "-c", code, url], capture_output=True, text=True, check=True)
    return float(done.stdout)


def main() -> None:
    """Fill a throw-away database, wait, fire, and print."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/timers.db"
        migrate(url)
        engine = open_engine(url)
        before = memory()
        fill(engine, "later", [REAL.now() + LATER + timedelta(seconds=n) for n in range(PENDING)])
        emit("timers_idle_processor", wait_idle(engine) * 100, "%", goal="none set", n=PENDING)
        emit("timers_start", start_up(url), "ms", goal="none set", n=PENDING)
        fill(engine, "soon", soon(REAL.now() + timedelta(seconds=1)))
        expected = 2 * BURST
        late = fire_all(engine, expected)
        emit("timers_late_p50", quantile(late, 50), "s", goal="none set", n=len(late))
        emit("timers_late_p95", quantile(late, 95), "s", goal="<= 2", n=len(late))
        emit("timers_late_most", max(late), "s", goal="none set", n=len(late))
        emit("timers_fired_once", len(late) / expected, "ratio", goal="== 1", n=expected)
        emit("timers_memory", memory() - before, "MB", goal="none set", n=PENDING)
        engine.dispose()


def _nothing(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """Nothing is due yet."""


if __name__ == "__main__":
    main()
