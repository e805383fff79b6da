"""The table of every record and field, as `docs/howto/import.md` has it."""

from collections.abc import Iterator

from connectors.records.kinds import Field, Link, RecordKind, record_kinds
from core.wording import Lang, say


def reference(lang: Lang) -> str:
    """Markdown: one section a kind of record, one line a field or link."""
    return "\n\n".join("\n".join(_section(kind, lang)) for kind in record_kinds().values())


def _section(kind: RecordKind, lang: Lang) -> Iterator[str]:
    yield f"### `{kind.name}`"
    yield ""
    yield say("import.kind.head", lang)
    yield "|---|---|---|"
    for field in kind.fields.values():
        yield _line(kind.name, field.name, field.required, _type(field, lang), lang)
    for link in kind.links.values():
        yield _line(kind.name, link.name, link.required, _link(link, lang), lang)


def _line(record: str, name: str, required: bool, of: str, lang: Lang) -> str:
    shown = f"**`{name}`**" if required else f"`{name}`"
    return f"| {shown} | {of} | {say(f'import.field.{record}.{name}', lang)} |"


def _type(field: Field, lang: Lang) -> str:
    kind = say(f"import.kind.{field.kind}", lang)
    return f"{kind} " + ", ".join(f"`{choice}`" for choice in field.choices) if field.choices else kind


def _link(link: Link, lang: Lang) -> str:
    return say("import.kind.link", lang, target=f"`{link.target}`", match=link.match)
