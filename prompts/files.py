"""Prompt files: `prompts/<name>/<lang>.v<version>.md` with a front matter that says version and labels."""

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jinja2 import Environment, StrictUndefined, Template

from core.errors import Bug
from core.wording import Lang

HERE = Path(__file__).parent
FENCE = "---\n"


class UnknownPrompt(Bug):
    """No version of that prompt carries the label in that language."""

    code = "unknown_prompt"


def environment() -> Environment:
    """Templates in which a missing variable is an error. They make plain text, so nothing is escaped."""
    return Environment(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False)  # noqa: S701


@dataclass(frozen=True)
class Prompt:
    """One version of a prompt."""

    text: str
    version: int
    template: Template = field(repr=False, compare=False)

    def render(self, **variables: object) -> str:
        """The text with its variables; jinja2's UndefinedError if one is missing."""
        return self.template.render(**variables).strip()


def _read(file: Path) -> tuple[dict[str, Any], str]:
    _, front, text = file.read_text(encoding="utf-8").split(FENCE, 2)
    return yaml.load(front, yaml.CSafeLoader), text


@cache
def load(name: str, lang: Lang, label: str = "live") -> Prompt:
    """The newest version of a prompt that carries `label`."""
    found = []
    for file in (HERE / name).glob(f"{lang}.v*.md"):
        front, text = _read(file)
        if label in front["labels"]:
            found.append(Prompt(text, front["version"], environment().from_string(text)))
    if not found:
        raise UnknownPrompt(name=name, lang=lang, label=label)
    return max(found, key=lambda prompt: prompt.version)


@cache
def data(name: str) -> dict[str, Any]:
    """The content of `prompts/<name>.yaml`."""
    found: dict[str, Any] = yaml.load((HERE / f"{name}.yaml").read_text(encoding="utf-8"), yaml.CSafeLoader)
    return found
