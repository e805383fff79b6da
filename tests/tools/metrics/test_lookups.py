"""Records are listed, counted and left out exactly as the rows say."""

from datetime import date
from typing import Any

import pytest

from core.periods import Period
from core.reply import Status
from tests.tools.metrics.company import INACTIVE, Rows, identity, seen_by
from tools.metrics.desk import Desk
from tools.metrics.query import Answer, Filter, RecordQuery

YEAR = Period(date(2025, 1, 1), date(2025, 12, 31), "2025")
WON = (Filter("stage", "is", ("won",)),)
REPS = (Filter("role", "is", ("rep",)),)


def rows_of(answer: Answer) -> list[tuple[Any, ...]]:
    assert answer.table is not None
    return list(answer.table.rows)


def in_year(row: dict[str, Any]) -> bool:
    return row["close_date"] is not None and YEAR.start <= row["close_date"] <= YEAR.end


def mine(rows: list[dict[str, Any]], asker: int) -> list[dict[str, Any]]:
    people = seen_by(asker)
    return [row for row in rows if people is None or row["owner_id"] in people]


@pytest.mark.parametrize("asker", [1, 2, 5])
def test_the_biggest_won_deals_of_a_period(desk: Desk, small_rows: Rows, asker: int) -> None:
    query = RecordQuery("deal", ("name", "close_value"), WON, YEAR, "close_date", "close_value", "desc", 3)
    won = [row for row in mine(small_rows.deals, asker) if row["stage"] == "won" and row["close_date"]]
    values = sorted((row["close_value"] for row in won if row["close_date"].year == 2025), reverse=True)
    answer = desk.run(identity(asker), query, "en")
    assert [row[1] for row in rows_of(answer)][:3] == values[:3]
    assert answer.receipts[0].rows == len(rows_of(answer))


def test_ties_at_the_limit_are_kept(desk: Desk, small_rows: Rows) -> None:
    query = RecordQuery("ticket", ("date", "kind"), order_by="kind", order="asc", limit=1)
    complaints = sum(row["kind"] == "complaint" for row in small_rows.tickets)
    assert len(rows_of(desk.run(identity(1), query, "en"))) == complaints


def test_joined_names_come_with_the_row(desk: Desk, small_rows: Rows) -> None:
    answer = desk.run(identity(1), RecordQuery("deal", filters=(Filter("name", "is", ("Deal 7",)),)), "en")
    deal = small_rows.deals[6]
    account = next((row["name"] for row in small_rows.accounts if row["id"] == deal["account_id"]), None)
    rep = next((row["name"] for row in small_rows.people if row["id"] == deal["owner_id"]), None)
    closed = deal["close_date"] and deal["close_date"].isoformat()
    assert rows_of(answer) == [("Deal 7", account, rep, deal["stage"], closed, deal["close_value"])]


@pytest.mark.parametrize("asker", [1, 2, 5])
def test_accounts_never_won(desk: Desk, small_rows: Rows, asker: int) -> None:
    deals = mine(small_rows.deals, asker)
    visible = {row["account_id"] for row in deals} | {row["id"] for row in mine(small_rows.accounts, asker)}
    won = {row["account_id"] for row in deals if row["stage"] == "won"}
    answer = desk.run(identity(asker), RecordQuery("account", ("name",), never="deals_won"), "en")
    assert {row[0] for row in rows_of(answer)} == {f"Account {one}" for one in visible - won if one}


def test_never_in_a_period_bounds_what_never_happened(desk: Desk, small_rows: Rows) -> None:
    visited = {
        row["account_id"] for row in small_rows.activities if row["kind"] == "visit" and row["date"].year == 2025
    }
    answer = desk.run(identity(1), RecordQuery("account", never="visits", period=YEAR, count=True), "en")
    assert rows_of(answer) == [(14 - len(visited - {None}),)]


