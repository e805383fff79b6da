"""An answer in words. The planner speaks with it, and so does every model that failed the check of figures."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from langchain_core.messages import ToolMessage

from agent.acting import render_acting
from agent.heard import render_heard, render_known
from agent.phrases import Phrases, Reader, amount, phrases_of, records_of, stages_of, with_scope
from agent.wording import has_sentence, word
from core.cells import GRAINS
from core.reply import Cell, Column, Status, Table
from tools.metrics.catalogue import load_catalogue
from tools.metrics.codec import answer_from_json
from tools.metrics.display import Display
from tools.metrics.query import Answer, MetricQuery, RecordQuery
from tools.metrics.tools import refusal_text

TOP = 3
SUMS = ("money", "count")
SEE_NOTHING = ("trainer", "admin")
__all__ = ["Reader", "render_answer", "render_results", "render_talk"]


def render_results(results: Sequence[ToolMessage], reader: Reader) -> str:
    """What tools found, one paragraph a result."""
    return "\n".join(dict.fromkeys(_result(message.artifact, reader) for message in results if message.artifact))


def render_talk(intent: str, reader: Reader) -> str:
    """The planner's words for an intent that needs no record."""
    words = {part: word(f"{part}.{reader.role}", reader.lang) for part in ("roles", "records")}
    sees = reader.role not in SEE_NOTHING
    told = {"name": reader.name, "role": words["roles"], "records": words["records"], "sees": sees}
    return word(f"talk.{intent}", reader.lang, **told)


def _result(artifact: dict[str, Any], reader: Reader) -> str:
    if "answer" in artifact:
        display = Display(reader.lang, artifact["currency"], artifact["labels"], artifact["values"], artifact["units"])
        return render_answer(answer_from_json(artifact["answer"]), display, reader)
    if "heard" in artifact:
        return render_heard(artifact["heard"], reader)
    if "acting" in artifact:
        return render_acting(artifact["acting"], reader)
    if "known" in artifact:
        return render_known(artifact["known"], reader)
    if "definition" in artifact:
        told = {name: artifact[name] for name in ("label", "definition", "owner")}
        return word("definitions.metric", reader.lang, **told)
    if "near" in artifact:
        return word("definitions.unknown", reader.lang, name=artifact["name"], near=artifact["near"])
    labels = [one["label"] for one in artifact["metrics"]]
    return word("definitions.list", reader.lang, labels=labels, dimensions=artifact["dimensions"])


def render_answer(answer: Answer, display: Display, reader: Reader) -> str:
    """One answer in the reader's language; every figure in it is a cell of its table."""
    if answer.refusal is not None:
        offers = list(answer.refusal.offers)
        return word("answers.refused", reader.lang, why=refusal_text(answer, reader.lang), offers=offers)
    question, table = answer.question, answer.table
    assert question is not None
    assert table is not None
    phrases = phrases_of(question, display, reader)
    if isinstance(question, RecordQuery):
        return _Records(answer, display, reader, phrases).text(question, table)
    return _Numbers(answer, display, reader, phrases).text(question, table)


class _Sentence:
    """What wording any answer needs at hand."""

    def __init__(self, answer: Answer, display: Display, reader: Reader, phrases: Phrases) -> None:
        self._answer = answer
        self._display = display
        self._reader = reader
        self._phrases = phrases

    def _say(self, key: str, **variables: object) -> str:
        common = {"who": self._phrases.who, "about": self._phrases.about}
        common |= {"when": self._phrases.when, "scope": self._phrases.scope}
        return word(key, self._reader.lang, **(common | variables))

    def _cell(self, value: Cell, column: Column) -> str:
        return self._display.cell(value, column)

    def _label(self, name: str) -> str:
        return self._display.label(name)


