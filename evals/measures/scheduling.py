"""How well words for a moment to come are understood: appointment or deadline, in the right zone, or nothing at all."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from core.company import Company
from core.settings import Settings
from core.wording import LANGS, Lang
from evals.measures.measured import Figure, Measured
from tools.escalations.when import Heard, read_when

SUITES = Path(__file__).parents[1] / "suites"
NOTHING = "nothing"
GOAL = 0.95


@dataclass(frozen=True, slots=True)
class Judged:
    """One phrase: what was wanted and what was understood, in the same writing."""

    lang: Lang
    say: str
    want: str
    got: str

    @property
    def wants_moment(self) -> bool:
        """Whether a moment was to be understood."""
        return " " in self.want


def run(_: Settings) -> Measured:
    """Read every phrase at its moment and place."""
    found = [one for lang in LANGS for one in _judged(lang)]
    failures = tuple(f"[{one.lang}] {one.say}: {one.want}, got {one.got}" for one in found if one.got != one.want)
    return Measured("scheduling", tuple(_figures(found)), failures)


def _judged(lang: Lang) -> Iterator[Judged]:
    suite: dict[str, Any] = yaml.safe_load((SUITES / f"scheduling_{lang}.yaml").read_text("utf-8"))
    days = Company().working_days
    for case in suite["cases"]:
        zone = case.get("zone", suite["zone"])
        now = datetime.fromisoformat(case.get("now", suite["now"])).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
        heard = read_when(case["say"], now, zone, working_days=days)
        yield Judged(lang, case["say"], case["want"], _written(heard, case.get("in", zone)))


def _written(heard: Heard, zone: str) -> str:
    if heard.moment is None:
        return heard.problem or NOTHING
    return f"{heard.moment.kind} {heard.moment.at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"


def _figures(found: list[Judged]) -> Iterator[Figure]:
    for lang in LANGS:
        mine = [one for one in found if one.lang == lang]
        parts = {
            "moments": [one for one in mine if one.wants_moment],
            "refused or nothing": [one for one in mine if not one.wants_moment],
        }
        for name, some in parts.items():
            good = sum(one.got == one.want for one in some)
            yield Figure(f"scheduling: {name}", good / len(some), GOAL, len(some), lang)
