"""Files that came with a message, from Telegram's store to ours."""

from pathlib import Path

import httpx
from telegram import Bot
from telegram.error import BadRequest

from connectors.telegram.api import in_our_words, says
from core.channels import Attachment, ChannelBusy, FileTooLarge, NotTheFile

MOST = 20_000_000
"""What Telegram lets a bot fetch."""
HEAD = 512
PAGES = (b"<!doctype html", b"<html")


async def fetch_file(bot: Bot, attachment: Attachment, into: Path, most: int, patience: float) -> None:
    """Write the file's bytes to `into`, which is not left behind if that fails."""
    most = min(most, MOST)
    if attachment.size is not None and attachment.size > most:
        raise _too_large(attachment, most)
    try:
        with in_our_words():
            address = await _address(bot, attachment, most)
        await _download(address, attachment, into, most, patience)
    except BaseException:
        into.unlink(missing_ok=True)
        raise


async def _address(bot: Bot, attachment: Attachment, most: int) -> str:
    try:
        found = await bot.get_file(attachment.ref)
    except BadRequest as error:
        if says(error, "too big"):
            raise _too_large(attachment, most) from error
        raise NotTheFile(name=attachment.name) from error
    if found.file_size is not None and found.file_size > most:
        raise _too_large(attachment, most)
    if not found.file_path:
        raise NotTheFile(name=attachment.name)
    return found.file_path


async def _download(address: str, attachment: Attachment, into: Path, most: int, patience: float) -> None:
    try:
        async with httpx.AsyncClient(timeout=patience) as client, client.stream("GET", address) as answer:
            if answer.status_code == 429 or answer.status_code >= 500:
                raise ChannelBusy(reason=f"the file was answered with {answer.status_code}")
            if answer.status_code != 200 or "text/html" in answer.headers.get("content-type", ""):
                raise NotTheFile(name=attachment.name)
            await _write(answer, attachment, into, most)
    except httpx.HTTPError as error:
        raise ChannelBusy(reason=type(error).__name__) from error


async def _write(answer: httpx.Response, attachment: Attachment, into: Path, most: int) -> None:
    size = 0
    with into.open("wb") as file:
        async for piece in answer.aiter_bytes():
            if size == 0 and piece[:HEAD].lstrip().lower().startswith(PAGES):
                raise NotTheFile(name=attachment.name)
            size += len(piece)
            if size > most:
                raise _too_large(attachment, most)
            file.write(piece)
    if size == 0:
        raise NotTheFile(name=attachment.name)


def _too_large(attachment: Attachment, most: int) -> FileTooLarge:
    return FileTooLarge(name=attachment.name, megabytes=most // 1_000_000)
