from odoo.tests import tagged
from odoo.tools import SQL

from .builders import SalesWorld
from .common import SuiteCase


@tagged("post_install", "-at_install")
class TestBuilders(SuiteCase):
    """The builders make the facts they promise, as ``crm.sale.fact`` reads them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.fact = cls.env["crm.sale.fact"]
        cls.world = SalesWorld(cls.env)

    def _fetch(self, source, columns, world=None):
        world = world or self.world
        self.fact._flush_sources()
        return self.env.execute_query(
            SQL(
                "SELECT %s FROM (%s) f JOIN res_partner p ON p.id = f.customer_id"
                " WHERE p.name LIKE 'Suite %%' ORDER BY 1, 2",
                columns,
                source(world.company),
            )
        )

    def _fetch_orders(self, world=None):
        columns = SQL("p.name, f.date_order::date::text, round(f.revenue, 2)::float")
        return self._fetch(self.fact._orders_sql, columns, world)

    def test_orders_have_their_own_days_and_customers(self):
        company = self.world.company_customer("Suite company")
        self.world.order(company, "2024-03-05", 100)
        self.world.order(self.world.contact(company, "Buyer"), "2024-04-06", 20)
        self.world.order(self.world.person("Suite person"), "2024-01-02", 5)
        self.world.order(self.world.archived("Suite archived"), "2024-01-03", 6)
        self.assertEqual(
            self._fetch_orders(),
            [
                ("Suite archived", "2024-01-03", 6.0),
                ("Suite company", "2024-03-05", 100.0),
                ("Suite company", "2024-04-06", 20.0),
                ("Suite person", "2024-01-02", 5.0),
            ],
        )

    def test_cancelled_order_and_quotation_are_no_purchases(self):
        person = self.world.person("Suite person")
        self.world.cancelled(person, "2024-01-02", 5)
        self.world.quotation(person, "2024-01-02", 5)
        self.assertEqual(self._fetch_orders(), [])

    def test_order_in_another_currency(self):
        currency = self.world.currency("GBP", "2020-01-01", 0.5)
        self.world.order(
            self.world.person("Suite person"), "2024-01-02", 50, currency=currency
        )
        self.assertEqual(self._fetch_orders(), [("Suite person", "2024-01-02", 100.0)])

    def test_order_of_a_second_company_stays_there(self):
        second = SalesWorld(self.env, self.world.second_company())
        second.order(second.person("Suite person"), "2024-01-02", 7)
        self.assertEqual(self._fetch_orders(), [])
        self.assertEqual(
            self._fetch_orders(second), [("Suite person", "2024-01-02", 7.0)]
        )

    def test_refund_takes_part_of_an_order_back(self):
        order = self.world.order(self.world.person("Suite person"), "2024-01-02", 80)
        self.world.refund(self.world.invoice(order, "2024-01-10"), "2024-02-03", 30)
        columns = SQL("p.name, f.day::text, round(f.revenue, 2)::float")
        self.assertEqual(
            self._fetch(self.fact._refunds_sql, columns),
            [("Suite person", "2024-02-03", 30.0)],
        )
