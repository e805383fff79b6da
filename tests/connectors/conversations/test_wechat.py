"""Chats exported from WeChat as text, CSV and pages, in the forms that exports come in."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.conversations.reading import files_in, kind_of, read_file
from connectors.conversations.setting import Setting, Unread
from connectors.conversations.wechat import read_text
from core.said import Incoming, IncomingConversation
from db.ours import OurSide

AT = datetime(2026, 6, 1, 2, 2, 33, tzinfo=UTC)
MINUTE = AT.replace(second=0)

TEXTS = {
    "name time": "吴明 2026-06-01 10:02:33\n太贵了\n能便宜吗？\n\n王芳 2026-06-01 15:03:00\n我问一下\n",
    "time name": "2026-06-01 10:02:33 吴明\n太贵了\n能便宜吗？\n\n2026-06-01 15:03:00 王芳\n我问一下\n",
    "with id": "吴明(wxid_ab12) 2026/6/1 10:02:33\n太贵了\n能便宜吗？\n王芳(wangfang) 2026/6/1 15:03:00\n我问一下\n",
    "half day": "吴明 2026年6月1日 上午10:02:33\n太贵了\n能便宜吗？\n王芳 2026年6月1日 下午3:03:00\n我问一下\n",
    "weekday": "吴明 2026年6月1日 星期一 10:02:33\n太贵了\n能便宜吗？\n王芳 2026年6月1日 星期一 15:03:00\n我问一下\n",
    "one line": "2026-06-01 10:02:33 吴明: 太贵了\n能便宜吗？\n2026-06-01 15:03:00 王芳：我问一下\n",
    "bracket": "[2026-06-01 10:02:33] 吴明\n太贵了\n能便宜吗？\n[2026-06-01 15:03:00] 王芳\n我问一下\n",
    "windows": "吴明 2026-06-01 10:02:33\r\n太贵了\r\n能便宜吗？\r\n\r\n王芳 2026-06-01 15:03:00\r\n我问一下\r\n",
    "titled": "聊天记录：吴明\n\n吴明 2026-06-01 10:02:33\n太贵了\n能便宜吗？\n\n王芳 2026-06-01 15:03:00\n我问一下\n",
}


def read(path: Path, setting: Setting, text: str | bytes, name: str = "吴明.txt") -> list[IncomingConversation]:
    file = path / name
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    found = list(read_file(file, kind_of(file), setting))
    assert not [item for item in found if isinstance(item, Unread)]
    return [item for item in found if isinstance(item, IncomingConversation)]


def said(talks: Sequence[IncomingConversation]) -> list[tuple[str, str | None, str]]:
    return [(one.speaker, one.author, one.text) for talk in talks for one in talk.messages]


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_each_form_of_text_is_read_with_its_sides(tmp_path: Path, setting: Setting, name: str, charset: str) -> None:
    (talk,) = read(tmp_path, setting, TEXTS[name].encode(charset))
    assert said([talk]) == [("customer", "吴明", "太贵了\n能便宜吗？"), ("rep", "王芳", "我问一下")]
    assert [one.at for one in talk.messages] == [AT, datetime(2026, 6, 1, 7, 3, tzinfo=UTC)]
    assert (talk.channel, talk.title, talk.hints) == ("wechat", "吴明", ("吴明",))


def test_a_forwarded_record_has_days_between(tmp_path: Path, setting: Setting) -> None:
    text = (
        "微信聊天记录\n\n—————  2026-06-01  —————\n\n吴明  10:02\n\n太贵了\n\n"
        "—————  2026-06-02  —————\n\n王芳  09:00\n\n好\n"
    )
    (talk,) = read(tmp_path, setting, text)
    assert [one.at for one in talk.messages] == [MINUTE, datetime(2026, 6, 2, 1, 0, tzinfo=UTC)]
    assert [one.text for one in talk.messages] == ["太贵了", "好"]


def test_what_nobody_said_is_left_out_and_placeholders_stay(tmp_path: Path, setting: Setting) -> None:
    text = (
        "吴明 2026-06-01 10:02:33\n[图片]\n\n系统消息 2026-06-01 10:02:40\n以下为新消息\n\n"
        '吴明 2026-06-01 10:03:00\n"吴明"撤回了一条消息\n\n王芳 2026-06-01 10:04:00\n你撤回了一条消息\n\n'
        "王芳 2026-06-01 10:05:00\n[文件] 报价单.pdf\n"
    )
    assert said(read(tmp_path, setting, text)) == [("customer", "吴明", "[图片]"), ("rep", "王芳", "[文件] 报价单.pdf")]


def test_a_line_like_a_head_inside_a_message_is_part_of_it(tmp_path: Path, setting: Setting) -> None:
    text = (
        "".join(
            f"吴明 2026-06-01 10:0{number}:00\n时间定了：\n下次开会 2026-06-05 15:00\n行吗\n\n" for number in range(4)
        )
        + "王芳 2026-06-01 11:00:00\n行\n"
    )
    (talk,) = read(tmp_path, setting, text)
    assert len(talk.messages) == 5
    assert "下次开会 2026-06-05 15:00" in talk.messages[0].text


def test_a_longer_export_of_a_chat_has_the_same_ids_and_more(tmp_path: Path, setting: Setting) -> None:
    text = "吴明 2026-06-01 10:02:33\n好\n\n吴明 2026-06-01 10:02:33\n好\n\n王芳 2026-06-01 10:03:00\n嗯\n\n"
    more = "王芳 2026-05-30 09:00:00\n在吗\n\n" + text + "吴明 2026-06-03 10:00:00\n下单\n"
    (short,) = read(tmp_path, setting, text, "吴明_20260601.txt")
    (long,) = read(tmp_path, setting, more, "微信聊天记录_吴明_20260603 (1).txt")
    assert short.external_id == long.external_id
    ids = [one.external_id for one in short.messages]
    assert len(set(ids)) == 3
    assert set(ids) < {one.external_id for one in long.messages}


def test_a_chat_that_came_in_under_another_name_is_found_again(tmp_path: Path, setting: Setting) -> None:
    (first,) = read(tmp_path, setting, TEXTS["name time"])
    ids = {one.external_id for one in first.messages}

    def known(asked: Sequence[str], least: int) -> str | None:
        return first.external_id if len(ids & set(asked)) >= least else None

    (again,) = read(tmp_path, replace(setting, known=known), TEXTS["name time"], "backup of June.txt")
    assert again.external_id == first.external_id


def test_who_is_ours_may_be_said(tmp_path: Path) -> None:
    bare = Setting()
    file = tmp_path / "x.txt"
    file.write_text(TEXTS["name time"])
    (talk,) = [item for item in read_file(file, "chat", bare) if isinstance(item, IncomingConversation)]
    assert {one.speaker for one in talk.messages} == {"unknown"}
    assert [item for item in read_file(file, "chat", bare) if isinstance(item, Unread)]
    told = replace(bare, ours=OurSide().also("吴明"))
    assert [one[0] for one in said(read(tmp_path, told, TEXTS["name time"]))] == ["rep", "customer"]


def test_a_long_chat_comes_in_pieces(tmp_path: Path, setting: Setting) -> None:
    text = "".join(
        f"吴明 2026-06-01 10:{number // 60:02d}:{number % 60:02d}\n第{number}条\n\n" for number in range(2500)
    )
    talks = read(tmp_path, setting, text)
    assert [len(talk.messages) for talk in talks] == [1000, 1000, 500]
    assert len({talk.external_id for talk in talks}) == 1


CSVS = {
    "zh": '时间,发送人,内容\n2026-06-01 10:02:33,吴明,太贵了\n2026/6/1 15:03,王芳,"好，\n我问"\n',
    "en": 'Time;Sender;Content\n2026-06-01 10:02:33;吴明;太贵了\n2026/6/1 3:03 PM;王芳;"好，\n我问"\n',
    "tool": "localId,TalkerId,Type,SubType,IsSender,CreateTime,Status,StrContent,StrTime,Remark,NickName,Sender\n"
    "1,2,1,0,0,1780279353,2,太贵了,2026-06-01 10:02:33,,吴明,吴明\n"
    '2,2,1,0,1,1780297380,2,"好，\n我问",2026-06-01 15:03:00,,王芳,王芳\n',
    "mine": "时间\t昵称\t是否本人\t内容\n2026-06-01 10:02:33\t吴明\t否\t太贵了\n"
    '2026-06-01 15:03:00\t小芳\t是\t"好，\n我问"\n',
}


@pytest.mark.parametrize("name", CSVS)
@pytest.mark.parametrize("charset", ["utf-8-sig", "gb18030"])
def test_each_form_of_csv_is_read_by_its_headings(tmp_path: Path, setting: Setting, name: str, charset: str) -> None:
    (talk,) = read(tmp_path, setting, CSVS[name].encode(charset), "吴明.csv")
    assert [(one.speaker, one.text) for one in talk.messages] == [("customer", "太贵了"), ("rep", "好，\n我问")]
    assert [one.at for one in talk.messages] == [AT, datetime(2026, 6, 1, 7, 3, tzinfo=UTC)]


def test_a_csv_of_several_chats_is_several_conversations(tmp_path: Path, setting: Setting) -> None:
    text = "会话,时间,发送人,内容\nA,2026-06-01 10:02:33,吴明,一\nB,2026-06-01 10:03:33,李雷,二\nA,nonsense,吴明,三\n"
    file = tmp_path / "all.csv"
    file.write_text(text)
    items = list(read_file(file, kind_of(file), setting))
    assert [item.title for item in items if isinstance(item, IncomingConversation)] == ["A", "B"]
    assert [item.where for item in items if isinstance(item, Unread)] == ["4"]


PAGES = {
    "classes": """<!DOCTYPE html><html><head><meta charset="utf-8"><title>吴明</title>
