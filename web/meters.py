"""What the process has done, in the Prometheus text format. Counts only: no names, no questions."""

from collections import Counter
from threading import Lock

BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
Labels = tuple[tuple[str, str], ...]


def _labelled(name: str, labels: Labels) -> str:
    if not labels:
        return name
    pairs = ",".join(f'{key}="{_escape(value)}"' for key, value in labels)
    return f"{name}{{{pairs}}}"


def _escape(value: str) -> str:
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


class Histogram:
    """How long things took, by fixed buckets."""

    def __init__(self) -> None:
        self.counts: Counter[float] = Counter()
        self.total = 0
        self.seconds = 0.0

    def add(self, seconds: float) -> None:
        """Count one duration."""
        self.total += 1
        self.seconds += seconds
        for bucket in BUCKETS:
            if seconds <= bucket:
                self.counts[bucket] += 1

    def lines(self, name: str, labels: Labels) -> list[str]:
        """Its samples."""
        buckets = [*((str(bucket), self.counts[bucket]) for bucket in BUCKETS), ("+Inf", self.total)]
        return [
            *(f"{_labelled(f'{name}_bucket', (*labels, ('le', le)))} {count}" for le, count in buckets),
            f"{_labelled(f'{name}_sum', labels)} {self.seconds:.6f}",
            f"{_labelled(f'{name}_count', labels)} {self.total}",
        ]


class Meters:
    """Turns by status, model and language; requests by route and status; how long both took."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._turns: Counter[Labels] = Counter()
        self._requests: Counter[Labels] = Counter()
        self._turn_seconds: dict[Labels, Histogram] = {}
        self._request_seconds: dict[Labels, Histogram] = {}

    def turn(self, *, status: str, model: str, lang: str, seconds: float) -> None:
        """Count one turn."""
        with self._lock:
            self._turns[("status", status), ("model", model), ("lang", lang)] += 1
            self._turn_seconds.setdefault((("model", model),), Histogram()).add(seconds)

    def request(self, *, method: str, route: str, status: int, seconds: float) -> None:
        """Count one request by its route's pattern, so that there are as many series as routes."""
        with self._lock:
            self._requests[("method", method), ("route", route), ("status", str(status))] += 1
            self._request_seconds.setdefault((("route", route),), Histogram()).add(seconds)

    def text(self) -> str:
        """Everything counted so far."""
        with self._lock:
            lines = [
                *_counter_lines("dealhand_turns_total", self._turns),
                *_histogram_lines("dealhand_turn_seconds", self._turn_seconds),
                *_counter_lines("dealhand_http_requests_total", self._requests),
                *_histogram_lines("dealhand_http_request_seconds", self._request_seconds),
            ]
        return "\n".join(lines) + "\n"


def _counter_lines(name: str, counts: Counter[Labels]) -> list[str]:
    return [f"# TYPE {name} counter", *(f"{_labelled(name, labels)} {count}" for labels, count in counts.items())]


def _histogram_lines(name: str, histograms: dict[Labels, Histogram]) -> list[str]:
    lines = [f"# TYPE {name} histogram"]
    for labels, histogram in histograms.items():
        lines += histogram.lines(name, labels)
    return lines
