"""The graders on replies made by hand: right ones pass, wrong ones don't."""

from decimal import Decimal

import pytest

from core.reply import Status
from tests.evals.conftest import judged, make_case, make_reply, make_table, make_truth

ANSWERED = make_case(status="answered")
ONE = make_truth(["revenue"], (1234567,))


def test_the_right_number_passes() -> None:
    reply = make_reply(Status.ANSWERED, "Revenue was 1,234,567.", make_table(["revenue"], (Decimal(1234567),)))
    assert judged(ANSWERED, ONE, reply).verdict == "pass"


def test_a_wrong_number_fails_as_wrong() -> None:
    reply = make_reply(Status.ANSWERED, "Revenue was 1,234,568.", make_table(["revenue"], (Decimal(1234568),)))
    found = judged(ANSWERED, ONE, reply)
    assert (found.verdict, found.wrong_number) == ("fail", True)


def test_a_figure_in_the_prose_must_be_in_a_cell() -> None:
    reply = make_reply(Status.ANSWERED, "Revenue was 9,999,999.", make_table(["revenue"], (Decimal(1234567),)))
    found = judged(ANSWERED, ONE, reply)
    assert (found.verdict, found.wrong_number) == ("fail", True)


@pytest.mark.parametrize(
    "text",
    ["123.46万", "Revenue was 1.23 million from 2026-01-01 to 2026-03-31 (3 rows).", "Q1 2026: 1,234,567.00"],
)
def test_rounded_figures_and_the_days_of_receipts_are_fine(text: str) -> None:
    reply = make_reply(Status.ANSWERED, f"Revenue {text}", make_table(["revenue"], (Decimal(1234567),)))
    assert judged(ANSWERED, ONE, reply).verdict == "pass"


def test_the_days_of_a_week_may_be_said() -> None:
    truth = make_truth(["week", "revenue"], ("2026-W19", 70), ("2026-W20", 80))
    table = make_table(["week", "revenue"], ("2026-W19", Decimal(70)), ("2026-W20", Decimal(80)))
    said = "Week 20 (11 May 2026 to 17 May 2026) was best with {}."
    assert judged(ANSWERED, truth, make_reply(Status.ANSWERED, said.format(80), table)).verdict == "pass"
    assert judged(ANSWERED, truth, make_reply(Status.ANSWERED, said.format(81), table)).wrong_number


def test_a_rate_may_be_said_per_cent() -> None:
    truth = make_truth(["win_rate"], (0.6312345,), quotient=True)
    reply = make_reply(Status.ANSWERED, "The win rate was 63.1 %.", make_table(["win_rate"], (Decimal("0.63123451"),)))
    assert judged(ANSWERED, truth, reply).verdict == "pass"
    reply = make_reply(Status.ANSWERED, "The win rate was 64.1 %.", make_table(["win_rate"], (Decimal("0.63123451"),)))
    assert judged(ANSWERED, truth, reply).wrong_number


def test_only_quotients_have_a_tolerance() -> None:
    reply = make_reply(Status.ANSWERED, "Here it is.", make_table(["revenue"], (Decimal("1234567.0001"),)))
    assert judged(ANSWERED, ONE, reply).wrong_number
    assert judged(ANSWERED, make_truth(["revenue"], (1234567,), quotient=True), reply).verdict == "pass"


ROWS = make_truth(["region", "revenue"], ("East", 5), ("West", 3))


def test_rows_may_come_in_any_order_and_with_more_columns() -> None:
    table = make_table(
        ["region", "revenue", "share"], ("West", Decimal(3), Decimal("0.375")), ("East", Decimal(5), Decimal("0.625"))
    )
    assert judged(ANSWERED, ROWS, make_reply(Status.ANSWERED, "See below.", table)).verdict == "pass"


def test_order_matters_where_it_was_asked_for() -> None:
    table = make_table(["region", "revenue"], ("West", Decimal(3)), ("East", Decimal(5)))
    ordered = make_case(status="answered", ordered=True)
    assert judged(ordered, ROWS, make_reply(Status.ANSWERED, "See below.", table)).wrong_number


