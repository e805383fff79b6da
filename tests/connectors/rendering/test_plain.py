import pytest

from connectors.rendering.plain import text_of
from core.channels import Content
from tests.connectors.rendering.samples import SAMPLES, full, labels, long_table, reply


def test_all_there_can_be() -> None:
    (message,) = text_of(full(), labels, "CNY")
    assert (
        message.text
        == """\
Q1 <numbers>

Hello & welcome

East leads.

```
SELECT 1 < 2
```

客户: Acme

Region        Won amount  Win rate
---------  -------------  --------
East       ¥2,345,678.50    63.1 %
华南          ¥1,800,000      50 %
👩‍👩‍👧 & <Co>       ¥950,000

↳ won amount · last quarter (2026-01-01 – 2026-03-31) · region: East / West · all accounts
“That is <too> dear & late” — Söhne · 1 June 2026 · 2:05"""
    )
    assert [button.value for row in message.buttons for button in row] == ["confirm:e1", "decline:e1", "ask:By month?"]


@pytest.mark.parametrize("text", SAMPLES)
def test_long_replies_fit(text: str) -> None:
    messages = text_of(Content(reply=reply(text, table=long_table(200))), labels, limit=500)
    assert all(0 < len(one.text) <= 500 for one in messages)


def test_many_sources_are_counted() -> None:
    answer = full().reply
    assert answer is not None
    (message,) = text_of(Content(reply=answer.model_copy(update={"sources": answer.sources * 8})), labels)
    assert message.text.endswith("… 3 more quotes")
