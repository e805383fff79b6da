"""Whether a model's tool calls make sense, and how many it gets."""

from langchain_core.messages import AIMessage, AnyMessage

TOOL_CALLS = 4
MODEL_CALLS = 5


class Nonsense(Exception):
    """A model did what no sensible one does; the planner takes over."""


def check_calls(message: AIMessage, turn: list[AnyMessage], tools: set[str]) -> None:
    """Nonsense for unreadable arguments, unknown tools, repeated or too many calls, or no words at all."""
    before = [(call["name"], call["args"]) for one in turn if isinstance(one, AIMessage) for call in one.tool_calls]
    calls = [(call["name"], call["args"]) for call in message.tool_calls]
    if message.invalid_tool_calls:
        raise Nonsense("arguments are not JSON")
    if not calls and not str(message.text).strip():
        raise Nonsense("nothing said")
    if any(name not in tools for name, _ in calls):
        raise Nonsense("no such tool")
    if any(call in before or calls.count(call) > 1 for call in calls):
        raise Nonsense("the same call again")
    if len(before) + len(calls) > TOOL_CALLS:
        raise Nonsense("too many calls")
    if sum(isinstance(one, AIMessage) for one in turn) >= MODEL_CALLS:
        raise Nonsense("too many steps")
