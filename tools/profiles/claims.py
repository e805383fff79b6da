"""What a talk says of the customer's firm: claims, each with the words of the customer that it rests on."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from core.firms import author_of
from tools.profiles.hearing import SINGLE, Claim, Context, FactName, Part, Said, parts_of
from tools.profiles.money import budgets
from tools.profiles.people import contact_in, deciders
from tools.profiles.rivals import rivals
from tools.profiles.rules import says, written
from tools.profiles.steps import steps
from tools.profiles.terms import renewals
from tools.profiles.wishes import needs, preferences

CONFIRMED = 0.7
ANSWERS = 2
LESS_SURE = 0.1


class Talk:
    """A conversation as it is read, line by line; `held` is what was known of the account before it."""

    def __init__(self, held: Iterable[tuple[str, str]] = ()) -> None:
        self._context = Context()
        for name, value in held:
            self._context.held.setdefault(name, []).append(value)

    def hear(self, said: Said) -> list[Claim]:
        """Every claim of the next line, in the order of its sentences; a rep's line has none."""
        if said.speaker == "rep":
            self._ask(said)
            return []
        context = self._context
        if said.author:
            context.contact = author_of(said.author).name or context.contact
        context.amount = None
        found = list(self._confirmed(said))
        for part in parts_of(said):
            for claim in _of_part(part, said, context):
                context.keep(claim)
                found.append(claim)
                context.asked.discard(claim.name)
        context.offered = []
        context.answers -= 1
        if context.answers <= 0:
            context.asked = set()
        return _last_of(found)

    def _ask(self, said: Said) -> None:
        """What the rep asks, and what they say for the customer to confirm."""
        context = self._context
        context.contact = contact_in(said.text) or context.contact
        parts = list(parts_of(said))
        topics = written("talk.asks")
        context.asked = {
            name for part in parts if part.question for name in topics if says(f"talk.asks.{name}", part.text)
        }
        context.answers = ANSWERS
        context.offered = []
        told = replace(said, known=said.known)
        for part in parts:
            if part.question:
                context.offered += _of_part(replace(part, question=False), told, Context(held=dict(context.held)))
        context.offered = [one for one in context.offered if one.name != "stage"]

    def _confirmed(self, said: Said) -> Iterator[Claim]:
        """What the rep asked and a yes confirms."""
        context = self._context
        first = next(parts_of(said), None)
        if first is None or not says("talk.agreed", first.text):
            return
        for claim in context.offered:
            told = replace(claim, quote=first.quote, confidence=min(claim.confidence, CONFIRMED))
            context.keep(told)
            yield told
        if (
            "self" in context.asked
            and context.contact
            and not any(one.name == "decision_people" for one in context.offered)
        ):
            claim = Claim("decision_people", context.contact, first.quote, CONFIRMED)
            context.keep(claim)
            yield claim


def claims_of(said: Said) -> list[Claim]:
    """Every claim of one message on its own."""
    return Talk().hear(said)


def _of_part(part: Part, said: Said, context: Context) -> Iterator[Claim]:
    if not says("not_said", part.text) or said.speaker == "rep":
        yield from budgets(part, context)
        yield from renewals(part, said.day, context)
        yield from deciders(part, context)
    yield from rivals(part, said, context)
    yield from needs(part, said, context)
    yield from preferences(part, context)
    if said.speaker != "rep":
        yield from steps(part)


def _last_of(found: list[Claim]) -> list[Claim]:
    """Of what holds one value the last, of the others each value once."""
    last: dict[tuple[str, str], Claim] = {}
    for claim in found:
        alone = claim.name in SINGLE and claim.name != "stage"
        key = (claim.name, "" if alone else claim.value.casefold())
        before = last.pop(key, None)
        last[key] = before if before is not None and before.detail.get("firm") and not claim.withdrawn else claim
    return list(last.values())


__all__ = ["SINGLE", "Claim", "FactName", "Said", "Talk", "claims_of"]
