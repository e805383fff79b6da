"""Every amount follows from the one before it, and every owned row has its credited person."""

import pytest

from tests.db.demo.conftest import Rows

OWNED = ["accounts", "deals", "activities", "quotes", "orders", "invoices", "payments", "tickets", "campaign_touches"]


@pytest.mark.parametrize("table", [*OWNED, "targets", "conversations"])
def test_every_owned_row_belongs_to_a_rep(rows: Rows, table: str) -> None:
    strays = (
        f"SELECT count(*) FROM {table} t LEFT JOIN people p ON p.id = t.owner_id AND p.role = 'rep' WHERE p.id IS NULL"
    )
    assert rows(strays) == [(0,)]


def test_deals_have_prices_and_dates_that_fit_their_stage(rows: Rows) -> None:
    bad = """SELECT count(*) FROM deals WHERE list_price IS NULL OR engage_date IS NULL
        OR (stage IN ('won', 'lost')) <> (close_date IS NOT NULL) OR close_date < engage_date
        OR (stage = 'won' AND close_value IS NULL) OR close_value > list_price"""
    assert rows(bad) == [(0,)]


def test_a_won_deal_is_one_order_and_one_accepted_quote(rows: Rows) -> None:
    sql = """SELECT count(*) FROM deals d
        LEFT JOIN orders o ON o.deal_id = d.id AND o.amount = d.close_value AND o.owner_id = d.owner_id
        LEFT JOIN quotes q ON q.deal_id = d.id AND q.status = 'accepted' AND q.amount = d.close_value
        WHERE d.stage = 'won' AND (o.id IS NULL OR q.id IS NULL)"""
    assert rows(sql) == [(0,)]
    assert rows("SELECT count(*) FROM orders") == rows("SELECT count(*) FROM deals WHERE stage = 'won'")


def test_a_quote_is_the_sum_of_its_lines(rows: Rows) -> None:
    sql = """SELECT count(*) FROM quotes q WHERE amount <>
        (SELECT sum(quantity * unit_price) FROM quote_lines l WHERE l.quote_id = q.id)"""
    assert rows(sql) == [(0,)]


def test_invoices_stay_within_orders_and_payments_within_invoices(rows: Rows) -> None:
    over = "SELECT count(*) FROM {0} b WHERE b.amount < (SELECT sum(amount) FROM {1} p WHERE p.{2} = b.id)"
    assert rows(over.format("orders", "invoices", "order_id")) == [(0,)]
    assert rows(over.format("invoices", "payments", "invoice_id")) == [(0,)]


def test_nothing_but_targets_lies_ahead(rows: Rows, today: str) -> None:
    for table in ("activities", "quotes", "orders", "invoices", "payments", "tickets", "campaign_touches"):
        assert rows(f"SELECT count(*) FROM {table} WHERE date > '{today}'") == [(0,)]
    assert rows(f"SELECT count(*) FROM deals WHERE close_date > '{today}' OR engage_date > '{today}'") == [(0,)]


def test_every_rep_has_targets_through_this_quarter_and_month(rows: Rows, today: str) -> None:
    sql = f"""SELECT metric, count(DISTINCT owner_id) FROM targets
        WHERE '{today}' BETWEEN start_date AND end_date GROUP BY metric ORDER BY metric"""
    reps = rows("SELECT count(*) FROM people WHERE role = 'rep' AND region IS NOT NULL")[0][0]  # consultants have none
    assert rows(sql) == [("revenue", reps), ("visits", reps)]


def test_names_are_unique_and_some_are_shared_in_part(rows: Rows) -> None:
    for table in ("people", "accounts", "products", "deals"):
        assert rows(f"SELECT name FROM {table} GROUP BY name HAVING count(*) > 1") == []
    assert rows("SELECT count(*) > 1 FROM people WHERE name LIKE '% Chen'") == [(1,)]
    assert rows("SELECT count(*) > 2 FROM people WHERE name LIKE '王%'") == [(1,)]


def test_customers_speak_both_languages(rows: Rows) -> None:
    langs = dict(rows("SELECT lang, count(*) FROM messages GROUP BY lang"))
    assert langs["en"] > 300
    assert langs["zh"] > 300
    assert rows("SELECT count(*) FROM messages WHERE text LIKE '%{%'") == [(0,)]
