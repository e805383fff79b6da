"""What the sender of an e-mail wrote there: without the mails it quotes, signatures and notices."""

import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml

CUES = Path(__file__).with_name("mail.yaml")
QUOTED = re.compile(r"\s*>+(?:\s|>|$)")
COMPARISON = re.compile(r"\s*>\s*\d")
LONGEST = 2_000
"""Characters of a line that are looked at for cues; a longer one is prose."""


@cache
def mail_cues() -> dict[str, Any]:
    """The words that are recognised in e-mails."""
    tree: dict[str, Any] = yaml.load(CUES.read_text(encoding="utf-8"), yaml.CSafeLoader)
    return tree


def own_words(text: str) -> str:
    """The sender's own words, answers between quoted lines included; empty if there are none."""
    lines = [
        line.rstrip() for line in text.replace("\r\n", "\n").replace("\r", "\n").replace("\u00a0", " ").split("\n")
    ]
    lines = _without_quotes(_before_separator(lines))
    lines = [line for line in lines if not _is(line, *_list("devices"))]
    lines = _without_signature(_without_notices(lines))
    lines = _without_contacts(lines)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


@cache
def _pattern(cue: str) -> re.Pattern[str]:
    return re.compile(cue, re.IGNORECASE)


def _is(line: str, *cues: str) -> bool:
    stripped = line.strip()
    return 0 < len(stripped) <= LONGEST and any(_pattern(cue).fullmatch(stripped) for cue in cues)


def _list(name: str) -> list[str]:
    found: list[str] = mail_cues()[name]
    return found


def _before_separator(lines: list[str]) -> list[str]:
    """The lines before another mail begins that carries no marks of its own."""
    block = mail_cues()["block"]
    for number, line in enumerate(lines):
        if _is(line, *_list("separators")):
            return lines[:number]
        if _is(line, block["first"]) and not QUOTED.match(line):
            after = [one for one in lines[number + 1 : number + 1 + block["within"]] if one.strip()]
            if any(_is(one, block["rest"]) for one in after):
                return _without_rule(lines[:number])
    return lines


def _without_rule(lines: list[str]) -> list[str]:
    """Outlook draws a line before the mail it quotes."""
    kept = list(lines)
    while kept and not kept[-1].strip(" _-—="):
        kept.pop()
    return kept


def _without_quotes(lines: list[str]) -> list[str]:
    kept: list[str] = []
    number = 0
    while number < len(lines):
        length = _intro(lines, number)
        following = next((line for line in lines[number + length :] if line.strip()), "")
        if length and following:
            if not following.lstrip().startswith(">"):
                break
            number = _after_quote(lines, number + length)
        elif QUOTED.match(lines[number]) and not _is_comparison(lines, number):
            number += 1
        else:
            kept.append(lines[number])
            number += 1
    return kept


def _after_quote(lines: list[str], number: int) -> int:
    while number < len(lines) and (not lines[number].strip() or lines[number].lstrip().startswith(">")):
        number += 1
    return number


def _is_comparison(lines: list[str], number: int) -> bool:
    """A line such as "> 50 users" that stands alone says more than fifty; it quotes nobody."""
    beside = [*lines[max(0, number - 1) : number], *lines[number + 1 : number + 2]]
    return COMPARISON.match(lines[number]) is not None and not any(QUOTED.match(line) for line in beside)


def _intro(lines: list[str], number: int) -> int:
    """How many lines from here introduce a quotation; none of them is prose of the sender's own."""
    cues = mail_cues()
    for length in range(1, cues["intro_lines"] + 1):
        run = lines[number : number + length]
        if len(run) < length or not run[-1].strip():
            return 0
        if run[-1].rstrip().endswith(tuple(cues["intro_ends"])):
            shorter = (run[later:] for later in range(1, length))
            alone = any(_introduces(rest) and (_starts(rest) or not _starts(run)) for rest in shorter)
            return length if _introduces(run) and not alone else 0
    return 0


def _starts(run: list[str]) -> bool:
    return _pattern(mail_cues()["intro_starts"]).match(run[0].strip()) is not None


def _introduces(run: list[str]) -> bool:
    cues = mail_cues()
    joined = " ".join(line.strip() for line in run)
    return _is(joined, *cues["intros"]) and _pattern(cues["intro_needs"]).search(joined) is not None


def _without_notices(lines: list[str]) -> list[str]:
    """Without the paragraphs, after the first, in which the sender's firm speaks."""
    kept: list[str] = []
    dropping = False
    for number, line in enumerate(lines):
        starts = number > 0 and not lines[number - 1].strip()
        if starts and any(one.strip() for one in kept) and _is(line, *_list("disclaimers")):
            dropping = True
        elif not line.strip():
            dropping = False
        if not dropping:
            kept.append(line)
    return kept


def _without_signature(lines: list[str]) -> list[str]:
    cues = mail_cues()
    for number, line in enumerate(lines):
        if re.fullmatch(cues["signature_line"], line) and _few(lines[number + 1 :], cues["signature_lines"]):
            lines = lines[:number]
            break
    written = [number for number, line in enumerate(lines) if line.strip()]
    for number in written[-cues["closing_within"] :]:
        formal = _is(lines[number], cues["closings"]["formal"])
        thanks = _is(lines[number], cues["closings"]["thanks"])
        if (formal or thanks) and all(_signs(line) for line in lines[number + 1 :]):
            return lines[: number + thanks] if number > written[0] or thanks else lines
    return lines


def _few(lines: list[str], most: int) -> bool:
    return sum(1 for line in lines if line.strip()) <= most


def _signs(line: str) -> bool:
    """Whether a line may be part of a signature: short, and no sentence."""
    cues = mail_cues()
    width: int = cues["signature_width"]
    if _is(line, cues["contact"], *cues["closings"].values()):
        return len(line.strip()) <= 2 * width
    return len(line.strip()) <= width and not _pattern(cues["sentence"]).search(line.strip())


def _without_contacts(lines: list[str]) -> list[str]:
    """Without a last paragraph that is somebody's card: several short lines, one of which is a way to reach them."""
    while lines and not lines[-1].strip():
        lines = lines[:-1]
    start = next((number + 1 for number in range(len(lines) - 1, -1, -1) if not lines[number].strip()), 0)
    card = lines[start:]
    reachable = any(_is(line, mail_cues()["contact"]) for line in card)
    if start and len(card) > 1 and reachable and all(_signs(line) for line in card):
        return lines[:start]
    return lines
