"""The CDNOW database shows what the raw file says, to the cent.

Plain pytest; ``tools/cdnow.py`` has made the database, which the variable
CDNOW_DATABASE names (crm_cdnow by default). Asked through psql, so neither the
product nor Odoo has a hand in what is compared.
"""

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
