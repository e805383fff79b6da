"""From the text of a mapping file to a Mapping; every problem with its line, none stops the search for others."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from connectors.records.mapping import (
    Condition,
    CustomValue,
    ExtraPerson,
    Feed,
    FieldValue,
    FileFormat,
    LinkValue,
    Mapping,
    NumberFormat,
)
from connectors.records.names import nearest
from connectors.records.tree import Path_, Tree, read_tree
from core.company import Company, CompanyWords, CustomField
from core.wording import Lang, phrases, say

M = TypeVar("M", bound=BaseModel)
MODELS: dict[str, type[BaseModel]] = {
    "": Mapping,
    "company": Company,
    "words": CompanyWords,
    "custom_fields": CustomField,
    "files": FileFormat,
    "people": ExtraPerson,
    "records": Feed,
    "fields": FieldValue,
    "id": FieldValue,
    "links": LinkValue,
    "custom": CustomValue,
    "when": Condition,
    "number": NumberFormat,
}
"""Which part of a mapping a key holds, to suggest the keys it may have."""


@dataclass
class Problems:
    """Everything wrong with one mapping, in the reader's language."""

    lang: Lang
    tree: Tree = field(default_factory=lambda: Tree({}))
    _found: dict[str, int] = field(default_factory=dict)

    def add(self, path: Path_, problem: str, /, **params: object) -> None:
        """One problem at `path`, with its line."""
        what = say(f"import.problem.{problem}", self.lang, **params)
        text = say("import.at", self.lang, line=self.tree.line(path), path=shown(path), what=what) if path else what
        self._found.setdefault(text, self.tree.line(path) if path else 0)

    @property
    def found(self) -> list[str]:
        """Every problem once, in the order of the file."""
        return sorted(self._found, key=lambda text: self._found[text])

    def near(self, text: str, known: Any) -> str:
        """What to suggest instead, with a space before it; nothing if nothing is like it."""
        close = nearest(text, known)
        return say("import.did_you_mean", self.lang, near=close) if close else ""


def shown(path: Path_) -> str:
    """`records[2].fields.close_date`, counted from 1 as people count."""
    text = ""
    for part in path:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text


@dataclass
class Parsed:
    """What could be understood: the file without its feeds, and each feed with its place."""

    mapping: Mapping | None
    feeds: list[tuple[int, Feed]]
    broken: set[int]


def parse(file: Path, problems: Problems) -> Parsed:
    """Read a mapping file, adding to `problems` whatever is wrong with its form."""
    try:
        tree = read_tree(file)
    except OSError:
        problems.add((), "no_mapping", file=file)
        return Parsed(None, [], set())
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        problems.add((), "not_yaml", file=file.name, detail=" ".join(str(error).split()))
        return Parsed(None, [], set())
    problems.tree = tree
    for path, key in tree.repeated:
        problems.add((*path, key), "repeated_key", key=key)
    if not isinstance(tree.data, dict):
        problems.add((), "not_a_mapping", file=file.name)
        return Parsed(None, [], set())
    raw = tree.data.get("records")
    broken: set[int] = set()
    feeds = []
    for index, part in enumerate(raw if isinstance(raw, list) else []):
        feed, whole = _model(Feed, part, ("records", index), problems)
        if not whole:
            broken.add(index)
        if feed is not None:
            feeds.append((index, feed))
    top = dict(tree.data)
    if feeds or broken:
        top["records"] = [{"record": "person"}]
    if "source" not in top:
        problems.add(("source",), "missing_key", key="source")
        top["source"] = "-"
    mapping, _ = _model(Mapping, top, (), problems)
    if mapping is not None:
        mapping = mapping.model_copy(update={"records": [feed for _, feed in feeds]})
    return Parsed(mapping, feeds, broken)


def _model(model: type[M], raw: Any, at: Path_, problems: Problems) -> tuple[M | None, bool]:
    """The model of a part, without what is wrong in it, and whether nothing was."""
    whole = True
    for _ in range(20):
        try:
            return model.model_validate(raw), whole
        except ValidationError as error:
            details = error.errors()
        whole = False
        for detail in details:
            _tell(detail, at, problems)
        pruned = raw
        for detail in details:
            pruned = _without(pruned, detail["loc"])
        if pruned == raw:
            return None, False
        raw = pruned
    return None, False


def _without(raw: Any, path: Path_) -> Any:
    """A copy of `raw` without the part at `path`; the items of a list before it keep their places."""
    if not path:
        return raw
    head, rest = path[0], path[1:]
    if isinstance(raw, dict) and head in raw:
        kept = _without(raw[head], rest) if rest else None
        if rest and kept is not raw[head]:
            return {**raw, head: kept}
        return {name: value for name, value in raw.items() if name != head}
    if isinstance(raw, list) and isinstance(head, int) and head < len(raw):
        kept = _without(raw[head], rest) if rest else None
        middle = [kept] if rest and kept is not raw[head] else []
        return [*raw[:head], *middle, *raw[head + 1 :]]
    return raw


def _tell(detail: ErrorDetails, at: Path_, problems: Problems) -> None:
    path = (*at, *detail["loc"])
    kind, name = detail["type"], str(path[-1]) if path else ""
    if kind == "extra_forbidden":
        problems.add(path, "unknown_key", key=name, near=problems.near(name, _keys(path[:-1])))
    elif kind == "missing":
        problems.add(path, "missing_key", key=name)
    elif kind in {"literal_error", "enum"}:
        expected = str(detail.get("ctx", {}).get("expected", ""))
        problems.add(path, "not_one_of", value=detail["input"], choices=expected.replace("'", ""))
    else:
        key = f"import.problem.form.{kind}"
        form = kind if key in phrases(problems.lang) else "other"
        problems.add(path, f"form.{form}", value=_brief(detail["input"]), detail=detail["msg"])


def _brief(value: object) -> str:
    return str(value)[:80]


def _keys(path: Path_) -> list[str]:
    """The keys that the part at `path` may have."""
    names = [part for part in path if isinstance(part, str)]
    for depth, name in enumerate(reversed(names)):
        model = MODELS.get(name)
        if model is not None and depth <= 1:
            return [info.alias or key for key, info in model.model_fields.items()]
    return [info.alias or key for key, info in Mapping.model_fields.items()] if not names else []