class _Records(_Sentence):
    """Records that were looked up."""

    def text(self, question: RecordQuery, table: Table) -> str:
        """Which records there are, and the first of them."""
        if self._answer.status is Status.EMPTY:
            self._phrases = with_scope(self._phrases, self._reader)
            kind = "list" if question.never is None else "lacking"
            return self._say("answers.empty", kind=kind, metric="", records=records_of(question, self._display))
        common = {"records": records_of(question, self._display), "stage": stages_of(question, self._display)}
        if question.count:
            count = self._cell(table.rows[0][0], table.columns[0])
            return self._say("answers.count", count=count, one=count == "1", **common)
        self._phrases = with_scope(self._phrases, self._reader)
        single = len(table.rows) == 1 or bool(question.fields)
        top = [self._row(row, table.columns, question, whole=single) for row in table.rows[:TOP]]
        key = "record" if len(table.rows) == 1 else "records"
        return self._say(f"answers.{key}", count=len(table.rows), top=top, **common)

    def _row(self, row: Sequence[Cell], columns: Sequence[Column], question: RecordQuery, *, whole: bool) -> str:
        """A record's name, and its other fields with their labels, or just the one that records are ordered by."""
        shown = {c.name: (self._cell(v, c), c) for v, c in zip(row, columns, strict=True) if v is not None}
        first, *rest = shown.values()
        if not whole:
            size = shown.get(question.order_by or "")
            return word("answers.sized", self._reader.lang, name=first[0], value=size[0]) if size else first[0]
        labelled = [word("answers.field", self._reader.lang, label=self._label(c.name), value=v) for v, c in rest]
        return word("who.comma", self._reader.lang).join([first[0], *labelled])


