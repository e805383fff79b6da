"""A page of HTML as the plain text a reader sees; nothing in it runs or is fetched."""

import re
import warnings

from bs4 import BeautifulSoup, MarkupResemblesLocatorWarning, Tag, XMLParsedAsHTMLWarning
from bs4.element import NavigableString

UNSEEN = ("script", "style", "head", "title", "noscript", "template", "object", "iframe", "svg", "form", "meta", "link")
BLOCKS = ("p", "div", "tr", "table", "ul", "ol", "li", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "section", "article")
QUOTES = ("blockquote", ".gmail_quote_container > blockquote", ".yahoo_quoted", ".moz-email-headers-table")
HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d])|mso-hide\s*:\s*all", re.I)
LARGEST = 5_000_000
MARKED = "\n> "


def soup_of(page: str) -> BeautifulSoup:
    """The tree of a page."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MarkupResemblesLocatorWarning)
        warnings.simplefilter("ignore", XMLParsedAsHTMLWarning)
        return BeautifulSoup(page[:LARGEST], "html.parser")


def page_text(page: str) -> str:
    """What a page says, a line a block; quotations carry the mark ">" that plain mails give them."""
    soup = soup_of(page)
    for unseen in soup(list(UNSEEN)):
        unseen.decompose()
    for tag in soup.find_all(style=HIDDEN):
        if not tag.decomposed:
            tag.decompose()
    for quote in soup.select(", ".join(QUOTES)):
        if not quote.decomposed:
            inside = tag_text(quote)
            marked = "\n> ".join(line for line in inside.splitlines() if line.strip())
            quote.replace_with(MARKED + marked)
    return tag_text(soup)


def tag_text(tag: Tag) -> str:
    """The text inside a tag, with line breaks where blocks begin and end."""
    lines = [""]
    inside: list[Tag] = []
    for node in tag.descendants:
        while inside and inside[-1] is not node.parent:
            _break(lines, inside.pop())
        if isinstance(node, Tag):
            inside.append(node)
            if node.name == "br":
                lines.append("")
            _break(lines, node)
        elif type(node) is NavigableString:
            _say(lines, str(node))
    said = "\n".join(line.replace("\u00a0", " ").strip() for line in lines)
    return re.sub(r"\n{3,}", "\n\n", said).strip()


def _break(lines: list[str], tag: Tag) -> None:
    """A block stands on lines of its own; a paragraph keeps its distance, but not where each line is one."""
    if tag.name in BLOCKS and lines[-1].strip(" "):
        lines += ["", ""] if tag.name == "p" and "MsoNormal" not in (tag.get("class") or ()) else [""]


def _say(lines: list[str], text: str) -> None:
    if text.startswith(MARKED):
        # A quotation put there by us, with its line breaks; anything else is laid out by tags.
        lines += [*text.strip("\n").split("\n"), ""]
    else:
        lines[-1] += re.sub(r"[ \t\r\n\f]+", " ", text)
