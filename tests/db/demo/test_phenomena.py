"""Each planted phenomenon of `docs/demo.md` is there to be found, by numbers alone."""

from tests.db.demo.conftest import Rows

WON = "SUM(CASE WHEN stage = 'won' THEN 1.0 ELSE 0 END)"


def by_first(found: list[tuple[str, float]]) -> dict[str, float]:
    return {name: float(value) for name, value in found}


def test_seasonality(rows: Rows) -> None:
    sql = """SELECT substr(close_date, 6, 2), sum(close_value) / count(DISTINCT substr(close_date, 1, 7))
        FROM deals WHERE stage = 'won' AND substr(close_date, 1, 7) < (SELECT substr(max(close_date), 1, 7) FROM deals)
        GROUP BY 1"""
    months = by_first(rows(sql))
    ordinary = sum(months[month] for month in ("01", "04", "05", "07", "08", "09")) / 6
    assert months["02"] < 0.65 * ordinary
    assert months["03"] > 1.3 * ordinary
    assert (months["10"] + months["11"] + months["12"]) / 3 > 1.3 * ordinary


def test_the_north_wins_less_and_later(rows: Rows) -> None:
    sql = f"""SELECT p.region, {WON} / count(*), avg(CASE WHEN stage = 'won'
        THEN julianday(close_date) - julianday(engage_date) END)
        FROM deals JOIN people p ON p.id = owner_id WHERE close_date IS NOT NULL GROUP BY p.region"""
    regions = {region: (float(rate), float(days)) for region, rate, days in rows(sql)}
    rate, days = regions.pop("North")
    assert all(rate < other - 0.08 for other, _ in regions.values())
    assert all(days > 1.3 * other for _, other in regions.values())


def test_one_rep_gives_too_much_away(rows: Rows) -> None:
    sql = """SELECT p.name, sum(1.0 * close_value) / sum(list_price) FROM deals d JOIN people p ON p.id = d.owner_id
        WHERE stage = 'won' GROUP BY p.name ORDER BY 2 LIMIT 2"""
    (lowest, realised), (_, second) = rows(sql)
    assert lowest == "Tyler Brandt"
    assert realised < second - 0.08


def test_two_regions_quote_one_group_differently(rows: Rows) -> None:
    sql = """SELECT p.region, sum(1.0 * l.unit_price) / sum(l.list_price) FROM quote_lines l
        JOIN quotes q ON q.id = l.quote_id JOIN people p ON p.id = q.owner_id JOIN accounts a ON a.id = q.account_id
        JOIN products i ON i.id = l.product_id
        WHERE a.parent = 'Huading Group' AND i.name = 'Atlas 200' GROUP BY p.region"""
    prices = by_first(rows(sql))
    assert set(prices) == {"East", "South"}
    assert prices["East"] - prices["South"] > 0.12


def test_who_leaves_has_complained(rows: Rows, today: str) -> None:
    sql = f"""WITH bought AS (
            SELECT account_id, max(date) AS last FROM orders GROUP BY account_id HAVING count(*) >= 4),
        complained AS (SELECT account_id, count(*) AS n FROM tickets WHERE kind = 'complaint' GROUP BY account_id)
        SELECT last < date('{today}', '-120 day'), count(*), avg(coalesce(n, 0))
        FROM bought LEFT JOIN complained USING (account_id) GROUP BY 1 ORDER BY 1"""
    (_, staying, few), (_, leaving, many) = rows(sql)
    assert staying > leaving > 15
    assert many > 2.5 * few


def test_complaints_come_just_before_the_last_order(rows: Rows, today: str) -> None:
    sql = f"""WITH gone AS (SELECT account_id, max(date) AS last FROM orders GROUP BY account_id
        HAVING count(*) >= 4 AND max(date) < date('{today}', '-120 day'))
        SELECT count(DISTINCT t.account_id) FROM tickets t JOIN gone USING (account_id)
        WHERE kind = 'complaint' AND t.date BETWEEN date(last, '-60 day') AND date(last, '+60 day')"""
    assert rows(sql)[0][0] >= 15


def test_leavers_say_so(rows: Rows) -> None:
    sql = """SELECT count(DISTINCT c.account_id) FROM messages m JOIN conversations c ON c.id = m.conversation_id
        WHERE speaker = 'customer' AND (text LIKE '%not to renew%' OR text LIKE '%moving to%'
        OR text LIKE '%stop using%' OR text LIKE '%不续了%' OR text LIKE '%打算换成%' OR text LIKE '%准备停用%')"""
    assert rows(sql)[0][0] >= 10


def test_construction_pays_late(rows: Rows) -> None:
    sql = """SELECT a.sector, avg(julianday(p.date) - julianday(i.due_date)) FROM payments p
        JOIN invoices i ON i.id = p.invoice_id JOIN accounts a ON a.id = i.account_id GROUP BY a.sector"""
    sectors = by_first(rows(sql))
    late = sectors.pop("Construction")
    assert late > 40
    assert all(days < 10 for days in sectors.values())


def test_construction_owes_the_most(rows: Rows, today: str) -> None:
    sql = f"""SELECT a.sector, sum(i.amount - coalesce(paid.amount, 0)) FROM invoices i
        JOIN accounts a ON a.id = i.account_id
        LEFT JOIN (SELECT invoice_id, sum(amount) AS amount FROM payments GROUP BY 1) paid ON paid.invoice_id = i.id
        WHERE i.due_date < '{today}' GROUP BY 1 ORDER BY 2 DESC"""
    (worst, owed), (_, second), *_ = rows(sql)
    assert worst == "Construction"
    assert owed > 1.5 * second
