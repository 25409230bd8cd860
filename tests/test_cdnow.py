"""The CDNOW database shows what the raw file says, to the cent.

Plain pytest; ``tools/cdnow.py`` has made the database, which the variable
CDNOW_DATABASE names (crm_cdnow by default). Asked through psql, so neither the
product nor Odoo has a hand in what is compared.
"""

import collections
import os
import pathlib
import subprocess
import sys
from datetime import date
from decimal import Decimal

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))
import cdnow  # noqa: E402

DATABASE = os.environ.get("CDNOW_DATABASE", "crm_cdnow")
LOADED = "FROM sale_order WHERE sales_history_source = 'cdnow' AND state = 'sale'"


def query(statement):
    """Return the rows of a statement as lists of texts."""
    command = ["psql", "-d", DATABASE, "-AtF", "|", "-c", statement]
    answer = subprocess.run(command, check=True, capture_output=True, text=True)
    return [line.split("|") for line in answer.stdout.splitlines()]


@pytest.fixture(scope="module")
def purchases():
    return cdnow.read_purchases(cdnow.fetch(os.environ.get("CDNOW_CACHE", cdnow.CACHE)))


@pytest.fixture(scope="module")
def expected(purchases):
    return cdnow.figures(purchases)


def test_known_figures_of_the_raw_file(expected):
    assert expected["customers"] == 23570
    assert expected["orders"] == 69659
    assert expected["revenue"] == Decimal("2500315.63")
    assert (expected["first_day"], expected["last_day"]) == (
        date(1997, 1, 1),
        date(1998, 6, 30),
    )


def test_totals(expected):
    ((customers, orders, revenue, first, last),) = query(
        "SELECT COUNT(DISTINCT partner_id), COUNT(*), SUM(amount_untaxed), "
        f"MIN(date_order)::date, MAX(date_order)::date {LOADED}"
    )
    assert int(customers) == expected["customers"]
    assert int(orders) == expected["orders"]
    assert Decimal(revenue) == expected["revenue"]
    assert first == expected["first_day"].isoformat()
    assert last == expected["last_day"].isoformat()


def test_every_purchase(purchases):
    rows = query(
        "SELECT o.name, p.ref, o.date_order::date, l.product_uom_qty, l.price_subtotal,"
        " o.amount_total, c.name, p.is_company FROM sale_order o"
        " JOIN sale_order_line l ON l.order_id = o.id"
        " JOIN res_partner p ON p.id = o.partner_id"
        " JOIN res_currency c ON c.id = o.currency_id"
        " WHERE o.sales_history_source = 'cdnow' ORDER BY o.name"
    )
    loaded = [
        (name, ref, day, Decimal(discs), Decimal(line), Decimal(total), code, company)
        for name, ref, day, discs, line, total, code, company in rows
    ]
    assert loaded == [
        (
            cdnow.order_key(purchase),
            purchase.customer,
            purchase.day.isoformat(),
            purchase.quantity,
            purchase.amount,
            purchase.amount,
            "USD",
            "f",
        )
        for purchase in purchases
    ]


def test_orders_are_settled():
    ((count,),) = query(
        f"SELECT COUNT(*) {LOADED} AND (invoice_status <> 'invoiced' OR NOT locked"
        " OR currency_rate <> 1 OR amount_tax <> 0)"
    )
    assert count == "0"


def test_repeat_buyers_and_intervals(expected):
    ((two_orders, two_days, median),) = query(
        "WITH customer AS (SELECT COUNT(*) AS orders,"
        " COUNT(DISTINCT date_order::date) AS days,"
        " MAX(date_order::date) - MIN(date_order::date) AS span"
        f" {LOADED} GROUP BY partner_id)"
        " SELECT COUNT(*) FILTER (WHERE orders > 1), COUNT(*) FILTER (WHERE days > 1),"
        " PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY span::float / (days - 1))"
        " FILTER (WHERE days > 1) FROM customer"
    )
    assert int(two_orders) == expected["customers_with_two_orders"]
    assert int(two_days) == expected["customers_with_two_days"]
    assert float(median) == pytest.approx(expected["median_interval"])


def test_every_scorecard(purchases):
    rows = query(
        "SELECT p.ref, s.first_order_date, s.last_order_date, s.order_count,"
        " s.purchase_day_count, s.revenue, s.interval_mean::numeric(16, 2), s.rfm_code"
        " FROM crm_customer_scorecard s JOIN res_partner p ON p.id = s.partner_id"
        " WHERE p.ref IS NOT NULL"
    )
    stored = {
        ref: (
            date.fromisoformat(first),
            date.fromisoformat(last),
            int(orders),
            int(days),
            Decimal(revenue),
            Decimal(mean) if mean else None,
            code,
        )
        for ref, first, last, orders, days, revenue, mean, code in rows
    }
    assert stored == cdnow.scorecards(purchases)


def test_rfm_group_sizes(purchases):
    """The groups as delivered, here once more as plain conditions."""
    sizes = collections.Counter(
        rfm_group(*map(int, row[-1][:2]))
        for row in cdnow.scorecards(purchases).values()
    )
    stored = query(
        "SELECT g.code, COUNT(*) FROM crm_customer_scorecard s"
        " JOIN crm_rfm_group g ON g.id = s.rfm_group_id GROUP BY g.code"
    )
    assert {code: int(count) for code, count in stored} == dict(sizes)
    members = query(
        "SELECT LOWER(s.code), COUNT(*) FROM crm_segment_membership m"
        " JOIN crm_segment s ON s.id = m.segment_id"
        " JOIN crm_segmentation c ON c.id = s.segmentation_id"
        " WHERE m.date_end IS NULL AND c.name->>'en_US' = 'RFM groups' GROUP BY s.code"
    )
    assert {code: int(count) for code, count in members} == dict(sizes)


def rfm_group(recency, frequency):
    if recency >= 4 and frequency >= 4:
        return "champions"
    if recency >= 3 and frequency >= 3:
        return "loyal"
    if frequency >= 3:
        return "cannot_lose" if frequency == 5 else "at_risk"
    if frequency == 2 and recency >= 3:
        return "attention" if recency == 3 else "potential"
    names = {5: "new", 4: "promising", 3: "about_to_sleep", 2: "hibernating"}
    return names.get(recency, "lost")


def test_measures_by_month(purchases):
    """Revenue, orders and the customers' stock of every month of the history."""
    by_month = collections.defaultdict(list)
    for purchase in purchases:
        by_month[purchase.day.strftime("%Y-%m")].append(purchase)
    count, expected = collections.Counter(), {}
    for month in sorted(by_month):
        new = {p.customer for p in by_month[month]} - set(count)
        count.update(p.customer for p in by_month[month])
        expected[month] = {
            "revenue": sum(p.amount for p in by_month[month]),
            "orders": len(by_month[month]),
            "new_customers": len(new),
            "customers": len(count),
            "repeat_purchase_rate": round(
                Decimal(sum(n > 1 for n in count.values())) / len(count), 6
            ),
        }
    rows = query(
        "SELECT TO_CHAR(v.date_from, 'YYYY-MM'), m.code, v.value::numeric(16, 6)"
        " FROM crm_measure_value v JOIN crm_measure m ON m.id = v.measure_id"
        " WHERE v.date_to <= '1998-06-30' AND v.date_from >= '1997-01-01'"
    )
    stored = collections.defaultdict(dict)
    for month, code, value in rows:
        if code in expected["1997-01"]:
            stored[month][code] = Decimal(value)
    assert stored == expected
