"""A conversation in the terminal; a reply's words appear as they are made."""

import asyncio

from connectors.terminal.render import Screen
from core.errors import DealhandError
from core.identity import Identity
from core.ports import Assistant
from core.reply import Reply
from core.stream import Delta, Progress
from core.wording import Lang, explain, say

LEAVE = frozenset({"/quit", "/exit", "/q"})


async def converse(assistant: Assistant, identity: Identity, screen: Screen, lang: Lang) -> None:
    """Ask and answer until the person leaves; `/new` begins another thread."""
    screen.console.print(say("cli.chat.hello", lang, name=identity.name), highlight=False)
    thread: str | None = None
    while (message := await _read(lang)) is not None:
        if message == "/new":
            thread = None
            continue
        if not message:
            continue
        try:
            thread = await _take_turn(assistant, identity, screen, message, thread)
        except DealhandError as error:
            screen.console.print(explain(error, lang), highlight=False)


async def _read(lang: Lang) -> str | None:
    try:
        message = (await asyncio.to_thread(input, say("cli.chat.prompt", lang))).strip()
    except EOFError:
        return None
    return None if message in LEAVE else message


async def _take_turn(
    assistant: Assistant, identity: Identity, screen: Screen, message: str, thread: str | None
) -> str | None:
    streamed = ""
    async for event in assistant.stream(identity, message, thread_id=thread):
        if isinstance(event, Delta):
            if event.restart and streamed:
                screen.console.print()
                streamed = ""
            streamed += event.text
            screen.console.print(event.text, end="", markup=False, highlight=False, soft_wrap=True)
        elif isinstance(event, Reply):
            if streamed:
                screen.console.print()
            screen.show(event, text=streamed.strip() != event.text.strip())
            thread = event.thread_id
        elif isinstance(event, Progress) and screen.console.is_terminal and not streamed:
            screen.console.print(f"[dim]{event.text}[/dim]", highlight=False)
    return thread
