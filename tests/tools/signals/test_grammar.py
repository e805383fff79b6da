"""What the cues find, and what takes them back."""

import pytest

from tools.signals.grammar import read
from tools.signals.prepare import prepare


def sure(text: str) -> dict[str, str]:
    prepared = prepare(text)
    return {mark.kind: text[mark.start : mark.end] for mark in read(prepared).standing if mark.sure}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Honestly that's too expensive for us", "price_sensitivity"),
        ("any chance of a 10% discount", "price_sensitivity"),
        ("my CFO says it's too dear", "price_sensitivity"),
        ("太贵了，能不能便宜点", "price_sensitivity"),
        ("太貴了，預算不夠", "price_sensitivity"),
        ("We're also talking to another supplier", "competitor"),
        ("我们也在对比别家的方案", "competitor"),
        ("If it fails again we'll cancel the contract", "churn_risk"),
        ("What is the notice period?", "churn_risk"),
        ("再这样我们就换供应商了", "churn_risk"),
        ("解约要提前多久通知", "churn_risk"),
        ("Please send the contract over, we're ready to sign", "buying_intent"),
        ("把合同发过来，我们今天就签", "buying_intent"),
        ("We need a scanner that works in the cold", "demand"),
        ("我们需要一套仓库管理系统", "demand"),
        ("Do you support SSO with Okta?", "technical_need"),
        ("你们的API能不能对接我们的ERP", "technical_need"),
        ("The board decides on the 14th", "decision_process"),
        ("这个要等老板拍板", "decision_process"),
        ("Your support never answers, it's unacceptable", "complaint"),
        ("你们的售后太差了", "complaint"),
    ],
)
def test_a_cue_carries_its_kind(text: str, kind: str) -> None:
    assert kind in sure(text)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Price isn't the issue.", "price_sensitivity"),
        ("我们不是嫌贵", "price_sensitivity"),
        ("How much is it per seat?", "price_sensitivity"),
        ("多少钱一套？", "price_sensitivity"),
        ("We're not talking to any other supplier", "competitor"),
        ("Does it integrate with SAP?", "competitor"),
        ("能不能对接用友？", "competitor"),
        ("Please cancel the meeting on Friday", "churn_risk"),
        ("明天的会议取消吧", "churn_risk"),
        ("Our customers cancel their contract every January", "churn_risk"),
        ("Forget what I said about ending the contract", "churn_risk"),
        ("We don't need another printer", "demand"),
        ("我们不需要新的系统", "demand"),
        ("No complaints at all", "complaint"),
        ("The problem has been fixed, thanks", "complaint"),
        ("You said the service was terrible", "complaint"),
    ],
)
def test_what_is_negated_withdrawn_or_somebody_elses_does_not_stand(text: str, kind: str) -> None:
    assert kind not in sure(text)


def test_quoted_replies_are_not_read() -> None:
    assert sure("Thanks, received.\n> the price is too high for us\n> we want a discount") == {}


def test_positions_fit_the_original() -> None:
    text = "１０％ discount？ 這個價格太貴了！"
    prepared = prepare(text)
    assert len(prepared.plain) == len(prepared.lower) == len(text)
    assert sure(text)["price_sensitivity"] in text


def test_a_long_text_is_read_in_good_time() -> None:
    assert read(prepare("we need " * 2000)).standing