class _Numbers(_Sentence):
    """Numbers, by the shape of their table."""

    def text(self, question: MetricQuery, table: Table) -> str:
        """The sentence that fits the shape."""
        if self._answer.status is Status.EMPTY:
            return self._empty(question, table)
        self._group = len(question.group_by) + (1 if _pairs(question) and not question.group_by else 0)
        if self._group == 0:
            return self._scalar(question, table)
        if question.compare_values and len(table.rows) == 2:
            return self._pair(table)
        if question.compare is not None:
            return self._changes(question, table)
        if len(question.group_by) == 1 and len(question.metrics) == 1:
            return self._trend(question, table) if question.group_by[0] in GRAINS else self._ranking(question, table)
        return self._table(question, table)

    @property
    def _main(self) -> int:
        return self._group

    def _empty(self, question: MetricQuery, table: Table) -> str:
        column = table.columns[len(question.group_by)]
        kind = "list" if question.group_by else "sum" if column.unit in SUMS else "rate"
        kind = "rate" if question.metrics[0].startswith("avg") else kind
        return self._say("answers.empty", kind=kind, metric=self._label(column.name))

    def _scalar(self, question: MetricQuery, table: Table) -> str:
        row, column = table.rows[0], table.columns[0]
        if question.compare is not None and len(question.metrics) == 1:
            return self._comparison(row, table.columns)
        if len(question.metrics) > 1:
            shown = [
                {"label": self._label(c.name), "value": self._cell(v, c)}
                for v, c in zip(row, table.columns, strict=True)
            ]
            return self._say("answers.several", items=shown)
        value = self._cell(row[0], column)
        if question.distinct:
            metric, dimension = self._label(question.metrics[0]), self._label(question.distinct)
            said = {"metric": metric, "value": value, "dimension": dimension, "one": value == "1"}
            return self._say("sentences.distinct", **said)
        if question.average is not None and len(row) == 2:
            return self._average(question, table)
        key = f"sentences.{column.name}"
        key = key if has_sentence(key, self._reader.lang) else "sentences.default"
        return self._say(key, metric=self._label(column.name), value=value, one=value == "1")

    def _average(self, question: MetricQuery, table: Table) -> str:
        own, average = (self._cell(value, column) for value, column in zip(table.rows[0], table.columns, strict=True))
        group = word(f"groups.{question.average}", self._reader.lang)
        metric = self._label(table.columns[0].name)
        return self._say("answers.average", metric=metric, value=own, average=average, group=group)

    def _comparison(self, row: Sequence[Cell], columns: Sequence[Column]) -> str:
        cells = dict(zip((column.name for column in columns), row, strict=True))
        column = columns[0]
        change = self._change(cells, column)
        return self._say(
            "answers.comparison",
            metric=self._label(column.name),
            value=self._cell(row[0], column),
            baseline=self._cell(row[1], column),
            baseline_label=self._baseline_label(),
            **change,
        )

    def _baseline_label(self) -> str:
        period = self._answer.receipts[0].compared_with
        return period.label if period else ""

    def _change(self, cells: dict[str, Cell], column: Column) -> dict[str, str]:
        """Which way a number went, and by how much: rates in points, the rest in per cent where there is one."""
        change, ratio = cells.get(f"{column.name}_change"), cells.get(f"{column.name}_change_ratio")
        if change is None or isinstance(change, str):
            return {"direction": "none", "change": "", "ratio": "", "points": ""}
        moved = Decimal(str(change))
        direction = "flat" if moved == 0 else "up" if moved > 0 else "down"
        by_ratio = "" if ratio is None else amount(Decimal(str(ratio)), "ratio", self._display)
        points = self._points(moved) if column.unit == "ratio" else ""
        return {
            "direction": direction,
            "change": points or amount(moved, column.unit, self._display),
            "ratio": "" if points else by_ratio,
            "points": points,
        }

    def _points(self, moved: Decimal) -> str:
        number = amount(moved * 100, None, self._display)
        return word("who.points", self._reader.lang, value=number)

    def _pair(self, table: Table) -> str:
        place, column = self._main, table.columns[self._main]
        first, second = (self._item(row, table) for row in table.rows)
        cells = dict(zip((one.name for one in table.columns), table.rows[0], strict=True))
        assert place
        self._phrases = with_scope(self._phrases, self._reader)
        change = self._change(cells, column)
        return self._say("answers.pair", metric=self._label(column.name), first=first, second=second, **change)

    def _changes(self, question: MetricQuery, table: Table) -> str:
        column = table.columns[self._main]
        items = []
        for row in table.rows[:TOP]:
            cells = dict(zip((one.name for one in table.columns), row, strict=True))
            change = self._change(cells, column)
            items.append(self._item(row, table) | change | {"ratio": change["points"] or change["ratio"]})
        dimension = self._dimensions(question)
        shown = {"items": items, "count": len(table.rows), "dimension": dimension}
        return self._say(
            "answers.changes", metric=self._label(column.name), baseline_label=self._baseline_label(), **shown
        )

    def _trend(self, question: MetricQuery, table: Table) -> str:
        rows = [row for row in table.rows if row[self._main] is not None]
        ranked = sorted(rows, key=lambda row: Decimal(str(row[self._main])))
        first, last = (self._item(rows[place], table) for place in (0, -1))
        low, high = (self._item(ranked[place], table) for place in (0, -1))
        shown = {"first": first, "last": last, "low": low, "high": high, "cumulative": question.cumulative}
        column = table.columns[self._main]
        return self._say(
            "answers.trend", metric=self._label(column.name), dimension=self._dimensions(question), **shown
        )

    def _ranking(self, question: MetricQuery, table: Table) -> str:
        top = [self._item(row, table) for row in table.rows[:TOP]]
        column = table.columns[self._main]
        self._phrases = with_scope(self._phrases, self._reader)
        if question.having:
            dimension = self._dimensions(question)
            told = self._say("answers.matching", top=top, dimension=dimension, count=len(table.rows))
            return told + self._left_out(question)
        told = self._say(
            "answers.ranking",
            metric=self._label(column.name),
            dimension=self._dimensions(question),
            top=top,
            only=len(table.rows) == 1 and question.limit is None,
            lowest=question.order == "asc",
            count=len(table.rows),
        )
        return told + self._left_out(question)

    def _left_out(self, question: MetricQuery) -> str:
        """That who has nothing at all is not among the lowest: there is no row to count for them."""
        low = [one.metric for one in question.having if one.op in ("under", "at_most")]
        low += [question.metrics[0]] if question.order == "asc" else []
        counted = any(load_catalogue().metrics[name].additive for name in low)
        return word("answers.left_out", self._reader.lang) if counted else ""

    def _table(self, question: MetricQuery, table: Table) -> str:
        column = table.columns[self._main]
        rows = [row for row in table.rows if row[self._main] is not None]
        best = sorted(rows, key=lambda row: Decimal(str(row[self._main])), reverse=question.order != "asc")[:1]
        metrics = word("who.comma", self._reader.lang).join(self._label(name) for name in question.metrics)
        return self._say(
            "answers.table",
            metric=metrics if len(question.metrics) > 1 else self._label(column.name),
            dimension=self._dimensions(question),
            top=[self._item(row, table) for row in best],
            lowest=question.order == "asc",
            count=len(table.rows),
        )

    def _dimensions(self, question: MetricQuery) -> str:
        return word("who.and", self._reader.lang).join(self._label(name) for name in question.group_by)

    def _item(self, row: Sequence[Cell], table: Table) -> dict[str, str]:
        """A group's name, number and share."""
        names = [self._cell(value, column) for value, column in zip(row, table.columns, strict=True)][: self._main]
        cells = dict(zip((column.name for column in table.columns), row, strict=True))
        column = table.columns[self._main]
        share = cells.get(f"{column.name}_share")
        unknown = word("who.unknown", self._reader.lang)
        return {
            "name": word("who.comma", self._reader.lang).join(name or unknown for name in names),
            "value": self._cell(row[self._main], column),
            "share": "" if share is None else amount(Decimal(str(share)), "ratio", self._display),
        }


def _pairs(question: MetricQuery) -> bool:
    return question.compare_values
