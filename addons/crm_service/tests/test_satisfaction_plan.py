from datetime import timedelta
from unittest.mock import patch

from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from .job_common import OutOfTime
from .satisfaction_common import SatisfactionCommon


@tagged("post_install", "-at_install")
class TestSatisfactionPlanComplaint(OutOfTime, SatisfactionCommon):
    def test_closed_complaint_is_asked_about_once(self):
        rule = self._create_rule(delay_days=2)
        complaint = self._create_complaint()
        self._create_complaint(closed=False)
        rule._plan()
        rule.watermark = False
        rule._plan()
        request = self._get_requests(rule)
        self.assertRecordValues(
            request,
            [
                {
                    "complaint_id": complaint.id,
                    "partner_id": self.buyer.id,
                    "commercial_partner_id": self.acme.id,
                    "user_id": self.rep.id,
                    "service_team_id": self.service_team.id,
                    "survey_id": self.ces.id,
                    "state": "planned",
                    "date_planned": complaint.date_closed.date() + timedelta(days=2),
                }
            ],
        )
        self.assertFalse(self._get_mails(request))

    def test_only_what_was_written_since_the_last_run_is_looked_at(self):
        rule = self._create_rule()
        rule._plan()
        self.assertTrue(rule.watermark)
        before = rule.watermark
        self._create_complaint()
        rule._plan()
        self.assertEqual(len(self._get_requests(rule)), 1)
        self.assertGreaterEqual(rule.watermark, before)

    def test_filters(self):
        kind = self.env["crm.complaint.kind"].create({"name": "Leak", "code": "lk"})
        desk = self.env["crm.service.team"].create(
            {"name": "Other desk", "company_id": self.company_a.id}
        )
        complaint = self._create_complaint(kind_id=kind.id)
        for vals, found in (
            ({"kind_ids": kind.ids}, complaint),
            ({"kind_ids": kind.copy({"code": "lk2"}).ids}, complaint.browse()),
            ({"service_team_ids": self.service_team.ids}, complaint),
            ({"service_team_ids": desk.ids}, complaint.browse()),
            ({"date_from": self._today() + timedelta(days=1)}, complaint.browse()),
            ({"company_id": self.company_b.id}, complaint.browse()),
        ):
            with self.subTest(**vals):
                rule = self._create_rule(**vals)
                rule._plan()
                self.assertFalse(rule.error)
                self.assertEqual(self._get_requests(rule).complaint_id, found)

    def test_kind_has_a_questionnaire_of_its_own(self):
        kind = self.env["crm.complaint.kind"].create(
            {"name": "Leak", "code": "lk", "survey_id": self.csat.id}
        )
        rule = self._create_rule()
        self._create_complaint(kind_id=kind.id)
        rule._plan()
        self.assertEqual(self._get_requests(rule).survey_id, self.csat)

    def test_duplicate_and_own_company_are_not_asked(self):
        rule = self._create_rule()
        first = self._create_complaint()
        self._create_complaint(merged_into_id=first.id)
        self._create_complaint(self.company_a.partner_id)
        rule._plan()
        self.assertEqual(self._get_requests(rule).complaint_id, first)

    def test_segments(self):
        scheme = self.env["crm.segmentation"].create(
            {"name": "Value", "segment_ids": [Command.create({"name": "Gold"})]}
        )
        gold = scheme.segment_ids
        rule = self._create_rule(segment_ids=gold.ids)
        self._create_complaint()
        rule._plan()
        self.assertFalse(self._get_requests(rule))
        gold._assign(self.acme)
        rule.watermark = False
        rule._plan()
        self.assertEqual(self._get_requests(rule).commercial_partner_id, self.acme)

    def test_broken_rule_does_not_stop_the_others(self):
        broken, good = self._create_rule(), self._create_rule()
        self._create_complaint()
        find = type(broken)._complaint_closed_sql

        def fail(rule):
            return SQL("SELECT 1 / 0") if rule == broken else find(rule)

        with (
            patch.object(type(broken), "_complaint_closed_sql", fail),
            mute_logger("odoo.sql_db"),
            self.assertLogs("odoo.addons.crm_service", "WARNING"),
            self.enter_registry_test_mode(),
        ):
            self._run_cron("plan")
        self.assertTrue(broken.error)
        self.assertFalse(good.error)
        self.assertEqual(len(self._get_requests(good)), 1)
        self.assertFalse(self._get_requests(broken))

    def test_job_out_of_time_goes_on_and_ends(self):
        rules = self.env["crm.satisfaction.rule"]
        rules.search([]).active = False
        mine = self._create_rule() + self._create_rule() + self._create_rule()
        looked_at, plan = [], type(rules)._plan

        def look(rule, limit=None):
            looked_at.extend(rule.ids)
            return plan(rule, limit)

        with patch.object(type(rules), "_plan", look):
            ends = self._call_until_done(rules._cron_plan)
        self.assertEqual(ends, [2, 1, 0])
        self.assertEqual(looked_at, mine.ids)

    def test_closing_wakes_the_job(self):
        cron = self.env.ref("crm_service.ir_cron_satisfaction_plan")
        triggers = self.env["ir.cron.trigger"]
        before = triggers.search_count([("cron_id", "=", cron.id)])
        self._create_complaint().with_user(self.agent)._on_closed()
        after = triggers.search_count([("cron_id", "=", cron.id)])
        self.assertEqual(after - before, 1)


