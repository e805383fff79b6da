"""A reply as text for a terminal: the words, the table, and where the numbers came from."""

from dataclasses import dataclass
from decimal import Decimal

from rich.console import Console
from rich.table import Table as Grid

from core.language import format_number
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
            grid.add_row(*(self._cell(cell, column, lang) for cell, column in zip(row, table.columns, strict=True)))
        return grid

    def _cell(self, cell: Cell, column: Column, lang: Lang) -> str:
        if cell is None:
            return ""
        if isinstance(cell, str):
            return cell.replace("[", r"\[")
        return format_number(Decimal(str(cell)), column.unit, lang, self.currency)

    def _receipt(self, receipt: Receipt, lang: Lang) -> str:
        names = self.labels(lang)
        filters = ", ".join(f"{names.get(name, name)}: {' / '.join(kept)}" for name, kept in receipt.filters.items())
        period = f"{receipt.period.label} ({receipt.period.from_} – {receipt.period.to})" if receipt.period else ""
        told = (names.get(receipt.metric, receipt.metric), receipt.definition, period, filters, receipt.scope)
        return say("cli.shown.receipt", lang, told=" · ".join(part for part in told if part), rows=receipt.rows)
