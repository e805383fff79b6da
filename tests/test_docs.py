"""The documentation names everything that can be set and called, and nothing that can't."""

import re
from pathlib import Path
from typing import Any

from typer.main import get_command

from core.settings import Settings
from server import cli

ROOT = Path(__file__).parents[1]
DOCS = sorted([*(ROOT / "docs").rglob("*.md"), *ROOT.glob("*.md")])


def _read(name: str) -> str:
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


def _commands(group: Any, prefix: str) -> set[str]:
    found: set[str] = set()
    for name, command in group.commands.items():
        found.add(f"{prefix} {name}")
        if hasattr(command, "commands"):
            found |= _commands(command, f"{prefix} {name}")
    return found


def test_every_setting_has_its_line_and_every_line_its_setting() -> None:
    documented = re.findall(r"^\| `DEALHAND_(\w+)` \| ", _read("settings.md"), re.MULTILINE)
    assert sorted(name.lower() for name in documented) == sorted(Settings.model_fields)


def test_the_documented_defaults_are_the_defaults() -> None:
    lines = re.findall(r"^\| `DEALHAND_(\w+)` \| `([^`<]+)` \|", _read("settings.md"), re.MULTILINE)
    shown = {name.lower(): default for name, default in lines}
    assert shown
    for name, default in shown.items():
        actual = Settings.model_fields[name].default
        plain = f"{actual:g}" if isinstance(actual, float) else str(actual)
        assert default == (plain.lower() if isinstance(actual, bool) else plain), name


def test_every_command_is_documented_and_every_documented_one_exists() -> None:
    documented = set(re.findall(r"^\| `(dealhand [a-z ]+)` \|", _read("commands.md"), re.MULTILINE))
    assert documented == _commands(get_command(cli), "dealhand")


def test_every_option_is_documented() -> None:
    text = _read("commands.md")
    command: Any = get_command(cli)
    waiting, options = [command], set[str]()
    while waiting:
        one = waiting.pop()
        waiting.extend(getattr(one, "commands", {}).values())
        options |= {option for parameter in one.params for option in parameter.opts if option.startswith("--")}
    assert {option for option in options if option not in text} == set()


def test_every_make_target_is_documented() -> None:
    targets = set(re.findall(r"^([a-z]+):.*## ", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    documented = set(re.findall(r"^\| `make ([a-z]+)` \|", _read("commands.md"), re.MULTILINE))
    assert documented == targets - {"help"}


def test_links_between_pages_lead_somewhere() -> None:
    broken = [
        f"{page.relative_to(ROOT)}: {link}"
        for page in DOCS
        for link in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text(encoding="utf-8"))
        if "://" not in link and not (page.parent / link).exists()
    ]
    assert broken == []
