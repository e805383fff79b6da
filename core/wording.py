"""The words people read: `core/locales/<lang>/*.yaml`, addressed as `file.key.sub_key`."""

from functools import cache
from pathlib import Path
from typing import Literal

import yaml

from core.errors import Bug, DealhandError

Lang = Literal["en", "zh"]
LANGS: tuple[Lang, ...] = ("en", "zh")
LOCALES = Path(__file__).parent / "locales"


class MissingWording(Bug):
    """A key has no text in one of the languages."""

    code = "missing_wording"


def _flatten(prefix: str, tree: object) -> dict[str, str]:
    if not isinstance(tree, dict):
        return {prefix: str(tree)}
    return {key: text for name, branch in tree.items() for key, text in _flatten(f"{prefix}.{name}", branch).items()}


@cache
def phrases(lang: Lang) -> dict[str, str]:
    """Every phrase of one language by its dotted key."""
    found: dict[str, str] = {}
    for file in sorted((LOCALES / lang).glob("*.yaml")):
        found |= _flatten(file.stem, yaml.load(file.read_text(encoding="utf-8"), yaml.CSafeLoader) or {})
    return found


def say(key: str, lang: Lang, /, **params: object) -> str:
    """The phrase under `key` with its `{parameters}` filled in; MissingWording if there is none."""
    try:
        return phrases(lang)[key].format(**params)
    except (KeyError, IndexError) as error:
        raise MissingWording(key=key, lang=lang, reason=repr(error)) from error


def explain(error: DealhandError, lang: Lang) -> str:
    """What happened and what to do, in the reader's language."""
    return say(f"errors.{error.code}", lang, **error.params)
