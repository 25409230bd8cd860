from contextlib import contextmanager
from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, TransactionCase, freeze_time, new_test_user, tagged
from odoo.tools import file_open

from odoo.addons.crm_strategy.tools import supply_share
from odoo.addons.crm_strategy.tools.measure_period import periods_until


@tagged("post_install", "-at_install")
class TestCrmSupplyRecord(TransactionCase):
    """What customers get from others, and our share of it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env["res.company"].create({"name": "Supply works"})
        cls.env.user.company_ids |= cls.company
        cls.env = cls.env(
            context={**cls.env.context, "allowed_company_ids": cls.company.ids}
        )
        cls.ton = cls.env.ref("uom.product_uom_ton")
        cls.kilo = cls.env.ref("uom.product_uom_kgm")
        cls.metal = cls.env["product.category"].create({"name": "Metal"})
        cls.ingots = cls.env["product.category"].create(
            {"name": "Ingots", "parent_id": cls.metal.id}
        )
        cls.product = cls.env["product.product"].create(
            {
                "name": "Ingot",
                "type": "service",
                "categ_id": cls.ingots.id,
                "uom_id": cls.ton.id,
                "lst_price": 2000,
            }
        )
        cls.mill, cls.rival, cls.other_rival = cls.env["res.partner"].create(
            [{"name": name, "is_company": True} for name in ("Mill", "Rival", "Third")]
        )
        cls.first, cls.last = cls.env["crm.supply.record"]._get_window(cls.company)
        cls.days = (cls.last - cls.first).days + 1
        cls.anna, cls.ben = (
            new_test_user(
                cls.env,
                login=f"supply_{name}",
                groups="crm_strategy.group_user",
                company_id=cls.company.id,
                company_ids=[Command.set(cls.company.ids)],
            )
            for name in ("anna", "ben")
        )

    @classmethod
    def _deliver(cls, quantity, **values):
        """Confirm an order of the mill and deliver it."""
        order = cls.env["sale.order"].create(
            {
                "partner_id": cls.mill.id,
                "company_id": cls.company.id,
                "order_line": [
                    Command.create(
                        {"product_id": cls.product.id, "product_uom_qty": quantity}
                    )
                ],
                **values,
            }
        )
        order.action_confirm()
        order.order_line.qty_delivered = quantity
        return order

    def _record(self, quantity, supplier=None, **values):
        return self.env["crm.supply.record"].create(
            {
                "partner_id": self.mill.id,
                "category_id": self.metal.id,
                "supplier_id": supplier and supplier.id,
                "date_from": self.first,
                "date_to": self.last,
                "quantity": quantity,
                "uom_id": self.ton.id,
                **values,
            }
        )

    def _shares(self):
        self.env.flush_all()
        self.env.invalidate_all()
        return self.env["crm.supply.share.report"].search(
            [("partner_id", "=", self.mill.id)]
        )

    def _assert_share(self, own, others, demand, share):
        [row] = self._shares()
        self.assertAlmostEqual(row.own_quantity, own * self._per_unit(row), 3)
        self.assertAlmostEqual(row.other_quantity, others * self._per_unit(row), 3)
        self.assertAlmostEqual(row.demand_quantity, demand * self._per_unit(row), 3)
        self.assertAlmostEqual(row.supply_share, share, 3)
        return row

    def _per_unit(self, row):
        """Return how many reference units a ton is."""
        return self.ton.factor / row.uom_id.factor

    # --- SHARES

    def test_deliveries_of_categories_below_against_those_of_others(self):
        """30 t from us, 60 t from a rival: a third of 90 t."""
        self._deliver(30)
        self._record(60, self.rival)
        row = self._assert_share(30, 60, 90, 100 / 3)
        self.assertEqual((row.supplier_count, row.confidence), (1, "medium"))

    def test_total_demand_is_no_less_than_what_is_delivered(self):
        self._deliver(30)
        self._record(60, self.rival)
        total = self._record(150)
        self._assert_share(30, 60, 150, 20)
        total.quantity = 50
        self._assert_share(30, 60, 90, 100 / 3)

    def test_the_source_with_more_confidence_counts_then_the_later(self):
        self._deliver(40)
        self._record(60, self.rival, source="customer", confidence="high")
        self._record(600, self.rival, source="agency", confidence="low")
        self._assert_share(40, 60, 100, 40)
        later = self._record(
            160,
            self.rival,
            source="study",
            confidence="high",
            date=self.last,
        )
        earlier = self.last - timedelta(10)
        later.search([("source", "=", "customer")]).date = earlier
        self._assert_share(40, 160, 200, 20)

    def test_a_part_of_the_year_stands_for_all_of_it(self):
        """12 t in 73 days; two suppliers add up."""
        start = self.last - timedelta(72)
        part = self._record(12, self.rival, date_from=start)
        self._record(10, self.other_rival)
        self.assertEqual(part.yearly_quantity, 60)
        others = 12 / 73 * self.days + 10
        self._assert_share(0, others, others, 0)

    def test_a_period_half_outside_the_year_counts_by_its_days(self):
        """100 t in 200 days of which 100 lie in the year: half a ton a day."""
        start = self.first - timedelta(100)
        self._record(100, self.rival, date_from=start, date_to=start + timedelta(199))
        self._assert_share(0, self.days / 2, self.days / 2, 0)

    def test_the_statement_agrees_with_the_formulas(self):
        """What is worked out for many customers is what the formulas say of one."""
        start = self.first - timedelta(50)
        end = self.first + timedelta(149)
        for own, others, stated in ((30, 60, 50), (10, 20, 400), (0, 15, 0)):
            with self.subTest(own=own, others=others, stated=stated):
                self._deliver(own)
                records = self._record(
                    others, self.rival, date_from=start, date_to=end
                ) | self._record(stated, date_from=start, date_to=end)
                days = (end - start).days + 1
                within = supply_share.overlap_days(start, end, self.first, self.last)
                self.assertEqual(within, 150)
                # what was said of the days within counts for all days of the year
                others, stated = (
                    supply_share.yearly_quantity(
                        quantity * within / days, within, self.days
                    )
                    for quantity in (others, stated)
                )
                demand = supply_share.total_demand(own, others, stated)
                share = supply_share.supply_share(own, demand)
                self._assert_share(own, others, demand, share)
                records.unlink()
                self.env["sale.order"].search(
                    [("partner_id", "=", self.mill.id)]
                )._action_cancel()

    def test_only_units_that_can_be_compared(self):
        self._deliver(30)
        self._record(90_000, self.rival, uom_id=self.kilo.id)
        self._assert_share(30, 90, 120, 25)
        unit = self.env.ref("uom.product_uom_unit").id
        self._record(10, self.other_rival, uom_id=unit)
        self.assertEqual(len(self._shares()), 2)

    def test_old_archived_cancelled_and_foreign_do_not_count(self):
        self._deliver(30)._action_cancel()
        self._deliver(7, date_order=fields.Datetime.now()).date_order = (
            self.first - timedelta(30)
        )
        self._record(60, self.rival)
        self._record(5, self.other_rival).active = False
        old = self.first - timedelta(400)
        self._record(900, self.rival, date_from=old, date_to=old + timedelta(30))
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.env.user.company_ids |= other
        self._record(70, self.rival, company_id=other.id)
        self._assert_share(0, 60, 60, 0)

    def test_the_measure_is_the_mean_of_what_is_known(self):
        self._deliver(30)
        self._record(60, self.rival)
        measure = self.env.ref("crm_strategy.crm_measure_supply_share")
        self.env.flush_all()
        period = self._get_period()
        result = measure._measure_supply_share(self.company, [period])
        self.assertAlmostEqual(result[period.date_from].value, 1 / 3, 5)
        self.assertEqual(result[period.date_from].denominator, 1)
        action = measure._drill_supply_share(self.company, *period)
        self.assertEqual(
            self.env["crm.supply.record"].search_count(action["domain"]), 1
        )

    def _get_period(self):
        return periods_until("month", self.last, 1)[-1]

    # --- WRONG INPUT

    @contextmanager
    def _refused(self, message):
        """Expect a refusal with ``message`` and go back to before it."""
        with self.assertRaises(ValidationError) as caught:
            yield
        self.assertIn(message, str(caught.exception))

    def test_who_cannot_be_supplier_or_customer(self):
        contact = self.env["res.partner"].create(
            {"name": "Buyer", "parent_id": self.mill.id}
        )
        with self._refused("is a contact of Mill"):
            self._record(1, self.rival, partner_id=contact.id)
        for wrong in (self.company.partner_id, self.mill):
            with self._refused("cannot be the supplier"):
                self._record(1, wrong)
        self.assertFalse(self._shares())

    def test_one_source_says_one_thing_about_one_time(self):
        self._record(60, self.rival)
        with self._refused("of the same source"):
            self._record(
                5, self.rival, date_from=self.last, date_to=self.last + timedelta(9)
            )
        with self._refused("learned in the future"):
            self._record(1, self.other_rival, date=self.last + timedelta(5))
        self.assertEqual(self.env["crm.supply.record"].search_count([]), 1)

    def test_deliveries_count_on_their_day_not_on_that_of_the_order(self):
        """A blanket order of 14 months ago: 10 t came before the year, 30 t in it, of
        which 5 t went back for a refund.
        """
        goods = self.env["product.product"].create(
            {
                "name": "Billet",
                "type": "consu",
                "categ_id": self.ingots.id,
                "uom_id": self.ton.id,
            }
        )
        line = Command.create({"product_id": goods.id, "product_uom_qty": 40})
        order = self.env["sale.order"].create(
            {
                "partner_id": self.mill.id,
                "company_id": self.company.id,
                "order_line": [line],
            }
        )
        order.action_confirm()
        order.date_order = fields.Datetime.now() - timedelta(days=425)
        for days, quantity in ((400, 10), (60, 30)):
            self.env.invalidate_all()
            picking = order.picking_ids.filtered(lambda p: p.state != "done")
            picking.move_ids.write({"quantity": quantity, "picked": True})
            picking.with_context(skip_backorder=True)._action_done()
            moment = fields.Datetime.now() - timedelta(days=days)
            picking.move_ids.filtered(lambda m: m.state == "done").date = moment
        back = self.env["stock.return.picking"].create({"picking_id": picking.id})
        back.product_return_moves.write({"quantity": 5, "to_refund": True})
        returned = back._create_return()
        returned.move_ids.write({"quantity": 5, "picked": True})
        returned._action_done()
        self.assertEqual(order.order_line.qty_delivered, 35)
        self._record(75, self.rival)
        self._assert_share(25, 75, 100, 25)

    def test_the_import_template_is_imported(self):
        category = self.env["product.category"].create({"name": "Primary Aluminium"})
        foil = self.mill.copy({"name": "Northern Foil"})
        self.rival.name = "Competing Smelter"
        [template] = self.env["crm.supply.record"].get_import_templates()
        with file_open(template["template"].lstrip("/"), "rb") as stream:
            content = stream.read()
        wizard = self.env["base_import.import"].create(
            {
                "res_model": "crm.supply.record",
                "file": content,
                "file_type": "application/vnd.openxmlformats-officedocument"
                ".spreadsheetml.sheet",
                "file_name": "template.xlsx",
            }
        )
        options = {"has_headers": True, "quoting": '"', "separator": ",", "sheet": ""}
        preview = wizard.parse_preview(dict(options))
        self.assertFalse(preview.get("error"), preview.get("error"))
        names = [
            "/".join(preview["matches"][place])
            for place in range(len(preview["headers"]))
        ]
        with freeze_time("2026-07-10"):
            result = wizard.execute_import(
                names, preview["headers"], preview["options"]
            )
        self.assertFalse(result["messages"], result["messages"])
        records = self.env["crm.supply.record"].search(
            [("partner_id", "=", foil.id)], order="quantity"
        )
        self.assertRecordValues(
            records,
            [
                {
                    "category_id": category.id,
                    "supplier_id": self.rival.id,
                    "quantity": 1200,
                    "uom_id": self.ton.id,
                    "source": "customer",
                    "confidence": "high",
                },
                {
                    "category_id": category.id,
                    "supplier_id": False,
                    "quantity": 5200,
                    "uom_id": self.ton.id,
                    "source": "agency",
                    "confidence": "medium",
                },
            ],
        )

    # --- PEOPLE

    def test_a_salesperson_records_by_the_form(self):
        self.mill.user_id = self.anna
        records = self.env["crm.supply.record"].with_user(self.anna)
        with Form(records) as form:
            form.partner_id = self.mill
            form.category_id = self.metal
            form.supplier_id = self.rival
            form.date_from = self.first
            form.date_to = self.last
            form.quantity = 12
        record = form.record
        self.assertRecordValues(
            record,
            [
                {
                    "user_id": self.anna.id,
                    "company_id": self.company.id,
                    "source": "customer",
                }
            ],
        )
        for denied in (
            lambda: record.with_user(self.ben).write({"quantity": 1}),
            lambda: record.with_user(self.ben).read(["quantity"]),
            record.unlink,
        ):
            with self.assertRaises(AccessError):
                denied()
        self.assertEqual(record.quantity, 12)
        self.assertFalse(
            self.env["crm.supply.share.report"].with_user(self.ben).search([])
        )
        report = self.env["crm.supply.share.report"].with_user(self.anna)
        self.assertEqual(report.search([]).partner_id, self.mill)

    def test_merging_customers_doubles_nothing(self):
        twin = self.env["res.partner"].create({"name": "Mill", "is_company": True})
        self._record(60, self.rival)
        double = self._record(50, self.rival, partner_id=twin.id)
        kept = self._record(7, self.other_rival, partner_id=twin.id)
        from_twin = self._record(3, twin, partner_id=self.rival.id)
        wizard = self.env["base.partner.merge.automatic.wizard"]
        wizard._merge([self.mill.id, twin.id], self.mill)
        self.assertFalse(double.exists())
        self.assertEqual(kept.partner_id, self.mill)
        self.assertEqual(from_twin.supplier_id, self.mill)
        self._assert_share(0, 67, 67, 0)
