"""What a message shows, in order and in words, before any channel's mark-up: the same in all of them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from connectors.rendering.tables import Reader
from connectors.rendering.text import clean, cut, one_line, seen
from core.cells import day_text
from core.channels import Button, Content
from core.ports import Labels
from core.reply import Receipt, ReceiptPeriod, Reply, Source, Table
from core.wording import Lang, say

ASK = "ask"
"""The verb of a button that asks what stands on it: `ask:question`."""
MOST_RECEIPTS, MOST_SOURCES, MOST_SUGGESTIONS = 3, 5, 5
LONGEST_QUOTE = 300


@dataclass(frozen=True, slots=True)
class Shown:
    """A message in parts that every channel has some way to show."""

    reader: Reader
    title: str
    texts: tuple[str, ...]
    fields: tuple[tuple[str, str], ...]
    table: Table | None
    receipts: tuple[str, ...]
    sources: tuple[str, ...]
    buttons: tuple[tuple[Button, ...], ...]
    """Suggestions are the last row."""

    @property
    def lang(self) -> Lang:
        """The language that it is in."""
        return self.reader.lang


def shown_of(content: Content, labels: Labels, currency: str = "") -> Shown:
    """What `content` shows; never nothing at all. A reply's language is the message's."""
    reply = content.reply
    lang: Lang = reply.lang if reply else content.lang
    names = labels(lang)
    table = reply.table if reply and reply.table and reply.table.columns else None
    title = one_line(content.title or "")
    fields = tuple((one_line(name), clean(value).strip()) for name, value in content.fields)
    texts = tuple(text for text in _texts(content) if seen(text))
    if not (seen(title) or texts or fields or (table and table.rows)):
        texts = (say("rendering.working" if content.busy else "rendering.nothing", lang),)
    return Shown(
        reader=Reader(names, lang, currency),
        title=title if seen(title) else "",
        texts=texts,
        fields=fields,
        table=table if table and table.rows else None,
        receipts=receipt_lines(reply, names) if reply else (),
        sources=source_lines(reply) if reply else (),
        buttons=(*(row for row in content.buttons if row), *_suggested(reply)),
    )


def _texts(content: Content) -> Iterator[str]:
    yield clean(content.text)
    if content.reply:
        yield clean(content.reply.text)


def _suggested(reply: Reply | None) -> Iterator[tuple[Button, ...]]:
    offers = [one_line(offer) for offer in reply.suggestions[:MOST_SUGGESTIONS]] if reply else []
    buttons = tuple(Button(label=offer, value=f"{ASK}:{offer}") for offer in offers if offer)
    if buttons:
        yield buttons


def receipt_lines(reply: Reply, names: Mapping[str, str]) -> tuple[str, ...]:
    """Where the numbers come from, each kind of number once."""
    lines = dict.fromkeys(" · ".join(receipt_parts(receipt, names)) for receipt in reply.receipts)
    return tuple(say("rendering.receipt", reply.lang, told=one_line(line)) for line in [*lines][:MOST_RECEIPTS])


def receipt_parts(receipt: Receipt, names: Mapping[str, str]) -> list[str]:
    """What was counted, when, of what and whose, as far as there is something to say."""
    filters = ", ".join(
        f"{names.get(name, name)}: {' / '.join(names.get(f'{name}={value}', value) for value in kept)}"
        for name, kept in receipt.filters.items()
    )
    told = (names.get(receipt.metric, receipt.metric), period_of(receipt.period), filters, receipt.scope)
    return [part for part in told if part]


def period_of(period: ReceiptPeriod | None) -> str:
    """The period's name with its days, which are not said twice."""
    if period is None:
        return ""
    days = period.from_ if period.from_ == period.to else f"{period.from_} – {period.to}"
    return f"{period.label} ({days})" if period.label and period.label != days else days


def source_lines(reply: Reply) -> tuple[str, ...]:
    """What was said, by whom and when; those that are left out are counted."""
    lines = [_source(source, reply.lang) for source in reply.sources[:MOST_SOURCES]]
    left = len(reply.sources) - len(lines)
    return (*lines, *([say("rendering.more_sources", reply.lang, count=left)] if left else []))


def _source(source: Source, lang: Lang) -> str:
    second = source.second
    moment = f"{int(second) // 60}:{int(second) % 60:02}" if second is not None else ""
    told = " · ".join(part for part in (one_line(source.account or ""), day_text(source.at, lang), moment) if part)
    return say("rendering.source", lang, quote=cut(one_line(source.quote), LONGEST_QUOTE), told=told)
