"""What our indexes cost the host: the same writes with and without them."""

import time

from jobs import own_indexes

from odoo.tools import SQL

# As the ORM writes a changed order: an amount, which some indexes hold, and its date
UPDATE = """
    UPDATE sale_order SET amount_untaxed = amount_untaxed + 1, margin = margin + 1,
           write_date = now() AT TIME ZONE 'UTC'
     WHERE id IN (SELECT id FROM sale_order ORDER BY id DESC OFFSET %s LIMIT %s)"""


class HostWrites:
    """Updates of orders in transactions that are rolled back."""

    def __init__(self, session, orders):
        self.session, self.orders = session, orders
        self._seconds = {}

    def without(self):
        return self._measure("without", own_indexes(self.session.registry.db_name))

    def with_indexes(self):
        return self._measure("with", ())

    def ratio(self):
        return self._seconds["with"] / self._seconds["without"]

    def _measure(self, name, dropped, turns=3):
        """Return the median; each turn writes other rows, so none is warmer."""
        times = []
        for turn in range(turns):
            with self.session.environment() as env:
                for index in sorted(dropped):
                    env.cr.execute(SQL("DROP INDEX %s", SQL.identifier(index)))
                started = time.monotonic()
                env.cr.execute(UPDATE, (turn * self.orders, self.orders))
                times.append(time.monotonic() - started)
                env.cr.rollback()
        self._seconds[name] = sorted(times)[turns // 2]
        return self._seconds[name]
