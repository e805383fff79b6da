"""Slack's mark-up as plain words: mentions, links and the three characters it escapes."""

import re
import unicodedata
from collections.abc import Collection
from html import unescape

# Accepts e.g. "<@U12>", "<@U12|dana>", "<#C3|deals>", "<!here>", "<https://a.example|a.example>", "<mailto:d@b.c|d>".
MARK = re.compile(r"<(?P<kind>[@#!]?)(?P<what>[^|<>\n]+)(?:\|(?P<label>[^<>\n]*))?>")
MENTION = re.compile(r"<@(?P<user>[A-Z0-9]+)(?:\|[^<>\n]*)?>")


def plain(text: str, us: Collection[str] = ()) -> str:
    """What the text says to a reader; the mention of ourselves that opens or closes it is no part of it."""
    for user in us:
        opened = re.match(rf"\s*<@{re.escape(user)}(?:\|[^<>\n]*)?>", text)
        text = _after_call(text[opened.end() :]) if opened else text
        text = re.sub(rf"\s*<@{re.escape(user)}(?:\|[^<>\n]*)?>\s*$", "", text)
    return unescape(MARK.sub(_shown, text)).strip()


def _after_call(text: str) -> str:
    """The text behind a name that was called: without the comma or colon, of whatever width, that ends the call."""
    text = text.lstrip()
    return text[1:].lstrip() if text and unicodedata.normalize("NFKC", text[0]) in (",", ":") else text


def mentions(text: str) -> list[str]:
    """The accounts that the text names, each once, in order."""
    return list(dict.fromkeys(found["user"] for found in MENTION.finditer(text)))


def _shown(found: re.Match[str]) -> str:
    kind, what, label = found["kind"], found["what"], found["label"]
    if kind in ("@", "#"):
        return f"{kind}{(label or what).lstrip(kind)}"
    if kind == "!":
        return label or f"@{what.partition('^')[0]}"
    return label or what.removeprefix("mailto:")
