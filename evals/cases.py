"""What is asked and what must come back: suites of cases, as YAML."""

from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from core.errors import ProblemList
from core.reply import Status
from core.wording import Lang
from evals.measures.registry import owns

SUITES = Path(__file__).parent / "suites"


class SuiteProblems(ProblemList):
    """A suite can't be read, or a case says nothing that could be graded."""


class Expect(BaseModel):
    """What must come back. `sql` gives the rows of the right answer; money is named `…__money`, ratios `…__ratio`.

    `match` `rows`: the table has exactly these rows. `cells`: each value stands somewhere in it, whatever its layout.
    `count`: the one value is a cell, or the number of records listed.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    status: Status
    sql: str | None = None
    match: Literal["rows", "cells", "count"] = "rows"
    ordered: bool = False
    mentions: list[str] = []
    silent: list[str] = []

    @model_validator(mode="after")
    def _graded(self) -> "Expect":
        if self.status is Status.ANSWERED and not (self.sql or self.mentions):
            raise ValueError("an answer without sql or mentions can't be graded")
        return self


class Case(BaseModel):
    """One question, or turns of which the last is graded, asked by one person (a role, or a name).

    `given` fills {names} in the question, and :names in the SQL, from the records. `quoted`: the reply quotes people,
    in whatever language they spoke, and figures in it are theirs.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    asker: str = Field(alias="as")
    lang: Lang
    question: str | None = None
    turns: list[str] = []
    given: dict[str, str] = {}
    quoted: bool = False
    expect: Expect

    @model_validator(mode="after")
    def _asked(self) -> "Case":
        if bool(self.question) == bool(self.turns):
            raise ValueError("a case has either a question or turns")
        return self

    @property
    def asked(self) -> list[str]:
        """Everything that is said, in order."""
        return self.turns or [self.question or ""]


class Suite(BaseModel):
    """Cases that belong together."""

    name: str
    cases: list[Case]


def load_suite(file: Path) -> Suite:
    """One suite; SuiteProblems lists everything that is wrong with it."""
    tree = yaml.safe_load(file.read_text(encoding="utf-8"))
    defaults = tree.get("defaults", {})
    cases: list[Case] = []
    problems: list[str] = []
    for number, row in enumerate(tree["cases"], start=1):
        try:
            case = Case.model_validate({**defaults, **row})
        except ValidationError as error:
            problems += [f"{row.get('id', number)}: {one['loc']} {one['msg']}" for one in error.errors()]
            continue
        if any(case.id == other.id for other in cases):
            problems.append(f"{case.id}: twice")
        cases.append(case)
    if problems:
        raise SuiteProblems(file.name, problems)
    return Suite(name=file.stem, cases=cases)


def load_suites(names: list[str] | None = None, folder: Path = SUITES) -> list[Suite]:
    """The suites of these names, or all of them; SuiteProblems for a name there is none of."""
    files = {file.stem: file for file in sorted(folder.glob("*.yaml")) if not owns(file.stem)}
    missing = [name for name in names or [] if name not in files]
    if missing:
        raise SuiteProblems(str(folder.name), missing)
    return [load_suite(files[name]) for name in names or files]
