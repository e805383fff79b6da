"""JSON lines: one conversation a line, and what is wrong is told with the line."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from connectors.conversations.reading import kind_of, read_file
from connectors.conversations.setting import Setting, Unread
from core.said import IncomingConversation


def line(key: str, **changes: Any) -> str:
    said = {"external_id": "m", "speaker": "customer", "text": "太贵了", "at": "2026-06-01T10:00:00+08:00"}
    return json.dumps({"external_id": key, "channel": "chat", "messages": [said], **changes}, ensure_ascii=False)


def test_each_line_is_read_and_bad_ones_are_told(tmp_path: Path, setting: Setting) -> None:
    file = tmp_path / "x.jsonl"
    bad = ["nonsense", "[1]", line("d", messages=[{"external_id": "m9", "at": "x"}]), '{"a":' * 50_000]
    file.write_text("\ufeff" + "\n".join([line("a"), "", *bad, line("b", account="Acme", channel="")]))
    items = list(read_file(file, kind_of(file), replace(setting, account="Globex", channel="phone")))
    talks = [item for item in items if isinstance(item, IncomingConversation)]
    assert [(talk.external_id, talk.account, talk.channel) for talk in talks] == [
        ("a", "Globex", "chat"), ("b", "Acme", "phone"),
    ]  # fmt: skip
    assert [item.where for item in items if isinstance(item, Unread)] == ["3", "4", "5: m9", "6"]
