"""Messages that are a command: all they say is one of the words of `core/lexicon/commands.yaml`."""

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from core.channels import Arrived
from core.language import fold, lexicon


@dataclass(frozen=True, slots=True)
class Command:
    """A command and what it is about, as it was written."""

    name: str
    rest: str = ""


def read_command(text: str) -> Command | None:
    """The command that the whole message is, e.g. `link K7P2-9QXM`."""
    said = text.strip()
    folded = fold(said)
    for name, pattern in _patterns("commands"):
        found = pattern.fullmatch(folded)
        if found is not None:
            spans = "rest" in pattern.groupindex and found.group("rest") is not None
            return Command(name, said[slice(*found.span("rest"))].strip() if spans else "")
    return None


def is_stop(arrived: Arrived) -> bool:
    """Whether somebody asks the assistant to stop what it does for them."""
    if arrived.kind == "button":
        return (arrived.button or "").partition(":")[0] == "stop"
    command = read_command(arrived.text) if len(arrived.text) < 40 else None
    return command is not None and command.name == "stop"


def read_setting(rest: str) -> dict[str, Any] | None:
    """What `settings follow-ups off` sets: {"follow_ups": False}; None if it is nothing of that kind."""
    folded = fold(rest.strip())
    for name, setting in _patterns("settings"):
        begins = setting.match(folded)
        if begins and name == "account":
            left = folded[begins.end() :].lstrip(" :=")
            return _customer(rest.strip()[len(folded) - len(left) :])
        value = _value(folded[begins.end() :].strip(" :=")) if begins else None
        if value is None:
            continue
        if (name == "lang") == (value in ("en", "zh", "any")):
            return {name: {"on": True, "off": False, "any": None}.get(value, value)}
    return None


def _customer(named: str) -> dict[str, Any] | None:
    """Whose room it is to be: the customer's name as it was written, None for nobody's."""
    if not named:
        return None
    nobody = _value(fold(named)) in ("off", "none")
    return {"account": None if nobody else named}


def _value(text: str) -> str | None:
    return next((name for name, pattern in _patterns("values") if pattern.fullmatch(text)), None)


@cache
def _patterns(kind: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    tree = lexicon("commands")[kind]
    # YAML reads `on` and `off` as truth values.
    names = {True: "on", False: "off"}
    return tuple((names.get(name, name), re.compile(one)) for name, ones in tree.items() for one in ones)
