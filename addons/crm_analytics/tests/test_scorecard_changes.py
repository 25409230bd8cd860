from datetime import timedelta
from unittest.mock import patch

from odoo import Command
from odoo.tests import tagged

from odoo.addons.crm_analytics.hooks import uninstall_hook

from .common import ScorecardCommon


@tagged("post_install", "-at_install")
class TestScorecardChanges(ScorecardCommon):
    """What an incremental refresh must find although no write date tells it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._create_customer("Regular")
        cls.payer = cls._create_customer("Payer")
        cls.order = cls._create_order(cls.customer, "2026-01-10", 100)

    def _start(self):
        self._refresh("2026-02-10")
        self._backdate()

    def _go_on(self):
        run = self._refresh("2026-02-10", "incremental")
        self.assertEqual(run.mode, "incremental")

    def test_order_deleted_since(self):
        second = self._create_order(self.customer, "2026-01-20", 200)
        self._start()
        second._action_cancel()
        second.unlink()
        self._go_on()
        self.assertCard(self.customer, order_count=1, revenue=100.0)

    def test_credit_note_to_someone_else(self):
        self.order.partner_invoice_id = self.payer
        invoice = self._invoice(self.order, "2026-01-11")
        # a line still to invoice: the status of the order stays as it is
        self.order.order_line = [
            Command.create({"product_id": self.product.id, "tax_ids": False})
        ]
        self._start()
        self._refund(invoice, "2026-01-20")
        self._go_on()
        self.assertCard(self.customer, refunded_amount=100.0)

    def test_invoice_moved_to_another_customer(self):
        invoice = self._invoice(self.order, "2026-01-11")
        self._start()
        invoice.button_draft()
        invoice.partner_id = self.payer
        invoice.action_post()
        self._go_on()
        self.assertCard(self.customer, invoiced_amount=0.0)

    def test_invoice_deleted_since(self):
        invoice = self.init_invoice(
            "out_invoice", self.customer, "2026-01-11", post=True, amounts=[70.0]
        )
        self._start()
        self.assertCard(self.customer, invoiced_amount=70.0)
        invoice.button_draft()
        invoice.unlink()
        self._go_on()
        self.assertCard(self.customer, invoiced_amount=0.0)

    def test_archived_company_waits_for_nobody_and_starts_anew(self):
        queue = self.env["crm.scorecard.queue"]
        policy = self.env["crm.rfm.policy"]._ensure(self.other_company)
        self._refresh("2026-04-10", company=self.other_company)
        queue._push(self.customer)
        self.assertIn(self.other_company, queue.search([]).company_id)
        self.other_company.active = False
        queue._push(self.customer)
        self.assertNotIn(self.other_company, queue.search([]).company_id)
        self.other_company.active = True
        self.assertFalse(policy.watermark)

    def test_group_deleted_since(self):
        self.env["crm.rfm.group"].create(
            {"name": "Rest", "code": "rest", "sequence": 999}
        )
        self._start()
        self._card(self.customer).rfm_group_id.unlink()
        run = self._refresh("2026-02-10", "incremental")
        self.assertEqual(run.mode, "full")
        self.assertTrue(self._card(self.customer).rfm_group_id)

    def test_cut_point_changed_by_itself(self):
        self._start()
        self.policy.cut_ids[0].with_user(self.analyst).percent = 81
        self.assertTrue(self.policy.is_stale)

    def test_watermark_is_read_before_the_rows_are_seen(self):
        """What commits between the two would be neither seen nor open."""
        steps = []
        engine = type(self.env["crm.scorecard.engine"])
        clock = type(self.env["crm.watermark"])
        read, work = clock._read, engine._refresh

        def note(name, method):
            def noted(*args, **kwargs):
                steps.append(name)
                return method(*args, **kwargs)

            return noted

        cron = type(self.env["ir.cron"])
        with (
            patch.object(cron, "_commit_progress", note("commit", lambda *a, **k: 1)),
            patch.object(clock, "_read", note("watermark", read)),
            patch.object(engine, "_refresh", note("work", work)),
        ):
            self.env["crm.scorecard.run"].with_context(
                allowed_company_ids=self.company.ids
            )._cron_refresh()
        at_work = steps.index("work")
        self.assertEqual(steps[at_work - 2 : at_work], ["watermark", "commit"])
        self.assertEqual(steps.count("watermark"), steps.count("work"))

    def test_button_goes_on_from_the_former_watermark(self):
        self._start()
        before = self.policy.watermark
        self.policy.watermark = "2020-01-01 00:00:00"
        self.policy.action_refresh()
        self.assertLess(self.policy.watermark, before)

    def test_analyst_sees_customers_of_a_measure_and_the_migration(self):
        measure = self.env.ref("crm_strategy.crm_measure_customers")
        measure._refresh_values()
        measure = measure.with_user(self.analyst).with_context(
            allowed_company_ids=self.company.ids
        )
        value = measure.value_ids.filtered(lambda v: v.company_id == self.company)[:1]
        action = value.action_drill()
        found = measure.env["res.partner"].search(action["domain"])
        self.assertIn(self.customer, found)
        migration = measure.env["crm.segment.migration"]
        self.assertIn("Segment Migration", migration.get_matrix()["title"])

    def test_analyst_without_a_sales_role_opens_the_purchases_of_a_measure(self):
        # in Shanghai it may be tomorrow already, and the host posts nothing ahead
        day = self.env["crm.sale.fact"]._get_today(self.company) - timedelta(days=1)
        ordered = self._create_order(self.customer, f"{day} 01:00:00", 70)
        self._create_order(self.customer, f"{day} 01:00:00", 5, confirm=False)
        self._refund(self._invoice(ordered, day), day, 20)
        measure = self.env.ref("crm_strategy.crm_measure_orders")
        measure._refresh_values()
        for user, model_name in (
            (self.manager, "sale.order"),
            (self.analyst, "crm.sale.movement"),
        ):
            reader = measure.with_user(user).with_context(
                allowed_company_ids=self.company.ids
            )
            for code in ("orders", "average_order_value"):
                measured = reader.search([("code", "=", code)])
                action = measured._get_drill_action(self.company, day, day)
                self.assertEqual(action["res_model"], model_name)
                found = reader.env[model_name].search(action["domain"])
                orders = found if model_name == "sale.order" else found.order_id
                self.assertEqual((len(found), orders.ids), (1, ordered.ids))

    def test_another_time_zone_of_the_company_counts_every_day_anew(self):
        self._create_order(self.customer, "2026-01-20 23:00:00", 10)
        self._start()
        self.assertCard(self.customer, last_order_date="2026-01-21")
        self.customer.tz = "UTC"
        self._backdate()
        self._go_on()
        self.company.partner_id.tz = "Asia/Shanghai"  # as it was
        self._backdate()
        self._go_on()
        self.company.partner_id.tz = "UTC"
        self._backdate()
        run = self._refresh("2026-02-10", "incremental")
        self.assertEqual(run.mode, "full")
        self.assertCard(self.customer, last_order_date="2026-01-20")
        self._go_on()

    def test_segments_follow_the_nightly_scores(self):
        scores = self.env.ref("crm_analytics.ir_cron_scorecard_full")
        segments = self.env.ref("crm_strategy.ir_cron_segmentation_queue")
        self.assertLess(scores.nextcall.time(), segments.nextcall.time())

    def test_uninstallation_is_not_held_up_by_memberships(self):
        scheme = self.env.ref("crm_analytics.crm_segmentation_rfm")
        self.assertEqual(self.env["crm.rfm.policy"].search([]).segmentation_id, scheme)
        stays = [("segmentation_id", "=", scheme.id)]
        self._create_order(self.customer, "2026-01-12", 5, company=scheme.company_id)
        self._refresh("2026-02-10", company=scheme.company_id)
        scheme._refresh()
        self.assertTrue(self.env["crm.segment.membership"].search(stays))
        uninstall_hook(self.env)
        self.assertFalse(self.env["crm.segment.membership"].search(stays))
        self.assertFalse(scheme.exists())
