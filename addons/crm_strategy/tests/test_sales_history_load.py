from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from odoo.addons.crm_strategy.models.sales_history import crm_sales_history_load

from .sales_history_common import HEADER, SalesHistoryCase

LINES = [
    "C1,2019-05-01,A-1,P1,3,10.00,USD",
    "C1,2019-05-01,A-1,P2,-1,-2.50,USD",
    "C2,2020-06-30,A-2,P1,2,8.00,EUR",
]
# Columns in which a loaded order differs from one made by hand, and why:
ALLOWED = {
    "id",
    "order_id",
    "name",  # the prototype has no number
    "create_date",  # the original date
    "write_date",
    "write_uid",
    "sales_history_key",
    "sales_history_source",
    "sequence",  # by hand all lines have 10
}


@tagged("post_install", "-at_install")
class TestSalesHistoryLoad(SalesHistoryCase):
    def test_orders_are_real_settled_and_locked(self):
        job = self._load(LINES)
        self.assertEqual((job.state, job.created_count), ("done", 2))
        order = self._get_order("A-1")
        self.assertEqual((order.name, order.state, order.locked), ("A-1", "sale", True))
        self.assertEqual(str(order.date_order), "2019-05-01 12:00:00")
        self.assertEqual(str(order.create_date), "2019-05-01 12:00:00")
        self.assertEqual(order.partner_id.name, "C1")
        self.assertEqual(order.partner_id.customer_rank, 1)
        self.assertEqual(order.amount_untaxed, 7.5)
        self.assertEqual(order.amount_total, 7.5)
        self.assertEqual(order.currency_id, self.usd)
        self.assertEqual(order.currency_rate, 1.0)
        self.assertEqual(order.invoice_status, "invoiced")
        self.assertEqual(order.sales_history_import_id, job)
        self.assertFalse(order.message_ids)
        self.assertFalse(order.message_partner_ids)
        self.assertFalse(order.invoice_ids)
        first, second = order.order_line
        self.assertEqual((first.product_uom_qty, first.price_subtotal), (3.0, 10.0))
        self.assertEqual((second.product_uom_qty, second.price_unit), (-1.0, 2.5))
        for line in order.order_line:
            self.assertEqual(line.qty_delivered, line.product_uom_qty)
            self.assertEqual(line.qty_invoiced, line.product_uom_qty)
            self.assertEqual((line.qty_to_invoice, line.amount_to_invoice), (0.0, 0.0))
            self.assertFalse(line.tax_ids)

    def test_rate_of_the_day(self):
        self._load([*LINES, "C2,2019-12-31,A-3,P1,1,8.00,EUR"])
        self.assertEqual(self._get_order("A-2").currency_id, self.eur)
        self.assertEqual(self._get_order("A-2").order_line.currency_id, self.eur)
        self.assertEqual(self._get_order("A-2").currency_rate, 0.5)
        self.assertEqual(self._get_order("A-3").currency_rate, 0.8)

    def test_sales_analysis_equals_the_file(self):
        self._load(LINES)
        rows = (
            self.env["sale.report"]
            .with_company(self.company)
            ._read_group(
                [("company_id", "=", self.company.id)],
                ["order_reference"],
                [
                    "price_subtotal:sum",
                    "qty_to_deliver:sum",
                    "untaxed_amount_to_invoice:sum",
                ],
                order="price_subtotal:sum",
            )
        )
        # 8.00 EUR at 0.5 EUR per USD are 16.00 USD
        self.assertEqual([row[1:] for row in rows], [(7.5, 0, 0), (16.0, 0, 0)])

    def test_host_counts_the_orders_of_the_customer(self):
        self._load(LINES)
        partner = self._get_order("A-1").partner_id.with_user(self.manager)
        self.assertEqual(partner.sale_order_count, 1)
        to_invoice = self.env["sale.order"].search_count(
            [
                ("invoice_status", "=", "to invoice"),
                ("company_id", "=", self.company.id),
            ]
        )
        self.assertEqual(to_invoice, 0)

    def test_salesperson_team_names_category_and_cost(self):
        team = self.env["crm.team"].create(
            {
                "name": "History",
                "company_id": self.company.id,
                "member_ids": [Command.link(self.seller.id)],
            }
        )
        more = "6.00,Ann,1,de,Pen,Office / Pens,history_seller,18:30"
        self._load(
            [f"C1,2019-05-01,A-1,P1,2,10.00,USD,{more}"],
            HEADER + ",cost,partner_name,partner_is_company,country,product_name,"
            "category,salesperson,time",
        )
        order = self._get_order("A-1")
        self.assertEqual(order.user_id, self.seller)
        self.assertEqual(order.team_id, team)
        self.assertEqual(str(order.date_order), "2019-05-01 18:30:00")
        self.assertEqual(order.partner_id.name, "Ann")
        self.assertTrue(order.partner_id.is_company)
        self.assertEqual(order.partner_id.country_id.code, "DE")
        product = order.order_line.product_id
        self.assertEqual((product.name, product.default_code), ("Pen", "P1"))
        self.assertEqual(product.type, "service")
        self.assertEqual(product.categ_id.complete_name, "Office / Pens")
        self.assertEqual(order.order_line.purchase_price, 3.0)
        self.assertEqual((order.margin, order.margin_percent), (4.0, 0.4))

    def test_margin_by_the_cost_of_the_product(self):
        product = self.env["product.product"].create(
            {"name": "Pen", "default_code": "P1", "type": "consu"}
        )
        product.with_company(self.company).standard_price = 2.0
        self._load(LINES[2:])
        line = self._get_order("A-2").order_line
        # 2 USD are 1 EUR
        self.assertEqual((line.purchase_price, line.margin), (1.0, 6.0))

    def test_loaded_order_equals_its_twin_made_by_the_host(self):
        product = self.env["product.product"].create(
            {"name": "Pen", "default_code": "P1", "type": "consu", "list_price": 7.0}
        )
        job = self._load(["C1,2020-06-30,A-1,P1,3,10.00,EUR"])
        order = self._get_order("A-1")
        vals = job.sudo()._prepare_prototype_vals(
            order.partner_id, self.eur.id, None, None
        )
        line = job.sudo()._prepare_prototype_line_vals(product.id)
        line |= {"product_uom_qty": 3.0, "price_unit": 10.0 / 3, "qty_delivered": 3.0}
        twin = (
            self.env["sale.order"]
            .with_user(self.manager)
            .sudo()
            .create(
                vals
                | {"date_order": order.date_order, "order_line": [Command.create(line)]}
            )
        )
        # the host takes the currency from a pricelist only: it comes afterwards
        twin.write({"currency_id": self.eur.id, "state": "sale"})
        self._assert_same_columns(order, twin)
        self._assert_same_columns(order.order_line, twin.order_line)

    def _assert_same_columns(self, loaded, twin):
        self.env.flush_all()
        rows = [
            self.env.execute_query_dict(
                SQL(
                    "SELECT * FROM %s WHERE id = %s",
                    SQL.identifier(loaded._table),
                    record.id,
                )
            )[0]
            for record in (loaded, twin)
        ]
        self.assertGreater(len(rows[0]), 30)
        for name in rows[0].keys() - ALLOWED:
            if isinstance(rows[0][name], float):
                self.assertAlmostEqual(rows[0][name], rows[1][name], 12, name)
            else:
                self.assertEqual(rows[0][name], rows[1][name], name)

    def test_recomputing_and_editing_changes_nothing(self):
        self.env["product.product"].create(
            {"name": "Pen", "default_code": "P1", "type": "consu"}
        )
        self._load(LINES)
        orders = self._get_order("A-1") + self._get_order("A-2")
        before = self._read_stored(orders), self._read_stored(orders.order_line)
        for records in (orders.order_line, orders):
            for field in records._fields.values():
                if field.store and field.compute:
                    self.env.add_to_compute(field, records)
        self.env.flush_all()
        self.env.invalidate_all()
        after = self._read_stored(orders), self._read_stored(orders.order_line)
        self.assertEqual(after, before)
        orders.with_user(self.manager).write({"note": "<p>Checked</p>"})
        self.assertEqual(set(orders.mapped("invoice_status")), {"invoiced"})
        self.assertEqual(orders.mapped("currency_id"), self.usd + self.eur)
        if "picking_ids" in orders._fields:
            self.assertFalse(orders.picking_ids)
            self.assertEqual(orders.order_line.mapped("qty_to_deliver"), [0, 0, 0])

    def _read_stored(self, records):
        skipped = ("write_date", "write_uid", "__last_update")
        names = [
            n
            for n, field in records._fields.items()
            if field.store and field.column_type and n not in skipped
        ]
        return records.sorted("id").read(names, load=None)

    def test_loaded_orders_stay_locked(self):
        self._load(LINES)
        order = self._get_order("A-1").with_user(self.manager)
        with self.assertRaisesRegex(UserError, "stay locked"):
            order.action_unlock()
        with self.assertRaises(UserError):
            order.action_cancel()
        with self.assertRaises(UserError):
            order._create_invoices()
        with self.assertRaises(UserError):
            order.unlink()
        self.assertEqual((order.state, order.locked), ("sale", True))

    def test_numbers_that_this_database_uses_get_the_name_of_the_system(self):
        self.env["sale.order"].create(
            {
                "name": "A-1",
                "partner_id": self.manager.partner_id.id,
                "company_id": self.company.id,
            }
        )
        self._load([*LINES, "C1,2019-05-02,S00042,P1,1,1,USD"])
        self.assertEqual(self._get_order("A-1").name, "A-1 (history)")
        self.assertEqual(self._get_order("S00042").name, "S00042 (history)")
        self.assertEqual(self._get_order("A-2").name, "A-2")

    # --- AGAIN ---

    def test_the_same_file_twice_changes_nothing(self):
        self._load(LINES)
        orders = self._get_order("A-1") + self._get_order("A-2")
        written = orders.mapped("write_date")
        partners = self.env["res.partner"].search_count([])
        again = self._load(LINES)
        self.assertEqual((again.known_order_count, again.unchanged_count), (2, 2))
        self.assertEqual((again.created_count, again.updated_count), (0, 0))
        self.assertEqual(orders.mapped("write_date"), written)
        self.assertEqual(self.env["res.partner"].search_count([]), partners)
        self.assertEqual(again.loaded_order_count, 0)

    def test_changed_lines_update_the_order(self):
        first = self._load(LINES)
        order = self._get_order("A-1")
        lines = order.order_line
        job = self._load(["C3,2019-06-01,A-1,P3,1,4.00,USD", LINES[2]])
        self.assertEqual((job.updated_count, job.unchanged_count), (1, 1))
        self.assertEqual(order.partner_id.name, "C3")
        self.assertEqual(str(order.date_order), "2019-06-01 12:00:00")
        self.assertEqual(order.amount_untaxed, 4.0)
        self.assertEqual(order.order_line, lines[0])
        self.assertEqual(order.order_line.product_id.name, "P3")
        self.assertEqual(order.sales_history_import_id, first)
        self._load([*LINES[:2], "C1,2019-05-01,A-1,P3,1,1.00,USD"])
        self.assertEqual(len(order.order_line), 3)
        self.assertEqual(order.amount_untaxed, 8.5)

    def test_keys_follow_merged_customers(self):
        self._load(LINES)
        old = self._get_order("A-1").partner_id
        kept = self.env["res.partner"].create({"name": "Kept"})
        self.env["base.partner.merge.automatic.wizard"]._merge((old + kept).ids, kept)
        self._load(["C1,2021-01-01,A-9,P1,1,1,USD"])
        self.assertEqual(self._get_order("A-9").partner_id, kept)

    def test_two_systems_and_two_companies_keep_apart(self):
        self._load(LINES)
        self._load(LINES, source="old_shop")
        self._load(LINES[:2], user=self.manager_other)
        self.assertEqual(len(self._get_order("A-1")), 2)
        other = self._get_order("A-1", self.other)
        self.assertEqual(other.company_id, self.other)
        self.assertEqual(other.order_line.company_id, self.other)
        seen = self.env["sale.order"].with_user(self.manager_other).search([])
        self.assertEqual(seen, other)

    # --- STOPS AND FAULTS ---

    def test_resume_after_a_stop_between_batches(self):
        job = self._validate(LINES)
        job.action_queue()
        with patch.object(crm_sales_history_load, "BATCH_LINES", 1):
            self.assertEqual(job.sudo().process_batch(), 1)
            self.assertEqual((job.state, job.progress), ("running", 50.0))
            with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
                job.sudo().process_batch()
                self.env.flush_all()
                raise ZeroDivisionError  # the server is killed before it commits
        self.env.invalidate_all()
        self.assertEqual((job.created_count, job.progress), (1, 50.0))
        self._run(job)
        self.assertEqual((job.state, job.created_count), ("done", 2))
        self.assertEqual(job.progress, 100.0)
        self.assertEqual(len(self._get_order("A-1") + self._get_order("A-2")), 2)

    def test_cancel_and_resume(self):
        job = self._validate(LINES)
        job.action_queue()
        with patch.object(crm_sales_history_load, "BATCH_LINES", 1):
            job.sudo().process_batch()
        job.action_cancel()
        self.assertEqual(job.sudo().process_batch(), 0)
        self.assertEqual(job.created_count, 1)
        job.action_queue()
        self._run(job)
        self.assertEqual((job.state, job.created_count), ("done", 2))

    @mute_logger("odoo.sql_db")
    def test_an_order_that_the_database_refuses_does_not_stop_the_rest(self):
        job = self._validate(LINES)
        self.env.cr.execute(
            SQL(
                "ALTER TABLE sale_order ADD CONSTRAINT poison CHECK (name <> %s)", "A-1"
            )
        )
        job.action_queue()
        self._run(job)
        self.assertEqual(job.state, "rejects")
        self.assertEqual((job.created_count, job.refused_count), (1, 1))
        self.assertEqual(self._get_reasons(job), {2: "refused", 3: "refused"})
        self.assertFalse(self._get_order("A-1"))

    def test_cron_loads_all_waiting_imports(self):
        jobs = self._validate(LINES) + self._validate(LINES, source="old_shop")
        jobs.action_queue()
        cron = self.env.ref("crm_strategy.ir_cron_sales_history")
        with (
            patch.object(crm_sales_history_load, "BATCH_LINES", 1),
            self.enter_registry_test_mode(),
        ):
            cron.method_direct_trigger()
            cron.method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(jobs.mapped("state"), ["done", "done"])
        self.assertEqual(jobs.mapped("created_count"), [2, 2])

    def test_a_customer_deleted_since_the_check_is_created_again(self):
        self._load(LINES)
        job = self._validate(["C7,2020-01-01,A-7,P1,1,1,USD"], create_customers=False)
        self.assertEqual(self._get_reasons(job), {2: "unknown_partner"})
        partner = self.env["res.partner"].create({"name": "Seven", "ref": "C7"})
        job = self._validate(["C7,2020-01-01,A-7,P1,1,1,USD"], create_customers=False)
        job.action_queue()
        partner.unlink()
        self._run(job)
        self.assertEqual(self._get_reasons(job), {2: "unknown_partner"})
        self.assertEqual((job.state, job.refused_count), ("rejects", 1))
