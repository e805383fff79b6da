"""What to say of a word that means nothing here: it is never passed over."""

from core.reply import Status
from tools.metrics.frame import Refused
from tools.metrics.lexicon.names import Name, allowed_slips
from tools.metrics.lexicon.tokens import wide, words_of
from tools.metrics.lexicon.words import Meaning, phrase_set, word_set
from tools.metrics.reader.draft import Draft
from tools.metrics.reader.items import Item, Line
from tools.metrics.reader.scan import shouted

NEAR = 60.0
LONG = 9
"""An everyday word this long is taken for a name that differs in a letter or two; a shorter one is not."""
PEOPLE = frozenset({"rep", "manager"})
OPEN = frozenset({"rep", "manager", "region", "product", "series", "stage"})


def refuse_unsupported(draft: Draft) -> None:
    """Refuse words that are known, and known to be beyond us."""
    if any(item.kind == "orders" for item in draft.line):
        status = Status.UNDEFINED if draft.lexicon.everything else Status.FORBIDDEN
        raise draft.refuse(status, "no_orders")
    reasons = {"off_topic": "not_about_records", "operations": "unsupported_operation", "metrics": "unknown_metric"}
    for kind, reason in reasons.items():
        for item in draft.line:
            if item.kind == kind:
                raise draft.refuse(Status.UNDEFINED, reason, word=item.text)


def mend_names(draft: Draft) -> None:
    """`GTZ Pro`: an unknown word beside part of a name, together one slip from a whole name."""
    line = draft.line
    for at, item in enumerate(line):
        if item.kind != "unknown":
            continue
        for first, last in ((at - 1, at), (at, at + 1), (at - 1, at + 1)):
            if first < 0 or last >= len(line) or not all(line[place].names or place == at for place in (first, last)):
                continue
            said = line.text[line[first].start : line[last].end]
            names = draft.lexicon.names.values_like(said)
            if len({name.value for name in names}) == 1:
                line[first].names, line[first].whole, line[first].text = tuple(names), True, said
                line[first].meanings = (Meaning("name", names[0].value),)
                line[first].end = line[last].end
                del line.items[first + 1 : last + 1]
                return


def call_by_surname(draft: Draft) -> None:
    """`小王`, `王总`: a colleague by surname."""
    line = draft.line
    for at, item in enumerate(line):
        if item.kind != "unknown" or not wide(item.text[0]):
            continue
        said = item.text
        after = line[at + 1] if at + 1 < len(line) else None
        titled = after is not None and after.start == item.end and words_of(after.text) in phrase_set("titles")
        surname = said[1:] if said[0] in word_set("nicknames") and len(said) == 2 else said if titled else ""
        if surname not in word_set("people"):
            continue
        names = [one for one in draft.lexicon.names.names if one.value.startswith(surname) and one.dimension in PEOPLE]
        if names:
            item.names, item.whole = tuple({one.value: one for one in names}.values()), False
            item.meanings = (Meaning("name", names[0].value),)
            if titled and after is not None:
                after.use()


def settle_unknown(draft: Draft) -> None:
    """Take each unknown run for a name nearly spelt, a deal, or refuse."""
    line = draft.line
    for at, item in enumerate(line):
        if item.kind != "unknown" or item.used:
            continue
        if _legal_form(line, at):
            item.meanings = (Meaning("filler", item.text),)
            continue
        deals = _deals(draft, at)
        if len(deals) == 1:
            item.meanings = (Meaning("deal", deals[0]),)
            continue
        names = _nearly(draft, at)
        if not names or len({name.value for name in names}) > 1:
            raise refusal_for(draft, at)
        item.names, item.meanings = names, (Meaning("name", names[0].value),)


def _legal_form(line: Line, at: int) -> bool:
    """`Acme` `Ltd`, for a customer known as Acme."""
    before = at - 1
    words = words_of(line[at].text)
    firms = all(word in word_set("firms") for word in words)
    return (
        firms and before >= 0 and any(name.dimension == "account" for name in line[before].names) and line[before].whole
    )


def _deals(draft: Draft, at: int) -> tuple[str, ...]:
    item = draft.line[at]
    asked = draft.line.has("when", "own", "amount", "who") or draft.line.first("record") is not None
    if not asked and not any(char.isdigit() for char in item.text):
        return ()
    return draft.lexicon.find_deals(_full(draft.line, at))


def _full(line: Line, at: int) -> str:
    """The unknown words with the digits beside them: an id such as `1C1I7A6R` falls apart into both."""
    start, end = line[at].start, line[at].end
    text = line.text
    while start > 0 and (text[start - 1].isalnum() or text[start - 1] in "-_") and not wide(text[start - 1]):
        start -= 1
    while end < len(text) and (text[end].isalnum() or text[end] in "-_") and not wide(text[end]):
        end += 1
    return text[start:end]


