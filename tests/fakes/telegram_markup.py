"""What Telegram makes of a text with HTML mark-up: its visible characters, or why it refuses it."""

import re
from html.parser import HTMLParser

PLAIN_TAGS = {"b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "code", "pre", "tg-spoiler", "blockquote"}
ENTITIES = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
ALLOWED = {
    "a": {"href"},
    "span": {"class"},
    "code": {"class"},
    "blockquote": {"expandable"},
    "tg-emoji": {"emoji-id"},
}


class BadMarkup(Exception):
    """The text can't be parsed."""


class _Reader(HTMLParser):
    """Reads as strictly as Telegram does."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.text: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in PLAIN_TAGS | set(ALLOWED):
            raise BadMarkup(f'Unsupported start tag "{tag}" at byte offset {len("".join(self.text))}')
        if tag == "span" and ("class", "tg-spoiler") not in attrs:
            raise BadMarkup('Tag "span" must have class "tg-spoiler"')
        self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        raise BadMarkup(f'Unsupported start tag "{tag}/"')

    def handle_endtag(self, tag: str) -> None:
        if not self.open:
            raise BadMarkup(f"Unexpected end tag at byte offset {len(''.join(self.text))}")
        if self.open[-1] != tag:
            raise BadMarkup(f'Unmatched end tag, expected "</{self.open[-1]}>", found "</{tag}>"')
        self.open.pop()

    def handle_data(self, data: str) -> None:
        if "<" in data:
            raise BadMarkup('Unsupported start tag ""')
        self.text.append(data)

    def handle_entityref(self, name: str) -> None:
        self.text.append(ENTITIES.get(name, f"&{name};"))

    def handle_charref(self, name: str) -> None:
        self.text.append(chr(int(name[1:], 16) if name[0] in "xX" else int(name)))

    def handle_comment(self, data: str) -> None:
        raise BadMarkup('Unsupported start tag "!--"')

    def handle_decl(self, decl: str) -> None:
        raise BadMarkup('Unsupported start tag "!"')

    def handle_pi(self, data: str) -> None:
        raise BadMarkup('Unsupported start tag "?"')


def visible(text: str, parse_mode: str | None) -> str:
    """What people read; BadMarkup as Telegram words it."""
    if parse_mode is None:
        return text.strip()
    if parse_mode != "HTML":
        raise BadMarkup(f"this server reads HTML, not {parse_mode}")
    if re.search(r"<(?![a-zA-Z/])", text):
        raise BadMarkup('Unsupported start tag ""')
    reader = _Reader()
    reader.feed(text)
    reader.close()
    if reader.open:
        raise BadMarkup(f'Can\'t find end tag corresponding to start tag "{reader.open[-1]}"')
    return "".join(reader.text).strip()


def length(text: str) -> int:
    """Telegram's measure of a text: UTF-16 code units."""
    return len(text.encode("utf-16-le")) // 2
