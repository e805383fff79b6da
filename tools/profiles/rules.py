"""What is recognised in a talk: the patterns of the files beside this one, compiled once."""

import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FILES = ("claims", "people", "rivals", "wishes", "stages")


@cache
def tree() -> dict[str, Any]:
    """All of the files as one."""
    found: dict[str, Any] = {}
    for name in FILES:
        found |= yaml.safe_load((Path(__file__).parent / f"{name}.yaml").read_text(encoding="utf-8"))
    return found


@cache
def written(path: str) -> Any:
    """What stands at a path such as "budget.cues", as it is written."""
    found: Any = tree()
    for step in path.split("."):
        found = found[step]
    return found


@cache
def cue(path: str) -> re.Pattern[str]:
    """The patterns at a path as one."""
    return re.compile("|".join(f"(?:{one})" for one in _listed(path)), re.IGNORECASE)


@cache
def cues(path: str) -> tuple[re.Pattern[str], ...]:
    """The patterns at a path, one by one, for those that have groups."""
    return tuple(re.compile(one, re.IGNORECASE) for one in _listed(path))


def says(path: str, text: str) -> bool:
    """Whether any of the patterns at a path is found in the text."""
    return cue(path).search(text) is not None


def _listed(path: str) -> list[str]:
    found = written(path)
    return [_filled(one) for one in (found if isinstance(found, list) else [found])]


def _filled(pattern: str) -> str:
    for name, part in tree()["parts"].items():
        pattern = pattern.replace(f"{{{name}}}", part)
    return pattern
