"""How fast lines are read for signals: many at once, and one at a time, on one core."""

import os
import tempfile
import time
from pathlib import Path

from bench.figures import emit, quantile
from core.said import Utterance
from tools.signals.detector import Detector
from tools.signals.examples import packaged

MANY = 1000
SINGLES = 300
WARM_UP = 20


def main() -> None:
    """Time the first use, then reading."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    lines = [Utterance(one.text, "customer") for one in packaged()][:MANY]
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        detector = Detector(Path(folder))
        detector.detect(lines[:WARM_UP])
        first = time.perf_counter() - started
        started, cpu = time.perf_counter(), time.process_time()
        detector.detect(lines)
        took, spent = time.perf_counter() - started, time.process_time() - cpu
        singles = []
        for line in lines[:SINGLES]:
            began = time.perf_counter()
            detector.detect([line])
            singles.append((time.perf_counter() - began) * 1000)
        detector.close()
    emit("signals_first_use", first, "s", goal="<= 15", n=1)
    emit("signals_throughput", len(lines) / took, "messages/s", goal=">= 200 on one core", n=len(lines))
    emit("signals_throughput_cpu", len(lines) / spent, "messages/s of processor time", goal="none set", n=len(lines))
    emit("signals_p50", quantile(singles, 50), "ms", goal="none set", n=len(singles))
    emit("signals_p95", quantile(singles, 95), "ms", goal="<= 20", n=len(singles))


if __name__ == "__main__":
    main()
