"""Conversations as JSON lines, each as `POST /api/messages` takes one."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from connectors.conversations.setting import Item, Setting, Unread
from core.wire import read_conversation
from core.wording import say

LONGEST_LINE = 20_000_000


def read_jsonl(file: Path, setting: Setting) -> Iterator[Item]:
    """The conversations of a file, a line each; what is wrong is told with the number of its line."""
    with file.open("rb") as lines:
        number = 0
        while line := lines.readline(LONGEST_LINE):
            number += 1
            if line.strip():
                yield from _read(line, str(number), setting)


def _read(line: bytes, number: str, setting: Setting) -> Iterator[Item]:
    try:
        data = json.loads(line.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        yield Unread(number, say("intake.file.not_json", setting.lang, detail=str(error)[:200]))
        return
    read = read_conversation(data, setting.lang, channel=setting.channel or "")
    for one in read.rejected:
        yield Unread(f"{number}: {one.external_id}" if one.external_id else number, one.reason)
    if read.conversation is not None:
        yield replace(read.conversation, account=read.conversation.account or setting.account)
