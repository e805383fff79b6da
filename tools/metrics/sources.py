"""Rows of one kind of record within the asker's scope, joined to what a question names."""

from typing import Any, cast

from sqlalchemy import ColumnElement, FromClause, Numeric, and_, func
from sqlalchemy import cast as sql_cast

from core.errors import Bug
from db.scope import Scope
from db.tables import RECORDS, Base
from tools.metrics.entries import Catalogue, Dimension, Field, has_path

Column = ColumnElement[Any]
Named = Field | Dimension


def model_of(record: str) -> type[Base]:
    """The table class of a kind of record."""
    return cast("type[Base]", RECORDS[record])


def rows_of(scope: Scope, catalogue: Catalogue, record: str, name: str) -> FromClause:
    """The rows of `record` the asker may see; people and products are open to everyone."""
    if catalogue.records[record].open:
        return cast(FromClause, model_of(record).__table__.alias(name))
    return scope.rows(model_of(record), name)


class Source:
    """The rows to count or list; joins are added as paths are asked for."""

    def __init__(self, scope: Scope, catalogue: Catalogue, record: str, *, name: str = "base") -> None:
        self.record = record
        self._scope = scope
        self._catalogue = catalogue
        self._name = name
        self.base = rows_of(scope, catalogue, record, name)
        self.joined: FromClause = self.base
        self.paid: FromClause | None = None
        self._reached: dict[tuple[str, ...], tuple[str, FromClause]] = {(): (record, self.base)}

    def has(self, path: str) -> bool:
        """Whether `path` can be followed from these rows."""
        return has_path(self._catalogue.records, self.record, path)

    def column(self, path: str, kind: str = "text") -> Column:
        """The column at the end of `path`; rows without the record in between have null."""
        *steps, name = path.split(".")
        if steps and steps[0] == self.record and steps[0] not in self._catalogue.records[self.record].joins:
            steps = steps[1:]
        if steps and steps[-1] == "custom":
            custom = self._reach(tuple(steps[:-1])).c["custom"][name]
            return _typed(custom, kind)
        return cast(Column, self._reach(tuple(steps)).c[name])

    def value(self, named: Named) -> Column:
        """The first of the paths that has a value."""
        columns = [self.column(path, named.type) for path in named.paths if self.has(path)]
        if not columns:
            raise Bug(record=self.record, field=named.name)
        return columns[0] if len(columns) == 1 else func.coalesce(*columns)

    def identity(self, dimension: Dimension) -> Column | None:
        """What tells two values of the same name apart, where the dimension has such a thing."""
        prefixes = [path.rpartition(".")[0] for path in dimension.paths if self.has(path)]
        columns = [self.column(f"{prefix}.id") for prefix in prefixes if prefix]
        if not dimension.identified or not columns:
            return None
        return columns[0] if len(columns) == 1 else func.coalesce(*columns)

    def _reach(self, steps: tuple[str, ...]) -> FromClause:
        if steps in self._reached:
            return self._reached[steps][1]
        parent = self._reach(steps[:-1])
        record = self._reached[steps[:-1]][0]
        own, target = self._catalogue.records[record].joins[steps[-1]]
        rows = rows_of(self._scope, self._catalogue, target, "_".join((self._name, *steps)))
        self.joined = self.joined.outerjoin(rows, and_(parent.c[own] == rows.c.id))
        self._reached[steps] = (target, rows)
        return rows


def _typed(custom: Any, kind: str) -> Column:
    if kind == "boolean":
        return cast(Column, custom.as_boolean())
    text = cast(Column, custom.as_string())
    return sql_cast(text, Numeric(38, 10)) if kind in ("number", "money") else text