def _nearly(draft: Draft, at: int) -> tuple[Name, ...]:
    said = draft.line[at].text
    lower = said.islower() and not wide(said[0])
    names = draft.lexicon.names.values_like(said)
    if lower and len(said) < LONG and all(word in word_set("plain") for word in words_of(said)):
        return ()
    return tuple(name for name in names if allowed_slips(name.squashed))


def refusal_for(draft: Draft, at: int) -> Refused:
    """The refusal that suits a run of unknown words, from its neighbours and from who asks."""
    line = draft.line
    item = line[at]
    word = item.text.strip()
    if not draft.lexicon.everything and _is_customer(draft, at):
        return draft.refuse(Status.FORBIDDEN, "not_visible", word=word)
    near = [name for name, score in draft.lexicon.names.near(word, cutoff=NEAR) if _may_tell(draft, name)]
    nearest = ", ".join(dict.fromkeys(name.value for name in near))
    if _is_person(line, at):
        return draft.refuse(Status.UNDEFINED, "unknown_person", word=word, nearest=nearest or "–")
    if not near and not _is_measured(draft) and not _capital(line, item):
        return draft.refuse(Status.UNDEFINED, "unknown_metric", word=word)
    if near:
        return draft.refuse(Status.UNDEFINED, "unknown_value", word=word, nearest=nearest)
    if not draft.lexicon.everything and _name_like(line, item):
        return draft.refuse(Status.FORBIDDEN, "not_visible", word=word)
    return draft.refuse(Status.UNDEFINED, "unknown_word", word=word)


def unknown_model(draft: Draft, at: int) -> Refused | None:
    """`Atlas 900`, where `Atlas` is a name and `Atlas 100` another: the two words together are a name that is not."""
    before, item = draft.line[at - 1], draft.line[at]
    if at == 0 or not before.names or item.start - before.end > 1 or not item.text[0].isdigit():
        return None
    word = draft.line.text[before.start : item.end]
    near = [name for name, _ in draft.lexicon.names.near(word, cutoff=NEAR) if _may_tell(draft, name)]
    longer = [name.value for name in near if name.value.casefold().startswith(before.text.casefold())]
    nearest = list(dict.fromkeys(value for value in longer if any(map(str.isdigit, value))))
    return draft.refuse(Status.UNDEFINED, "unknown_value", word=word, nearest=", ".join(nearest)) if nearest else None


def _may_tell(draft: Draft, name: Name) -> bool:
    return draft.lexicon.everything or name.dimension in OPEN


def _beside(line: Line, at: int) -> list[Item]:
    return [line[place] for place in (line.before(at), line.after(at)) if place is not None]


def _is_customer(draft: Draft, at: int) -> bool:
    """Said to be a customer, a deal or a contact, or bearing a firm's legal form."""
    line, item = draft.line, draft.line[at]
    kinds = {"account", "deal", "contact", "parent"}
    for beside in _beside(line, at):
        if beside.get("dimension") in kinds or beside.get("record") in kinds or beside.cue("company", "buy", "own"):
            return True
    words = words_of(item.text)
    if wide(item.text[0]):
        return any(item.text.endswith("".join(form)) for form in phrase_set("firms"))
    return len(words) > 1 and words[-1] in word_set("firms")


def _is_person(line: Line, at: int) -> bool:
    """Beside a word for a colleague, or with a first name that people have."""
    item = line[at]
    if any(one.get("dimension") in ("rep", "manager") or one.cue("manage", "team") for one in _beside(line, at)):
        return True
    words = words_of(item.text)
    if _acts(line, at) and len(words) > 1 and _capital(line, item):
        return True
    if wide(item.text[0]):
        return 2 <= len(item.text) <= 3 and item.text[0] in word_set("people")
    return words[0] in word_set("people")


def _acts(line: Line, at: int) -> bool:
    """`won by Ada Byron`, `did Ada Byron sell`: who did it is one of us."""
    before, after = line.before(at), line.after(at)
    return (before is not None and line[before].cue("group")) or (
        after is not None and line[after].cue("sell", "won", "lost", "closed")
    )


def _is_measured(draft: Draft) -> bool:
    return bool(draft.line.of("metric")) or draft.line.has(
        "sell", "buy", "won", "lost", "signed_money", "open", "opened"
    )


def _name_like(line: Line, item: Item) -> bool:
    """Written like a name: capitalised within the sentence, or no everyday word."""
    if wide(item.text[0]):
        return len(item.text) >= 2
    return _capital(line, item) or not all(word in word_set("plain") for word in words_of(item.text))


def _capital(line: Line, item: Item) -> bool:
    """Capitalised within the sentence."""
    return item.text[0].isupper() and (item.start > 0 or len(words_of(item.text)) > 1) and not shouted(line.text)
