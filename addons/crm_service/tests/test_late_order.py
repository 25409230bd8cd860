from datetime import date

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged

from odoo.addons.crm_service.tools.customer_panel import days_late, delivered_percent
from odoo.addons.crm_strategy.tools.measure_period import Period

from .after_sale_common import AfterSaleCommon


@tagged("post_install", "-at_install")
class TestLateOrder(AfterSaleCommon):
    def _late(self, orders, user=None):
        self.env.flush_all()
        rows = self.env["crm.late.order"]
        if user:
            rows = rows.with_user(user)
        return rows.search([("order_id", "in", orders.ids)])

    # --- LATE ORDERS

    @freeze_time("2025-01-20")
    def test_open_orders_with_days_late_percent_and_value(self):
        late = self._order(
            "2025-01-02",
            [(self.pump, 10), (self.varnish, 10)],
            commitment_date="2025-01-10 08:00:00",
        )
        late.order_line[0].price_unit = 300.0
        self._ship(late, "2025-01-09 09:00:00", {self.pump: 5})
        coming = self._order("2025-01-15", commitment_date="2025-01-22 08:00:00")
        done = self._order("2025-01-03")
        self._ship(done, "2025-01-09 09:00:00")
        quotation = late.copy()
        rows = self._late(late + coming + done + quotation)
        self.assertEqual(rows.order_id, late + coming)
        row = rows.filtered(lambda r: r.order_id == late)
        self.assertEqual(
            (row.name, row.partner_id, row.user_id, str(row.date_promised)),
            (late.name, self.mill, self.seller, "2025-01-10"),
        )
        # 1,500 of 4,000 are delivered
        self.assertEqual(
            (row.days_late, row.delivered_percent, row.amount_open, row.is_promised),
            (10, 38, 2500.0, True),
        )
        self.assertEqual(row.delivered_percent, delivered_percent(1500, 4000))
        self.assertEqual(row.days_late, days_late(date(2025, 1, 10), date(2025, 1, 20)))
        self.assertEqual((rows - row).days_late, 0)
        self.assertEqual((rows - row).delivered_percent, 0)
        panel = self.env["crm.service.panel"]._get_panels(self.mill, self.alpha)
        shown = {o["id"]: o for o in panel[self.mill.id]["open_orders"]}
        self.assertEqual(shown[late.id]["days_late"], row.days_late)
        self.assertEqual(shown[late.id]["percent"], row.delivered_percent)

    @freeze_time("2025-01-20")
    def test_promised_by_lead_time_where_nothing_is_agreed(self):
        order = self._order("2025-01-02", [(self.pump, 1), (self.lathe, 1)])
        order.order_line[0].customer_lead = 5
        order.order_line[1].customer_lead = 30
        row = self._late(order)
        self.assertEqual(
            (str(row.date_promised), row.is_promised, row.days_late),
            ("2025-01-07", False, 13),
        )
        order.picking_policy = "one"
        row.invalidate_recordset()
        self.assertEqual((str(row.date_promised), row.days_late), ("2025-02-01", 0))

    def test_days_late_are_those_of_the_companys_zone(self):
        self.alpha.partner_id.tz = "Asia/Shanghai"
        order = self._order("2025-01-02", commitment_date="2025-01-09 17:00:00")
        for moment, days in (("2025-01-10 15:59:00", 0), ("2025-01-10 16:00:00", 1)):
            with freeze_time(moment):
                row = self._late(order)
                row.invalidate_recordset()
                self.assertEqual(
                    (str(row.date_promised), row.days_late),
                    (
                        "2025-01-10",
                        days,
                    ),
                )

    @freeze_time("2025-01-20")
    def test_returned_goods_are_not_open_and_foreign_money_is_converted(self):
        back = self._order("2025-01-02", [(self.pump, 2)])
        self._ship(back, "2025-01-05 09:00:00")
        self._return(back, "2025-01-06 09:00:00", 1)
        self.assertFalse(self._late(back))
        order = self._order("2025-01-02", [(self.pump, 2)])
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE sale_order SET currency_rate = 4 WHERE id = %s", [order.id]
        )
        self.env.invalidate_all()
        self.assertEqual(self._late(order).amount_open, 50.0)

    @freeze_time("2025-01-20")
    def test_goods_on_their_way_back_are_no_late_delivery(self):
        """All is delivered; the return is not received yet."""
        order = self._order("2025-01-02", [(self.pump, 2)])
        self._ship(order, "2025-01-05 09:00:00")
        self._return(order, "2025-01-06 09:00:00", 1, is_received=False)
        self.assertEqual(order.delivery_status, "partial")
        self.assertFalse(self._late(order))
        panel = self.env["crm.service.panel"]._get_panels(self.mill, self.alpha)
        shown = panel[self.mill.id]
        self.assertEqual(shown["open_orders"], [])
        self.assertEqual((shown["open_order_count"], shown["late_order_count"]), (0, 0))

    @freeze_time("2025-01-20")
    def test_free_goods_are_late_as_well(self):
        order = self._order("2025-01-02", [(self.pump, 1), (self.varnish, 1)])
        order.order_line[1].price_unit = 0
        self._ship(order, "2025-01-05 09:00:00", {self.pump: 1})
        row = self._late(order)
        self.assertEqual(row.days_late, 18)
        self.assertEqual((row.delivered_percent, row.amount_open), (99, 0.0))
        panel = self.env["crm.service.panel"]._get_panels(self.mill, self.alpha)
        [shown] = panel[self.mill.id]["open_orders"]
        self.assertEqual(shown["percent"], 99)

    @freeze_time("2025-01-20")
    def test_all_late_orders_of_a_customer_are_counted(self):
        """The panel lists 20 of them."""
        for _number in range(22):
            self._order("2025-01-02")
        panel = self.env["crm.service.panel"]._get_panels(self.mill, self.alpha)
        shown = panel[self.mill.id]
        self.assertEqual(len(shown["open_orders"]), 20)
        self.assertEqual(
            (shown["open_order_count"], shown["late_order_count"]), (22, 22)
        )

    @freeze_time("2025-01-20")
    def test_reason_and_action_are_entered_in_the_list(self):
        order = self._order("2025-01-02")
        row = self._late(order, self.seller)
        row.write({"crm_late_reason": "supplier", "crm_late_action": "Second lorry"})
        self.assertEqual(
            (order.crm_late_reason, order.crm_late_action),
            ("supplier", "Second lorry"),
        )
        with self.assertRaises(AccessError):
            self._late(order, self.agent).crm_late_reason = "other"
        with Form(order.with_user(self.seller)) as form:
            form.crm_late_reason = "transport"
        self.assertEqual(row.crm_late_reason, "transport")
        found = self.env["crm.late.order"].search(
            [("crm_late_reason", "=", "transport")]
        )
        self.assertEqual(found.order_id, order)
        self.assertFalse(order.copy().crm_late_reason)

    @freeze_time("2025-01-20")
    def test_who_sees_which_order(self):
        order = self._order("2025-01-02")
        theirs = self._order("2025-01-02", company=self.beta, user_id=False)
        for user, expected in (
            (self.seller, order),
            (self.rival, order.browse()),
            (self.head, order),
            (self.agent, order),
        ):
            with self.subTest(user=user.login):
                rows = self._late(order + theirs, user)
                self.assertEqual(rows.order_id.ids, expected.ids)
        both = self.env["crm.late.order"].with_user(self.head)
        both = both.with_context(allowed_company_ids=(self.alpha + self.beta).ids)
        found = both.search([("order_id", "in", (order + theirs).ids)])
        self.assertEqual(len(found), 2)

    @freeze_time("2025-01-20")
    def test_cancelled_and_replaced_orders_are_not_late(self):
        order = self._order("2025-01-02")
        order._action_cancel()
        self.assertFalse(self._late(order))

    # --- LATE DELIVERIES

    def _deliveries(self, order, user=None):
        self.env.flush_all()
        report = self.env["crm.delivery.report"].with_user(user or self.env.user)
        return report.search([("order_id", "=", order.id)], order="date_delivered, id")

    def test_each_delivery_counts_on_its_own_day(self):
        order = self._order(
            "2025-01-02", [(self.pump, 10)], commitment_date="2025-01-15 12:00:00"
        )
        self._ship(order, "2025-01-15 20:00:00", {self.pump: 4})
        self._ship(order, "2025-02-04 09:00:00", {self.pump: 6})
        self._return(order, "2025-02-10 09:00:00", 1)
        rows = self._deliveries(order)
        self.assertEqual(
            [
                (str(r.date_delivered), r.days_late, r.quantity, r.on_time_rate)
                for r in rows
            ],
            [("2025-01-15", 0, 4.0, 100.0), ("2025-02-04", 20, 6.0, 0.0)],
        )
        self.assertEqual(rows.categ_id, self.pumps)
        self.assertEqual(rows.warehouse_id, order.warehouse_id)
        self.assertEqual(rows.partner_id, self.mill)
        groups = self.env["crm.delivery.report"]._read_group(
            [("order_id", "=", order.id)],
            ["date_delivered:month"],
            ["delivery_count:sum", "late_count:sum", "on_time_rate:avg"],
        )
        self.assertEqual(
            [(str(month), *figures) for month, *figures in groups],
            [("2025-01-01", 1, 0, 100.0), ("2025-02-01", 1, 1, 0.0)],
        )

    def test_lead_time_of_the_line_is_its_promise(self):
        order = self._order("2025-01-02", [(self.pump, 1), (self.lathe, 1)])
        order.order_line[0].customer_lead = 5
        order.order_line[1].customer_lead = 30
        self._ship(order, "2025-01-20 09:00:00")
        rows = self._deliveries(order).sorted("product_id")
        figures = {row.product_id: row.days_late for row in rows}
        self.assertEqual(figures, {self.pump: 13, self.lathe: 0})
        order.picking_policy = "one"
        rows.invalidate_recordset()
        self.assertEqual(rows.mapped("days_late"), [0, 0])

    def test_deliveries_follow_rights_and_units(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        order = self._order("2025-01-02")
        order.order_line = [
            Command.create(
                {
                    "product_id": self.lathe.id,
                    "product_uom_qty": 2,
                    "product_uom_id": dozen.id,
                }
            )
        ]
        self._ship(order, "2025-01-02 20:00:00")
        rows = self._deliveries(order).sorted("quantity")
        self.assertEqual(rows.mapped("quantity"), [1.0, 24.0])
        self.assertEqual(rows.mapped("days_late"), [0, 0])
        self.assertTrue(self._deliveries(order, self.seller))
        self.assertTrue(self._deliveries(order, self.agent))
        self.assertFalse(self._deliveries(order, self.rival))

    # --- MEASURES

    def test_measures_of_deliveries(self):
        """January: 1 of 2 on time; February: 2 late, by 4 and 8 days; March: none."""
        for promised, shipped in (
            ("2025-01-10", "2025-01-10"),
            ("2025-01-10", "2025-01-12"),
            ("2025-01-31", "2025-02-04"),
            ("2025-02-01", "2025-02-09"),
        ):
            order = self._order("2025-01-02", commitment_date=f"{promised} 08:00:00")
            self._ship(order, f"{shipped} 20:00:00")
        periods = [
            Period(date(2025, 1, 1), date(2025, 1, 31)),
            Period(date(2025, 2, 1), date(2025, 2, 28)),
            Period(date(2025, 3, 1), date(2025, 3, 31)),
        ]
        measures = self.env["crm.measure"]
        rates = measures._measure_delivery_on_time(self.alpha, periods)
        self.assertEqual([rates[p.date_from].value for p in periods], [0.5, 0.0, None])
        means = measures._measure_delivery_days_late(self.alpha, periods)
        self.assertEqual([means[p.date_from].value for p in periods], [2.0, 6.0, None])
        action = measures._drill_delivery_days_late(
            self.alpha, date(2025, 2, 1), date(2025, 2, 28)
        )
        rows = self.env["crm.delivery.report"].search(action["domain"])
        self.assertEqual(sorted(rows.mapped("days_late")), [4, 8])

    @freeze_time("2025-01-20")
    def test_late_orders_are_counted_as_of_today(self):
        self._order("2025-01-02", commitment_date="2025-01-19 08:00:00")
        self._order("2025-01-02", commitment_date="2025-01-20 08:00:00")
        periods = [
            Period(date(2024, 12, 1), date(2024, 12, 31)),
            Period(date(2025, 1, 1), date(2025, 1, 20)),
        ]
        results = self.env["crm.measure"]._measure_late_orders(self.alpha, periods)
        self.assertEqual(list(results), [date(2025, 1, 1)])
        self.assertEqual(results[date(2025, 1, 1)].value, 1.0)
        action = self.env["crm.measure"]._drill_late_orders(self.alpha, *periods[1])
        self.assertEqual(self.env["crm.late.order"].search_count(action["domain"]), 1)

    # --- SPEED

    @freeze_time("2025-01-20")
    def test_list_costs_the_same_for_one_and_for_many(self):
        orders = self.env["sale.order"]
        for _number in range(4):
            orders += self._order("2025-01-02")
        names = ["name", "partner_id", "days_late", "crm_late_reason", "amount_open"]

        def count(limit):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            rows = self.env["crm.late.order"].with_user(self.seller)
            rows.search_read([("order_id", "in", orders.ids)], names, limit=limit)
            return self.env.cr.sql_log_count - before

        count(1)
        self.assertEqual(count(1), count(4))

    def test_orders_have_the_fields_by_group(self):
        clerk = self._create_user("stock", "stock.group_stock_user")
        known = self.env["sale.order"].with_user(clerk).fields_get()
        self.assertNotIn("crm_late_reason", known)
        self.assertIn(
            "crm_late_reason",
            self.env["sale.order"].with_user(self.seller).fields_get(),
        )

    @freeze_time("2025-01-20")
    def test_archived_customer_and_contact(self):
        order = self._order("2025-01-02", partner=self.miller)
        self.miller.active = False
        self.mill.active = False
        self.assertEqual(self._late(order).partner_id, self.mill)
        order.order_line = [Command.update(order.order_line.id, {"price_unit": 0.0})]
        row = self._late(order)
        row.invalidate_recordset()
        self.assertEqual((row.amount_open, row.delivered_percent), (0.0, 0))
