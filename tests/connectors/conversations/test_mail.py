"""E-mails as conversations: encodings, threads, sides, attachments, mailboxes, and mails meant to break a reader."""

import tracemalloc
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.conversations.eml import read_mail
from connectors.conversations.mbox import read_eml, read_mbox
from connectors.conversations.reading import kind_of, read_file
from connectors.conversations.setting import Item, Setting, Unread
from core.said import IncomingConversation


def mail(number: int = 1, **headers: str) -> EmailMessage:
    message = EmailMessage(policy=policy.SMTP)
    given_ = {
        "From": "Wu Ming <wu@globex.example>", "To": "Kevin Chen <kevin@ours.example>", "Subject": "Offer",
        "Date": f"Mon, 01 Jun 2026 10:{number:02d}:00 +0800", "Message-ID": f"<m{number}@globex.example>", **headers,
    }  # fmt: skip
    for name, value in given_.items():
        if value:
            message[name.replace("_", "-")] = value
    message.set_content("Your price is too high.")
    return message


def talks(items: Sequence[Item]) -> list[IncomingConversation]:
    return [item for item in items if isinstance(item, IncomingConversation)]


def save(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def raw(body: bytes, **headers: str) -> bytes:
    given_ = {
        "From": "wu@globex.example",
        "To": "kevin@ours.example",
        "Date": "Mon, 01 Jun 2026 10:00:00 +0800",
        **headers,
    }
    return "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in given_.items()).encode() + b"\r\n" + body


def test_a_mail_is_a_conversation_with_its_sides(tmp_path: Path, setting: Setting) -> None:
    (talk,) = talks(list(read_eml(save(tmp_path / "a.eml", mail().as_bytes()), setting)))
    (said,) = talk.messages
    assert (talk.channel, talk.title, talk.external_id) == ("email", "Offer", "m1@globex.example")
    assert (said.speaker, said.author, said.text) == (
        "customer",
        "Wu Ming <wu@globex.example>",
        "Your price is too high.",
    )
    assert said.at == datetime(2026, 6, 1, 2, 1, tzinfo=UTC)
    assert talk.hints == ("Wu Ming <wu@globex.example>",)


def test_what_we_wrote_is_a_reps(tmp_path: Path, setting: Setting) -> None:
    ours = mail(From="Kevin <kevin@ours.example>", To="wu@globex.example")
    (talk,) = talks(list(read_eml(save(tmp_path / "a.eml", ours.as_bytes()), setting)))
    assert talk.messages[0].speaker == "rep"
    assert talk.hints == ("wu@globex.example",)


@pytest.mark.parametrize(
    ("charset", "said"),
    [
        ("utf-8", "utf-8"), ("gbk", "gbk"), ("gb18030", "gb2312"), ("gb18030", "us-ascii"), ("utf-8", "iso-8859-1"),
        ("utf-8", "nonsense"), ("gb18030", "utf-8"), ("utf-8", ""), ("big5", "big5"), ("gbk", "x-gbk"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("transfer", ["8bit", "base64", "quoted-printable"])
def test_chinese_is_read_whatever_is_said_of_it(charset: str, said: str, transfer: str) -> None:
    import base64  # noqa: PLC0415
    import quopri  # noqa: PLC0415

    text = "價格太高了" if charset == "big5" else "价格太高了，镕基先生不同意"
    body = text.encode(charset)
    coded = {"8bit": body, "base64": base64.encodebytes(body), "quoted-printable": quopri.encodestring(body)}[transfer]
    kind = f"text/plain; charset={said}" if said else "text/plain"
    found = read_mail(raw(coded, Content_Type=kind, Content_Transfer_Encoding=transfer))
    assert found.text == text


def test_headers_are_read_whatever_is_said_of_them() -> None:
    import base64  # noqa: PLC0415

    coded = base64.b64encode("吴明（镕）".encode("gb18030")).decode()
    head = f"From: =?gb2312?B?{coded}?= <wu@globex.example>\r\nDate: Mon, 01 Jun 2026 10:00:00 +0800\r\n"
    bare = head.encode() + "Subject: 关于报价\r\n\r\nhi".encode("gbk")
    found = read_mail(bare)
    assert (found.sender.name, found.subject) == ("吴明（镕）", "关于报价")


PAGE = """<html><head><style>p {color: red}</style><title>no</title></head><body><!-- no -->
<div>The price is too high.</div><div>Can you do 10% less?</div><script>alert("no")</script>
<div style="display:none">no</div><img src="http://nowhere.example/x.png" onerror="alert(1)">
<div class="gmail_quote"><div>On Mon, 1 Jun 2026 at 10:02, Ann &lt;a@b.example&gt; wrote:<br></div>
<blockquote><p>no offer</p><blockquote>no deeper</blockquote></blockquote></div></body></html>"""


def test_a_page_alone_is_its_text_without_what_it_hides_or_runs() -> None:
    assert read_mail(raw(PAGE.encode(), Content_Type="text/html; charset=utf-8")).text == (
        "The price is too high.\nCan you do 10% less?"
    )


def test_what_is_attached_is_named_and_not_read() -> None:
    message = mail()
    message.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="报价单.pdf")
    message.add_attachment("BEGIN:VCALENDAR\nSUMMARY:secret", subtype="calendar")
    message.add_attachment("not read", filename="notes.txt")
    message.add_attachment(mail(2), filename="../../inner.eml")
    text = read_mail(message.as_bytes()).text
    assert text.split("\n\n")[0] == "Your price is too high."
    assert "[报价单.pdf]" in text
    assert "[notes.txt]" in text
    assert "secret" not in text
    assert "not read" not in text
    assert text.count("too high") == 1


def test_a_mail_that_only_forwards_says_its_subject() -> None:
    body = b"---------- Forwarded message ---------\nFrom: x <x@y.example>\nDate: Mon\n\nnot mine"
    assert read_mail(raw(body, Subject="Fwd: your invoice")).text == "Fwd: your invoice"


def test_mails_that_answer_each_other_are_one_conversation(tmp_path: Path, setting: Setting) -> None:
    mails = [
        mail(1),
        mail(
            2, From="kevin@ours.example", To="wu@globex.example", Subject="Re: Offer", In_Reply_To="<m1@globex.example>"
        ),
        mail(3, Subject="回复: Offer", References="<m1@globex.example> <m2@globex.example>"),
        mail(4, Subject="Something else"),
        mail(5, Subject="RE: Something else"),
        mail(6, Subject="RE: Something else", To="someone.else@ours.example"),
    ]
    box = tmp_path / "box"
    box.write_bytes(
        b"".join(
            b"From wu@globex.example Mon Jun  1 10:00:00 2026\n" + one.as_bytes(policy=policy.default) + b"\n"
            for one in mails
        )
    )
    found = talks(list(read_mbox(box, setting)))
    ids = [talk.external_id for talk in found]
    assert ids[0] == ids[1] == ids[2]
    assert ids[3] == ids[4] != ids[0]
    assert ids[5] not in ids[:5]
    assert [talk.title for talk in found[:3]] == ["Offer"] * 3
    assert [talk.messages[0].speaker for talk in found[:3]] == ["customer", "rep", "customer"]


def test_a_mail_joins_what_came_in_before(tmp_path: Path, setting: Setting) -> None:
    def known(ids: Sequence[str], least: int) -> str | None:
        return "the thread" if "m1@globex.example" in ids else None

    answer = mail(2, In_Reply_To="<m1@globex.example>")
    file = save(tmp_path / "b.eml", answer.as_bytes())
    (talk,) = talks(list(read_eml(file, replace(setting, known=known))))
    assert talk.external_id == "the thread"


def test_a_mail_without_an_id_has_the_same_one_each_time() -> None:
    one, again = read_mail(raw(b"hello")), read_mail(raw(b"hello"))
    assert one.id == again.id != read_mail(raw(b"goodbye")).id


def test_a_mail_without_a_date_has_that_of_its_way(tmp_path: Path, setting: Setting) -> None:
    way = "from a by b; Mon, 1 Jun 2026 10:00:00 +0800"
    assert read_mail(raw(b"x", Date="nonsense", Received=way)).at == datetime(2026, 6, 1, 2, tzinfo=UTC)
    (unread,) = list(read_eml(save(tmp_path / "a.eml", raw(b"x", Date="")), setting))
    assert isinstance(unread, Unread)


def test_thousands_of_mails_are_read_one_at_a_time(tmp_path: Path, setting: Setting) -> None:
    box = tmp_path / "box"
    with box.open("wb") as out:
        for number in range(3000):
            body = b"x" * 5000 + b"\n>From the beginning\nFrom here on\n"
            out.write(b"From a@b Mon Jun  1 10:00:00 2026\nMessage-ID: <%d@x>\n" % number)
            out.write(raw(body).replace(b"\r\n", b"\n") + b"\n")
    tracemalloc.start()
    count = sum(1 for item in read_mbox(box, setting) if isinstance(item, IncomingConversation))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 3000
    assert peak < 12_000_000


def test_lines_that_look_like_a_beginning_are_not(tmp_path: Path, setting: Setting) -> None:
    box = save(tmp_path / "box", b"From a@b Mon Jun  1 10:00:00 2026\n" + raw(b"I am\nFrom China\n\n>From: none\n"))
    (talk,) = talks(list(read_mbox(box, setting)))
    assert talk.messages[0].text.startswith("I am\nFrom China")


HOSTILE = {
    "nothing": b"",
    "nulls": b"From: a@b.example\0\r\nDate: Mon, 1 Jun 2026 10:00:00 +0800\r\n\r\na\0b",
    "huge header": b"Subject: " + b"x" * 3_000_000 + b"\r\nFrom: " + b"a," * 200_000 + b"\r\n\r\nhello",
    "encoded bomb": b"Subject: " + b"=?utf-8?q?=" * 50_000 + b"\r\n\r\nhello",
    "no end": b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/plain\r\n\r\nhello",
    "nested": b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(90))
    + b"\r\nhi",
    "bad base64": raw(b"!!!!====", Content_Transfer_Encoding="base64", Content_Type="text/plain"),
    "bad charset": raw(b"hello", Content_Type='text/plain; charset="\xc3\xa9"'),
    "rot13": raw(b"hello", Content_Type="text/plain; charset=rot13"),
    "bad name": raw(b"x", Content_Type="text/plain; name*=utf-9''%ff%fe", Content_Disposition="attachment"),
    "deep page": raw(b"<div>" * 5000 + b"hello", Content_Type="text/html"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_meant_to_break_a_reader_does_not(tmp_path: Path, setting: Setting, name: str) -> None:
    file = save(tmp_path / "x.eml", HOSTILE[name])
    assert list(read_eml(file, setting))
    assert list(read_file(file, kind_of(file), setting)) is not None


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_a_mail_or_less_of_one(data: bytes) -> None:
    read_mail(data)
    read_mail(b"Content-Type: text/html\r\nSubject: " + data + b"\r\n\r\n" + data)
