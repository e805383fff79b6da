"""The graph's libraries can report every turn to a service of theirs: here they report to no one."""

import contextvars
import os
from collections.abc import Callable
from typing import Any

import langsmith

SWITCHES = ("LANGSMITH_TRACING", "LANGSMITH_TRACING_V2", "LANGCHAIN_TRACING", "LANGCHAIN_TRACING_V2")


def keep_inside() -> None:
    """Turn reporting off for this process, and keep the hooks for it from hopping to threads (5 ms a turn)."""
    os.environ.update(dict.fromkeys(SWITCHES, "false"))
    langsmith.set_runtime_overrides(aio_to_thread=_here)


async def _here(
    default: Callable[..., Any], context: contextvars.Context, work: Callable[..., Any], /, *args: Any, **kwargs: Any
) -> Any:
    return context.run(work, *args, **kwargs)
