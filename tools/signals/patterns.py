"""The notation of the grammar files, made into regular expressions.

`{name}` is any word of that list. In English a space is any white space, an apostrophe may be missing, ` ~ ` is up to
four words and ` ~9 ` up to nine; in Chinese `~` is up to eight characters of one clause, and from `~12` on of one
sentence. `{Name}` is a word with a capital that begins no sentence as a rule. E.g. `can't ~ afford` takes "cant really
afford".
"""

import re

from core.wording import Lang

REF = re.compile(r"\{([a-z_]+)\}")
GAP = re.compile(r" ?~(\d*) ?")
NOT_NAMES = (
    "We|You|I|The|They|Our|Your|My|It|If|In|On|At|And|But|So|Is|Are|Do|Does|Did|Can|Could|Will|Would|Why|How|What|Who"
    "|Which|When|Where|There|This|That|These|Those|Please|Dear|Hi|Hello|Yes|No|Not|Nice|Sir|Sirs|Mr|Mrs|Ms|Dr|Father"
    "|January|February|March|April|May|June|July|August|September|October|November|December|Monday|Tuesday|Wednesday"
    "|Thursday|Friday|Saturday|Sunday|One|Two|Both|Some|Any|All|For|From|With|As|An|Great|Good|Then|Also|Just|Let|Let's"
    "|Finance|Legal|Procurement|Purchasing|IT|HR|CEO|CFO|CTO|COO|API|SSO|PO|PDF|OK|VAT"
)
NAME = rf"(?-i:(?=[A-Z])(?!(?:{NOT_NAMES})(?![\w']))[A-Z][\w&+]*[a-z0-9A-Z](?:[ -][A-Z][\w&+]+)?)"
WORD = r"[^\s.!?;\n]+"
CHARS, CLAUSE_CHARS = r"[^.!?;\n]", r"[^,.!?;\n]"
SENTENCE_FROM = 12
SHORTENED = {"your": "ur", "you": "u", "please": "pls|plz", "because": "cuz|cos"}


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
    for word, short in SHORTENED.items():
        piece = re.sub(rf"\b{word}\b", f"(?:{word}|{short})", piece)
    return piece.replace("'", "'?").replace(" ", r"\s+")


def _chinese(pattern: str) -> str:
    return GAP.sub(_gap, pattern).replace("{Name}", NAME)


def _gap(gap: re.Match[str]) -> str:
    most = int(gap.group(1) or 8)
    return rf"{CHARS if most >= SENTENCE_FROM else CLAUSE_CHARS}{{0,{most}}}?"