@pytest.mark.parametrize("asker", [1, 2, 3, 5])
def test_of_colleagues_only_those_in_sight_are_said_to_lack_something(desk: Desk, small_rows: Rows, asker: int) -> None:
    people = seen_by(asker)
    lost = {row["owner_id"] for row in small_rows.deals if row["stage"] == "lost" and in_year(row)}
    reps = [row for row in small_rows.people if row["role"] == "rep" and row["id"] not in INACTIVE]
    lacking = [row["name"] for row in reps if (people is None or row["id"] in people) and row["id"] not in lost]
    query = RecordQuery("person", ("name",), REPS, YEAR, never="deals_lost")
    assert sorted(row[0] for row in rows_of(desk.run(identity(asker), query, "en"))) == sorted(lacking)


def test_a_manager_lacks_what_nobody_who_reports_to_them_has(desk: Desk, small_rows: Rows) -> None:
    lost = {row["owner_id"] for row in small_rows.deals if row["stage"] == "lost" and in_year(row)}
    above = {row["manager_id"] for row in small_rows.people if row["id"] in lost} | lost
    managers = [row["name"] for row in small_rows.people if row["role"] == "manager" and row["id"] not in above]
    query = RecordQuery("person", ("name",), (Filter("role", "is", ("manager",)),), YEAR, never="deals_lost")
    assert sorted(row[0] for row in rows_of(desk.run(identity(1), query, "en"))) == sorted(managers)


def test_what_those_out_of_sight_lack_is_not_said(desk: Desk) -> None:
    far = RecordQuery("person", filters=(*REPS, Filter("region", "is", ("West",))), never="visits")
    named = RecordQuery("person", filters=(Filter("name", "is", ("Dee",)),), never="visits")
    assert [desk.run(identity(2), one, "en").status for one in (far, named)] == [Status.FORBIDDEN, Status.FORBIDDEN]


def test_contacts_are_those_of_accounts_in_sight(desk: Desk, small_rows: Rows) -> None:
    accounts = {row[0] for row in rows_of(desk.run(identity(11), RecordQuery("account", ("name",)), "en"))}
    contacts = {row[0] for row in rows_of(desk.run(identity(11), RecordQuery("contact", ("account",)), "en"))}
    assert contacts == accounts


def test_counts_and_lists_over_nothing_are_empty(desk: Desk) -> None:
    long_ago = Period(date(2019, 1, 1), date(2019, 12, 31), "2019")
    counted = desk.run(identity(1), RecordQuery("deal", period=long_ago, count=True), "en")
    listed = desk.run(identity(1), RecordQuery("deal", period=long_ago), "en")
    assert (counted.status, rows_of(counted)) == (Status.EMPTY, [(0,)])
    assert (listed.status, rows_of(listed)) == (Status.EMPTY, [])


def test_long_lists_say_how_many_there_are(small_engine: Any, clock: Any) -> None:
    answer = Desk(small_engine, clock, rows=10).run(identity(1), RecordQuery("deal"), "en")
    assert answer.table is not None
    assert (len(answer.table.rows), answer.table.truncated, answer.receipts[0].rows) == (10, True, 120)


def test_records_never_loaded_are_named(desk: Desk) -> None:
    answer = desk.run(identity(1), RecordQuery("campaign_touch"), "zh")
    assert answer.refusal is not None
    assert (answer.status, answer.refusal.params["records"]) == (Status.UNDEFINED, "营销触达")


def test_custom_fields_are_shown_and_filtered(desk: Desk, small_rows: Rows) -> None:
    gold = [row for row in small_rows.accounts if row["custom"]["tier"] == "gold"]
    query = RecordQuery("account", ("name", "tier", "seats"), (Filter("tier", "is", ("gold",)),), order_by="seats")
    answer = rows_of(desk.run(identity(1), query, "en"))
    assert [row[2] for row in answer] == sorted((row["custom"]["seats"] for row in gold), reverse=True)
