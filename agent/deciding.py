"""The asker's plain yes or no to what was proposed. It is heard here, before any model, and by nobody else."""

import structlog

from agent.acting import render_decided
from agent.models import BUILTIN
from agent.running import Under
from agent.transcript import Transcript
from agent.wording import word
from agent.words import plain_word
from core.errors import UserError
from core.escalations import EscalationView
from core.reply import Action, Reply, Status
from core.wording import explain
from tools.escalations.desk import Place
from tools.escalations.tools import ACTED, view_to_json

log = structlog.get_logger()


class Decider:
    """Takes the asker's word on what waits for it in a thread."""

    def __init__(self, place: Place, transcript: Transcript) -> None:
        self._place = place
        self._transcript = transcript

    def hears(self, under: Under) -> bool | None:
        """The word the message may be; costs next to nothing where it is none."""
        return None if under.asked.new else plain_word(under.asked.text)

    def decide(self, under: Under, conversation: int, *, confirmed: bool) -> tuple[Reply, str] | None:
        """What came of it and which escalation it was; None where nothing that was shown waits."""
        identity, asked, lang = under.turn.identity, under.asked, under.turn.lang
        waiting = self._place.escalations.waiting(identity, asked.thread_id)
        if waiting is None or not self._transcript.answers(conversation, waiting.id):
            return None
        said = waiting.history[0].detail if waiting.history else {}
        verb = "merge" if said.get("merges") else str(said.get("verb", "escalate"))
        try:
            view = self._place.escalations.decide(
                identity, waiting.id, confirmed=confirmed, channel=under.channel, lang=lang
            )
        except UserError as error:
            log.info("proposal_failed", error=error.code)
            return self._said(under, word("acting.late", lang, why=explain(error, lang)), Status.EMPTY, ()), ""
        text = render_decided(view_to_json(view), verb, self._place.zone_of(identity), lang)
        action = Action(kind=ACTED, id=view.id, state=view.state)
        return self._said(under, text, Status.ANSWERED, (action,)), _subject(view, waiting)

    def _said(self, under: Under, text: str, status: Status, actions: tuple[Action, ...]) -> Reply:
        turn = under.turn
        return Reply(
            turn_id=turn.turn_id,
            thread_id=under.asked.thread_id,
            status=status,
            lang=turn.lang,
            text=text,
            actions=actions,
            model=BUILTIN,
            took_ms=round(turn.notes.seconds * 1000),
        )


def _subject(view: EscalationView, waiting: EscalationView) -> str:
    """The escalation that now is, for whoever goes on about "it"."""
    return "" if view.state in ("declined", "expired") or view.id == waiting.id else view.id
