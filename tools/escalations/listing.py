"""Which escalations there are, for whoever asks in chat: within what they may see."""

from core.escalations import OPEN, EscalationView, State
from core.reply import Status
from tools.escalations.cues import Words, cues, unquoted
from tools.escalations.desk import OFFERS, Acted, Ask, Place, refused_customer

MOST = 8
CLOSED: tuple[State, ...] = ("resolved", "cancelled")
WIDE = 200


class Lister:
    """Lists escalations, and how often their triggers were right."""

    def __init__(self, place: Place) -> None:
        self._place = place

    def list(self, ask: Ask) -> Acted:
        """What answers the question."""
        request, lexicon, zone = self._place.read(ask)
        words = _Asked(unquoted(ask.text))
        if words.says("precision"):
            told = tuple(self._place.escalations.precision(ask.identity))
            return Acted(Status.ANSWERED if told else Status.EMPTY, "precision", precision=told, zone=zone)
        refused = refused_customer(request, lexicon)
        if refused is not None:
            return refused
        customer = self._place.customer(ask.identity, request, ask.last if request.same else None)
        if customer.offers:
            return Acted(Status.CLARIFY, "which", offers=customer.offers[:OFFERS])
        states = words.states()
        found = self._place.escalations.listed(ask.identity, states=states, account_id=customer.id, limit=WIDE)
        shown = [one for one in found if words.wants(one, ask.identity.person_id, self._place)]
        if not shown:
            return Acted(Status.EMPTY, "none_open" if states != CLOSED else "none_closed", account=customer.name)
        status = Status.ANSWERED
        return Acted(status, "list", tuple(shown[:MOST]), customer.name, zone=zone, more=len(shown) > MOST)


class _Asked:
    """What a list is narrowed to."""

    def __init__(self, text: str) -> None:
        words = Words(text)
        self._names = {name for name, rules in cues()["listing"].items() if words.search(rules)}

    def says(self, name: str) -> bool:
        """Whether it is narrowed so."""
        return name in self._names

    def states(self) -> tuple[State, ...]:
        """The states that are asked for; without a word of it the open ones."""
        if self.says("proposed"):
            return ("proposed",)
        if self.says("every"):
            return (*OPEN, *CLOSED)
        return CLOSED if self.says("closed") and not self.says("who") else OPEN

    def wants(self, view: EscalationView, person_id: int, place: Place) -> bool:
        """Whether this one is asked for."""
        if self.says("overdue") and view.due_at > place.clock.now():
            return False
        mine = self.says("mine") and not self.says("proposed")
        return not mine or view.person_id == person_id or view.asked_by is not None
