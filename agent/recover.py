"""Tool calls that a model wrote as text, made real: fenced JSON, bare JSON, `<tool_call>` tags."""

import json
import re
from typing import Any
from uuid import uuid4

from langchain_core.messages import AIMessage
from langchain_core.messages.tool import ToolCall, tool_call

# ```json {"name": "ask_records", "arguments": {"question": "…"}} ``` and the same between <tool_call> tags
WRAPPED = re.compile(r"```(?:json|tool_call|tool)?\s*(.*?)```|<tool_call>\s*(.*?)\s*(?:</tool_call>|$)", re.S)
OPENERS = ("{", "[", "`", "<tool_call")
NAMES = ("name", "tool", "function", "tool_name")
ARGUMENTS = ("arguments", "args", "parameters", "input")


def looks_like_call(text: str) -> bool:
    """Whether text begins as a written-out tool call would, so that nobody should see it yet."""
    stripped = text.lstrip()
    return stripped.startswith(OPENERS) or (stripped != "" and any(opener.startswith(stripped) for opener in OPENERS))


def recover_calls(message: AIMessage) -> AIMessage:
    """The message with the tool calls its text spells out; the message itself if it spells none."""
    if message.tool_calls or message.invalid_tool_calls:
        return message
    text = str(message.text)
    wrapped = ["".join(groups) for groups in WRAPPED.findall(text)]
    calls = [call for part in wrapped or [text] for call in _calls_in(part)]
    return AIMessage(content="", tool_calls=calls, id=message.id) if calls else message


def _calls_in(text: str) -> list[ToolCall]:
    """Every call in a run of JSON values."""
    decoder = json.JSONDecoder()
    found: list[ToolCall] = []
    position = text.find("{") if text.lstrip()[:1] in ("{", "[") else -1
    while position >= 0:
        try:
            value, position = decoder.raw_decode(text, position)
        except ValueError:
            return found
        call = _call_of(value)
        if call is not None:
            found.append(call)
        position = text.find("{", position)
    return found


def _call_of(written: Any) -> ToolCall | None:
    if not isinstance(written, dict):
        return None
    value: dict[str, Any] = written["function"] if isinstance(written.get("function"), dict) else written
    name = next((value[key] for key in NAMES if isinstance(value.get(key), str)), None)
    arguments = next((value[key] for key in ARGUMENTS if key in value), None)
    if isinstance(arguments, str):
        try:
            arguments = json.loads(arguments)
        except ValueError:
            return None
    if name is None or not isinstance(arguments, dict):
        return None
    return tool_call(name=name, args=arguments, id=f"call_{uuid4().hex}")
