from odoo import models
from odoo.tools import SQL

from ...tools import bg_nbd, gamma_gamma, lifetime, table_copy

#: relation of the predictions of a transaction: its columns and how they are copied
PREDICTION = "crm_lifetime_prediction"
COLUMNS = {
    "customer_id": "i4",
    "expected_orders": "f8",
    "expected_revenue": "f8",
    "lifetime_value": "f8",
    "probability_alive": "f8",
}


class CrmLifetimeModel(models.Model):
    """What a model expects of customers."""

    _inherit = "crm.lifetime.model"

    def _predict(self, policy, as_of, cards: SQL, customers=None) -> SQL:
        """Return the statement of what is expected of active customers.

        Columns: those of :data:`COLUMNS`, not rounded. They stand in a temporary
        table; the next call replaces it.

        :param as_of: day from which the expectation counts; of a customer who ordered
            later, between two full refreshes, it counts from that order
        :param cards: statement giving the scorecards as of that day
        :param customers: statement giving the ids of the customers, or None for all
        """
        self.ensure_one()
        columns = self._expect(policy, *self._read_known(as_of, cards, customers))
        cr = self.env.cr
        names = [*COLUMNS]
        table = SQL.identifier(PREDICTION)
        cr.execute(SQL("DROP TABLE IF EXISTS %s", table))
        cr.execute(
            SQL(
                """CREATE TEMPORARY TABLE %s (customer_id int, expected_orders float8,
                          expected_revenue float8, lifetime_value float8,
                          probability_alive float8) ON COMMIT DROP""",
                table,
            )
        )
        table_copy.write(cr, PREDICTION, names, columns, list(COLUMNS.values()))
        cr.execute(SQL("ANALYZE %s (customer_id)", table))
        return SQL(
            "SELECT %s FROM %s", SQL(", ").join(map(SQL.identifier, names)), table
        )

    def _read_known(self, as_of, cards, customers):
        """Return what is known of the customers: id, purchases, revenue, margin."""
        among = SQL()
        if customers is not None:
            among = SQL("AND customer_id IN (%s)", customers)
        query = SQL(
            """SELECT customer_id, (purchase_day_count - 1)::int,
                      (last_order_date - first_order_date)::int,
                      GREATEST(%(as_of)s, last_order_date) - first_order_date,
                      COALESCE(revenue, 0)::float8, COALESCE(margin, 0)::float8
                 FROM (%(cards)s) card
                WHERE active AND last_order_date IS NOT NULL %(among)s""",
            as_of=as_of,
            cards=cards,
            among=among,
        )
        ids, *days, revenue, margin = self._read_columns(
            query, ("i4", "i4", "i4", "i4", "f8", "f8")
        )
        return ids, bg_nbd.Purchases(*days), revenue, margin

    def _expect(self, policy, ids, purchases, revenue, margin):
        """Return the columns of :data:`COLUMNS` as arrays."""
        import numpy as np  # noqa: PLC0415 see tools/bg_nbd.py

        counts = purchases.repeats + 1
        means = np.maximum(revenue, 0.0) / counts
        years = range(1, max(1, policy.lifetime_years) + 1)
        upto = self._expect_orders(purchases, [lifetime.YEAR * year for year in years])
        value = self._expect_value(counts, means)
        share = lifetime.margin_share(
            margin, revenue, value, self.margin_percent / 100.0
        )
        worth = lifetime.discounted(upto, policy.discount_rate / 100.0)
        alive = np.full(len(ids), np.nan)
        if self.state == "fitted":
            alive = bg_nbd.alive(self._get_parameters(), purchases)
        return ids, upto[0], upto[0] * value, worth * value * share, alive

    def _expect_orders(self, purchases, horizons):
        """Return one array of purchases per horizon of days."""
        if self.state == "fitted":
            parameters = self._get_parameters()
            return bg_nbd.expected_each(parameters, purchases, horizons)
        rate = (self.r, self.alpha)
        return [
            lifetime.simple_orders(rate, purchases.repeats, purchases.observed, days)
            for days in horizons
        ]

    def _expect_value(self, counts, means):
        """Return the amount that each customer is expected to spend on a purchase."""
        if self.state == "fitted":
            parameters = gamma_gamma.Parameters(self.p, self.q, self.gamma)
            return gamma_gamma.expected(parameters, counts, means)
        return lifetime.simple_value(self.order_value, counts, means)

    def _get_parameters(self):
        return bg_nbd.Parameters(self.r, self.alpha, self.a, self.b)
