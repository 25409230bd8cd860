from datetime import date, timedelta

from odoo.tests import tagged
from odoo.tools import SQL

from .lifetime_common import LifetimeCommon

ORDERS = 50_000
DAYS = 500


@tagged("post_install", "-at_install")
class TestManyOrders(LifetimeCommon):
    """A customer with 50,000 orders, as a web shop's own account has them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = cls.env["crm.sale.fact"]._get_today(cls.company)
        cls.huge, cls.small, cls.other = cls._create_customers(3)
        cls.ore, cls.salt = cls.env["product.product"].create(
            [{"name": name, "type": "consu"} for name in ("Ore", "Salt")]
        )
        cls._load_orders(
            [(partner, cls._day(9), 100.0, 40.0) for partner in (cls.small, cls.other)]
        )
        cls._load_lines(cls.small, cls.salt)
        cls.env["crm.affinity.policy"]._ensure(cls.company).write(
            {"min_count": 1, "min_share": 0.0}
        )

    @classmethod
    def _day(cls, days_ago) -> date:
        return cls.today - timedelta(days=days_ago)

    @classmethod
    def _load_lines(cls, partner, product):
        """Give every order of ``partner`` one line of ``product``, by SQL."""
        cls.env.cr.execute(
            SQL(
                """INSERT INTO sale_order_line
                          (order_id, company_id, currency_id, order_partner_id, name,
                           product_id, product_uom_id, product_uom_qty, price_unit,
                           price_subtotal, price_reduce_taxexcl, discount, state,
                           customer_lead, margin, write_date, create_date)
                   SELECT o.id, o.company_id, o.currency_id, o.partner_id, 'x', %s, %s,
                          1, o.amount_untaxed, o.amount_untaxed, o.amount_untaxed, 0,
                          'sale', 0, o.margin, o.write_date, o.create_date
                     FROM sale_order o WHERE o.partner_id = %s AND o.state = 'sale'""",
                product.id,
                product.uom_id.id,
                partner.id,
            )
        )
        cls.env.cr.execute("ANALYZE sale_order; ANALYZE sale_order_line")
        cls.env.invalidate_all()

    def _count_queries(self, work):
        """Return the result of ``work`` and the number of its queries."""
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        result = work()
        self.env.flush_all()
        return result, self.env.cr.sql_log_count - before

    def _do_all(self):
        """Refresh, count what is bought together, propose, and look at a customer."""
        policy = self.env["crm.affinity.policy"]._ensure(self.company)
        boards = self.env["crm.seven.p.board"]
        steps = {
            "refresh": lambda: self._refresh(self.today),
            "affinity": lambda: self.env["crm.affinity.run"]._refresh(
                self.company, "full"
            ),
            "offers": lambda: self.env["crm.next.best.offer.engine"]._refresh(policy),
            "board": lambda: boards.get_board("customer", self.huge.id),
        }
        found = {name: self._count_queries(step) for name, step in steps.items()}
        return {name: found[name][1] for name in steps}, found["board"][0]

    def test_figures_and_queries_do_not_depend_on_the_orders(self):
        self._load_orders([(self.huge, self._day(9), 10.0, 4.0)])
        self._load_lines(self.huge, self.ore)
        few, _board = self._do_all()
        self.env.cr.execute(
            "DELETE FROM sale_order WHERE partner_id = %s", [self.huge.id]
        )
        self._load_orders(
            [(self.huge, self._day(n % DAYS), 10.0, 4.0) for n in range(ORDERS)]
        )
        self._load_lines(self.huge, self.ore)
        many, board = self._do_all()
        for name, queries in many.items():
            self.assertLessEqual(queries, few[name], name)
        card = self.env["crm.customer.scorecard"].search(
            [("partner_id", "=", self.huge.id), ("company_id", "=", self.company.id)]
        )
        self.assertEqual(
            (card.order_count, card.purchase_day_count, card.revenue, card.margin),
            (ORDERS, DAYS, 10.0 * ORDERS, 4.0 * ORDERS),
        )
        self.assertEqual(card.interval_mean, 1.0)
        row = self._part("persistency", self.huge)
        year = (self.today - self._get_year_ago()).days
        self.assertEqual(row.recent_order_count, year * ORDERS // DAYS)
        self.assertEqual(row.former_order_count, ORDERS - row.recent_order_count)
        self.assertEqual(self._part("product", self.huge).product_count, 1)
        self.assertEqual(len(board["parts"]), 7)
        offers = self.env["crm.next.best.offer"].search(
            [("company_id", "=", self.company.id), ("partner_id", "=", self.huge.id)]
        )
        self.assertLess(len(offers), 50)

    def _get_year_ago(self):
        """Return the last day before the twelve months that end today."""
        window = self.env["crm.scorecard.part.engine"]._get_window(
            self.company, self.today
        )
        return window.start - timedelta(days=1)
