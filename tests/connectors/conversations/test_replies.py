"""What is cut from e-mails, and what never is, in the styles of the common programs and both languages."""

import pytest

from connectors.conversations.replies import own_words

OWN = "Your price is too high for us.\nCan you do 10% less?"
EIGEN = "你们的价格太高了。\n能便宜10%吗？"

QUOTES = {
    "gmail": "On Mon, 1 Jun 2026 at 10:02, Ann Lee <ann@acme.example> wrote:\n\n> Here is our offer.\n> Ann",
    "gmail wrapped": "On Mon, 1 Jun 2026 at 10:02, Ann Lee of the far longer name\n<ann@acme.example> wrote:\n> Offer",
    "gmail zh": "Ann Lee <ann@acme.example> 于2026年6月1日周一 10:02写道：\n\n> 报价如下",
    "apple": "> On 1 Jun 2026, at 10:02, Ann Lee <ann@acme.example> wrote:\n> \n> Offer",
    "apple zh": "> 2026年6月1日 10:02，Ann Lee <ann@acme.example> 写道：\n> \n> 报价",
    "outlook": "________________________________\n"
    "From: Ann Lee <ann@acme.example>\nSent: Monday, June 1, 2026 10:02 AM\n"
    "To: Wu\nSubject: Offer\n\nHere is our offer.",
    "outlook zh": "发件人: Ann Lee <ann@acme.example>\n"
    "发送时间: 2026年6月1日 10:02\n收件人: 吴\n主题: 报价\n\n报价如下",
    "outlook bold": "*From:* Ann Lee <ann@acme.example>\n*Sent:* Monday\n*To:* Wu\n\nOffer",
    "outlook old": "-----Original Message-----\nFrom: Ann Lee\n\nOffer",
    "outlook old zh": "-----原始邮件-----\n发件人: Ann\n\n报价",
    "qq": '------------------ 原始邮件 ------------------\n发件人: "Ann" <ann@acme.example>;\n'
    "发送时间: 2026年6月1日(星期一) 上午10:02\n"
    '收件人: "吴"<wu@qq.com>;\n主题: 报价\n\n报价如下',
    "qq en": "------------------ Original ------------------\n"
    'From:  "Ann" <ann@acme.example>;\nDate:  Mon, Jun 1, 2026\n'
    'To:  "Wu"<wu@qq.com>;\n\nOffer',
    "163": 'At 2026-06-01 10:02:33, "Ann Lee" <ann@acme.example> wrote:\n\n>Here is our offer.\n>Ann',
    "163 zh": '在 2026-06-01 10:02:33，"Ann Lee" <ann@acme.example> 写道：\n\n报价如下\n请查收',
    "foxmail": "From: Ann Lee\nDate: 2026-06-01 10:02\nTo: wu\nSubject: Offer\nHere is our offer.",
    "foxmail zh": "发件人： Ann Lee\n发送时间： 2026-06-01 10:02\n收件人： 吴\n主题： 报价\n报价如下",
    "thunderbird": "Am 01.06.26 um 10:02 schrieb Ann Lee:\n> Angebot",
    "forwarded": "---------- Forwarded message ---------\nFrom: Ann Lee <ann@acme.example>\nDate: Mon\n\nOffer",
    "forwarded zh": "-------- 转发邮件信息 --------\n发件人：Ann\n\n报价",
}
ENDS = {
    "device": "Sent from my iPhone",
    "device zh": "发自我的iPhone",
    "device huawei": "发自我的华为手机",
    "device outlook": "Get Outlook for iOS",
    "dashes": "-- \nWu Ming\nBuyer, Globex\n+86 138 0000 1111",
    "regards": "Best regards,\nWu Ming\nGlobex GmbH\nTel: +49 30 1234567\nwww.globex.example",
    "regards zh": "祝好\n吴明\n环球贸易有限公司\n手机：13800001111",
    "salute zh": "此致\n敬礼\n\n吴明",
    "card zh": "吴明\n环球贸易有限公司\n电话：021-62345678\n邮箱：wu@globex.example",
    "disclaimer": "This e-mail and any attachments are confidential and intended only for the addressee.",
    "disclaimer zh": "本邮件及其附件含有保密信息，仅限于收件人使用。如您误收，请删除。",
    "both": "Best regards\nWu\n\nCONFIDENTIALITY NOTICE: The content is privileged.\nDo not copy it.",
}


@pytest.mark.parametrize("name", QUOTES)
@pytest.mark.parametrize("own", [OWN, EIGEN], ids=["en", "zh"])
def test_quoted_mails_are_cut(name: str, own: str) -> None:
    assert own_words(f"{own}\n\n{QUOTES[name]}") == own
    assert own_words(f"{own}\r\n\r\n{QUOTES[name]}".replace("\n", "\r\n").replace("\r\r", "\r")) == own


@pytest.mark.parametrize("name", ENDS)
@pytest.mark.parametrize("own", [OWN, EIGEN], ids=["en", "zh"])
def test_signatures_and_notices_are_cut(name: str, own: str) -> None:
    assert own_words(f"{own}\n\n{ENDS[name]}") == own
    assert own_words(f"{own}\n\n{ENDS[name]}\n\n{QUOTES['gmail']}") == own


def test_thanks_stay_and_the_name_goes() -> None:
    assert own_words("It works.\n\nThanks,\nWu") == "It works.\n\nThanks,"
    assert own_words("很好用。\n\n谢谢！\n吴明") == "很好用。\n\n谢谢！"


KEPT = [
    "On Monday he wrote: we cancel. That was a shock.",
    "She wrote:\nnothing at all",
    "From: our side there is no objection.\nWe sign.",
    "发件人: 这个字段在你们系统里导不出来，怎么办？",
    "Thanks for the offer. We will decide on Friday.\nBest price wins.",
    "谢谢你们的报价，我们周五定。",
    "Call me tomorrow.\nTel: +49 30 1234567",
    "> 50 users is too few for us",
    "We need:\n- SSO\n- an API\n-- and support in Chinese",
    "Regards to your boss.\nWe want 20% off, otherwise we leave.",
    "Best regards,\n\nPS: we also need a discount of 10%, or we go to Initech.",
    "1. price\n2. delivery\n\n3. support\n4. training",
    "我在想，如果价格不降，我们就换供应商了。",
    "该项目预算 2026 年 50 万，写道：",
    "Important: we can't renew at this price.",
]


@pytest.mark.parametrize("text", KEPT)
def test_what_was_really_written_stays(text: str) -> None:
    assert own_words(text) == text


def test_answers_between_quoted_lines_stay() -> None:
    text = "On 1 Jun 2026 at 10:02, Ann <a@b.example> wrote:\n> Price ok?\nNo, too high.\n> Delivery ok?\nYes."
    assert own_words(text) == "No, too high.\nYes."


def test_nothing_of_ones_own_is_nothing() -> None:
    assert own_words(QUOTES["outlook"]) == ""
    assert own_words("> only\n> quoted") == ""
    assert own_words("") == ""


def test_long_and_odd_text_takes_no_time() -> None:
    text = "On " + "a" * 100_000 + "\n" + ">" * 50_000 + "\n" + "x\n" * 20_000
    assert own_words(text)
