"""The notation of the grammar files, made into regular expressions.

`{name}` is any word of that list. In English a space is any white space, an apostrophe may be missing, ` ~ ` is up to
four words and ` ~9 ` up to nine; in Chinese `~` is up to eight characters of one sentence. `{Name}` is a word with a
capital. E.g. `can't ~ afford` takes "cant really afford".
"""

import re

from core.wording import Lang

REF = re.compile(r"\{([a-z_]+)\}")
GAP = re.compile(r" ?~(\d*) ?")
NAME = r"(?-i:[A-Z][\w&+]*[a-z0-9A-Z](?:[ -][A-Z][\w&+]+)?)"
WORD = r"[^\s.!?;\n]+"
CHARS = r"[^.!?;\n]"


def compile_any(patterns: list[str], words: dict[str, list[str]], lang: Lang) -> re.Pattern[str] | None:
    """One expression for any of the patterns, the first that fits; None for none."""
    if not patterns:
        return None
    return re.compile("|".join(f"(?:{translate(pattern, words, lang)})" for pattern in patterns), re.IGNORECASE)


def translate(pattern: str, words: dict[str, list[str]], lang: Lang) -> str:
    """One pattern of the notation as a regular expression."""
    pattern = _expand(pattern, words)
    return _english(pattern) if lang == "en" else _chinese(pattern)


def _expand(pattern: str, words: dict[str, list[str]]) -> str:
    while True:
        expanded = REF.sub(lambda ref: "(?:" + "|".join(words[ref.group(1)]) + ")", pattern)
        if expanded == pattern:
            return pattern
        pattern = expanded


def _english(pattern: str) -> str:
    pieces: list[str] = []
    last = 0
    for gap in GAP.finditer(pattern):
        pieces.append(_spaced(pattern[last : gap.start()]))
        pieces.append(rf"\s+(?:{WORD}\s+){{0,{gap.group(1) or 4}}}?")
        last = gap.end()
    pieces.append(_spaced(pattern[last:]))
    before = "" if pattern.startswith("\\") else "(?<![A-Za-z0-9])"
    after = "" if pattern.endswith("]") else "(?![A-Za-z])"
    return f"{before}(?:{''.join(pieces)}){after}".replace("{Name}", NAME)


def _spaced(piece: str) -> str:
    return piece.replace("'", "'?").replace(" ", r"\s+")


def _chinese(pattern: str) -> str:
    gapped = GAP.sub(lambda gap: rf"{CHARS}{{0,{gap.group(1) or 8}}}?", pattern)
    return gapped.replace("{Name}", NAME)