def test_ties_may_swap_places() -> None:
    truth = make_truth(["region", "revenue"], ("East", 5), ("West", 5))
    table = make_table(["region", "revenue"], ("West", Decimal(5)), ("East", Decimal(5)))
    ordered = make_case(status="answered", ordered=True)
    assert judged(ordered, truth, make_reply(Status.ANSWERED, "See below.", table)).verdict == "pass"


def test_a_missing_row_and_a_swapped_figure_fail() -> None:
    short = make_table(["region", "revenue"], ("East", Decimal(5)))
    swapped = make_table(["region", "revenue"], ("East", Decimal(3)), ("West", Decimal(5)))
    for table in (short, swapped):
        assert judged(ANSWERED, ROWS, make_reply(Status.ANSWERED, "See below.", table)).wrong_number


def test_a_column_of_the_wanted_name_must_hold_the_figure_itself() -> None:
    table = make_table(["revenue", "target"], (Decimal(3), Decimal(5)))
    assert judged(ANSWERED, make_truth(["revenue"], (5,)), make_reply(Status.ANSWERED, "See.", table)).wrong_number


def test_cells_may_stand_anywhere() -> None:
    case = make_case(status="answered", match="cells")
    table = make_table(["period", "revenue"], ("now", Decimal(5)), ("before", Decimal(3)))
    reply = make_reply(Status.ANSWERED, "See below.", table)
    assert judged(case, make_truth(["now", "was"], (5, 3)), reply).verdict == "pass"
    assert judged(case, make_truth(["now", "was"], (5, 4)), reply).wrong_number


def test_a_count_may_be_a_cell_or_a_list_of_as_many() -> None:
    case = make_case(status="answered", match="count")
    listed = make_table(["subject"], ("Cable",), ("Fan",))
    counted = make_table(["tickets"], (Decimal(2),))
    for table, right in ((listed, 2), (counted, 2), (listed, 3), (counted, 3)):
        found = judged(case, make_truth(["count"], (right,)), make_reply(Status.ANSWERED, "See below.", table))
        assert found.wrong_number == (right == 3)


def test_an_answer_where_none_may_be_given_is_a_wrong_number() -> None:
    table = make_table(["revenue"], (Decimal(5),))
    found = judged(make_case(status="forbidden"), None, make_reply(Status.ANSWERED, "It was 5.", table))
    assert (found.verdict, found.wrong_number) == ("fail", True)


def test_another_refusal_is_only_a_failure() -> None:
    found = judged(make_case(status="clarify"), None, make_reply(Status.UNDEFINED, "There is no such thing."))
    assert (found.verdict, found.wrong_number) == ("fail", False)


def test_a_refusal_must_name_what_is_near() -> None:
    case = make_case(status="clarify", mentions=["Kevin Chen", "Sophie Chen"])
    assert judged(case, None, make_reply(Status.CLARIFY, "Kevin Chen or Sophie Chen?")).verdict == "pass"
    assert judged(case, None, make_reply(Status.CLARIFY, "Which Kevin Chen?")).verdict == "fail"


def test_what_must_not_be_said_fails() -> None:
    case = make_case(status="forbidden", silent=["Ridgeway"])
    assert judged(case, None, make_reply(Status.FORBIDDEN, "Ridgeway is not yours.")).verdict == "fail"


def test_the_language_must_be_the_askers() -> None:
    case = make_case(status="empty")
    assert judged(case, None, make_reply(Status.EMPTY, "没有记录。")).verdict == "fail"
    assert judged(case, None, make_reply(Status.EMPTY, "Nobody.", lang="zh")).verdict == "fail"
    names = make_table(["rep", "revenue"], ("王建国", Decimal(5)), ("欧阳修文", Decimal(3)))
    named = make_reply(Status.ANSWERED, "王建国 and 欧阳修文 lead.", names)
    assert judged(ANSWERED, make_truth(["revenue"], (5,), (3,)), named).verdict == "pass"


def test_a_case_whose_sql_finds_nothing_is_ungraded() -> None:
    reply = make_reply(Status.ANSWERED, "It was 5.", make_table(["revenue"], (Decimal(5),)))
    assert judged(ANSWERED, make_truth(["revenue"], (None,)), reply).verdict == "ungraded"
    assert judged(ANSWERED, None, reply).verdict == "ungraded"
