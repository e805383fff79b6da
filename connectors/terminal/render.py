"""A reply as text for a terminal: the words, the table, and where the numbers came from."""

from collections.abc import Mapping
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table as Grid

from connectors.rendering.reply import receipt_parts
from core.cells import cell_text
from core.ports import Labels
from core.reply import Cell, Column, Receipt, Reply, Table
from core.wording import Lang, say


@dataclass(frozen=True)
class Screen:
    """Where replies are shown, what columns are called there, and the company's currency."""

    console: Console
    labels: Labels
    currency: str = ""

    def show(self, reply: Reply, *, text: bool = True) -> None:
        """Print a reply; without its `text` where that was streamed already."""
        if text:
            self._print(reply.text)
        if reply.table and reply.table.rows:
            self.console.print(self._grid(reply.table, reply.lang))
        for receipt in reply.receipts:
            self._print(self._receipt(receipt, reply.lang))
        for source in reply.sources:
            self._print(say("cli.shown.source", reply.lang, quote=source.quote, at=source.at))
        if reply.suggestions:
            self._print(say("cli.shown.suggestions", reply.lang, offers=" · ".join(reply.suggestions)))

    def _print(self, text: str) -> None:
        self.console.print(text, markup=False, highlight=False, soft_wrap=True)

    def _grid(self, table: Table, lang: Lang) -> Grid:
        names = self.labels(lang)
        grid = Grid(caption=say("cli.shown.truncated", lang) if table.truncated else None)
        for column in table.columns:
            words = column.unit in (None, "date")
            grid.add_column(names.get(column.name, column.name), justify="left" if words else "right")
        for row in table.rows:
            grid.add_row(*(self._cell(*one, lang, names) for one in zip(row, table.columns, strict=True)))
        return grid

    def _cell(self, cell: Cell, column: Column, lang: Lang, names: Mapping[str, str]) -> str:
        return cell_text(cell, column, lang, currency=self.currency, names=names).replace("[", r"\[")

    def _receipt(self, receipt: Receipt, lang: Lang) -> str:
        names = self.labels(lang)
        metric, *others = receipt_parts(receipt, names)
        return say("cli.shown.receipt", lang, told=" · ".join((metric, receipt.definition, *others)), rows=receipt.rows)