<script>evil()</script></head><body>
<div class="message left"><span class="nickname">吴明</span><span class="time">2026-06-01 10:02:33</span>
<div class="content">太贵了<script>evil()</script></div></div>
<div class="message self"><span class="time">2026-06-01 15:03:00</span>
<div class="content">我问<br>一下</div></div></body></html>""",
    "plain": """<html><body><p>吴明 2026-06-01 10:02:33</p><p>太贵了</p>
<p>王芳 2026-06-01 15:03:00</p><p>我问<br>一下</p></body></html>""",
}


@pytest.mark.parametrize("name", PAGES)
def test_pages_are_read_by_classes_or_by_their_text(tmp_path: Path, setting: Setting, name: str) -> None:
    (talk,) = read(tmp_path, setting, PAGES[name], "吴明.html")
    assert [(one.speaker, one.text) for one in talk.messages] == [("customer", "太贵了"), ("rep", "我问\n一下")]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hello",
        b"%PDF-1.4\x00\x01\x02" * 50,
        b"\x00" * 100,
        b"RIFF\x00\x00",
        b"{",
        b"From ",
        b"<html>",
        b"a,b\n1,2\n",
    ],
)
def test_what_is_nothing_is_said_to_be_nothing(tmp_path: Path, setting: Setting, data: bytes) -> None:
    file = tmp_path / "x"
    file.write_bytes(data)
    items = list(read_file(file, kind_of(file), setting))
    assert items
    assert all(isinstance(item, Unread) for item in items)


def test_a_folder_is_all_its_files_but_hidden_ones(tmp_path: Path) -> None:
    for name in ("b.txt", "a/c.txt", ".hidden", "a/.git/x", "__MACOSX/y"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    assert [file.relative_to(tmp_path).as_posix() for file in files_in(tmp_path)] == ["a/c.txt", "b.txt"]


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=300), st.lists(st.tuples(st.integers(0, 59), st.text(max_size=30)), max_size=8))
def test_any_text_is_read_the_same_way_twice(noise: str, lines: list[tuple[int, str]]) -> None:
    text = noise + "".join(f"\n吴明 2026-06-01 10:02:{second:02d}\n{said_}" for second, said_ in lines)

    def ids() -> list[Incoming]:
        found = read_text(text, "x", Setting())
        return [one for talk in found if isinstance(talk, IncomingConversation) for one in talk.messages]

    assert ids() == ids()
    assert len({one.external_id for one in ids()}) == len(ids())
