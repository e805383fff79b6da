import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.rendering.telegram import html_of, pressed
from connectors.rendering.text import utf16
from core.channels import Button, Content
from tests.connectors.rendering.samples import SAMPLES, full, labels, long_table, reply
from tests.fakes.telegram_markup import visible


def seen(content: Content) -> list[str]:
    return [visible(one.text, "HTML") for one in html_of(content, labels, "CNY")]


def test_all_there_can_be() -> None:
    (message,) = html_of(full(), labels, "CNY")
    assert message.text.split("\n\n")[:5] == [
        "<b>Q1 &lt;numbers&gt;</b>",
        "Hello &amp; welcome",
        "East leads.",
        "<pre>SELECT 1 &lt; 2</pre>",
        "<b>客户</b>: Acme",
    ]
    assert "<pre>Region        Won amount  Win rate\n" in message.text
    assert (
        "<i>↳ won amount · last quarter (2026-01-01 – 2026-03-31) · region: East / West · all accounts</i>\n\n"
        "<blockquote expandable>“That is &lt;too&gt; dear &amp; late” — Söhne · 1 June 2026 · 2:05</blockquote>"
    ) in message.text
    assert message.keyboard == (
        ({"text": "Yes", "callback_data": "confirm:e1"}, {"text": "No", "callback_data": "decline:e1"}),
        ({"text": "By month?", "callback_data": "ask:By month?"},),
    )
    assert message.plain == visible(message.text, "HTML")


def test_the_language_is_the_replys() -> None:
    (text,) = seen(full("zh"))
    assert "客户：Acme" in text
    assert "234.57万元" in text


@pytest.mark.parametrize("text", SAMPLES)
def test_long_replies_go_over_messages_that_telegram_takes(text: str) -> None:
    content = Content(reply=reply(text, table=long_table(200)), buttons=((Button(label="A", value="a:1"),),))
    messages = html_of(content, labels)
    texts = [visible(one.text, "HTML") for one in messages]
    assert all(0 < utf16(one) <= 4096 for one in texts)
    assert [bool(one.keyboard) for one in messages] == [*[False] * (len(messages) - 1), True]
    assert "… 175 more rows" in texts[-1]
    assert len(texts) <= utf16(text) / 2000 + 2


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300), st.text(max_size=120), st.text(max_size=120))
def test_any_text_is_valid(text: str, title: str, value: str) -> None:
    content = Content(title=title, text=text, fields=((title, value),), reply=reply(text * 30))
    assert all(0 < utf16(one) <= 4096 for one in seen(content))


def test_a_wide_table_is_a_list_for_a_telephone() -> None:
    (text,) = seen(Content(reply=reply(table=long_table(50, columns=9))))
    assert "客户 0\nC1: 0\nC2: 0" in text
    assert "… 40 more rows" in text


def test_nothing_to_show_is_still_a_message() -> None:
    assert seen(Content()) == ["Nothing to show."]
    assert seen(Content(title="\u200b", text=" \u2060\n")) == ["Nothing to show."]
    assert seen(Content(lang="zh", busy=True)) == ["正在查……"]
    assert seen(Content(reply=reply("", table=long_table(0)))) == ["Nothing to show."]


def test_a_button_too_long_to_be_carried_is_known_by_its_label() -> None:
    question = "各大区今年每个月的赢单金额和去年同期比较是怎样的？"
    (message,) = html_of(Content(reply=reply("x", suggestions=(question,))), labels)
    ((key,),) = message.keyboard
    assert len(key["callback_data"].encode()) <= 64
    assert pressed(key["callback_data"], message.keyboard) == f"ask:{question}"
    assert pressed("accept:e1", message.keyboard) == "accept:e1"
    assert pressed("ask=7", message.keyboard) is None


def test_a_link_is_a_button() -> None:
    (message,) = html_of(
        Content(text="x", buttons=((Button(label="Open", value="open:1", url="https://a.example"),),)), labels
    )
    assert message.keyboard == (({"text": "Open", "url": "https://a.example"},),)
