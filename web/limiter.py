"""How many turns one person may take: a bucket each, and a bounded number of buckets."""

import time
from collections import OrderedDict
from collections.abc import Callable
from typing import ClassVar

from core.errors import UserError


class TooManyRequests(UserError):
    """This person asks faster than allowed; `seconds` says when to try again."""

    code = "too_many_requests"
    http_status: ClassVar[int] = 429

    def __init__(self, *, seconds: int) -> None:
        super().__init__(seconds=seconds)
        self.seconds = seconds


class Limiter:
    """Lets each person take `per_minute` turns, half of them at once."""

    def __init__(self, per_minute: int, *, people: int = 10_000, now: Callable[[], float] = time.monotonic) -> None:
        self._rate = per_minute / 60
        self._burst = max(1.0, per_minute / 2)
        self._people = people
        self._now = now
        self._buckets: OrderedDict[int, tuple[float, float]] = OrderedDict()

    def take(self, person_id: int) -> None:
        """Count one turn; TooManyRequests when there is none left."""
        now = self._now()
        left, since = self._buckets.pop(person_id, (self._burst, now))
        left = min(self._burst, left + (now - since) * self._rate)
        self._buckets[person_id] = (max(left - 1, 0.0) if left >= 1 else left, now)
        while len(self._buckets) > self._people:
            self._buckets.popitem(last=False)
        if left < 1:
            raise TooManyRequests(seconds=max(1, round((1 - left) / self._rate)))
