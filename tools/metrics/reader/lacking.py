"""Who or what is said to lack something: `who hasn't visited any customer`, `哪些客户没有拜访过`."""

from tools.metrics.lexicon.tokens import words_of
from tools.metrics.lexicon.words import word_set
from tools.metrics.reader.items import Line

RECORD_OF = {"account": "account", "product": "product", "rep": "person", "manager": "person"}
"""The kind of record of those dimensions whose values are records."""

OBJECTS = {"rep": ("account",), "manager": ("account",), "account": ("rep",), "product": ("account", "rep")}
"""What may only say to or by whom: without a visit to any customer is without a visit."""


def subject_of(line: Line) -> str | None:
    """The dimension that is asked after; None where it can't be told.

    The head of a Chinese clause (`没拜访客户的销售`), else whatever comes first. `who` that comes first is a rep, or a
    customer where something is done to them or they do it: `who have we not visited`, `who has bought nothing`.
    """
    named = [at for at in line.of("dimension") if line[at].get("dimension") in RECORD_OF]
    if named and _heads(line, named[-1]):
        return line[named[-1]].get("dimension")
    asked = next((at for at in line.places("who") if _lacks(line, at) or not named), None)
    if asked is not None and (not named or asked < named[0]):
        return "account" if _of_customers(line, asked) else "rep"
    if named:
        return line[named[0]].get("dimension")
    return "account" if line.places("buy") else None


def use_objects(line: Line, subject: str) -> None:
    """Mark what only says to or by whom as understood; in `customers whose rep has no visits` the rep says more.

    To be asked before the cues of lacking are used.
    """
    line.use("nobody")
    lacking = min(line.places("never"), default=len(line))
    named = line.of("dimension")
    described = bool(named) and _heads(line, named[-1])
    for at in named:
        if line[at].get("dimension") not in OBJECTS[subject] or _says(line, at - 1, at, "of"):
            continue
        if at > lacking or described or _says(line, at - 1, at, "single"):
            line[at].use("dimension", line[at].get("dimension"))


def _heads(line: Line, at: int) -> bool:
    """Whether a clause that lacks something describes it, as in `没有订单的客户`."""
    return _says(line, at - 1, at, "of") and any(place < at for place in line.places("never"))


def _lacks(line: Line, at: int) -> bool:
    """Whether what comes next is that something is lacking."""
    after = line.after(at)
    while after is not None and line[after].kind == "period":
        after = line.after(after)
    return after is not None and line[after].cue("never")


def _of_customers(line: Line, asked: int) -> bool:
    """Whether `who` means customers: they buy, and we do things to them."""
    if line.places("buy") or any(at < asked for at in line.places("never")):
        return True
    verb = next(iter(line.of("metric")), len(line))
    return _says(line, asked + 1, verb, "passive") or _says(line, asked + 1, verb, "ourselves")


def _says(line: Line, first: int, end: int, words: str) -> bool:
    return any(
        word_set(words).intersection(words_of(line[at].text)) for at in range(max(first, 0), min(end, len(line)))
    )
