"""The planner's sentences: `prompts/wording/<lang>.yaml`, each a template in which a missing variable is an error."""

from functools import cache
from typing import Any

from jinja2 import Template

from core.errors import Bug
from core.wording import Lang
from prompts import data, environment


class MissingSentence(Bug):
    """The wording has no such sentence."""

    code = "missing_wording"


@cache
def _templates(lang: Lang) -> dict[str, Template]:
    made = environment()
    plurals = data(f"wording/{lang}").get("plurals", {})
    made.filters["plural"] = lambda name: plurals.get(name, f"{name}s")
    made.filters["singular"] = lambda name: _singular(name, plurals)
    return {key: made.from_string(text) for key, text in _flat("", data(f"wording/{lang}")).items()}


def _singular(name: str, plurals: dict[str, str]) -> str:
    known = {many: one for one, many in plurals.items()}
    return known.get(name, name.removesuffix("s"))


def _flat(prefix: str, tree: Any) -> dict[str, str]:
    if not isinstance(tree, dict):
        return {prefix: str(tree)}
    joined = ((f"{prefix}.{name}" if prefix else str(name), branch) for name, branch in tree.items())
    return {key: text for name, branch in joined for key, text in _flat(name, branch).items()}


def word(key: str, lang: Lang, **variables: object) -> str:
    """The sentence under `key`; MissingSentence if there is none, UndefinedError if a variable is missing."""
    template = _templates(lang).get(key)
    if template is None:
        raise MissingSentence(key=key, lang=lang, reason="no sentence")
    return template.render(**variables)


def has_sentence(key: str, lang: Lang) -> bool:
    """Whether the wording has a sentence under `key`."""
    return key in _templates(lang)


def group(key: str, lang: Lang, **variables: object) -> dict[str, str]:
    """Every sentence directly under `key`."""
    prefix = f"{key}."
    found = _templates(lang).items()
    return {name.removeprefix(prefix): made.render(**variables) for name, made in found if name.startswith(prefix)}
