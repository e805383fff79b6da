"""Against the public specifications beside the checkout; `specs.yaml` says what is skipped and where we differ."""

import json
import re
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from core.periods import EARLIEST, LATEST, Period, find_periods, unit_at

SHARED = Path(__file__).parents[4] / "shared" / "data" / "datetime"
SPECS = yaml.safe_load((Path(__file__).parent / "specs.yaml").read_text(encoding="utf-8"))
DAY = timedelta(days=1)


@dataclass
class Tally:
    right: int = 0
    wrong: int = 0
    aside: int = 0


def specifications(lang: str) -> list[dict[str, Any]]:
    file = SHARED / f"DateTimeModel_{lang}.jsonl"
    if not file.exists():
        pytest.skip(f"the date specifications are not beside the checkout: {file}")
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def kind_of_result(result: dict[str, Any]) -> str:
    values = result.get("Resolution", {}).get("values", [{}])
    if any(value.get("value") == "not resolved" for value in values):
        return "not resolved"
    return str(result.get("TypeName") or result["Typename"]).removeprefix("datetimeV2.")


def agrees(value: dict[str, str], period: Period, today: date) -> bool:
    if "value" in value:
        return period.start == period.end == date.fromisoformat(value["value"])
    start = date.fromisoformat(value["start"]) if "start" in value else EARLIEST
    if "end" not in value:
        return period.start == start and period.end in (today, LATEST)
    end = date.fromisoformat(value["end"])
    if end == period.end == today:
        return period.start in (start, start + DAY)
    if period.start != start:
        return False
    if ".." not in period.name:
        return period.end == end - DAY
    return period.end in (end - DAY, end) or any(
        unit_at(period.end, unit).start == end for unit in ("month", "quarter", "year")
    )


def tally(lang: str) -> tuple[Tally, list[str]]:
    count, failures = Tally(), []
    for spec in specifications(lang):
        today = date.fromisoformat(spec["reference_time"][:10])
        found = find_periods(spec["input"], today)
        results = [result for result in spec["results"] if kind_of_result(result) in ("date", "daterange")]
        if not spec["results"] and found:
            count.wrong += 1
            failures.append(f"{spec['input']}: nothing is named")
        for result in results:
            first, last = result["Start"], result.get("End", result["Start"] + len(result["Text"]) - 1)
            near = [match.period for match in found if match.start <= last and match.end > first]
            right = any(agrees(value, period, today) for value in result["Resolution"]["values"] for period in near)
            if right:
                count.right += 1
            elif any(re.search(pattern, result["Text"]) for pattern in SPECS["set_aside"][lang]):
                count.aside += 1
            else:
                count.wrong += 1
                failures.append(f"{spec['input']}: {result['Text']}")
    return count, failures


@pytest.mark.shared
@pytest.mark.parametrize(("lang", "of_all", "of_rest"), [("en", 0.83, 0.97), ("zh", 0.92, 0.98)])
def test_most_specified_dates_are_read(lang: str, of_all: float, of_rest: float) -> None:
    count, failures = tally(lang)
    assert count.right / (count.right + count.wrong + count.aside) >= of_all, failures
    assert count.right / (count.right + count.wrong) >= of_rest, failures


@pytest.mark.shared
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_kind_that_is_not_read_has_a_reason(lang: str) -> None:
    kinds = Counter(kind_of_result(result) for spec in specifications(lang) for result in spec["results"])
    assert set(kinds) - {"date", "daterange"} <= set(SPECS["skipped"])
