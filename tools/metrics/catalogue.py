"""What can be asked: metrics, dimensions and kinds of records, with their words in both languages.

The YAML beside this file is checked whole; the company's own words and fields are merged in.
"""

from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from core.company import Company
from core.errors import ProblemList
from db.company import CompanyFacts
from tools.metrics.checks import find_problems
from tools.metrics.company_words import merge_company
from tools.metrics.entries import Catalogue, Dimension, Field, Measure, Metric, RecordKind

__all__ = ["Catalogue", "Dimension", "Field", "Measure", "Metric", "RecordKind", "load_catalogue", "parse_catalogue"]

FOLDER = Path(__file__).parent
FILES = ("catalogue.yaml", "dimensions.yaml", "records.yaml")


def load_catalogue(company: CompanyFacts | None = None) -> Catalogue:
    """The catalogue with the company's words and fields merged in; ProblemList with every problem at once."""
    base = _built_in()
    return base if company is None else _merged(company.company.model_dump_json())


@lru_cache(maxsize=1)
def _built_in() -> Catalogue:
    catalogue = parse_catalogue({file: (FOLDER / file).read_text(encoding="utf-8") for file in FILES})
    problems = find_problems(catalogue)
    if problems:
        raise ProblemList("catalogue", problems)
    return catalogue


@lru_cache(maxsize=8)
def _merged(settings: str) -> Catalogue:
    return merge_company(_built_in(), Company.model_validate_json(settings))


def parse_catalogue(texts: dict[str, str]) -> Catalogue:
    """The catalogue that these YAML texts describe; ProblemList names every key that is wrong."""
    tree: dict[str, Any] = {}
    problems: list[str] = []
    for file, text in texts.items():
        try:
            tree |= yaml.load(text, yaml.CSafeLoader) or {}
        except yaml.YAMLError as error:
            problems.append(f"{file}: {error}")
    _name_entries(tree)
    try:
        catalogue = Catalogue.model_validate(tree)
    except ValidationError as error:
        problems += [f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()]
        raise ProblemList("catalogue", problems) from error
    if problems:
        raise ProblemList("catalogue", problems)
    return catalogue


def _name_entries(tree: dict[str, Any]) -> None:
    for part, key in (("metrics", "name"), ("dimensions", "name"), ("records", "record")):
        for name, entry in (tree.get(part) or {}).items():
            if isinstance(entry, dict):
                entry.setdefault(key, name)
    for record in (tree.get("records") or {}).values():
        for name, field in (record.get("fields") or {}).items() if isinstance(record, dict) else ():
            if isinstance(field, dict):
                field.setdefault("name", name)
                field["or_"] = field.pop("or", ())