@tagged("post_install", "-at_install")
class TestSatisfactionPlanDelivery(SatisfactionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product.is_storable = True
        cls.warehouse = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.company_a.id)], limit=1
        )
        cls.rule = cls._create_rule(
            trigger="delivery_done", survey_id=cls.csat.id, delay_days=7
        )

    def _create_order(self, quantity):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.buyer.id,
                "user_id": self.rep.id,
                "company_id": self.company_a.id,
                "order_line": [
                    Command.create(
                        {"product_id": self.product.id, "product_uom_qty": quantity}
                    )
                ],
            }
        )
        order.action_confirm()
        return order

    def _ship(self, picking, quantity):
        picking.move_ids.write({"quantity": quantity, "picked": True})
        picking.with_context(skip_backorder=True).button_validate()
        self.env.flush_all()

    def test_delivered_order_is_asked_about_when_all_is_shipped(self):
        order = self._create_order(5)
        first = order.picking_ids
        self.rule._plan()
        self.assertFalse(self._get_requests(self.rule))
        self._ship(first, 3)
        backorder = order.picking_ids - first
        self.assertEqual(first.state, "done")
        self.rule._plan()
        self.assertFalse(self._get_requests(self.rule))
        self._ship(backorder, 2)
        self.rule._plan()
        self.assertFalse(self.rule.error)
        self.assertRecordValues(
            self._get_requests(self.rule),
            [
                {
                    "picking_id": backorder.id,
                    "order_id": order.id,
                    "partner_id": self.buyer.id,
                    "commercial_partner_id": self.acme.id,
                    "user_id": self.rep.id,
                    "date_planned": self._today() + timedelta(days=7),
                }
            ],
        )

    def test_cancelled_rest_ends_the_delivery(self):
        order = self._create_order(5)
        first = order.picking_ids
        self._ship(first, 3)
        (order.picking_ids - first).action_cancel()
        self.env.flush_all()
        self.rule._plan()
        self.assertEqual(self._get_requests(self.rule).picking_id, first)

    def test_receipt_and_cancelled_order_are_no_delivery(self):
        order = self._create_order(1)
        order.picking_ids.action_cancel()
        receipt = self.env["stock.picking"].create(
            {
                "partner_id": self.acme.id,
                "picking_type_id": self.warehouse.in_type_id.id,
                "location_id": self.env.ref("stock.stock_location_suppliers").id,
                "location_dest_id": self.warehouse.lot_stock_id.id,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": self.product.id,
                            "product_uom_qty": 1,
                            "location_id": self.env.ref(
                                "stock.stock_location_suppliers"
                            ).id,
                            "location_dest_id": self.warehouse.lot_stock_id.id,
                        }
                    )
                ],
            }
        )
        receipt.action_confirm()
        self._ship(receipt, 1)
        self.assertEqual(receipt.state, "done")
        self.rule._plan()
        self.assertFalse(self._get_requests(self.rule))

    def test_replacement_is_not_asked_about_as_a_delivery(self):
        """The complaint asks about it."""
        complaint = self._create_complaint(closed=False)
        remedy = self.env["crm.complaint.remedy"].create(
            {"complaint_id": complaint.id, "remedy_type": "replacement"}
        )
        order, other = self._create_order(1), self._create_order(1)
        order.crm_remedy_id = remedy
        self.env.flush_all()
        with patch.object(type(remedy), "_check_held"):
            self._ship(order.picking_ids, 1)
        self._ship(other.picking_ids, 1)
        self.rule._plan()
        self.assertFalse(self.rule.error)
        self.assertEqual(self._get_requests(self.rule).order_id, other)

    def test_score_of_a_delivery_knows_the_products(self):
        self.rule.delay_days = 0
        order = self._create_order(1)
        self._ship(order.picking_ids, 1)
        self.rule._plan()
        request = self._get_requests(self.rule)
        request._do_due()
        score = self._answer(request, 4)
        self.assertEqual(score.product_ids, self.product)
        self.assertEqual(score.order_id, order)
        self.assertEqual(self.product.satisfaction_average, 75.0)
        self.assertEqual(self.product.product_tmpl_id.satisfaction_count, 1)


