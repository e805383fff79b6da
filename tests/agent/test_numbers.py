"""Figures in prose stand in the turn's tables as they would be displayed, or are caught."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.messages import AnyMessage, HumanMessage, ToolMessage

from agent.numbers import Grounds, grounds_of, unsupported
from core.language import format_number
from core.periods.calendar import period_named
from core.reply import Column, Receipt, ReceiptPeriod, Status, Table
from core.wording import LANGS, Lang
from tools.metrics.codec import answer_to_json
from tools.metrics.query import Answer, MetricQuery

PERIOD = ReceiptPeriod.model_validate({"from": "2017-07-01", "to": "2017-09-30", "label": "Q3 2017"})


def receipt(rows: int = 57) -> Receipt:
    return Receipt(
        id="r1",
        metric="revenue",
        definition="sum",
        period=PERIOD,
        filters={},
        group_by=("region",),
        scope="all records",
        rows=rows,
        as_of="2026-06-17T12:00:00+08:00",
        query_id="q",
    )


def turn_of(table: Table) -> list[AnyMessage]:
    question = MetricQuery(("revenue",), ("region",), period=period_named("2017-Q3"), limit=5)
    answer = Answer(Status.ANSWERED, question, table, (receipt(),))
    artifact = {"answer": answer_to_json(answer), "labels": {}, "values": {}}
    told = ToolMessage("{}", tool_call_id="c", name="ask_records", artifact=artifact)
    return [HumanMessage("revenue by region in Q3 2017, is it 4 million?"), told]


TABLE = Table(
    columns=(
        Column(name="region"),
        Column(name="revenue", unit="money"),
        Column(name="win_rate", unit="ratio"),
        Column(name="sales_cycle_days", unit="days"),
        Column(name="close_date", unit="date"),
    ),
    rows=(
        ("East", Decimal("1234567.5"), 0.63158, 47.25, "2017-08-14"),
        ("Atlas 200", Decimal(98765), 0.5, 12, "2017-07-03"),
        ("三一重工", Decimal(3456), -0.125, 9, "2017-09-09"),
    ),
)


@pytest.fixture(scope="module")
def grounds() -> Grounds:
    return grounds_of(turn_of(TABLE))


@pytest.mark.parametrize(
    "text",
    [
        "East made ¥1,234,567.50, a win rate of 63.2%.",
        "East made about 1.23m, 63%, in 47.3 days.",
        "东区123.46万元，赢单率63.2%，平均47.3天。",
        "Atlas 200 made 98,765 (50 per cent) and 三一重工 3,456, down 12.5%.",
        "最高的是Atlas 200，9.88万；三一重工-12.5%。",
        "From 1 July to 30 September 2017 (Q3 2017), 57 deals in three regions; the top 5 were asked for.",
        "2017年三季度（2017年7月1日至2017年9月30日）共3个大区。",
        "Closed on 14 August 2017 and 2017-07-03.",
        "1. East\n2. Atlas 200\n3. 三一重工",
        "第1名是East。",
        "That is good news.",
    ],
)
def test_what_the_table_says_may_be_said(text: str, grounds: Grounds) -> None:
    assert unsupported(text, grounds) == []


@pytest.mark.parametrize(
    "text",
    [
        "East made ¥1,234,568.50.",
        "East made 1.24m.",
        "a win rate of 63.1%",
        "a win rate of 47.3%",
        "赢单率36.2%",
        "东区124.46万元",
        "两百万元",
        "It was 4 million, as you say.",
        "In Q2 2017 it was better.",
        "in 2016",
        "2018年",
        "on 15 August 2017",
        "until 29 September 2017",
        "Atlas 300 sold.",
        "East grew by 12.5%, +12.5%.",
        "1,333,332.5 together",
        "57% of them",
        "第4名",
        "r2",
        "四个大区",
        "six regions",
    ],
)
def test_what_it_does_not_say_is_caught(text: str, grounds: Grounds) -> None:
    assert unsupported(text, grounds) != []


def test_without_a_tool_call_no_figure_is_right() -> None:
    nothing = grounds_of([HumanMessage("is revenue 5 million?")])
    assert unsupported("Yes, 5 million.", nothing) == ["5 million"]
    assert unsupported("Hello!", nothing) == []


def changed(text: str, place: int, by: int) -> str:
    """The text with one digit turned to another."""
    digits = [at for at, char in enumerate(text) if char.isascii() and char.isdigit()]
    at = digits[place % len(digits)]
    return text[:at] + str((int(text[at]) + by) % 10) + text[at + 1 :]


@given(
    value=st.one_of(
        st.tuples(st.decimals("0.001", "0.999", places=4), st.just("ratio")),
        st.tuples(st.decimals(20, 10**9, places=2), st.just("money")),
        st.tuples(st.integers(20, 10**7).map(Decimal), st.just("count")),
        st.tuples(st.decimals(20, 900, places=2), st.just("days")),
    ),
    lang=st.sampled_from(LANGS),
    place=st.integers(0, 20),
    by=st.integers(1, 9),
)
def test_any_changed_digit_is_caught(value: tuple[Decimal, str], lang: Lang, place: int, by: int) -> None:
    number, unit = value
    column = Column.model_validate({"name": "revenue", "unit": unit})
    grounds = grounds_of(turn_of(Table(columns=(column,), rows=((number,),))))
    grounds.exact.clear()
    shown = format_number(number, unit, lang, "CNY")
    assert unsupported(f"x: {shown}", grounds) == []
    other = changed(shown, place, by)
    assert unsupported(f"x: {other}", grounds) != []
