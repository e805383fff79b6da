"""A turn's messages put together to a reply."""

from collections.abc import Sequence
from dataclasses import dataclass

from langchain_core.messages import AIMessage, AnyMessage, ToolMessage

from agent.context import AgentTurn
from agent.memory import this_turn
from agent.models import BUILTIN
from agent.planner import STATUS
from agent.suggest import follow_ups
from core.reply import Action, Receipt, Reply, Source, Status
from tools.metrics.codec import answer_from_json
from tools.metrics.query import Answer

SHOWN = (Status.ANSWERED, Status.EMPTY)


@dataclass(frozen=True)
class Outcome:
    """What the last message of a turn rests on."""

    status: Status
    answers: list[Answer]

    @property
    def last(self) -> Answer | None:
        """The answer that the reply shows."""
        return self.answers[-1] if self.answers else None


def reply_of(messages: list[AnyMessage], turn: AgentTurn, thread_id: str) -> Reply:
    """The reply to the asker's last message."""
    said = this_turn(messages)
    final = said[-1]
    outcome = _outcome(said, final)
    last = outcome.last
    return Reply(
        turn_id=turn.turn_id,
        thread_id=thread_id,
        status=outcome.status,
        lang=turn.lang,
        text=str(final.text).strip(),
        table=last.table if last else None,
        receipts=_receipts(outcome.answers) or _told_receipts(said),
        sources=_sources(said) if outcome.status in SHOWN else (),
        actions=_actions(said),
        suggestions=_suggestions(last, turn),
        chart=last.chart if last else None,
        model=turn.notes.model,
        took_ms=round(turn.notes.seconds * 1000),
    )


def stopped_reply(turn: AgentTurn, thread_id: str, text: str) -> Reply:
    """The reply to a turn that its asker stopped."""
    took = round(turn.notes.seconds * 1000)
    told = {"turn_id": turn.turn_id, "thread_id": thread_id, "lang": turn.lang, "text": text, "took_ms": took}
    return Reply(status=Status.ANSWERED, model=turn.notes.model or BUILTIN, **told)


def _outcome(said: Sequence[AnyMessage], final: AnyMessage) -> Outcome:
    """A status the planner put on its words wins; else the last result's."""
    stated = final.additional_kwargs.get(STATUS) if isinstance(final, AIMessage) else None
    if stated is not None:
        return Outcome(Status(stated), [])
    artifacts = [one.artifact for one in said if isinstance(one, ToolMessage) and isinstance(one.artifact, dict)]
    answers = [answer_from_json(one["answer"]) for one in artifacts if "answer" in one]
    heard = [Status(one["status"]) for one in artifacts if "answer" not in one]
    good = [answer for answer in answers if answer.status is Status.ANSWERED]
    if heard and not good:
        # Records that knew nothing of it do not speak where conversations do.
        return Outcome(heard[-1], [])
    if answers:
        return Outcome(answers[-1].status, answers)
    return Outcome(Status.ANSWERED, [])


def _told_receipts(said: Sequence[AnyMessage]) -> tuple[Receipt, ...]:
    """The receipts of figures in a brief."""
    artifacts = [one.artifact for one in said if isinstance(one, ToolMessage) and isinstance(one.artifact, dict)]
    return tuple(Receipt(**receipt) for artifact in artifacts for receipt in artifact.get("receipts", ()))


def _sources(said: Sequence[AnyMessage]) -> tuple[Source, ...]:
    """The words that the turn's tools found, each once."""
    artifacts = [one.artifact for one in said if isinstance(one, ToolMessage) and isinstance(one.artifact, dict)]
    every = [Source(**source) for artifact in artifacts for source in artifact.get("sources", ())]
    return tuple(dict.fromkeys(every))


def _actions(said: Sequence[AnyMessage]) -> tuple[Action, ...]:
    """What the turn's tools set going, proposed or found, each once."""
    artifacts = [one.artifact for one in said if isinstance(one, ToolMessage) and isinstance(one.artifact, dict)]
    every = [Action(**action) for artifact in artifacts for action in artifact.get("actions", ())]
    return tuple(dict.fromkeys(every))


def _receipts(answers: list[Answer]) -> tuple[Receipt, ...]:
    """Every receipt of the turn, numbered through."""
    every = [receipt for answer in answers for receipt in answer.receipts]
    return tuple(receipt.model_copy(update={"id": f"r{place}"}) for place, receipt in enumerate(every, 1))


def _suggestions(answer: Answer | None, turn: AgentTurn) -> tuple[str, ...]:
    if answer is None:
        return ()
    if answer.refusal is not None:
        return answer.refusal.offers
    return follow_ups(answer, turn.identity.role, turn.lang)
