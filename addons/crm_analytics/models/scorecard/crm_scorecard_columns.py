"""The columns of a scorecard that a refresh writes, by where they come from."""

from decimal import Decimal

from odoo.tools import SQL

# Figures read from the ledger; the nightly reconciliation compares these
FACTS = (
    "first_order_date",
    "last_order_date",
    "order_count",
    "purchase_day_count",
    "revenue",
    "refunded_amount",
    "margin",
    "average_order",
    "interval_mean",
    "interval_spread",
    "next_order_date",
    "is_repeat",
    "invoiced_amount",
    "active",
)
# Figures that also depend on the rules and on the other customers
SCORES = ("recency_score", "frequency_score", "monetary_score")
STATE = (*SCORES, "rfm_code", "rfm_group_id")
PREVIOUS = ("previous_rfm_code", "previous_rfm_group_id", "previous_date")
HISTORY = ("last_order_date", "order_count", "revenue", "margin", *STATE)
# What a refresh tells of the rows it wrote
COUNTS = ("customers", "inserted", "updated", "deleted", "corrected")
# The column that each dimension scores
SCORED = {
    "recency": "last_order_date",
    "frequency": "order_count",
    "monetary": "revenue",
}


def columns(names, alias=None) -> SQL:
    """Return ``alias.a, alias.b, ...`` for ``names``."""
    return SQL(", ").join(
        SQL.identifier(alias, name) if alias else SQL.identifier(name) for name in names
    )


def assignments(names, alias) -> SQL:
    """Return ``a = alias.a, b = alias.b, ...`` for ``names``."""
    return SQL(", ").join(
        SQL("%s = %s", SQL.identifier(name), SQL.identifier(alias, name))
        for name in names
    )


def exact(value, digits) -> SQL:
    """Return the float ``value`` as an exact number, rounded, halves up.

    By way of a whole number: the host's way from a float to an exact number goes by
    its text and takes longer than all the rest of a row.

    :param digits: digits after the point; the value has less than 18 in all
    """
    step = Decimal(1).scaleb(-digits)
    return SQL("(FLOOR((%s) * %s::float8 + 0.5)::int8 * %s)", value, 10.0**digits, step)
