"""What a thread remembers: its last messages, cut where a turn begins, so that no tool call loses its result."""

from typing import Annotated, Any

from langchain.agents import AgentState
from langchain_core.messages import AnyMessage, HumanMessage
from langgraph.graph.message import add_messages

KEPT = 16


def keep_recent(before: list[AnyMessage], new: Any) -> list[AnyMessage]:
    """The last messages of both, beginning with something the asker said."""
    merged: Any = add_messages(before, new)  # type: ignore[arg-type]
    messages: list[AnyMessage] = list(merged)
    if len(messages) <= KEPT:
        return messages
    begins = [index for index, message in enumerate(messages) if isinstance(message, HumanMessage)]
    recent = [index for index in begins if index >= len(messages) - KEPT]
    return messages[recent[0] :] if recent else messages[begins[-1] :] if begins else messages[-KEPT:]


class ThreadState(AgentState[Any]):
    """The agent's state with a memory that stays short."""

    messages: Annotated[list[AnyMessage], keep_recent]


def this_turn(messages: list[AnyMessage]) -> list[AnyMessage]:
    """The messages from the asker's last one on."""
    for index in range(len(messages) - 1, -1, -1):
        if isinstance(messages[index], HumanMessage):
            return messages[index:]
    return list(messages)