@tagged("post_install", "-at_install")
class TestSatisfactionPlanCadence(SatisfactionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        scheme = cls.env["crm.segmentation"].create(
            {"name": "Value", "segment_ids": [Command.create({"name": "Gold"})]}
        )
        cls.gold = scheme.segment_ids
        cls.gold._assign(cls.acme)
        cls.rule = cls._create_rule(
            trigger="cadence",
            survey_id=cls.nps.id,
            segment_ids=cls.gold.ids,
            cadence_months=6,
        )

    def test_members_are_asked_every_few_months(self):
        self.rule._plan()
        self.rule._plan()
        request = self._get_requests(self.rule)
        self.assertFalse(self.rule.error)
        self.assertEqual(request.partner_id, self.acme)
        self.assertEqual(request.date_planned, self._today())
        request.write({"date_planned": self._today() - timedelta(days=170)})
        self.rule._plan()
        self.assertEqual(self._get_requests(self.rule), request)
        request.write(
            {"date_planned": self._today() - timedelta(days=190), "key": "long ago"}
        )
        self.rule._plan()
        self.assertEqual(len(self._get_requests(self.rule)), 2)

    def test_contact_with_an_address_answers_for_a_company_without(self):
        self.acme.email = False
        self.rule._plan()
        request = self._get_requests(self.rule)
        self.assertEqual(request.partner_id, self.buyer)
        self.assertEqual(request.commercial_partner_id, self.acme)

    def test_archived_customer_is_not_asked(self):
        self.acme.active = False
        self.rule._plan()
        self.assertFalse(self._get_requests(self.rule))

    def test_without_segments_all_who_bought_are_asked(self):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.buyer.id,
                "company_id": self.company_a.id,
                "order_line": [Command.create({"product_id": self.product.id})],
            }
        )
        order.action_confirm()
        self._create_partner("Never bought", email="never@example.com")
        rule = self._create_rule(trigger="cadence", survey_id=self.nps.id)
        rule._plan()
        self.assertEqual(self._get_requests(rule).commercial_partner_id, self.acme)
