"""The words of `--help`."""

from collections.abc import Mapping
from typing import Any

from core.wording import Lang, say


def describe(command: Any, key: str, lang: Lang) -> None:
    """Give the command, its parameters and its sub-commands their words."""
    group: Mapping[str, Any] = getattr(command, "commands", {})
    command.help = command.short_help = say(f"cli.help.{key}.about", lang)
    for parameter in command.params:
        parameter.help = say(f"cli.help.{key}.{parameter.name}", lang)
    for name, subcommand in group.items():
        describe(subcommand, name if key == "root" else f"{key}_{name}", lang)
